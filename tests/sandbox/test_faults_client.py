"""What the project's own client makes of what goes wrong on purpose."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from tests.sandbox.control import control, go_wrong

from entitree.api.client import PlatformClient
from entitree.api.credentials import Credential
from entitree.api.gate import LocalGate
from entitree.api.transport import open_transport
from entitree.errors import BadReplyError, ServerError, TooManyRequestsError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.sandbox.conftest import Asker

    from entitree.sandbox import Sandbox

ENTITIES = "/provisioning/1/entities"
STRATEGIES = "/provisioning/2/sending-strategies"
NEW = {"entityId": "new"}


def use(sandbox: Sandbox, work: Callable[[PlatformClient], Awaitable[Any]]) -> Any:  # noqa: ANN401 - what work gives
    """What the project's own client makes of it, without waiting between its tries."""

    async def at_once(_: float) -> None:
        return None

    async def run() -> object:
        transport = open_transport("http://127.0.0.1", asgi_app=sandbox.app)
        credential = Credential(api_key=sandbox.api_key)
        async with PlatformClient(transport, credential, LocalGate(None), sleep=at_once) as client:
            return await work(client)

    return asyncio.run(run())


async def entities(client: PlatformClient) -> list[str]:
    return [one.entity_id async for page in client.entities(size=1) for one in page.results]


def test_the_client_reads_past_a_few_errors(ask: Asker) -> None:
    right = use(ask.sandbox, entities)
    go_wrong(ask, {"kind": "status", "status": 503, "probability": 0.3})
    assert use(ask.sandbox, entities) == right


@pytest.mark.parametrize("kind", ["bad-json", "deep-json", "html", "gzip-bomb", "empty", "redirect"])
def test_the_client_calls_garbage_a_bad_reply(ask: Asker, kind: str) -> None:
    go_wrong(ask, {"kind": kind})
    with pytest.raises(BadReplyError):
        use(ask.sandbox, entities)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "totals", "delta": -1},
        {"kind": "totals", "delta": 5},
        {"kind": "totals", "value": 0},
        {"kind": "content-type", "content_type": "text/html"},
    ],
)
def test_the_client_lists_all_whatever_is_told_of_it(ask: Asker, fault: dict[str, Any]) -> None:
    right = use(ask.sandbox, entities)
    go_wrong(ask, fault)
    assert use(ask.sandbox, entities) == right


def test_the_client_stops_where_a_page_is_repeated(ask: Asker) -> None:
    first, second, *_ = use(ask.sandbox, entities)
    go_wrong(ask, {"kind": "page", "asked": 2, "answered": 1})
    assert use(ask.sandbox, entities) == [first, second]


@pytest.mark.parametrize("after_effect", [False, True])
def test_the_client_sends_a_creation_once(ask: Asker, after_effect: bool) -> None:
    go_wrong(ask, {"kind": "status", "status": 503, "after_effect": after_effect})
    with pytest.raises(ServerError):
        use(ask.sandbox, lambda client: client.create_entity("new"))
    assert control(ask, "GET", "faults").json()["faults"][0]["seen"] == 1
    assert (NEW in ask.sandbox.dump()["entities"]) == after_effect


def test_the_client_does_not_wait_for_ever(ask: Asker) -> None:
    go_wrong(ask, {"kind": "status", "status": 429, "retry_after": 60_000})
    with pytest.raises(TooManyRequestsError) as caught:
        use(ask.sandbox, entities)
    assert caught.value.retry_after == 60_000


def test_the_client_leaves_where_no_answer_comes(ask: Asker) -> None:
    go_wrong(ask, {"kind": "no-answer"})

    async def run() -> None:
        transport = open_transport("http://127.0.0.1", asgi_app=ask.sandbox.app)
        credential = Credential(api_key=ask.sandbox.api_key)
        async with PlatformClient(transport, credential, LocalGate(None), deadline=0.05) as client:
            await client.create_entity("new")

    with pytest.raises(UnreachableError) as caught:
        asyncio.run(run())
    assert caught.value.sent
