from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from entitree.api.client import PlatformClient
from entitree.api.gate import LocalGate
from entitree.api.models import Criterion, ProfileReference, SubscriptionChange
from entitree.api.names import SUBSCRIPTION_CHANNELS
from entitree.api.transport import Credential, Reply, Request, open_transport
from entitree.errors import EntitreeError, UnreachableError
from entitree.inventory.model import Family, FamilyState, Item, Kind
from entitree.inventory.reader import MOVED, Reader
from entitree.inventory.sync import refresh, refresh_links
from entitree.inventory.wire import SENDER_TYPES, association

if TYPE_CHECKING:
    from collections.abc import Callable

    from entitree.api.transport import Transport
    from entitree.inventory.store import Store
    from entitree.sandbox import Sandbox

ENTITIES = "/provisioning/1/entities"


class Tampered:
    """The sandbox, but for what `tamper` answers in its place; it also counts."""

    def __init__(self, real: Transport, tamper: Callable[[Request, int], Reply | None]) -> None:
        self._real = real
        self._tamper = tamper
        self.targets: list[str] = []

    async def send(self, request: Request, *, deadline: float) -> Reply:
        self.targets.append(request.target)
        return self._tamper(request, len(self.targets)) or await self._real.send(request, deadline=deadline)

    async def aclose(self) -> None:
        await self._real.aclose()


async def _at_once(_: float) -> None:
    return


def tampered(
    sandbox: Sandbox, tamper: Callable[[Request, int], Reply | None] = lambda request, number: None
) -> tuple[PlatformClient, Tampered]:
    transport = Tampered(open_transport("http://127.0.0.1", asgi_app=sandbox.app), tamper)
    credential = Credential(api_key=sandbox.api_key, user=sandbox.user, password=sandbox.password)
    return PlatformClient(transport, credential, LocalGate(None), sleep=_at_once), transport


def page(results: list[dict[str, Any]], *, total: int, size: int = 1000, number: int = 0) -> Reply:
    paging = {"page": number, "size": size, "totalPages": 1, "totalResults": total}
    return Reply(200, {}, json.dumps({"results": results, "paging": paging}).encode())


async def everything(store: Store) -> dict[str, Any]:
    """The mirror in the words of the sandbox's dump."""
    found: dict[str, Any] = {}
    for kind, name in ((Kind.APPLICATION, "applications"), (Kind.ENTITY, "entities")):
        listing = await store.find(kind)
        rows = await store.rows(kind, listing.keys)
        found[name] = {(row.item.id, row.item.alias) for row in rows}
    every = [id_ for id_, _ in found["applications"]]
    links = await store.links(Kind.APPLICATION, every)
    found["associations"] = {
        (a.resource_type, a.channel, a.application_id, a.entity_id, a.resource_id) for a in links.associations
    }
    others = await store.links(Kind.ENTITY, [id_ for id_, _ in found["entities"]])
    found["strategies"] = {each.id for each in (*links.strategies, *others.strategies)}
    found["subscriptions"] = {
        (each.channel, each.id) for each in (*links.subscriptions, *others.subscriptions)
    }
    found["numbers"] = {(each.key, each.application_id, each.entity_id) for each in links.numbers}
    found["keys"] = {(each.id, each.name) for each in links.keys}
    resources = await store.find_resources()
    owned = [line for line in await store.resource_window(resources.keys) if line and line.owned]
    found["domains"] = {line.resource.id for line in owned if line.resource.type == "DOMAIN"}
    found["senders"] = {
        (line.resource.type, line.resource.id)
        for line in owned
        if line.resource.type not in ("DOMAIN", "NUMBER")
    }
    return found


def truth(sandbox: Sandbox) -> dict[str, Any]:
    dump = sandbox.dump()
    return {
        "applications": {(a["applicationId"], a.get("applicationName")) for a in dump["applications"]},
        "entities": {(e["entityId"], e.get("entityName")) for e in dump["entities"]},
        "associations": {
            (a["resourceType"], a["channel"], a["applicationId"], a.get("entityId"), a["resourceId"])
            for a in dump["associations"]
        },
        "strategies": {each["sendingStrategyId"] for each in dump["strategies"]},
        "subscriptions": {(each["channel"], each["subscriptionId"]) for each in dump["subscriptions"]},
        "numbers": {(n["numberKey"], n["applicationId"], n.get("entityId")) for n in dump["numbers"]},
        "keys": {(each["id"], each["name"]) for each in dump["keys"] if each.get("platform")},
        "domains": {each["domainName"] for each in dump["domains"]},
        "senders": {
            (
                "ALPHA" if each["resourceType"] == "ALPHANUMERIC" else each["resourceType"],
                each.get("senderName") or each.get("resource"),
            )
            for each in dump["senders"]
            if each["resourceType"] in SENDER_TYPES.values()
        },
    }


