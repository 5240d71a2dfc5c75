"""What changes the mirror, statement by statement. Everything here runs inside a transaction of the store.

Counts are kept by the triggers of `schema`. What is there already and equal is not written.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from entitree.api.names import DEFAULT_APPLICATION
from entitree.inventory.items import put_items, remove_items
from entitree.inventory.model import Family, FamilyState, InboundRow, Item, Kind, NumberRow
from entitree.inventory.records import RECORDS, TABLES, family_of, identity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Connection

    from entitree.inventory.records import Configuration, Record, Stored

GOES_WITH = (Family.ASSOCIATIONS, Family.STRATEGIES, Family.SUBSCRIPTIONS)
"""What a deletion takes with it (platform.md 8.3); other configurations stay, and name what is gone."""


def put(connection: Connection, family: Family, rows: Sequence[Stored]) -> tuple[list[int], int, bool]:
    """Add or change `rows`, all of one family.

    Returns the row number of each, how many were not there before, and whether anything was written.
    """
    if family in (Family.APPLICATIONS, Family.ENTITIES):
        return put_items(connection, TABLES[family], [row for row in rows if isinstance(row, Item)])
    record = RECORDS[family]
    numbers: list[int] = []
    newcomers = 0
    before = connection.total_changes
    for row in rows:
        number, new = _put(connection, record, row)
        numbers.append(number)
        newcomers += new
    return numbers, newcomers, connection.total_changes != before


def remove(connection: Connection, row: Stored) -> bool:
    """Remove `row`. Returns whether it was there."""
    family = family_of(row)
    if isinstance(row, Item):
        return remove_items(connection, TABLES[family], "id = ?", identity(row)) > 0
    record = RECORDS[family]
    return (
        connection.execute(
            f"DELETE FROM {record.table} WHERE {record.identified}", record.identity(row)
        ).rowcount
        > 0
    )


def naming(connection: Connection, kind: Kind, item_id: str) -> list[Configuration]:
    """The configurations that name an item and go with it (platform.md 8.3)."""
    own = f"{kind.value}_id"
    rows: list[Configuration] = []
    for family in GOES_WITH:
        record = RECORDS[family]
        where = f"{own} = ?"
        if record.parts is not None:
            where = f"row IN (SELECT {record.parts.owner} FROM {record.parts.table} WHERE {own} = ?)"
        rows += record.read(connection, where, (item_id,))
    return rows


def reset_links(connection: Connection, kind: Kind, item_id: str) -> bool:
    """What the deletion of an item does to links that stay: both halves of a number's own link, and of an
    inbound configuration's, are reset (platform.md 8.1, D6; 8.3). Returns whether there were any.
    """
    changed = False
    for family in (Family.NUMBERS, Family.INBOUND):
        record = RECORDS[family]
        for row in record.read(connection, f"{kind.value}_id = ?", (item_id,)):
            if isinstance(row, NumberRow | InboundRow):
                reset = replace(row, application_id=DEFAULT_APPLICATION, entity_id=None)
                changed |= put(connection, family, [reset])[2]
    return changed


def put_family(connection: Connection, state: FamilyState) -> None:
    connection.execute(
        "INSERT INTO family (name, whole, read_at, problem, failed, refused) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET whole = excluded.whole, read_at = excluded.read_at,"
        " problem = excluded.problem, failed = excluded.failed, refused = excluded.refused",
        (
            state.family.value,
            state.whole,
            state.read_at.isoformat() if state.read_at else None,
            state.problem,
            state.failed,
            state.refused,
        ),
    )


def _put(connection: Connection, record: Record, row: Stored) -> tuple[int, bool]:
    values = record.split(row)
    parts = list(record.parts.split(row)) if record.parts is not None else []
    known = connection.execute(
        f"SELECT row, {record.columns} FROM {record.table} WHERE {record.identified}", record.identity(row)
    ).fetchone()
    if known is not None:
        number = int(known[0])
        if known[1:] == values and record.parts_of(connection, number) == parts:
            return number, False
        # Not updated: the triggers know of rows that come and rows that go.
        connection.execute(f"DELETE FROM {record.table} WHERE row = ?", (number,))
    marks = ", ".join("?" * (len(values) + 1))
    made = connection.execute(
        f"INSERT INTO {record.table} (row, {record.columns}) VALUES ({marks})",
        (None if known is None else known[0], *values),
    )
    number = int(made.lastrowid or 0)
    if record.parts is not None:
        connection.executemany(
            f"INSERT INTO {record.parts.table} ({record.parts.owner}, position, {record.parts.columns})"
            f" VALUES (?, ?, {', '.join('?' * len(record.parts.columns.split(',')))})",
            ((number, position, *part) for position, part in enumerate(parts)),
        )
    return number, known is None
