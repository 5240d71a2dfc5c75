"""The rows of a source that are on screen: each read once for a drawing, and wanted where it is not here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.tui.widgets.table_layout import widen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entitree.tui.widgets.rows import Line, RowSource


class RowWindow:
    """A look at `source`. Which rows are on screen is told with each call."""

    def __init__(self, source: RowSource) -> None:
        self.source = source
        self._read: dict[int, Line | None] = {}
        self._missing: set[int] = set()
        self._wanted = range(0)

    def measure(self, seen: range, needed: list[int]) -> None:
        """Reads all of `seen`, and raises `needed` to the cells that their texts take."""
        row = self.source.row
        self._read = {index: row(index) for index in seen}
        self._missing = widen(needed, self._read)

    def measure_again(self, changed: Sequence[int], needed: list[int]) -> None:
        """As `measure`, for rows that say something else now; the others stay as they were."""
        lines = {index: self.source.row(index) for index in changed}
        self._read.clear()
        self._missing.difference_update(lines)
        self._missing |= widen(needed, lines)

    def take(self, index: int) -> Line | None:
        """The row, as it was read for this drawing or is now; None is noted as missing."""
        line = self._read.pop(index, None) or self.source.row(index)
        if line is None:
            self._missing.add(index)
        return line

    def want(self, seen: range) -> None:
        """Asks for those of `seen` that are not here, unless they were just asked for."""
        missing = self._missing.intersection(seen)
        if not missing:
            return
        start, stop = min(missing), max(missing) + 1
        if start >= self._wanted.start and stop <= self._wanted.stop:
            return
        self._wanted = range(start, stop)
        self.source.want(start, stop)

    def arrived(self, start: int, stop: int) -> None:
        """What was wanted is here: asked for anew, it is asked for again."""
        if start < self._wanted.stop and stop > self._wanted.start:
            self._wanted = range(0)
