"""Sets of row numbers, a bit each: a million of them take an eighth of a megabyte."""

from __future__ import annotations

import json
from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class RowSet:
    """Row numbers, which are above zero and mostly close together."""

    def __init__(self, rows: Iterable[int] = ()) -> None:
        self._bits = bytearray()
        self._count = 0
        self.add(rows)

    def __len__(self) -> int:
        return self._count

    def __contains__(self, row: int) -> bool:
        at = row >> 3
        return at < len(self._bits) and bool(self._bits[at] >> (row & 7) & 1)

    def add(self, rows: Iterable[int]) -> int:
        """Add `rows`. Returns how many were new."""
        before = self._count
        bits = self._bits
        for row in rows:
            at = row >> 3
            if at >= len(bits):
                bits.extend(bytes(at + 1 - len(bits) + 1024))
            bit = 1 << (row & 7)
            if not bits[at] & bit:
                bits[at] |= bit
                self._count += 1
        return self._count - before

    def missing(self, rows: Iterable[int]) -> Iterator[int]:
        """Those of `rows` that are not in it."""
        return (row for row in rows if row not in self)


_PIECE = 16_384
"""Characters that are read at a time: what takes its turn beside a busy event loop is never long."""


def numbers(text: str) -> array[int]:
    """The numbers in `text`, which has commas between them."""
    found = array("q")
    start = 0
    while start < len(text):
        stop = text.find(",", start + _PIECE)
        stop = len(text) if stop < 0 else stop
        # Less than half the time of `int` for each.
        found.extend(array("q", json.loads(f"[{text[start:stop]}]")))
        start = stop + 1
    return found


def packed(rows: Iterable[int]) -> bytes:
    """`rows` as bytes, eight each."""
    return array("q", rows).tobytes()


def unpacked(stored: bytes) -> array[int]:
    """The rows that `packed` made bytes of."""
    rows = array("q")
    rows.frombytes(stored[: len(stored) // 8 * 8])
    return rows
