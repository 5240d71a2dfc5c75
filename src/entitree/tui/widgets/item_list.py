"""The list of items: a table of any number of rows of which only those on screen are ever asked for.

Rows are measured when they are about to be drawn and wanted after that, so that a held key, however many
pages it goes through between two repaints, asks only for the rows it comes to rest on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.message import Message

from entitree.tui.widgets.bound import bound
from entitree.tui.widgets.columns import GAP
from entitree.tui.widgets.line_list import LineList
from entitree.tui.widgets.row_strips import GUTTER, RowStrips
from entitree.tui.widgets.row_window import RowWindow
from entitree.tui.widgets.rows import LOADING, Line, NoRows, RowSource
from entitree.tui.widgets.strips import line as drawn
from entitree.tui.widgets.table_layout import TableLayout

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual import events
    from textual.binding import BindingType
    from textual.strip import Strip

    from entitree.tui.widgets.columns import Column

__all__ = ["ItemList", "Line", "RowSource"]

_MARGIN = 1


class ItemList(LineList):
    """A virtual table: the `Line`s of a `RowSource` under `Column`s. It knows nothing of accounts.

    Where texts are cut, Right and Left scroll the columns sideways under the bar and the signs, which stay.
    """

    PLACEHOLDER_INDENT = GUTTER
    BINDINGS: ClassVar[list[BindingType]] = [
        bound(
            "enter",
            "choose",
            "list-choose",
            "Choose the row: to what is tied to it, or the job.",
        ),
        bound("right,l", "shift(1)", "list-right", "Where a row is cut, read on to the right."),
        bound("left,h", "shift(-1)", "list-left", "Read on to the left again."),
    ]

    @dataclass
    class Highlighted(Message):
        """The cursor rests on another row, or another row is under it. `key` None: there are no rows."""

        item_list: ItemList
        index: int
        key: str | None

        @property
        def control(self) -> ItemList:
            return self.item_list

    @dataclass
    class Chosen(Message):
        """Enter, or a double click, on a row."""

        item_list: ItemList
        key: str

        @property
        def control(self) -> ItemList:
            return self.item_list

    @dataclass
    class HeaderChosen(Message):
        """A click on the title of a column that has a `key`: to sort by it, perhaps."""

        item_list: ItemList
        key: str

        @property
        def control(self) -> ItemList:
            return self.item_list

    def __init__(
        self,
        columns: Sequence[Column] = (),
        *,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._window = RowWindow(NoRows())
        self._count = 0
        self._layout = TableLayout(columns)
        self._sorted_by = ""
        self._descending = False
        self._measured = range(0)
        self._measured_in = 0
        self._stale = True
        self._said: tuple[int, str | None] | None = None
        self._strips = RowStrips(self.paint)

    @property
    def count(self) -> int:
        """Number of rows, as the source last announced it."""
        return min(self._count, self._source.count)

    @property
    def _source(self) -> RowSource:
        return self._window.source

    @property
    def head_height(self) -> int:
        return 1

    @property
    def highlighted(self) -> str | None:
        """Key of the row under the cursor; None when there is none or it is not here yet."""
        line = self._source.row(self.cursor) if self.count else None
        return line.key if line else None

    @property
    def shift(self) -> int:
        """Cells by which the columns are scrolled sideways; 0 where they are fitted."""
        return self._layout.shift

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Shows these columns, from the start of the line; rows of the source must have as many cells."""
        self._layout = TableLayout(columns)
        self._measured = range(0)
        self._strips.forget()
        self.lines_changed()

    def set_sort(self, key: str, *, descending: bool = False) -> None:
        """Draws the arrow at the column named `key`; it does not sort. An unknown key draws none."""
        self._sorted_by, self._descending = key, descending
        self.refresh()

    def set_source(self, source: RowSource, cursor_key_index: int | None = None) -> None:
        """Shows the rows of `source`.

        Args:
            source: the rows; it replaces the one before, also where only order or number changed.
            cursor_key_index: where the row under the cursor is now. It stays under the cursor and, where it
                can, at the same height on screen. None: it is gone; the cursor stays at its index.
        """
        height = self.cursor - self.scroll_offset.y
        self._window, self._count = RowWindow(source), source.count
        self._measured = range(0)
        cursor = self.validate_cursor(self.cursor if cursor_key_index is None else cursor_key_index)
        self.set_reactive(ItemList.cursor, cursor)
        self.lines_changed()
        if 0 <= height < self.page:
            self.scroll_lines_to(cursor - height)
        self.show_cursor()

    def rows_arrived(self, start: int, stop: int) -> None:
        """Rows `start` up to `stop`, wanted before, are here now."""
        self._window.arrived(start, stop)
        self.invalidate(range(start, stop))

    def invalidate(self, indexes: Iterable[int] | None = None) -> None:
        """These rows say something else now (marks, counts, alias); None: all, and perhaps another number."""
        if indexes is None:
            self._measured = range(0)
            self._count = self._source.count
            self.set_reactive(ItemList.cursor, self.validate_cursor(self.cursor))
            self.lines_changed()
        else:
            self._changed(indexes)

    def count_changed(self) -> None:
        """The source has more rows than it had; those that were there say what they said.

        Cursor and view stay. Nothing is drawn but what came into being on screen. Where there are fewer rows
        it is as if all were invalidated.
        """
        before, after = self.count, self._source.count
        if after < self._count or not before:
            self.invalidate()
            return
        self._count = after
        if after == before:
            return
        self._resize_lines()
        self._changed(range(before, after))

    def lines_changed(self) -> None:
        self._count = self._source.count
        super().lines_changed()

    def window_changed(self) -> None:
        self._stale = True
        self.settle_soon()

    def settled(self) -> None:
        super().settled()
        if self._stale:
            # Not to be seen, so not drawn; the rows are wanted all the same.
            self._measure()
        self._window.want(self.visible_range())
        self._tell()

    def choose(self) -> None:
        if (key := self.highlighted) is not None:
            self.post_message(self.Chosen(self, key))

    def action_choose(self) -> None:
        self.choose()

    def action_shift(self, by: int) -> None:
        """Scrolls the columns sideways by `by` steps, as far as there is something to see."""
        if self._layout.scroll(by):
            self._strips.forget()
            self.refresh(self.size.region)

    def on_click(self, event: events.Click) -> None:
        if event.y >= self.head_height:
            return
        event.stop()
        column = self._layout.column_at(event.x - GUTTER)
        if column is not None and column.key:
            self.post_message(self.HeaderChosen(self, column.key))

    def notify_style_update(self) -> None:
        self._strips.forget_looks()
        super().notify_style_update()

    def head_line(self, y: int) -> Strip:
        width = self.line_width
        if self._stale or self._measured_in != width:
            # The first frame comes before anybody says that there is a size.
            self._measure()
        style = self.paint("line-list--head")
        text = self._layout.head(self._sorted_by, descending=self._descending)
        return drawn([Segment(" " * (GUTTER - GAP) + text, style)], width, style)

    def row_line(self, index: int) -> Strip:
        if self._stale:
            self._measure()
        at_cursor = index == self.cursor
        line = self._window.take(index)
        if line is None:
            self.settle_soon()
            line = LOADING
        return self._strips.strip(index, line, self._layout.slots, self.line_width, at_cursor=at_cursor)

    def _measure(self) -> None:
        """Reads the rows on screen and fits the columns to them, when all of them are about to be drawn.

        They grow as one scrolls and shrink only where one jumps elsewhere: columns that breathe with each
        step would be hard on the eye and on the line.
        """
        width = self.line_width
        if width == 0:
            return
        self._stale = False
        seen = self.visible_range()
        needed = [column.header_width() for column in self._layout.columns]
        if seen.start < self._measured.stop and seen.stop > self._measured.start:
            needed = list(map(max, needed, self._layout.needed))
        self._window.measure(seen, needed)
        self._measured, self._measured_in = seen, width
        self._fit(needed)

    def _changed(self, indexes: Iterable[int]) -> None:
        """Draws these rows anew, and everything if what they say now needs more room."""
        window = self.visible_range()
        if isinstance(indexes, range) and indexes.step == 1:
            # Of a million it matters only which are on screen.
            indexes = range(max(indexes.start, window.start), min(indexes.stop, window.stop))
        seen = [index for index in indexes if index in window]
        self.settle_soon()
        if self._stale:
            self.refresh_rows(*seen)
            return
        needed = list(self._layout.needed)
        self._window.measure_again(seen, needed)
        if self._fit(needed):
            self.refresh()
        else:
            self.refresh_rows(*seen)

    def _fit(self, needed: Sequence[int]) -> bool:
        moved = self._layout.fit(needed, max(0, self.line_width - GUTTER - _MARGIN))
        if moved:
            self._strips.forget()
        return moved

    def _tell(self) -> None:
        """Says where the cursor is, once, as soon as the row there is known."""
        key = self.highlighted
        if key is None and self.count:
            return
        if self._said != (said := (self.cursor, key)):
            self._said = said
            self.post_message(self.Highlighted(self, *said))
