"""What a list shows: lines, and where they come from."""

from __future__ import annotations

from typing import Protocol

from entitree.record import record


@record
class Line:
    """What one row shows: a text for each column, and the signs in front."""

    key: str
    cells: tuple[str, ...]
    marked: bool
    locked: bool
    dim: bool = False


class RowSource(Protocol):
    """Where rows come from. It may be slow: what is not there yet is None, wanted, and announced later."""

    @property
    def count(self) -> int:
        """Number of rows, as far as is known. Where it grew, `ItemList.count_changed` is to be called."""
        ...

    def row(self, index: int) -> Line | None:
        """The row, or None while it is not here. Called often; must not block."""
        ...

    def want(self, start: int, stop: int) -> None:
        """Rows `start` up to `stop` are on screen and not here. Asked once for each stretch.

        When they are here the source calls `ItemList.rows_arrived(start, stop)`, at once or later.
        """
        ...


class NoRows:
    """A `RowSource` of nothing."""

    count = 0

    def row(self, index: int) -> Line | None:
        return None

    def want(self, start: int, stop: int) -> None:
        """Nothing is ever missing."""


LOADING = Line("", ("…",), marked=False, locked=False, dim=True)
"""Stands for a row that is not here."""
