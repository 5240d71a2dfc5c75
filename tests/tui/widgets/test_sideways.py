"""Where columns stand, fitted and scrolled sideways, whatever the texts: straight, and nothing halved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings, strategies as st
from rich.cells import cell_len
from rich.style import Style

from entitree.text import visible
from entitree.tui.widgets.cells import fitted, width_of
from entitree.tui.widgets.columns import Column
from entitree.tui.widgets.item_list import ItemList, Line
from entitree.tui.widgets.row_strips import RowStrips
from entitree.tui.widgets.table_layout import TableLayout

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import App
    from textual.widget import Widget

    Stage = Callable[..., App[None]]
    Lines = Callable[[Widget], list[str]]

COLUMNS = (
    Column("ID", weight=3, minimum=12, key="id"),
    Column("Alias", weight=2, minimum=6, key="alias"),
    Column("Ents", "right", key="ents", quiet=True),
    Column("Assoc", "right", key="assoc", quiet=True),
)
GUTTER = 4

texts = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("abcdefgh 東京é\u0301\u0323👨👩❤⌚🏽🇩🇪ก็각\u1161\u200d\ufe0f\u202e\x1b\n[]/\ud800"),
    ),
    max_size=60,
)
rows_of_texts = st.lists(
    st.tuples(texts, texts, st.integers(0, 10**6).map(str), st.just("–")), min_size=1, max_size=5
)


class Rows:
    def __init__(self, cells: Sequence[tuple[str, ...]], *, marked: bool = False) -> None:
        self.count = len(cells)
        self._cells = cells
        self._marked = marked

    def row(self, index: int) -> Line:
        return Line(f"k{index}", self._cells[index], marked=self._marked, locked=self._marked)

    def want(self, start: int, stop: int) -> None:
        """Nothing is ever missing."""


def laid_out(rows: Sequence[tuple[str, ...]], room: int) -> TableLayout:
    layout = TableLayout(COLUMNS)
    needed = [
        max(column.header_width(), *(width_of(row[at]) for row in rows)) for at, column in enumerate(COLUMNS)
    ]
    layout.fit(needed, room)
    return layout


def piece(text: str, start: int, width: int) -> str:
    """The text that begins at cell `start`, as the cell function counts; it must begin there."""
    at = next(at for at in range(len(text) + 1) if cell_len(text[:at]) == start)
    end = next(end for end in range(len(text), at - 1, -1) if cell_len(text[at:end]) == width)
    return text[at:end]


@settings(deadline=None)
@given(rows_of_texts, st.integers(20, 150), st.lists(st.sampled_from([1, 1, 1, -1]), max_size=8))
def test_each_line_is_exact_and_each_column_starts_at_its_cell(
    rows: list[tuple[str, ...]], width: int, steps: list[int]
) -> None:
    table = Drawn(rows, width)
    for step in (0, *steps):
        if step:
            table.layout.scroll(step)
        slots = table.layout.slots
        assert cell_len(table.head()) == width
        for row in rows:
            line = table.line(row)
            assert cell_len(line) == width
            assert line[:GUTTER] == "▌●⌂ "
            end = 0
            for slot in slots:
                gap = line_cells(line, GUTTER + end, slot.start - end)
                assert not gap.strip(" ")
                seen = line_cells(line, GUTTER + slot.start, slot.take)
                assert seen == slot.text(row[slot.at])
                end = slot.start + slot.take
            if not table.layout.shift and slots[-1].column.align == "right":
                assert line_cells(line, GUTTER, slots[-1].start + slots[-1].take)[-1] != " "


@settings(deadline=None)
@given(rows_of_texts, st.integers(30, 150))
def test_every_character_of_every_cell_can_be_read(rows: list[tuple[str, ...]], width: int) -> None:
    table = Drawn(rows, width)
    seen: list[list[str]] = [[] for _ in rows]
    layout = table.layout
    while True:
        for at, row in enumerate(rows):
            seen[at].append(table.line(row))
        if not layout.scroll(1):
            break
    for at, row in enumerate(rows):
        for cell in row:
            assert all(any(char in line for line in seen[at]) for char in visible(cell))
    assert layout.shift == layout.furthest
    for _ in range(len(seen[0])):
        layout.scroll(-1)
    assert layout.shift == 0
    assert [table.line(row) for row in rows] == [lines[0] for lines in seen]


@given(rows_of_texts, st.integers(20, 200))
def test_there_is_somewhere_to_scroll_exactly_where_something_is_cut(
    rows: list[tuple[str, ...]], width: int
) -> None:
    layout = laid_out(rows, width)
    whole = [slot for slot in layout.slots if slot.width >= layout.needed[slot.at]]
    assert (layout.furthest == 0) == (len(whole) == len(COLUMNS))
    if not layout.furthest:
        before = layout.slots
        assert not layout.scroll(1)
        assert not layout.scroll(-1)
        assert layout.slots == before


@given(rows_of_texts, st.integers(1, 200))
def test_no_id_is_cut_while_an_alias_is_whole(rows: list[tuple[str, ...]], room: int) -> None:
    widths = {slot.at: slot.width for slot in laid_out(rows, room).slots}
    if widths[0] < max(width_of(row[0]) for row in rows):
        assert widths.get(1, 0) < max(len("Alias") + 2, *(width_of(row[1]) for row in rows))


class Drawn:
    """A list's lines without an app."""

    def __init__(self, rows: Sequence[tuple[str, ...]], width: int) -> None:
        self.layout = laid_out(rows, width - GUTTER - 1)
        self._width = width
        self._strips = RowStrips(lambda *names, cursor=False: Style())

    def line(self, row: tuple[str, ...]) -> str:
        self._strips.forget()
        line = Line("k", row, marked=True, locked=True)
        strip = self._strips.strip(0, line, self.layout.slots, self._width, at_cursor=True)
        assert strip.cell_length == sum(cell_len(segment.text) for segment in strip)
        return strip.text

    def head(self) -> str:
        head = self.layout.head("alias", descending=True)
        return fitted("  " + head, self._width)


