"""A relay on loopback that does to a reply what only a socket can: resets, cuts, lies about length, drips.

It stands before a platform served on 127.0.0.1. Requests and replies pass byte for byte, each exchange over a
connection of its own to the platform; what is to go wrong is said beforehand, one request at a time:

    async with relay(port) as way:
        way.next(Reset(after_effect=True), method="DELETE")
        ...  # a client of way.base_url
        assert way.passed[-1].status == 200

A request that is no HTTP ends its connection and is not noted; one that the platform never answers is reset.
"""

from __future__ import annotations

import asyncio
import struct
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET, create_server, socket
from typing import TYPE_CHECKING

import h11
from anyio.from_thread import start_blocking_portal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

_HOST = "127.0.0.1"
_CHUNK = 1 << 16
_ONE_TURN = 1e-9
"""Seconds; unlike 0.0 it lets a client in the same loop read what is there."""


@dataclass(frozen=True, slots=True)
class Reset:
    """A reset and no byte of a reply: once the platform has answered, or before it heard anything."""

    after_effect: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """Of the reply `reply[:at]` comes, then the end of the connection; a negative `at` counts from behind.

    With `reset` it ends in a reset, which on some systems costs the client the bytes it has not read yet.
    """

    at: int
    reset: bool = False


@dataclass(frozen=True, slots=True)
class WrongLength:
    """The reply says a Content-Length that is `by` bytes off, above zero too large.

    With `close` False the connection goes on: told too much, the client waits; told too little, it has bytes
    left over before its next reply. To say less than nothing is an error, raised when the relay is left.
    """

    by: int
    close: bool = True


@dataclass(frozen=True, slots=True)
class Drip:
    """The whole reply, `size` bytes at a time, each flushed on its own and followed by `pause` seconds."""

    size: int = 1
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Silence:
    """The platform answers and the client hears nothing; the connection stays until the client leaves."""


Fault = Reset | Cut | WrongLength | Drip | Silence


@dataclass(frozen=True, slots=True)
class Passed:
    """A request and what came of it at the platform, noted before the client hears anything.

    `target` is path and query, encoded as they were sent. `forwarded` says whether any of it may have reached
    the platform, `status` and `reply` (every byte of it) what that answered: None and none where it did not.
    """

    method: str
    target: str
    fault: Fault | None
    forwarded: bool
    status: int | None
    reply: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Plan:
    fault: Fault
    method: str
    target: str
    met: Future[Passed] = field(default_factory=Future)


