"""A terminal to replay into: pyte, mended where it is not what terminals are.

What it cannot tell: how a grapheme of several code points is drawn: it keeps the first, and what Unicode
composes with it, and lets the rest of that write fall.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

import pyte
import pytest
from pyte.modes import DECAWM

_DIM, _BLINK, _FAINTLESS, _STEADY = 2, 5, 22, 25
_COLOURS = (38, 48)
_COLOUR_CODES = {5: 2, 2: 4}
"""Codes after the one that says that a colour follows: which form it has, and the colour."""


class Cell(NamedTuple):
    text: str
    ink: str
    ground: str
    attributes: tuple[bool, ...]


class _Screen(pyte.Screen):
    # Rows that were never written to are missing there, and then they are not moved.
    def delete_lines(self, count: int | None = None) -> None:
        self._touch()
        super().delete_lines(count)

    def insert_lines(self, count: int | None = None) -> None:
        self._touch()
        super().insert_lines(count)

    def _touch(self) -> None:
        for y in range(self.lines):
            self.buffer[y]

    fills = True
    """Whether what is erased has the background that is on."""

    def erase_in_line(self, how: int = 0, private: bool = False) -> None:
        worn = self._erasing()
        super().erase_in_line(how, private)
        self.cursor.attrs = worn

    def erase_characters(self, count: int | None = None) -> None:
        worn = self._erasing()
        super().erase_characters(count)
        self.cursor.attrs = worn

    def erase_in_display(self, how: int = 0, *args: object, **kwargs: object) -> None:
        # Cells that were never written to are missing, and stay as they are.
        for y in range(self.lines):
            for x in range(self.columns):
                self.buffer[y][x] = self.buffer[y][x]
        worn = self._erasing()
        super().erase_in_display(how)
        self.cursor.attrs = worn

    def _erasing(self) -> pyte.screens.Char:
        worn = self.cursor.attrs
        self.cursor.attrs = worn if self.fills else self.default_char
        return worn

    # It knows no dim text. Nothing here blinks, so what is dim is kept as that.
    def select_graphic_rendition(self, *codes: int) -> None:
        known: list[int] = []
        left = list(codes)
        while left:
            code = left.pop(0)
            known += {_DIM: (_BLINK,), _FAINTLESS: (_FAINTLESS, _STEADY)}.get(code, (code,))
            if code in _COLOURS and left:
                taken = _COLOUR_CODES.get(left[0], 1)
                known += left[:taken]
                del left[:taken]
        super().select_graphic_rendition(*known)

    # Kitty's keys are CSI > u and CSI < u: taken for a place to go back to.
    def restore_cursor(self) -> None:
        pass


def _contrary(char: str) -> int:
    """Cells of a character where all are wide that may be, and emoji are not."""
    if unicodedata.combining(char) or char in "\u200d\ufe0f":
        return 0
    if char >= "\U0001f000":
        return 1
    wide = unicodedata.east_asian_width(char) in ("W", "F")
    doubtful = unicodedata.east_asian_width(char) == "A" and not "\u2500" <= char <= "\u25ff" and char != "…"
    return 2 if wide or doubtful else 1


class Emulator:
    """A terminal of so many cells that does not wrap its lines, as Textual asks for.

    Args:
        fills: what it erases has the background that is on.
        contrary: it has another opinion on the width of whatever can be doubted.
    """

    def __init__(self, width: int, height: int, *, fills: bool = True, contrary: bool = False) -> None:
        self.screen = _Screen(width, height)
        self.screen.fills = fills
        self._contrary = contrary
        self._stream = pyte.Stream(self.screen)
        self.screen.reset_mode(DECAWM, private=True)

    def feed(self, text: str) -> None:
        # Questions and keys in forms that it does not know, and would print.
        for private in ("\x1b[?2026$p", "\x1b[?2048$p", "\x1b[>25u", "\x1b[<u"):
            text = text.replace(private, "")
        with pytest.MonkeyPatch.context() as patch:
            if self._contrary:
                patch.setattr(pyte.screens, "wcwidth", _contrary)
            self._stream.feed(text)

    def resize(self, width: int, height: int) -> None:
        self.screen.resize(height, width)

    @property
    def cells(self) -> list[list[Cell]]:
        """Every cell, as it is seen: of a blank only its ground and what is drawn on it."""
        return [
            [_cell(self.screen.buffer[y][x]) for x in range(self.screen.columns)]
            for y in range(self.screen.lines)
        ]

    @property
    def text(self) -> str:
        return "\n".join("".join(cell.text for cell in row).rstrip() for row in self.cells)


def _cell(char: pyte.screens.Char) -> Cell:
    ink = char.underscore, char.strikethrough, char.reverse
    if char.data == " " and not any(ink):
        return Cell(" ", "", char.bg, ())
    return Cell(char.data, char.fg, char.bg, (char.bold, char.blink, char.italics, *ink))
