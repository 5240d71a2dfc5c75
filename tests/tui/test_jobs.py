"""A job goes on without its screen, asks before it is stopped, and is told of at the next start."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from entitree.api.transport import Reply, Request
from entitree.demos.scenario import settled, typed
from entitree.errors import StorageError
from entitree.tui.modals.leave import LeaveDialog
from entitree.tui.screens.impact import ImpactScreen
from entitree.tui.screens.main import MainScreen
from entitree.tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    import pytest
    from tests.tui.conftest import Stage
    from textual.pilot import Pilot

    from entitree.tui.app import EntitreeApp


def told(app: EntitreeApp) -> str:
    return " | ".join(str(each.message) for each in app._notifications)


async def begin_deleting(pilot: Pilot[int]) -> None:
    """Types everything; the deletion waits at the platform's door."""
    await settled(pilot)
    for key in ("2", "slash", *typed("cost"), "enter", "asterisk", "d", *typed("delete 3")):
        await pilot.press(key)
        await settled(pilot)
    await pilot.press("enter")
    while not [each for each in pilot.app.workers if each.group == "jobs"]:
        await pilot.pause()


class Door:
    """Holds deletions back until it is opened."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.knocked = asyncio.Event()

    def fault(self, request: Request) -> asyncio.Event | None:
        if request.method != "DELETE":
            return None
        self.knocked.set()
        return self.open


async def test_a_deletion_goes_on_without_its_screen_and_says_when_it_is_done(stage: Stage) -> None:
    door = Door()
    app = stage.app("docs", fault=door.fault)
    async with app.run_test(size=(100, 30)) as pilot:
        await begin_deleting(pilot)
        await door.knocked.wait()
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, MainScreen)
        assert any("job" in each.text for each in app.screen.query_one(StatusLine).news)
        door.open.set()
        await settled(pilot)
        assert "3 entities" in told(app)
        assert app.screen.pane.table.count == 0
        assert {row["entityId"] for row in stage.watched.platform.dump()["entities"]} == {
            "big-cola",
            "mc-burger",
        }


async def test_leaving_while_a_job_runs_asks_first(stage: Stage) -> None:
    door = Door()
    app = stage.app("docs", fault=door.fault)
    async with app.run_test(size=(100, 30)) as pilot:
        await begin_deleting(pilot)
        await door.knocked.wait()
        await pilot.press("escape", "q")
        await pilot.pause()
        assert isinstance(app.screen, LeaveDialog)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, MainScreen)
        door.open.set()
        await settled(pilot)
        assert len(stage.watched.platform.dump()["entities"]) == 2


async def test_a_job_that_could_not_go_on_is_told_of_at_the_next_start(stage: Stage) -> None:
    def refused(request: Request) -> Reply | None:
        return Reply(403, {"content-type": "application/json"}, b"{}") if request.method == "DELETE" else None

    app = stage.app("docs", fault=refused)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        for key in ("2", "slash", *typed("cost"), "enter", "asterisk", "d", *typed("delete 3"), "enter"):
            await pilot.press(key)
            await settled(pilot)
        assert isinstance(app.screen, ImpactScreen)
        assert "0 of 3 deleted" in str(app.screen.query_one("#when").render())
    again = stage.app("docs")
    async with again.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        assert "Delete 3 entities is paused: 0 of 3 done, 3 to go." in told(again)
        assert "5 shows it, then p goes on with it." in told(again)
        assert len(stage.watched.platform.dump()["entities"]) == 5
        await stage.watched.desk.run(1)
        assert len(stage.watched.platform.dump()["entities"]) == 2
    once_more = stage.app("docs")
    async with once_more.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        assert "paused" not in told(once_more)


async def test_a_damaged_mirror_is_said_and_the_screen_goes_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)

        async def damaged(*_: object) -> None:
            raise StorageError("The mirror is damaged.")

        monkeypatch.setattr(stage.watched.store._database, "read", damaged)
        for key in ("2", "down", "s", "slash", "a", "escape", "colon", "b", "escape", "1"):
            await pilot.press(key)
            await settled(pilot)
        assert "The mirror is damaged." in told(app)
        assert isinstance(app.screen, MainScreen)


async def test_a_deletion_whose_answer_never_came_is_read_back_when_the_job_goes_on(stage: Stage) -> None:
    """As after a kill in mid-send: the platform carried it out, and nobody heard of it."""
    door = Door()
    app = stage.app("docs", fault=door.fault)
    async with app.run_test(size=(100, 30)) as pilot:
        await begin_deleting(pilot)
        await door.knocked.wait()
        first = next(each for each in stage.watched.wire.seen if each.method == "DELETE")
        await stage.watched.wire.inner.send(first, deadline=30)
        await pilot.press("escape", "q")
        await pilot.pause()
        await pilot.press("tab", "enter")
        await pilot.pause()
    again = stage.app("docs")
    async with again.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        assert "Delete 3 entities was interrupted: 0 of 3 done, 3 to go." in told(again)
        assert len(stage.watched.platform.dump()["entities"]) == 4
        assert (await stage.watched.desk.run(1)).ok
        assert len(stage.watched.platform.dump()["entities"]) == 2
