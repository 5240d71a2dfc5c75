"""The preview is what happens: for random accounts and selections, object for object."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings, strategies as st

from entitree.api.client import PlatformClient
from entitree.api.gate import LocalGate
from entitree.api.models import (
    ApiKey,
    Association,
    InboundConfiguration,
    Number as WireNumber,
    SendingStrategy,
    Subscription,
)
from entitree.api.transport import Credential, open_transport
from entitree.changes.desk import JobDesk
from entitree.changes.edits import Delete
from entitree.changes.impact import NEVER_CHECKED, Impact, impact
from entitree.changes.journal import Journal
from entitree.inventory import walk
from entitree.inventory.links import Links
from entitree.inventory.model import (
    AssociationRow,
    InboundRow,
    Item,
    KeyRow,
    Kind,
    NumberRow,
    StrategyRow,
    SubscriptionRow,
)
from entitree.inventory.store import Store
from entitree.inventory.sync import refresh
from entitree.inventory.wire import association, inbound_part, stored
from entitree.sandbox import open_sandbox
from entitree.sandbox.access.auth import caller
from entitree.sandbox.access.links import pairs_allowed
from entitree.sandbox.account.deletion import delete
from entitree.sandbox.account.dump import dump
from entitree.sandbox.account.kinds import APPLICATION, ENTITY
from entitree.sandbox.account.ledger import Ledger
from entitree.sandbox.account.state import State
from entitree.sandbox.rules import Rules
from entitree.sandbox.seeds import write
from entitree.sandbox.seeds.inbound import Inbound
from entitree.sandbox.seeds.keys import Key
from entitree.sandbox.seeds.world import Number, World
from entitree.sandbox.wire.replies import ProblemError

if TYPE_CHECKING:
    import sqlite3

Dump = dict[str, list[dict[str, Any]]]
Allowed = dict[str, frozenset[tuple[str | None, str | None]]]
"""By key what requests for logs may name with it."""

_APPLICATIONS = ["default", "prod", "Prod", "test"]
_ENTITIES = ["default", "cola", "burger", "a/b", "é"]
_RESOURCES = [
    ("NUMBER", "SMS", "n1"),
    ("NUMBER", "MMS", "n1"),
    ("NUMBER", "SMS", "n2"),
    ("DOMAIN", "EMAIL", "d"),
]
# Configurations may name what does not exist: the platform takes any text (platform.md 4).
_application = st.sampled_from([*_APPLICATIONS, "ghost"])
_entity = st.sampled_from([*_ENTITIES, "ghost"])


def _present(application: str | None, entity: str | None) -> dict[str, str]:
    named = {"applicationId": application, "entityId": entity}
    return {name: value for name, value in named.items() if value is not None}


_pair = st.builds(_present, st.none() | _application, st.none() | _entity)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    world = World(
        applications=[(each, None) for each in _APPLICATIONS[1:]],
        entities=[(each, draw(st.none() | st.just("Alias"))) for each in _ENTITIES],
        numbers=[
            Number(
                key,
                key,
                "US",
                capabilities=("SMS", "MMS"),
                link=(draw(st.sampled_from(_APPLICATIONS)), draw(_tied)),
            )
            for key in ("n1", "n2", "n3")
        ],
        domains=["d"],
        profiles=[{"profileId": "p", "webhook": {"notifyUrl": "https://hooks.example/x"}}],
    )
    world.associations = draw(
        st.lists(
            st.builds(
                lambda resource, application, entity: (*resource[:2], application, entity, resource[2]),
                st.sampled_from(_RESOURCES),
                st.sampled_from(_APPLICATIONS),
                _tied,
            ),
            unique=True,
            max_size=10,
        )
    )
    platforms = draw(st.lists(st.none() | _pair, max_size=5))
    world.strategies = [
        (f"S{number}", {} if platform is None else {"platform": platform})
        for number, platform in enumerate(platforms)
    ]
    criteria = draw(st.lists(st.lists(_pair, max_size=3), max_size=5))
    world.subscriptions = [
        (
            ("SMS", "ZALO")[number % 2],
            {
                "subscriptionId": f"s{number // 2}",
                "events": [],
                "criteria": each,
                "profile": {"profileId": "p"},
            },
        )
        for number, each in enumerate(criteria)
    ]
    world.inbound = [
        Inbound(key, channel, keyword, {} if platform is None else {"platform": platform})
        for key, channel, keyword, platform in draw(
            st.lists(
                st.tuples(
                    st.sampled_from(["n1", "n2", "n3"]),
                    st.sampled_from(["SMS", "MMS"]),
                    st.sampled_from([None, "STOP"]),
                    st.none() | _pair,
                ),
                unique_by=lambda one: one[:3],
                max_size=5,
            )
        )
    ]
    world.keys = [
        Key(f"key {number}", tuple(each))
        for number, each in enumerate(draw(st.lists(_links_of_a_key, max_size=4)))
    ]
    return world


_ASKED = [
    (application, entity) for application in (None, *_APPLICATIONS) for entity in (None, *_ENTITIES, "anyone")
]
_NOW = datetime(2026, 1, 2, tzinfo=UTC).timestamp()
_tied = st.none() | st.sampled_from(_ENTITIES)
_links_of_a_key = st.lists(
    st.tuples(st.sampled_from(_APPLICATIONS), _tied, st.sampled_from([None, None, "FILL", "FORCE"])),
    max_size=3,
    unique_by=lambda link: link[:2],
)
_selections = st.one_of(
    st.tuples(st.just(Kind.APPLICATION), st.sets(st.sampled_from(_APPLICATIONS[1:]), min_size=1)),
    st.tuples(st.just(Kind.ENTITY), st.sets(st.sampled_from(_ENTITIES), min_size=1)),
)


@settings(max_examples=200, deadline=None)
@given(worlds(), _selections)
def test_the_preview_is_what_the_deletion_does(world: World, selection: tuple[Kind, set[str]]) -> None:
    _preview_is_effect(world, selection)


@pytest.mark.long
@settings(max_examples=10_000, deadline=None)
@given(worlds(), _selections)
def test_the_preview_of_ten_thousand_accounts_is_what_the_deletion_does(
    world: World, selection: tuple[Kind, set[str]]
) -> None:
    _preview_is_effect(world, selection)


def _preview_is_effect(world: World, selection: tuple[Kind, set[str]]) -> None:
    kind, ids = selection
    (before, might), (after, may) = _deleted(world, kind, ids)
    preview = impact(_links(before), kind, ids, existing=_items(before, kind))
    assert _previewed(preview) == _difference(before, after)
    _stays_otherwise(before, after)
    _keys_stop_as_said(preview, might, may)


@settings(max_examples=8, deadline=None)
@given(worlds(), _selections)
async def test_the_preview_is_what_a_plan_removes_and_the_mirror_follows(
    world: World, selection: tuple[Kind, set[str]]
) -> None:
    kind, ids = selection
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        State(home / "sandbox.db", fill=lambda db: _fill(db, world)).close()
        sandbox = open_sandbox(home / "sandbox.db", limits=None, api_key="key")
        transport = open_transport("http://127.0.0.1", asgi_app=sandbox.app)
        async with (
            PlatformClient(transport, _KEY_AND_USER, LocalGate(None)) as client,
            Store(home / "mirror.db") as store,
            Journal(home / "journal.db") as journal,
        ):
            await refresh(client, store)
            await walk.walk(client, store)
            desk = JobDesk(journal, client, store)
            before = sandbox.dump()
            preview = await desk.impact(kind, ids)
            assert (preview.unwalked, preview.not_checked) == (None, NEVER_CHECKED)
            result = await desk.apply(
                await desk.plan([Delete(kind, each) for each in sorted(ids)], [preview])
            )
            assert result.ok, result.sentence
            assert _previewed(preview) == _difference(before, sandbox.dump())
            everyone = await _mirrored(store)
            await refresh(client, store)
            assert await _mirrored(store) == everyone
        sandbox.close()


_KEY_AND_USER = Credential(api_key="key", user="sandbox", password="password")


def _fill(db: sqlite3.Connection, world: World) -> None:
    db.execute("INSERT INTO account VALUES ('admin_key', 'admin')")
    db.execute("INSERT INTO users VALUES ('sandbox', 'password', NULL)")
    write(db, world)


def _deleted(world: World, kind: Kind, ids: set[str]) -> tuple[tuple[Dump, Allowed], tuple[Dump, Allowed]]:
    """The sandbox, and what its keys allow, before and after deletions, without the way there."""
    with tempfile.TemporaryDirectory() as folder:
        state = State(Path(folder) / "sandbox.db", fill=lambda db: write(db, world))
        with state.transaction(writes=True) as db:
            before = dump(db), _allowed(db)
            ledger = Ledger(db, operation="delete", key="nobody", now=0.0)
            for each in ids:
                delete(ledger, Rules(), {Kind.APPLICATION: APPLICATION, Kind.ENTITY: ENTITY}[kind], each)
            after = dump(db), _allowed(db)
        state.close()
    return before, after


def _allowed(db: sqlite3.Connection) -> Allowed:
    """What requests may name with each key that is bound to something."""
    found: Allowed = {}
    for row in db.execute("SELECT name, secret FROM api_keys WHERE linked = 1").fetchall():
        asker = caller(db, f"App {row['secret']}", address="127.0.0.1", now=_NOW, rules=Rules())
        passed = set()
        for application, entity in _ASKED:
            with suppress(ProblemError):
                pairs_allowed(asker, application, entity, Rules())
                passed.add((application, entity))
        found[row["name"]] = frozenset(passed)
    return found


def _keys_stop_as_said(preview: Impact, might: Allowed, may: Allowed) -> None:
    stops = {each.what.name: each for each in preview.stops}
    for name, before in might.items():
        stop = stops.get(name)
        if stop is None:
            assert may[name] == before
        else:
            assert bool(may[name]) is not stop.entirely
            assert may[name].isdisjoint((each.application_id, each.entity_id) for each in stop.refused)


def _links(account: Dump) -> Links:
    rows = [
        *(stored(Association.model_validate(each)) for each in account["associations"]),
        *(stored(SendingStrategy.model_validate(each)) for each in account["strategies"]),
        *(
            stored(Subscription.model_validate(wire), part=channel)
            for channel, wire in map(_apart, account["subscriptions"])
        ),
        *(stored(WireNumber.model_validate(each)) for each in account["numbers"]),
        *(_inbound(each) for each in account["inboundConfigurations"]),
        *(stored(ApiKey.model_validate(each)) for each in account["keys"]),
    ]
    return Links(
        tuple(each for each in rows if isinstance(each, AssociationRow)),
        tuple(each for each in rows if isinstance(each, StrategyRow)),
        tuple(each for each in rows if isinstance(each, SubscriptionRow)),
        tuple(each for each in rows if isinstance(each, NumberRow)),
        tuple(each for each in rows if isinstance(each, InboundRow)),
        tuple(each for each in rows if isinstance(each, KeyRow)),
    )


def _inbound(shown: dict[str, Any]) -> InboundRow:
    part = inbound_part(shown["resourceKey"], shown["channel"])
    row = stored(InboundConfiguration.model_validate(shown), part=part)
    assert isinstance(row, InboundRow)
    return row


def _items(account: Dump, kind: Kind) -> dict[str, Item]:
    family = "applications" if kind is Kind.APPLICATION else "entities"
    return {
        each[f"{kind.value}Id"]: Item(kind, each[f"{kind.value}Id"], each.get(f"{kind.value}Name"))
        for each in account[family]
    }


def _previewed(preview: Impact) -> Counter[str]:
    """What a preview says will be gone or other than it was, in words that the dump can be put into too."""
    return Counter(
        [
            *(_tie(each.what) for each in preview.resets),
            *(f"{item.kind.value} {item.id} {item.alias}" for item in preview.items),
            *(
                f"association {association(each.what)}"
                for each in preview.removals
                if isinstance(each.what, AssociationRow)
            ),
            *(f"strategy {each.what.raw}" for each in preview.removals if isinstance(each.what, StrategyRow)),
            *(
                _subscription(each.what.channel, json.loads(each.what.raw))
                for each in preview.removals
                if isinstance(each.what, SubscriptionRow)
            ),
        ]
    )


def _difference(before: Dump, after: Dump) -> Counter[str]:
    """What is gone or other than it was. What is new is only what was reset: to the default application."""
    gone, new = _words(before) - _words(after), _words(after) - _words(before)
    reset = [
        _tie(replace(each, application_id="default", entity_id=None))
        for each in _ties(before)
        if _tie(each) in gone
    ]
    assert Counter(reset) == new
    return gone


def _ties(account: Dump) -> list[NumberRow | InboundRow]:
    links = _links(account)
    return [*links.numbers, *links.inbound]


def _tie(row: NumberRow | InboundRow) -> str:
    return f"{type(row).__name__} {row}"


def _words(account: Dump) -> Counter[str]:
    return Counter(
        [
            *map(_tie, _ties(account)),
            *(
                f"application {each['applicationId']} {each.get('applicationName')}"
                for each in account["applications"]
            ),
            *(f"entity {each['entityId']} {each.get('entityName')}" for each in account["entities"]),
            *(f"association {Association.model_validate(each)}" for each in account["associations"]),
            *(
                f"strategy {json.dumps(each, sort_keys=True, separators=(',', ':'))}"
                for each in account["strategies"]
            ),
            *(_subscription(*_apart(each)) for each in account["subscriptions"]),
        ]
    )


def _apart(subscription: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The channel, which the dump adds, and the subscription as it travels."""
    wire = dict(subscription)
    return wire.pop("channel"), wire


def _subscription(channel: str, wire: dict[str, Any]) -> str:
    body = Subscription.model_validate(wire).body()
    return f"subscription {channel} {json.dumps(body | {'profile': None}, sort_keys=True)}"


def _stays_otherwise(before: Dump, after: Dump) -> None:
    """Resources stay, and so do API keys, links and all (platform.md 8.3)."""
    for family in ("domains", "senders", "profiles", "securities", "keys"):
        assert before[family] == after[family]


async def _mirrored(store: Store) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind in Kind:
        listing = await store.find(kind)
        rows = await store.rows(kind, listing.keys)
        links = await store.links(kind, [*(row.item.id for row in rows), "ghost"])
        found[kind.value] = (
            rows,
            set(links.associations),
            set(links.strategies),
            set(links.subscriptions),
            set(links.numbers),
            set(links.inbound),
            set(links.keys),
        )
    return found
