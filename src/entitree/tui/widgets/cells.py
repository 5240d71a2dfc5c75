"""Text cut and filled to an exact number of terminal cells.

A character may take no cell (combining marks), one, or two (CJK, emoji). Cutting works on whole graphemes: a
family of emoji or a flag is shown or left out, never halved. All text passes `visible` first, so that what
comes out is one line and holds nothing a terminal would obey.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from rich.cells import cell_len, split_graphemes

from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

Align = Literal["left", "right"]
ELLIPSIS = "…"
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
"""Two of them are one flag."""


def width_of(text: str) -> int:
    """Cells that `text` takes once it is visible."""
    if text.isascii() and text.isprintable():
        return len(text)
    return cell_len(visible(text))


def cut(text: str, width: int) -> str:
    """`text`, at most `width` cells of it; what was cut ends with `…`."""
    if len(text) <= width and text.isascii() and text.isprintable():
        return text
    shown = visible(text)
    if cell_len(shown) <= width:
        return shown
    if width <= 0:
        return ""
    taken = 0
    for start, _end, cells in _graphemes(shown):
        if taken + cells > width - 1:
            return shown[:start] + ELLIPSIS
        taken += cells
    return shown


def fitted(text: str, width: int, align: Align = "left") -> str:
    """`text` cut or filled with blanks to exactly `width` cells."""
    shown = cut(text, width)
    blanks = " " * (width - (len(shown) if shown.isascii() else cell_len(shown)))
    return blanks + shown if align == "right" else shown + blanks


def window(text: str, start: int, width: int) -> str:
    """The `width` cells of `text` from cell `start` on, filled with blanks to exactly that many.

    A character of which only a part lies within is blank there.
    """
    shown = visible(text)
    if width <= 0:
        return ""
    if shown.isascii():
        return shown[start : start + width].ljust(width)
    stop = start + width
    pieces: list[str] = []
    at = taken = 0
    for begin, end, cells in _graphemes(shown):
        after = at + cells
        inside = min(after, stop) - max(at, start)
        if at >= start and after <= stop:
            pieces.append(shown[begin:end])
            taken += cells
        elif inside > 0:
            pieces.append(" " * inside)
            taken += inside
        at = after
        if at >= stop:
            break
    return "".join(pieces) + " " * (width - taken)


@lru_cache(maxsize=64)
def folded(text: str, width: int) -> tuple[str, ...]:
    """The whole of `text` in lines of at most `width` cells, broken at a blank, or inside a word that fills a
    line. The blank stands at the end of the line where there is room for it, or begins the next.

    A character wider than `width` stands alone on its line. Empty text is one empty line.
    """
    shown = visible(text)
    lines: list[str] = []
    start = taken = 0
    # Where the word in hand begins, and how many cells of it are taken.
    word = in_word = 0
    for at, end, cells in _graphemes(shown):
        while taken + cells > width and at > start:
            if word > start and shown[at:end] != " ":
                lines.append(shown[start:word])
                start, taken = word, in_word
            else:
                lines.append(shown[start:at])
                start = word = at
                taken = in_word = 0
        taken += cells
        in_word += cells
        if shown[at:end] == " ":
            word, in_word = end, 0
    return (*lines, shown[start:])


def _graphemes(text: str) -> Iterator[tuple[int, int, int]]:
    """Start, end and cells of each grapheme of `text`; a flag is one."""
    spans = iter(split_graphemes(text)[0])
    for start, end, cells in spans:
        if ord(text[start]) in _FLAG_LETTERS and end < len(text) and ord(text[end]) in _FLAG_LETTERS:
            _start, end, more = next(spans)
            cells += more
        yield start, end, cells
