"""On which line of a TOML file each key stands: the library that reads it does not tell."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Place: TypeAlias = tuple[str | int, ...]
"""Keys, and numbers of items of a list, from the top."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BLANKS = re.compile(r"[ \t]*")
_GAP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
# The first three quotes that no backslash hides; up to two more before the end belong to the text.
_LONG_BASIC = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"""(?:"(?!""")){0,2}', re.DOTALL)
_LONG_LITERAL = re.compile(r"'''.*?'''(?:'(?!''')){0,2}", re.DOTALL)
_BASIC = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_LITERAL = re.compile(r"'[^'\n]*'")
_PLAIN = re.compile(r"[^,\]}#\n]*")


def lines_of(text: str) -> Mapping[Place, int]:
    """The line, from 1, of every key, table and item of a list in `text`, which has to be TOML.

    A table that is opened by what stands in it begins there. Raises TOMLDecodeError for anything else.
    """
    tomllib.loads(text)
    return dict(_Reader(text).read())


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._counted = (0, 1)
        self._found: dict[Place, int] = {}
        self._lists: dict[Place, int] = {}
        """How many tables `[[…]]` has opened so far."""

    def read(self) -> Mapping[Place, int]:
        table: Place = ()
        while True:
            self._skip(_GAP)
            if self._at >= len(self._text):
                return self._found
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)

    @property
    def _line(self) -> int:
        before, line = self._counted
        line += self._text.count("\n", before, self._at)
        self._counted = (self._at, line)
        return line

    def _skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise tomllib.TOMLDecodeError("This is not TOML.")
        self._at = found.end()
        return found[0]

    def _header(self) -> Place:
        line, several = self._line, self._text.startswith("[[", self._at)
        self._at += 2 if several else 1
        keys = list(self._keys())
        self._at += 2 if several else 1
        place: Place = ()
        for number, key in enumerate(keys, 1):
            place = (*place, key)
            self._found.setdefault(place, line)
            if number < len(keys):
                place = self._latest(place)
        if several:
            self._lists[place] = self._lists.get(place, -1) + 1
            place = self._latest(place)
        # A table that was opened before by one below it begins here.
        self._found[place] = line
        return place

    def _latest(self, place: Place) -> Place:
        """Where `[[…]]` opened tables under `place`, the last of them."""
        return (*place, self._lists[place]) if place in self._lists else place

    def _pair(self, table: Place) -> None:
        line, place = self._line, table
        for key in self._keys():
            place = (*place, key)
            self._found.setdefault(place, line)
        self._at += 1
        self._skip(_BLANKS)
        self._value(place)

    def _keys(self) -> Iterator[str]:
        """The parts of a dotted key, and what blanks are around them."""
        while True:
            self._skip(_BLANKS)
            match self._text[self._at]:
                case '"':
                    # Its escapes are the library's to read.
                    yield str(tomllib.loads(f"key = {self._skip(_BASIC)}")["key"])
                case "'":
                    yield self._skip(_LITERAL)[1:-1]
                case _:
                    yield self._skip(_BARE)
            self._skip(_BLANKS)
            if self._text[self._at] != ".":
                return
            self._at += 1

    def _value(self, place: Place) -> None:
        for opening, pattern in (
            ('"""', _LONG_BASIC),
            ("'''", _LONG_LITERAL),
            ('"', _BASIC),
            ("'", _LITERAL),
        ):
            if self._text.startswith(opening, self._at):
                self._skip(pattern)
                return
        match self._text[self._at]:
            case "[":
                self._list(place)
            case "{":
                self._inline_table(place)
            case _:
                self._skip(_PLAIN)

    def _list(self, place: Place) -> None:
        self._at += 1
        number = 0
        while self._next("]"):
            self._found[(*place, number)] = self._line
            self._value((*place, number))
            number += 1

    def _inline_table(self, place: Place) -> None:
        self._at += 1
        while self._next("}"):
            self._pair(place)

    def _next(self, closing: str) -> bool:
        """Goes to what stands next in a list or table; past its end where there is nothing more."""
        self._skip(_GAP)
        if self._text[self._at] == ",":
            self._at += 1
            self._skip(_GAP)
        if self._text[self._at] != closing:
            return True
        self._at += 1
        return False
