"""The worker's loop: jobs that were asked for, oldest first, each step journaled before and after."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from entitree.changes import objects
from entitree.changes.asking import PAUSED
from entitree.changes.jobs import JobProgress, Outcome, StepState
from entitree.changes.outcome import ours
from entitree.changes.worker import drift
from entitree.changes.worker.confirm import CREATIONS, confirm
from entitree.changes.worker.pace import Pace
from entitree.changes.worker.sending import Sender, surely
from entitree.changes.worker.stop import Stop, StoppedError
from entitree.changes.worker.troubles import PauseError, Troubles
from entitree.errors import EntitreeError, StorageError
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from entitree.api.client import PlatformClient
    from entitree.changes.jobs import Job, Progress, StepRecord
    from entitree.changes.journal import Journal
    from entitree.changes.vault import Vault
    from entitree.inventory.store import Store

STOPPED = "It was stopped."
"""Why a job rests that was running when its program was told to end."""
GOES_ON = "The job goes on by itself once that is over."


async def work(
    journal: Journal,
    client: PlatformClient,
    store: Store,
    vault: Vault,
    *,
    pace: Pace | None = None,
    progress: Progress | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> None:
    """Run every job that was asked for until none is left. The caller holds the journal's lease.

    What an earlier run left inflight is settled first by reading back. Each step's intent is stored before it
    is sent, its outcome after; what was done is then shown in the mirror. A step is skipped where what it
    needs was not done, or what it was planned upon has changed. What may be over soon is waited out; what is
    not, or lasts, pauses the job with the reason, and so does a user's wish, before the next request.
    Cancelled, it leaves the journal as things are: a step that may have been sent stays inflight.

    Raises StorageError where the journal cannot be written, not even to say so. Nothing is sent whose intent
    is not stored.
    """
    while (job := await journal.next_job()) is not None:
        if await journal.start(job.id):
            chosen = pace or Pace()
            if job.steps == 1:
                chosen = chosen.of_one_step()
            await _Run(job, journal, client, store, vault, chosen, progress, clock, sleep).through()


class _Run:
    def __init__(
        self,
        job: Job,
        journal: Journal,
        client: PlatformClient,
        store: Store,
        vault: Vault,
        pace: Pace,
        progress: Progress | None,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self._id = job.id
        self._journal = journal
        self._store = store
        self._progress = progress
        self._noted = False
        self._waited_out = ""
        self._pace = pace
        self._sleep = sleep
        self._stop = Stop(journal, job.id, sleep)
        self._clock = clock
        self._own = drift.Own()
        self._sender = Sender(
            journal=journal,
            client=client,
            vault=vault,
            pace=pace,
            stop=self._stop,
            troubles=Troubles(pace),
            own=self._own,
            clock=clock,
            conclude=self._conclude,
            begun=self._tell,
            tried={},
            waits=self._waits,
        )

    async def through(self) -> None:
        try:
            async with self._stop:
                await self._steps()
        except StoppedError:
            await surely(self._journal.pause(self._id, PAUSED))
        except PauseError as pause:
            await surely(self._journal.pause(self._id, pause.reason))
        except StorageError as error:
            # The journal: nothing was sent since.
            await self._pause_somehow(str(error))
        except asyncio.CancelledError:
            if not await surely(self._journal.steps(self._id, StepState.INFLIGHT)):
                await surely(self._journal.pause(self._id, STOPPED))
            raise
        else:
            await surely(self._journal.complete(self._id))

    async def _pause_somehow(self, reason: str) -> None:
        """Notes why the job rests, as soon as the disk takes it. Raises StorageError where it never does."""
        for count in range(1, self._pace.failures):
            try:
                await surely(self._journal.pause(self._id, reason))
            except StorageError:
                await self._sleep(self._pace.backoff(count))
            else:
                return
        await surely(self._journal.pause(self._id, reason))

    async def _steps(self) -> None:
        for before in await self._journal.steps(self._id, StepState.DONE):
            if ours(before):
                self._own.note(before.step)
        for lost in await self._journal.steps(self._id, StepState.INFLIGHT):
            await self._sender.settle(lost)
        while (found := await self._journal.next_step(self._id)) is not None:
            if found.step is None:
                until = found.until or self._clock()
                await self._stop.rest(max(0.0, (until - self._clock()).total_seconds()))
            elif found.lacking:
                needed = " and ".join(f"“{visible(title)}”" for title in found.lacking[:2])
                why = f"It needs {needed}, which was not done."
                await surely(self._conclude(found.step, Outcome(StepState.SKIPPED, why)))
            else:
                await self._sender.carry_out(found.step)
        if any(each in CREATIONS for each in await self._journal.operations(self._id)):
            await confirm(self._journal, self._sender, self._id)

    async def _conclude(self, record: StepRecord, outcome: Outcome) -> None:
        await self._journal.finish(record, outcome)
        concluded = replace(record, state=outcome.state, sentence=outcome.sentence)
        if ours(concluded):
            self._own.note(record.step)
        if outcome.state is StepState.DONE:
            await self._show(record, outcome)
        await self._tell(concluded)

    async def _show(self, record: StepRecord, outcome: Outcome) -> None:
        """Lets the mirror show at once what the platform has done; a mirror that cannot stops nothing."""
        try:
            await objects.mirror(self._store, record.step, outcome.result)
        except (EntitreeError, UnicodeEncodeError) as error:
            if not self._noted:
                self._noted = True
                await self._journal.note(
                    self._id, f"Not all that was done shows here: refresh to see it. {error}"
                )

    async def _waits(self, why: str) -> None:
        if why != self._waited_out:
            self._waited_out = why
            # It is only told; where the disk is full, the next intent finds out.
            with suppress(StorageError):
                await self._journal.waits(self._id, f"{why} {GOES_ON}" if why else "")

    async def _tell(self, record: StepRecord) -> None:
        if self._progress is not None:
            now = await self._journal.step(self._id, record.step.number)
            self._progress(JobProgress(await self._journal.job(self._id), now))
