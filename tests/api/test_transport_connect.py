"""Failures before a request left this machine: those after which nothing is in doubt."""

from __future__ import annotations

import asyncio
from socket import EAI_NONAME, gaierror
from typing import NoReturn

import pytest

from entitree.api.transport import Request, open_transport
from entitree.errors import UnreachableError

GET = Request("GET", "/provisioning/1/entities")
SOON = 10.0
AT_ONCE = 0.05


async def test_failing_tls_was_certainly_not_sent() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"this is no TLS\r\n")
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    way = open_transport(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    with pytest.raises(UnreachableError, match="TLS") as caught:
        await way.send(GET, deadline=SOON)
    await way.aclose()
    server.close()
    assert not caught.value.sent


async def test_a_host_nobody_knows_was_certainly_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    async def unknown(*_: object, **__: object) -> NoReturn:
        raise gaierror(EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
    way = open_transport("https://nowhere.invalid")
    with pytest.raises(UnreachableError, match="host name") as caught:
        await way.send(GET, deadline=SOON)
    await way.aclose()
    assert not caught.value.sent


async def test_a_deadline_before_anything_was_sent_leaves_no_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", silent)
    way = open_transport("https://nowhere.invalid")
    with pytest.raises(UnreachableError, match="within") as caught:
        await way.send(GET, deadline=AT_ONCE)
    await way.aclose()
    assert not caught.value.sent
