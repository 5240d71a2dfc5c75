"""The same way to a platform that lives in this process, where the HTTP library knows no time-outs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from entitree.api.transport import Message, Reply, Request, open_transport
from entitree.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

GET = Request("GET", "/provisioning/1/entities")
SOON = 10.0
AT_ONCE = 0.05


async def test_a_platform_in_this_process_gets_the_path_undecoded() -> None:
    heard: list[tuple[bytes, bytes]] = []

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        heard.append((scope["raw_path"], scope["query_string"]))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    way = open_transport("http://127.0.0.1", asgi_app=app)
    assert await way.send(Request("GET", "/a%2Fb?x=%2F"), deadline=SOON) == Reply(204, {}, b"")
    await way.aclose()
    assert heard == [(b"/a%2Fb", b"x=%2F")]


async def test_a_crash_of_a_platform_in_this_process_is_an_answer() -> None:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        raise RuntimeError("boom")

    way = open_transport("http://127.0.0.1", asgi_app=app)
    assert (await way.send(GET, deadline=SOON)).status == 500
    await way.aclose()


async def test_the_deadline_holds_for_a_platform_in_this_process() -> None:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        await asyncio.Event().wait()

    way = open_transport("http://127.0.0.1", asgi_app=app)
    with pytest.raises(UnreachableError, match="within") as caught:
        await way.send(GET, deadline=AT_ONCE)
    await way.aclose()
    assert caught.value.sent
