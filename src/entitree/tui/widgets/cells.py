"""Text cut and filled to an exact number of terminal cells.

A character may take no cell (combining marks), one, or two (CJK, emoji). Cutting works on whole graphemes: a
family of emoji is shown or left out, never halved. All text passes `visible` first, so that what comes out is
one line and holds nothing a terminal would obey.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from rich.cells import cell_len, split_graphemes

from entitree.text import visible

Align = Literal["left", "right"]
ELLIPSIS = "…"


def width_of(text: str) -> int:
    """Cells that `text` takes once it is visible."""
    return cell_len(visible(text))


def cut(text: str, width: int) -> str:
    """`text`, at most `width` cells of it; what was cut ends with `…`."""
    shown = visible(text)
    if cell_len(shown) <= width:
        return shown
    if width <= 0:
        return ""
    taken = 0
    for start, _end, cells in split_graphemes(shown)[0]:
        if taken + cells > width - 1:
            return shown[:start] + ELLIPSIS
        taken += cells
    return shown


def fitted(text: str, width: int, align: Align = "left") -> str:
    """`text` cut or filled with blanks to exactly `width` cells."""
    shown = cut(text, width)
    blanks = " " * (width - cell_len(shown))
    return blanks + shown if align == "right" else shown + blanks


@lru_cache(maxsize=64)
def folded(text: str, width: int) -> tuple[str, ...]:
    """The whole of `text` in lines of at most `width` cells, broken wherever the line is full.

    A character wider than `width` stands alone on its line. Empty text is one empty line.
    """
    shown = visible(text)
    lines: list[str] = []
    start = taken = 0
    for at, _end, cells in split_graphemes(shown)[0]:
        if taken + cells > width and at > start:
            lines.append(shown[start:at])
            start, taken = at, 0
        taken += cells
    return (*lines, shown[start:])
