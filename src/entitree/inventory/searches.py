"""Searching the mirror: what matches, in order, the first screenful at once and the rest as it comes."""

from __future__ import annotations

import sqlite3
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from entitree.api.names import DEFAULT_APPLICATION
from entitree.inventory import conditions, reads
from entitree.inventory.find import Column, FilterError
from entitree.inventory.find.patterns import MATCH_SECONDS, compiled_source
from entitree.inventory.model import Family, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Connection

    from entitree.inventory.conditions import Conditions
    from entitree.inventory.find import Query, Sort

FIRST = 200
"""Rows of the first answer: more than any screen shows."""
_PIECE = 65_536
"""Characters of numbers that are read at a time."""
_HAY = "hay{turned}, fold_end{turned}, row{turned}"
_SECOND_NAME = "substr(hay, fold_end + 2)"


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of the answer. The first one tells how many rows there are in all."""

    keys: array[int]
    total: int = 0
    unread: frozenset[Family] = frozenset()
    last: bool = False


def items(connection: Connection, kind: Kind, query: Query, sort: Sort) -> Iterator[Found]:
    """Applications or entities that match; the default application first.

    Raises FilterError for a pattern that takes too long.
    """
    known = reads.known_families(connection)
    wanted = conditions.of_items(kind, query, known)
    there = "there = 0" if wanted.missing else "there = 1"
    (total,) = connection.execute(f"SELECT count(*) FROM {kind.value} WHERE {there}").fetchone()
    where, values = f"{there} AND {wanted.where}", list(wanted.values)
    before: list[int] = []
    if kind is Kind.APPLICATION:
        found = reads.row_of(connection, kind, DEFAULT_APPLICATION)
        if found is not None:
            default = f"SELECT row FROM application WHERE {where} AND row = ?"
            before = [row for (row,) in _fetch(_run(connection, default, [*values, found]), 1)]
            where, values = f"{where} AND row <> ?", [*values, found]
    matching, order = f"FROM {kind.value} WHERE {where}", _item_order(sort, known)
    yield from _search(connection, matching, values, order, before, total, wanted)


def resources(connection: Connection, query: Query, sort: Sort) -> Iterator[Found]:
    """Resources that match. Sorted by alias means by type, by applications by whether they are owned."""
    known = reads.known_families(connection)
    wanted = conditions.of_resources(query, known)
    (total,) = connection.execute("SELECT count(*) FROM resource").fetchone()
    turned = " DESC" if sort.reverse else ""
    order = {
        Column.ID: _HAY.format(turned=turned),
        Column.ALIAS: f"type{turned}, {_HAY.format(turned='')}",
        Column.ASSOCIATIONS: f"associations{turned}, {_HAY.format(turned='')}",
    }.get(sort.column, f"owned > 0{turned}, {_HAY.format(turned='')}")
    yield from _search(
        connection, f"FROM resource AS r WHERE {wanted.where}", wanted.values, order, [], total, wanted
    )


def _item_order(sort: Sort, known: frozenset[Family]) -> str:
    turned = " DESC" if sort.reverse else ""
    straight = _HAY.format(turned="")
    if sort.column is Column.ID:
        return _HAY.format(turned=turned)
    if sort.column is Column.ALIAS:
        return f"alias IS NULL, {_SECOND_NAME}{turned}, {straight}"
    counted, needs = conditions.COUNTED[sort.column]
    return f"{counted}{turned}, {straight}" if needs <= known else straight


def _search(
    connection: Connection,
    matching: str,
    values: list[Any],
    order: str,
    before: list[int],
    total: int,
    wanted: Conditions,
) -> Iterator[Found]:
    statement = f"SELECT row {matching} ORDER BY {order}"
    unread = frozenset(wanted.unread)
    # Where the order is that of an index this ends with the first screenful; else the best few are found
    # sooner by themselves than all are sorted.
    first = [row for (row,) in _fetch(_run(connection, f"{statement} LIMIT {FIRST}", values), FIRST)]
    yield Found(array("q", before + first), total, unread, last=len(first) < FIRST)
    if len(first) == FIRST:
        yield Found(_rest(connection, f"{statement} LIMIT -1 OFFSET {FIRST}", values), last=True)


def _rest(connection: Connection, statement: str, values: list[Any]) -> array[int]:
    """All row numbers at once: row by row, each would wait for its turn beside a busy event loop."""
    ((text,),) = _fetch(_run(connection, f"SELECT group_concat(row) FROM ({statement})", values), 1)
    keys = array("q")
    start, text = 0, text or ""
    while start < len(text):
        stop = text.find(",", start + _PIECE)
        stop = len(text) if stop < 0 else stop
        keys.extend(map(int, text[start:stop].split(",")))
        start = stop + 1
    return keys


def _run(connection: Connection, statement: str, values: list[Any]) -> sqlite3.Cursor:
    try:
        return connection.execute(statement, values)
    except sqlite3.OperationalError as error:
        raise _told(error) from None


def _fetch(cursor: sqlite3.Cursor, most: int) -> list[tuple[Any, ...]]:
    try:
        return cursor.fetchmany(most)
    except sqlite3.OperationalError as error:
        raise _told(error) from None


def _told(error: sqlite3.OperationalError) -> Exception:
    # The only function of ours that can fail is the one that tries a pattern.
    if "user-defined function" in str(error):
        return FilterError(
            "The pattern takes too long on some of the rows.",
            hint="Make it simpler: repeats inside repeats, as in (a+)+, are what takes so long.",
            at=0,
        )
    return error


def add_functions(connection: Connection) -> None:
    """Make `matches(pattern, text)` known to SQL."""

    def matches(source: str, text: str | None) -> bool:
        if text is None:
            return False
        return compiled_source(source).search(text, timeout=MATCH_SECONDS) is not None

    connection.create_function("matches", 2, matches, deterministic=True)
