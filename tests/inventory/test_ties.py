from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path as FilePath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings, strategies as st
from tests.inventory.naive import Account
from tests.inventory.naive_ties import Line, tree

from entitree.inventory.links import NodeKind
from entitree.inventory.model import (
    AssociationRow,
    CriterionRow,
    DomainRow,
    Family,
    FamilyState,
    InboundRow,
    Item,
    KeyRow,
    Kind,
    LinkRow,
    NumberRow,
    StrategyRow,
    SubscriptionRow,
)
from entitree.inventory.store import Store
from entitree.inventory.ties import (
    FEW,
    LEVEL,
    ItemTies,
    ResourceTies,
    Subject,
    Wish,
    level,
    look,
    unfold,
    words_of,
)

if TYPE_CHECKING:
    from sqlite3 import Connection

    from entitree.inventory.links import Path
    from entitree.inventory.records import Stored

ALL_READ = datetime(2026, 1, 1, tzinfo=UTC)
IDS = ["default", "prod", "Prod", "straße", "a\0b", "acme"]
_id = st.sampled_from(IDS)
_half = st.none() | _id
_channel = st.sampled_from(["SMS", "MMS"])
_resource = st.sampled_from(["k1", "k2", "K1", "r", "14155"])
_links = st.lists(st.builds(LinkRow, _id, _half, st.sampled_from(["FILL", "FORCE", None])), max_size=4)
_criteria = st.lists(st.builds(CriterionRow, _half, _half), max_size=4).map(tuple)


ACCOUNTS = st.builds(
    Account,
    applications=st.dictionaries(_id, st.sampled_from([None, "Shop", "acme", "ÄÖ"])),
    entities=st.dictionaries(_id, st.sampled_from([None, "Shop", "acme", "ÄÖ"])),
    associations=st.lists(
        st.builds(
            AssociationRow, st.sampled_from(["NUMBER", "ALPHA"]), _channel, _id, _half, _resource
        ),
        unique=True,
        max_size=25,
    ).map(tuple),
    strategies=st.lists(
        st.builds(
            StrategyRow,
            st.sampled_from("abcdE"),
            _half,
            _half,
            st.none() | _channel,
            st.none(),
            st.just("{}"),
        ),
        unique_by=lambda row: row.id,
    ).map(tuple),
    subscriptions=st.lists(
        st.builds(
            SubscriptionRow,
            _channel,
            st.sampled_from("xyZ"),
            st.sampled_from([None, "Shop", "x"]),
            _criteria,
            st.none(),
            st.just("{}"),
        ),
        unique_by=lambda row: (row.channel, row.id),
    ).map(tuple),
    numbers=st.lists(
        st.builds(
            NumberRow,
            st.sampled_from(["k1", "k2", "14155"]),
            st.sampled_from(["14155", "14156"]),
            st.sampled_from([None, "US"]),
            st.none(),
            st.just(()),
            _half,
            _half,
        ),
        unique_by=lambda row: row.key,
    ).map(tuple),
    keys=st.lists(
        st.builds(
            KeyRow, st.sampled_from("KLM"), st.sampled_from(["key", "Key", "acme"]), st.booleans(), st.none(),
            _links.map(tuple),
        ),
        unique_by=lambda row: row.id,
    ).map(tuple),
    inbound=st.lists(
        st.builds(
            InboundRow,
            st.sampled_from("ijklm"),
            _channel,
            _resource,
            st.sampled_from([None, "STOP", "ß"]),
            _half,
            _half,
        ),
        unique_by=lambda row: row.key,
    ).map(tuple),
)  # fmt: skip
SUBJECTS: st.SearchStrategy[Subject] = st.one_of(
    st.builds(ItemTies, st.sampled_from(Kind), st.lists(_id, min_size=1, unique=True).map(tuple)),
    st.builds(ItemTies, st.sampled_from(Kind), _id.map(lambda each: (each,))),
    st.builds(ResourceTies, st.sampled_from(["NUMBER", "ALPHA"]), _resource),
)
WORDS = st.sampled_from(
    [
        *["", "prod", "PROD sms", "strasse", "shop", "strategies", "keys k", "any", "whole sms", "1415"],
        *["k1 mms", "own link", "acme inbound", "ß", "e", "nothing like it", "default number", "äö m"],
    ]
)


def rows_of(account: Account) -> list[Stored]:
    return [
        *[Item(kind, id, alias) for kind in Kind for id, alias in account.items(kind).items()],
        *account.associations,
        *account.strategies,
        *account.subscriptions,
        *account.numbers,
        *account.keys,
        *account.inbound,
    ]


async def fill(store: Store, account: Account) -> None:
    await store.put(*rows_of(account))
    for family in Family:
        await store.put_family(FamilyState(family, whole=True, read_at=ALL_READ))


