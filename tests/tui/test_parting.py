"""Leaving a screen twice, or from below another one: neither fails, and no other screen goes instead."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

import pytest
from tests.tui.conftest import WatchedAccount
from tests.tui.jobs import ADDING, Door, show
from tests.tui.journeys import main, press
from textual.events import Key

from entitree.demos.scenario import settled, typed
from entitree.settings.profile import SANDBOX_PROFILE, Profile
from entitree.tui.modals.create import NewDialog
from entitree.tui.modals.leave import LeaveDialog
from entitree.tui.modals.planning import PlanningDialog
from entitree.tui.screens.job import JobScreen
from entitree.tui.screens.main import MainScreen
from entitree.tui.screens.mirror import MirrorScreen
from entitree.tui.screens.palette import Palette
from entitree.tui.screens.plan import PlanScreen

if TYPE_CHECKING:
    from tests.tui.conftest import Stage
    from textual.app import App
    from textual.pilot import Pilot

    from entitree.account import Account


def hurried(app: App[int], *keys: str) -> None:
    """Keys that come before anything has come of the first of them."""
    assert app._driver is not None
    for each in keys:
        app._driver.process_message(Key(each, None))


async def hurry(pilot: Pilot[int], *keys: str) -> None:
    hurried(pilot.app, *keys)
    await settled(pilot)


@pytest.mark.parametrize("key", ["n", "colon", "d", "M"])
async def test_escape_held_down_leaves_once(stage: Stage, key: str) -> None:
    app = stage.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "down", key)
        assert not isinstance(app.screen, MainScreen)
        await hurry(pilot, *("escape",) * 6)
        assert isinstance(app.screen, MainScreen)
        assert len(app.screen_stack) == 1


async def test_a_dialog_that_is_done_below_another_goes_when_that_has_gone(stage: Stage) -> None:
    door = Door()
    app = stage.app(fault=door.fault)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "n", *typed("fresh"))
        await pilot.press("enter")
        await door.knocked.wait()
        assert isinstance(app.screen, NewDialog)
        await pilot.press("ctrl+q")
        assert isinstance(app.screen, LeaveDialog)
        door.open.set()
        await settled(pilot)
        assert isinstance(app.screen, LeaveDialog)
        await press(pilot, "escape")
        assert isinstance(app.screen, MainScreen)
        assert len(app.screen_stack) == 1


async def test_a_plan_makes_way_for_its_job_when_nothing_lies_on_it(stage: Stage) -> None:
    app = stage.app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await show(pilot, stage, ADDING)
        app.push_screen(LeaveDialog("", stops=True, ends=None))
        await settled(pilot)
        screen.apply()
        await settled(pilot)
        assert isinstance(app.screen, LeaveDialog)
        assert isinstance(app.screen_stack[-2], PlanScreen)
        await press(pilot, "escape")
        assert isinstance(app.screen, JobScreen)
        await press(pilot, "escape")
        assert isinstance(app.screen, MainScreen)


async def test_what_a_screen_is_still_counting_ends_with_it(stage: Stage) -> None:
    app = stage.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "M")
        screen = app.screen
        assert isinstance(screen, MirrorScreen)
        screen.show_state()
        (counting,) = (each for each in app.workers if each.node is screen)
        screen.dismiss(None)
        assert counting.is_cancelled
        await settled(pilot)
        assert isinstance(app.screen, MainScreen)


async def test_another_account_takes_the_place_of_all_that_was_about_the_one_before(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = stage.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        before, opens = main(app), asyncio.Event()
        account = await WatchedAccount.open(
            SANDBOX_PROFILE, stage.folder / "other", seed="docs", throw_away=True
        )

        async def opened(_profile: Profile) -> Account:
            await opens.wait()
            return account

        monkeypatch.setattr(app.accounts, "open", opened)
        app.switch_to(SANDBOX_PROFILE)
        await pilot.press("2", "n")
        await pilot.pause()
        assert isinstance(app.screen, NewDialog)
        # Counting begins again, into widgets that will be gone.
        before.show_state()
        opens.set()
        await settled(pilot)
        assert app.screen_stack == [main(app)]
        assert main(app) is not before
        assert app.account is account


async def test_nothing_is_looked_for_by_what_was_typed_into_a_palette_that_has_gone(stage: Stage) -> None:
    app = stage.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "colon")
        palette = app.screen
        assert isinstance(palette, Palette)
        palette.dismiss(None)
        palette._look("bigcola")
        looking = [each for each in app.workers if each.node is palette]
        assert looking
        assert all(each.is_cancelled for each in looking)
        await settled(pilot)
        assert isinstance(app.screen, MainScreen)


async def test_what_is_begun_twice_at_once_is_done_once_and_nothing_is_missed(stage: Stage) -> None:
    app = stage.app()
    begun: list[int] = []

    async def work(number: int) -> None:
        begun.append(number)

    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for number in (1, 2):
            app.screen.run_worker(work(number), exclusive=True, group="twice")
        await settled(pilot)
        # Python would say that the first was never awaited, which fails the test.
        gc.collect()
        assert begun == [2]


async def test_a_plan_that_is_broken_off_before_it_began_leaves_its_dialog_free(
    stage: Stage,
) -> None:
    app = stage.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "3", "down", "a", *typed("bigcola-us"))
        dialog = app.screen
        assert isinstance(dialog, PlanningDialog)
        dialog.submit()
        dialog.action_leave()
        await settled(pilot)
        assert not dialog.busy
        assert dialog.is_active
        await press(pilot, "escape")
        assert isinstance(app.screen, MainScreen)
