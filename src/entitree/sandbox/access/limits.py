"""The documented rates, counted in the state file so that every process on it shares them (platform.md 0.4).

Fixed windows and token buckets, one series for each account and operation. Refused requests count as well,
by default; a request answered 429 does not, so waiting is always enough.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from entitree.sandbox.rules import replies as rules_of_replies

if TYPE_CHECKING:
    import sqlite3

    from entitree.api.operations import Limit, Operation
    from entitree.sandbox.rules import Rules

_SHARED = "/provisioning/1/"


def wait(
    db: sqlite3.Connection, operation: Operation, factor: float | None, now: float, rules: Rules
) -> float:
    """Counts one request, or says how many seconds until there is room for it; 0.0 when it was counted.

    Args:
        factor: 1.0 is what the documents say, 10.0 ten times as many, None no limit at all.
        now: seconds; all that share the file must read the same clock.
    """
    if operation.limit is None:
        return 0.0
    series = operation.name
    if operation.path.startswith(_SHARED) and rules[rules_of_replies.PROVISIONING_RATE] == "shared":
        series = _SHARED
    return wait_for(db, series, operation.limit, factor, now, rules)


def wait_for(
    db: sqlite3.Connection, series: str, limit: Limit, factor: float | None, now: float, rules: Rules
) -> float:
    """As `wait`, for one of a series of any name under any limit."""
    if factor is None:
        return 0.0
    if limit.burst is None:
        return _in_window(db, series, limit, factor, now, rules)
    return _from_bucket(db, series, limit.requests / limit.seconds, limit.burst, factor, now)


def _in_window(
    db: sqlite3.Connection, series: str, limit: Limit, factor: float, now: float, rules: Rules
) -> float:
    wanted = limit.requests * factor
    allowed = max(1, math.floor(wanted))
    length = limit.seconds * allowed / wanted
    row = db.execute("SELECT start, used FROM windows WHERE operation = ?", (series,)).fetchone()
    if rules[rules_of_replies.WINDOW_START] == "clock":
        start = math.floor(now / length) * length
        used = row["used"] if row is not None and row["start"] == start else 0
    else:
        inside = row is not None and row["start"] <= now < row["start"] + length
        start, used = (row["start"], row["used"]) if inside else (now, 0)
    if used >= allowed:
        return start + length - now
    db.execute(
        "INSERT INTO windows VALUES (?, ?, ?)"
        " ON CONFLICT (operation) DO UPDATE SET start = excluded.start, used = excluded.used",
        (series, start, used + 1),
    )
    return 0.0


def _from_bucket(
    db: sqlite3.Connection, series: str, rate: float, burst: int, factor: float, now: float
) -> float:
    capacity = max(1.0, burst * factor)
    row = db.execute("SELECT tokens, drawn_at FROM buckets WHERE operation = ?", (series,)).fetchone()
    tokens, drawn_at = (capacity, now) if row is None else (row["tokens"], row["drawn_at"])
    tokens = min(capacity, tokens + max(0.0, now - drawn_at) * rate * factor)
    # Refilling in small steps may leave a whole token a hair short.
    enough = tokens >= 1 - 1e-9
    # A clock that was set back refills nothing, but from then on it is the one that counts.
    if enough or now < drawn_at:
        db.execute(
            "INSERT INTO buckets VALUES (?, ?, ?)"
            " ON CONFLICT (operation) DO UPDATE SET tokens = excluded.tokens, drawn_at = excluded.drawn_at",
            (series, max(0.0, tokens - 1) if enough else tokens, now),
        )
    return 0.0 if enough else (1 - tokens) / (rate * factor)
