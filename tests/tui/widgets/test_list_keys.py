"""A key that is held, or keys faster than the screen: each moves, but paint, fetch and news come once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from textual import events
from textual.geometry import Region

from entitree.tui.widgets.columns import Column
from entitree.tui.widgets.item_list import ItemList, Line

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App
    from textual.message import Message
    from textual.pilot import Pilot
    from textual.strip import Strip
    from textual.widget import Widget

    Stage = Callable[..., App[None]]
    Hook = Callable[[Message], None]
    Lines = Callable[[Widget], list[str]]

SIZE = (80, 24)
PAGE = SIZE[1] - 1
MILLION = 1_000_000
COLUMNS = (Column("ID", weight=3, minimum=12, key="id"), Column("Apps", "right", key="apps"))


class Rows:
    """Rows of which those from `late` on are never there."""

    def __init__(self, count: int, *, late: int | None = None) -> None:
        self.count = count
        self.asked: list[int] = []
        self.wanted: list[tuple[int, int]] = []
        self.marks: set[int] = set()
        self.late = count if late is None else late

    def row(self, index: int) -> Line | None:
        assert 0 <= index < self.count
        self.asked.append(index)
        if index >= self.late:
            return None
        return Line(f"k{index}", (f"id-{index}", "1"), marked=index in self.marks, locked=False)

    def want(self, start: int, stop: int) -> None:
        self.wanted.append((start, stop))


class Counted(ItemList):
    """Counts the lines and the frames it draws."""

    drawn = 0
    frames = 0

    def render_line(self, y: int) -> Strip:
        self.drawn += 1
        return super().render_line(y)

    def render_lines(self, crop: Region) -> list[Strip]:
        before = self.drawn
        strips = super().render_lines(crop)
        self.frames += self.drawn > before
        return strips


def shown(rows: Rows) -> Counted:
    table = Counted(COLUMNS)
    table.set_source(rows)
    return table


async def at_rest(pilot: Pilot[None], table: Counted) -> None:
    """Everything so far is painted and told."""
    for _ in range(4):
        await pilot.pause()
    table.drawn = table.frames = 0


async def held(pilot: Pilot[None], key: str, times: int) -> None:
    """The key comes so often before anything can be painted."""
    for _ in range(times):
        pilot.app.post_message(events.Key(key, None))
    for _ in range(4):
        await pilot.pause()


def highlighted(heard: list[Message]) -> list[int]:
    return [each.index for each in heard if isinstance(each, ItemList.Highlighted)]


@pytest.mark.parametrize(
    ("key", "times", "cursor"),
    [("down", 500, 500), ("pagedown", 300, 300 * PAGE), ("end", 9, MILLION - 1)],
)
async def test_a_held_key_moves_each_time_and_paints_tells_and_fetches_once(
    key: str, times: int, cursor: int, stage: Stage, heard: list[Message], hear: Hook
) -> None:
    rows = Rows(MILLION)
    table = shown(rows)
    async with stage(table).run_test(size=SIZE, message_hook=hear) as pilot:
        await at_rest(pilot, table)
        rows.asked.clear()
        await held(pilot, key, times)
        assert table.cursor == cursor
        assert table.frames <= 2
        assert table.drawn <= 2 * SIZE[1]
        assert highlighted(heard) in ([0, cursor], [0, highlighted(heard)[1], cursor])
        assert len(set(rows.asked)) <= 2 * PAGE
        assert set(rows.asked) >= set(table.visible_range())


async def test_rows_that_only_fly_by_are_never_wanted(stage: Stage, heard: list[Message], hear: Hook) -> None:
    rows = Rows(MILLION, late=PAGE)
    table = shown(rows)
    async with stage(table).run_test(size=SIZE, message_hook=hear) as pilot:
        await at_rest(pilot, table)
        with pilot.app.batch_update():
            # Nothing is painted in here.
            for _ in range(200):
                table.action_page(1)
        await at_rest(pilot, table)
        seen = table.visible_range()
        assert rows.wanted == [(seen.start, seen.stop)]
        rows.late = MILLION
        table.rows_arrived(seen.start, seen.stop)
        await at_rest(pilot, table)
        assert highlighted(heard) == [0, 200 * PAGE]


async def test_where_the_cursor_only_passes_nobody_is_told(
    stage: Stage, heard: list[Message], hear: Hook
) -> None:
    table = shown(Rows(MILLION))
    async with stage(table).run_test(size=SIZE, message_hook=hear) as pilot:
        await at_rest(pilot, table)
        for index in (7, 3_000, 20, 5):
            table.move_to(index)
        await at_rest(pilot, table)
        assert highlighted(heard) == [0, 5]
        table.move_to(9)
        table.move_to(5)
        await at_rest(pilot, table)
        assert highlighted(heard) == [0, 5]


@pytest.mark.parametrize("count", [1_000, MILLION])
async def test_a_step_costs_the_same_whatever_the_number_of_rows(count: int, stage: Stage) -> None:
    rows = Rows(count)
    table = shown(rows)
    async with stage(table).run_test(size=SIZE) as pilot:
        await at_rest(pilot, table)
        costs = []
        acts: tuple[Callable[[], None], ...] = (
            partial(table.action_move, 1),
            partial(table.action_page, 1),
            table.action_last,
            table.action_first,
            partial(table.invalidate, range(3, 4)),
        )
        for act in acts:
            rows.asked.clear()
            act()
            for _ in range(4):
                await pilot.pause()
            costs.append((table.drawn, table.frames, len(rows.asked) <= 2 * PAGE))
            table.drawn = table.frames = 0
        assert costs == [
            (2, 1, True),
            (SIZE[1], 1, True),
            (SIZE[1], 1, True),
            (SIZE[1], 1, True),
            (1, 1, True),
        ]


async def test_a_million_rows_scroll_to_any_of_them(stage: Stage, lines: Lines) -> None:
    table = shown(Rows(MILLION))
    async with stage(table).run_test(size=SIZE) as pilot:
        await at_rest(pilot, table)
        assert table.max_scroll_y == MILLION - PAGE
        for top in (MILLION - PAGE, 654_321, 0):
            table.scroll_lines_to(top)
            await at_rest(pilot, table)
            assert table.visible_range() == range(top, top + PAGE)
            assert f"id-{top} " in lines(table)[1]
            assert table.vertical_scrollbar.position == top
        assert table.vertical_scrollbar.window_virtual_size == MILLION + 1
        table.scroll_to(y=10**9, animate=False, force=True, immediate=True)
        assert table.visible_range().stop == MILLION


async def test_in_the_gutter_style_a_step_changes_only_the_bar(stage: Stage) -> None:
    table = shown(Rows(MILLION))
    table.cursor_style = "gutter"
    async with stage(table).run_test(size=SIZE) as pilot:
        await at_rest(pilot, table)

        def cells(y: int) -> list[tuple[str, object]]:
            return [(char, segment.style) for segment in table.render_line(y) for char in segment.text]

        before = [cells(1), cells(2)]
        dirty: list[Region] = []
        refresh = table.refresh

        def noted(*regions: Region) -> Counted:
            dirty.extend(regions)
            refresh(*regions)
            return table

        table.refresh = noted  # type: ignore[method-assign,assignment]
        await pilot.press("down")
        after = [cells(1), cells(2)]
        assert [line[1:] for line in after] == [line[1:] for line in before]
        assert [line[0][0] for line in after] == [" ", "▌"]
        assert sorted(dirty) == [Region(0, 1, 1, 1), Region(0, 2, 1, 1)]


@pytest.mark.parametrize(("edge", "scrolled"), [("half", PAGE - PAGE // 2), ("line", 1)])
async def test_at_the_edge_in_either_style(edge: str, scrolled: int, stage: Stage) -> None:
    table = shown(Rows(MILLION))
    table.edge = "half" if edge == "half" else "line"
    table.cursor_style = "gutter"
    async with stage(table).run_test(size=SIZE) as pilot:
        await at_rest(pilot, table)
        table.move_to(PAGE - 1)
        await pilot.press("down")
        assert table.visible_range().start == scrolled


async def test_rows_found_later_leave_everything_where_it_is(
    stage: Stage, heard: list[Message], hear: Hook, lines: Lines
) -> None:
    rows = Rows(10)
    table = shown(rows)
    async with stage(table).run_test(size=SIZE, message_hook=hear) as pilot:
        await pilot.press("down", "down")
        await at_rest(pilot, table)
        heard.clear()
        rows.count = rows.late = 13
        assert table.count == 10, "what is not announced is not there yet"
        await pilot.press("end")
        assert table.cursor == 9
        await at_rest(pilot, table)
        table.count_changed()
        await at_rest(pilot, table)
        assert lines(table)[13].split() == ["id-12", "1"]
        assert table.vertical_scrollbar.window_virtual_size == SIZE[1], "it is blank"
        rows.count = rows.late = MILLION
        table.count_changed()
        await at_rest(pilot, table)
        assert table.max_scroll_y == MILLION - PAGE
        assert (table.cursor, table.visible_range()) == (9, range(PAGE))
        assert lines(table)[PAGE].split() == [f"id-{PAGE - 1}", "1"]
        assert highlighted(heard) == [9]


async def test_of_rows_found_later_only_those_on_screen_are_drawn(stage: Stage) -> None:
    rows = Rows(1_000)
    table = shown(rows)
    async with stage(table).run_test(size=SIZE) as pilot:
        await pilot.press("end")
        await at_rest(pilot, table)
        top = table.visible_range()
        rows.asked.clear()
        rows.count = rows.late = 2_000
        table.count_changed()
        table.count_changed()
        await at_rest(pilot, table)
        assert (table.visible_range(), table.cursor) == (top, 999)
        assert set(rows.asked) <= {999}
        assert table.max_scroll_y == 2_000 - PAGE
        assert table.vertical_scrollbar.window_virtual_size == 2_001
        # The screen lays itself out anew now and then; the range outlives it.
        table.refresh(layout=True)
        await at_rest(pilot, table)
        assert table.max_scroll_y == 2_000 - PAGE
        # However many there are: none is looked at that is not on screen.
        rows.count = rows.late = 10**12
        table.count_changed()
        table.invalidate(range(10**12))
        await at_rest(pilot, table)
        assert table.max_scroll_y == 10**12 - PAGE
        assert set(rows.asked) <= set(top)


async def test_new_rows_on_screen_alone_are_drawn_and_wanted(stage: Stage) -> None:
    rows = Rows(5)
    table = shown(rows)
    async with stage(table).run_test(size=SIZE) as pilot:
        await at_rest(pilot, table)
        rows.count = 8
        table.count_changed()
        for _ in range(4):
            await pilot.pause()
        assert rows.wanted == [(5, 8)]
        rows.late = 8
        table.rows_arrived(5, 8)
        await at_rest(pilot, table)
        rows.count = 2
        table.count_changed()
        await at_rest(pilot, table)
        assert table.count == 2


async def test_the_first_rows_of_an_empty_list_are_announced(
    stage: Stage, heard: list[Message], hear: Hook, lines: Lines
) -> None:
    rows = Rows(0)
    table = shown(rows)
    async with stage(table).run_test(size=SIZE, message_hook=hear) as pilot:
        await at_rest(pilot, table)
        rows.count = rows.late = 3
        table.count_changed()
        await at_rest(pilot, table)
        assert "id-0" in lines(table)[1]
        assert [each.key for each in heard if isinstance(each, ItemList.Highlighted)] == [None, "k0"]


async def test_a_click_on_a_title_names_its_column(stage: Stage, heard: list[Message], hear: Hook) -> None:
    table = Counted((*COLUMNS, Column("quiet")))
    async with stage(table).run_test(size=SIZE, message_hook=hear) as pilot:
        await at_rest(pilot, table)
        head = table.render_line(0).text
        for title in ("ID", "Apps", "quiet"):
            await pilot.click(table, offset=(head.index(title), 0))
        await pilot.click(table, offset=(0, 0))
        assert [each.key for each in heard if isinstance(each, ItemList.HeaderChosen)] == ["id", "apps"]
        assert table.cursor == 0
