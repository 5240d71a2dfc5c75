"""The list asks for what is on screen and draws what changed, whatever the number of rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual.content import Content

from entitree.tui.widgets.columns import Column
from entitree.tui.widgets.item_list import ItemList, Line

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App
    from textual.message import Message
    from textual.strip import Strip
    from textual.widget import Widget

    Stage = Callable[..., App[None]]
    Hook = Callable[[Message], None]
    Lines = Callable[[Widget], list[str]]

SIZE = (80, 24)
PAGE = SIZE[1] - 1
COLUMNS = (
    Column("ID", weight=3, minimum=12, key="id"),
    Column("Alias", weight=2, minimum=6, key="alias"),
    Column("Apps", "right", key="apps"),
)


class Rows:
    """Rows that know which of them were asked for. Those from `late` on have to be wanted first."""

    def __init__(self, count: int, *, late: int | None = None) -> None:
        self.count = count
        self.lines: dict[int, Line] = {}
        self.asked: set[int] = set()
        self.wanted: list[tuple[int, int]] = []
        self._late = count if late is None else late

    def row(self, index: int) -> Line | None:
        assert 0 <= index < self.count
        self.asked.add(index)
        if index in self.lines:
            return self.lines[index]
        if index >= self._late:
            return None
        return Line(
            f"k{index}", (f"id-{index}", f"Alias {index}", str(index % 9)), marked=False, locked=False
        )

    def want(self, start: int, stop: int) -> None:
        self.wanted.append((start, stop))

    def deliver(self, start: int, stop: int) -> None:
        for index in range(start, stop):
            self.lines[index] = Line(f"k{index}", (f"id-{index}", "", "1"), marked=False, locked=False)


class Counted(ItemList):
    """Counts the lines it draws."""

    drawn = 0

    def render_line(self, y: int) -> Strip:
        self.drawn += 1
        return super().render_line(y)


@pytest.fixture
def rows() -> Rows:
    return Rows(100_000)


@pytest.fixture
def table(rows: Rows) -> Counted:
    table = Counted(COLUMNS)
    table.set_source(rows)
    return table


def highlighted(heard: list[Message]) -> list[tuple[int, str | None]]:
    return [(each.index, each.key) for each in heard if isinstance(each, ItemList.Highlighted)]


def chosen(heard: list[Message]) -> list[str]:
    return [each.key for each in heard if isinstance(each, ItemList.Chosen)]


async def test_only_rows_on_screen_are_asked_for(stage: Stage, rows: Rows, table: Counted) -> None:
    async with stage(table).run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert rows.asked == set(range(PAGE))
        rows.asked.clear()
        await pilot.press("G")
        assert rows.asked <= set(range(100_000 - PAGE, 100_000))
        assert table.cursor == 99_999


async def test_a_cursor_key_draws_two_lines(stage: Stage, table: Counted) -> None:
    async with stage(table).run_test(size=SIZE) as pilot:
        await pilot.pause()
        for key in ("down", "j", "up", "k"):
            table.drawn = 0
            await pilot.press(key)
            await pilot.pause()
            assert table.drawn == 2


async def test_a_key_that_moves_nothing_draws_nothing(stage: Stage, table: Counted) -> None:
    async with stage(table).run_test(size=SIZE) as pilot:
        await pilot.pause()
        table.drawn = 0
        await pilot.press("up", "home", "pageup")
        await pilot.pause()
        assert table.drawn == 0


async def test_at_the_edge_the_view_moves_half_a_page(stage: Stage, table: Counted) -> None:
    async with stage(table).run_test(size=SIZE) as pilot:
        table.move_to(PAGE - 1)
        assert table.visible_range().start == 0
        await pilot.press("down")
        assert table.cursor == PAGE
        assert table.visible_range() == range(PAGE - PAGE // 2, 2 * PAGE - PAGE // 2)
        top = table.visible_range().start
        table.move_to(top)
        assert table.visible_range().start == top
        await pilot.press("up")
        assert table.cursor == top - 1
        assert table.visible_range().start == max(0, top - 1 - PAGE // 2)


async def test_at_the_edge_the_view_can_move_by_one_line(stage: Stage, table: Counted) -> None:
    table.edge = "line"
    async with stage(table).run_test(size=SIZE) as pilot:
        table.move_to(PAGE - 1)
        await pilot.press("down", "down")
        assert table.visible_range() == range(2, PAGE + 2)
        table.move_to(2)
        await pilot.press("up")
        assert table.visible_range().start == 1


async def test_pages_and_ends(stage: Stage, table: Counted) -> None:
    async with stage(table).run_test(size=SIZE) as pilot:
        await pilot.press("down", "down", "pagedown")
        assert table.cursor == PAGE + 2
        assert table.visible_range().start == PAGE
        await pilot.press("pageup")
        assert (table.cursor, table.visible_range().start) == (2, 0)
        await pilot.press("end")
        assert (table.cursor, table.visible_range().stop) == (99_999, 100_000)
        await pilot.press("down", "pagedown")
        assert table.cursor == 99_999
        await pilot.press("g")
        assert (table.cursor, table.visible_range().start) == (0, 0)


async def test_each_row_is_announced_once(
    stage: Stage, table: Counted, heard: list[Message], hear: Hook
) -> None:
    async with stage(table).run_test(size=SIZE, message_hook=hear) as pilot:
        await pilot.pause()
        for key in ("down", "down", "end", "end", "enter"):
            await pilot.press(key)
            await pilot.pause()
        assert highlighted(heard) == [(0, "k0"), (1, "k1"), (2, "k2"), (99_999, "k99999")]
        assert chosen(heard) == ["k99999"]


async def test_missing_rows_are_wanted_once_and_drawn_when_they_arrive(
    stage: Stage, heard: list[Message], hear: Hook, lines: Lines
) -> None:
    rows = Rows(1000, late=0)
    table = ItemList(COLUMNS)
    table.set_source(rows)
    async with stage(table).run_test(size=SIZE, message_hook=hear) as pilot:
        await pilot.press("down", "down")
        assert rows.wanted == [(0, PAGE)]
        assert "…" in lines(table)[1]
        assert highlighted(heard) == []
        assert table.highlighted is None
        rows.deliver(0, PAGE)
        table.rows_arrived(0, PAGE)
        await pilot.pause()
        assert "id-0 " in lines(table)[1]
        assert highlighted(heard) == [(2, "k2")]
        await pilot.press("end")
        assert rows.wanted[1:] == [(1000 - PAGE, 1000)]
        await pilot.press("enter")
        assert chosen(heard) == []


async def test_a_source_may_deliver_while_it_is_asked(stage: Stage, lines: Lines) -> None:
    shown = ItemList(COLUMNS)

    class Eager(Rows):
        def want(self, start: int, stop: int) -> None:
            super().want(start, stop)
            self.deliver(start, stop)
            shown.rows_arrived(start, stop)

    rows = Eager(1000, late=0)
    async with stage(shown).run_test(size=SIZE) as pilot:
        shown.set_source(rows)
        await pilot.pause()
        await pilot.press("pagedown")
        await pilot.pause()
        assert f"id-{PAGE} " in lines(shown)[1]
        assert rows.wanted == [(0, PAGE), (PAGE, 2 * PAGE)]


async def test_the_cursor_stays_on_its_row_and_the_row_where_it_was(
    stage: Stage, table: Counted, heard: list[Message], hear: Hook
) -> None:
    async with stage(table).run_test(size=SIZE, message_hook=hear) as pilot:
        await pilot.press("pagedown", "down", "down", "down")
        height = table.cursor - table.visible_range().start
        table.set_source(Rows(500), 321)
        await pilot.pause()
        assert table.cursor == 321
        assert table.cursor - table.visible_range().start == height
        table.set_source(Rows(4))
        await pilot.pause()
        assert table.cursor == 3
        assert table.visible_range() == range(4)
        assert highlighted(heard)[-1] == (3, "k3")


async def test_changed_rows_alone_are_drawn_anew(
    stage: Stage, rows: Rows, table: Counted, lines: Lines
) -> None:
    async with stage(table).run_test(size=SIZE) as pilot:
        await pilot.pause()
        line = rows.row(4)
        assert line is not None
        rows.lines[4] = replace(line, marked=True)
        table.drawn = 0
        table.invalidate([4, 77_000])
        await pilot.pause()
        assert table.drawn == 1
        assert [("●" in text) for text in lines(table)] == [False] * 5 + [True] + [False] * (PAGE - 5)


async def test_invalidate_takes_in_another_number_of_rows(stage: Stage, rows: Rows, table: Counted) -> None:
    async with stage(table).run_test(size=SIZE) as pilot:
        await pilot.press("end")
        rows.count = 10
        table.invalidate()
        await pilot.pause()
        assert table.cursor == 9
        assert table.visible_range() == range(10)


async def test_signs_columns_and_cut_texts(stage: Stage, lines: Lines) -> None:
    rows = Rows(3)
    rows.lines[0] = Line("default", ("default", "", "12"), marked=False, locked=True)
    rows.lines[1] = Line("x", ("x" * 255, "Al", "–"), marked=True, locked=False)
    table = ItemList(COLUMNS)
    table.set_source(rows)
    table.set_sort("apps", descending=True)
    async with stage(table).run_test(size=(60, 10)):
        head, first, second, third, *rest = lines(table)
        assert head.split() == ["ID", "Alias", "↓Apps"]
        assert first.startswith("▌ ⌂ default ")
        assert second.startswith(" ●  xxxx")
        assert second.index("…") < second.index("Al")
        ends = {line.rstrip()[-1]: len(line.rstrip()) for line in (head, first, second, third)}
        assert set(ends.values()) == {len(head.rstrip())}, "numbers and their title end in the same column"
        assert not "".join(rest).strip()


async def test_sorting_moves_no_column(stage: Stage, table: Counted, lines: Lines) -> None:
    async with stage(table).run_test(size=SIZE) as pilot:
        before = lines(table)[1:]
        for key, title in (("id", "ID ↑"), ("alias", "Alias ↑"), ("apps", "↑Apps")):
            table.set_sort(key)
            await pilot.pause()
            assert title in lines(table)[0]
            assert lines(table)[1:] == before


async def test_hostile_texts_are_inert_and_columns_stay_straight(
    stage: Stage, hostile: tuple[str, ...], lines: Lines
) -> None:
    rows = Rows(2 * len(hostile))
    for at, text in enumerate(hostile):
        rows.lines[2 * at] = Line(text, (text, "plain", "7"), marked=True, locked=True)
        rows.lines[2 * at + 1] = Line(text, ("plain", text, "7"), marked=False, locked=False)
    table = ItemList((Column("[/]\x1b", weight=3, minimum=12), *COLUMNS[1:]))
    table.placeholder = Content("[red]none[/]")
    for size in ((100, 40), (60, 40), (33, 40), (9, 40), (1, 3)):
        async with stage(table).run_test(size=size) as pilot:
            table.set_source(rows)
            await pilot.pause()
            shown = lines(table)
            if size[0] >= 60:
                assert "[red]x[/]" in shown[3]
                assert "␛]52;c;x␇" in shown[1]
        table = ItemList(COLUMNS)


async def test_columns_keep_still_while_one_scrolls(
    stage: Stage, rows: Rows, table: Counted, lines: Lines
) -> None:
    rows.lines[3] = Line("long", ("y" * 255, "z" * 255, "1"), marked=False, locked=False)
    async with stage(table).run_test(size=SIZE) as pilot:
        head = lines(table)[0]
        table.move_to(PAGE)
        await pilot.pause()
        assert 3 not in table.visible_range()
        assert lines(table)[0] == head
        await pilot.press("pagedown", "pagedown")
        assert lines(table)[0] != head


async def test_no_rows_show_the_placeholder(
    stage: Stage, heard: list[Message], hear: Hook, lines: Lines
) -> None:
    table = ItemList(COLUMNS)
    table.placeholder = Content("No entities yet. n makes one.")
    async with stage(table).run_test(size=(24, 10), message_hook=hear) as pilot:
        table.set_source(Rows(0))
        await pilot.press("down", "enter", "pagedown", "G")
        assert " ".join("".join(lines(table)[1:]).split()) == "No entities yet. n makes one."
        assert highlighted(heard) == [(0, None)]
        assert chosen(heard) == []


async def test_mouse(stage: Stage, table: Counted, heard: list[Message], hear: Hook) -> None:
    async with stage(table).run_test(size=SIZE, message_hook=hear) as pilot:
        await pilot.click(table, offset=(10, 6))
        assert table.cursor == 5
        await pilot.click(table, offset=(10, 0))
        assert table.cursor == 5
        assert chosen(heard) == []
        await pilot.double_click(table, offset=(10, 3))
        assert chosen(heard) == ["k2"]
        table.scroll_down(animate=False)
        await pilot.pause()
        assert table.visible_range().start == 1
        assert table.cursor == 2


async def test_cursor_style_gutter_leaves_the_row_its_background(stage: Stage, table: Counted) -> None:
    async with stage(table).run_test(size=SIZE) as pilot:
        await pilot.pause()

        def backgrounds(y: int) -> set[object]:
            return {segment.style.bgcolor for segment in table.render_line(y) if segment.style}

        assert backgrounds(1) != backgrounds(2)
        focused = backgrounds(1)
        table.blur()
        await pilot.pause()
        assert backgrounds(1) not in (focused, backgrounds(2))
        table.cursor_style = "gutter"
        await pilot.pause()
        assert backgrounds(1) == backgrounds(2)
        assert table.render_line(1).text.startswith("▌")


async def test_another_theme_paints_anew(stage: Stage, table: Counted) -> None:
    app = stage(table)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        before = table.render_line(1)
        app.theme = "entitree-light"
        await pilot.pause()
        assert table.render_line(1).text == before.text
        assert list(table.render_line(1)) != list(before)


async def test_a_narrow_list_has_no_scrollbar_and_none_scrolls_sideways(stage: Stage, table: Counted) -> None:
    async with stage(table).run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert table.scrollbar_size_vertical == 1
        await pilot.resize_terminal(50, 20)
        await pilot.pause()
        assert table.scrollbar_size_vertical == 0
        assert not table.show_horizontal_scrollbar
        assert table.visible_range() == range(19)


async def test_the_cursor_is_shown_after_the_screen_shrinks(stage: Stage, table: Counted) -> None:
    async with stage(table).run_test(size=SIZE) as pilot:
        table.move_to(PAGE - 1)
        await pilot.resize_terminal(80, 8)
        await pilot.pause()
        assert table.cursor in table.visible_range()


def test_every_key_has_a_name_for_the_keymap(table: Counted) -> None:
    for _key, binding in table._bindings:
        assert binding.id
        assert binding.description
