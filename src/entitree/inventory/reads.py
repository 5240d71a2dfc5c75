"""Questions to the mirror, as SQL. Everything here runs on one snapshot, in the store's thread."""

from __future__ import annotations

from array import array
from datetime import datetime
from typing import TYPE_CHECKING, Any

from entitree.api.names import DEFAULT_APPLICATION
from entitree.inventory.find import Column, Field, Listing, Query, Sort, Term
from entitree.inventory.links import Links
from entitree.inventory.model import AssociationRow, Family, FamilyState, Item, Kind, Row, StrategyRow
from entitree.inventory.writes import ASSOCIATION_COLUMNS, STRATEGY_COLUMNS, subscriptions
from entitree.text import mended

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from sqlite3 import Connection

_CHUNK = 500
_ASSOCIATIONS = "(SELECT count(*) FROM association WHERE {own} = item.id)"
_CONFIGURATIONS = (
    "((SELECT count(*) FROM strategy WHERE {own} = item.id)"
    " + (SELECT count(DISTINCT subscription) FROM criterion WHERE {own} = item.id))"
)
_OTHERS = (
    "(SELECT count(*) FROM (SELECT {other} FROM association WHERE {own} = item.id AND {other} IS NOT NULL"
    " UNION SELECT {other} FROM strategy WHERE {own} = item.id AND {other} IS NOT NULL"
    " UNION SELECT {other} FROM criterion WHERE {own} = item.id AND {other} IS NOT NULL))"
)
_TIED = (
    "(id IN (SELECT {own} FROM association WHERE {other} IN {named} AND {own} IS NOT NULL"
    " UNION ALL SELECT {own} FROM strategy WHERE {other} IN {named} AND {own} IS NOT NULL"
    " UNION ALL SELECT {own} FROM criterion WHERE {other} IN {named} AND {own} IS NOT NULL))"
)


def families(connection: Connection) -> dict[Family, FamilyState]:
    known = {
        Family(name): FamilyState(
            Family(name),
            bool(whole),
            datetime.fromisoformat(read_at) if read_at else None,
            problem,
            bool(failed),
        )
        for name, whole, read_at, problem, failed in connection.execute(
            "SELECT name, whole, read_at, problem, failed FROM family"
        )
    }
    return {family: known.get(family, FamilyState(family)) for family in Family}


def find(connection: Connection, kind: Kind, query: Query, sort: Sort) -> Listing:
    conditions: list[str] = []
    values: list[Any] = []
    connection.execute(
        "CREATE TEMP TABLE IF NOT EXISTS named"
        " (text TEXT, id TEXT, PRIMARY KEY (text, id) ON CONFLICT IGNORE) WITHOUT ROWID"
    )
    connection.execute("DELETE FROM temp.named")
    for term in query.terms:
        condition, its_values = _condition(connection, kind, term)
        conditions.append(f"NOT {condition}" if term.negated else condition)
        values += its_values
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    order, its_values = _order(connection, kind, sort)
    keys = array(
        "q",
        (
            row
            for (row,) in connection.execute(
                f"SELECT row FROM {kind.value} AS item {where} ORDER BY {order}", (*values, *its_values)
            )
        ),
    )
    total = (
        connection.execute(f"SELECT count(*) FROM {kind.value}").fetchone()[0] if conditions else len(keys)
    )
    return Listing(count=len(keys), total=total, keys=keys, kind=kind)


def rows(connection: Connection, kind: Kind, keys: Sequence[int]) -> list[Row]:
    columns = ", ".join(_count(connection, kind, column) for column in _COUNTS)
    found = {
        row: Row(Item(kind, item_id, alias, bool(addressable)), *counts)
        for chunk in _chunks(keys)
        for row, item_id, alias, addressable, *counts in connection.execute(
            f"SELECT row, id, alias, addressable, {columns} FROM {kind.value} AS item"
            f" WHERE row IN ({_marks(chunk)})",
            chunk,
        )
    }
    return [found[key] for key in keys if key in found]


def items(connection: Connection, kind: Kind, ids: Sequence[str]) -> dict[str, Item]:
    return {
        item_id: Item(kind, item_id, alias, bool(addressable))
        for chunk in _chunks([mended(each) for each in ids])
        for item_id, alias, addressable in connection.execute(
            f"SELECT id, alias, addressable FROM {kind.value} WHERE id IN ({_marks(chunk)})", chunk
        )
    }


def row_of(connection: Connection, kind: Kind, item_id: str) -> int | None:
    found = connection.execute(f"SELECT row FROM {kind.value} WHERE id = ?", (mended(item_id),)).fetchone()
    return None if found is None else int(found[0])


