"""Running a job: step after step, each journaled before it is sent and after it is known what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from entitree.api.operations import OPERATIONS, Settle
from entitree.changes.impact import impact
from entitree.changes.jobs import JobState, Outcome, StepState
from entitree.changes.outcome import PauseError, carry_out, find_out
from entitree.changes.snapshot import contents, doomed, families, snapshot
from entitree.errors import UsageError
from entitree.inventory.model import Family, Item, Kind
from entitree.inventory.sync import refresh_links

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from entitree.api.client import PlatformClient
    from entitree.changes.jobs import Job, StepRecord
    from entitree.changes.journal import Journal
    from entitree.changes.plan import Step
    from entitree.inventory.store import Store

T = TypeVar("T")

_LANDED_AFTER = timedelta(minutes=2)
"""What was sent so long ago has taken effect by now, or never will."""


@dataclass(frozen=True, slots=True)
class JobProgress:
    """Where a job stands: the job's counts, and the step that was begun or has just got its outcome."""

    job: Job
    record: StepRecord


Progress: TypeAlias = Callable[[JobProgress], None]


@dataclass(frozen=True, slots=True)
class JobResult:
    """What came of running a job."""

    job_id: int
    state: JobState
    done: int
    failed: int
    skipped: int
    unknown: int
    left: int
    reason: str
    """Why it is paused; empty if it is not."""
    problems: tuple[str, ...]
    """A sentence for each step that was not done, in order."""

    @property
    def ok(self) -> bool:
        """Every step was done."""
        return not (self.failed or self.skipped or self.unknown or self.left)

    @property
    def sentence(self) -> str:
        """What to tell of it where it did not go well: why it paused, or the first problem."""
        return self.reason or next(iter(self.problems), "")


async def run(
    job_id: int,
    journal: Journal,
    client: PlatformClient,
    store: Store,
    *,
    progress: Progress | None = None,
    patience: float = 0.0,
) -> JobResult:
    """Run what is still planned of a job, to its end or until it has to pause.

    Each step's intent is stored before it is sent, its outcome after; what was done is then applied to the
    mirror. Before a deletion its impact is read again, and the step is skipped if it is not what was shown.
    A refused key, a platform out of reach or one that keeps saying 429 pause the job. Cancelled, it leaves
    the journal as things are: a step that may have been sent stays inflight, and the job shows as
    interrupted. For another process's job it waits `patience` seconds.

    Raises:
        UsageError: there is no such job, it is over, it has a step inflight, or another job is running.
        StorageError: the journal or the mirror cannot be written. Nothing is sent whose intent is not stored.
    """
    job = await journal.job(job_id)
    if job.state in (JobState.DONE, JobState.CANCELLED):
        raise UsageError(f"Job {job_id} is over.")
    async with journal.lease_within(patience):
        if await journal.steps(job_id, state=StepState.INFLIGHT):
            raise UsageError(
                f"Job {job_id} was interrupted in the middle of a step.",
                hint="Look at the account to see whether that step took effect.",
            )
        await journal.start(job_id)
        try:
            await _Run(job_id, journal, client, store, progress).through()
        except PauseError as pause:
            await journal.pause(job_id, pause.reason)
        except asyncio.CancelledError:
            await journal.pause(job_id, "It was stopped.")
            raise
        else:
            await journal.complete(job_id)
        return await _result(journal, job_id)


