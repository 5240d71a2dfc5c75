"""Who runs an account's jobs: a process of its own (`process`), or for demos and tests this one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from entitree.changes.jobs import JobState
from entitree.changes.worker.loop import work
from entitree.changes.worker.watch import follow
from entitree.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from entitree.api.client import PlatformClient
    from entitree.changes.jobs import Job, JobProgress, Progress
    from entitree.changes.journal import Journal
    from entitree.changes.vault import Vault
    from entitree.changes.worker.pace import Pace
    from entitree.inventory.store import Store


class Runner(Protocol):
    """Sees to it that jobs that were asked for are run."""

    async def wake(self) -> None:
        """Something was asked: have somebody look at once. Raises EntitreeError where nobody can be had."""

    async def follow(self, job_id: int, progress: Progress | None) -> None:
        """Returns when nothing more happens to the job unless somebody asks; tells each step meanwhile."""

    async def warm(self) -> None:
        """Makes ready for jobs, so that the next one begins at once."""

    async def aclose(self) -> None:
        """Lets go: what runs elsewhere goes on, what runs here is stopped after what has been sent."""


class InProcess:
    """Runs jobs in this process, in a task of their own; where another process does so, it may."""

    def __init__(
        self,
        journal: Journal,
        client: PlatformClient,
        store: Store,
        vault: Vault,
        *,
        pace: Pace | None = None,
        clock: Callable[[], datetime] | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._journal = journal
        self._client = client
        self._store = store
        self._vault = vault
        self._pace = pace
        self._clock = clock
        self._sleep = sleep
        self._working: asyncio.Task[None] | None = None
        self._asked = False
        self._listeners: list[tuple[int, Progress]] = []

    async def wake(self) -> None:
        self._asked = True
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
            self._working.add_done_callback(_heard)

    async def warm(self) -> None:
        """There is nothing to make ready."""

    async def follow(self, job_id: int, progress: Progress | None) -> None:
        listener = (job_id, progress or (lambda _: None))
        self._listeners.append(listener)
        try:
            while (await self._journal.job(job_id)).going:
                await self.wake()
                if (working := self._working) is None:
                    return
                await asyncio.wait([working])
                error = None if working.cancelled() else working.exception()
                job = await self._journal.job(job_id)
                if working.cancelled() or _rests(job):
                    return
                if isinstance(error, UsageError) and self._journal.leased():
                    # Another process has taken it up.
                    await follow(self._journal, job_id, progress, revive=self.wake, sleep=self._sleep)
                    return
                if error is not None:
                    raise error
        finally:
            self._listeners.remove(listener)

    async def aclose(self) -> None:
        if self._working is not None:
            self._working.cancel()
            await asyncio.wait([self._working])

    def _tell(self, now: JobProgress) -> None:
        for job_id, progress in tuple(self._listeners):
            if job_id == now.job.id:
                progress(now)

    async def _work(self) -> None:
        options = {} if self._clock is None else {"clock": self._clock}
        async with self._journal.lease_within(0.0):
            await self._journal.adopt()
            # Asked again while it was about to end, it looks again.
            while self._asked:
                self._asked = False
                await work(
                    self._journal,
                    self._client,
                    self._store,
                    self._vault,
                    pace=self._pace,
                    progress=self._tell,
                    sleep=self._sleep,
                    **options,
                )


def _rests(job: Job) -> bool:
    return not job.going and (job.state.over or job.state is JobState.PAUSED)


def _heard(working: asyncio.Task[None]) -> None:
    """What ended it is told to whoever follows a job; of a job that nobody follows its state tells enough."""
    if not working.cancelled():
        working.exception()