def grown(
    connection: Connection, subject: Subject, words: tuple[str, ...], limit: int, path: Path = ()
) -> tuple[Line, ...]:
    """Everything below `path`, level by level, `limit` nodes at a time."""
    lines: list[Line] = []
    steps = set()
    while True:
        found = level(connection, subject, path, words, offset=len(lines), limit=limit)
        assert len(found.nodes) == min(limit, found.total - len(lines))
        for node in found.nodes:
            steps.add(node.step)
            below = grown(connection, subject, words, limit, (*path, node.step)) if node.count else ()
            assert bool(below) is bool(node.count)
            lines.append(Line(node.kind, node.label, node.detail, node.count, below, node.reference))
        if len(lines) == found.total:
            assert len(steps) == len(lines)
            return tuple(lines)


@settings(max_examples=80, deadline=None)
@given(ACCOUNTS, st.lists(st.tuples(SUBJECTS, WORDS), min_size=1, max_size=6), st.sampled_from([1, 3, 200]))
def test_all_levels_unfolded_are_the_whole_tree(
    account: Account, questions: list[tuple[Subject, str]], limit: int
) -> None:
    async def ask() -> None:
        with TemporaryDirectory() as folder:
            async with Store(FilePath(folder) / "mirror.db") as store:
                await fill(store, account)
                for subject, typed in questions:
                    words = words_of(typed)
                    whole = await store.ask(lambda db: grown(db, subject, words, limit))  # noqa: B023
                    assert whole == tree(account, subject, words)

    asyncio.run(ask())


def number(at: int, entity: str | None) -> AssociationRow:
    return AssociationRow("NUMBER", "SMS", "prod", entity, f"key {at}")


@pytest.mark.parametrize(("tied", "there"), [(30, 30), (30, 17), (3, 30)])
@pytest.mark.parametrize("limit", [4, 200])
async def test_many_of_few_and_few_of_many_are_found_in_the_same_order(
    store: Store, tied: int, there: int, limit: int
) -> None:
    ids = [f"{'Shop' if at % 2 else 'acme'}-{at * 7 % 30}" for at in range(30)]
    account = Account(
        applications={"prod": None},
        # The rest is only named.
        entities=dict.fromkeys(ids[:there]),
        associations=(
            *[number(at, id) for at, id in enumerate(ids[:tied])],
            *[number(at, ids[0]) for at in range(30, 30 + tied)],
        ),
        # In another order than their keys, and some more than are tied.
        numbers=tuple(
            NumberRow(f"key {at}", f"1415{at * 37 % 100}", None, None, (), None, None) for at in range(70)
        ),
    )
    await fill(store, account)
    for subject in (ItemTies(Kind.APPLICATION, ("prod",)), ItemTies(Kind.ENTITY, (ids[0],))):
        for words in ((), ("1415",)):
            whole = await store.ask(lambda db: grown(db, subject, words, limit))  # noqa: B023
            assert whole == tree(account, subject, words)


async def test_thousands_of_ids_are_one_subject(store: Store) -> None:
    ids = tuple(f"e{at}" for at in range(1_500))
    account = Account(
        applications={"prod": None},
        entities=dict.fromkeys(ids),
        associations=tuple(number(at, id) for at, id in enumerate(ids) if at % 5 == 0),
        strategies=(
            StrategyRow("S1", None, "e0", None, None, "{}"),
            StrategyRow("S2", None, "other", None, None, "{}"),
        ),
    )
    await fill(store, account)
    some = ItemTies(Kind.ENTITY, ids[:1_200])
    for subject in (some, ItemTies(Kind.ENTITY, ids), some, ItemTies(Kind.ENTITY, ids[:2])):
        for words in ((), ("prod",), ("any",)):
            whole = await store.ask(lambda db: grown(db, subject, words, 200))  # noqa: B023
            assert whole == tree(account, subject, words)


async def test_nothing_is_said_not_to_exist_before_all_were_read(store: Store) -> None:
    rows = (
        AssociationRow("NUMBER", "SMS", "prod", "e", "1"),
        AssociationRow("DOMAIN", "EMAIL", "prod", "e", "d"),
    )

    async def told() -> list[tuple[str, str]]:
        seen = []
        for id, note in (("e", Kind.ENTITY), ("prod", Kind.APPLICATION)):
            shown = await store.ask(lambda db: look(db, ItemTies(note, (id,)), Wish()))  # noqa: B023
            seen.append((shown.title, shown.note))
            seen += [(node.label, node.detail) for node in shown.levels[()].nodes]
        found = await store.ask(
            lambda db: level(
                db,
                ItemTies(Kind.ENTITY, ("e",)),
                ((NodeKind.APPLICATION, "prod"), (NodeKind.CHANNEL, "SMS")),
            )
        )
        return seen + [(node.label, node.detail) for node in found.nodes]

    await store.put(*rows)
    assert await told() == [("e", ""), ("prod", ""), ("prod", ""), ("e", ""), ("1", "number")]
    for family in (Family.APPLICATIONS, Family.ENTITIES, Family.NUMBERS):
        await store.put_family(FamilyState(family, whole=True, read_at=ALL_READ))
    gone = "does not exist"
    assert await told() == [
        ("e", gone),
        ("prod", gone),
        ("prod", gone),
        ("e", gone),
        ("1", "number · not owned"),
    ]


