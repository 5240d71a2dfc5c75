"""The list of items: a table of any number of rows of which only those on screen are ever asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.message import Message

from entitree.tui.widgets.cells import fitted, width_of
from entitree.tui.widgets.columns import GAP, Column, share
from entitree.tui.widgets.line_list import LineList
from entitree.tui.widgets.strips import line as drawn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.strip import Strip


BAR = "▌"
MARK = "●"
LOCK = "⌂"
_GUTTER = 4
"""Bar, mark, lock, blank."""
_MARGIN = 1


@dataclass(frozen=True, slots=True)
class Line:
    """What one row shows: a text for each column, and the signs in front."""

    key: str
    cells: tuple[str, ...]
    marked: bool
    locked: bool
    dim: bool = False


class RowSource(Protocol):
    """Where rows come from. It may be slow: what is not there yet is None, wanted, and announced later."""

    @property
    def count(self) -> int:
        """Number of rows."""
        ...

    def row(self, index: int) -> Line | None:
        """The row, or None while it is not here. Called often; must not block."""
        ...

    def want(self, start: int, stop: int) -> None:
        """Rows `start` up to `stop` are on screen and not here. Asked once for each stretch.

        When they are here the source calls `ItemList.rows_arrived(start, stop)`, at once or later.
        """
        ...


class ItemList(LineList):
    """A virtual table: the `Line`s of a `RowSource` under `Column`s. It knows nothing of accounts."""

    PLACEHOLDER_INDENT = _GUTTER
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Open", show=False, id="list.choose", group=Binding.Group("List")),
    ]

    @dataclass
    class Highlighted(Message):
        """The cursor is on another row, or another row is under it. `key` None: there are no rows."""

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

    def __init__(
        self,
        columns: Sequence[Column] = (),
        *,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._source: RowSource = _Nothing()
        self._columns = tuple(columns)
        self._sorted_by = ""
        self._descending = False
        self._widths: tuple[int, ...] = ()
        self._needed: tuple[int, ...] = ()
        self._measured = range(0)
        self._measured_in = 0
        self._wanted = range(0)
        self._said: tuple[int, str | None] | None = None
        self._strips: LRUCache[tuple[Line, bool], Strip] = LRUCache(512)

    @property
    def count(self) -> int:
        return self._source.count

    @property
    def head_height(self) -> int:
        return 1

    @property
    def highlighted(self) -> str | None:
        """Key of the row under the cursor; None when there is none or it is not here yet."""
        line = self._source.row(self.cursor) if self.count else None
        return line.key if line else None

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Shows these columns; rows of the source must have as many cells."""
        self._columns = tuple(columns)
        self._measured = range(0)
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
        self._source = source
        self._wanted = self._measured = range(0)
        cursor = self._nearest(self.cursor if cursor_key_index is None else cursor_key_index)
        self.set_reactive(ItemList.cursor, cursor)
        self.lines_changed()
        if 0 <= height < self.page:
            self.scroll_lines_to(cursor - height)
        self.show_cursor()
        self._tell()

    def rows_arrived(self, start: int, stop: int) -> None:
        """Rows `start` up to `stop`, wanted before, are here now."""
        if start < self._wanted.stop and stop > self._wanted.start:
            self._wanted = range(0)
        self.invalidate(range(start, stop))

    def invalidate(self, indexes: Iterable[int] | None = None) -> None:
        """These rows say something else now (marks, counts, alias); None: all, and perhaps another number."""
        if indexes is None:
            self._measured = range(0)
            self.set_reactive(ItemList.cursor, self._nearest(self.cursor))
            self.lines_changed()
        else:
            window = self.visible_range()
            seen = [index for index in indexes if index in window]
            self.window_changed()
            self.refresh_rows(*seen)
        self._tell()

    def window_changed(self) -> None:
        if self._measure():
            self.refresh()

    def cursor_moved(self) -> None:
        self._tell()

    def choose(self) -> None:
        if (key := self.highlighted) is not None:
            self.post_message(self.Chosen(self, key))

    def action_choose(self) -> None:
        self.choose()

    def notify_style_update(self) -> None:
        self._strips.clear()
        super().notify_style_update()

    def head_line(self, y: int) -> Strip:
        if self._measured_in != self.line_width:
            # The first frame comes before anybody says that there is a size.
            self._measure()
        style = self.paint("line-list--head")
        text = " " * (_GUTTER - GAP)
        for column, width in zip(self._columns, self._widths, strict=False):
            if not width:
                continue
            arrow = ("↓" if self._descending else "↑") if column.key and column.key == self._sorted_by else ""
            if column.align == "right":
                text += " " * (GAP - 1) + fitted(arrow + column.title, width + 1, "right")
            else:
                text += " " * GAP + fitted(f"{column.title} {arrow}".rstrip(), width)
        return drawn([Segment(text, style)], self.line_width, style)

    def row_line(self, index: int) -> Strip:
        at_cursor = index == self.cursor
        line = self._source.row(index)
        if line is None:
            line = Line("", ("…",), marked=False, locked=False, dim=True)
        strip = self._strips.get((line, at_cursor))
        if strip is None or strip.cell_length != self.line_width:
            strip = self._drawn(line, at_cursor=at_cursor)
            self._strips[line, at_cursor] = strip
        return strip

    def _drawn(self, line: Line, *, at_cursor: bool) -> Strip:
        plain = self.paint(*(["line-list--dim"] if line.dim else []), cursor=at_cursor)
        quiet = self.paint("line-list--dim", cursor=at_cursor)
        blank = Segment(" ", plain)
        segments = [
            Segment(BAR, self.paint("line-list--bar", cursor=True)) if at_cursor else blank,
            Segment(MARK, self.paint("line-list--mark", cursor=at_cursor)) if line.marked else blank,
            Segment(LOCK, quiet) if line.locked else blank,
            blank,
        ]
        for column, width, text in zip(self._columns, self._widths, line.cells, strict=False):
            if width:
                style = quiet if column.quiet else plain
                segments += [Segment(fitted(text, width, column.align), style), Segment(" " * GAP, plain)]
        return drawn(segments, self.line_width, plain)

    def _measure(self) -> bool:
        """Asks for the rows on screen and fits the columns to them; whether that changed their widths.

        They grow as one scrolls and shrink only where one jumps elsewhere: columns that breathe with each
        step would be hard on the eye and on the line.
        """
        if self.line_width == 0:
            return False
        window = self.visible_range()
        rows = {index: self._source.row(index) for index in window}
        needed = [column.header_width() for column in self._columns]
        if window.start < self._measured.stop and window.stop > self._measured.start:
            needed = [max(pair) for pair in zip(needed, self._needed, strict=True)]
        for line in rows.values():
            for at, text in enumerate(line.cells[: len(needed)] if line else ()):
                needed[at] = max(needed[at], width_of(text))
        self._measured, self._needed, self._measured_in = window, tuple(needed), self.line_width
        before = self._widths
        self._widths = share(self._columns, needed, self.line_width - _GUTTER - _MARGIN)
        if self._widths != before:
            self._strips.clear()
        self._want([index for index, line in rows.items() if line is None])
        return self._widths != before

    def _want(self, missing: Sequence[int]) -> None:
        if not missing:
            return
        start, stop = missing[0], missing[-1] + 1
        if start >= self._wanted.start and stop <= self._wanted.stop:
            return
        self._wanted = range(start, stop)
        self._source.want(start, stop)

    def _tell(self) -> None:
        """Says where the cursor is, once, as soon as the row there is known."""
        key = self.highlighted
        if key is None and self.count:
            return
        if self._said != (said := (self.cursor, key)):
            self._said = said
            self.post_message(self.Highlighted(self, *said))


class _Nothing:
    count = 0

    def row(self, index: int) -> Line | None:
        return None

    def want(self, start: int, stop: int) -> None:
        """Nothing is ever missing."""
