"""The entities in the order of their list, and what a filter compares, held while the mirror stays as it is.

SQLite steps through a hundred thousand rows in ten milliseconds; their text in one piece is gone through in
one. A million entities take forty megabytes here.
"""

from __future__ import annotations

from array import array
from itertools import compress
from typing import TYPE_CHECKING, TypeAlias

from entitree.inventory.rows import numbers
from entitree.inventory.totals import changes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Connection

PIECE = 65_536
"""Rows held in one piece. Whatever goes through a piece holds up the event loop for a few milliseconds."""
_END = b"\0"
"""After each text. No text has one: `fold.folded` sees to that."""
_PATIENCE = 5_000
"""Places looked at in vain before SQL is asked instead."""
_ORDER = "ORDER BY hay, fold_end, row"

Piece: TypeAlias = "tuple[array[int], bytes]"
"""Row numbers, and the text of each."""


class Held:
    """What is held for one connection that only reads. Used inside its transactions, in its thread."""

    def __init__(self) -> None:
        self._change: int | None = None
        self._totals: dict[str, int] = {}
        self._pieces: list[Piece] = []
        self._whole = False

    def renew(self, connection: Connection) -> None:
        """Let go of everything if the mirror has changed. To be called first in each transaction."""
        change = changes(connection)
        if change != self._change:
            self._change, self._totals, self._pieces, self._whole = change, {}, [], False

    @property
    def whole(self) -> bool:
        """All entities that are there are held."""
        return self._whole

    def total(self, connection: Connection, counted: str) -> int:
        """How many rows `counted`, which is `table WHERE …`, has."""
        if counted not in self._totals:
            (self._totals[counted],) = connection.execute(f"SELECT count(*) FROM {counted}").fetchone()
        return self._totals[counted]

    def pieces(self, connection: Connection) -> Iterator[array[int]]:
        """The row numbers of all entities that are there, in order; what is not held yet is read."""
        for rows, _ in self._pieces:
            yield rows
        while not self._whole:
            rows, text = self._next(connection)
            if rows:
                self._pieces.append((rows, text))
            self._whole = len(rows) < PIECE
            if rows:
                yield rows

    def beginning(self, wanted: list[str], unwanted: list[str], most: int) -> array[int] | None:
        """The first entities that contain all of `wanted` and none of `unwanted`, `most` of them. None where
        that is not found soon, or there are not all held.
        """
        if not self._whole:
            return None
        rarest, *others = sorted((word.encode() for word in wanted), key=len, reverse=True)
        refused = [word.encode() for word in unwanted]
        found = array("q")
        vain = 0
        for rows, text in self._pieces:
            index = at = 0
            while (hit := text.find(rarest, at)) >= 0:
                index += text.count(_END, at, hit)
                at = text.index(_END, hit)
                if others or refused:
                    line = text[text.rfind(_END, 0, hit) + 1 : at]
                    if not _has(line, others, refused):
                        vain += 1
                        if vain > _PATIENCE:
                            return None
                        continue
                found.append(rows[index])
                if len(found) == most:
                    return found
        return found

    def in_order(self, connection: Connection, chosen: array[int]) -> Iterator[array[int]]:
        """Those of the rows `chosen` that are there, in order, piece by piece."""
        (last,) = connection.execute("SELECT ifnull(max(row), 0) FROM entity").fetchone()
        marks = bytearray(last + 1)
        for row in chosen:
            marks[row] = 1
        for rows in self.pieces(connection):
            yield array("q", compress(rows, map(marks.__getitem__, rows)))

    def turned(self, connection: Connection) -> Iterator[array[int]]:
        """All entities that are there, the last first."""
        for rows in reversed(list(self.pieces(connection))):
            yield rows[::-1]

    def by_count(self, connection: Connection, counted: str, *, most_first: bool) -> Iterator[array[int]]:
        """All entities that are there, by what `counted` is of each, then in order."""
        rows_text, counts_text = connection.execute(
            f"SELECT group_concat(row), group_concat({counted}) FROM entity NOT INDEXED WHERE there = 1"
        ).fetchone()
        counts = array("q")
        for row, count in zip(numbers(rows_text or ""), numbers(counts_text or ""), strict=True):
            if row >= len(counts):
                counts.frombytes(bytes(8 * (row + 1024 - len(counts) + len(counts) // 2)))
            counts[row] = count
        buckets: dict[int, array[int]] = {}
        for rows in self.pieces(connection):
            for row in rows:
                count = counts[row]
                if count not in buckets:
                    buckets[count] = array("q")
                buckets[count].append(row)
        for count in sorted(buckets, reverse=most_first):
            bucket = buckets[count]
            for start in range(0, len(bucket), PIECE):
                yield bucket[start : start + PIECE]

    def _next(self, connection: Connection) -> Piece:
        after, values = "", list[object]()
        if self._pieces:
            last = self._pieces[-1][0][-1]
            values = list(
                connection.execute("SELECT hay, fold_end, row FROM entity WHERE row = ?", (last,)).fetchone()
            )
            after = "AND (hay, fold_end, row) > (?, ?, ?)"
        rows, text = connection.execute(
            "SELECT group_concat(row), CAST(group_concat(hay, char(0)) AS BLOB) FROM"
            f" (SELECT row, hay FROM entity WHERE there = 1 {after} {_ORDER} LIMIT {PIECE})",
            values,
        ).fetchone()
        return numbers(rows or ""), (text or b"") + _END


def _has(line: bytes, wanted: list[bytes], refused: list[bytes]) -> bool:
    # Tens of thousands of lines: `all` over so few words would take three times as long.
    for word in wanted:
        if word not in line:
            return False
    return not refused or all(word not in line for word in refused)
