"""What is held in memory answers as the mirror does, and is let go of when that changes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING
from unittest.mock import patch

from hypothesis import given, settings, strategies as st
from tests.inventory.queries import SORTS

from entitree.inventory import fold, held, searches, writes
from entitree.inventory.find import Column, Query, Sort, Term, parse
from entitree.inventory.find.query import Field
from entitree.inventory.held import Held
from entitree.inventory.model import AssociationRow, Family, Item, Kind
from entitree.inventory.schema import MIGRATIONS

if TYPE_CHECKING:
    import pytest

    from entitree.inventory.store import Store

_IDS = ["a", "A", "ab", "b", "aab", "é", "東京", "a\x00b", "a\x1fb", "*", "[a]", "?"]
_entities = st.dictionaries(st.sampled_from(_IDS), st.none() | st.sampled_from(["", "ab", "Two Words", "é"]))
_words = st.sampled_from(["a", "b", "ab", "é", "京", "*", "[", "]", "?", "\x00", "\x1f", "two", "o w"])
_plain = st.builds(Term, st.just(Field.ANYWHERE), _words, st.booleans())
_tied = st.builds(Term, st.just(Field.APPLICATION), st.sampled_from(["p", "q", "x"]))
_queries = st.lists(_plain | _tied, max_size=3).map(lambda terms: Query(tuple(terms)))


@settings(max_examples=200, deadline=None)
@given(_entities, st.sets(st.tuples(st.sampled_from("pq"), st.sampled_from(_IDS))), _queries, SORTS)
def test_the_answer_is_the_same_whether_anything_is_held(
    entities: dict[str, str | None], ties: set[tuple[str, str]], query: Query, sort: Sort
) -> None:
    with closing(_mirror()) as db, patch.object(held, "PIECE", 3), patch.object(searches, "FIRST", 2):
        writes.put(db, Family.APPLICATIONS, [Item(Kind.APPLICATION, each) for each in "pq"])
        writes.put(db, Family.ENTITIES, [Item(Kind.ENTITY, *each) for each in entities.items()])
        rows = [AssociationRow("NUMBER", "SMS", *tie, "1") for tie in sorted(ties)]
        writes.put(db, Family.ASSOCIATIONS, rows)
        expected = [
            row for (row,) in db.execute("SELECT row FROM entity WHERE there ORDER BY hay, fold_end, row")
        ]
        warm = Held()
        warm.renew(db)
        assert [row for piece in warm.pieces(db) for row in piece] == expected
        assert warm.whole
        answer = _found(db, query, sort, warm)
        assert answer == _found(db, query, sort, Held())
        if sort == Sort():
            # All in one statement, which holds and begins nothing.
            with patch.object(searches, "FIRST", 100):
                assert answer == _found(db, query, sort, Held())


def test_a_word_that_is_sought_in_vain_too_often_is_left_to_sql() -> None:
    with closing(_mirror()) as db, patch.object(held, "_PATIENCE", 2):
        writes.put(db, Family.ENTITIES, [Item(Kind.ENTITY, f"common-{at}") for at in range(9)])
        warm = Held()
        warm.renew(db)
        list(warm.pieces(db))
        assert warm.beginning(["common", "8"], [], 5) is None
        assert len(_found(db, parse("common 8"), Sort(), warm)) == 1


async def test_a_change_of_the_mirror_is_found_though_all_was_held(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searches, "FIRST", 1)
    await store.put(Item(Kind.ENTITY, "one"), Item(Kind.ENTITY, "two"))
    for sort in (Sort(), Sort(Column.ID, reverse=True)):
        assert (await store.find(Kind.ENTITY, "", sort)).count == 2
    await store.put(Item(Kind.ENTITY, "three"))
    found = await store.find(Kind.ENTITY, "thr")
    assert (found.count, found.total) == (1, 3)
    await store.find(Kind.ENTITY)
    await store.forget(Item(Kind.ENTITY, "three"))
    found = await store.find(Kind.ENTITY, "thr")
    assert (found.count, found.total) == (0, 2)


def _mirror() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:", isolation_level=None)
    fold.add_functions(db)
    searches.add_functions(db)
    for script in MIGRATIONS:
        db.executescript(script)
    for family in Family:
        db.execute("INSERT INTO family (name, whole, read_at) VALUES (?, 1, '2026-07-01')", (family.value,))
    return db


def _found(db: sqlite3.Connection, query: Query, sort: Sort, kept: Held) -> list[int]:
    return [key for piece in searches.items(db, Kind.ENTITY, query, sort, kept) for key in piece.keys]
