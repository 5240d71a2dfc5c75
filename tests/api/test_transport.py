"""What a socket can do to a reply, and what is told of it."""

from __future__ import annotations

import asyncio
import gzip
import logging
import tracemalloc
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

from entitree.api import transport as transport_module
from entitree.api.transport import Reply, Request, open_transport
from entitree.errors import BadReplyError, RefusedError, SettingsError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

GET = Request("GET", "/provisioning/1/entities?page=0&size=1000", {"Authorization": "App key"})
SOON = 10.0


class Platform:
    """A server that answers every request with the bytes it was given, and counts what is left open."""

    def __init__(self, answer: bytes, *, hang: bool) -> None:
        self.answer = answer
        self.hang = hang
        self.heard: list[bytes] = []
        self.open: set[asyncio.Task[None]] = set()
        self.asked = asyncio.Event()
        self.port = 0

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.open.add(task)
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            self.open.discard(task)

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        self.heard.append(head + await reader.readexactly(length))
        self.asked.set()
        writer.write(self.answer)
        await writer.drain()
        if self.hang:
            await reader.read()
        return not self.hang and b"connection: close" not in self.answer.lower()

    async def everyone_left(self) -> None:
        """Return once every connection was closed; hanging here would be a leak."""
        async with asyncio.timeout(SOON):
            while self.open:
                await asyncio.wait(self.open)


@asynccontextmanager
async def platform(answer: bytes = b"", *, hang: bool = False) -> AsyncIterator[Platform]:
    double = Platform(answer, hang=hang)
    server = await asyncio.start_server(double.serve, "127.0.0.1", 0)
    double.port = server.sockets[0].getsockname()[1]
    try:
        yield double
        await double.everyone_left()
    finally:
        server.close()
        for task in double.open:
            task.cancel()


async def ask(double: Platform, request: Request = GET, *, deadline: float = SOON) -> Reply:
    way = open_transport(double.base)
    try:
        return await way.send(request, deadline=deadline)
    finally:
        await way.aclose()
        await way.aclose()


def http(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def test_a_reply_comes_as_it_was_sent_and_the_request_went_as_it_was_made() -> None:
    async with platform(http(b'{"a":1}', "X-Mixed-Case: Yes", status="404 Not Found")) as double:
        reply = await ask(
            double, Request("DELETE", "/a%2Fb%23?x=%26", {"Authorization": "App key"}, b'{"x":1}')
        )
    assert (reply.status, reply.body) == (404, b'{"a":1}')
    assert reply.headers["x-mixed-case"] == "Yes"
    head, _, body = double.heard[0].partition(b"\r\n\r\n")
    first, *rest = head.decode("ascii").split("\r\n")
    assert first == "DELETE /a%2Fb%23?x=%26 HTTP/1.1"
    assert body == b'{"x":1}'
    sent = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
    assert sent == {
        "host": f"127.0.0.1:{double.port}",
        "authorization": "App key",
        "accept": "application/json",
        "accept-encoding": "gzip",
        "connection": "keep-alive",
        "content-length": "7",
        "user-agent": f"entitree/{version('entitree')}",
    }


async def test_one_connection_serves_many_requests_and_no_cookie_sticks() -> None:
    async with platform(http(b"", "Set-Cookie: session=1; Path=/")) as double:
        way = open_transport(double.base)
        for _ in range(3):
            await way.send(GET, deadline=SOON)
        assert len(double.open) == 1
        await way.aclose()
    assert not any(b"cookie" in request.lower() for request in double.heard)


async def test_a_packed_reply_is_unpacked() -> None:
    async with platform(http(gzip.compress(b'{"a":1}'), "Content-Encoding: gzip")) as double:
        assert (await ask(double)).body == b'{"a":1}'


BOMB = gzip.compress(b"\0" * (transport_module.LARGEST_BODY + 1))
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\nConnection: close\r\n\r\n{}", "cut", id="cut body"
        ),
        pytest.param(CHUNKED + b'5\r\n{"a":', "cut", id="cut chunk"),
        pytest.param(CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n", "cut", id="nonsense chunk"),
        pytest.param(http(gzip.compress(b"{}" * 99)[:-9], "Content-Encoding: gzip"), "cut", id="cut gzip"),
        pytest.param(http(b"plain", "Content-Encoding: gzip"), "unpacked", id="not gzip"),
        pytest.param(http(b"\x01\x02", "Content-Encoding: br"), "packed", id="unasked packing"),
        pytest.param(http(gzip.compress(BOMB), "Content-Encoding: gzip, gzip"), "packed", id="nested gzip"),
        pytest.param(http(BOMB, "Content-Encoding: gzip"), "32 MiB", id="gzip bomb"),
    ],
)
async def test_a_broken_answer_is_a_bad_reply_and_its_connection_is_closed(answer: bytes, word: str) -> None:
    async with platform(answer) as double:
        with pytest.raises(BadReplyError, match=word):
            await ask(double)
        await double.everyone_left()


