"""The documented rates, counted in the state file so that every process on it shares them (platform.md 0.4).

Fixed windows, one series for each account and operation, lying on whole multiples of their length.
Refused requests count as well; a request answered 429 does not, so waiting is always enough.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

    from entitree.api.operations import Operation


def admitted(db: sqlite3.Connection, operation: Operation, factor: float | None, now: float) -> bool:
    """Counts one request; False when its window is full.

    Args:
        factor: 1.0 is what the documents say, 10.0 ten times as many, None no limit at all.
        now: seconds; all that share the file must read the same clock.
    """
    if operation.limit is None or factor is None:
        return True
    wanted = operation.limit.requests * factor
    allowed = max(1, math.floor(wanted))
    length = operation.limit.seconds * allowed / wanted
    window = math.floor(now / length)
    row = db.execute("SELECT number, used FROM windows WHERE operation = ?", (operation.name,)).fetchone()
    used = row["used"] if row is not None and row["number"] == window else 0
    if used >= allowed:
        return False
    db.execute(
        "INSERT INTO windows VALUES (?, ?, ?)"
        " ON CONFLICT (operation) DO UPDATE SET number = excluded.number, used = excluded.used",
        (operation.name, window, used + 1),
    )
    return True