async def test_a_refresh_makes_the_mirror_equal_to_the_account(
    sandbox: Sandbox, client: PlatformClient, store: Store
) -> None:
    told: list[tuple[Family, int, int | None]] = []
    states = await refresh(client, store, progress=lambda *news: told.append(news))
    assert await everything(store) == truth(sandbox)
    inbound = FamilyState(Family.INBOUND)
    assert {**states, Family.INBOUND: inbound} == await store.families()
    assert all(state.whole and state.read_at and state.problem is None for state in states.values())
    assert (Family.ENTITIES, 5, 5) in told


async def test_a_second_refresh_changes_nothing_and_one_after_a_change_follows_it(
    sandbox: Sandbox, client: PlatformClient, store: Store
) -> None:
    await refresh(client, store)
    before = await store.find(Kind.ENTITY)
    await refresh(client, store)
    assert (await store.find(Kind.ENTITY)).keys == before.keys
    await client.delete_entity("big-cola")
    await client.create_entity("new", "New")
    await client.modify_application("production", None)
    await refresh(client, store)
    assert await everything(store) == truth(sandbox)


async def test_each_page_is_asked_for_once(sandbox: Sandbox, store: Store) -> None:
    client, sent = tampered(sandbox)
    await refresh(client, store)
    asked = [target for target in sent.targets if not target.startswith("/resources/")]
    # One more for the numbers: whether their count is of all or of the page, only another page tells.
    assert len(asked) == len(set(asked)) == 8 + len(SUBSCRIPTION_CHANNELS)
    # A search by POST: what is searched for stands in the body.
    assert len(sent.targets) - len(asked) == len(SENDER_TYPES)
    await client.aclose()


async def test_a_refused_family_says_so_and_the_others_go_on(sandbox: Sandbox, store: Store) -> None:
    client, sent = tampered(
        sandbox, lambda request, _: Reply(403) if "/subscriptions/" in request.target else None
    )
    states = await refresh(client, store)
    refused = states[Family.SUBSCRIPTIONS]
    assert (refused.whole, refused.read_at) == (False, None)
    assert "subscriptions:manage" in str(refused.problem)
    assert all(state.whole for family, state in states.items() if family is not Family.SUBSCRIPTIONS)
    assert sum("/subscriptions/" in target for target in sent.targets) <= 6
    await client.aclose()