async def test_a_huge_answer_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport_module, "LARGEST_BODY", 1 << 20)
    endless = b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n" + b"x" * ((1 << 20) + 1)
    async with platform(endless, hang=True) as double:
        way = open_transport(double.base)
        with pytest.raises(BadReplyError, match="larger than 1 MiB"):
            await way.send(GET, deadline=SOON)
        await double.everyone_left()
        await way.aclose()


async def test_a_bomb_never_grows_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport_module, "LARGEST_BODY", 1 << 20)
    async with platform(http(BOMB, "Content-Encoding: gzip")) as double:
        tracemalloc.start()
        with pytest.raises(BadReplyError):
            await ask(double)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 16 << 20


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="silence"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Le", id="half a head"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", id="half a body"),
    ],
)
async def test_a_slow_answer_ends_at_the_deadline_and_may_have_arrived(answer: bytes) -> None:
    async with platform(answer, hang=True) as double:
        with pytest.raises(UnreachableError, match=r"within 0\.8 s") as caught:
            await ask(double, deadline=0.8)
    assert caught.value.sent


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"\r\n", id="closed"),
        pytest.param(b"220 mail.example ESMTP\r\n\r\n", id="another protocol"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent Length: x\r\n\r\n", id="nonsense header"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n", id="huge header"),
    ],
)
async def test_no_http_answer_is_no_answer_and_may_have_arrived(answer: bytes) -> None:
    async with platform(answer + b"connection: close") as double:
        with pytest.raises(UnreachableError, match="broke") as caught:
            await ask(double)
    assert caught.value.sent


async def test_a_refused_connection_was_certainly_not_sent() -> None:
    async with platform() as double:
        pass
    with pytest.raises(UnreachableError, match="refused") as caught:
        await ask(double)
    assert not caught.value.sent


async def test_a_redirect_is_handed_over_and_never_followed() -> None:
    async with platform(http(b"")) as elsewhere:
        location = f"Location: {elsewhere.base}/"
        async with platform(http(b"", location, status="307 Temporary Redirect")) as double:
            assert (await ask(double)).status == 307
    assert elsewhere.heard == []


async def test_a_proxy_of_the_environment_never_sees_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    async with platform(http(b"proxy")) as proxy, platform(http(b"direct")) as double:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.base)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        assert (await ask(double)).body == b"direct"
    assert proxy.heard == []


async def test_a_cancelled_request_leaves_no_connection() -> None:
    async with platform(hang=True) as double:
        way = open_transport(double.base)
        task = asyncio.create_task(way.send(GET, deadline=SOON))
        async with asyncio.timeout(SOON):
            await double.asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await double.everyone_left()
        await way.aclose()


async def test_after_closing_nothing_is_sent() -> None:
    async with platform(http(b"")) as double:
        way = open_transport(double.base)
        await way.aclose()
        with pytest.raises(UnreachableError) as caught:
            await way.send(GET, deadline=SOON)
    assert not caught.value.sent
    assert double.heard == []


async def test_a_target_that_would_be_rewritten_is_refused() -> None:
    async with platform(http(b"")) as double:
        with pytest.raises(RefusedError):
            await ask(double, Request("DELETE", "/provisioning/1/entities/.."))
    assert double.heard == []


@pytest.mark.parametrize(
    "target", ["/" + "a" * 70_000, "/provisioning/1/associations?entityId=" + "a" * 70_000]
)
async def test_a_target_of_any_length_is_refused_and_not_sent(target: str) -> None:
    async with platform(http(b"")) as double:
        with pytest.raises(RefusedError, match="longer"):
            await ask(double, Request("GET", target))
    assert double.heard == []


async def test_a_header_that_cannot_be_sent_appears_in_no_message() -> None:
    async with platform(http(b"")) as double:
        with pytest.raises(UnreachableError) as caught:
            await ask(double, Request("GET", "/x", {"Authorization": "App to\npsecret"}))
    assert "psecret" not in str(caught.value)
    assert caught.value.__suppress_context__


async def test_urls_are_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with platform(http(b"")) as double:
        await ask(double)
    assert "provisioning" not in caplog.text


def test_a_base_url_that_breaks_the_rules_opens_nothing() -> None:
    with pytest.raises(SettingsError):
        open_transport("http://platform.example")
