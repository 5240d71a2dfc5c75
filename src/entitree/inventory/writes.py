"""What changes the mirror, statement by statement. Everything here runs inside a transaction of the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from entitree.inventory.model import (
    AssociationRow,
    CriterionRow,
    Family,
    FamilyState,
    Item,
    Kind,
    StrategyRow,
    SubscriptionRow,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from sqlite3 import Connection

Stored: TypeAlias = Item | AssociationRow | StrategyRow | SubscriptionRow
Configuration: TypeAlias = AssociationRow | StrategyRow | SubscriptionRow

_ITEMS = {Kind.APPLICATION: Family.APPLICATIONS, Kind.ENTITY: Family.ENTITIES}
TABLES = {
    Family.APPLICATIONS: "application",
    Family.ENTITIES: "entity",
    Family.ASSOCIATIONS: "association",
    Family.STRATEGIES: "strategy",
    Family.SUBSCRIPTIONS: "subscription",
}
_ASSOCIATION = (
    "application_id = ? AND ifnull(entity_id, x'') = ifnull(?, x'')"
    " AND channel = ? AND resource_type = ? AND resource_id = ?"
)
_IDENTITY = {
    Family.APPLICATIONS: "id = ?",
    Family.ENTITIES: "id = ?",
    Family.ASSOCIATIONS: _ASSOCIATION,
    Family.STRATEGIES: "id = ?",
    Family.SUBSCRIPTIONS: "channel = ? AND id = ?",
}


@dataclass(frozen=True, slots=True)
class Cover:
    """What a listing is the whole truth about: a family, a channel of it, or only what names one id."""

    family: Family
    channel: str | None = None
    naming: tuple[Kind, str] | None = None


def family_of(row: Stored) -> Family:
    """The family that `row` belongs to."""
    match row:
        case Item():
            return _ITEMS[row.kind]
        case AssociationRow():
            return Family.ASSOCIATIONS
        case StrategyRow():
            return Family.STRATEGIES
        case SubscriptionRow():
            return Family.SUBSCRIPTIONS


def identity(row: Stored) -> tuple[str | None, ...]:
    """What tells `row` from every other of its family."""
    match row:
        case AssociationRow():
            return (row.application_id, row.entity_id, row.channel, row.resource_type, row.resource_id)
        case SubscriptionRow():
            return (row.channel, row.id)
        case _:
            return (row.id,)


def put(connection: Connection, family: Family, rows: Sequence[Stored]) -> bool:
    """Add or change `rows`, all of one family; what is there already and equal is not written.

    Returns whether anything was.
    """
    before = connection.total_changes
    if family is Family.SUBSCRIPTIONS:
        for row in rows:
            if isinstance(row, SubscriptionRow):
                _put_subscription(connection, row)
    else:
        connection.executemany(_UPSERTS[family], map(_values, rows))
    return connection.total_changes != before


def remove(connection: Connection, row: Stored) -> bool:
    """Remove `row`. Returns whether it was there."""
    family = family_of(row)
    gone = connection.execute(f"DELETE FROM {TABLES[family]} WHERE {_IDENTITY[family]}", identity(row))
    return gone.rowcount > 0


def naming(connection: Connection, kind: Kind, item_id: str) -> list[Configuration]:
    """The configurations that name an item: what goes with it (platform.md 8.3)."""
    own = f"{kind.value}_id"
    rows: list[Configuration] = [
        AssociationRow(*row)
        for row in connection.execute(
            f"SELECT {ASSOCIATION_COLUMNS} FROM association WHERE {own} = ?", (item_id,)
        )
    ]
    rows += [
        StrategyRow(*row)
        for row in connection.execute(f"SELECT {STRATEGY_COLUMNS} FROM strategy WHERE {own} = ?", (item_id,))
    ]
    found = f"SELECT subscription FROM criterion WHERE {own} = ?"
    rows += subscriptions(connection, f"row IN ({found})", (item_id,))
    return rows


def subscriptions(connection: Connection, where: str, values: Sequence[Any]) -> list[SubscriptionRow]:
    """The subscriptions that fulfil `where`, with their criteria."""
    return [
        SubscriptionRow(channel, name_id, name, _criteria(connection, row), profile_id, raw)
        for row, channel, name_id, name, profile_id, raw in connection.execute(
            f"SELECT row, channel, id, name, profile_id, raw FROM subscription WHERE {where}", values
        ).fetchall()
    ]


def mark_seen(
    connection: Connection, sweep: int, family: Family, keys: Iterable[tuple[str | None, ...]]
) -> int:
    """Note which rows a sweep has seen. Returns how many of them it had not seen before."""
    before = connection.total_changes
    connection.executemany(
        f"INSERT OR IGNORE INTO temp.seen SELECT ?, row FROM {TABLES[family]} WHERE {_IDENTITY[family]}",
        ((sweep, *key) for key in keys),
    )
    return connection.total_changes - before


def unseen(sweep: int, cover: Cover) -> tuple[str, str, list[Any]]:
    """Table, condition and values that pick what `cover` covers and the sweep did not see."""
    condition = "row NOT IN (SELECT row FROM temp.seen WHERE sweep = ?)"
    values: list[Any] = [sweep]
    if cover.channel is not None:
        condition += " AND channel = ?"
        values.append(cover.channel)
    if cover.naming is not None:
        kind, item_id = cover.naming
        if cover.family is Family.SUBSCRIPTIONS:
            condition += f" AND row IN (SELECT subscription FROM criterion WHERE {kind.value}_id = ?)"
        else:
            condition += f" AND {kind.value}_id = ?"
        values.append(item_id)
    return TABLES[cover.family], condition, values


def put_family(connection: Connection, state: FamilyState) -> None:
    connection.execute(
        "INSERT INTO family (name, whole, read_at, problem, failed) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET whole = excluded.whole, read_at = excluded.read_at,"
        " problem = excluded.problem, failed = excluded.failed",
        (
            state.family.value,
            state.whole,
            state.read_at.isoformat() if state.read_at else None,
            state.problem,
            state.failed,
        ),
    )


ASSOCIATION_COLUMNS = "resource_type, channel, application_id, entity_id, resource_id"
STRATEGY_COLUMNS = "id, application_id, entity_id, channel, country, raw"

_UPSERT_ITEM = (
    "INSERT INTO {table} (id, alias, addressable, id_fold, alias_fold) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET alias = excluded.alias, alias_fold = excluded.alias_fold,"
    " addressable = excluded.addressable"
    " WHERE alias IS NOT excluded.alias OR addressable <> excluded.addressable"
)
_UPSERTS = {
    Family.APPLICATIONS: _UPSERT_ITEM.format(table="application"),
    Family.ENTITIES: _UPSERT_ITEM.format(table="entity"),
    Family.ASSOCIATIONS: (
        f"INSERT INTO association ({ASSOCIATION_COLUMNS}) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
    ),
    Family.STRATEGIES: (
        f"INSERT INTO strategy ({STRATEGY_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET application_id = excluded.application_id,"
        " entity_id = excluded.entity_id, channel = excluded.channel, country = excluded.country,"
        " raw = excluded.raw WHERE raw <> excluded.raw"
    ),
}


def _values(row: Stored) -> tuple[Any, ...]:
    match row:
        case Item():
            alias_fold = None if row.alias is None else row.alias.casefold()
            return (row.id, row.alias, row.addressable, row.id.casefold(), alias_fold)
        case AssociationRow():
            return (row.resource_type, row.channel, row.application_id, row.entity_id, row.resource_id)
        case StrategyRow():
            return (row.id, row.application_id, row.entity_id, row.channel, row.country, row.raw)
        case SubscriptionRow():
            return (row.channel, row.id, row.name, row.profile_id, row.raw)


def _put_subscription(connection: Connection, row: SubscriptionRow) -> None:
    known = connection.execute(
        "SELECT row, raw FROM subscription WHERE channel = ? AND id = ?", (row.channel, row.id)
    ).fetchone()
    if known is not None and known[1] == row.raw:
        return
    number: int = connection.execute(
        "INSERT INTO subscription (channel, id, name, profile_id, raw) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (channel, id) DO UPDATE SET name = excluded.name, profile_id = excluded.profile_id,"
        " raw = excluded.raw RETURNING row",
        _values(row),
    ).fetchone()[0]
    connection.execute("DELETE FROM criterion WHERE subscription = ?", (number,))
    connection.executemany(
        "INSERT INTO criterion VALUES (?, ?, ?, ?)",
        (
            (number, position, criterion.application_id, criterion.entity_id)
            for position, criterion in enumerate(row.criteria)
        ),
    )


def _criteria(connection: Connection, subscription: int) -> tuple[CriterionRow, ...]:
    return tuple(
        CriterionRow(*row)
        for row in connection.execute(
            "SELECT application_id, entity_id FROM criterion WHERE subscription = ? ORDER BY position",
            (subscription,),
        )
    )
