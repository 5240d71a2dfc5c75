"""What reading an impact takes, what it leaves unread and says so, and what the mirror offers meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from entitree.api.client import PlatformClient
from entitree.api.gate import LocalGate
from entitree.api.transport import Credential, Reply, Request, Transport, open_transport
from entitree.changes.impact import reading
from entitree.changes.impact.reading import mirrored, read, reading_cost, walked, walking_cost
from entitree.inventory import walk
from entitree.inventory.model import Family, InboundRow, Kind
from entitree.inventory.store import Store
from entitree.inventory.sync import refresh

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from entitree.sandbox import Sandbox


class Wire(Transport):
    """Notes what is sent, and answers in the sandbox's place where `answer` does."""

    def __init__(self, inner: Transport) -> None:
        self.inner = inner
        self.sent: list[str] = []
        self.answer: Callable[[Request], Reply | None] = lambda _: None

    async def send(self, request: Request, *, deadline: float) -> Reply:
        self.sent.append(request.target)
        return self.answer(request) or await self.inner.send(request, deadline=deadline)

    async def aclose(self) -> None:
        await self.inner.aclose()


@pytest.fixture
def wire(sandbox: Sandbox) -> Wire:
    return Wire(open_transport("http://127.0.0.1", asgi_app=sandbox.app))


@pytest.fixture
async def client(sandbox: Sandbox, wire: Wire) -> AsyncIterator[PlatformClient]:
    credential = Credential(api_key=sandbox.api_key, user=sandbox.user, password=sandbox.password)
    async with PlatformClient(wire, credential, LocalGate(None)) as opened:
        yield opened


@pytest.fixture
async def store(tmp_path: Path, client: PlatformClient, wire: Wire) -> AsyncIterator[Store]:
    async with Store(tmp_path / "mirror.db") as opened:
        await refresh(client, opened)
        wire.sent.clear()
        yield opened


@pytest.mark.parametrize("ids", [("big-cola",), ("big-cola", "mc-burger", "cost-center-100")])
async def test_the_cost_is_told_before(
    client: PlatformClient, store: Store, wire: Wire, ids: tuple[str, ...]
) -> None:
    told = await reading_cost(store, Kind.ENTITY, ids)
    assert wire.sent == []
    await read(client, store, Kind.ENTITY, ids)
    # Of numbers the platform's own count may spare the page behind the last.
    assert told.requests - 1 <= len(wire.sent) <= told.requests
    assert (await reading_cost(store, Kind.ENTITY, ids, None)).seconds == 0.0


async def test_inbound_configurations_of_tied_numbers_are_read_and_the_others_are_said(
    client: PlatformClient, store: Store, wire: Wire
) -> None:
    found = await read(client, store, Kind.ENTITY, ["mc-burger"])
    assert any(isinstance(each.what, InboundRow) for each in found.resets)
    left = found.unwalked
    assert left is not None
    assert (left.tied, left.walked_at) == (0, None)
    planned = await walk.plan(store)
    assert left.requests == len(planned.targets)
    assert walking_cost(left.requests) == left.requests / 2
    assert walking_cost(left.requests, None) == 0.0


async def test_the_others_are_read_too_where_they_cost_little_beside_the_deletion(
    client: PlatformClient, store: Store, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_REST_FOR_EACH", 3)
    ids = await store.ask(lambda db: [id_ for (id_,) in db.execute("SELECT id FROM entity")])
    rest = len((await walk.plan(store)).targets)
    assert 3 < rest <= 3 * len(ids)
    told = await reading_cost(store, Kind.ENTITY, ids)
    found = await read(client, store, Kind.ENTITY, ids)
    assert found.unwalked is None
    assert sum("inbound-message" in target for target in wire.sent) == rest
    assert told.requests - 1 <= len(wire.sent) <= told.requests
    assert "mail.bigcola.example" in {
        each.what.resource_id for each in found.resets if isinstance(each.what, InboundRow)
    }


async def test_what_inbound_configurations_may_cost_is_bounded_and_the_rest_is_said(
    client: PlatformClient, store: Store, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_INBOUND", 1)
    found = await read(client, store, Kind.APPLICATION, ["marketing"])
    assert sum("inbound-message" in target for target in wire.sent) == 1
    assert found.unwalked is not None
    assert found.unwalked.tied > 0


async def test_after_a_walk_nothing_of_it_is_left_and_all_else_is_as_it_was(
    client: PlatformClient, store: Store, wire: Wire
) -> None:
    before = await read(client, store, Kind.ENTITY, ["big-cola"])
    await walk.walk(client, store)
    wire.sent.clear()
    after = await walked(store, before)
    assert wire.sent == []
    assert after.unwalked is None
    assert (after.removals, after.stops, after.read_at) == (before.removals, before.stops, before.read_at)
    assert after.not_checked == before.not_checked
    more = {each.what for each in after.resets} - {each.what for each in before.resets}
    assert {each.resource_id for each in more if isinstance(each, InboundRow)} >= {"mail.bigcola.example"}
    assert after.of("big-cola").resets == after.resets


async def test_what_is_refused_stands_under_its_family(
    client: PlatformClient, store: Store, wire: Wire
) -> None:
    doors = ("/numbers/1", "/settings/2", "inbound-message-configurations")
    wire.answer = lambda request: Reply(403) if any(door in request.target for door in doors) else None
    found = await read(client, store, Kind.ENTITY, ["mc-burger"])
    assert {each.family for each in found.not_checked} == {
        Family.NUMBERS,
        Family.KEYS,
        Family.INBOUND,
        None,
    }
    assert found.checked == {Family.ASSOCIATIONS, Family.STRATEGIES, Family.SUBSCRIPTIONS}
    again = await walked(store, found)
    assert {each.family for each in again.not_checked} >= {Family.NUMBERS, Family.KEYS}


async def test_the_mirror_is_offered_with_the_time_of_its_oldest_part(
    client: PlatformClient, store: Store, wire: Wire
) -> None:
    offered = await mirrored(store, Kind.ENTITY, ["big-cola"])
    assert wire.sent == []
    states = await store.families()
    assert offered.read_at == min(
        states[family].read_at or pytest.fail("it was read")
        for family in (
            Family.ASSOCIATIONS,
            Family.STRATEGIES,
            Family.SUBSCRIPTIONS,
            Family.NUMBERS,
            Family.KEYS,
        )
    )
    fresh = await read(client, store, Kind.ENTITY, ["big-cola"])
    assert (offered.removals, offered.stops) == (fresh.removals, fresh.stops)


async def test_a_mirror_that_was_never_read_says_so_of_each_family(tmp_path: Path) -> None:
    async with Store(tmp_path / "empty.db") as empty:
        offered = await mirrored(empty, Kind.ENTITY, ["big-cola"])
    unread = {each.family for each in offered.not_checked}
    assert unread >= {Family.ASSOCIATIONS, Family.NUMBERS, Family.KEYS}
    assert offered.read_at is None
