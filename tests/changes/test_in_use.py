"""Whether ids are in use: from logs, a sample of them, each channel for itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from entitree.api.client import PlatformClient
from entitree.api.client.logs import LOGS
from entitree.api.gate import LocalGate
from entitree.api.transport import Credential, Reply, Request, Transport, open_transport
from entitree.changes.impact import impact
from entitree.changes.impact.in_use import MOST_IDS, in_use, in_use_cost, parsed, sample
from entitree.changes.impact.words import messages, sampled
from entitree.inventory.links import Links
from entitree.inventory.model import AssociationRow, Kind
from entitree.sandbox.account import traffic
from entitree.sandbox.account.ledger import Ledger
from entitree.sandbox.rules import Rules

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

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
    async with PlatformClient(wire, Credential(api_key=sandbox.api_key), LocalGate(None)) as opened:
        yield opened


def sent(
    sandbox: Sandbox,
    entity: str,
    *,
    channel: str = "SMS",
    application: str = "prod",
    count: int = 1,
    ago: int,
) -> None:
    message = {
        "channel": channel,
        "sender": "Shop",
        "destination": "385910000001",
        "applicationId": application,
        "entityId": entity,
        "agoSeconds": ago,
        "count": count,
    }
    with sandbox._state.transaction(writes=True) as db:
        ledger = Ledger(db, operation="traffic", key="nobody", now=time.time())
        traffic.inject(db, ledger, Rules(), time.time(), {"sent": [message]})


async def test_what_was_sent_lately_with_an_id_is_counted_the_latest_first(
    sandbox: Sandbox, client: PlatformClient, wire: Wire
) -> None:
    sent(sandbox, "busy", ago=7200, count=3)
    sent(sandbox, "busy", channel="EMAIL", ago=60)
    sent(sandbox, "slow", ago=100_000)
    sent(sandbox, "other", ago=1)
    found = await in_use(client, Kind.ENTITY, ["slow", "busy", "idle", "busy"])
    assert [(use.id, use.messages, use.more, use.channels) for use in found.used] == [
        ("busy", 4, False, ("SMS", "EMAIL")),
        ("slow", 1, False, ("SMS",)),
    ]
    last = found.used[0].last
    assert last is not None
    assert 59 <= time.time() - last.timestamp() < 600
    assert (found.sampled, found.of, found.is_sample) == (("busy", "idle", "slow"), 3, False)
    assert (found.channels, found.not_checked) == (tuple(LOGS), ())
    assert found.requests == len(wire.sent) == 3 * len(LOGS)


async def test_no_report_and_no_inbox_is_ever_asked_for(
    sandbox: Sandbox, client: PlatformClient, wire: Wire
) -> None:
    sent(sandbox, "busy", ago=60)
    before = sandbox.dump()
    await in_use(client, Kind.ENTITY, ["busy"])
    assert all(target.split("?")[0].endswith("/logs") for target in wire.sent)
    assert sandbox.dump() == before


async def test_an_application_is_looked_for_as_one(sandbox: Sandbox, client: PlatformClient) -> None:
    sent(sandbox, "shop", application="marketing", ago=60)
    found = await in_use(client, Kind.APPLICATION, ["marketing", "prod"])
    assert "marketing" in [use.id for use in found.used]
    assert "prod" not in [use.id for use in found.used]


async def test_more_than_a_page_is_said_to_be_more(sandbox: Sandbox, client: PlatformClient) -> None:
    sent(sandbox, "busy", ago=60, count=1001)
    (use,) = (await in_use(client, Kind.ENTITY, ["busy"])).used
    assert (use.messages, use.more) == (1000, True)
    assert messages(use, lambda _: "14:02") == "1 000+ messages in 48 h, the last at 14:02"


async def test_a_channel_that_is_refused_is_asked_once_and_not_checked(
    sandbox: Sandbox, client: PlatformClient, wire: Wire
) -> None:
    sent(sandbox, "busy", ago=60)
    wire.answer = lambda request: Reply(403) if "/email/" in request.target else None
    found = await in_use(client, Kind.ENTITY, ["busy", "idle"])
    ((what, why),) = [(each.what, each.why) for each in found.not_checked]
    assert what == "EMAIL logs"
    assert "email:logs:read" in why
    assert "Give the key that scope" in why
    assert sum("/email/" in target for target in wire.sent) == 1
    assert "EMAIL" not in found.channels
    assert [use.id for use in found.used] == ["busy"]


async def test_a_key_that_is_bound_to_others_tells_nothing_of_these(
    client: PlatformClient, wire: Wire
) -> None:
    other = (
        b'{"results":[{"messageId":"1","sentAt":"2026-01-01T00:00:00.000+0000","platform":{"entityId":"x"}}]}'
    )
    wire.answer = lambda request: Reply(200, {}, other) if "/sms/" in request.target else None
    found = await in_use(client, Kind.ENTITY, ["idle"])
    assert found.used == ()
    assert [each.what for each in found.not_checked] == ["SMS logs"]


async def test_of_many_ids_those_with_the_most_tied_to_them_are_looked_at() -> None:
    ids = [f"shop-{number:04}" for number in range(5000)]
    rows = [AssociationRow("NUMBER", "SMS", "prod", each, "n") for each in ids[-MOST_IDS:]]
    found = impact(Links(tuple(rows)), Kind.ENTITY, ids)
    assert sample(found) == tuple(ids[-MOST_IDS:])
    assert sample(impact(Links(), Kind.ENTITY, ["b", "a"])) == ("a", "b")


async def test_a_sample_is_said_to_be_one(client: PlatformClient, wire: Wire) -> None:
    ids = [f"shop-{number:04}" for number in range(MOST_IDS)]
    found = await in_use(client, Kind.ENTITY, ids, of=5000)
    assert found.is_sample
    assert sampled(found) == "looked at 20 of 5 000 ids, those with the most tied to them"
    assert len(wire.sent) == in_use_cost(5000).requests == MOST_IDS * len(LOGS)


def test_what_it_costs_is_bounded_and_known_before() -> None:
    assert (in_use_cost(1).requests, in_use_cost(1).seconds) == (len(LOGS), 0.0)
    # Email has the slowest of the logs: one request a second.
    assert (in_use_cost(20).seconds, in_use_cost(5000).seconds) == (19.0, 19.0)
    assert (in_use_cost(5000, 10.0).seconds, in_use_cost(5000, None).seconds) == (1.9, 0.0)


def test_moments_as_the_platform_writes_them_and_others() -> None:
    moment = parsed("2026-11-25T14:02:11.000+0200")
    assert moment is not None
    assert moment.isoformat() == "2026-11-25T12:02:11+00:00"
    assert parsed("2026-11-25T14:02:11") is not None
    assert parsed("yesterday") is parsed("") is parsed(None) is None
