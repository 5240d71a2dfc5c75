from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings, strategies as st

from entitree.inventory import reads, writes
from entitree.inventory.find import Column, Field, FilterError, Query, Sort, Term, parse
from entitree.inventory.model import AssociationRow, Family, FamilyState, Item, Kind, StrategyRow
from entitree.inventory.schema import MIGRATIONS
from entitree.text import mended

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        ("  Acme ", [Term(Field.ANYWHERE, "acme")]),
        ("acme !test", [Term(Field.ANYWHERE, "acme"), Term(Field.ANYWHERE, "test", negated=True)]),
        ("id:Shop-1 app:prod", [Term(Field.ID, "shop-1"), Term(Field.APPLICATION, "prod")]),
        ("ALIAS:x !entity:y", [Term(Field.ALIAS, "x"), Term(Field.ENTITY, "y", negated=True)]),
        ('"two words"', [Term(Field.ANYWHERE, "two words")]),
        ('alias:"two words" z', [Term(Field.ALIAS, "two words"), Term(Field.ANYWHERE, "z")]),
        ('!"a b"', [Term(Field.ANYWHERE, "a b", negated=True)]),
        ('"urn:x"', [Term(Field.ANYWHERE, "urn:x")]),
        ("id:a:b", [Term(Field.ID, "a:b")]),
        ('ab"cd', [Term(Field.ANYWHERE, 'ab"cd')]),
        ("Straße", [Term(Field.ANYWHERE, "strasse")]),
        ('! id: "" alias:"', []),
        ('"open quote', [Term(Field.ANYWHERE, "open quote")]),
    ],
)
def test_a_text_means_these_terms(text: str, terms: list[Term]) -> None:
    assert parse(text) == Query(tuple(terms))


@pytest.mark.parametrize(
    ("text", "at"),
    [("acme foo:x", 5), ("!foo:x", 1), ("channel:SMS", 0), (":x", 0), ("a /x/", 2), ("id:/x/", 3)],
)
def test_an_error_points_at_the_character(text: str, at: int) -> None:
    with pytest.raises(FilterError) as error:
        parse(text)
    assert error.value.at == at
    assert "Known are id:" in error.value.hint


@given(st.text())
def test_any_text_is_a_query_or_an_error_inside_it(text: str) -> None:
    at = -1
    terms: tuple[Term, ...] = ()
    try:
        terms = parse(text).terms
    except FilterError as error:
        at = error.at
    assert at < len(text)
    assert all(term.text and term.text == term.text.casefold() for term in terms)


def test_words_may_be_written_in_any_order_between_any_blanks() -> None:
    assert set(parse("a\tb").terms) == set(parse("b\n a ").terms)


# What a list answers, against the same question asked of plain lists.

_IDS = [
    "default",
    "prod",
    "Prod-EU",
    "shop-1",
    "shop-2",
    "ÉTÉ",
    "été",
    "a\x00b",
    "東京",
    "ß",
    "SS",
    "x y",
    "%_",
]
_ids = st.sampled_from(_IDS)
_aliases = st.none() | st.sampled_from(["", "Acme", "ACME two", "prod", "straße", "\x00", "é"])
_items = st.dictionaries(_ids, _aliases, max_size=8)
_other = st.none() | _ids
_associations = st.sets(
    st.builds(AssociationRow, st.just("NUMBER"), st.sampled_from(["SMS", "MMS"]), _ids, _other, st.just("r")),
    max_size=8,
)
_strategies = st.lists(st.tuples(_other, _other), max_size=5)
_words = st.sampled_from(["", "p", "PROD", "shop", "1", "é", "ss", "a", "\x00", "acme t", "%", "x", "\ud800"])
_queries = st.lists(
    st.builds(Term, st.sampled_from(Field), _words.map(str.casefold), st.booleans()), max_size=3
).map(lambda terms: Query(tuple(terms)))
_sorts = st.builds(Sort, st.sampled_from(Column), st.booleans())


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(Kind), _items, _associations, _strategies, _queries, _sorts)
def test_find_answers_as_a_naive_filter_does(
    kind: Kind,
    aliases: dict[str, str | None],
    associations: set[AssociationRow],
    ties: list[tuple[str | None, str | None]],
    query: Query,
    sort: Sort,
) -> None:
    strategies = [StrategyRow(f"s{n}", *tie, None, None, "{}") for n, tie in enumerate(ties)]
    items = [Item(kind, item_id, alias) for item_id, alias in aliases.items()]
    with _mirror(items, [*associations], strategies) as db:
        listing = reads.find(db, kind, query, sort)
        found = [row.item for row in reads.rows(db, kind, listing.keys)]
    naive = _Naive(kind, [(a.application_id, a.entity_id) for a in associations], ties)
    expected = [item for item in items if all(naive.holds(term, item) for term in query.terms)]
    assert found == naive.ordered(expected, sort)
    assert (listing.count, listing.total, listing.kind) == (len(expected), len(items), kind)


class _Naive:
    def __init__(
        self,
        kind: Kind,
        associations: Sequence[tuple[str | None, str | None]],
        strategies: Sequence[tuple[str | None, str | None]],
    ) -> None:
        turn = 1 if kind is Kind.APPLICATION else -1
        self._kind = kind
        self._associations = [pair[::turn] for pair in associations]
        self._strategies = [pair[::turn] for pair in strategies]

    def others(self, item: Item) -> set[str]:
        return {
            other
            for own, other in (*self._associations, *self._strategies)
            if own == item.id and other is not None
        }

    def holds(self, term: Term, item: Item) -> bool:
        texts = [item.id]
        if term.field is Field.ANYWHERE:
            texts.append(item.alias or "")
        elif term.field is Field.ALIAS:
            texts = [item.alias or ""]
        elif term.field not in (
            Field.ID,
            Field.APPLICATION if self._kind is Kind.APPLICATION else Field.ENTITY,
        ):
            texts = list(self.others(item))
        return any(mended(term.text) in text.casefold() for text in texts) is not term.negated

    def ordered(self, items: list[Item], sort: Sort) -> list[Item]:
        items = sorted(items, key=lambda item: (item.id.casefold(), item.id))
        last: list[Item] = []
        if sort.column is Column.ID:
            items = items[::-1] if sort.reverse else items
        elif sort.column is Column.ALIAS:
            last = [item for item in items if item.alias is None]
            items = [item for item in items if item.alias is not None]
            items.sort(key=lambda item: (item.alias or "").casefold(), reverse=sort.reverse)
        else:
            items.sort(key=lambda item: self.count(item, sort.column), reverse=sort.reverse)
        items += last
        if self._kind is Kind.APPLICATION:
            items.sort(key=lambda item: item.id != "default")
        return items

    def count(self, item: Item, column: Column) -> int:
        if column is Column.APPLICATIONS:
            return len(self.others(item))
        ties = self._associations if column is Column.ASSOCIATIONS else self._strategies
        return sum(own == item.id for own, _ in ties)


@contextmanager
def _mirror(*families: Sequence[writes.Stored]) -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(":memory:", isolation_level=None)
    for script in MIGRATIONS:
        db.executescript(script)
    for rows in families:
        for row in rows:
            writes.put(db, writes.family_of(row), [row])
    for family in Family:
        writes.put_family(db, FamilyState(family, whole=True, read_at=datetime(2026, 1, 1, tzinfo=UTC)))
    try:
        yield db
    finally:
        db.close()
