"""Cells in rows: what stands in each and how it looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.tui.terminal.styles import PLAIN, Look, blank
from entitree.tui.terminal.widths import is_sure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from entitree.tui.terminal.widths import Piece


class Row:
    """One row.

    Attributes:
        texts: what stands in each cell: a grapheme, or nothing where one began further left.
        looks: how it looks; of blanks that look alike it is the same.
        odd: whether there may be a grapheme of which terminals differ how wide it is.
    """

    __slots__ = ("looks", "odd", "texts")

    def __init__(self, texts: list[str], looks: list[Look], *, odd: bool = False) -> None:
        self.texts = texts
        self.looks = looks
        self.odd = odd

    @classmethod
    def empty(cls, width: int, look: Look = PLAIN) -> Row:
        return cls([" "] * width, [look] * width)

    def copy(self) -> Row:
        return Row(self.texts.copy(), self.looks.copy(), odd=self.odd)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Row) and self.texts == other.texts and self.looks == other.looks

    __hash__ = None  # type: ignore[assignment]

    def put(self, at: int, texts: Sequence[str], looks: Sequence[Look]) -> None:
        """Puts cells there, which must be within the row; what is left of a grapheme cut by them is blank."""
        end = at + len(texts)
        if not self.texts[at]:
            self._cut(at)
        if end < len(self.texts) and not self.texts[end]:
            self._cut(end)
        self.texts[at:end] = texts
        self.looks[at:end] = looks

    def sift(self) -> None:
        """Finds out whether it is still odd."""
        if self.odd:
            self.odd = not all(is_sure(text) for text in self.texts if text)

    def _cut(self, at: int) -> None:
        """Blanks the grapheme that goes on in that cell."""
        start = end = at
        while start > 0 and not self.texts[start]:
            start -= 1
        while end < len(self.texts) and not self.texts[end]:
            end += 1
        self.texts[start:end] = [" "] * (end - start)
        self.looks[start:end] = [blank(self.looks[start])] * (end - start)


class Grid:
    """`height` rows of `width` cells, and where the app would have the cursor (x, y)."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.rows = [Row.empty(width) for _ in range(height)]
        self.cursor = (0, 0)

    @property
    def height(self) -> int:
        return len(self.rows)

    def copy(self) -> Grid:
        other = Grid(self.width, 0)
        other.rows = [row.copy() for row in self.rows]
        other.cursor = self.cursor
        return other

    def resize(self, width: int, height: int) -> None:
        """Keeps what there is room for; what is new is blank."""
        more = max(0, width - self.width)
        if width < self.width:
            for row in self.rows:
                if not row.texts[width]:
                    row.put(width, " ", [PLAIN])
                del row.texts[width:], row.looks[width:]
        for row in self.rows:
            row.texts += [" "] * more
            row.looks += [PLAIN] * more
        del self.rows[height:]
        self.rows += [Row.empty(width) for _ in range(height - len(self.rows))]
        self.width = width

    def write_plain(self, x: int, y: int, text: str, look: Look) -> int:
        """Puts text there, a cell for each character, as far as there is room; returns the cell after it."""
        end = x + len(text)
        if not 0 <= y < len(self.rows) or x >= self.width:
            return end
        text = text[: self.width - x]
        empty = blank(look)
        if " " not in text or empty is look:
            looks = [look] * len(text)
        else:
            looks = [empty if char == " " else look for char in text]
        self.rows[y].put(x, list(text), looks)
        return end

    def write(self, x: int, y: int, pieces: Iterable[Piece], look: Look) -> int:
        """Puts graphemes there, as far as there is room; returns the cell after them."""
        for text, cells in pieces:
            if not cells:
                self._add(x, y, text)
                continue
            if 0 <= y < len(self.rows) and x < self.width:
                row = self.rows[y]
                if x + cells > self.width:
                    # There is no room for all of it.
                    room = self.width - x
                    row.put(x, [" "] * room, [blank(look)] * room)
                else:
                    shown = blank(look) if text == " " else look
                    row.put(x, [text, *[""] * (cells - 1)], [shown] * cells)
                    row.odd = row.odd or not is_sure(text)
            x += cells
        return x

    def _add(self, x: int, y: int, mark: str) -> None:
        """Puts a mark on the grapheme before that cell, where there is one to sit on."""
        if not 0 <= y < len(self.rows) or not 0 < x <= self.width:
            return
        row = self.rows[y]
        at = x - 1
        while at and not row.texts[at]:
            at -= 1
        if row.texts[at] != " ":
            row.texts[at] += mark
            row.odd = True
