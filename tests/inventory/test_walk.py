from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.inventory.test_sync import tampered

from entitree.api.transport import Reply
from entitree.inventory import walk
from entitree.inventory.model import Family, Kind, Resource
from entitree.inventory.sync import refresh

if TYPE_CHECKING:
    from entitree.api.client import PlatformClient
    from entitree.inventory.store import Store
    from entitree.sandbox import Sandbox


def inbound(sandbox: Sandbox) -> set[tuple[str, str, str | None]]:
    """Of numbers, domains and named senders: key, channel and keyword."""
    return {
        (each["configurationKey"], each["channel"], each.get("keyword"))
        for each in sandbox.dump()["inboundConfigurations"]
        if each["channel"]
        in ("SMS", "MMS", "WHATSAPP", "RCS", "VIBER_BM", "APPLE_MB", "EMAIL", "OPEN_CHANNEL")
    }


async def mirrored(store: Store) -> set[tuple[str, str, str | None]]:
    return set(await store.ask(lambda db: db.execute("SELECT key, channel, keyword FROM inbound").fetchall()))


async def test_a_walk_reads_every_resource_on_every_channel_once(
    sandbox: Sandbox, client: PlatformClient, store: Store
) -> None:
    await refresh(client, store)
    planned = await walk.plan(store)
    assert len(planned.targets) == planned.total > 5
    assert planned.walked_at is None
    counted, sent = tampered(sandbox)
    told: list[tuple[int, int]] = []
    state = await walk.walk(counted, store, progress=lambda done, total: told.append((done, total)))
    assert await mirrored(store) == inbound(sandbox)
    assert (state.whole, state.problem) == (True, None)
    assert (await store.families())[Family.INBOUND] == state
    assert len(sent.targets) == len(set(sent.targets)) == planned.total
    assert told[-1] == (planned.total, planned.total)
    again = await walk.plan(store)
    assert (again.targets, again.walked_at) == ((), state.read_at)
    later = await walk.plan(store, now=datetime.now(UTC) + timedelta(days=1))
    assert later.targets == planned.targets
    await counted.aclose()


async def test_an_interrupted_walk_goes_on_where_it_was(
    sandbox: Sandbox, client: PlatformClient, store: Store
) -> None:
    await refresh(client, store)
    total = (await walk.plan(store)).total
    broken, _ = tampered(sandbox, lambda request, number: Reply(500) if number > 4 else None)
    state = await walk.walk(broken, store)
    assert (state.read_at, state.failed) == (None, True)
    assert "500" in str(state.problem)
    left = (await walk.plan(store)).targets
    assert len(left) == total - 4
    counted, sent = tampered(sandbox)
    assert (await walk.walk(counted, store)).whole
    assert len(sent.targets) == len(left)
    assert await mirrored(store) == inbound(sandbox)
    await broken.aclose()
    await counted.aclose()


async def test_what_is_looked_at_is_read_alone_and_not_again_at_once(
    sandbox: Sandbox, client: PlatformClient, store: Store
) -> None:
    await refresh(client, store)
    counted, sent = tampered(sandbox)
    assert await walk.look_at(counted, store, Kind.ENTITY, ["mc-burger"]) is None
    first = len(sent.targets)
    assert 0 < first < (await walk.plan(store)).total
    assert await mirrored(store) < inbound(sandbox)
    assert (await store.links(Kind.ENTITY, ["mc-burger"])).inbound
    assert await walk.look_at(counted, store, Kind.ENTITY, ["mc-burger"]) is None
    assert len(sent.targets) == first
    assert await walk.look_at_resource(counted, store, Resource("ALPHA", "BigCola", "BigCola")) is None
    assert len(sent.targets) == first
    await counted.aclose()


async def test_a_walk_that_is_refused_says_so(sandbox: Sandbox, client: PlatformClient, store: Store) -> None:
    await refresh(client, store)
    refused, sent = tampered(sandbox, lambda request, _: Reply(403))
    state = await walk.walk(refused, store)
    assert (state.refused, state.read_at) == (True, None)
    assert "numbers:manage" in str(state.problem)
    assert len(sent.targets) <= 4
    await refused.aclose()


async def test_a_configuration_that_is_gone_is_forgotten(
    sandbox: Sandbox, client: PlatformClient, store: Store
) -> None:
    await refresh(client, store)
    await walk.walk(client, store)
    (key, *_), *_rest = sorted(await mirrored(store))
    await client.delete_inbound(key)
    await store.change(lambda db: (db.execute("DELETE FROM walked"), False))
    await walk.walk(client, store)
    assert await mirrored(store) == inbound(sandbox)
