"""Stopping: a wish of a user ends a job before its next request, also while that waits at the gate."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from contextvars import ContextVar
from math import inf
from typing import TYPE_CHECKING, TypeVar

from entitree.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from typing import Any

    from entitree.api.gate import RateGate
    from entitree.api.operations import Operation
    from entitree.changes.journal import Journal

T = TypeVar("T")


class StoppedError(Exception):
    """A user wishes that the job goes no further. What was being tried was not carried out."""


class Stop:
    """Set as soon as a job is to go no further.

    While `async with` it looks at the journal whenever that tells that a wish may have been written.
    """

    def __init__(self, journal: Journal, job_id: int, sleep: Callable[[float], Awaitable[object]]) -> None:
        self._journal = journal
        self._job_id = job_id
        self._sleep = sleep
        self._news = asyncio.Event()
        self._wished = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    async def __aenter__(self) -> Stop:
        self._unsubscribe = self._journal.subscribe(self._news.set)
        self._looking = asyncio.create_task(self._look())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._unsubscribe()
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking])

    async def demand(self) -> None:
        """Raises StoppedError where the job is to go no further."""
        if self._wished.is_set() or (await self._journal.wish(self._job_id)).stops:
            raise StoppedError

    async def rest(self, seconds: float) -> None:
        """Waits so long. Raises StoppedError."""
        await self.race(_wait(self._sleep, seconds))

    async def passing(self, work: Coroutine[Any, Any, T]) -> T:
        """`work`, each request of which raises StoppedError instead of passing a `Door` after the wish."""
        token = _STOP.set(self)
        try:
            return await work
        finally:
            _STOP.reset(token)

    async def race(self, work: Coroutine[Any, Any, None]) -> None:
        """`work`, broken off with StoppedError as soon as the job is to go no further."""
        working = asyncio.ensure_future(work)
        stopping = asyncio.ensure_future(self._wished.wait())
        try:
            await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            ended = working.done()
            for each in (working, stopping):
                each.cancel()
            await asyncio.wait((working, stopping))
        if not ended:
            raise StoppedError
        working.result()

    async def _look(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            # Where the journal cannot be read, whoever is about to send finds that out.
            with suppress(StorageError):
                if (await self._journal.wish(self._job_id)).stops:
                    self._wished.set()


_STOP: ContextVar[Stop | None] = ContextVar("stop", default=None)


class Door:
    """A gate that a job's requests pass only as long as the job may go on. Others pass it as `inner`."""

    def __init__(self, inner: RateGate) -> None:
        self._inner = inner

    async def enter(self, operation: Operation, patience: float = inf) -> None:
        """As the gate's own. Raises StoppedError too: then the request was not sent."""
        stop = _STOP.get()
        entering = self._inner.enter(operation, patience)
        if stop is None:
            await entering
        else:
            await stop.race(entering)

    def throttled(self, operation: Operation, retry_after: float | None) -> None:
        self._inner.throttled(operation, retry_after)


async def _wait(sleep: Callable[[float], Awaitable[object]], seconds: float) -> None:
    await sleep(seconds)
