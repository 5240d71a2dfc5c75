"""What each family looks like when it is read back, and what the mirror is told, against the sandbox."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies as st

from entitree.api import operations as ops
from entitree.api.client import PlatformClient
from entitree.api.gate import LocalGate
from entitree.api.models import Association, SendingStrategy
from entitree.api.transport import Credential, open_transport
from entitree.changes import objects
from entitree.changes.objects import answer, equal_ids, matches, mirror, read, reading_cost, rereads
from entitree.changes.plan import State, Step, Target
from entitree.changes.plan.model import association_target, item_target
from entitree.changes.vault import Vault
from entitree.errors import ForbiddenError, RefusedError
from entitree.inventory.model import AssociationRow, Family, InboundRow, Kind, LinkRow
from entitree.inventory.records import RECORDS
from entitree.inventory.store import Store
from entitree.inventory.sync import refresh
from entitree.inventory.walk import walk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from entitree.inventory.records import Configuration
    from entitree.sandbox import Sandbox

COLA = "6F0C0D9E2B7A41D3A1F0000000000001"
STRATEGY = "3B9D1EACAB7FBDRN4EE03592BFCD6BE1"
KEY = f"C0DE{2:028X}"
SECRET = "https://hook:pass@hooks.example/mo?token=s3cret"
CATCH_ALL = Target(Family.INBOUND, (COLA, "SMS", None))


@pytest.fixture
async def full(sandbox: Sandbox) -> AsyncIterator[PlatformClient]:
    """A client that may do everything, keys included."""
    transport = open_transport("http://127.0.0.1", asgi_app=sandbox.app)
    credential = Credential(sandbox.api_key, sandbox.user, sandbox.password)
    async with PlatformClient(transport, credential, LocalGate(None)) as opened:
        yield opened


@pytest.fixture
async def whole(tmp_path: Path, full: PlatformClient) -> AsyncIterator[Store]:
    """The mirror of everything, inbound configurations included."""
    async with Store(tmp_path / "whole.db") as opened:
        await refresh(full, opened)
        await walk(full, opened)
        yield opened


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path)


def step(
    operation: ops.Operation,
    target: Target,
    *,
    path: Mapping[str, str] | None = None,
    body: State | None = None,
    before: State | None = None,
    after: State | None = None,
) -> Step:
    return Step(1, operation.name, "", target, path=path or {}, body=body, before=before, after=after)


async def kept(store: Store, family: Family) -> list[Configuration]:
    return await store.ask(lambda db: RECORDS[family].read(db, "1", ()))


# Reading


@pytest.mark.parametrize(
    ("target", "state"),
    [
        (item_target(Kind.APPLICATION, "marketing"), {"alias": "Marketing campaigns"}),
        (item_target(Kind.ENTITY, "cost-center-300"), {"alias": None}),
        (association_target(AssociationRow("NUMBER", "SMS", "marketing", "big-cola", COLA)), {}),
        (
            association_target(AssociationRow("DOMAIN", "EMAIL", "marketing", None, "mail.bigcola.example")),
            {},
        ),
        (
            Target(Family.STRATEGIES, (STRATEGY,)),
            {
                "platform": {"applicationId": "marketing", "entityId": "big-cola"},
                "channel": "SMS",
                "destinationCountryCode": "US",
                "useStickySender": True,
                "useGeolocatedSender": False,
                "priorities": [
                    {"senderType": "VIRTUAL_LONG_NUMBER", "priority": 1},
                    {"senderType": "ALPHANUMERIC", "priority": 2},
                ],
            },
        ),
        (
            Target(Family.SUBSCRIPTIONS, ("SMS", "pin-delivery")),
            {
                "name": "Delivery reports of PINs",
                "events": [{"event": "DELIVERY", "format": "DLR_JSON_2"}],
                "criteria": [
                    {"applicationId": "one-time-pin", "entityId": None, "callsConfigurationId": None}
                ],
                "resources": [],
                "users": [],
                "profile": {"profileId": "main-hook"},
            },
        ),
        (Target(Family.NUMBERS, (COLA,)), {"applicationId": "marketing", "entityId": "big-cola"}),
        (
            Target(Family.NUMBERS, ("6F0C0D9E2B7A41D3A1F0000000000005",)),
            {"applicationId": "default", "entityId": None},
        ),
        (
            Target(Family.KEYS, (KEY,)),
            {
                "name": "Key2",
                "enabled": True,
                "platform": [{"applicationId": "marketing", "entityId": "big-cola", "action": "FILL"}],
                "permissions": None,
                "scopeGuids": None,
            },
        ),
        (
            CATCH_ALL,
            {
                "configurationKey": f"1B0C0000{1:024X}",
                "username": None,
                "platform": {"applicationId": None, "entityId": None},
                "forwarding": {
                    "type": "HTTP_FORWARD",
                    "mail": None,
                    "description": None,
                    "format": "MO_JSON_2",
                    "url": "https://hooks.example/mo",
                    "fingerprint": None,
                },
                "conversations": None,
                "answers": None,
                "autoResponse": None,
                "blockListConfiguration": None,
            },
        ),
        (
            Target(Family.INBOUND, (COLA, "SMS", "STOP")),
            {
                "configurationKey": f"1B0C0000{2:024X}",
                "username": None,
                "platform": {"applicationId": None, "entityId": None},
                "forwarding": None,
                "conversations": None,
                "answers": None,
                "autoResponse": {
                    "message": "You will get no more messages from BigCola.",
                    "sender": None,
                    "deliveryTimeWindow": None,
                },
                "blockListConfiguration": {"type": "BLOCK", "level": "FROM_SENDER"},
            },
        ),
    ],
)
async def test_what_is_there_is_read(full: PlatformClient, target: Target, state: State) -> None:
    assert await read(full, target) == state


@pytest.mark.parametrize(
    "target",
    [
        item_target(Kind.APPLICATION, "nobody"),
        item_target(Kind.ENTITY, "a/b?c#d%2f \u202e"),
        association_target(AssociationRow("NUMBER", "SMS", "marketing", None, COLA)),
        association_target(AssociationRow("NUMBER", "SMS", "a/b", "?#", "../x")),
        Target(Family.STRATEGIES, ("NONE",)),
        Target(Family.STRATEGIES, ("a&entityId=b",)),
        Target(Family.SUBSCRIPTIONS, ("SMS", "big-cola-mail")),
        Target(Family.NUMBERS, ("../keys",)),
        Target(Family.KEYS, ("C0DE/..",)),
        Target(Family.INBOUND, (COLA, "SMS", "CODE")),
        Target(Family.INBOUND, ("nobody's", "SMS", None)),
        Target(Family.INBOUND, ("a sender & more", "RCS", "x")),
    ],
)
async def test_what_is_not_there_is_none(full: PlatformClient, target: Target) -> None:
    assert await read(full, target) is None


@pytest.mark.parametrize("id_", ["", ".", "..", "a\ud800", "x" * 9000])
async def test_an_id_that_no_path_can_name_is_never_asked_for(full: PlatformClient, id_: str) -> None:
    for target in (
        item_target(Kind.APPLICATION, id_),
        item_target(Kind.ENTITY, id_),
        Target(Family.SUBSCRIPTIONS, ("SMS", id_)),
        Target(Family.NUMBERS, (id_,)),
        Target(Family.KEYS, (id_,)),
    ):
        with pytest.raises(RefusedError):
            await read(full, target)


async def test_what_may_not_be_read_is_told(client: PlatformClient, sandbox: Sandbox) -> None:
    transport = open_transport("http://127.0.0.1", asgi_app=sandbox.app)
    async with PlatformClient(transport, Credential(sandbox.limited_key), LocalGate(None)) as limited:
        with pytest.raises(ForbiddenError):
            await read(limited, item_target(Kind.ENTITY, "big-cola"))
    with pytest.raises(RefusedError):
        await read(client, Target(Family.KEYS, (KEY,)))


async def test_a_senders_configuration_is_found_by_its_name(full: PlatformClient) -> None:
    found = await read(full, Target(Family.INBOUND, ("BigCola", "RCS", None)))
    assert found is not None
    assert found["platform"] == {"applicationId": "marketing", "entityId": "big-cola"}
    mail = await read(full, Target(Family.INBOUND, ("mail.bigcola.example", "EMAIL", None)))
    assert mail is not None
    assert mail["forwarding"]["url"] == "https://hooks.example/mail"


async def test_the_default_application_of_a_configuration_is_no_more_than_none(full: PlatformClient) -> None:
    found = await read(full, Target(Family.INBOUND, ("6F0C0D9E2B7A41D3A1F0000000000005", "SMS", None)))
    assert found is not None
    assert found["platform"] == {"applicationId": None, "entityId": None}


async def test_a_keyword_is_found_whatever_its_case_but_its_own_spelling_first(full: PlatformClient) -> None:
    stop = await read(full, Target(Family.INBOUND, (COLA, "SMS", "STOP")))
    assert await read(full, Target(Family.INBOUND, (COLA, "SMS", "stop"))) == stop


async def test_a_secret_of_a_forwarding_url_is_in_the_vault_and_in_no_state(
    full: PlatformClient, vault: Vault
) -> None:
    sent = {"channel": "SMS", "numberKey": COLA, "forwarding": {"type": "HTTP_FORWARD", "url": SECRET}}
    await full.set_inbound(sent)
    state = await read(full, CATCH_ALL, vault=vault)
    assert state is not None
    assert state["forwarding"]["url"] == "https://hooks.example/mo"
    assert not any(part in json.dumps(state) for part in ("pass", "s3cret", "token"))
    reference = {"$secret": state["forwarding"]["fingerprint"]}
    assert vault.resolve({"url": reference}) == {"url": SECRET}
    await full.set_inbound(
        {**sent, "forwarding": {"type": "HTTP_FORWARD", "url": SECRET.replace("s3cret", "other")}}
    )
    other = await read(full, CATCH_ALL, vault=vault)
    assert not matches(other, state)
    assert not matches(state, other)
    bare = await read(full, CATCH_ALL)
    assert bare is not None
    assert bare["forwarding"]["fingerprint"] is None


async def test_an_answer_of_the_platform_about_another_association_is_not_believed(
    full: PlatformClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = full.get_association

    async def loose(association: Association) -> Association:
        # As a platform that takes a missing entity for any entity.
        return await asked(association.model_copy(update={"entity_id": "big-cola"}))

    monkeypatch.setattr(full, "get_association", loose)
    alone = AssociationRow("NUMBER", "SMS", "marketing", None, COLA)
    assert await read(full, association_target(alone)) is None
    assert await read(full, association_target(replace(alone, entity_id="big-cola"))) == {}


# Comparing


def test_absent_is_null_and_order_does_not_count() -> None:
    assert matches({"a": 1, "more": 2}, {"a": 1, "b": None})
    assert matches({"a": [1, {"x": None, "y": 2}]}, {"a": [{"y": 2}, 1]})
    assert not matches({"a": [1, 1]}, {"a": [1]})
    assert not matches({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}})
    assert not matches({"a": 1}, {"a": True})
    assert matches(None, None)
    assert not matches(None, {})
    assert not matches({}, None)
    assert matches({"alias": "x"}, {})


def test_of_a_deletion_the_alias_alone_is_compared() -> None:
    before = {"alias": "Cola", "known": True, "unread": [], "associations": [{"channel": "SMS"}]}
    assert matches({"alias": "Cola"}, before)
    assert not matches({"alias": None}, before)
    assert matches({"alias": None}, {**before, "known": False})
    assert not matches(None, before)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from("ab"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=8,
)
_STATES = st.dictionaries(st.sampled_from("xyz"), _JSON, max_size=3)


@given(_STATES, _STATES, st.sampled_from("xyz"))
def test_a_state_shows_itself_and_less_but_nothing_else(one: State, other: State, name: str) -> None:
    assert matches(one, one)
    assert matches(one, {key: value for key, value in one.items() if key != name})
    assert matches(json.loads(json.dumps(one)), one)
    if one.get(name) is not None:
        assert not matches({key: value for key, value in one.items() if key != name}, one) or one[name] in (
            {},
            None,
        )
    if matches(one, other) and matches(other, one):
        assert all(matches(one, third) == matches(other, third) for third in ({}, one, other))


# What is read before a step


def test_what_builds_upon_what_is_there_is_read_again() -> None:
    again = {name for name in ops.OPERATIONS if rereads(Step(1, name, "", Target(Family.KEYS, ("x",))))}
    assert again == {
        "modify-application",
        "modify-entity",
        "update-subscription",
        "delete-subscription",
        "update-owned-number",
        "manage-inbound-configuration",
        "delete-inbound-configuration",
        "update-api-key",
    }
    target = Target(Family.NUMBERS, ("x",))
    assert reading_cost(step(ops.UPDATE_NUMBER, target)) == Counter({ops.GET_NUMBER: 1})
    assert reading_cost(step(ops.CREATE_STRATEGY, target)) == Counter({ops.GET_STRATEGIES: 1})
    assert reading_cost(step(ops.CREATE_ENTITY, target)) == Counter()
    assert reading_cost(step(ops.DELETE_ENTITY, target)) == Counter()


async def test_equal_strategies_are_found_however_they_are_written(full: PlatformClient) -> None:
    body = {"platform": {"applicationId": "marketing", "entityId": "mc-burger"}, "channel": "SMS"}
    made = step(ops.CREATE_STRATEGY, Target(Family.STRATEGIES, ()), body=body)
    there = await equal_ids(full, made)
    assert there == {"712D1EACAB7FDORN4EE035954FCD6BOO"}
    reply = await full.call(ops.CREATE_STRATEGY, body={**body, "useStickySender": False})
    result = await answer(made, reply.body)
    assert result is not None
    assert await equal_ids(full, made) - there == {result["id"]}
    await full.call(ops.CREATE_STRATEGY, body={**body, "useStickySender": True})
    assert len(await equal_ids(full, made)) == 2


# What the mirror is told


async def _same_as_read(full: PlatformClient, store: Store, tmp_path: Path, family: Family) -> None:
    async with Store(tmp_path / "fresh.db") as fresh:
        await refresh(full, fresh)
        await walk(full, fresh)
        assert set(map(str, await kept(store, family))) == set(map(str, await kept(fresh, family)))


async def _send(full: PlatformClient, store: Store, done: Step) -> State | None:
    reply = await full.call(ops.OPERATIONS[done.operation], path=done.path, body=done.body)
    result = await answer(done, reply.body)
    await mirror(store, done, result)
    return result


async def test_the_mirror_shows_items_at_once(full: PlatformClient, whole: Store) -> None:
    target = item_target(Kind.ENTITY, "a/b c")
    await _send(
        full,
        whole,
        step(
            ops.CREATE_ENTITY,
            target,
            body={"entityId": "a/b c", "entityName": "New"},
            after=objects.items.state("New"),
        ),
    )
    item = await whole.item(Kind.ENTITY, "a/b c")
    assert item is not None
    assert item.alias == "New"
    path = {"entityId": "a/b c"}
    await _send(full, whole, step(ops.MODIFY_ENTITY, target, path=path, body={}, after={"alias": None}))
    item = await whole.item(Kind.ENTITY, "a/b c")
    assert item is not None
    assert item.alias is None
    await _send(full, whole, step(ops.DELETE_ENTITY, target, path=path, before={"alias": None}))
    assert await whole.item(Kind.ENTITY, "a/b c") is None


async def test_the_mirror_shows_associations_at_once(
    full: PlatformClient, whole: Store, tmp_path: Path
) -> None:
    row = AssociationRow("NUMBER", "SMS", "staging", None, COLA)
    body = {
        "resourceType": "NUMBER",
        "channel": "SMS",
        "applicationId": "staging",
        "entityId": None,
        "resourceId": COLA,
    }
    await _send(full, whole, step(ops.CREATE_ASSOCIATION, association_target(row), body=body, after={}))
    assert row in await kept(whole, Family.ASSOCIATIONS)
    await _same_as_read(full, whole, tmp_path, Family.ASSOCIATIONS)
    await _send(full, whole, step(ops.DELETE_ASSOCIATION, association_target(row), body=body, before={}))
    assert row not in await kept(whole, Family.ASSOCIATIONS)


async def test_the_mirror_shows_strategies_at_once(
    full: PlatformClient, whole: Store, tmp_path: Path
) -> None:
    body = {"platform": {"entityId": "mc-burger"}, "channel": "SMS", "destinationCountryCode": "HR"}
    made = step(ops.CREATE_STRATEGY, Target(Family.STRATEGIES, ()), body=body)
    result = await _send(full, whole, made)
    assert result is not None
    target = Target(Family.STRATEGIES, (result["id"],))
    row = next(
        each for each in await kept(whole, Family.STRATEGIES) if getattr(each, "id", "") == result["id"]
    )
    assert (getattr(row, "entity_id", None), getattr(row, "country", None)) == ("mc-burger", "HR")
    now = await read(full, target)
    sent = objects.strategies.state(objects.strategies.parsed(body))
    assert matches(now, sent)
    assert matches(sent, now)
    await mirror(whole, made, None)
    gone = step(ops.DELETE_STRATEGY, target, path={"sendingStrategyId": result["id"]}, before=now)
    await _send(full, whole, gone)
    assert await read(full, target) is None
    await _same_as_read(full, whole, tmp_path, Family.STRATEGIES)


async def test_the_mirror_shows_subscriptions_at_once(
    full: PlatformClient, whole: Store, tmp_path: Path
) -> None:
    target = Target(Family.SUBSCRIPTIONS, ("SMS", "pin-delivery"))
    body = {
        "name": "PINs",
        "events": ["DELIVERY"],
        "criteria": [{"applicationId": "staging"}],
        "profile": {"profileId": "retail-hook"},
    }
    path = {"channel": "SMS", "subscriptionId": "pin-delivery"}
    await _send(full, whole, step(ops.UPDATE_SUBSCRIPTION, target, path=path, body=body, after={}))
    now = await read(full, target)
    assert matches(now, objects.subscriptions.state(objects.subscriptions.parsed(body, "pin-delivery")))
    row = next(
        each for each in await kept(whole, Family.SUBSCRIPTIONS) if getattr(each, "id", "") == "pin-delivery"
    )
    assert (getattr(row, "name", None), getattr(row, "profile_id", None)) == ("PINs", "retail-hook")
    await _send(full, whole, step(ops.DELETE_SUBSCRIPTION, target, path=path, before=now))
    assert await read(full, target) is None
    await _same_as_read(full, whole, tmp_path, Family.SUBSCRIPTIONS)


async def test_the_mirror_shows_a_numbers_link_at_once(
    full: PlatformClient, whole: Store, tmp_path: Path
) -> None:
    target = Target(Family.NUMBERS, (COLA,))
    linked = step(
        ops.UPDATE_NUMBER,
        target,
        path={"numberKey": COLA},
        body={"applicationId": "staging"},
        after=objects.numbers.state("staging", None),
    )
    result = await _send(full, whole, linked)
    assert result == linked.after
    await _same_as_read(full, whole, tmp_path, Family.NUMBERS)
    # One that the mirror does not have stays unknown to it.
    await mirror(whole, replace(linked, target=Target(Family.NUMBERS, ("unknown",))), None)


async def test_the_mirror_shows_inbound_configurations_at_once(
    full: PlatformClient, whole: Store, tmp_path: Path, vault: Vault
) -> None:
    platform = {"applicationId": "staging", "entityId": "big-cola"}
    changed = step(
        ops.SET_INBOUND,
        CATCH_ALL,
        body={**objects.inbound.place(CATCH_ALL), "platform": platform, "unset": ["FORWARDING"]},
        after={"platform": platform, "forwarding": None},
    )
    result = await _send(full, whole, changed)
    assert matches(result, changed.after)
    await _same_as_read(full, whole, tmp_path, Family.INBOUND)
    new = Target(Family.INBOUND, (COLA, "SMS", "НОВЫЙ"))
    made = step(
        ops.SET_INBOUND,
        new,
        body={**objects.inbound.place(new), "forwarding": {"type": "HTTP_FORWARD", "url": SECRET}},
    )
    reply = await full.call(ops.SET_INBOUND, body=made.body)
    result = await answer(made, reply.body, vault=vault)
    assert result is not None
    assert result["forwarding"]["fingerprint"] == vault.fingerprint(SECRET)
    assert not vault.has(vault.fingerprint(SECRET))
    await mirror(whole, made, result)
    row = next(each for each in await kept(whole, Family.INBOUND) if getattr(each, "keyword", "") == "НОВЫЙ")
    assert isinstance(row, InboundRow)
    assert row.url == "https://hooks.example/mo"
    await _send(
        full,
        whole,
        step(ops.DELETE_INBOUND, new, path={"configurationKey": row.key}, before=result),
    )
    assert await read(full, new) is None
    await _same_as_read(full, whole, tmp_path, Family.INBOUND)


async def test_the_mirror_shows_keys_at_once(full: PlatformClient, whole: Store, tmp_path: Path) -> None:
    target = Target(Family.KEYS, (KEY,))
    links = objects.keys.links((LinkRow("staging", None, "FORCE"), LinkRow("default", "big-cola")))
    sent = [{name: each for name, each in link.items() if each is not None} for link in links]
    linked = step(
        ops.UPDATE_API_KEY,
        target,
        path={"apiKeyId": KEY},
        body={"platform": sent},
        after={"platform": links},
    )
    result = await _send(full, whole, linked)
    assert matches(result, linked.after)
    assert matches(await read(full, target), linked.after)
    await _same_as_read(full, whole, tmp_path, Family.KEYS)
    off = replace(linked, body={"enabled": False}, after={"enabled": False})
    await full.call(ops.UPDATE_API_KEY, path=off.path, body=off.body)
    await mirror(whole, off, None)
    await _same_as_read(full, whole, tmp_path, Family.KEYS)


async def test_no_answer_and_no_state_holds_the_secret_of_a_key(full: PlatformClient) -> None:
    reply = await full.call(ops.UPDATE_API_KEY, path={"apiKeyId": KEY}, body={"enabled": True})
    assert b"apiKeySecret" in reply.body
    told = await answer(step(ops.UPDATE_API_KEY, Target(Family.KEYS, (KEY,))), reply.body)
    assert told is not None
    assert json.loads(reply.body)["apiKeySecret"] not in json.dumps(told)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b"null", b'{"sendingStrategyId": 5}', b"[" * 100_000]
)
async def test_an_answer_that_makes_no_sense_tells_nothing(body: bytes) -> None:
    for operation in (ops.CREATE_STRATEGY, ops.UPDATE_NUMBER, ops.SET_INBOUND, ops.UPDATE_API_KEY):
        assert await answer(step(operation, Target(Family.KEYS, ("x",))), body) is None


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "channel": st.sampled_from(["SMS", "MMS", ""]) | st.none(),
            "destinationCountryCode": st.sampled_from(["US", ""]) | st.none(),
            "useStickySender": st.booleans(),
            "priorities": st.none()
            | st.lists(st.just({"senderType": "SHORT_CODE", "priority": 1}), max_size=2),
            "platform": st.none()
            | st.dictionaries(st.sampled_from(["applicationId", "entityId"]), st.just("a")),
        },
    )
)
def test_a_strategy_listed_and_one_to_be_made_have_the_same_state(raw: dict[str, Any]) -> None:
    listed = SendingStrategy.model_validate({**raw, "sendingStrategyId": "X"})
    state = objects.strategies.state(objects.strategies.parsed(raw))
    assert objects.strategies.state(listed) == state
    again = {name: value for name, value in state.items() if value is not None}
    assert objects.strategies.state(objects.strategies.parsed(again)) == state
