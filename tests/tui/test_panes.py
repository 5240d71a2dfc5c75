"""Lists over the mirror: searches that stream, rows that stay under the cursor, headers, what is missing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.tui.journeys import Searches, main, many, press, told, unowned
from textual.widgets import Static

from entitree.demos.scenario import settled, typed
from entitree.inventory.find import Column, Sort, parse
from entitree.inventory.model import AssociationRow, Item, Kind, Row
from entitree.tui.modals.alias import AliasDialog
from entitree.tui.modals.create import NewDialog
from entitree.tui.screens.impact import ImpactScreen
from entitree.tui.screens.main import MainScreen
from entitree.tui.widgets.entry import Entry
from entitree.tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import pytest
    from tests.tui.conftest import Stage
    from textual.pilot import Pilot

    from entitree.tui.widgets.item_pane import ItemPane


def under_cursor(pane: ItemPane) -> str:
    assert pane.item is not None
    return pane.item.id


def heading(pane: ItemPane) -> str:
    return pane.table.render_line(0).text


async def test_the_first_screenful_is_shown_while_the_rest_is_still_found(stage: Stage) -> None:
    app = stage.app("empty", rows=many(300))
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2")
        pane = main(app).pane_of(Kind.ENTITY)
        searches = Searches(pane, held=lambda query: query == parse("shop"))
        await press(pilot, "slash", *typed("sho"))
        await pilot.press("p")
        await searches.waiting.wait()
        assert pane.filter_line.truth.startswith("200+ of 300")
        assert pane.table.count == 200
        await pilot.press("enter", "end", "space")
        searches.go.set()
        await settled(pilot)
        assert pane.filter_line.truth.startswith("300 of 300")
        assert pane.table.count == 300
        assert pane.marks == {"shop-0199"}
        await press(pilot, "end")
        assert under_cursor(pane) == "shop-0299"


async def test_a_newer_key_breaks_the_older_search_off(stage: Stage) -> None:
    app = stage.app("empty", rows=many(300))
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("sho"))
        pane = main(app).pane_of(Kind.ENTITY)
        searches = Searches(pane, held=lambda query: query == parse("shop"))
        await pilot.press("p")
        await searches.waiting.wait()
        await press(pilot, *typed("-0007"))
        assert searches.ended[0] == parse("shop")
        assert not searches.go.is_set()
        assert pane.table.count == 1
        assert under_cursor(pane) == "shop-0007"
        assert pane.filter_line.truth.startswith("1 of 300")


async def test_a_typed_filter_keeps_the_cursor_on_its_item_or_goes_to_the_first_match(stage: Stage) -> None:
    app = stage.app("empty", rows=many(300))
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", *("down",) * 15, "slash", *typed("5"))
        pane = main(app).pane_of(Kind.ENTITY)
        assert under_cursor(pane) == "shop-0015"
        await press(pilot, *typed("0"))
        assert under_cursor(pane) == "shop-0050"
        await press(pilot, "escape")
        assert pane.table.count == 300
        assert under_cursor(pane) == "shop-0050"


async def test_rows_that_come_and_go_leave_cursor_scroll_and_marks_where_they_were(stage: Stage) -> None:
    app = stage.app("empty", rows=many(600))
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "end", *("up",) * 30, "space", "space")
        pane = main(app).pane_of(Kind.ENTITY)
        marked, here = set(pane.marks), under_cursor(pane)
        height = pane.table.cursor - pane.table.scroll_offset.y
        store = stage.watched.store
        await store.put(*(Item(Kind.ENTITY, f"aaa-{at:03}") for at in range(250)))
        await settled(pilot)
        assert pane.table.count == 850
        assert under_cursor(pane) == here
        assert pane.table.cursor - pane.table.scroll_offset.y == height
        await store.forget(*(Item(Kind.ENTITY, f"aaa-{at:03}") for at in range(100)))
        await settled(pilot)
        assert pane.table.count == 750
        assert under_cursor(pane) == here
        assert pane.table.cursor - pane.table.scroll_offset.y == height
        assert pane.marks == marked
        assert len(marked) == 2


async def test_a_changing_mirror_is_not_searched_once_for_every_change(stage: Stage) -> None:
    app = stage.app("empty", rows=many(300))
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2")
        pane = main(app).pane_of(Kind.ENTITY)
        searches = Searches(pane, held=lambda query: True)
        store = stage.watched.store
        await store.put(Item(Kind.ENTITY, "aaa"))
        await searches.waiting.wait()
        for at in range(20):
            await store.put(Item(Kind.ENTITY, f"bbb-{at}"))
            await pilot.pause()
        # The old rows are on show until all of the new ones are found.
        assert pane.table.count == 300
        searches.go.set()
        await settled(pilot)
        assert pane.table.count == 321
        assert len(searches.asked) == 2


async def test_a_tab_that_is_not_on_show_is_found_anew_when_it_is(stage: Stage) -> None:
    app = stage.app("empty", rows=many(10))
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "1")
        pane = main(app).pane_of(Kind.ENTITY)
        searches = Searches(pane)
        await stage.watched.store.put(Item(Kind.ENTITY, "aaa"))
        await settled(pilot)
        assert searches.asked == []
        await press(pilot, "2")
        assert pane.table.count == 11
        await press(pilot, "1", "2")
        assert len(searches.asked) == 1


async def test_a_click_on_a_header_sorts_by_it_and_another_turns_it_round(stage: Stage) -> None:
    async def click(pilot: Pilot[int], title: str) -> None:
        at = heading(pane).index(title)
        await pilot.click(pane.table, offset=(at, 0))
        await settled(pilot)

    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "down")
        pane = main(app).pane_of(Kind.ENTITY)
        here = under_cursor(pane)
        await click(pilot, "Assoc")
        assert pane.sort == Sort(Column.ASSOCIATIONS)
        assert "↑Assoc" in heading(pane)
        assert under_cursor(pane) == here
        await click(pilot, "Assoc")
        assert pane.sort == Sort(Column.ASSOCIATIONS, reverse=True)
        assert pane.filter_line.truth.endswith("associations ↓")
        assert under_cursor(pane) == here
        await press(pilot, "home")
        first = pane.row
        assert isinstance(first, Row)
        await press(pilot, "end")
        last = pane.row
        assert isinstance(last, Row)
        assert first.associations is not None
        assert last.associations is not None
        assert first.associations > last.associations
        await click(pilot, "Alias")
        assert pane.sort == Sort(Column.ALIAS)


async def test_a_filter_on_what_was_never_read_says_so(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(120, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("has:inbound"))
        pane = main(app).pane_of(Kind.ENTITY)
        assert pane.filter_line.problem == "0 of 5 · never read: inbound configurations"
        assert "inbound configurations were never read" in str(pane.table.placeholder)
        await press(pilot, "escape")
        assert pane.filter_line.problem == ""
        assert pane.table.count == 5


async def test_a_filter_that_is_wrong_says_where(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(120, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("cola o:x"))
        pane = main(app).pane_of(Kind.ENTITY)
        assert pane.filter_line.problem.startswith("at 6: There is no filter key “o:”.")
        # What the last filter that could be understood found stays.
        assert pane.table.count == 1
        await press(pilot, *("backspace",) * len("o:x"))
        assert pane.filter_line.problem == ""


async def test_enter_tells_all_that_is_wrong_with_a_filter(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "slash", *typed("colour:red"), "enter")
        assert told(app).startswith("At 1: There is no filter key “colour:”. Known are id:")
        field = main(app).pane.filter_line
        assert isinstance(app.focused, Entry)
        await press(pilot, "escape")
        assert field.value == ""
        assert not isinstance(app.focused, Entry)


async def test_ids_that_do_not_exist_are_listed_and_left_alone(stage: Stage) -> None:
    app = stage.app("docs", rows=unowned("ghost-1", "ghost-2"))
    async with app.run_test(size=(120, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("orphan"), "enter")
        pane = main(app).pane_of(Kind.ENTITY)
        assert pane.filter_line.truth.startswith("2 that do not exist")
        line = pane.rows.row(0) if pane.rows is not None else None
        assert line is not None
        assert line.cells[:2] == ("ghost-1", "does not exist")
        assert line.dim
        for key in ("e", "d", "i"):
            await press(pilot, key)
            assert told(app) == "ghost-1 does not exist: only configurations name it. n makes it."
        assert (pane.marks, pane.selected, pane.highlighted) == (set(), (), None)
        dim = {hint.label for hint in app.screen.query_one(KeyBar).hints if not hint.enabled}
        assert {"Alias", "Delete", "Impact"} <= dim
        assert not {"New", "Mark"} & dim
        assert main(app).link_tree.count > 0


async def test_new_on_an_id_that_does_not_exist_makes_that_one(stage: Stage) -> None:
    app = stage.app("docs", rows=unowned("ghost-1", "ghost-2"))
    async with app.run_test(size=(120, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "colon", *typed("ghost-2"), "enter")
        pane = main(app).pane_of(Kind.ENTITY)
        assert main(app).pane is pane
        assert pane.filter_line.value == "orphan"
        assert under_cursor(pane) == "ghost-2"
        await press(pilot, "n")
        assert isinstance(app.screen, NewDialog)
        assert app.screen.value("id") == "ghost-2"
        await press(pilot, "enter")
        assert main(app).pane is pane
        assert pane.filter_line.value == ""
        assert pane.highlighted is not None
        assert pane.highlighted.id == "ghost-2"
        made = [each["entityId"] for each in stage.watched.platform.dump()["entities"]]
        assert "ghost-2" in made
        assert "ghost-1" not in made
        # And on what exists, New knows no id.
        await press(pilot, "n")
        assert isinstance(app.screen, NewDialog)
        assert app.screen.value("id") == ""


async def test_an_id_that_cannot_be_typed_is_not_filled_in(stage: Stage) -> None:
    app = stage.app("docs", rows=unowned("gho\x1bst"))
    async with app.run_test(size=(120, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("orphan"), "enter", "n")
        assert isinstance(app.screen, NewDialog)
        assert app.screen.value("id") == ""
        assert "cannot be typed" in told(app)


async def test_ids_that_do_not_exist_are_marked_and_left_out_of_changes(stage: Stage) -> None:
    app = stage.app("docs", rows=unowned("ghost-1", "ghost-2", "ghost-3"))
    async with app.run_test(size=(120, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("orphan"), "enter", "space", "v", "down", "v")
        pane = main(app).pane_of(Kind.ENTITY)
        assert pane.marks == pane.ghosts == {"ghost-1", "ghost-2", "ghost-3"}
        assert main(app).link_tree.count > 0
        for key in ("e", "d", "i"):
            await press(pilot, key)
            assert told(app).startswith("Nothing that is marked exists")
        await press(pilot, "home", "space", "escape", "home", "space", "d")
        assert isinstance(app.screen, ImpactScreen)
        assert len(app.screen._ids) == 1
        assert not app.screen._ids[0].startswith("ghost")
        assert not app.screen._hidden
        assert told(app) == "2 of 3 marked ids do not exist and are left out."


async def test_what_was_marked_and_is_made_is_left_out_no_more(stage: Stage) -> None:
    app = stage.app("docs", rows=unowned("ghost-1", "ghost-2"))
    async with app.run_test(size=(120, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("orphan"), "enter", "asterisk")
        pane = main(app).pane_of(Kind.ENTITY)
        await stage.watched.store.put(Item(Kind.ENTITY, "ghost-1"))
        await settled(pilot)
        assert pane.ghosts == {"ghost-2"}
        assert pane.selected == ("ghost-1",)
        await press(pilot, "tilde")
        assert pane.marks == {"ghost-1"}


async def test_the_tree_leads_to_what_does_not_exist(stage: Stage) -> None:
    app = stage.app("docs", rows=unowned("ghost-1"))
    async with app.run_test(size=(120, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "3", "slash", *typed("ghostco"), "enter", "t", "down", "enter")
        pane = main(app).pane_of(Kind.ENTITY)
        assert main(app).pane is pane
        assert under_cursor(pane) == "ghost-1"
        assert told(app) == ""


async def test_an_alias_is_given_to_the_marked_row_and_no_other(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(120, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "home")
        marked = under_cursor(main(app).pane_of(Kind.ENTITY))
        await press(pilot, "space")
        assert under_cursor(main(app).pane_of(Kind.ENTITY)) != marked
        await press(pilot, "e")
        assert isinstance(app.screen, AliasDialog)
        assert str(app.screen.query_one("#whole-id", Static).render()) == marked


async def test_marks_of_other_rows_are_acted_on_from_a_row_that_does_not_exist(stage: Stage) -> None:
    app = stage.app("docs", rows=unowned("ghost-1"))
    async with app.run_test(size=(120, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "asterisk", "slash", *typed("orphan"), "enter")
        assert "5 marked, 5 hidden" in main(app).pane.filter_line.truth
        await press(pilot, "i")
        assert isinstance(app.screen, ImpactScreen)
        assert len(app.screen._ids) == 5
        assert len(app.screen._hidden) == 5


async def test_every_one_of_many_is_marked_also_before_all_are_found(stage: Stage) -> None:
    app = stage.app("empty", rows=many(450))
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2")
        pane = main(app).pane_of(Kind.ENTITY)
        searches = Searches(pane, held=lambda query: bool(query.terms))
        await press(pilot, "slash")
        await pilot.press("p")
        await searches.waiting.wait()
        await pilot.press("enter", "asterisk")
        searches.go.set()
        await settled(pilot)
        assert len(pane.marks) == 450
        await press(pilot, "slash", *typed("-00"), "enter", "tilde")
        assert len(pane.marks) == 350
        await press(pilot, "u", "home", "v", "down", "end", "v")
        assert len(pane.marks) == 100


async def test_a_range_reaches_over_what_is_not_found_yet(stage: Stage) -> None:
    app = stage.app("empty", rows=many(450))
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "end", "v")
        pane = main(app).pane_of(Kind.ENTITY)
        assert "range: v ends it" in pane.filter_line.truth
        searches = Searches(pane, held=lambda query: bool(query.terms))
        await press(pilot, "slash")
        await pilot.press("p")
        await searches.waiting.wait()
        await pilot.press("enter", "home", "down")
        searches.go.set()
        await pilot.press("v")
        await settled(pilot)
        assert len(pane.marks) == 449
        assert "shop-0000" not in pane.marks


async def test_hidden_marks_are_known_before_a_deletion_is_shown(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "asterisk")
        pane = main(app).pane_of(Kind.ENTITY)
        names, go = pane.shelf.names, asyncio.Event()

        async def late(keys: Sequence[int]) -> Collection[str]:
            await go.wait()
            return await names(keys)

        monkeypatch.setattr(pane.shelf, "names", late)
        await pilot.press("slash", *typed("cola"), "enter", "d")
        assert "5 marked ·" in pane.filter_line.truth
        assert isinstance(app.screen, MainScreen)
        go.set()
        await settled(pilot)
        assert isinstance(app.screen, ImpactScreen)
        assert len(app.screen._hidden) == 4


async def test_go_to_finds_what_is_far_down_and_what_a_filter_hides(stage: Stage) -> None:
    app = stage.app("empty", rows=many(450))
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("0001"), "enter", "colon", *typed("shop-0444"), "enter")
        pane = main(app).pane_of(Kind.ENTITY)
        assert pane.filter_line.value == ""
        assert under_cursor(pane) == "shop-0444"
        searches = Searches(pane)
        await press(pilot, "colon", *typed("shop-0007"), "enter")
        assert under_cursor(pane) == "shop-0007"
        # What the list shows already is not looked for anew.
        assert searches.asked == []
        await press(pilot, "minus")
        assert under_cursor(pane) == "shop-0444"


async def test_what_is_gone_is_said_when_one_goes_there(stage: Stage) -> None:
    app = stage.app("empty", rows=many(5))
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2")
        main(app).pane_of(Kind.ENTITY).go_to("nowhere")
        await settled(pilot)
        assert told(app) == "nowhere is not in the list."


async def test_the_palette_finds_an_exact_id_among_many_alike(stage: Stage) -> None:
    app = stage.app("empty", rows=many(300, prefix="a-zz"))
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await stage.watched.store.put(Item(Kind.ENTITY, "zz"))
        await settled(pilot)
        await press(pilot, "colon", *typed("zz"), "enter")
        assert under_cursor(main(app).pane_of(Kind.ENTITY)) == "zz"


async def test_counts_follow_what_is_written_while_the_rows_stay(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2")
        pane = main(app).pane_of(Kind.ENTITY)
        before = pane.row
        assert isinstance(before, Row)
        assert before.associations is not None
        await stage.watched.store.put(AssociationRow("ALPHA", "SMS", "prod", before.item.id, "Newest"))
        await settled(pilot)
        after = pane.row
        assert isinstance(after, Row)
        assert after.item == before.item
        assert after.associations == before.associations + 1


async def test_keys_typed_right_behind_a_tab_move_as_if_it_had_been_on_the_screen(stage: Stage) -> None:
    app = stage.app("empty", rows=many(300))
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2")
        table = main(app).pane_of(Kind.ENTITY).table
        page = table.page
        await press(pilot, "1")
        main(app).show_kind(Kind.ENTITY)
        table.action_last()
        await settled(pilot)
        assert table.cursor == 299
        assert table.cursor in table.visible_range()
        await press(pilot, "1")
        main(app).show_kind(Kind.ENTITY)
        table.action_first()
        table.action_page(1)
        assert table.cursor == page