async def test_what_does_not_exist_says_so_at_its_node(store: Store) -> None:
    await fill(store, Account(applications={"prod": None}, associations=(number(1, "gone"),)))
    (node,) = (await store.ask(lambda db: level(db, ItemTies(Kind.APPLICATION, ("prod",))))).nodes
    assert (node.label, node.detail, node.exists, node.target) == (
        "gone", "does not exist", False, (Kind.ENTITY, "gone")
    )  # fmt: skip


async def test_leaves_are_the_configurations_themselves(store: Store) -> None:
    key = KeyRow("K", "key", False, None, (LinkRow("prod", "e", "FORCE"), LinkRow("prod", None)))
    subscription = SubscriptionRow("SMS", "sub", "Name", (CriterionRow("prod", "e"),) * 2, None, "{}")
    rows: tuple[Stored, ...] = (
        AssociationRow("ALPHA", "SMS", "prod", "e", "Shop"),
        StrategyRow("S", "prod", "e", None, None, "{}"),
        subscription,
        InboundRow("I", "SMS", "1", None, "prod", "e", "HTTP_FORWARD", "https://x"),
        NumberRow("1", "14155", "US", "MOBILE_LONG_CODE", ("SMS",), "prod", "e"),
        key,
        DomainRow("not.named.example"),
    )
    await store.put(*rows)
    everything = await store.ask(lambda db: unfold(db, ItemTies(Kind.ENTITY, ("e",)), Wish(words=("prod",))))
    leaves = [node for found in everything.values() for node in found.nodes if not node.count]
    assert {node.reference for node in leaves} == set(rows[:-1])
    assert [(node.label, node.detail) for node in leaves] == [
        ("Shop", "alpha"),
        ("S", "all channels → all countries"),
        ("sub", "SMS · Name"),
        ("14155", "SMS · any keyword · http forward https://x"),
        ("14155", "US · mobile long code · 1"),
        ("key", "disabled · FORCE"),
    ]
    assert {found.total for path, found in everything.items() if path} == {1, 6}


async def test_a_short_top_is_open_from_the_start_and_a_long_one_is_not(store: Store) -> None:
    async def opened(count: int, turned: dict[Path, bool]) -> int:
        await store.put(*[number(at, f"e{at}") for at in range(count)])
        subject = ItemTies(Kind.APPLICATION, ("prod",))
        shown = await store.ask(lambda db: look(db, subject, Wish(turned=turned)))
        return len(shown.levels) - 1

    assert await opened(FEW, {}) == FEW
    first: Path = ((NodeKind.ENTITY, "e0"),)
    assert await opened(FEW, {first: False}) == FEW - 1
    assert await opened(FEW + 1, {}) == 0
    assert await opened(FEW + 1, {first: True}) == 1


async def test_with_words_branches_open_as_far_as_is_worth_reading(store: Store) -> None:
    await store.put(*[number(at, f"e{at % 1_000}") for at in range(3_000)])
    subject = ItemTies(Kind.APPLICATION, ("prod",))
    shown = await store.ask(lambda db: look(db, subject, Wish(words=words_of("sms"))))
    top = shown.levels[()]
    assert (len(top.nodes), top.total, top.matches) == (LEVEL, 1_000, 3_000)
    assert sum(len(found.nodes) for found in shown.levels.values()) < 3 * LEVEL
    # From the first on, and each down to its leaves.
    assert [path[0][1] for path in shown.levels if path][:4] == ["e0", "e0", "e1", "e1"]


async def test_the_first_level_is_answered_by_indexes(store: Store) -> None:
    await store.put(*[number(at, f"e{at}") for at in range(300)])

    def plans(db: Connection) -> list[str]:
        statements: list[str] = []
        db.set_trace_callback(statements.append)
        try:
            for subject in (ItemTies(Kind.APPLICATION, ("prod",)), ItemTies(Kind.ENTITY, ("e1",))):
                look(db, subject, Wish())
        finally:
            db.set_trace_callback(None)
        return [
            row[3]
            for statement in statements
            if statement.startswith("SELECT")
            for row in db.execute(f"EXPLAIN QUERY PLAN {statement}")
        ]

    steps = await store.ask(plans)
    # By the names that every statement gives the tables that may be long.
    long = ("t", "c", "p", "o", "r", "application", "entity", "association")
    assert not [step for step in steps if step in {f"SCAN {name}" for name in long}]
    assert any(step.startswith("SEARCH o USING INDEX entity_list") for step in steps)
