"""The sandbox against a small model of the documents, whatever is done in whatever order."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlencode

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from tests.sandbox.conftest import Answer, Asker, basic
from tests.sandbox.control import effects
from tests.sandbox.model import Association, InboundPlace, Key, Link, Model, Pair
from tests.sandbox.replay import replayed

from entitree.sandbox import Sandbox, open_sandbox

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

# Few of each, so that things meet; an id that is both, and one that a path must encode.
APPLICATIONS = st.sampled_from(["default", "marketing", "production", "both", "a/b"])
ENTITIES = st.sampled_from(["big-cola", "mc-burger", "both", "a b?"])
ALIASES = st.none() | st.sampled_from(["", "Name", "[/]", "東京"])
NUMBER = "6F0C0D9E2B7A41D3A1F0000000000001"
NUMBERS = st.sampled_from([NUMBER, "6F0C0D9E2B7A41D3A1F0000000000004", "NOBODY"])
RESOURCES = st.sampled_from(
    [
        ("NUMBER", "SMS", NUMBER),
        ("ALPHA", "SMS", "BigCola"),
        ("DOMAIN", "EMAIL", "mail.bigcola.example"),
        ("ALPHA", "SMS", "Nobody"),
    ]
)
OWNED = frozenset({NUMBER, "BigCola", "mail.bigcola.example"})
PAIRS = st.tuples(st.none() | APPLICATIONS, st.none() | ENTITIES)
LINKS = st.tuples(APPLICATIONS, st.none() | ENTITIES)
KEY_LINKS = st.lists(LINKS, min_size=1, max_size=2, unique=True).map(tuple)
CHANNELS = st.sampled_from(["SMS", "EMAIL"])
SUBSCRIPTIONS = st.sampled_from(["one", "two"])
KEYWORDS = st.none() | st.sampled_from(["START", "STOP"])
WHICH = st.integers(0, 11)
"""One of those that are there at the time: ids that the sandbox draws can be no part of an example."""
PLACES = st.tuples(st.just("SMS"), NUMBERS.filter(lambda key: key != "NOBODY"), KEYWORDS)

KINDS = {"application": "applications", "entity": "entities"}
INBOUND = "/resource-management/1/inbound-message-configurations"
KEYS = "/settings/2/api-keys"
FIELDS = ("resourceType", "channel", "applicationId", "entityId", "resourceId")


def chosen(there: Sequence[T], which: int) -> T:
    return there[which % len(there)]


def ids(pair: Pair) -> dict[str, str]:
    named = zip(("applicationId", "entityId"), pair, strict=True)
    return {name: value for name, value in named if value is not None}


def pair_of(named: dict[str, Any]) -> Pair:
    return named.get("applicationId"), named.get("entityId")


def read(account: dict[str, list[dict[str, Any]]]) -> Model:
    """What a dump says, as the model has it. The order of applications and entities is not in it."""
    return Model(
        applications={one["applicationId"]: one.get("applicationName") for one in account["applications"]},
        entities={one["entityId"]: one.get("entityName") for one in account["entities"]},
        associations={
            (
                one["resourceType"],
                one["channel"],
                one["applicationId"],
                one.get("entityId"),
                one["resourceId"],
            )
            for one in account["associations"]
        },
        strategies={
            one["sendingStrategyId"]: pair_of(one.get("platform", {})) for one in account["strategies"]
        },
        subscriptions={
            (one["channel"], one["subscriptionId"]): [pair_of(each) for each in one["criteria"]]
            for one in account["subscriptions"]
        },
        numbers={one["numberKey"]: (one["applicationId"], one["entityId"]) for one in account["numbers"]},
        inbound={
            (one["channel"], one["resourceKey"], one.get("keyword")): pair_of(one.get("platform") or {})
            for one in account["inboundConfigurations"]
        },
        keys={
            one["id"]: Key(
                one["enabled"],
                tuple((link["applicationId"], link.get("entityId")) for link in one.get("platform") or ()),
            )
            for one in account["keys"]
        },
        owned=OWNED,
    )


class Account(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.runner = asyncio.Runner()
        self.sandbox: Sandbox = self.opened()
        self.start = self.sandbox.dump()
        self.model = read(self.start)
        self.snapshots: dict[str, dict[str, list[dict[str, Any]]]] = {}
        for kind, family in KINDS.items():
            setattr(self.model, family, dict(self.listed(kind)))
        self.kept: tuple[bytes, Model] | None = None

    def opened(self) -> Sandbox:
        return open_sandbox(self.folder / "state.db", seed="docs", limits=None)

    def teardown(self) -> None:
        asker = Asker(self.sandbox, self.runner)
        assert replayed(self.start, effects(asker), snapshots=self.snapshots) == self.sandbox.dump()
        self.sandbox.close()
        self.runner.close()
        shutil.rmtree(self.folder)

    def ask(self, method: str, target: str, body: object = None, *, authorization: str = "") -> Answer:
        return Asker(self.sandbox, self.runner)(method, target, body, authorization=authorization)

    def as_user(self, method: str, target: str, body: object = None) -> Answer:
        user = basic(self.sandbox.user, self.sandbox.password)
        return self.ask(method, target, body, authorization=user)

    def as_admin(self, method: str, target: str, body: object = None) -> Answer:
        return self.ask(method, target, body, authorization=f"Bearer {self.sandbox.admin_key}")

    def listed(self, kind: str) -> list[tuple[str, str | None]]:
        rows = self.ask("GET", f"/provisioning/1/{KINDS[kind]}?size=1000").results()
        return [(row[f"{kind}Id"], row.get(f"{kind}Name")) for row in rows]

    @rule(id_=APPLICATIONS, alias=ALIASES)
    def create_application(self, id_: str, alias: str | None) -> None:
        self.create("application", id_, alias)

    @rule(id_=ENTITIES, alias=ALIASES)
    def create_entity(self, id_: str, alias: str | None) -> None:
        self.create("entity", id_, alias)

    def create(self, kind: str, id_: str, alias: str | None) -> None:
        body = {f"{kind}Id": id_, f"{kind}Name": alias}
        status = self.ask("POST", f"/provisioning/1/{KINDS[kind]}", body).status
        assert status == self.model.create(kind, id_, alias)

    @rule(id_=APPLICATIONS, alias=ALIASES)
    def alias_application(self, id_: str, alias: str | None) -> None:
        self.alias("application", id_, alias)

    @rule(id_=ENTITIES, alias=ALIASES)
    def alias_entity(self, id_: str, alias: str | None) -> None:
        self.alias("entity", id_, alias)

    def alias(self, kind: str, id_: str, alias: str | None) -> None:
        body = {} if alias is None else {f"{kind}Name": alias}
        status = self.ask("PUT", f"/provisioning/1/{KINDS[kind]}/{quote(id_, safe='')}", body).status
        assert status == self.model.alias(kind, id_, alias)

    @rule(id_=APPLICATIONS)
    def delete_application(self, id_: str) -> None:
        self.delete("application", id_)

    @rule(id_=ENTITIES)
    def delete_entity(self, id_: str) -> None:
        self.delete("entity", id_)

    def delete(self, kind: str, id_: str) -> None:
        status = self.ask("DELETE", f"/provisioning/1/{KINDS[kind]}/{quote(id_, safe='')}").status
        assert status == self.model.delete(kind, id_)

    @rule(resource=RESOURCES, link=LINKS, dissolve=st.booleans())
    def associate(self, resource: tuple[str, str, str], link: Link, dissolve: bool) -> None:
        kind, channel, name = resource
        one: Association = (kind, channel, *link, name)
        body = dict(zip(FIELDS, one, strict=True))
        status = self.ask("DELETE" if dissolve else "POST", "/provisioning/1/associations", body).status
        assert status == (self.model.dissociate(one) if dissolve else self.model.associate(one))

    @rule(pair=PAIRS)
    def create_strategy(self, pair: Pair) -> None:
        answer = self.ask("POST", "/provisioning/2/sending-strategies", {"platform": ids(pair)})
        assert answer.status == 201
        self.model.add_strategy(answer.json()["sendingStrategyId"], pair)

    @rule(which=WHICH)
    def delete_strategy(self, which: int) -> None:
        id_ = chosen([*self.model.strategies, "NOBODY"], which)
        status = self.ask("DELETE", f"/provisioning/2/sending-strategies/{id_}").status
        assert status == self.model.remove_strategy(id_)

    @rule(channel=CHANNELS, id_=SUBSCRIPTIONS, pairs=st.lists(PAIRS, max_size=3), change=st.booleans())
    def subscribe(self, channel: str, id_: str, pairs: list[Pair], change: bool) -> None:
        path = f"/subscriptions/1/subscription/{channel}"
        body = {
            "events": ["DELIVERY"],
            "criteria": [ids(pair) for pair in pairs],
            "profile": {"profileId": "main-hook"},
        }
        if change:
            status = self.ask("PUT", f"{path}/{id_}", body).status
            assert status == self.model.change_subscription(channel, id_, pairs)
        else:
            status = self.ask("POST", path, {"subscriptionId": id_, **body}).status
            assert status == self.model.subscribe(channel, id_, pairs)

    @rule(channel=CHANNELS, id_=SUBSCRIPTIONS)
    def unsubscribe(self, channel: str, id_: str) -> None:
        status = self.ask("DELETE", f"/subscriptions/1/subscription/{channel}/{id_}").status
        assert status == self.model.unsubscribe(channel, id_)

    @rule(channel=CHANNELS, pair=PAIRS)
    def filter_subscriptions(self, channel: str, pair: Pair) -> None:
        query = urlencode({"size": 100, **ids(pair)})
        found = self.ask("GET", f"/subscriptions/1/subscription/{channel}?{query}").results()
        assert {one["subscriptionId"] for one in found} == self.model.matching(channel, pair)

    @rule(key=NUMBERS, link=LINKS)
    def link_number(self, key: str, link: Link) -> None:
        known = link[0] in self.model.applications and link[1] in {None, *self.model.entities}
        status = self.ask("PUT", f"/numbers/1/numbers/{key}", ids(link)).status
        if known or key not in self.model.numbers:
            assert status == self.model.link_number(key, link)
        else:
            assert status in (400, 404)

    @rule(place=PLACES, pair=PAIRS)
    def configure_inbound(self, place: InboundPlace, pair: Pair) -> None:
        channel, number, keyword = place
        body = {"channel": channel, "numberKey": number, "keyword": keyword, "unset": ["PLATFORM"]}
        answer = self.ask("POST", INBOUND, {**body, "platform": ids(pair)})
        assert answer.status == 200
        self.model.configure_inbound(place, pair)

    @rule(which=WHICH)
    def remove_inbound(self, which: int) -> None:
        places: dict[InboundPlace | None, str] = {None: "NOBODY"}
        for one in self.sandbox.dump()["inboundConfigurations"]:
            places[one["channel"], one["resourceKey"], one.get("keyword")] = one["configurationKey"]
        place = chosen(sorted(places, key=str), which)
        status = self.ask("DELETE", f"{INBOUND}/{places[place]}").status
        assert status == self.model.remove_inbound(place)

    @rule(links=KEY_LINKS)
    def create_key(self, links: tuple[Link, ...]) -> None:
        body = {"name": "made", "platform": [ids(link) for link in links]}
        answer = self.as_user("POST", KEYS, body)
        assert answer.status == 200
        self.model.add_key(answer.json()["id"], links)

    @rule(which=WHICH, links=KEY_LINKS, disable=st.booleans())
    def change_key(self, which: int, links: tuple[Link, ...], disable: bool) -> None:
        id_ = chosen([*(id_ for id_, key in self.model.keys.items() if key.links), "NOBODY"], which)
        body = {"enabled": False} if disable else {"platform": [ids(link) for link in links]}
        status = self.as_user("PUT", f"{KEYS}/{id_}", {"name": "changed", **body}).status
        assert status == (404 if id_ == "NOBODY" else 200)
        if disable and status == 200:
            self.model.disable_key(id_)
        elif status == 200:
            self.model.link_key(id_, links)

    @rule()
    def reopen(self) -> None:
        self.sandbox.close()
        self.sandbox = self.opened()

    @rule()
    def snapshot(self) -> None:
        taken = self.as_admin("GET", "/_sandbox/snapshot")
        assert taken.status == 200
        self.kept = taken.body, self.model.copy()
        self.snapshots[hashlib.sha256(taken.body).hexdigest()] = self.sandbox.dump()

    @rule()
    def restore(self) -> None:
        if self.kept is None:
            return
        state, model = self.kept
        assert self.as_admin("POST", "/_sandbox/restore", state).status in (200, 204)
        self.model = model.copy()

    @invariant()
    def lists_say_what_the_model_says(self) -> None:
        for kind in KINDS:
            # Order of creation is the order of a dictionary.
            assert self.listed(kind) == list(self.model.named(kind).items())
        assert read(self.sandbox.dump()) == self.model


def run(examples: int, steps: int) -> None:
    how = settings(max_examples=examples, stateful_step_count=steps, deadline=None)
    run_state_machine_as_test(Account, settings=how)


def test_the_account_is_as_the_documents_say() -> None:
    run(40, steps=20)


@pytest.mark.long
def test_the_account_is_as_the_documents_say_ten_times_longer() -> None:
    run(2000, steps=40)
