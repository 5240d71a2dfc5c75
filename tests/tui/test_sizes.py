"""Terminals of any size, changed at any time; long pastes; the mouse."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from tests.tui.journeys import main, press
from tests.tui.monkey.inputs import Clicked, Pasted, Resized, Wheeled, give
from tests.tui.monkey.play import astray
from textual.widgets import Button

from entitree.demos.scenario import settled, typed
from entitree.inventory.model import Kind
from entitree.tui.modals.create_many import CreateManyDialog
from entitree.tui.screens.help import HelpScreen
from entitree.tui.screens.impact import ImpactScreen
from entitree.tui.screens.main import MainScreen
from entitree.tui.screens.plan import PlanScreen
from entitree.tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.tui.conftest import Stage
    from textual.pilot import Pilot
    from textual.widget import Widget

    from entitree.tui.app import EntitreeApp

SHOWN = ((), ("t",), ("question_mark",), ("n",), ("a",), ("d",), ("colon",), ("M",))
"""Keys that open what is on show while the terminal changes."""


DETACH = "detach"
"""In place of a key: the button that plans to detach first."""


async def resized(pilot: Pilot[int], width: int, height: int) -> None:
    give(pilot.app, Resized(width, height))
    await settled(pilot)


@pytest.mark.parametrize("shown", [SHOWN[::4], pytest.param(SHOWN, marks=pytest.mark.long)])
async def test_size_after_size_breaks_nothing(stage: Stage, shown: Sequence[Sequence[str]]) -> None:
    random = Random(7)  # noqa: S311 - the same sizes every time
    app = stage.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "down")
        for keys in shown:
            await press(pilot, *keys)
            for _ in range(5):
                for _ in range(5):
                    give(app, Resized(random.randint(1, 300), random.randint(1, 100)))
                await pilot.pause()
                assert not astray(app)
            await resized(pilot, random.randint(1, 3), random.randint(1, 3))
            await resized(pilot, 60, 20)
            assert not astray(app)
            if app.screen.query("#confirm") and app.screen.query_one("#confirm").display:
                # What has to be typed is seen while it is.
                assert app.screen.query_one("#confirm").region.width >= 7, keys
            while not isinstance(app.screen, MainScreen):
                await press(pilot, "escape")
            await press(pilot, "2")
        assert main(app).pane.highlighted is not None
        await press(pilot, "home", "down")
        assert main(app).pane.table.cursor == 1


LINES = "id,alias\n" + "".join(f"kiosk-{at:04},Kiosk {at}\n" for at in range(1_000))


async def test_a_thousand_lines_may_be_pasted_anywhere(stage: Stage) -> None:
    app = stage.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "N")
        assert isinstance(app.screen, CreateManyDialog)
        give(app, Pasted(LINES))
        await settled(pilot)
        assert "1 000" in str(app.screen.query_one("#message").render())
        await press(pilot, "escape")
        for keys in (("n",), ("slash",), ("a",), ("a", "f3"), ("colon",), ("e",), ("t", "slash"), ("d",)):
            await press(pilot, *keys)
            give(app, Pasted(LINES))
            await settled(pilot)
            assert not astray(app)
            for _ in range(4):
                await press(pilot, "escape")
            await press(pilot, "2")
            assert isinstance(app.screen, MainScreen)
            assert main(app).pane.filter_line.value == ""
        assert len(stage.watched.platform.dump()["entities"]) == 240


async def click(pilot: Pilot[int], widget: Widget, x: int = 0, y: int = 0) -> None:
    give(pilot.app, Clicked(widget.region.x + x, widget.region.y + y))
    await settled(pilot)


def at_text(app: EntitreeApp, widget: Widget, text: str) -> int:
    """Where in the first line of a widget that text is drawn."""
    line = "".join(segment.text for segment in widget.render_line(0))
    assert text in line, line
    return line.index(text)


async def test_the_mouse_does_what_keys_do(stage: Stage) -> None:
    app = stage.app()
    async with app.run_test(size=(120, 30)) as pilot:
        await settled(pilot)
        screen = main(app)
        tabs = screen.query_one("TabLine")
        await click(pilot, tabs, at_text(app, tabs, "Entities"))
        assert screen.pane is screen.pane_of(Kind.ENTITY)
        table = screen.pane.table
        # A title sorts, a row takes the cursor, the wheel moves on.
        await click(pilot, table, 6, 0)
        assert screen.pane.sort.reverse
        await click(pilot, table, 6, 0)
        assert not screen.pane.sort.reverse
        await click(pilot, table, 6, 5)
        assert table.cursor == 4
        give(app, Wheeled(table.region.x + 5, table.region.y + 5, up=False))
        await settled(pilot)
        assert table.scroll_offset.y > 0 or table.cursor > 4
        # The tree takes the keys, and a line of it the cursor.
        tree = screen.link_tree.lines
        await click(pilot, tree, 4, 1)
        assert screen.link_tree.has_keys
        # The footer is pressed like keys, in the tree as in the list.
        await click(pilot, table, 6, 8)
        footer = screen.query_one(KeyBar)
        await click(pilot, footer, at_text(app, footer, "Help"))
        assert isinstance(app.screen, HelpScreen)
        await press(pilot, "escape")
        footer = screen.query_one(KeyBar)
        await click(pilot, footer, at_text(app, footer, "Delete"))
        assert isinstance(app.screen, ImpactScreen)
        detach = app.screen.query_one("#detach", Button)
        await click(pilot, detach, 2)
        assert isinstance(app.screen, PlanScreen)
        await click(pilot, app.screen.query_one("#cancel"), 2)
        assert isinstance(app.screen, ImpactScreen)
        await click(pilot, app.screen.query_one("#cancel"), 2)
        assert app.screen is screen


@pytest.mark.parametrize("size", [(60, 20), pytest.param((80, 24), marks=pytest.mark.long)])
async def test_no_button_and_no_way_to_help_is_beyond_the_edge(stage: Stage, size: tuple[int, int]) -> None:
    app = stage.app()
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("bigcola-"), "enter", "asterisk")
        hidden = ("slash", *typed("bigcola-u"), "enter", "d")
        for keys in (*map(tuple, "daxenN"), hidden, ("u", "m"), ("d", DETACH), ("4", "b"), ("M",)):
            for key in keys:
                if key == DETACH:
                    app.screen.query_one("#detach", Button).press()
                    await settled(pilot)
                    assert isinstance(app.screen, PlanScreen)
                else:
                    await press(pilot, key)
            room = app.screen.region
            for button in app.screen.query(Button):
                if button.display and button.region:
                    assert room.contains_region(button.region), (keys, button, button.region)
            for bar in app.screen.query(KeyBar):
                line = "".join(segment.text for segment in bar.render_line(0))
                assert "?" in line, (keys, line)
            if app.screen.query("#confirm") and app.screen.query_one("#confirm").display:
                # What has to be typed is seen while it is.
                assert app.screen.query_one("#confirm").region.width >= 7, keys
            while not isinstance(app.screen, MainScreen):
                await press(pilot, "escape")
