"""The sandbox against a small model of the documents, whatever is done in whatever order."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.sandbox.conftest import Answer, Asker

from entitree.sandbox import Sandbox, open_sandbox

# Few of each, so that things meet; an id that is both, and one that a path must encode.
APPLICATIONS = st.sampled_from(["default", "marketing", "production", "both", "a/b"])
ENTITIES = st.sampled_from(["big-cola", "mc-burger", "both", "a b?"])
ALIASES = st.none() | st.sampled_from(["", "Name", "[/]", "東京"])
RESOURCES = st.sampled_from(
    [("ALPHA", "SMS", "BigCola"), ("DOMAIN", "EMAIL", "mail.bigcola.example"), ("ALPHA", "SMS", "Nobody")]
)
OWNED = {"BigCola", "mail.bigcola.example"}
PAIRS = st.tuples(st.none() | APPLICATIONS, st.none() | ENTITIES)
CHANNELS = st.sampled_from(["SMS", "EMAIL"])
SUBSCRIPTIONS = st.sampled_from(["one", "two"])


def ids(pair: tuple[str | None, str | None]) -> dict[str, str]:
    return {
        name: value
        for name, value in zip(("applicationId", "entityId"), pair, strict=True)
        if value is not None
    }


class Account(RuleBasedStateMachine):
    """What the account must hold is kept in plain dictionaries, next to the sandbox that is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.runner = asyncio.Runner()
        self.sandbox: Sandbox = self.opened()
        start = self.sandbox.dump()
        self.aliases = {kind: dict(self.listed(kind)) for kind in ("application", "entity")}
        self.associations = {
            (
                one["resourceType"],
                one["channel"],
                one["applicationId"],
                one.get("entityId"),
                one["resourceId"],
            )
            for one in start["associations"]
        }
        self.strategies = {one["sendingStrategyId"]: one.get("platform", {}) for one in start["strategies"]}
        self.subscriptions = {
            (one["channel"], one["subscriptionId"]): one["criteria"] for one in start["subscriptions"]
        }
        self.links = {one["numberKey"]: (one["applicationId"], one["entityId"]) for one in start["numbers"]}

    def opened(self) -> Sandbox:
        return open_sandbox(self.folder / "state.db", seed="docs", limits=None)

    def teardown(self) -> None:
        self.sandbox.close()
        self.runner.close()
        shutil.rmtree(self.folder)

    def ask(self, method: str, target: str, body: object = None) -> Answer:
        return Asker(self.sandbox, self.runner)(method, target, body)

    def listed(self, kind: str) -> list[tuple[str, str | None]]:
        rows = self.ask("GET", f"{collection(kind)}?size=1000").results()
        return [(row[f"{kind}Id"], row.get(f"{kind}Name")) for row in rows]

    @rule(id_=APPLICATIONS, alias=ALIASES)
    def create_application(self, id_: str, alias: str | None) -> None:
        self.create("application", id_, alias)

    @rule(id_=ENTITIES, alias=ALIASES)
    def create_entity(self, id_: str, alias: str | None) -> None:
        self.create("entity", id_, alias)

    def create(self, kind: str, id_: str, alias: str | None) -> None:
        answer = self.ask("POST", collection(kind), {f"{kind}Id": id_, f"{kind}Name": alias})
        if id_ in self.aliases[kind]:
            assert answer.status == 409
        else:
            assert answer.status == 201
            self.aliases[kind][id_] = alias

    @rule(id_=APPLICATIONS, alias=ALIASES)
    def alias_application(self, id_: str, alias: str | None) -> None:
        self.change("application", id_, alias)

    @rule(id_=ENTITIES, alias=ALIASES)
    def alias_entity(self, id_: str, alias: str | None) -> None:
        self.change("entity", id_, alias)

    def change(self, kind: str, id_: str, alias: str | None) -> None:
        body = {} if alias is None else {f"{kind}Name": alias}
        answer = self.ask("PUT", f"{collection(kind)}/{quote(id_, safe='')}", body)
        if id_ in self.aliases[kind]:
            assert answer.status == 204
            self.aliases[kind][id_] = alias
        else:
            assert answer.status == 404

    @rule(id_=APPLICATIONS)
    def delete_application(self, id_: str) -> None:
        self.delete("application", id_)

    @rule(id_=ENTITIES)
    def delete_entity(self, id_: str) -> None:
        self.delete("entity", id_)

    def delete(self, kind: str, id_: str) -> None:
        status = self.ask("DELETE", f"{collection(kind)}/{quote(id_, safe='')}").status
        if kind == "application" and id_ == "default":
            assert status == 400
            return
        if id_ not in self.aliases[kind]:
            assert status == 404
            return
        assert status == 200
        del self.aliases[kind][id_]
        at, field = (2, "applicationId") if kind == "application" else (3, "entityId")
        self.associations = {one for one in self.associations if one[at] != id_}
        self.strategies = {key: pair for key, pair in self.strategies.items() if pair.get(field) != id_}
        self.subscriptions = {
            key: criteria
            for key, criteria in self.subscriptions.items()
            if all(pair.get(field) != id_ for pair in criteria)
        }
        self.links = {
            key: ("default", None) if link[at - 2] == id_ else link for key, link in self.links.items()
        }

    @rule(resource=RESOURCES, application=APPLICATIONS, entity=st.none() | ENTITIES, delete=st.booleans())
    def associate(
        self, resource: tuple[str, str, str], application: str, entity: str | None, delete: bool
    ) -> None:
        kind, channel, name = resource
        one = (kind, channel, application, entity, name)
        body = dict(
            zip(("resourceType", "channel", "applicationId", "entityId", "resourceId"), one, strict=True)
        )
        status = self.ask("DELETE" if delete else "POST", "/provisioning/1/associations", body).status
        if delete:
            assert status == (204 if one in self.associations else 404)
            self.associations.discard(one)
        elif (
            name not in OWNED
            or application not in self.aliases["application"]
            or entity not in {None, *self.aliases["entity"]}
        ):
            assert status == 404
        else:
            assert status == (409 if one in self.associations else 201)
            self.associations.add(one)

    @rule(pair=PAIRS)
    def create_strategy(self, pair: tuple[str | None, str | None]) -> None:
        answer = self.ask("POST", "/provisioning/2/sending-strategies", {"platform": ids(pair)})
        assert answer.status == 201
        self.strategies[answer.json()["sendingStrategyId"]] = ids(pair)

    @rule(data=st.data())
    def delete_strategy(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from([*sorted(self.strategies), "NOBODY"]))
        status = self.ask("DELETE", f"/provisioning/2/sending-strategies/{id_}").status
        assert status == (404 if self.strategies.pop(id_, None) is None else 204)

    @rule(channel=CHANNELS, id_=SUBSCRIPTIONS, pairs=st.lists(PAIRS, max_size=3), change=st.booleans())
    def subscribe(
        self, channel: str, id_: str, pairs: list[tuple[str | None, str | None]], change: bool
    ) -> None:
        criteria = [ids(pair) for pair in pairs]
        body: dict[str, Any] = {
            "events": ["DELIVERY"],
            "criteria": criteria,
            "profile": {"profileId": "main-hook"},
        }
        path = f"/subscriptions/1/subscription/{channel}"
        if change:
            status = self.ask("PUT", f"{path}/{id_}", body).status
            done = (channel, id_) in self.subscriptions
            assert status == (200 if done else 404)
        else:
            status = self.ask("POST", path, {"subscriptionId": id_, **body}).status
            done = (channel, id_) not in self.subscriptions
            assert status == (201 if done else 400)
        if done:
            self.subscriptions[channel, id_] = criteria

    @rule(channel=CHANNELS, id_=SUBSCRIPTIONS)
    def unsubscribe(self, channel: str, id_: str) -> None:
        status = self.ask("DELETE", f"/subscriptions/1/subscription/{channel}/{id_}").status
        assert status == (404 if self.subscriptions.pop((channel, id_), None) is None else 200)

    @rule(channel=CHANNELS, pair=PAIRS)
    def filter_subscriptions(self, channel: str, pair: tuple[str | None, str | None]) -> None:
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in ids(pair).items())
        found = self.ask("GET", f"/subscriptions/1/subscription/{channel}?size=100&{query}").results()
        assert {one["subscriptionId"] for one in found} == {
            id_
            for (their_channel, id_), criteria in self.subscriptions.items()
            if their_channel == channel
            and all(any(one.get(name) == value for one in criteria) for name, value in ids(pair).items())
        }

    @rule()
    def reopen(self) -> None:
        self.sandbox.close()
        self.sandbox = self.opened()

    @invariant()
    def lists_say_what_the_model_says(self) -> None:
        for kind, aliases in self.aliases.items():
            # Order of creation is the order of a dictionary.
            assert self.listed(kind) == list(aliases.items())
        account = self.sandbox.dump()
        assert {
            (
                one["resourceType"],
                one["channel"],
                one["applicationId"],
                one.get("entityId"),
                one["resourceId"],
            )
            for one in account["associations"]
        } == self.associations
        assert {
            one["sendingStrategyId"]: one.get("platform", {}) for one in account["strategies"]
        } == self.strategies
        assert {
            (one["channel"], one["subscriptionId"]): one["criteria"] for one in account["subscriptions"]
        } == self.subscriptions
        assert {
            one["numberKey"]: (one["applicationId"], one["entityId"]) for one in account["numbers"]
        } == self.links


def collection(kind: str) -> str:
    return {"application": "/provisioning/1/applications", "entity": "/provisioning/1/entities"}[kind]


TestAccount = Account.TestCase
TestAccount.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