async def settle(
    job_id: int,
    journal: Journal,
    client: PlatformClient,
    store: Store,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> list[StepRecord]:
    """End a job that was interrupted or paused: what is inflight is read back, what is planned given up.

    Nothing is sent but reads. A step done after all shows in the mirror at once; where reading back does not
    tell, for instance because the platform is out of reach, the step is UNKNOWN. Returns the steps that were
    inflight, as they stand now; for a job that is over none, and nothing is changed.

    Raises:
        UsageError: there is no such job, or one is running.
        StorageError: the journal or the mirror cannot be written.
    """
    if (await journal.job(job_id)).state in (JobState.DONE, JobState.CANCELLED):
        return []
    async with journal.lease_within(0.0):
        inflight = await journal.steps(job_id, state=StepState.INFLIGHT)
        for record in inflight:
            landed = record.begun is not None and clock() - record.begun > _LANDED_AFTER
            outcome = await find_out(client, record.step, landed=landed)
            await surely(_conclude(journal, store, record, outcome))
        await journal.cancel(job_id)
        return [await journal.step(job_id, each.step.number) for each in inflight]


async def _conclude(journal: Journal, store: Store, record: StepRecord, outcome: Outcome) -> None:
    await journal.finish(record, outcome)
    if outcome.state is StepState.DONE:
        await _apply(store, record.step)


class _Run:
    def __init__(
        self,
        job_id: int,
        journal: Journal,
        client: PlatformClient,
        store: Store,
        progress: Progress | None,
    ) -> None:
        self._job_id = job_id
        self._journal = journal
        self._client = client
        self._store = store
        self._progress = progress
        self._gone: dict[Family, set[str]] = {family: set() for family in families()}
        """What earlier steps of this job took away: it is missing for a good reason."""

    async def through(self) -> None:
        for before in await self._journal.steps(self._job_id, state=StepState.DONE):
            self._note(before.step)
        while (record := await self._journal.next_step(self._job_id)) is not None:
            outcome = await self._checked(record.step)
            if outcome is None:
                await self._send(record)
            else:
                await surely(self._finish(record, outcome))

    async def _send(self, record: StepRecord) -> None:
        await self._journal.begin(record)
        await self._tell(record)
        try:
            outcome = await carry_out(self._client, record.step)
        except PauseError as pause:
            put_back = Outcome(StepState.PLANNED, pause.reason, pause.status)
            await surely(self._finish(record, put_back))
            raise
        await surely(self._finish(record, outcome))

    async def _finish(self, record: StepRecord, outcome: Outcome) -> None:
        await _conclude(self._journal, self._store, record, outcome)
        if outcome.state is StepState.DONE:
            self._note(record.step)
        await self._tell(record)

    async def _checked(self, step: Step) -> Outcome | None:
        """Read a deletion's impact again; an outcome where the step is not to be sent."""
        if OPERATIONS[step.operation].settle is not Settle.GONE or step.kind is None or step.id is None:
            return None
        before = step.before or {}
        reading = await refresh_links(self._client, self._store, step.kind, (step.id,))
        unread = {each.family for each in reading.not_checked if each.family is not None}
        own = Family.APPLICATIONS if step.kind is Kind.APPLICATION else Family.ENTITIES
        for each in reading.not_checked:
            if each.family is own or (each.family and each.family.value not in before.get("unread", ())):
                raise PauseError(f"What deleting “{step.id}” removes could not be read again: {each.why}")
        items = await self._store.items(step.kind, (step.id,))
        if step.id not in items:
            return Outcome(StepState.DONE, "It was already absent; nothing was sent.")
        links = await self._store.links(step.kind, (step.id,))
        found = impact(links, step.kind, (step.id,), existing=items, not_checked=reading.not_checked)
        now = doomed(found, step.id, found.removals, None)
        changed = [
            family.value
            for family in families()
            if family not in unread and contents(before, family) - self._gone[family] != contents(now, family)
        ]
        if before.get("known") and before.get("alias") != now["alias"]:
            changed.append("alias")
        if not changed:
            return None
        return Outcome(
            StepState.SKIPPED,
            f"It has changed since it was shown ({', '.join(changed)}), so it was left alone.",
        )

    def _note(self, step: Step) -> None:
        if OPERATIONS[step.operation].settle is not Settle.GONE:
            return
        if step.association is not None:
            taken: dict[str, Any] = {Family.ASSOCIATIONS.value: [snapshot(step.association)[1]]}
        else:
            taken = dict(step.before or {})
        for family in families():
            self._gone[family] |= contents(taken, family)

    async def _tell(self, record: StepRecord) -> None:
        if self._progress is None:
            return
        now = await self._journal.step(self._job_id, record.step.number)
        self._progress(JobProgress(await self._journal.job(self._job_id), now))


async def _apply(store: Store, step: Step) -> None:
    """Let the mirror show at once what the platform has done."""
    operation = OPERATIONS[step.operation]
    gone = operation.settle is Settle.GONE
    if step.association is not None:
        await (store.forget(step.association) if gone else store.put(step.association))
    elif step.kind is not None and step.id is not None:
        if gone:
            await store.forget_item(step.kind, step.id)
        else:
            alias = (step.body or {}).get(f"{step.kind.value}Name")
            await store.put(Item(step.kind, step.id, alias))


async def _result(journal: Journal, job_id: int) -> JobResult:
    job = await journal.job(job_id)
    bad = (StepState.FAILED, StepState.SKIPPED, StepState.UNKNOWN)
    return JobResult(
        job_id=job_id,
        state=job.state,
        done=job.done,
        failed=job.failed,
        skipped=job.skipped,
        unknown=job.unknown,
        left=job.left,
        reason=job.reason,
        problems=tuple(each.sentence for each in await journal.steps(job_id) if each.state in bad),
    )


async def surely(work: Coroutine[Any, Any, T]) -> T:
    """Do `work` to its end even if cancelled meanwhile; the cancellation is passed on afterwards."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
