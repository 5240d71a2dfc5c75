"""Every screen: each key has a name and a sentence, every command is in the palette, help is always there."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.tui.journeys import main, press, told
from textual.binding import Binding
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

import entitree.tui
from entitree.demos.scenario import settled, typed
from entitree.settings.paths import find_paths
from entitree.tui.commands import cheatsheet
from entitree.tui.commands.command import CommandScreen
from entitree.tui.commands.key_names import is_typed
from entitree.tui.commands.places import SPOTS
from entitree.tui.modals.create import NewDialog
from entitree.tui.screens.help import HelpScreen
from entitree.tui.screens.impact import ImpactScreen
from entitree.tui.screens.job import JobScreen
from entitree.tui.screens.palette import Palette
from entitree.tui.widgets.bound import UNBOUND, bindings_of
from entitree.tui.widgets.cells import width_of
from entitree.tui.widgets.entry import Entry
from entitree.tui.widgets.key_bar import KeyBar
from entitree.tui.widgets.tab_line import TabLine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.tui.conftest import Stage
    from textual.dom import DOMNode
    from textual.pilot import Pilot

    from entitree.tui.app import EntitreeApp

OWN_KEYS = """
[keys]
new = ["A", "f2"]
alias = "d"
list-down = "z"
help = "H"
impakt = "I"
quit = ""
entities = "B"
unmark = "Z"
"""
README = Path(__file__).parents[2] / "README.md"


def ours(base: type[DOMNode]) -> Iterator[type[DOMNode]]:
    for cls in base.__subclasses__():
        if cls.__module__.startswith("entitree."):
            yield cls
        yield from ours(cls)


@pytest.fixture(scope="module")
def classes() -> set[type[DOMNode]]:
    for module in pkgutil.walk_packages(entitree.tui.__path__, "entitree.tui."):
        importlib.import_module(module.name)
    return {*ours(Screen), *ours(Widget), *(spot.screen for spot in SPOTS)}


def test_every_binding_has_a_name_and_a_sentence_and_none_takes_letters_from_fields(
    classes: set[type[DOMNode]],
) -> None:
    for cls in classes:
        for each in cls.__dict__.get("BINDINGS", ()):
            assert isinstance(each, Binding), cls
            assert each.id, (cls, each)
            assert each.tooltip.endswith("."), (cls, each)
            assert not (each.priority and any(map(is_typed, each.key.split(",")))), (cls, each)


def test_every_screen_with_keys_is_known_to_whoever_gives_keys(classes: set[type[DOMNode]]) -> None:
    known = {
        name
        for spot in SPOTS
        for part in spot.parts
        for each in (*part, spot.screen)
        for name in bindings_of(each)
    }
    for cls in classes:
        assert set(bindings_of(cls)) <= known, cls
        if issubclass(cls, CommandScreen) and cls.OFFERED:
            assert any(spot.screen is cls for spot in SPOTS), cls


def test_every_screen_has_palette_and_help_and_each_name_and_key_once(classes: set[type[DOMNode]]) -> None:
    for cls in classes:
        if issubclass(cls, CommandScreen) and cls.OFFERED:
            names = [command.name for command in cls.OFFERED]
            keys = [key for command in cls.OFFERED for key in command.keys]
            assert {"palette", "help"} <= set(names), cls
            assert len(names) == len(set(names)), cls
            assert len(keys) == len(set(keys)), cls
            assert UNBOUND not in keys


def test_the_readme_has_the_sheet_of_keys() -> None:
    text = README.read_text("utf-8")
    assert cheatsheet.put_in(text) == text, "Run: python -m entitree.tui.commands.cheatsheet README.md"


def footer(app: EntitreeApp, width: int = 120) -> str:
    (bar,) = app.screen.query(KeyBar)
    return "".join(piece.text for piece in bar.pieces(width))


def helps(app: EntitreeApp) -> bool:
    """Whether the footer shows the way to help, however narrow."""
    return all(
        width_of(footer(app, width)) <= width and "? Help" in footer(app, width) for width in (60, 80, 120)
    )


def offered(app: EntitreeApp) -> list[tuple[str, ...]]:
    """What the palette on show offers."""
    assert isinstance(app.screen, Palette)
    return [offer.line.cells for offer in app.screen._offers.offers]


async def look_round(pilot: Pilot[int], app: EntitreeApp) -> None:
    """From a screen: help in its footer, all its commands in its palette, all that they do in its help."""
    screen: Any = app.screen
    assert isinstance(screen, CommandScreen)
    assert helps(app), screen
    await press(pilot, "colon")
    assert sorted(cells[0] for cells in offered(app)) == sorted(
        each.name for each in screen.OFFERED if each.name != "palette"
    )
    assert all(cells[-1].endswith(".") for cells in offered(app))
    await press(pilot, "escape")
    assert app.screen is screen
    said = {sentence for _, rows in HelpScreen(screen).sections() for _, sentence in rows}
    assert said >= {command.sentence for command in screen.OFFERED}, screen


async def test_help_and_palette_are_there_on_every_screen(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await look_round(pilot, app)
        await press(pilot, "slash")
        assert helps(app)
        await press(pilot, "question_mark")
        assert main(app).pane.filter_line.value == "?"
        await press(pilot, "f1")
        assert isinstance(app.screen, HelpScreen)
        assert "Keep the filter" in str(app.screen.query(".sentence").first(Static).render())
        await press(pilot, "f1", "escape", "t")
        assert helps(app)
        await press(pilot, "question_mark")
        assert app.screen.query(".group").first(Static).render() == "In the tree"
        await press(pilot, "escape", "t", "M")
        await look_round(pilot, app)
        await press(pilot, "escape", "L")
        await look_round(pilot, app)
        await press(pilot, "enter")
        await look_round(pilot, app)
        await press(pilot, "escape", "escape", "2", "down", "d")
        await look_round(pilot, app)
        assert isinstance(app.screen, ImpactScreen)
        await press(pilot, "colon", *typed("detach"), "enter")
        await look_round(pilot, app)
        await press(pilot, "escape", "escape", "n", *typed("new-one"), "enter", "5", "enter")
        assert isinstance(app.screen, JobScreen)
        await look_round(pilot, app)


async def test_keys_of_the_users_own_are_those_of_footer_help_and_palette(stage: Stage) -> None:
    file = find_paths({"ENTITREE_HOME": str(stage.folder / "home")}).config_file
    file.parent.mkdir(parents=True)
    file.write_text(OWN_KEYS)
    app = stage.app("demo")
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert told(app) == (
            "Nothing is called 'impakt'. Did you mean impact?\nalias: d is the key of delete. It has e."
        )
        assert footer(app).split("  ")[:3] == [" A New", "e Alias", "d Delete"]
        assert "H Help" in footer(app)
        assert "Quit" not in footer(app)
        rows = main(app).pane.table
        await press(pilot, "n", "q", "j", "down")
        assert rows.cursor == 0
        await press(pilot, "z")
        assert rows.cursor == 1
        await press(pilot, "slash", "z", "f2")
        assert main(app).pane.filter_line.value == "z"
        await press(pilot, "escape", "colon")
        cells = {each[0]: each[1] for each in offered(app)}
        assert (cells["new"], cells["alias"], cells["quit"]) == ("A", "e", "")
        await press(pilot, "escape", "H")
        keys = [str(each.render()) for each in app.screen.query(".keys").results(Static)]
        assert {"A F2", "z", "H", ": quit"} <= set(keys)
        # Tabs and sentences know them too.
        await press(pilot, "escape", "B", "space", "space", "m")
        assert "B Entities" in "".join(piece.text for piece in main(app).query_one(TabLine).pieces(120))
        assert told(app).endswith("take the marks away with Z and move the highlighted one.")
        # What cannot be done now says why, there and when it is chosen.
        await press(pilot, "colon", *typed("pause"))
        reason = "There is no job to do that to. 5 shows the jobs."
        assert str(app.screen.query_one("#whole", Static).render()) == reason
        await press(pilot, "enter")
        assert told(app) == reason
        await press(pilot, "A")
        assert isinstance(app.screen, NewDialog)


async def test_back_and_forward_go_as_in_a_browser(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "plus")
        assert told(app) == "There is nowhere to go forward to: you did not go back."

        def here() -> str:
            place = main(app).pane.place
            return "" if place is None else place.id

        async def go(name: str) -> None:
            await press(pilot, "colon")
            app.screen.query_one("#wanted", Entry).value = name
            await settled(pilot)
            await press(pilot, "enter")

        seen = [here()]
        for name in ("bigcola-us", "production", "billing"):
            await go(name)
            seen.append(here())
        assert seen == ["default", "bigcola-us", "production", "billing"]
        await press(pilot, "minus", "minus")
        assert here() == "bigcola-us"
        await press(pilot, "plus")
        assert here() == "production"
        await press(pilot, "equals_sign")
        assert here() == "billing"
        await press(pilot, "minus", "minus", "minus")
        assert here() == "default"
        # Who goes elsewhere from there has nothing ahead any more.
        await go("staging")
        assert (here(), main(app).ahead) == ("staging", [])
