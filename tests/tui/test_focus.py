"""Whatever takes the focus away: something on the screen has the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.tui.journeys import main, press
from textual import events
from textual.geometry import Size

from entitree.demos.scenario import settled
from entitree.inventory.model import Kind
from entitree.tui.modals.create import NewDialog
from entitree.tui.screens.help import HelpScreen

if TYPE_CHECKING:
    from tests.tui.conftest import Stage
    from textual.app import App
    from textual.pilot import Pilot


def pressed_at(app: App[int], x: int, y: int) -> None:
    """Tells the app what a terminal does, also of a cell that has just gone."""
    assert app._driver is not None
    for kind in (events.MouseDown, events.MouseUp):
        app._driver.process_message(kind(None, x, y, 0, 0, 1, False, False, False, screen_x=x, screen_y=y))


async def resized(pilot: Pilot[int], width: int, height: int) -> None:
    await pilot.resize_terminal(width, height)
    pilot.app.post_message(events.Resize(Size(width, height), Size(width, height)))
    await settled(pilot)


@pytest.mark.parametrize("key", ["", "question_mark", "n", "d"])
async def test_a_press_beyond_the_edge_leaves_the_keys_where_they_were(stage: Stage, key: str) -> None:
    app = stage.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "down", *([key] if key else []))
        before = app.focused
        assert before is not None
        pressed_at(app, 90, 30)
        await settled(pilot)
        assert app.focused is before


async def test_a_tree_that_no_longer_fits_hands_the_keys_to_the_list(stage: Stage) -> None:
    app = stage.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "tab")
        screen = main(app)
        assert screen.link_tree.has_keys
        await resized(pilot, 60, 20)
        assert app.focused is screen.pane.table
        await press(pilot, "down")
        assert screen.pane.table.cursor == 1


async def test_help_has_the_keys_again_when_the_window_has_them(stage: Stage) -> None:
    app = stage.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "question_mark")
        assert isinstance(app.screen, HelpScreen)
        app.post_message(events.AppBlur())
        await settled(pilot)
        assert app.focused is None
        app.post_message(events.AppFocus())
        await settled(pilot)
        assert app.focused is not None


async def test_a_dialog_that_was_shut_without_keys_has_them_when_it_is_open_again(stage: Stage) -> None:
    app = stage.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "n")
        dialog = app.screen
        assert isinstance(dialog, NewDialog)
        dialog.busy = True
        await settled(pilot)
        # Shut once more: by now nothing has the keys that could get them back.
        dialog.busy = True
        await settled(pilot)
        assert app.focused is None
        dialog.busy = False
        await settled(pilot)
        assert app.focused in dialog.focus_chain


async def test_a_dialog_that_is_not_made_yet_is_not_busy(stage: Stage) -> None:
    app = stage.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        dialog = NewDialog(Kind.ENTITY, stage.watched)
        app.push_screen(dialog)
        assert not dialog.busy
        app.give_focus(dialog)
        await settled(pilot)
        assert app.focused in dialog.focus_chain
