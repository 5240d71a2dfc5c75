"""Rows that are all there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entitree.tui.widgets.rows import Line


class FixedRows:
    """A `RowSource` over lines in memory."""

    def __init__(self, lines: Sequence[Line] = ()) -> None:
        self.lines = lines

    @property
    def count(self) -> int:
        return len(self.lines)

    def row(self, index: int) -> Line | None:
        return self.lines[index] if index < len(self.lines) else None

    def want(self, start: int, stop: int) -> None:
        """Nothing is ever missing."""
