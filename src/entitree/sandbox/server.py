"""The sandbox on loopback, for other programs: uvicorn on 127.0.0.1 and nowhere else."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from entitree.api.operations import ErrorShape
from entitree.errors import UsageError
from entitree.sandbox.wire.replies import ProblemError, problem_reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from entitree.sandbox.sandbox import Sandbox

HOST = "127.0.0.1"
_NAMES = frozenset({HOST, "localhost"})
_GRACE_SECONDS = 5


def serve(sandbox: Sandbox, port: int, *, ready: Callable[[str], None]) -> None:
    """Serves until SIGINT or SIGTERM, then finishes what is under way and returns.

    Args:
        port: 0 for any that is free.
        ready: is called with the base URL once requests are answered.

    Raises:
        UsageError: the port cannot be had.
    """
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready(base_url)

    with ExitStack() as stack:
        listening = stack.enter_context(_listening(port))
        base_url = f"http://{HOST}:{listening.getsockname()[1]}"
        config = uvicorn.Config(
            _local_only(sandbox.app),
            lifespan="off",
            # The same server on every machine, whatever else is installed there.
            http="h11",
            ws="none",
            log_level="error",
            # Paths hold ids, and headers keys: neither belongs into a log.
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        server = Server(config)

        def stop(*_: object) -> None:
            server.should_exit = True

        if threading.current_thread() is threading.main_thread():
            # For a signal before the server minds them, and for the one it raises once more when it is done.
            for number in (signal.SIGINT, signal.SIGTERM):
                stack.callback(signal.signal, number, signal.signal(number, stop))
        asyncio.run(server.serve([listening]))


def _listening(port: int) -> socket.socket:
    listening = socket.socket()
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
        listening.listen(128)
    except (OSError, OverflowError) as error:
        listening.close()
        raise UsageError(
            f"Port {port} on {HOST} cannot be had: {error}.",
            hint="Choose another with --port, or any that is free with --port 0.",
        ) from error
    return listening


def _local_only(app: ASGIApp) -> ASGIApp:
    """Refuses requests whose Host is not loopback: a web page that rebinds its name must not get in."""
    from starlette.requests import ClientDisconnect, Request

    from entitree.sandbox.wire.asgi import body, response

    foreign = ProblemError(400, text=f"This is a local sandbox: address it as {HOST}")

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        hosts = [value.decode("latin-1") for name, value in scope.get("headers", ()) if name == b"host"]
        name, _, port = hosts[0].partition(":") if len(hosts) == 1 else ("", "", "")
        if name.lower() in _NAMES and (port == "" or port.isdigit()):
            await app(scope, receive, send)
        else:
            with suppress(ClientDisconnect):
                # Who is still sending would not live to see the answer.
                await body(Request(scope, receive))
            await response(problem_reply(foreign, ErrorShape.EXCEPTION))(scope, receive, send)

    return guarded
