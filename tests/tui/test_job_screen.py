"""Jobs by keys: watched, paused, resumed, cancelled, tried again, undone, written down, and left alone."""

from __future__ import annotations

import asyncio
import json
import stat
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.tui.jobs import ADDING, BAD, Door, apply, done, files, job_screen, planned, refusing, show, until
from tests.tui.journeys import main, press, told
from textual.widgets import Button, Static

from entitree.changes.edits import Alias, Create
from entitree.changes.jobs import JobState, StepState
from entitree.demos.scenario import settled, typed
from entitree.inventory.model import Kind
from entitree.tui.app import EntitreeApp
from entitree.tui.job_watch import BUSY, IDLE, JobWatch, percent
from entitree.tui.modals.leave import EndJobDialog, LeaveDialog, Leaving
from entitree.tui.screens.plan import PlanScreen
from entitree.tui.widgets.key_bar import KeyBar
from entitree.tui.widgets.status_line import StatusLine
from entitree.tui.widgets.tab_line import TabLine

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.conftest import Stage
    from textual.pilot import Pilot

SIZE = (110, 30)


def there(stage: Stage) -> set[str]:
    found = {row["entityId"] for row in stage.watched.platform.dump()["entities"]}
    return {each for each in found if each.startswith("store-")}


def said(pilot: Pilot[int], name: str) -> str:
    return str(pilot.app.screen.query_one(name, Static).render())


def states(pilot: Pilot[int]) -> list[StepState]:
    return [record.state for record in job_screen(pilot).rows.shown]


async def held(pilot: Pilot[int], stage: Stage, door: Door) -> None:
    """A job of five steps is on its way; what the door does not let through is held."""
    await apply(pilot, await show(pilot, stage, ADDING))
    await until(pilot, door.knocked.is_set)
    await pilot.pause()


async def test_a_running_job_is_paused_resumed_and_done(stage: Stage) -> None:
    door = Door(through=2)
    app = stage.app("demo", fault=door.fault)
    async with app.run_test(size=SIZE) as pilot:
        await held(pilot, stage, door)
        await until(pilot, lambda: states(pilot)[2:3] == [StepState.INFLIGHT])
        assert said(pilot, "#state") == "running"
        assert said(pilot, "#summary").startswith("2 of 5 done · 3 to do")
        await pilot.press("p")
        await until(pilot, lambda: said(pilot, "#state") == "pausing")
        await pilot.press("f")
        await pilot.pause()
        assert "The job is running." in told(app)
        door.open.set()
        await settled(pilot)
        assert said(pilot, "#state") == "paused"
        # What was sent is waited for; nothing more was.
        assert there(stage) == {"store-000", "store-001", "store-002"}
        await press(pilot, "p")
        assert said(pilot, "#state") == "done"
        assert states(pilot) == [StepState.DONE] * 5
        await press(pilot, "p")
        assert "This job is over." in told(app)


async def test_cancelling_asks_once_and_then_sends_no_further_step(stage: Stage) -> None:
    door = Door(through=1)
    app = stage.app("demo", fault=door.fault)
    async with app.run_test(size=SIZE) as pilot:
        await held(pilot, stage, door)
        await pilot.press("c")
        await pilot.pause()
        assert isinstance(app.screen, EndJobDialog)
        await pilot.press("enter")
        await pilot.pause()
        assert job_screen(pilot).job is not None
        assert said(pilot, "#state") == "running"
        await pilot.press("c", "tab", "enter")
        await pilot.pause()
        door.open.set()
        await settled(pilot)
        assert said(pilot, "#state") == "cancelled"
        assert there(stage) == {"store-000", "store-001"}
        assert states(pilot)[2:] == [StepState.SKIPPED] * 3


