"""Lines put together from styled segments, in as few as can be."""

from __future__ import annotations

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
    segments = list(segments)
    missing = width - sum(segment.cell_length for segment in segments)
    texts: list[str] = []
    styles: list[Style | None] = []
    open_end = False
    for segment in (*segments, Segment(" " * missing, style)):
        for text in _parts(segment.text):
            plain = cell_len(text) == len(text)
            if plain and open_end and styles[-1] == segment.style:
                texts[-1] += text
            else:
                texts.append(text)
                styles.append(segment.style)
            open_end = plain
    return Strip(map(Segment, texts, styles)).crop(0, width)


def _parts(text: str) -> list[str]:
    """`text`, and apart from it the blanks around it if it is of uncertain width."""
    if cell_len(text) == len(text):
        return [text] if text else []
    core = text.strip(" ")
    start = text.index(core)
    return [part for part in (text[:start], core, text[start + len(core) :]) if part]
