"""A platform so near that nothing lies between request and answer: for tests of thousands of accounts."""

from __future__ import annotations

import asyncio
import os
import tempfile
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from unittest.mock import patch

from entitree.api.transport import Reply, Request
from entitree.changes.plan import cost
from entitree.changes.worker import drift
from entitree.inventory import link_reading, listings
from entitree.inventory.database import Database
from entitree.sandbox.app import PlatformApp, _Arrived

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from entitree.sandbox import Sandbox

T = TypeVar("T")
P = ParamSpec("P")


class Near:
    """Asks a sandbox in this process: no HTTP library, no web framework, no threads."""

    def __init__(self, sandbox: Sandbox) -> None:
        assert isinstance(sandbox.app, PlatformApp)
        self._app = sandbox.app

    async def send(self, request: Request, *, deadline: float) -> Reply:
        path, _, query = request.target.partition("?")
        route, values = self._app._router.find(request.method, path.encode())
        headers = {name.lower(): value for name, value in request.headers.items()}
        arrived = _Arrived(
            path,
            route,
            values,
            query.encode(),
            headers.get("authorization"),
            headers.get("content-type"),
            "127.0.0.1",
            request.body or b"",
        )
        answered = self._app._answer(arrived)
        return Reply(answered.status, dict(answered.headers), answered.encoded())

    async def aclose(self) -> None:
        """There is nothing to let go of."""


@contextmanager
def at_once() -> Iterator[None]:
    """Files of mirror and journal are used in the thread that asks, and nothing else gets a thread either."""

    async def submit(_: Database, lane: object, work: Callable[[], T]) -> T:
        return work()

    async def to_thread(work: Callable[P, T], *values: P.args, **options: P.kwargs) -> T:
        return work(*values, **options)

    with patch.object(Database, "_submit", submit), patch.object(asyncio, "to_thread", to_thread):
        yield


@contextmanager
def channels(*names: str) -> Iterator[None]:
    """Subscriptions are looked for in these channels alone."""
    with ExitStack() as stack:
        for module in (listings, link_reading, drift, cost):
            stack.enter_context(patch.object(module, "SUBSCRIPTION_CHANNELS", names))
        yield


def folder() -> tempfile.TemporaryDirectory[str]:
    """In memory, where there is such a place: no disk has to be waited for."""
    return tempfile.TemporaryDirectory(dir=_MEMORY if os.access(_MEMORY, os.W_OK) else None)


_MEMORY = "/dev/shm"  # noqa: S108 - below it each has a folder of its own
