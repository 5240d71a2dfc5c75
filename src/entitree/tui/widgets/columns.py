"""How wide the columns of a list are.

Columns that stretch get their share of the room by weight, so that widths stay put while one scrolls through
rows of ordinary length. Only where a text is longer than its column's share does the column take more: first
what its neighbours do not need, then, in the order of the columns, what they need above their minimum. So the
first column is never cut while a later one could give way. Where it must be whole if it can (an id),
the others give way altogether.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.record import record
from entitree.tui.widgets.cells import Align, width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

GAP = 2
_ARROW = 2
"""Room kept in headers for the sort arrow, so that sorting moves no column. Where texts stand right, the gap
before the column holds it."""


@record
class Column:
    """A column: `weight` 0 takes what its texts need, more stretches; widths are cells, `maximum` 0 is none.

    `key` names the column to the outside (sorting); `quiet` draws it dim.
    """

    title: str
    align: Align = "left"
    weight: int = 0
    minimum: int = 1
    maximum: int = 0
    key: str = ""
    quiet: bool = False

    def header_width(self) -> int:
        return width_of(self.title) + (_ARROW if self.align == "left" else 0)

    def bounded(self, width: int) -> int:
        width = max(width, self.minimum)
        return min(width, self.maximum) if self.maximum else width


def share(
    columns: Sequence[Column], needed: Sequence[int], room: int, *, first_whole: bool = False
) -> tuple[int, ...]:
    """Widths for `columns` whose texts need `needed` cells, in `room` cells with gaps between columns.

    Where even the minimums do not fit, the last columns get 0 and are not drawn; the first always stays.
    `first_whole`: the other columns that stretch get 0 too where that, and only that, shows the first whole.
    """
    shown = len(columns)
    while shown > 1 and _least(columns[:shown], needed) > room:
        shown -= 1
    active = columns[:shown]
    wanted = [column.bounded(need) for column, need in zip(active, needed, strict=False)]
    free = (
        room
        - GAP * (shown - 1)
        - sum(want for column, want in zip(active, wanted, strict=True) if not column.weight)
    )
    stretching = [at for at, column in enumerate(active) if column.weight]
    widths = list(wanted)
    if stretching:
        for at, width in _stretch(active, wanted, stretching, free).items():
            widths[at] = width
    if shown == 1:
        widths[0] = min(widths[0], max(room, 0))
    elif first_whole and stretching[:1] == [0] and widths[0] < wanted[0]:
        others = sum(GAP + wanted[at] for at in range(1, shown) if at not in stretching)
        if wanted[0] + others <= room:
            widths = [0 if at in stretching else want for at, want in enumerate(wanted)]
            widths[0] = room - others
    return (*widths, *([0] * (len(columns) - shown)))


def _least(columns: Sequence[Column], needed: Sequence[int]) -> int:
    least = GAP * (len(columns) - 1)
    for column, need in zip(columns, needed, strict=False):
        least += column.minimum if column.weight else column.bounded(need)
    return least


def _stretch(
    columns: Sequence[Column], wanted: Sequence[int], stretching: Sequence[int], free: int
) -> dict[int, int]:
    total = sum(columns[at].weight for at in stretching)
    fair = {at: max(columns[at].minimum, free * columns[at].weight // total) for at in stretching}
    widths = {at: columns[at].minimum for at in stretching}
    left = free - sum(widths.values())
    # What is needed, in order of the columns; then up to the fair share; the rest goes to the last.
    for target in (wanted, fair):
        for at in stretching:
            given = max(0, min(left, target[at] - widths[at]))
            widths[at] += given
            left -= given
    widths[stretching[-1]] += max(0, left)
    return widths
