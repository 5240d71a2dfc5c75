"""Which cells of which columns a list shows, fitted to its width or scrolled sideways.

At the start of the line the columns are fitted into the room there is. Where that cuts something, the list
can be scrolled: then every column is as wide as its texts, and a window of the room's width slides over them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.record import record
from entitree.tui.widgets.cells import fitted, width_of, window
from entitree.tui.widgets.columns import GAP, Column, share

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from entitree.tui.widgets.rows import Line

MORE_LEFT = "‹"
MORE_RIGHT = "›"


@record
class Slot:
    """A piece of a column in the window: of its `width` cells `take` from `skip` on; they are at `start`."""

    at: int
    column: Column
    start: int
    width: int
    skip: int
    take: int

    def text(self, text: str) -> str:
        """What of `text` is seen, `take` cells."""
        whole = fitted(text, self.width, self.column.align)
        return whole if self.take == self.width else window(whole, self.skip, self.take)


class TableLayout:
    """Columns in `room` cells. `shift` is how many cells of the line lie left of the window; 0 is fitted."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = tuple(columns)
        self.needed = tuple(column.header_width() for column in columns)
        self.room = 0
        self.slots: tuple[Slot, ...] = ()
        self._fitted: tuple[int, ...] = ()
        self._whole: tuple[int, ...] = ()
        self._sought = 0

    @property
    def furthest(self) -> int:
        """The most that `shift` can be: 0 where nothing is cut."""
        if self._fitted == self._whole:
            return 0
        # At 0 the columns are cut, however much room there is.
        return max(1, self._width(self._whole) - self.room)

    @property
    def shift(self) -> int:
        return min(self._sought, self.furthest)

    def fit(self, needed: Sequence[int], room: int) -> bool:
        """Takes in that the texts need so many cells, in `room`; whether anything stands elsewhere now.

        A shift that goes further than these texts do is kept for when longer ones are back.
        """
        if (self.needed, self.room) == (tuple(needed), room) and self._fitted:
            return False
        self.needed, self.room = tuple(needed), room
        self._fitted = share(self.columns, self.needed, room, first_whole=True)
        self._whole = tuple(map(max, self._fitted, self.needed))
        return self._place()

    def scroll(self, by: int) -> bool:
        """Moves the window by `by` steps of half its width; whether it moved.

        The first step is at most half the first column, so that what was cut there comes into view whole.
        """
        if not self._fitted:
            # Not laid out yet: the key was faster.
            return False
        step = max(1, self.room // 2)
        if by > 0 and not self.shift:
            step = max(1, min(step, self._fitted[0] // 2))
        self._sought = max(0, min(self.shift + by * step, self.furthest))
        return self._place()

    def head(self, sorted_by: str = "", *, descending: bool = False) -> str:
        """The titles as far as they are seen, an arrow at the column sorted by; `GAP` cells before them.

        Scrolled, signs before and after them say on which sides there is more. Where texts stand right, so
        does the title, and the arrow is in the gap before.
        """
        text = ""
        for column, width in zip(self.columns, self._whole if self.shift else self._fitted, strict=False):
            if not width:
                continue
            arrow = ("↓" if descending else "↑") if column.key and column.key == sorted_by else ""
            if column.align == "right":
                text += " " * (GAP - 1) + fitted(arrow + column.title, width + 1, "right")
            else:
                text += " " * GAP + fitted(f"{column.title} {arrow}".rstrip(), width)
        if not self.shift:
            return text
        seen = window(text, GAP + self.shift, self.room)
        return f"{MORE_LEFT:<{GAP}}{seen}{MORE_RIGHT if self.shift < self.furthest else ''}"

    def column_at(self, x: int) -> Column | None:
        """The column whose title is at cell `x` of the window, the place of its arrow with it."""
        for slot in self.slots:
            arrow = slot.column.align == "right" and not slot.skip
            if slot.start - arrow <= x < slot.start + slot.take:
                return slot.column
        return None

    def _place(self) -> bool:
        """Finds the slots; whether they are others."""
        shift = self.shift
        slots: list[Slot] = []
        at = -shift
        for index, (column, width) in enumerate(
            zip(self.columns, self._whole if shift else self._fitted, strict=True)
        ):
            if not width:
                continue
            skip = min(width, max(0, -at))
            take = min(width, self.room - at) - skip
            if take > 0:
                slots.append(Slot(index, column, at + skip, width, skip, take))
            at += width + GAP
        before, self.slots = self.slots, tuple(slots)
        return self.slots != before

    def _width(self, widths: Sequence[int]) -> int:
        shown = [width for width in widths if width]
        return sum(shown) + GAP * (len(shown) - 1)


def widen(needed: list[int], lines: Mapping[int, Line | None]) -> set[int]:
    """Raises `needed` to the cells that the texts of `lines` take; which of them are not here."""
    missing = set()
    for index, line in lines.items():
        if line is None:
            missing.add(index)
            continue
        for at, text in enumerate(line.cells[: len(needed)]):
            # Most texts fit, and of most that is seen without measuring.
            if len(text) > needed[at] or not text.isascii():
                needed[at] = max(needed[at], width_of(text))
    return missing
