"""Searching the mirror: what matches, in order, the first screenful at once and the rest as it comes."""

from __future__ import annotations

import sqlite3
from array import array
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from entitree.api.names import DEFAULT_APPLICATION
from entitree.inventory import conditions, key_conditions, reads, resource_conditions
from entitree.inventory.find import Column, FilterError
from entitree.inventory.find.patterns import MATCH_SECONDS, compiled_source
from entitree.inventory.held import PIECE, Held
from entitree.inventory.model import Family, Kind
from entitree.inventory.rows import numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from sqlite3 import Connection

    from entitree.inventory.conditions import Conditions, Tied
    from entitree.inventory.find import Query, Sort

FIRST = 200
"""Rows of the first answer: more than any screen shows."""
HEAD = 100
"""Lines that come with it: most screens show fewer."""
_DENSE = 700
"""See `_near`."""
_HAY = "hay{turned}, fold_end{turned}, row{turned}"
_SECOND_NAME = "substr(hay, fold_end + 2)"


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of the answer. The first one tells how many rows there are in all, and has the first lines."""

    keys: array[int]
    total: int = 0
    unread: frozenset[Family] = frozenset()
    last: bool = False
    head: Sequence[Any] = ()


def items(
    connection: Connection, kind: Kind, query: Query, sort: Sort, held: Held | None = None
) -> Iterator[Found]:
    """Applications or entities that match; the default application first. What is `held` makes it quicker.

    Raises FilterError for a pattern that takes too long.
    """
    held = held or Held()
    held.renew(connection)
    known = reads.known_families(connection)
    wanted = conditions.of_items(kind, query, known)
    there = "there = 0" if wanted.missing else "there = 1"
    total = held.total(connection, f"{kind.value} WHERE {there}")
    where, values = f"{there} AND {wanted.where}", list(wanted.values)
    before: list[int] = []
    if kind is Kind.APPLICATION:
        found = reads.row_of(connection, kind, DEFAULT_APPLICATION)
        if found is not None:
            default = f"SELECT row FROM application WHERE {where} AND row = ?"
            before = [row for (row,) in _fetch(_run(connection, default, [*values, found]), 1)]
            where, values = f"{where} AND row <> ?", [*values, found]
    table, plain = kind.value, conditions.plain_words(query)
    if sort.column is Column.ALIAS and not wanted.missing and (plain or not query.terms):
        # SQLite would rather sort.
        table += f" INDEXED BY {kind.value}_alias"
    matching, order = f"FROM {table} WHERE {where}", _item_order(sort, known)
    if kind is not Kind.ENTITY or wanted.missing:
        yield from _search(connection, matching, values, order, before, total, wanted)
        return
    counted, needs = conditions.COUNTED.get(sort.column, ("", frozenset()))
    if counted and needs <= known and not query.terms:
        apart = _apart(held.by_count(connection, counted, most_first=sort.reverse))
        yield from _pieces(next(apart), apart, total, wanted)
        return
    beginning, whole = None, None
    if sort.column is Column.ID and not query.terms:
        whole = held.turned(connection) if sort.reverse else held.pieces(connection)
    elif sort.column is Column.ID and not sort.reverse:
        if plain is not None:
            beginning = held.beginning(*plain, FIRST)
        elif held.whole and wanted.tied and len(query.terms) == 1:
            whole = _tied(connection, held, wanted.tied[0])
    yield from _search(
        connection,
        matching,
        values,
        order,
        before,
        total,
        wanted,
        beginning=beginning,
        near=_near(connection, matching, wanted.tied, total),
        whole=whole,
    )


def resources(connection: Connection, query: Query, sort: Sort) -> Iterator[Found]:
    """Resources that match. Sorted by alias means by type, by applications by whether they are owned."""
    known = reads.known_families(connection)
    wanted = resource_conditions.of_resources(query, known)
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


def keys(connection: Connection, query: Query, sort: Sort) -> Iterator[Found]:
    """API keys that match. Sorted by alias means by how long they are valid, by applications by whether they
    are enabled, by associations by how many links they have.
    """
    wanted = key_conditions.of_keys(query, reads.known_families(connection))
    (total,) = connection.execute("SELECT count(*) FROM api_key").fetchone()
    turned = " DESC" if sort.reverse else ""
    straight = f"{key_conditions.HAY}, k.row"
    order = {
        Column.ID: f"{key_conditions.HAY}{turned}, k.row",
        Column.ALIAS: f"k.valid_to IS NULL, k.valid_to{turned}, {straight}",
        Column.APPLICATIONS: f"k.enabled{turned}, {straight}",
    }.get(sort.column, f"{key_conditions.LINKS}{turned}, {straight}")
    yield from _search(
        connection, f"FROM api_key AS k WHERE {wanted.where}", wanted.values, order, [], total, wanted
    )


def with_head(
    pieces: Iterator[Found], lines: Callable[[Sequence[int]], Mapping[int, object]]
) -> Iterator[Found]:
    """The same answer, the first piece with the first of its lines, which `lines` reads."""
    first = next(pieces)
    found = lines(first.keys[:HEAD])
    yield replace(first, head=[found.get(key) for key in first.keys[:HEAD]])
    yield from pieces


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
    *,
    beginning: array[int] | None = None,
    near: str = "",
    whole: Iterator[array[int]] | None = None,
) -> Iterator[Found]:
    """The answer of `matching`. Of what is known already: its `beginning`, and the `whole` of it. `near` is a
    better way to find only its beginning.
    """
    if beginning is None:
        # Where the order is that of an index this ends with the first screenful; else the best few are found
        # sooner by themselves than all are sorted.
        statement = f"SELECT row {near or matching} ORDER BY {order} LIMIT {FIRST}"
        beginning = array("q", [row for (row,) in _fetch(_run(connection, statement, values), FIRST)])
    if whole is None:
        rest = _rest(connection, f"SELECT row {matching} ORDER BY {order} LIMIT -1 OFFSET {FIRST}", values)
    else:
        rest = islice(_apart(whole), 1, None)
    if len(beginning) < FIRST:
        rest = iter(())
    yield from _pieces(beginning, rest, total, wanted, before)


def _pieces(
    beginning: array[int],
    rest: Iterator[array[int]],
    total: int,
    wanted: Conditions,
    before: Iterable[int] = (),
) -> Iterator[Found]:
    more = len(beginning) == FIRST
    yield Found(array("q", before) + beginning, total, frozenset(wanted.unread), last=not more)
    if more:
        piece = next(rest, array("q"))
        for following in rest:
            yield Found(piece)
            piece = following
        yield Found(piece, last=True)


def _apart(pieces: Iterator[array[int]]) -> Iterator[array[int]]:
    """The same numbers: first `FIRST` of them, where there are so many, then the rest as it comes."""
    beginning = array("q")
    for piece in pieces:
        beginning.extend(piece)
        if len(beginning) >= FIRST:
            break
    yield beginning[:FIRST]
    if len(beginning) > FIRST:
        yield beginning[FIRST:]
    yield from filter(None, pieces)


def _tied(connection: Connection, held: Held, tied: Tied) -> Iterator[array[int]]:
    ((text,),) = _fetch(_run(connection, f"SELECT group_concat(row) FROM ({tied.rows})", tied.values), 1)
    yield from held.in_order(connection, numbers(text or ""))


def _near(connection: Connection, matching: str, ties: list[Tied], total: int) -> str:
    """The same rows as `matching`, found one by one where so many are tied that the first come soon."""
    for tied in ties:
        (count,) = connection.execute(tied.ties, tied.values).fetchone()
        # The set takes a third of a microsecond for each tied row; a row by itself takes more than one, and
        # `total / count` of them are looked at for each that is found.
        if count * count > _DENSE * total:
            matching = matching.replace(tied.sql, tied.each)
    return matching


def _rest(connection: Connection, statement: str, values: list[Any]) -> Iterator[array[int]]:
    """All row numbers, asked for at once: row by row, each would wait for its turn beside a busy event loop.
    They come in pieces, so that whoever looks through one does not take long.
    """
    ((text,),) = _fetch(_run(connection, f"SELECT group_concat(row) FROM ({statement})", values), 1)
    rows = numbers(text or "")
    for start in range(0, len(rows), PIECE):
        yield rows[start : start + PIECE]


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
