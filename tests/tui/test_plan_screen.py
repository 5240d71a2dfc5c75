"""The plan screen: what it says, what it takes to apply a plan, and what comes of it."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

from tests.tui.jobs import ADDING, apply, dissociating, done, files, job_screen, refusing, show, until
from tests.tui.journeys import press, told
from textual.widgets import Button, Input, Static

from entitree.changes.edits import Alias, Create, Delete
from entitree.changes.jobs import JobState
from entitree.demos.scenario import settled, typed
from entitree.inventory.model import Kind
from entitree.tui.screens.main import MainScreen
from entitree.tui.screens.plan import PlanScreen
from entitree.tui.screens.plan_lines import counts

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from tests.tui.conftest import Stage

    from entitree.tui.screens.job import JobScreen

SIZE = (100, 30)


def entities(stage: Stage) -> dict[str, str | None]:
    """Aliases by id, as the platform has them."""
    return {row["entityId"]: row.get("entityName") for row in stage.watched.platform.dump()["entities"]}


def said(screen: PlanScreen | JobScreen, name: str) -> str:
    return str(screen.query_one(name, Static).render())


async def test_a_plan_that_removes_nothing_is_applied_by_its_button_and_becomes_a_job(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=SIZE) as pilot:
        screen = await show(pilot, stage, ADDING)
        begun: list[int] = []
        screen._then = begun.append
        assert said(screen, "#what") == "Create 3 entities, change the alias of 2 entities"
        assert said(screen, "#counts") == "+ 3 create   ~ 2 change"
        assert "5 requests + 2 re-reads" in said(screen, "#cost")
        assert app.focused is screen.query_one("#cancel")
        await press(pilot, "enter")
        assert isinstance(app.screen, MainScreen)
        assert "store-000" not in entities(stage)

        screen = await show(pilot, stage, ADDING)
        screen._then = begun.append
        await press(pilot, "tab", "enter")
        job = job_screen(pilot).job
        assert job is not None
        assert begun == [job.id]
        assert (job.state, job.done) == (JobState.DONE, 5)
        assert entities(stage)["store-002"] == "Store 2"
        assert entities(stage)["bigcola-us"] == "Big Cola, United States"
        await press(pilot, "escape")
        assert isinstance(app.screen, MainScreen)


async def test_a_plan_that_removes_is_applied_by_typing_alone(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        edits = [*await dissociating(stage, "bigcola-us"), Delete(Kind.ENTITY, "bigcola-fr")]
        screen = await show(pilot, stage, edits)
        assert not screen.query_one("#apply").display
        # A held Enter, wherever the keys are, and a button that is not on show.
        await press(pilot, "a", "enter", "enter")
        screen.query_one("#apply", Button).press()
        await press(pilot, "enter")
        assert "type exactly: apply 10" in said(screen, "#aside")
        assert "bigcola-fr" in entities(stage)
        # What was refused is selected, and typed over.
        await press(pilot, *typed("apply 10"), "enter")
        assert job_screen(pilot).job is not None
        assert "bigcola-fr" not in entities(stage)


async def test_letters_go_to_the_confirm_field_and_a_slash_to_the_filter(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=SIZE) as pilot:
        screen = await show(pilot, stage, [*ADDING, Delete(Kind.ENTITY, "bigcola-ca")])
        await press(pilot, "a", "shift+tab", "p")
        assert screen.query_one("#confirm", Input).value == "ap"
        await press(pilot, "shift+tab", "slash", *typed("store 1"), "enter")
        assert [line.what for line in screen.rows.shown] == ["Create entity store-001"]
        await press(pilot, "slash", *typed("remove"), "down")
        assert [line.what for line in screen.rows.shown] == ["Delete entity bigcola-ca"]
        await press(pilot, "escape")
        assert len(screen.rows.shown) > 5
        assert app.screen is screen
        await press(pilot, "escape")
        assert isinstance(app.screen, MainScreen)


async def test_a_plan_with_a_conflict_cannot_be_applied_and_says_why(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=SIZE) as pilot:
        screen = await show(pilot, stage, [Create(Kind.ENTITY, "bigcola-us"), *ADDING[:3]])
        assert "one thing cannot be done" in said(screen, "#aside")
        assert "There is already an entity" in said(screen, "#whole")
        for name in ("#apply", "#confirm", "#save"):
            assert not screen.query_one(name).display
        screen.query_one("#apply", Button).press()
        await press(pilot, "a", "enter")
        assert not await stage.watched.desk.jobs()
        assert "store-000" not in entities(stage)


async def test_a_read_only_profile_looks_and_saves_but_does_not_apply(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = stage.app("demo", read_only=True)
    async with app.run_test(size=SIZE) as pilot:
        screen = await show(pilot, stage, ADDING)
        assert "read-only" in said(screen, "#aside")
        assert not screen.query_one("#apply").display
        await press(pilot, "tab", "enter")
        (path,) = files(tmp_path)
        assert str(path) in told(app)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert len(json.loads(path.read_text())["steps"]) == 5


async def test_what_is_lost_and_not_checked_comes_first(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await done(pilot, stage, [Delete(Kind.ENTITY, "bigcola-us")])
        await press(pilot, "2", "U")
        screen = app.screen
        assert isinstance(screen, PlanScreen)
        signs = [line.sign for line in screen.rows.shown]
        assert signs[0] == "!"
        assert sorted(signs, key=lambda sign: sign != "!") == signs
        assert "Lost for good" in screen.rows.shown[0].what
        assert said(screen, "#what").startswith("Undo of “Delete entity bigcola-us”")
        await apply(pilot, screen)
        await settled(pilot)
        assert "bigcola-us" in entities(stage)


async def test_five_thousand_lines_are_shown_filtered_and_moved_through(stage: Stage) -> None:
    app = stage.app("demo")
    many = [Create(Kind.ENTITY, f"depot-{at:04}", None) for at in range(5_000)]
    async with app.run_test(size=SIZE) as pilot:
        screen = await show(pilot, stage, many)
        assert screen.rows.table.count == 5_000
        await press(pilot, "slash", *typed("depot-4999"), "enter", "slash", "escape")
        assert screen.rows.table.cursor == 4_999
        assert screen.rows.thing is not None
        assert screen.rows.thing.what == "Create entity depot-4999"
        assert counts(screen.rows.shown) == "+ 5 000 create"


async def test_what_could_not_be_handed_in_is_said_and_the_plan_stays(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from entitree.errors import StorageError

    app = stage.app("demo")
    async with app.run_test(size=SIZE) as pilot:
        screen = await show(pilot, stage, ADDING)

        async def full(*_: object) -> int:
            raise StorageError("The disk is full.")

        with monkeypatch.context() as patch:
            patch.setattr(stage.watched.desk, "submit", full)
            await press(pilot, "tab", "enter")
        assert app.screen is screen
        assert "The disk is full." in said(screen, "#aside")
        # A button takes no second press while it shows the first.
        await until(pilot, lambda: not screen.query_one("#apply").has_class("-active"))
        await press(pilot, "tab", "enter")
        assert entities(stage)["store-000"] == "Store 0"


async def test_what_comes_from_the_platform_is_inert(stage: Stage) -> None:
    app = stage.app("demo", fault=refusing("nothing"))
    async with app.run_test(size=SIZE) as pilot:
        screen = await show(pilot, stage, [Alias(Kind.ENTITY, "bigcola-us", "[red]x[/] \x1b[2J")])
        assert not any("\x1b" in f"{line.what}{line.change}" for line in screen.rows.shown)
