"""What the relay does to a real sandbox's replies, what the client tells of it, and what took effect."""

from __future__ import annotations

import asyncio
import socket
from contextlib import AsyncExitStack, ExitStack, aclosing, asynccontextmanager, closing, contextmanager
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

import pytest
import uvicorn
from tests.relay import Cut, Drip, Relay, Reset, Silence, WrongLength, relay, relay_in_thread

from entitree.api.client import PlatformClient
from entitree.api.gate import LocalGate
from entitree.api.models import Entity
from entitree.api.transport import Credential, Reply, Request, open_transport
from entitree.errors import BadReplyError, UnreachableError
from entitree.sandbox import Sandbox, open_sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from pathlib import Path

    Ask = Callable[..., Awaitable[Reply]]

ENTITIES = "/provisioning/1/entities"
BEFORE, AFTER = Reset(after_effect=False), Reset(after_effect=True)
SOON = 10.0
BRIEF = 0.8


class Served(NamedTuple):
    sandbox: Sandbox
    port: int

    def has(self, entity_id: str) -> bool:
        """Whether the sandbox knows the entity, whatever anyone was told."""
        return any(row["entityId"] == entity_id for row in self.sandbox.dump()["entities"])

    def raw(self, method: str, target: str, body: bytes = b"") -> bytes:
        """A request as it goes over the wire."""
        return (
            f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: App {self.sandbox.api_key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A sandbox with the entity `a`, served on loopback by a thread."""
    sandbox = open_sandbox(tmp_path / "state.db", seed="docs", limits=None)
    config = uvicorn.Config(
        sandbox.app,
        lifespan="off",
        http="h11",
        ws="none",
        log_level="error",
        access_log=False,
        log_config=None,
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=server.run, args=([listening],))
        thread.start()
        yield Served(sandbox, listening.getsockname()[1])
        server.should_exit = True
        thread.join()
    sandbox.close()


@asynccontextmanager
async def client_of(served: Served, way: Relay, *, deadline: float = SOON) -> AsyncIterator[PlatformClient]:
    async def at_once(_: float) -> None:
        """No pause between two tries."""

    credential = Credential(served.sandbox.api_key)
    transport = open_transport(way.base_url)
    async with PlatformClient(
        transport, credential, LocalGate(None), deadline=deadline, sleep=at_once
    ) as client:
        yield client


@asynccontextmanager
async def asker(served: Served, way: Relay) -> AsyncIterator[Ask]:
    """Reads through the relay once, as the client's transport does, without another try."""
    headers = {"Authorization": f"App {served.sandbox.api_key}"}
    async with aclosing(open_transport(way.base_url)) as transport:

        async def ask(target: str, deadline: float = SOON) -> Reply:
            return await transport.send(Request("GET", target, headers), deadline=deadline)

        yield ask


@contextmanager
def wire(port: int, *sent: bytes) -> Iterator[socket.socket]:
    """A bare connection over which this was sent."""
    with socket.create_connection(("127.0.0.1", port), timeout=SOON) as connection:
        connection.sendall(b"".join(sent))
        yield connection


def everything(connection: socket.socket) -> bytes:
    """All that comes until the other side ends the connection in order."""
    return b"".join(iter(lambda: connection.recv(1 << 16), b""))


async def test_what_is_not_to_fail_passes_and_is_noted(served: Served) -> None:
    async with relay(served.port) as way, client_of(served, way) as client:
        await client.create_entity("a/b", "first")
        assert await client.get_entity("a/b") == Entity(entity_id="a/b", entity_name="first")
        await client.delete_entity("a/b")
        assert len(way._tasks) == 1, "one connection serves them all"
    assert [(one.method, one.target, one.status, one.fault, one.forwarded) for one in way.passed] == [
        ("POST", ENTITIES, 201, None, True),
        ("GET", f"{ENTITIES}/a%2Fb", 200, None, True),
        ("DELETE", f"{ENTITIES}/a%2Fb", 200, None, True),
    ]
    assert way.passed[1].reply.endswith(b'\r\n\r\n{"entityId":"a/b","entityName":"first"}')


def test_every_byte_of_both_ways_passes(served: Served) -> None:
    requests = [
        served.raw("POST", ENTITIES, b'{"entityId":"a"}'),
        served.raw("HEAD", ENTITIES),
        served.raw("DELETE", "/provisioning/1/associations", b"{}"),
        served.raw("GET", ENTITIES).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"),
    ]
    # All at once: what is sent ahead waits for its turn.
    with relay_in_thread(served.port) as way, wire(way.port, *requests) as connection:
        heard = everything(connection)
    assert heard == b"".join(one.reply for one in way.passed)
    assert [one.status for one in way.passed] == [201, 405, 400, 200]
    assert served.has("a")


@pytest.mark.parametrize("fault", [BEFORE, AFTER])
async def test_a_reset_leaves_the_client_in_doubt_and_the_record_knows(served: Served, fault: Reset) -> None:
    async with relay(served.port) as way, client_of(served, way) as client:
        await client.create_entity("earlier")
        way.next(fault)
        with pytest.raises(UnreachableError, match="broke before an answer came") as caught:
            await client.create_entity("a")
        assert caught.value.sent
        assert served.has("a") == fault.after_effect
        assert way.passed[-1].forwarded == fault.after_effect
        assert way.passed[-1].status == (201 if fault.after_effect else None)
        await client.create_entity("later")


def test_a_reset_is_one_on_the_socket_without_a_byte_before(served: Served) -> None:
    with relay_in_thread(served.port) as way:
        for fault in (BEFORE, AFTER, Cut(0, reset=True)):
            way.next(fault)
            with (
                wire(way.port, served.raw("GET", ENTITIES)) as connection,
                pytest.raises(ConnectionResetError),
            ):
                connection.recv(1)


async def test_a_read_is_tried_again_and_its_fault_is_not(served: Served) -> None:
    async with relay(served.port) as way, client_of(served, way) as client:
        for fault in (BEFORE, AFTER, Cut(20)):
            way.next(fault)
        assert [row.entity_id async for page in client.entities() for row in page.results]
    assert [one.fault for one in way.passed] == [BEFORE, AFTER, Cut(20), None]


async def test_cut_anywhere_a_reply_is_never_taken_for_a_whole_one(served: Served) -> None:
    async with relay(served.port) as way, asker(served, way) as ask:
        whole = await ask(ENTITIES)
        size = len(way.passed[0].reply)
        head = size - len(whole.body)
        for at in range(size):
            way.next(Cut(at, reset=bool(at % 2)))
            with pytest.raises(BadReplyError if at >= head else UnreachableError):
                await ask(ENTITIES)
        way.next(Cut(size))
        assert (await ask(ENTITIES)).body == whole.body
    assert [one.status for one in way.passed] == [200] * (size + 2)


def test_a_cut_reply_is_a_true_beginning(served: Served) -> None:
    with relay_in_thread(served.port) as way:
        for at in (0, 5, 40, -5, -1, 10_000):
            way.next(Cut(at))
            with wire(way.port, served.raw("GET", ENTITIES)) as connection:
                assert everything(connection) == way.passed[-1].reply[:at]


async def test_a_cut_hides_an_effect_and_undoes_none(served: Served) -> None:
    async with relay(served.port) as way, client_of(served, way) as client:
        for number, at in enumerate((0, 12, -1)):
            way.next(Cut(at), method="POST")
            with pytest.raises(UnreachableError) as caught:
                await client.create_entity(f"cut-{number}")
            assert caught.value.sent
            assert served.has(f"cut-{number}")


async def test_told_too_much_the_client_says_it_was_cut(served: Served) -> None:
    async with relay(served.port) as way, asker(served, way) as ask:
        way.next(WrongLength(+3))
        with pytest.raises(BadReplyError, match="cut off"):
            await ask(ENTITIES)
        way.next(WrongLength(+3, close=False))
        with pytest.raises(UnreachableError, match="within"):
            await ask(ENTITIES, deadline=BRIEF)


async def test_told_too_little_the_client_takes_neither_the_stump_nor_the_rest(served: Served) -> None:
    async with relay(served.port) as way, client_of(served, way) as client:
        way.next(WrongLength(-3))
        way.next(WrongLength(-3))
        with pytest.raises(BadReplyError):
            await client.get_entity("mc-burger")
        way.next(WrongLength(-3, close=False))
        # Tried again, now or after the rest was mistaken for the beginning of the next reply.
        assert (await client.get_entity("mc-burger")).entity_id == "mc-burger"


def test_only_the_length_is_wrong(served: Served) -> None:
    with relay_in_thread(served.port) as way:
        for by in (-4, +4):
            way.next(WrongLength(by))
            with wire(way.port, served.raw("GET", ENTITIES)) as connection:
                head, _, body = everything(connection).partition(b"\r\n\r\n")
            right, _, whole = way.passed[-1].reply.partition(b"\r\n\r\n")
            assert body == whole
            changed = set(head.lower().split(b"\r\n")) ^ set(right.lower().split(b"\r\n"))
            assert changed == {b"content-length: %d" % (len(whole) + off) for off in (0, by)}


class _Pieces(asyncio.Protocol):
    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.left = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self.heard.append(data)

    def connection_lost(self, _: Exception | None) -> None:
        self.left.set()


async def test_a_drip_comes_whole_and_in_pieces(served: Served) -> None:
    last = served.raw("GET", f"{ENTITIES}/mc-burger").replace(b"Host", b"Connection: close\r\nHost")
    async with relay(served.port) as way, client_of(served, way) as client:
        for fault in (Drip(), Drip(7), Drip(7, pause=0.000_1)):
            way.next(fault)
            assert (await client.get_entity("mc-burger")).entity_id == "mc-burger"
        assert len(way._tasks) == 1, "the connection goes on"
        way.next(Drip(3))
        loop = asyncio.get_running_loop()
        transport, pieces = await loop.create_connection(_Pieces, "127.0.0.1", way.port)
        with closing(transport):
            transport.write(last)
            async with asyncio.timeout(SOON):
                await pieces.left.wait()
    assert b"".join(pieces.heard) == way.passed[-1].reply
    assert len(pieces.heard) > 1


async def test_silence_lasts_until_the_client_leaves(served: Served) -> None:
    async with relay(served.port) as way:
        async with client_of(served, way, deadline=BRIEF) as client:
            met = way.next(Silence(), method="POST")
            with pytest.raises(UnreachableError, match="within") as caught:
                await client.create_entity("a")
            assert caught.value.sent
            async with asyncio.timeout(SOON):
                assert (await asyncio.wrap_future(met)).status == 201
        assert served.has("a")
        async with asyncio.timeout(SOON):
            await asyncio.wait(way._tasks)


def test_silence_is_no_end_of_the_connection(served: Served) -> None:
    with relay_in_thread(served.port) as way:
        met = way.next(Silence())
        with wire(way.port, served.raw("POST", ENTITIES, b'{"entityId":"a"}')) as connection:
            assert met.result(SOON).status == 201
            connection.setblocking(False)
            with pytest.raises(BlockingIOError):
                connection.recv(1)
    assert served.has("a")


def test_a_fault_waits_for_its_request(served: Served) -> None:
    with relay_in_thread(served.port) as way:
        way.next(Cut(1), method="DELETE")
        way.next(Cut(2), method="GET", target=f"{ENTITIES}?page=1")
        way.next(Cut(3), target=ENTITIES)
        way.next(Cut(4))
        heard = []
        for method, target in [
            ("GET", f"{ENTITIES}?page=0"),
            ("GET", "/provisioning/1/applications"),
            ("GET", f"{ENTITIES}?page=1"),
            ("DELETE", f"{ENTITIES}/mc-burger"),
        ]:
            with wire(way.port, served.raw(method, target)) as connection:
                heard.append(everything(connection))
    assert heard == [b"HTT", b"HTTP", b"HT", b"H"]
    assert not served.has("mc-burger")


async def test_a_fault_that_met_nothing_is_told_unless_cleared(served: Served) -> None:
    async with AsyncExitStack() as stack:
        way = await stack.enter_async_context(relay(served.port))
        met = way.next(Silence(), method="DELETE")
        with pytest.raises(AssertionError, match=r"met no request: \[Silence"):
            await stack.aclose()
    assert met.cancelled()
    async with relay(served.port) as way, asker(served, way) as ask:
        way.next(Silence())
        way.clear()
        assert (await ask(ENTITIES)).status == 200


def test_a_length_below_nothing_is_told(served: Served) -> None:
    with ExitStack() as stack:
        way = stack.enter_context(relay_in_thread(served.port))
        way.next(WrongLength(-1))
        with wire(way.port, served.raw("POST", ENTITIES, b'{"entityId":"a"}')) as connection:
            assert everything(connection) == b""
        with pytest.raises(ExceptionGroup) as caught:
            stack.close()
    assert caught.group_contains(ValueError, match="body of 0 bytes")


async def test_a_platform_that_leaves_or_is_gone_has_no_status() -> None:
    async def leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(leave, "127.0.0.1", 0)
    async with server, relay(server.sockets[0].getsockname()[1]) as way:
        for _ in range(2):
            reader, writer = await asyncio.open_connection("127.0.0.1", way.port)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            with closing(writer), pytest.raises(ConnectionResetError):
                await reader.read()
            server.close()
    assert [(one.forwarded, one.status, one.reply) for one in way.passed] == [
        (True, None, b""),
        (False, None, b""),
    ]


def test_leaving_the_relay_closes_what_is_open(served: Served) -> None:
    with relay_in_thread(served.port) as way, ExitStack() as stack:
        met = way.next(Silence())
        idle = stack.enter_context(wire(way.port))
        silent = stack.enter_context(wire(way.port, served.raw("GET", ENTITIES)))
        left = stack.pop_all()
        assert met.result(SOON).status == 200
    with left:
        assert everything(silent) == everything(idle) == b""