def line_cells(line: str, start: int, width: int) -> str:
    return piece(line, start, width) if width else ""


LONG = "x" * 30 + "ID-END"
ALIAS = "y" * 40 + "ALIAS-END"


async def test_right_and_left_scroll_a_cut_row_under_its_gutter(stage: Stage, lines: Lines) -> None:
    table = ItemList(COLUMNS)
    table.set_source(Rows([(LONG, ALIAS, "12", "3"), ("short", "s", "1", "3")], marked=True))
    async with stage(table).run_test(size=(72, 10)) as pilot:
        await pilot.pause()
        fitted_lines = lines(table)
        assert "ID-END" in fitted_lines[1]
        assert "…" in fitted_lines[1]
        seen = [fitted_lines]
        for _ in range(6):
            await pilot.press("right")
            await pilot.pause()
            seen.append(lines(table))
        assert seen[-1] == seen[-2], "there is an end to it"
        assert any("ALIAS-END" in page[1] for page in seen)
        assert all(page[1].startswith("▌●⌂ ") and page[2].startswith(" ●⌂ ") for page in seen)
        assert seen[-1][0].rstrip().endswith("Assoc")
        assert len(seen[-1][0].rstrip()) == len(seen[-1][1].rstrip())
        assert not table.show_horizontal_scrollbar
        assert table.shift > 0
        assert "‹" in seen[1][0]
        assert seen[1][0].endswith("›")
        assert "›" not in seen[-1][0]
        for key in ("left", "h") * 3:
            await pilot.press(key)
        await pilot.pause()
        assert table.shift == 0
        assert lines(table) == fitted_lines
        await pilot.press("left")
        assert lines(table) == fitted_lines
        await pilot.press("l")
        assert table.shift > 0


async def test_where_nothing_is_cut_the_keys_do_nothing(stage: Stage, lines: Lines) -> None:
    table = ItemList(COLUMNS)
    table.set_source(Rows([("a", "b", "1", "2")]))
    async with stage(table).run_test(size=(80, 10)) as pilot:
        await pilot.pause()
        before = lines(table)
        for key in ("right", "l", "left", "h"):
            await pilot.press(key)
            assert lines(table) == before
        assert table.shift == 0


async def test_columns_that_have_no_room_are_reached_too(stage: Stage, lines: Lines) -> None:
    table = ItemList(COLUMNS)
    table.set_source(Rows([("an-id", "Al", "4711", "815")]))
    async with stage(table).run_test(size=(26, 10)) as pilot:
        await pilot.pause()
        assert "4711" not in lines(table)[1]
        found = set()
        for _ in range(8):
            found |= set(lines(table)[1].split())
            await pilot.press("right")
            await pilot.pause()
        assert {"4711", "815"} <= found


async def test_a_shift_is_kept_for_when_long_rows_are_back(stage: Stage) -> None:
    rows = [(LONG, ALIAS, "1", "2")] * 30 + [("short", "s", "1", "2")] * 60
    table = ItemList(COLUMNS)
    table.set_source(Rows(rows))
    async with stage(table).run_test(size=(60, 10)) as pilot:
        await pilot.press("right", "right")
        shift = table.shift
        assert shift
        await pilot.press("end")
        await pilot.pause()
        assert table.shift == 0
        await pilot.press("home")
        await pilot.pause()
        assert table.shift == shift
        table.set_columns(COLUMNS)
        await pilot.pause()
        assert table.shift == 0


async def test_a_click_on_a_title_that_was_scrolled_names_its_column(stage: Stage) -> None:
    heard: list[str] = []

    def hear(message: object) -> None:
        if isinstance(message, ItemList.HeaderChosen):
            heard.append(message.key)

    table = ItemList(COLUMNS)
    table.set_source(Rows([(LONG, ALIAS, "12", "3")]))
    async with stage(table).run_test(size=(72, 10), message_hook=hear) as pilot:
        await pilot.press("right")
        await pilot.pause()
        head = table.render_line(0).text
        await pilot.click(table, offset=(head.index("Alias"), 0))
        await pilot.pause()
        assert set(heard) == {"alias"}


def test_scrolled_before_it_was_laid_out_it_does_not_move() -> None:
    layout = TableLayout(COLUMNS)
    assert not layout.scroll(1)
    assert not layout.scroll(-1)
    assert layout.shift == 0