def counts(connection: Connection) -> dict[Kind, int]:
    return {kind: size(connection, kind.value) for kind in Kind}


def size(connection: Connection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def links(connection: Connection, kind: Kind, ids: Sequence[str]) -> Links:
    own = f"{kind.value}_id"
    associations: list[AssociationRow] = []
    strategies: list[StrategyRow] = []
    found: set[int] = set()
    for chunk in _chunks(sorted({mended(each) for each in ids})):
        where = f"{own} IN ({_marks(chunk)})"
        associations += (
            AssociationRow(*row)
            for row in connection.execute(
                f"SELECT {ASSOCIATION_COLUMNS} FROM association WHERE {where}", chunk
            )
        )
        strategies += (
            StrategyRow(*row)
            for row in connection.execute(f"SELECT {STRATEGY_COLUMNS} FROM strategy WHERE {where}", chunk)
        )
        found.update(
            row
            for (row,) in connection.execute(
                f"SELECT DISTINCT subscription FROM criterion WHERE {where}", chunk
            )
        )
    return Links(
        associations=tuple(associations),
        strategies=tuple(strategies),
        subscriptions=tuple(
            row
            for chunk in _chunks(sorted(found))
            for row in subscriptions(connection, f"row IN ({_marks(chunk)})", chunk)
        ),
    )


_COUNTS = (Column.APPLICATIONS, Column.ASSOCIATIONS, Column.CONFIGURATIONS)


def _count(connection: Connection, kind: Kind, column: Column) -> str:
    """SQL of a count, NULL while a family it comes from was never read."""
    needs = {Family.ASSOCIATIONS}
    if column is Column.CONFIGURATIONS:
        needs = {Family.STRATEGIES, Family.SUBSCRIPTIONS}
    known = {
        Family(name) for (name,) in connection.execute("SELECT name FROM family WHERE read_at IS NOT NULL")
    }
    if not needs <= known:
        return "NULL"
    sql = {
        Column.APPLICATIONS: _OTHERS,
        Column.ASSOCIATIONS: _ASSOCIATIONS,
        Column.CONFIGURATIONS: _CONFIGURATIONS,
    }[column]
    return sql.format(own=f"{kind.value}_id", other=f"{kind.other.value}_id")


def _condition(connection: Connection, kind: Kind, term: Term) -> tuple[str, list[Any]]:
    text = mended(term.text)
    match term.field:
        case Field.ANYWHERE:
            return "(instr(id_fold, ?) OR instr(ifnull(alias_fold, ''), ?))", [text, text]
        case Field.ALIAS:
            return "(instr(ifnull(alias_fold, ''), ?) > 0)", [text]
        case Field.ID:
            return "(instr(id_fold, ?) > 0)", [text]
        case Field.APPLICATION | Field.ENTITY:
            named = Kind.APPLICATION if term.field is Field.APPLICATION else Kind.ENTITY
            if named is kind:
                return "(instr(id_fold, ?) > 0)", [text]
            return _tied(connection, kind, text)


def _tied(connection: Connection, kind: Kind, text: str) -> tuple[str, list[Any]]:
    own, other = f"{kind.value}_id", f"{kind.other.value}_id"
    # Folding happens here and on distinct ids only: there is no casefold in SQL, and ties outnumber ids.
    names = connection.execute(
        f"SELECT {other} FROM association"
        f" UNION SELECT {other} FROM strategy UNION SELECT {other} FROM criterion"
    )
    matching = [name for (name,) in names if name is not None and text in name.casefold()]
    connection.executemany("INSERT INTO temp.named VALUES (?, ?)", ((text, name) for name in matching))
    named = "(SELECT id FROM temp.named WHERE text = ?)"
    return _TIED.format(own=own, other=other, named=named), [text] * 3


def _order(connection: Connection, kind: Kind, sort: Sort) -> tuple[str, list[Any]]:
    turned = " DESC" if sort.reverse else ""
    order: list[str] = []
    values: list[Any] = []
    if kind is Kind.APPLICATION:
        order.append("id <> ?")
        values.append(DEFAULT_APPLICATION)
    match sort.column:
        case Column.ID:
            return ", ".join([*order, f"id_fold{turned}, id{turned}"]), values
        case Column.ALIAS:
            order.append(f"alias IS NULL, alias_fold{turned}")
        case _:
            order.append(_count(connection, kind, sort.column) + turned)
    return ", ".join([*order, "id_fold, id"]), values


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def _marks(values: Sequence[Any]) -> str:
    return ",".join("?" * len(values))
