"""Text as what stands in cells: graphemes, how many cells each takes, and whether every terminal thinks so.

Cells are counted as Textual counts them: it laid the text out.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len, split_graphemes

_OWN = frozenset("…–—‘’“”·•×±§°↑↓←→«»")
"""Drawn by the app on most screens: were they wider than a cell anywhere, nothing there would fit."""
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_PICTURES = 0x1F000
"""From here on: emoji, of which each version of Unicode makes some wider."""
_JOINS = frozenset("\u200d\ufe0f")
UNREADABLE = "\ufffd"


class Piece(NamedTuple):
    """A grapheme and its cells; none where it sits on what stands before it."""

    text: str
    cells: int


@lru_cache(2048)
def pieces(text: str) -> tuple[tuple[Piece, ...], tuple[str, ...]]:
    """The graphemes of `text`, and the names of the characters that may not be sent to a terminal.

    Those are left out, as they take no cell. A lone surrogate, which nothing can encode, becomes U+FFFD.
    """
    bad: list[str] = []
    if not text.isprintable():
        text = "".join(_let(char, bad) for char in text)
    found: list[Piece] = []
    for start, end, cells in split_graphemes(text)[0]:
        piece = text[start:end]
        if found and not cells:
            found[-1] = Piece(found[-1].text + piece, found[-1].cells)
        elif found and _is_half_flag(found[-1].text) and _is_half_flag(piece):
            found[-1] = Piece(found[-1].text + piece, found[-1].cells + cells)
        else:
            found.append(Piece(piece, cells))
    return tuple(found), tuple(bad)


@lru_cache(4096)
def is_sure(piece: str) -> bool:
    """Whether every terminal gives `piece` the cells that Textual does, and leaves it where it is."""
    if len(piece) != 1:
        return False
    if piece.isascii():
        return True
    code = ord(piece)
    if 0x2500 <= code <= 0x25FF or piece in _OWN:
        return True
    category = unicodedata.category(piece)
    if code >= _PICTURES or category[0] in "CM" or unicodedata.bidirectional(piece) in ("R", "AL", "AN"):
        return False
    match unicodedata.east_asian_width(piece):
        case "W" | "F":
            return cell_len(piece) == 2 and category != "So"
        case "A":
            return False
        case _:
            return cell_len(piece) == 1


def _let(char: str, bad: list[str]) -> str:
    if char.isprintable() or char in _JOINS:
        return char
    category = unicodedata.category(char)
    if category == "Cs":
        return UNREADABLE
    # Spaces of other widths, private and unassigned characters: they only stand there.
    if category in ("Zs", "Co", "Cn") and cell_len(char):
        return char
    bad.append(f"U+{ord(char):04X}")
    # Textual kept its place where it counts one.
    return " " * cell_len(char)


def _is_half_flag(piece: str) -> bool:
    return len(piece) == 1 and ord(piece) in _FLAG_LETTERS
