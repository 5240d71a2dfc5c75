"""What a list answers, against the same question asked of plain lists."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given, settings, strategies as st
from tests.inventory.naive import Account, found
from tests.inventory.queries import SORTS, queries

from entitree.inventory import fold, reads, searches, writes
from entitree.inventory.find import Column, Sort, parse
from entitree.inventory.model import (
    AssociationRow,
    CriterionRow,
    Family,
    InboundRow,
    Item,
    KeyRow,
    Kind,
    LinkRow,
    NumberRow,
    StrategyRow,
    SubscriptionRow,
)
from entitree.inventory.records import family_of, identity
from entitree.inventory.schema import MIGRATIONS
from entitree.inventory.triggers import TALLIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from entitree.inventory.find import Query
    from entitree.inventory.records import Stored

_IDS = ["default", "prod", "Prod-EU", "shop-1", "ÉTÉ", "été", "a\x00b", "a\x1fb", "東京", "ß", "SS", "%_"]
_ids = st.sampled_from(_IDS)
_half = st.none() | _ids
_aliases = st.none() | st.sampled_from(["", "Acme", "ACME two", "prod", "straße", "\x00", "é", "\x1f"])
_items = st.dictionaries(_ids, _aliases, max_size=6)
_channels = st.sampled_from(["SMS", "MMS"])
_keys = st.sampled_from(["k1", "k2", "k3"])


def _few(rows: st.SearchStrategy[Stored]) -> st.SearchStrategy[tuple[Stored, ...]]:
    """Up to four, no two with one identity."""
    return st.lists(rows, max_size=4, unique_by=identity).map(tuple)


_accounts = st.builds(
    Account,
    applications=_items,
    entities=_items,
    associations=_few(
        st.builds(AssociationRow, st.sampled_from(["NUMBER", "ALPHA"]), _channels, _ids, _half, _keys | _ids)
    ),
    strategies=_few(
        st.builds(StrategyRow, _keys, _half, _half, st.none() | _channels, st.none(), st.just("{}"))
    ),
    subscriptions=_few(
        st.builds(
            SubscriptionRow,
            _channels,
            _keys,
            st.none(),
            st.lists(st.builds(CriterionRow, _half, _half), max_size=3).map(tuple),
            st.none(),
            st.just("{}"),
        )
    ),
    numbers=_few(
        st.builds(
            NumberRow,
            _keys,
            st.sampled_from(["111", "shop"]),
            st.none(),
            st.none(),
            st.just(()),
            _half,
            _half,
        )
    ),
    keys=_few(
        st.builds(
            KeyRow,
            _keys,
            st.just("key"),
            st.booleans(),
            st.none(),
            st.lists(st.builds(LinkRow, _ids, _half), max_size=3).map(tuple),
        )
    ),
    inbound=_few(st.builds(InboundRow, _keys, _channels, _keys, st.none(), _half, _half)),
)


@settings(max_examples=150, deadline=None)
@given(_accounts, _accounts, st.sampled_from(Kind), queries(), SORTS)
def test_find_answers_as_a_naive_filter_does(
    before: Account, now: Account, kind: Kind, query: Query, sort: Sort
) -> None:
    with closing(_mirror()) as db:
        _become(db, Account(), before)
        _become(db, before, now)
        answer, expected = _found(db, kind, query, sort), found(now, kind, query, sort)
        assert sorted(answer) == sorted(expected)
        # Ids that are one but for their case stand together, whichever was read first.
        assert [_place(now, kind, each) for each in answer] == [_place(now, kind, each) for each in expected]
        for each in Kind:
            _counted_anew(db, each)


@settings(max_examples=100, deadline=None)
@given(_accounts, st.sampled_from(Kind))
def test_what_names_what_is_not_there_is_found(account: Account, kind: Kind) -> None:
    with closing(_mirror()) as db:
        _become(db, Account(), account)
        orphans = _found(db, kind, parse("orphan"), Sort())
        assert set(orphans).isdisjoint(account.items(kind))
        assert len(orphans) == reads.missing(db)[kind]
        everyone = set(_found(db, kind, parse(""), Sort()))
        assert everyone == set(account.items(kind))


@given(st.lists(st.sampled_from(_IDS), unique=True, max_size=len(_IDS)), SORTS)
def test_a_listing_comes_in_pieces_that_make_it(ids: list[str], sort: Sort) -> None:
    first = searches.FIRST
    try:
        searches.FIRST = 3
        with closing(_mirror()) as db:
            for item_id in ids:
                writes.put(db, Family.ENTITIES, [Item(Kind.ENTITY, item_id)])
            pieces = list(searches.items(db, Kind.ENTITY, parse(""), sort))
            searches.FIRST = first
            (whole,) = searches.items(db, Kind.ENTITY, parse(""), sort)
    finally:
        searches.FIRST = first
    assert [piece.last for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    assert pieces[0].total == len(ids)
    keys = [key for piece in pieces for key in piece.keys]
    assert keys == list(whole.keys)
    assert len(keys) == len(set(keys)) == len(ids)
    assert len(pieces[0].keys) == min(3, len(ids))


def test_what_nobody_read_is_unknown_and_its_negation_too() -> None:
    with closing(_mirror(read=frozenset({Family.ENTITIES}))) as db:
        writes.put(db, Family.ENTITIES, [Item(Kind.ENTITY, "a")])
        for text in ("has:key", "!has:key", "assoc:0", "!assoc:0", "unused"):
            (piece,) = searches.items(db, Kind.ENTITY, parse(text), Sort())
            assert (list(piece.keys), bool(piece.unread)) == ([], True)


def test_a_filter_reads_an_index_alone_in_the_order_of_the_list() -> None:
    """So that the first screenful costs no more than the rows it passes over."""
    with closing(_mirror()) as db:
        for text in ("", "acme", "!acme two", "id:acme"):
            plan = _plans(db, text, Sort())
            assert plan == ["SEARCH entity USING COVERING INDEX entity_list (there=?)"]
            assert _plans(db, text, Sort(Column.ID, reverse=True)) == plan


def _plans(db: sqlite3.Connection, text: str, sort: Sort) -> list[str]:
    asked: list[str] = []
    db.set_trace_callback(asked.append)
    list(searches.items(db, Kind.ENTITY, parse(text), sort))
    db.set_trace_callback(None)
    (search,) = (statement for statement in asked if "ORDER BY" in statement)
    return [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {search}")]


def _place(account: Account, kind: Kind, item_id: str) -> str:
    return fold.hay(item_id, account.items(kind).get(item_id))


def _mirror(*, read: frozenset[Family] = frozenset(Family)) -> sqlite3.Connection:
    db = sqlite3.connect(":memory:", isolation_level=None)
    fold.add_functions(db)
    searches.add_functions(db)
    db.execute("PRAGMA foreign_keys = ON")
    for script in MIGRATIONS:
        db.executescript(script)
    for family in read:
        db.execute("INSERT INTO family (name, whole, read_at) VALUES (?, 1, '2026-07-01')", (family.value,))
    return db


def _rows(account: Account) -> Iterator[Stored]:
    for kind in Kind:
        for item_id, alias in account.items(kind).items():
            yield Item(kind, item_id, alias)
    yield from account.associations
    yield from account.strategies
    yield from account.subscriptions
    yield from account.numbers
    yield from account.keys
    yield from account.inbound


def _become(db: sqlite3.Connection, before: Account, now: Account) -> None:
    """Removes what is there no more, changes and adds the rest."""
    there = {(family_of(row), identity(row)): row for row in _rows(now)}
    for row in _rows(before):
        if (family_of(row), identity(row)) not in there:
            writes.remove(db, row)
    for row in there.values():
        # A strategy says in its raw text that it is another one.
        kept = replace(row, raw=str(row)) if isinstance(row, StrategyRow | SubscriptionRow) else row
        writes.put(db, family_of(row), [kept])


def _found(db: sqlite3.Connection, kind: Kind, query: Query, sort: Sort) -> list[str]:
    keys = [key for piece in searches.items(db, kind, query, sort) for key in piece.keys]
    rows = reads.rows(db, kind, keys)
    return [rows[key].item.id for key in keys]


def _counted_anew(db: sqlite3.Connection, kind: Kind) -> None:
    """What the triggers count is what is there to be counted, and nothing is kept that nobody names."""
    own, other = f"{kind.value}_id", f"{kind.other.value}_id"
    tables = ("association", "strategy", "number", "inbound")
    counts = [f"(SELECT count(*) FROM {table} WHERE {own} = item.id)" for table in tables]
    counts.insert(2, f"(SELECT count(DISTINCT subscription) FROM criterion WHERE {own} = item.id)")
    counts.append(f"(SELECT count(DISTINCT api_key) FROM key_link WHERE {own} = item.id)")
    ties = " UNION ALL ".join(
        f"SELECT {own}, {other} FROM {table}" for table in (*tables, "criterion", "key_link")
    )
    counts.append(f"(SELECT count(DISTINCT {other}) FROM ({ties}) WHERE {own} = item.id)")
    tallies = ", ".join((*TALLIES, "others"))
    assert (
        db.execute(f"SELECT id, {tallies} FROM {kind.value} ORDER BY id").fetchall()
        == db.execute(f"SELECT id, {', '.join(counts)} FROM {kind.value} AS item ORDER BY id").fetchall()
    )
    assert not db.execute(
        f"SELECT id FROM {kind.value} WHERE there = 0 AND {' + '.join(TALLIES)} = 0"
    ).fetchall()
    assert db.execute("SELECT count(*) FROM pair WHERE ties < 1").fetchone() == (0,)