class Relay:
    """`next` and `clear` may be called, and `passed` read, from any thread."""

    def __init__(self, upstream_port: int) -> None:
        self.port, self.base_url = 0, ""
        self.passed: list[Passed] = []
        """All requests, faulty or not, in the order in which the platform was done with them."""
        self._upstream_port = upstream_port
        self._plans: list[_Plan] = []
        self._tasks: list[asyncio.Task[None]] = []

    def next(self, fault: Fault, *, method: str = "", target: str = "") -> Future[Passed]:
        """Do this to the next request with this method (any, if empty) whose target begins with `target`.

        Each is for one request, first come, first served. The future is done once that request stands in
        `passed`: `.result(seconds)`, or `await asyncio.wrap_future(...)`.
        """
        plan = _Plan(fault, method, target)
        self._plans.append(plan)
        return plan.met

    def clear(self) -> None:
        """Forget the faults that have met no request; their futures are cancelled."""
        while self._plans:
            self._plans.pop().met.cancel()

    def _accept(self, listening: socket) -> None:
        with suppress(OSError):
            connection, _ = listening.accept()
            self._tasks.append(asyncio.create_task(self._serve(connection)))

    async def _serve(self, connection: socket) -> None:
        reader, writer = await asyncio.open_connection(sock=connection)
        # Draining shall wait until the kernel has it all: a reset loses what it has not.
        writer.transport.set_write_buffer_limits(0)
        rest, more = b"", True
        try:
            # Until the client leaves, or speaks no HTTP.
            with suppress(OSError, EOFError, h11.RemoteProtocolError):
                while more:
                    parser = h11.Connection(h11.SERVER)
                    request = await _message(parser, reader, rest)
                    rest, _ = parser.trailing_data
                    more = await self._exchange(request, reader, writer) and parser.their_state is h11.DONE
        finally:
            await _closed(writer)

    async def _exchange(
        self, request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Whether the connection goes on."""
        method, target, _ = request.decode("latin-1").split(" ", 2)
        plan = self._due(method, target)
        fault = plan.fault if plan else None
        forwarded, reply, more = False, b"", False
        if fault != Reset(after_effect=False):
            forwarded, reply, more = await self._forwarded(request)
        status = int(reply.split(b" ", 2)[1]) if reply else None
        passed = Passed(method, target, fault, forwarded, status, reply)
        self.passed.append(passed)
        if plan and plan.met.set_running_or_notify_cancel():
            plan.met.set_result(passed)
        if reply:
            return await _answered(reply, fault, reader, writer) and more
        _reset(writer)
        return False

    def _due(self, method: str, target: str) -> _Plan | None:
        for place, plan in enumerate(self._plans):
            if plan.method in ("", method) and target.startswith(plan.target):
                return self._plans.pop(place)
        return None

    async def _forwarded(self, request: bytes) -> tuple[bool, bytes, bool]:
        """Whether it was sent, the platform's whole reply if there is one, whether another may follow it."""
        try:
            reader, writer = await asyncio.open_connection(_HOST, self._upstream_port)
        except OSError:
            return False, b"", False
        parser = h11.Connection(h11.CLIENT)
        # Where a reply ends depends on the method; the request itself goes as it came.
        parser.send(h11.Request(method=request.split(b" ", 1)[0], target="/", headers=[("Host", _HOST)]))
        parser.send(h11.EndOfMessage())
        try:
            await _sent(writer, request)
            reply = await _message(parser, reader)
        except (OSError, EOFError, h11.RemoteProtocolError):
            return True, b"", False
        finally:
            await _closed(writer)
        return True, reply, parser.their_state is h11.DONE


@asynccontextmanager
async def relay(upstream_port: int) -> AsyncIterator[Relay]:
    """A relay to the platform on this port of 127.0.0.1; leaving it closes every connection.

    Raises on leaving, where nothing else was raised:
        AssertionError: a fault met no request, so that the test proves nothing.
        ExceptionGroup: a fault cannot be done to the reply it met.
    """
    way, loop = Relay(upstream_port), asyncio.get_running_loop()
    with create_server((_HOST, 0)) as listening:
        way.port = listening.getsockname()[1]
        way.base_url = f"http://{_HOST}:{way.port}"
        listening.setblocking(False)
        # An asyncio server would lose sight of who connects while it closes.
        loop.add_reader(listening, way._accept, listening)
        try:
            yield way
            unmet = [plan.fault for plan in way._plans]
        finally:
            way.clear()
            loop.remove_reader(listening)
            # Every task shall have begun: one that has not would never close its connection.
            await asyncio.sleep(0)
            for task in way._tasks:
                task.cancel()
            ends = await asyncio.gather(*way._tasks, return_exceptions=True)
    if errors := [end for end in ends if isinstance(end, Exception)]:
        raise ExceptionGroup("the relay could not do what it was told", errors)
    assert not unmet, f"met no request: {unmet}"


@contextmanager
def relay_in_thread(upstream_port: int) -> Iterator[Relay]:
    """The same for code without an event loop, or with one that it blocks."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(relay(upstream_port)) as way:
        yield way


async def _answered(
    reply: bytes, fault: Fault | None, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bool:
    """Whether the connection could go on."""
    match fault:
        case None:
            await _sent(writer, reply)
        case Reset():
            _reset(writer)
        case Cut(at, reset):
            await _sent(writer, reply[:at])
            if reset:
                _reset(writer)
        case WrongLength(by):
            await _sent(writer, _with_length(reply, by))
        case Drip(size, pause):
            for start in range(0, len(reply), size):
                await _sent(writer, reply[start : start + size])
                await asyncio.sleep(pause or _ONE_TURN)
        case Silence():
            await reader.read()
    return fault is None or isinstance(fault, Drip) or (isinstance(fault, WrongLength) and not fault.close)


async def _message(parser: h11.Connection, reader: asyncio.StreamReader, early: bytes = b"") -> bytes:
    """The next message, byte for byte. EOFError: the other side left instead."""
    raw = bytearray(early)
    if early:
        parser.receive_data(early)
    while not isinstance(event := parser.next_event(), h11.EndOfMessage):
        if event is h11.NEED_DATA:
            chunk = await reader.read(_CHUNK)
            parser.receive_data(chunk)
            raw += chunk
        elif isinstance(event, h11.ConnectionClosed):
            raise EOFError
    rest, _ = parser.trailing_data
    return bytes(raw.removesuffix(rest))


def _with_length(reply: bytes, by: int) -> bytes:
    head, _, body = reply.partition(b"\r\n\r\n")
    said = len(body) + by
    if not by or said < 0:
        raise ValueError(f"a body of {len(body)} bytes cannot be said to be {by:+} bytes longer")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length:")]
    return b"\r\n".join([*lines, b"content-length: %d" % said, b"", body])


async def _sent(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    """End the connection with RST instead of FIN."""
    writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
