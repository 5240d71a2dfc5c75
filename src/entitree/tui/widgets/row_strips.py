"""Rows of a list drawn: the gutter with bar and signs, then the texts of the columns. Each is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from rich.segment import Segment

from entitree.tui.widgets.strips import line as drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual.strip import Strip

    from entitree.tui.widgets.rows import Line
    from entitree.tui.widgets.table_layout import Slot

BAR = "▌"
MARK = "●"
LOCK = "⌂"
GUTTER = 4
"""Bar, mark, lock, blank."""
KEPT = 1024
"""Strips kept; more where more are on screen."""


class Paint(Protocol):
    """`LineList.paint`."""

    def __call__(self, *names: str, cursor: bool = False) -> Style: ...


class RowStrips:
    """Draws rows, and gives what it drew again while row, place and looks are the same."""

    def __init__(self, paint: Paint) -> None:
        self._paint = paint
        self._looks: dict[tuple[bool, bool], _Looks] = {}
        self._kept: dict[tuple[int, bool], tuple[Line, Strip]] = {}

    def forget(self) -> None:
        """The columns stand elsewhere."""
        self._kept.clear()

    def forget_looks(self) -> None:
        """The styles are others."""
        self._kept.clear()
        self._looks.clear()

    def strip(self, index: int, line: Line, slots: Sequence[Slot], width: int, *, at_cursor: bool) -> Strip:
        """The row `index`, `width` cells."""
        kept = self._kept.get((index, at_cursor))
        if kept is not None and kept[1].cell_length == width and (kept[0] is line or kept[0] == line):
            return kept[1]
        strip = self._drawn(line, slots, width, at_cursor=at_cursor)
        if len(self._kept) >= KEPT:
            self._kept.clear()
        self._kept[index, at_cursor] = line, strip
        return strip

    def _drawn(self, line: Line, slots: Sequence[Slot], width: int, *, at_cursor: bool) -> Strip:
        looks = self._look(dim=line.dim, at_cursor=at_cursor)
        plain = looks.plain
        blank = Segment(" ", plain)
        segments = [
            Segment(BAR, looks.bar) if at_cursor else blank,
            Segment(MARK, looks.mark) if line.marked else blank,
            Segment(LOCK, looks.quiet) if line.locked else blank,
        ]
        # The blank that ends the gutter is part of what lies before the first column.
        end = -1
        for slot in slots:
            if slot.at < len(line.cells):
                segments.append(Segment(" " * (slot.start - end), plain))
                style = looks.quiet if slot.column.quiet else plain
                segments.append(Segment(slot.text(line.cells[slot.at]), style))
                end = slot.start + slot.take
        return drawn(segments, width, plain)

    def _look(self, *, dim: bool, at_cursor: bool) -> _Looks:
        looks = self._looks.get((dim, at_cursor))
        if looks is None:
            looks = _Looks(
                self._paint(*(["line-list--dim"] if dim else []), cursor=at_cursor),
                self._paint("line-list--dim", cursor=at_cursor),
                self._paint("line-list--bar", cursor=True),
                self._paint("line-list--mark", cursor=at_cursor),
            )
            self._looks[dim, at_cursor] = looks
        return looks


class _Looks(NamedTuple):
    plain: Style
    quiet: Style
    bar: Style
    mark: Style
