"""The Keys tab: what is listed, found and gone to, and what is said where no key may be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.tui.journeys import main, press, told

from entitree.demos.scenario import settled, typed
from entitree.inventory.model import Kind
from entitree.inventory.ties import KeyTies
from entitree.tui.place import KEY, Place
from entitree.tui.widgets.key_bar import KeyBar
from entitree.tui.widgets.tab_line import TabLine

if TYPE_CHECKING:
    from tests.tui.conftest import Stage

    from entitree.tui.app import EntitreeApp


def lines(app: EntitreeApp) -> dict[str, tuple[str, ...]]:
    """State, until when, number of links and the links of every key on show, by name."""
    rows = main(app).keys.rows
    assert rows is not None
    shown = [rows.row(index) for index in range(rows.count)]
    return {line.cells[0]: line.cells[1:5] for line in shown if line is not None}


async def test_every_key_is_listed_with_what_it_is_bound_to(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(140, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "4")
        assert main(app).query_one(TabLine).active == "keys"
        assert main(app).query_one(TabLine).tabs[3].note == "9"
        shown = lines(app)
        assert shown["Key2"] == ("enabled", "2033-01-01", "1", "production + bigcola-us FILL")
        assert shown["old SMS gateway"][0] == "disabled"
        assert shown["autumn campaign"][:2] == ("expired", "2023-12-01")
        assert shown["nightly export"][2:] == ("0", "nothing: it may do everything it has scopes for")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("key", {"Key1", "Key2", "Key3"}),
        ("app:marketing", {"autumn campaign"}),
        ("entity:aurora !app:zzz", {"aurora-air reporting"}),
        ("unused !limited !full", {"nightly export"}),
        ("!key has:strategy", set()),
        ("/^old/", {"old SMS gateway"}),
    ],
)
async def test_the_filter_finds_keys(stage: Stage, text: str, names: set[str]) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(140, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "4", "slash", *text, "enter")
        assert set(lines(app)) == names


async def test_keys_are_sorted_by_each_column(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(140, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "4", "s")
        assert next(iter(lines(app))) == "old SMS gateway"
        await press(pilot, "s")
        assert next(iter(lines(app))) == "autumn campaign"
        await press(pilot, "s", "S")
        assert next(iter(lines(app))) == "aurora-air reporting"


async def test_the_tree_shows_where_a_key_is_used_and_leads_there_and_back(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(140, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "4", "slash", *typed("aurora"), "enter")
        tree = main(app).link_tree
        assert isinstance(tree.subject, KeyTies)
        labels = [twig.node.label for twig in tree.lines.twigs.lines()]
        assert labels == ["loyalty", "aurora-air-de", "production", "aurora-air-de"]
        await press(pilot, "t", "down", "enter")
        assert main(app).pane.place == Place(Kind.ENTITY, "aurora-air-de")
        await press(pilot, "minus")
        assert main(app).pane is main(app).keys
        await press(pilot, "t", "slash", *typed("loyal"), "enter")
        labels = [twig.node.label for twig in tree.lines.twigs.lines()]
        assert labels == ["loyalty", "aurora-air-de"]


async def test_enter_on_a_key_in_the_tree_of_an_entity_and_the_palette_lead_to_it(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(140, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("bigcola-us"), "enter", "t", "slash", *typed("key2"), "enter")
        await press(pilot, "G", "enter")
        place = main(app).pane.place
        assert place is not None
        assert place.type == KEY
        await press(pilot, "1", "colon", *typed("Key3"), "enter")
        assert main(app).pane is main(app).keys
        here = main(app).keys.row
        assert here is not None
        assert here.name == "Key3"


async def test_where_keys_may_not_be_read_the_tab_says_so_and_what_to_do(stage: Stage) -> None:
    app = stage.app("demo", key="limited")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "4")
        said = str(main(app).keys.table.placeholder)
        assert "may not read API keys (403)" in said
        assert ":connect" in said
        assert main(app).query_one(TabLine).tabs[3].note == "–"
        await press(pilot, "n")
        assert "portal" in told(app)


async def test_the_footer_offers_what_can_be_done_to_keys(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        labels = [hint.label for hint in app.screen.query_one(KeyBar).hints]
        assert "Bind" not in labels
        await press(pilot, "4")
        labels = [hint.label for hint in app.screen.query_one(KeyBar).hints]
        assert labels[:3] == ["Bind", "On/off", "Mark"]
        assert "Alias" not in labels
