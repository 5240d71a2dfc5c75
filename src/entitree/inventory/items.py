"""Applications and entities in the mirror. A page of a thousand costs a handful of statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entitree.inventory.fold import SEPARATOR, folded
from entitree.inventory.triggers import TALLIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from sqlite3 import Connection

    from entitree.inventory.model import Item

_CHUNK = 1000
_INSERT = (
    "INSERT INTO {table} (row, id, alias, addressable, there, hay, fold_end) VALUES (?, ?, ?, ?, 1, ?, ?)"
)
_UPDATE = "UPDATE {table} SET alias = ?, addressable = ?, there = 1, hay = ?, fold_end = ? WHERE row = ?"
_TIED = " + ".join(TALLIES) + " > 0"


def put_items(connection: Connection, table: str, rows: Sequence[Item]) -> tuple[list[int], int, bool]:
    """Add or change `rows`. Returns the row number of each, how many were not there, and whether anything was
    written.
    """
    known = _known(connection, table, [row.id for row in rows])
    numbers: list[int] = []
    added: list[tuple[Any, ...]] = []
    changed: list[tuple[Any, ...]] = []
    newcomers = 0
    following = _last(connection, table)
    for item in rows:
        there = known.get(item.id)
        if there is None:
            following += 1
            newcomers += 1
            added.append((following, item.id, item.alias, item.addressable, *_folds(item)))
            known[item.id] = (following, item.alias, item.addressable, 1)
            numbers.append(following)
            continue
        number, alias_now, addressable, exists = there
        numbers.append(number)
        if (alias_now, addressable, exists) != (item.alias, item.addressable, 1):
            newcomers += not exists
            changed.append((item.alias, item.addressable, *_folds(item), number))
            known[item.id] = (number, item.alias, item.addressable, 1)
    if added:
        connection.executemany(_INSERT.format(table=table), added)
    if changed:
        connection.executemany(_UPDATE.format(table=table), changed)
    return numbers, newcomers, bool(added or changed)


def remove_items(connection: Connection, table: str, where: str, values: Sequence[Any]) -> int:
    """Remove the items that fulfil `where` and are there. Those that configurations still name stay as what
    is not there. Returns how many were removed.
    """
    kept = connection.execute(
        f"UPDATE {table} SET there = 0, alias = NULL, addressable = 1, hay = hay(id, NULL)"
        f" WHERE there = 1 AND {_TIED} AND {where}",
        values,
    )
    gone = connection.execute(f"DELETE FROM {table} WHERE there = 1 AND {where}", values)
    return kept.rowcount + gone.rowcount


def _folds(item: Item) -> tuple[str, int]:
    first = folded(item.id)
    # As `hay` does, but for an alias that equals the id: that is found as an alias too.
    return f"{first}{SEPARATOR}{'' if item.alias is None else folded(item.alias)}", len(first)


def _known(
    connection: Connection, table: str, ids: Sequence[str]
) -> dict[str, tuple[int, str | None, int, int]]:
    known: dict[str, tuple[int, str | None, int, int]] = {}
    for chunk in _chunks(ids):
        marks = ",".join("?" * len(chunk))
        for item_id, *rest in connection.execute(
            f"SELECT id, row, alias, addressable, there FROM {table} WHERE id IN ({marks})", chunk
        ):
            known[item_id] = (rest[0], rest[1], rest[2], rest[3])
    return known


def _last(connection: Connection, table: str) -> int:
    found = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
    return int(found[0]) if found else 0


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
