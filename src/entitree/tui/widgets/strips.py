"""Lines put together from styled segments, in as few as can be."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.style import Style


def line(segments: Iterable[Segment], width: int, style: Style) -> Strip:
    """A line of exactly `width` cells, what is missing filled in `style`.

    Neighbours of one style become one segment: each costs its colours on the wire. Only text whose characters
    are not one cell each stands alone, because terminals and pictures measure it differently: what follows it
    then starts at its place all the same.
    """
    texts: list[str] = []
    styles: list[Style | None] = []
    taken = 0
    open_end = False
    for text, look, _control in segments:
        parts = ([text] if text else []) if text.isascii() else _parts(text)
        for part in parts:
            plain = part.isascii() or _sure(part)
            cells = len(part) if plain else cell_len(part)
            if plain and open_end and (styles[-1] is look or styles[-1] == look):
                texts[-1] += part
            else:
                texts.append(part)
                styles.append(look)
            open_end = plain
            taken += cells
    if taken < width:
        blanks = " " * (width - taken)
        if open_end and styles[-1] == style:
            texts[-1] += blanks
        else:
            texts.append(blanks)
            styles.append(style)
    return Strip(map(Segment, texts, styles), max(taken, width)).crop(0, width)


def _parts(text: str) -> list[str]:
    """`text`, and apart from it the blanks around it if it is of uncertain width."""
    if _sure(text):
        return [text]
    core = text.strip(" ")
    start = text.index(core)
    return [part for part in (text[:start], core, text[start + len(core) :]) if part]


@lru_cache(maxsize=1024)
def _sure(text: str) -> bool:
    """Whether each character is one cell, as it is everywhere; of flags no two terminals think alike."""
    return all(cell_len(char) == 1 and not "\U0001f1e6" <= char <= "\U0001f1ff" for char in text)