class Hours:
    """Time that passes only while someone sleeps or waits for an answer."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


class Ailing:
    """A platform that answers always the same; None: never, so that the deadline passes."""

    def __init__(self, hours: Hours, answer: Reply | EntitreeError | None) -> None:
        self._hours = hours
        self._answer = answer
        self.sent = 0

    async def send(self, request: Request, *, deadline: float) -> Reply:
        self.sent += 1
        if isinstance(self._answer, Reply):
            return self._answer
        if self._answer is not None:
            raise self._answer
        self._hours.now += deadline
        raise UnreachableError(f"no answer came within {deadline:.3g} s", sent=True)

    async def aclose(self) -> None:
        return


@pytest.mark.parametrize("by_id", [False, True])
@pytest.mark.parametrize("family", [Family.ENTITIES, Family.ASSOCIATIONS, Family.SUBSCRIPTIONS])
@pytest.mark.parametrize(
    "answer",
    [
        *(
            Reply(429, {} if asked is None else {"retry-after": asked})
            for asked in (None, "0", "soon", "29", "86400", "Wed, 01 Jan 2099 00:00:00 GMT")
        ),
        Reply(500),
        Reply(503, {"retry-after": "29"}),
        Reply(200, {}, b"<html>"),
        UnreachableError("the connection was refused", sent=False),
        None,
    ],
    ids=repr,
)
async def test_an_ailing_platform_is_soon_left_alone(
    store: Store, answer: Reply | EntitreeError | None, family: Family, by_id: bool
) -> None:
    hours = Hours()
    ailing = Ailing(hours, answer)
    gate = LocalGate(clock=hours, sleep=hours.sleep)
    client = PlatformClient(ailing, Credential("key"), gate, sleep=hours.sleep, clock=hours)
    for _ in range(2):
        ailing.sent = 0
        before = hours.now
        if by_id:
            await Reader(client, store, None).named(family, Kind.ENTITY, ["big-cola", "mc-burger"])
        else:
            assert (await refresh(client, store, [family]))[family].problem
        assert hours.now - before <= 60
        assert ailing.sent <= 5


async def test_one_channel_that_is_refused_for_itself_stops_no_other(sandbox: Sandbox, store: Store) -> None:
    client, sent = tampered(
        sandbox, lambda request, _: Reply(404) if "/subscription/SMS?" in request.target else None
    )
    await refresh(client, store, [Family.SUBSCRIPTIONS])
    assert len(sent.targets) == len(SUBSCRIPTION_CHANNELS)
    await client.aclose()


async def test_a_family_that_fails_later_keeps_what_it_had(
    sandbox: Sandbox, client: PlatformClient, store: Store
) -> None:
    first = await refresh(client, store)
    broken, _ = tampered(
        sandbox, lambda request, _: Reply(500) if request.target.startswith(ENTITIES) else None
    )
    now = await refresh(broken, store)
    assert now[Family.ENTITIES].read_at == first[Family.ENTITIES].read_at
    assert now[Family.ENTITIES].whole
    assert not now[Family.ENTITIES].read
    assert {**now, Family.INBOUND: FamilyState(Family.INBOUND)} == await store.families()
    assert "500" in str(now[Family.ENTITIES].problem)
    assert await everything(store) == truth(sandbox)
    await broken.aclose()


def a_moving_list(*pages: Reply) -> Callable[[Request, int], Reply | None]:
    def answer(request: Request, _: int) -> Reply | None:
        if not request.target.startswith(ENTITIES):
            return None
        number = int(request.target.split("page=")[1].split("&")[0])
        return pages[number]

    return answer


def entities(*ids: str) -> list[dict[str, Any]]:
    return [{"entityId": each} for each in ids]


@pytest.mark.parametrize(
    "pages",
    [
        (page(entities("a", "b"), total=3, size=2), page(entities("b", "c"), total=3, size=2, number=1),
         page([], total=3, size=2, number=2)),
        (page(entities("a", "b"), total=4, size=2), page(entities("c"), total=3, size=2, number=1)),
        (page(entities("a", "b"), total=7, size=2), page([], total=7, size=2, number=1)),
    ],
    ids=["an id twice", "another total", "fewer than said"],
)  # fmt: skip
async def test_a_list_that_moved_removes_nothing_and_says_so(
    sandbox: Sandbox, store: Store, pages: tuple[Reply, ...]
) -> None:
    await store.put(Item(Kind.ENTITY, "old"))
    client, _ = tampered(sandbox, a_moving_list(*pages))
    state = (await refresh(client, store, [Family.ENTITIES]))[Family.ENTITIES]
    assert (state.whole, state.problem, state.read) == (False, MOVED, True)
    assert {"old", "a", "b"} <= set(await store.items(Kind.ENTITY, ["old", "a", "b"]))
    await client.aclose()


async def test_a_list_that_goes_round_removes_nothing_and_says_so(sandbox: Sandbox, store: Store) -> None:
    await store.put(Item(Kind.ENTITY, "old"))
    rounds = (page(entities("a"), total=2, size=1), page(entities("b"), total=2, size=1))
    client, sent = tampered(sandbox, a_moving_list(*rounds * 5))
    state = (await refresh(client, store, [Family.ENTITIES]))[Family.ENTITIES]
    assert (state.whole, state.problem, len(sent.targets)) == (False, MOVED, 6)
    assert set(await store.items(Kind.ENTITY, ["old", "a", "b"])) == {"old", "a", "b"}
    await client.aclose()


async def test_a_list_that_never_ends_removes_nothing_and_says_so(
    sandbox: Sandbox, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entitree.api.client._FEWEST_PAGES", 5)
    await store.put(Item(Kind.ENTITY, "old"))
    client, _ = tampered(
        sandbox, a_moving_list(*(page(entities(f"e{n}"), total=0, size=1) for n in range(99)))
    )
    state = (await refresh(client, store, [Family.ENTITIES]))[Family.ENTITIES]
    assert "does not end" in str(state.problem)
    assert set(await store.items(Kind.ENTITY, ["old", "e0", "e9"])) == {"old", "e0", "e9"}
    await client.aclose()


async def test_an_odd_row_hides_no_other_and_nothing_is_removed(sandbox: Sandbox, store: Store) -> None:
    await store.put(Item(Kind.ENTITY, "old"))
    rows: list[dict[str, Any]] = [
        {"entityId": 7},
        {"entityId": "ok"},
        {"entityId": "torn", "entityName": "\ud800"},
        {"entityId": ".."},
    ]
    client, _ = tampered(sandbox, a_moving_list(page(rows, total=4)))
    state = (await refresh(client, store, [Family.ENTITIES]))[Family.ENTITIES]
    assert (state.whole, state.read) == (False, True)
    assert state.problem == "1 row could not be understood and is left out."
    items = await store.items(Kind.ENTITY, ["old", "ok", "torn", ".."])
    assert {each.id: each.addressable for each in items.values()} == {
        "old": True, "ok": True, "torn": False, "..": False,
    }  # fmt: skip
    await client.aclose()


async def test_a_cancelled_refresh_keeps_what_arrived_and_removes_nothing(
    sandbox: Sandbox, store: Store
) -> None:
    await store.put(Item(Kind.ENTITY, "old"))
    stuck = asyncio.Event()

    def answer(request: Request, _: int) -> Reply | None:
        if "page=0" in request.target:
            return page(entities("a", "b"), total=4, size=2)
        stuck.set()
        raise asyncio.CancelledError

    client, _ = tampered(sandbox, answer)
    with pytest.raises(asyncio.CancelledError):
        await refresh(client, store, [Family.ENTITIES])
    assert stuck.is_set()
    assert set(await store.items(Kind.ENTITY, ["old", "a", "b"])) == {"old", "a", "b"}
    assert (await store.families())[Family.ENTITIES].read_at is None
    await client.aclose()


async def test_the_links_of_one_id_are_read_by_id(
    sandbox: Sandbox, client: PlatformClient, store: Store
) -> None:
    counted, sent = tampered(sandbox)
    await refresh(client, store)
    await client.create_entity("later")
    reading = await refresh_links(counted, store, Kind.ENTITY, ["big-cola"])
    assert reading.requests == len(sent.targets) == 3 + len(SUBSCRIPTION_CHANNELS)
    assert reading.not_checked == ()
    assert await store.item(Kind.ENTITY, "later") is None
    await counted.aclose()


async def test_many_ids_are_read_as_whole_families(
    sandbox: Sandbox, client: PlatformClient, store: Store
) -> None:
    counted, sent = tampered(sandbox)
    await refresh(client, store)
    reading = await refresh_links(counted, store, Kind.ENTITY, ["big-cola", "mc-burger", "cost-center-100"])
    assert reading.requests == len(sent.targets) == 3 + len(SUBSCRIPTION_CHANNELS)
    await counted.aclose()


async def test_links_read_by_id_replace_exactly_what_names_it(
    sandbox: Sandbox, client: PlatformClient, store: Store
) -> None:
    await refresh(client, store)
    before = await store.links(Kind.ENTITY, ["big-cola"])
    assert before.associations
    assert before.strategies
    assert before.subscriptions
    changed = before.subscriptions[0]
    change = SubscriptionChange(
        criteria=[Criterion(application_id="production")],
        profile=ProfileReference(profile_id=str(changed.profile_id)),
    )
    await client.modify_subscription(changed.channel, changed.id, change)
    for row in before.associations:
        await client.delete_association(association(row))
    await refresh_links(client, store, Kind.ENTITY, ["big-cola"])
    after = await store.links(Kind.ENTITY, ["big-cola"])
    assert after.associations == ()
    assert after.strategies == before.strategies
    assert changed.id not in {each.id for each in after.subscriptions}
    assert await everything(store) == truth(sandbox)


async def test_an_item_that_is_gone_is_forgotten_and_one_unknown_is_learned(
    client: PlatformClient, store: Store
) -> None:
    await store.put(Item(Kind.ENTITY, "gone"))
    await refresh_links(client, store, Kind.ENTITY, ["gone"])
    await refresh_links(client, store, Kind.ENTITY, ["big-cola"])
    assert await store.items(Kind.ENTITY, ["gone", "big-cola"]) == {
        "big-cola": Item(Kind.ENTITY, "big-cola", "BigCola")
    }


async def test_links_that_moved_while_being_read_are_told(sandbox: Sandbox, store: Store) -> None:
    def answer(request: Request, _: int) -> Reply | None:
        return page([], total=3) if "sending-strategies" in request.target else None

    client, _ = tampered(sandbox, answer)
    reading = await refresh_links(client, store, Kind.APPLICATION, ["production"])
    assert [(each.what, each.why, each.family) for each in reading.not_checked] == [
        ("strategies", MOVED, None)
    ]
    await client.aclose()


async def test_links_of_which_a_row_is_odd_are_told_but_were_read(sandbox: Sandbox, store: Store) -> None:
    def answer(request: Request, _: int) -> Reply | None:
        return page([{"channel": 7}], total=1) if "sending-strategies" in request.target else None

    client, _ = tampered(sandbox, answer)
    reading = await refresh_links(client, store, Kind.APPLICATION, ["production"])
    ((what, family),) = [(each.what, each.family) for each in reading.not_checked]
    assert (what, family) == ("strategies", None)
    await client.aclose()


async def test_what_could_not_be_read_is_told(sandbox: Sandbox, store: Store) -> None:
    client, _ = tampered(
        sandbox, lambda request, _: Reply(403) if "sending-strategies" in request.target else None
    )
    reading = await refresh_links(client, store, Kind.APPLICATION, ["production"])
    (unread,) = reading.not_checked
    assert (unread.what, unread.family) == ("strategies", Family.STRATEGIES)
    assert "sending-strategy:manage" in unread.why
    await client.aclose()