async def test_what_failed_is_gone_to_and_tried_again(stage: Stage) -> None:
    faults = [refusing("store-001", "bigcola-fr", reply=BAD)]
    app = stage.app("demo", fault=lambda request: faults[0](request))
    async with app.run_test(size=SIZE) as pilot:
        await apply(pilot, await show(pilot, stage, ADDING))
        await settled(pilot)
        screen = job_screen(pilot)
        assert said(pilot, "#state") == "done in part"
        assert screen.rows.table.cursor == 1
        assert "400" in said(pilot, "#whole")
        # At 80 columns there is room for the way back, because a job that is over cannot be paused.
        footer = [hint.label for hint in screen.query_one(KeyBar).fitting(80)]
        assert footer[:4] == ["Retry failed", "Undo", "Back", "Next problem"]
        await press(pilot, "exclamation_mark")
        assert screen.rows.table.cursor == 4
        await press(pilot, "exclamation_mark")
        assert screen.rows.table.cursor == 1
        await press(pilot, "slash", *typed("failed"), "enter")
        assert [record.step.number for record in screen.rows.shown] == [2, 5]
        await press(pilot, "escape")
        faults[0] = refusing("nothing that is sent")
        await press(pilot, "f")
        assert said(pilot, "#state") == "done"
        assert there(stage) == {"store-000", "store-001", "store-002"}
        await press(pilot, "f")
        assert "No step of it failed" in told(app)


async def test_the_undo_of_the_last_job_is_planned_shown_and_applied(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "U")
        assert "no job yet" in told(app)
        await done(pilot, stage, ADDING)
        await press(pilot, "U")
        screen = app.screen
        assert isinstance(screen, PlanScreen)
        assert [line.sign for line in screen.rows.shown if line.sign != "!"].count("-") == 3
        await apply(pilot, screen)
        await settled(pilot)
        assert said(pilot, "#state") == "done"
        assert not there(stage)
        aliases = {
            row["entityId"]: row.get("entityName") for row in stage.watched.platform.dump()["entities"]
        }
        assert aliases["bigcola-fr"] == "BigCola France"


