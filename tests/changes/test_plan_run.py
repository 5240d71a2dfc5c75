"""Plans of every kind of edit, carried out against the sandbox: what steps say is there before and after."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from entitree.api import operations as ops
from entitree.api.client import PlatformClient
from entitree.api.gate import LocalGate
from entitree.api.transport import Credential, open_transport
from entitree.changes.edits import (
    Alias,
    Associate,
    Create,
    CreateStrategy,
    CreateSubscription,
    Delete,
    DeleteInbound,
    DeleteStrategy,
    DeleteSubscription,
    Dissociate,
    Edit,
    EnableKey,
    LinkKey,
    LinkNumber,
    ModifySubscription,
    WriteInbound,
)
from entitree.changes.impact.reading import read as read_impact
from entitree.changes.objects import answer, matches, mirror, read
from entitree.changes.plan import Plan, State, Target
from entitree.changes.plan.make import Wish, plan
from entitree.changes.plan.targets import subjects, target_of
from entitree.changes.vault import Vault, references
from entitree.inventory.model import (
    AssociationRow,
    Family,
    InboundRow,
    Item,
    Kind,
    LinkRow,
    NumberRow,
    StrategyRow,
    SubscriptionRow,
)
from entitree.inventory.records import RECORDS
from entitree.inventory.store import Store
from entitree.inventory.sync import refresh
from entitree.inventory.walk import walk
from entitree.sandbox import open_sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from entitree.sandbox import Sandbox

COLA = "6F0C0D9E2B7A41D3A1F0000000000001"
SECRET = "https://hook:pass@hooks.example/mo?token=s3cret"


class World:
    """An account, its mirror, and a way to plan and carry out."""

    def __init__(self, client: PlatformClient, store: Store, vault: Vault) -> None:
        self.client = client
        self.store = store
        self.vault = vault

    async def row(self, family: Family, where: str, *values: str) -> Any:  # noqa: ANN401 - any of them
        (found,) = await self.store.ask(lambda db: RECORDS[family].read(db, where, values))
        return found

    async def plan(self, *edits: Edit | Wish, looked: bool = True) -> Plan:
        plain = [each.edit if isinstance(each, Wish) else each for each in edits]
        named = {named for each in plain for named in subjects(each)}
        items: dict[tuple[Kind, str], Item] = {}
        for kind in Kind:
            found = await self.store.items(kind, [item_id for of, item_id in named if of is kind])
            items |= {(kind, item_id): item for item_id, item in found.items()}
        impacts = [
            await read_impact(self.client, self.store, each.kind, [each.id])
            for each in plain
            if isinstance(each, Delete)
        ]
        states: dict[Target, State | None] = {}
        if looked:
            for each in plain:
                target = target_of(each)
                if target.key and target.kind is None:
                    states[target] = await read(self.client, target, vault=self.vault)
        return plan(edits, existing=items, impacts=impacts, states=states, vault=self.vault)

    async def carry_out(self, made: Plan) -> list[State | None]:
        """Sends every step; what is there before and after is what the step says. Returns what was told."""
        assert made.conflicts == ()
        told = []
        for step in made.steps:
            if step.target.key:
                now = await read(self.client, step.target, vault=self.vault)
                assert matches(now, step.before), step.title
            body = None if step.body is None else self.vault.resolve(step.body)
            reply = await self.client.call(ops.OPERATIONS[step.operation], path=step.path, body=body)
            result = await answer(step, reply.body, vault=self.vault)
            if step.target.key:
                now = await read(self.client, step.target, vault=self.vault)
                assert matches(now, step.after), step.title
                assert result is None or matches(result, step.after), step.title
            await mirror(self.store, step, result)
            told.append(result)
        return told


@pytest.fixture
async def world(tmp_path: Path, sandbox: Sandbox) -> AsyncIterator[World]:
    transport = open_transport("http://127.0.0.1", asgi_app=sandbox.app)
    credential = Credential(sandbox.api_key, sandbox.user, sandbox.password)
    async with (
        PlatformClient(transport, credential, LocalGate(None)) as client,
        Store(tmp_path / "whole.db") as store,
    ):
        await refresh(client, store)
        await walk(client, store)
        yield World(client, store, Vault(tmp_path))


def shown(sandbox: Sandbox, family: str, **wanted: str) -> dict[str, Any]:
    (found,) = (
        row for row in sandbox.dump()[family] if all(row.get(name) == value for name, value in wanted.items())
    )
    return found


def titles(made: Plan) -> Sequence[str]:
    return [step.title for step in made.steps]


async def test_items_and_associations_in_the_order_that_works(world: World, sandbox: Sandbox) -> None:
    tie = AssociationRow("NUMBER", "SMS", "production", "new/one", COLA)
    old = AssociationRow("NUMBER", "SMS", "marketing", "big-cola", COLA)
    made = await world.plan(
        Delete(Kind.ENTITY, "cost-center-200"),
        Dissociate(old),
        Associate(tie),
        Alias(Kind.ENTITY, "mc-burger", None),
        Create(Kind.ENTITY, "new/one", "New é"),
    )
    assert titles(made) == [
        "Create entity new/one",
        "Take the alias of entity mc-burger",
        f"Associate SMS {COLA} with production + new/one",
        f"Dissociate SMS {COLA} from marketing + big-cola",
        "Delete entity cost-center-200",
    ]
    assert [step.needs for step in made.steps] == [(), (), (1,), (), ()]
    await world.carry_out(made)
    assert shown(sandbox, "entities", entityId="new/one")["entityName"] == "New é"
    assert "entityName" not in shown(sandbox, "entities", entityId="mc-burger")
    assert made.lost == ()


async def test_wishes_keep_their_order_and_use_what_the_plan_makes(world: World) -> None:
    number = await world.row(Family.NUMBERS, "key = ?", COLA)
    made = await world.plan(
        Wish(Alias(Kind.ENTITY, "big-cola", "x")),
        Wish(Create(Kind.APPLICATION, "fresh")),
        Wish(Create(Kind.ENTITY, "one"), "because"),
        Wish(LinkNumber(number, "fresh", "one"), needs=(0,)),
    )
    assert [(step.title, step.needs, step.reason) for step in made.steps] == [
        ("Give an alias to entity big-cola", (), ""),
        ("Create application fresh", (), ""),
        ("Create entity one", (), "because"),
        ("Link number 385990000001 to fresh + one", (1, 2, 3), ""),
    ]
    await world.carry_out(made)


async def test_strategies(world: World, sandbox: Sandbox) -> None:
    row = await world.row(Family.STRATEGIES, "id = ?", "3B9D1EACAB7FBDRN4EE03592BFCD6BE1")
    raw = json.dumps({**json.loads(row.raw), "platform": {"applicationId": "staging"}})
    made = await world.plan(DeleteStrategy(row), CreateStrategy(raw), CreateStrategy(raw))
    assert titles(made) == [
        "Create sending strategy SMS → US for staging",
        "Create sending strategy SMS → US for staging",
        "Delete sending strategy 3B9D1EACAB7FBDRN4EE03592BFCD6BE1, SMS → US for marketing + big-cola",
    ]
    first, second, _ = await world.carry_out(made)
    assert first is not None
    assert second is not None
    assert first["id"] != second["id"]
    kept = shown(sandbox, "strategies", sendingStrategyId=first["id"])
    assert kept["priorities"] == json.loads(row.raw)["priorities"]
    # Made again from the state before, it is what it was.
    again = await world.plan(CreateStrategy(json.dumps(made.steps[2].before)))
    (told,) = await world.carry_out(again)
    assert told is not None
    back = shown(sandbox, "strategies", sendingStrategyId=told["id"])
    assert {**back, "sendingStrategyId": row.id} | {"useGeolocatedSender": False} == {
        **json.loads(row.raw),
        "useGeolocatedSender": False,
    }


async def test_subscriptions(world: World, sandbox: Sandbox) -> None:
    row = await world.row(Family.SUBSCRIPTIONS, "id = ?", "marketing-delivery")
    before = shown(sandbox, "subscriptions", subscriptionId="marketing-delivery")
    raw = {**json.loads(row.raw), "criteria": [{"applicationId": "marketing", "entityId": "mc-burger"}]}
    new = {**raw, "subscriptionId": "copy-1"}
    made = await world.plan(
        ModifySubscription(row, json.dumps(raw)),
        CreateSubscription("SMS", json.dumps(new)),
        DeleteSubscription(await world.row(Family.SUBSCRIPTIONS, "id = ?", "retail-chat")),
    )
    assert titles(made) == [
        "Create subscription copy-1 of SMS",
        "Change subscription marketing-delivery of SMS",
        "Delete subscription retail-chat of WHATSAPP",
    ]
    await world.carry_out(made)
    changed = shown(sandbox, "subscriptions", subscriptionId="marketing-delivery")
    assert changed == {**before, "criteria": raw["criteria"]}
    # And back, from the state before.
    back = await world.plan(ModifySubscription(row, json.dumps(made.steps[1].before)))
    await world.carry_out(back)
    assert shown(sandbox, "subscriptions", subscriptionId="marketing-delivery")["events"] == before["events"]


async def test_what_is_left_out_of_a_subscription_goes_where_it_would_be_merged_too(tmp_path: Path) -> None:
    opened = open_sandbox(tmp_path / "merging.db", limits=None, rules={"subscription-put": "merge"})
    transport = open_transport("http://127.0.0.1", asgi_app=opened.app)
    async with (
        PlatformClient(transport, Credential(opened.api_key), LocalGate(None)) as client,
        Store(tmp_path / "merging-mirror.db") as store,
    ):
        await refresh(client, store, [Family.SUBSCRIPTIONS])
        world = World(client, store, Vault(tmp_path))
        row = await world.row(Family.SUBSCRIPTIONS, "id = ?", "marketing-delivery")
        raw = {name: each for name, each in json.loads(row.raw).items() if name != "criteria"}
        made = await world.plan(ModifySubscription(row, json.dumps(raw)))
        assert titles(made) == [
            "Change subscription marketing-delivery of SMS, which then matches all traffic"
        ]
        await world.carry_out(made)
    opened.close()


async def test_numbers(world: World, sandbox: Sandbox) -> None:
    number = await world.row(Family.NUMBERS, "key = ?", COLA)
    made = await world.plan(LinkNumber(number, "staging"))
    assert made.steps[0].before == {"applicationId": "marketing", "entityId": "big-cola"}
    await world.carry_out(made)
    assert shown(sandbox, "numbers", numberKey=COLA)["entityId"] is None
    assert (await world.row(Family.NUMBERS, "key = ?", COLA)).application_id == "staging"


async def test_inbound_configurations(world: World, sandbox: Sandbox) -> None:
    row = await world.row(Family.INBOUND, "resource_id = ? AND keyword IS NULL AND channel = 'SMS'", COLA)
    forwarded = json.dumps({"forwarding": {"type": "HTTP_FORWARD", "url": SECRET}, "username": "hook"})
    tagged = json.dumps({"platform": {"applicationId": "staging", "entityId": "big-cola"}})
    made = await world.plan(
        WriteInbound("SMS", COLA, None, forwarded, row), WriteInbound("SMS", COLA, "NEU", tagged)
    )
    assert titles(made) == [
        f"Change inbound configuration SMS {COLA}",
        f"Create inbound configuration SMS {COLA}, keyword NEU",
    ]
    text = repr(made) + json.dumps([step.body for step in made.steps], default=dict)
    assert not any(part in text for part in ("pass@", "s3cret", "token"))
    assert [len(list(references(step.body))) for step in made.steps] == [1, 0]
    await world.carry_out(made)
    catch_all = Target(Family.INBOUND, (COLA, "SMS", None))
    assert shown(sandbox, "inboundConfigurations", configurationKey=row.key)["forwarding"]["url"] == SECRET
    # The entity goes by either rule when only the application is named; what is null is emptied.
    alone = json.dumps({"platform": {"applicationId": "production"}, "username": None})
    fresh = await world.row(Family.INBOUND, "keyword = ?", "NEU")
    again = await world.plan(
        WriteInbound("SMS", COLA, "NEU", alone, fresh),
        WriteInbound("SMS", COLA, None, json.dumps({"unset": ["USERNAME"]}), row),
    )
    await world.carry_out(again)
    now = await read(world.client, catch_all, vault=world.vault)
    assert now is not None
    assert now["username"] is None
    # Back to the secret URL, by its reference alone.
    reference = {"$secret": now["forwarding"]["fingerprint"]}
    gone = await world.plan(DeleteInbound(row))
    assert gone.lost == ()
    await world.carry_out(gone)
    back = json.dumps({"forwarding": {"type": "HTTP_FORWARD", "url": reference}})
    await world.carry_out(await world.plan(WriteInbound("SMS", COLA, None, back)))
    restored = await read(world.client, catch_all, vault=world.vault)
    assert restored is not None
    assert restored["forwarding"] == now["forwarding"]


async def test_keys(world: World, sandbox: Sandbox) -> None:
    key = await world.row(Family.KEYS, "name = ?", "Key1")
    other = await world.row(Family.KEYS, "name = ?", "Key2")
    made = await world.plan(
        LinkKey(key, (LinkRow("staging", None, "FORCE"), LinkRow("default", "nobody-yet"))),
        EnableKey(other, False),
    )
    assert titles(made) == [
        "Bind API key Key1 to staging, default + nobody-yet alone",
        "Disable API key Key2",
    ]
    assert made.unchecked == (
        "Whether the entity “nobody-yet” is there: if it is not, binding an API key to it makes it.",
    )
    assert made.lost == ()
    await world.carry_out(made)
    assert not shown(sandbox, "keys", name="Key2")["enabled"]
    assert (await world.row(Family.KEYS, "name = ?", "Key2")).enabled is False


async def test_a_key_that_is_bound_to_nothing_is_never_unbound_again(world: World, sandbox: Sandbox) -> None:
    await world.client.create_api_key({"name": "free", "permissions": ["PUBLIC_API"]})
    await refresh(world.client, world.store, [Family.KEYS])
    key = await world.row(Family.KEYS, "name = ?", "free")
    made = await world.plan(LinkKey(key, (LinkRow("staging", None, None),)))
    assert [each.what for each in made.lost] == ["what API key “free” may do while it is bound to nothing"]
    await world.carry_out(made)
    assert "permissions" not in shown(sandbox, "keys", name="free")
    await world.client.create_api_key({"name": "web", "permissions": ["WEB_SDK"]})
    await refresh(world.client, world.store, [Family.KEYS])
    web = await world.row(Family.KEYS, "name = ?", "web")
    refused = await world.plan(LinkKey(web, (LinkRow("staging", None, None),)))
    assert [each.text for each in refused.conflicts] == [
        "It is a key for WEB_SDK, which binding it would take away."
    ]


async def test_what_changed_since_is_seen(world: World) -> None:
    number = await world.row(Family.NUMBERS, "key = ?", COLA)
    inbound = await world.row(Family.INBOUND, "resource_id = ? AND keyword IS NULL AND channel = 'SMS'", COLA)
    subscription = await world.row(Family.SUBSCRIPTIONS, "id = ?", "pin-delivery")
    key = await world.row(Family.KEYS, "name = ?", "Key1")
    made = await world.plan(
        LinkNumber(number, "staging"),
        DeleteInbound(inbound),
        DeleteSubscription(subscription),
        LinkKey(key, (LinkRow("staging", None, None),)),
        Alias(Kind.ENTITY, "big-cola", "x"),
        looked=False,
    )
    await world.client.update_number(COLA, "production")
    await world.client.set_inbound(
        {"channel": "SMS", "numberKey": COLA, "platform": {"entityId": "mc-burger"}}
    )
    await world.client.call(
        ops.UPDATE_SUBSCRIPTION,
        path={"channel": "SMS", "subscriptionId": "pin-delivery"},
        body={"events": ["CLICK"], "profile": {"profileId": "main-hook"}},
    )
    await world.client.update_api_key(key.id, {"platform": [{"applicationId": "default"}]})
    await world.client.modify_entity("big-cola", "theirs")
    for step in made.steps:
        assert not matches(await read(world.client, step.target), step.before), step.title


async def test_what_is_gone_or_there_already_is_a_conflict(world: World) -> None:
    number = await world.row(Family.NUMBERS, "key = ?", COLA)
    there = AssociationRow("NUMBER", "SMS", "marketing", "big-cola", COLA)
    gone = AssociationRow("NUMBER", "SMS", "marketing", None, COLA)
    for edit, text in (
        (DeleteStrategy(StrategyRow("X", None, None, None, None, "{}")), "It is not there any more."),
        (DeleteSubscription(SubscriptionRow("SMS", "x", None, (), None, "{}")), "It is not there any more."),
        (LinkNumber(NumberRow("x", "x", None, None, (), None, None), "staging"), "It is not there any more."),
        (
            DeleteInbound(InboundRow("x", "SMS", COLA, "x", None, None)),
            "It is not there any more.",
        ),
        (Dissociate(gone), "It is not there any more."),
        (Associate(there), "It is there already."),
    ):
        assert [each.text for each in (await world.plan(edit)).conflicts] == [text]
    assert (await world.plan(LinkNumber(number, "staging"))).conflicts == ()


async def test_without_a_reading_the_mirror_says_what_was_there_and_what_is_lost(world: World) -> None:
    inbound = await world.row(Family.INBOUND, "resource_id = ? AND keyword = 'STOP'", COLA)
    made = await world.plan(
        DeleteInbound(inbound), Alias(Kind.ENTITY, "unknown to the mirror", "x"), looked=False
    )
    assert made.steps[0].before == {}
    assert [each.what for each in made.lost] == [
        "username, conversations, answers, autoResponse, blockListConfiguration of inbound configuration"
        f" SMS {COLA}, keyword STOP as they are now",
        "the alias that the entity “unknown to the mirror” has now",
    ]
