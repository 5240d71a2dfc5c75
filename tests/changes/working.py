"""What tests of jobs need: a platform that answers as it is told, and time that passes only when slept."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from entitree.api.transport import Reply, Request
from entitree.changes.desk import JobDesk
from entitree.changes.edits import Delete
from entitree.changes.vault import Vault
from entitree.changes.worker.runner import InProcess
from entitree.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from entitree.api.client import PlatformClient
    from entitree.api.transport import Transport
    from entitree.changes.edits import Edit
    from entitree.changes.jobs import JobResult
    from entitree.changes.journal import Journal
    from entitree.changes.worker.pace import Pace
    from entitree.inventory.store import Store
    from entitree.sandbox import Sandbox

    Answer = Callable[[Request, Callable[[], Awaitable[Reply]]], Awaitable[Reply]]


class Between:
    """Stands between client and sandbox: `answer` sees each request and may send it on, or not."""

    def __init__(self, real: Transport) -> None:
        self._real = real
        self.answer: Answer | None = None
        self.sent: list[str] = []

    async def send(self, request: Request, *, deadline: float) -> Reply:
        self.sent.append(f"{request.method} {request.target}")

        async def on() -> Reply:
            return await self._real.send(request, deadline=deadline)

        return await (self.answer(request, on) if self.answer else on())

    async def aclose(self) -> None:
        await self._real.aclose()

    @property
    def writes(self) -> list[str]:
        return [each for each in self.sent if not each.startswith("GET")]


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)
        await asyncio.sleep(0)


@asynccontextmanager
async def opened_desk(
    journal: Journal,
    client: PlatformClient,
    store: Store,
    clock: Clock,
    *,
    protected: tuple[str, ...] = (),
    pace: Pace | None = None,
) -> AsyncIterator[JobDesk]:
    """A desk of account `acme`, whose jobs run in this process."""
    vault = Vault(journal.folder, clock=clock)
    runner = InProcess(journal, client, store, vault, pace=pace, clock=clock, sleep=clock.sleep)
    yield JobDesk(journal, client, store, account="acme", protected=protected, vault=vault, runner=runner)
    await runner.aclose()


async def planned(desk: JobDesk, *edits: Edit) -> int:
    impacts = [await desk.impact(each.kind, [each.id]) for each in edits if isinstance(each, Delete)]
    return await desk.submit(await desk.plan(edits, impacts))


async def done(desk: JobDesk, *edits: Edit) -> JobResult:
    return await desk.run(await planned(desk, *edits))


def answering(method: str, reply: Callable[[], Reply]) -> Answer:
    async def answer(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        return reply() if request.method == method else await on()

    return answer


def failing(method: str, *, landed: bool, status: int | None = None) -> Answer:
    """The first request of a method gets a 5xx or no answer, whether or not it took effect."""
    times: list[int] = []

    async def answer(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        if request.method != method or times:
            return await on()
        times.append(1)
        if landed:
            await on()
        if status is not None:
            return Reply(status)
        raise UnreachableError("no answer came within 30 s", sent=True)

    return answer


def ids(sandbox: Sandbox, family: str = "entities", name: str = "entityId") -> set[str]:
    return {each[name] for each in sandbox.dump()[family]}
