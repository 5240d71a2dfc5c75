"""Listings on their way into the mirror: what each page showed, and what may be concluded at the end.

How far a listing is stands in the mirror itself, so that the next start can go on there. Everything here runs
inside a transaction of the store.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from entitree.inventory import writes
from entitree.inventory.items import remove_items
from entitree.inventory.model import Family, Kind
from entitree.inventory.records import RECORDS, TABLES, family_of, identity
from entitree.inventory.rows import RowSet, packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Connection

    from entitree.inventory.records import Stored

RESUMED_WITHIN = timedelta(minutes=30)
"""An interrupted listing goes on where it was for so long; later it begins anew."""

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Cover:
    """What a listing is the whole truth about: a family, a part of it (a channel of subscriptions, a type of
    senders, a resource and channel of inbound configurations), or only what names one id.
    """

    family: Family
    part: str = ""
    naming: tuple[Kind, str] | None = None


@dataclass(slots=True)
class Sweep:
    """One pass over a listing."""

    cover: Cover
    number: int
    begun_at: datetime
    pages: int = 0
    """Pages read; the next one has this index."""
    rows: int = 0
    """Different rows that were seen, odd ones included."""
    total: int | None = None
    """What the last page said that there are."""
    moved: bool = False
    grew: bool = False
    odd: int = 0
    newcomers: int = 0
    """Rows that the mirror did not have."""
    resumed: bool = False
    seen: RowSet = field(default_factory=RowSet, repr=False)

    @property
    def steady(self) -> bool:
        """Nothing shows that the list changed while it was being read."""
        return not self.moved and (self.total is None or self.rows == self.total)

    def certain(self, unseen: int) -> bool:
        """Whether `unseen` rows of the mirror that no page showed are surely gone.

        While a list is paged through, something may be deleted and something else be made: every total is
        right then, and yet a row has slipped from one page to an earlier one. That takes a newcomer.
        """
        if not self.steady:
            return False
        return self.pages <= 1 or not unseen or not (self.newcomers or self.grew or self.resumed)


def begin(connection: Connection, cover: Cover, now: datetime, running: Sequence[int]) -> Sweep:
    """A new pass over `cover`, or the one that was interrupted. `running` are those of this process."""
    _forget_old(connection, now, running)
    if cover.naming is None:
        for number, owner, *state in connection.execute(
            "SELECT row, owner, begun_at, pages, rows, total, moved, grew, odd, newcomers FROM sweep"
            " WHERE family = ? AND part = ? AND naming = '' AND pages > 0 ORDER BY row DESC",
            (cover.family.value, cover.part),
        ).fetchall():
            if number not in running and not _alive(owner):
                connection.execute("UPDATE sweep SET owner = ? WHERE row = ?", (os.getpid(), number))
                return _resumed(connection, cover, number, state)
    naming = "" if cover.naming is None else json.dumps([cover.naming[0].value, cover.naming[1]])
    made = connection.execute(
        "INSERT INTO sweep (family, part, naming, owner, begun_at) VALUES (?, ?, ?, ?, ?)",
        (cover.family.value, cover.part, naming, os.getpid(), now.isoformat()),
    )
    return Sweep(cover, int(made.lastrowid or 0), now)


def add_page(
    connection: Connection, sweep: Sweep, rows: Sequence[Stored], *, odd: int = 0, total: int | None = None
) -> bool:
    """Store what a page held and note what it tells of the list. Returns whether anything was written."""
    touched = _touched(connection, sweep)
    fresh = [row for row in rows if _name(row) not in touched] if touched else rows
    numbers, newcomers, changed = writes.put(connection, sweep.cover.family, fresh)
    new = sweep.seen.add(numbers) + len(rows) - len(fresh)
    if sweep.total is not None and total is not None:
        sweep.moved |= total < sweep.total
        sweep.grew |= total > sweep.total
    sweep.moved |= new < len(rows)
    sweep.total = total
    sweep.rows += new + odd
    sweep.odd += odd
    sweep.newcomers += newcomers
    connection.execute(
        "INSERT OR REPLACE INTO sweep_page (sweep, page, rows) VALUES (?, ?, ?)",
        (sweep.number, sweep.pages, packed(numbers)),
    )
    sweep.pages += 1
    _keep(connection, sweep)
    return changed


def again(connection: Connection, sweep: Sweep) -> None:
    """Begin the same listing once more from its first page."""
    connection.execute("DELETE FROM sweep_page WHERE sweep = ?", (sweep.number,))
    sweep.pages = sweep.rows = sweep.odd = sweep.newcomers = 0
    sweep.total = None
    sweep.moved = sweep.grew = sweep.resumed = False
    sweep.seen = RowSet()
    _keep(connection, sweep)


def unseen(connection: Connection, sweep: Sweep) -> list[int]:
    """Numbers of the rows that the sweep covers and did not see."""
    family = sweep.cover.family
    for name in _touched(connection, sweep):
        sweep.seen.add(_rows_named(connection, family, name))
    table, where, values = _covered(sweep.cover)
    (count,) = connection.execute(f"SELECT count(*) FROM {table} WHERE {where}", values).fetchone()
    if count == 0 or (sweep.cover == Cover(family) and count == len(sweep.seen)):
        return []
    found = connection.execute(f"SELECT row FROM {table} WHERE {where}", values)
    return list(sweep.seen.missing(row for (row,) in found))


def unseen_rows(connection: Connection, sweep: Sweep) -> list[Stored]:
    """The configurations that the sweep covers and did not see."""
    record = RECORDS[sweep.cover.family]
    numbers = unseen(connection, sweep)
    rows: list[Stored] = []
    for start in range(0, len(numbers), _CHUNK):
        chunk = numbers[start : start + _CHUNK]
        rows += record.read(connection, f"row IN ({','.join('?' * len(chunk))})", chunk)
    return rows


def remove(connection: Connection, family: Family, rows: Sequence[int]) -> None:
    """Remove the rows with these numbers."""
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        where = f"row IN ({','.join('?' * len(chunk))})"
        if family in RECORDS:
            connection.execute(f"DELETE FROM {TABLES[family]} WHERE {where}", chunk)
        else:
            remove_items(connection, TABLES[family], where, chunk)


def end(connection: Connection, sweep: Sweep) -> None:
    """Forget the sweep: it came to its end, or shall begin anew."""
    connection.execute("DELETE FROM sweep WHERE row = ?", (sweep.number,))


def release(connection: Connection, sweep: Sweep) -> None:
    """Leave the sweep where it is, for whoever goes on with it."""
    connection.execute("UPDATE sweep SET owner = 0 WHERE row = ?", (sweep.number,))


def touch(connection: Connection, row: Stored) -> None:
    """Note that `row` was changed here: pages of listings under way may know nothing of it."""
    connection.execute(
        "INSERT OR IGNORE INTO sweep_touched SELECT row, ? FROM sweep WHERE family = ?",
        (_name(row), family_of(row).value),
    )


def _name(row: Stored) -> str:
    return json.dumps(identity(row))


def _touched(connection: Connection, sweep: Sweep) -> set[str]:
    return {
        name
        for (name,) in connection.execute(
            "SELECT identity FROM sweep_touched WHERE sweep = ?", (sweep.number,)
        )
    }


def _rows_named(connection: Connection, family: Family, name: str) -> list[int]:
    where = RECORDS[family].identified if family in RECORDS else "id = ?"
    return [
        row
        for (row,) in connection.execute(f"SELECT row FROM {TABLES[family]} WHERE {where}", json.loads(name))
    ]


def _covered(cover: Cover) -> tuple[str, str, list[Any]]:
    """Table, condition and values that pick the rows a listing should show."""
    family = cover.family
    conditions = ["there = 1"] if family not in RECORDS else []
    values: list[Any] = []
    if cover.part:
        if family is Family.INBOUND:
            conditions.append("resource_id = ? AND channel = ?")
            values += json.loads(cover.part)
        else:
            conditions.append("type = ?" if family is Family.SENDERS else "channel = ?")
            values.append(cover.part)
    if cover.naming is not None:
        kind, item_id = cover.naming
        parts = RECORDS[family].parts
        named = f"{kind.value}_id = ?"
        conditions.append(
            f"row IN (SELECT {parts.owner} FROM {parts.table} WHERE {named})" if parts else named
        )
        values.append(item_id)
    return TABLES[family], " AND ".join(conditions) or "1", values


def _keep(connection: Connection, sweep: Sweep) -> None:
    connection.execute(
        "UPDATE sweep SET pages = ?, rows = ?, total = ?, moved = ?, grew = ?, odd = ?, newcomers = ?"
        " WHERE row = ?",
        (
            sweep.pages, sweep.rows, sweep.total, sweep.moved, sweep.grew, sweep.odd, sweep.newcomers,
            sweep.number,
        ),
    )  # fmt: skip


def _resumed(connection: Connection, cover: Cover, number: int, state: Sequence[Any]) -> Sweep:
    begun_at, pages, rows, total, moved, grew, odd, newcomers = state
    sweep = Sweep(cover, number, datetime.fromisoformat(begun_at), pages, rows, total)
    sweep.moved, sweep.grew, sweep.odd, sweep.newcomers = bool(moved), bool(grew), odd, newcomers
    sweep.resumed = True
    for (stored,) in connection.execute("SELECT rows FROM sweep_page WHERE sweep = ?", (number,)):
        sweep.seen.add(unpacked(stored))
    return sweep


def _forget_old(connection: Connection, now: datetime, running: Sequence[int]) -> None:
    oldest = (now - RESUMED_WITHIN).isoformat()
    for number, owner in connection.execute(
        "SELECT row, owner FROM sweep WHERE begun_at < ? OR naming <> ''", (oldest,)
    ).fetchall():
        if number not in running and not _alive(owner):
            connection.execute("DELETE FROM sweep WHERE row = ?", (number,))


def _alive(owner: int) -> bool:
    """Whether another process reads it still. This one knows what it reads."""
    if owner in (0, os.getpid()):
        return False
    try:
        os.kill(owner, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
