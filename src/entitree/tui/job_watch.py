"""The jobs of the open account as the app knows them, whichever process hands them in or runs them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from entitree.changes.jobs import JobState, JobWish, StepState
from entitree.changes.plan.cost import cost
from entitree.errors import EntitreeError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from entitree.changes.desk import JobDesk
    from entitree.changes.jobs import Job

BUSY, IDLE = 1.0, 4.0
"""Seconds between two looks into the journal while a job runs, and while none does."""


@dataclass(frozen=True, slots=True)
class _Estimate:
    """What a job took when it had so many steps left."""

    left: int
    seconds: float


class JobWatch:
    """Looks into the journal, and tells those who subscribe where there is something new; else it is silent.

    `limits` is the factor of the documented limits at which requests go; None: there are none.
    """

    def __init__(
        self,
        desk: JobDesk,
        limits: float | None,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        complain: Callable[[EntitreeError], None] = lambda _: None,
    ) -> None:
        self._desk = desk
        self._limits = limits
        self._sleep = sleep
        self._complain = complain
        self._listeners: list[Callable[[], None]] = []
        self._estimates: dict[int, _Estimate] = {}
        self._task: asyncio.Task[None] | None = None
        self.jobs: Sequence[Job] = ()
        """All of them, newest first, as of the last look."""

    @property
    def going(self) -> list[Job]:
        """Those that something happens to by itself: what is sent now first."""
        found = [job for job in self.jobs if job.going]
        return sorted(found, key=lambda job: (job.state is not JobState.RUNNING, job.id))

    @property
    def resting(self) -> list[Job]:
        """Those that were begun, are not over, and wait for somebody to go on with them."""
        waiting = (JobState.PAUSED, JobState.INTERRUPTED)
        return [job for job in self.jobs if job.state in waiting and not job.going]

    def job(self, job_id: int) -> Job | None:
        """One of them."""
        return next((job for job in self.jobs if job.id == job_id), None)

    def seconds_left(self, job: Job) -> float:
        """What is left of a job takes at least so long; 0.0 where it is over, there are no limits, or nobody
        has looked yet.
        """
        known = self._estimates.get(job.id)
        open_ = job.left + job.inflight
        return 0.0 if known is None or not known.left else known.seconds * open_ / known.left

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Calls `listener` whenever something is new. Returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    async def start(self) -> None:
        """Looks once, and goes on looking."""
        await self.look()
        self._task = asyncio.create_task(self._watch())

    async def aclose(self) -> None:
        self._listeners.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def look(self) -> None:
        """Looks now. Raises StorageError."""
        found = await self._desk.jobs()
        for job in found:
            await self._estimate(job)
        if found != self.jobs:
            self.jobs = found
            self._tell()

    def saw(self, job: Job) -> None:
        """Whoever watches one job knows more of it."""
        if any(each.id == job.id for each in self.jobs):
            found = [job if each.id == job.id else each for each in self.jobs]
        else:
            found = [job, *self.jobs]
        if found != self.jobs:
            self.jobs = found
            self._tell()

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()

    async def _watch(self) -> None:
        failed = False
        while True:
            await self._sleep(BUSY if self.going else IDLE)
            try:
                await self.look()
                failed = False
            except EntitreeError as error:
                if not failed:
                    self._complain(error)
                failed = True

    async def _estimate(self, job: Job) -> None:
        """Plays through what is left of a job: anew whenever half of it is done, as steps are not alike."""
        if job.state.over or self._limits is None:
            self._estimates.pop(job.id, None)
            return
        known, open_ = self._estimates.get(job.id), job.left + job.inflight
        if known is not None and known.left // 2 < open_ <= known.left:
            return
        steps = [
            each.step
            for each in await self._desk.steps(job.id)
            if each.state in (StepState.PLANNED, StepState.INFLIGHT)
        ]
        taken = await asyncio.to_thread(cost, steps, self._limits)
        self._estimates[job.id] = _Estimate(len(steps), taken.seconds)


def percent(job: Job) -> int:
    """How much of a job has come to something, of a hundred."""
    return (job.steps - job.left - job.inflight) * 100 // job.steps if job.steps else 100


def state_words(job: Job) -> str:
    """The state of a job in a word or two."""
    if job.state is JobState.RUNNING and job.wish.stops:
        # Of one that was interrupted nobody is left to heed the wish.
        return "cancelling" if job.wish is JobWish.CANCEL else "pausing"
    if job.state is JobState.RUNNING and job.reason:
        return "waiting"
    if job.wish is JobWish.RUN and job.state is not JobState.RUNNING:
        return "starting"
    if job.state is JobState.PLANNED:
        return "not begun"
    if job.state is JobState.DONE and job.failed + job.skipped + job.unknown:
        return "done in part" if job.done else "not done"
    state: str = job.state.value
    return state