async def test_the_log_is_written_where_the_app_says_and_only_the_user_may_read_it(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = stage.app("demo", fault=refusing("store-001", reply=BAD))
    async with app.run_test(size=SIZE) as pilot:
        await apply(pilot, await show(pilot, stage, ADDING))
        await settled(pilot)
        await press(pilot, "w")
        (path,) = files(tmp_path)
        assert str(path) in told(app)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        head, *steps = map(json.loads, path.read_text().splitlines())
        assert (head["job"], head["state"], head["done"], head["failed"]) == (1, "done", 4, 1)
        assert [step["status"] for step in steps] == [201, 400, 201, 204, 204]
        assert (steps[3]["method"], steps[3]["path"]) == ("PUT", "/provisioning/1/entities/bigcola-us")
        assert len(steps[1]["requests"]) == 1


async def test_the_tab_lists_jobs_newest_first_and_enter_opens_one(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await done(pilot, stage, ADDING[:2])
        await done(pilot, stage, ADDING[2:4])
        await press(pilot, "5")
        screen = main(app)
        assert screen.query_one(TabLine).active == "jobs"
        assert [tab.key for tab in screen.query_one(TabLine).tabs] == ["1", "2", "3", "4", "5"]
        assert screen.query_one(TabLine).tabs[4].note == "2"
        assert [job.id for job in screen.jobs.shown] == [2, 1]
        await press(pilot, "d")
        assert "on tabs 1 to 4" in told(app)
        await press(pilot, "slash", *typed("create 2"), "enter", "enter")
        assert said(pilot, "#what") == "Create 2 entities"
        await press(pilot, "escape", "escape", "2")
        assert screen.pane is screen.pane_of(Kind.ENTITY)
        await press(pilot, "p")
        assert "5 shows the jobs." in told(app)


async def test_the_palette_has_every_command_for_jobs(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        names = {command.name for command in main(app).OFFERED}
        assert {"jobs", "steps", "pause", "cancel", "retry", "undo", "save-log"} <= names
        await done(pilot, stage, ADDING[:1])
        await press(pilot, "colon", *typed("jobs"), "enter")
        assert main(app).on_jobs
        await press(pilot, "colon", *typed("steps"), "enter")
        assert said(pilot, "#state") == "done"


async def test_the_first_line_says_how_far_a_job_is_also_one_of_another_process(stage: Stage) -> None:
    door = Door(through=1)
    app = stage.app("demo", fault=door.fault)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        desk = stage.watched.desk
        job_id = await desk.submit(await planned(stage, ADDING))
        await desk.start(job_id)
        await until(pilot, door.knocked.is_set)
        assert not any("job" in each.text for each in main(app).query_one(StatusLine).news)
        assert app.job_watch is not None
        await app.job_watch.look()
        await pilot.pause()
        assert "job 20 %" in [each.text for each in main(app).query_one(StatusLine).news]
        assert main(app).query_one(TabLine).tabs[4].note == "1 running"
        await pilot.press("q")
        await pilot.pause()
        assert isinstance(app.screen, LeaveDialog)
        await pilot.press("escape")
        door.open.set()
        await until(pilot, lambda: len(there(stage)) == 3)
        await settled(pilot)


class Beat:
    """A sleep that lasts until the next `beat`."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._next = asyncio.Event()
        self._asked = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.asked.append(seconds)
        self._asked.set()
        self._next.clear()
        await self._next.wait()

    async def beat(self) -> None:
        self._asked.clear()
        self._next.set()
        await self._asked.wait()


async def test_the_journal_is_looked_into_seldom_when_idle_and_nobody_is_told_of_nothing(
    stage: Stage,
) -> None:
    door = Door()
    app = stage.app("demo", fault=door.fault)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        desk, beat, news = stage.watched.desk, Beat(), []
        watch = JobWatch(desk, 1.0, sleep=beat.sleep)
        watch.subscribe(lambda: news.append(len(watch.jobs)))
        await watch.start()
        await asyncio.sleep(0)
        await beat.beat()
        assert (beat.asked, news) == ([IDLE, IDLE], [0])
        job_id = await desk.submit(await planned(stage, ADDING))
        await desk.start(job_id)
        await until(pilot, door.knocked.is_set)
        await beat.beat()
        assert (beat.asked[-1], news) == (BUSY, [0, 1])
        job = watch.going[0]
        assert percent(job) == 0
        # Two kinds of requests that may go once a second: three of one, two of the other with its reading.
        whole = watch.seconds_left(job)
        assert whole > 0
        assert watch.seconds_left(replace(job, done=3)) == pytest.approx(whole * 2 / 5)
        await beat.beat()
        assert news == [0, 1]
        await watch.aclose()
        door.open.set()
        await until(pilot, lambda: len(there(stage)) == 3)
        await settled(pilot)


async def test_leaving_a_job_of_an_account_offers_to_leave_it_running_or_to_pause_it(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        answers: list[Leaving | None] = []
        for keys in (("enter",), ("tab", "enter"), ("tab", "tab", "enter"), ("escape",)):
            dialog = LeaveDialog("Delete 3 entities", stops=False, ends="This host ends everything.")
            app.push_screen(dialog, answers.append)
            await settled(pilot)
            assert "This host ends everything." in " ".join(
                str(each.render()) for each in dialog.query(Static)
            )
            assert [str(each.label) for each in dialog.query(Button)] == [
                "Stay",
                "Pause it and leave",
                "Leave it running",
            ]
            await press(pilot, *keys)
        assert answers == [None, Leaving.PAUSE, Leaving.AS_IT_IS, None]


async def test_a_job_that_is_paused_on_leaving_is_offered_at_the_next_start_and_resumed_by_key(
    stage: Stage,
) -> None:
    door = Door(through=1)
    app = stage.app("demo", fault=door.fault)
    async with app.run_test(size=SIZE) as pilot:
        await held(pilot, stage, door)
        app._left(Leaving.PAUSE)
        await until(pilot, lambda: app.return_value == 0)
        door.open.set()
    again = stage.app("demo")
    async with again.run_test(size=SIZE) as pilot:
        await settled(pilot)
        assert isinstance(again, EntitreeApp)
        assert "5 shows it, then p goes on with it." in told(again)
        assert main(again).query_one(TabLine).tabs[4].note == "1 paused"
        await press(pilot, "5", "p")
        assert main(again).jobs.shown[0].state is JobState.DONE
        assert there(stage) == {"store-000", "store-001", "store-002"}
        assert "all 5 steps are done" in told(again)


async def test_a_read_only_profile_sees_jobs_but_begins_nothing(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await done(pilot, stage, [Alias(Kind.ENTITY, "bigcola-us", "x"), Create(Kind.ENTITY, "y", None)])
    again = stage.app("demo", read_only=True)
    async with again.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "5", "U")
        assert "read-only" in told(again)
        await press(pilot, "enter")
        assert said(pilot, "#state") == "done"
