"""The journal: what was planned, what was about to be sent, and what came of it. It survives the power cut.

The promise: a step is sent only after its intent is stored (`begin`), and is over only after its outcome is
(`finish`). A step found inflight may have been sent or not; nothing here guesses.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from entitree.changes import records
from entitree.changes.jobs import IN_DOUBT, Job, JobState, StepRecord, StepState
from entitree.disk import storage_error
from entitree.errors import UsageError
from entitree.inventory.database import Database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from pathlib import Path
    from sqlite3 import Connection

    from entitree.changes.jobs import Outcome
    from entitree.changes.plan import Plan


_PAUSE = 0.05
_FEWEST_TRIES = 4


class Journal:
    """The journal in the file at `path`, made with mode 0600. It holds no secrets.

    Open it before use, close it after; `async with` does both. Every method may raise StorageError.
    """

    def __init__(self, path: Path, *, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._sleep = sleep
        self._database = Database(
            path,
            (records.SCHEMA, records.TARGETS),
            synchronous="FULL",
            if_damaged=f"Move {path.name} away: the list of past jobs then begins anew.",
        )
        self._lock = path.with_name(path.name + ".lock")

    async def open(self) -> Self:
        await self._database.open()
        return self

    async def aclose(self) -> None:
        await self._database.close()

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    @contextmanager
    def lease(self) -> Iterator[None]:
        """The right to run jobs: one holder at a time among all processes, given up by dying too.

        Raises UsageError where another has it.
        """
        handle = self._leased_file()
        try:
            yield
        finally:
            os.close(handle)

    @asynccontextmanager
    async def lease_within(self, seconds: float) -> AsyncIterator[None]:
        """As `lease`, but asks again for so long before it raises UsageError."""
        # Whoever only looks whether a job is running holds the file for an instant: that is no refusal yet.
        for _ in range(max(_FEWEST_TRIES, round(seconds / _PAUSE)) - 1):
            try:
                handle = self._leased_file()
            except UsageError:
                await self._sleep(_PAUSE)
            else:
                break
        else:
            handle = self._leased_file()
        try:
            yield
        finally:
            os.close(handle)

    async def add(self, plan: Plan) -> int:
        """Store a plan as a job, not started yet; returns its id. UsageError for one with conflicts."""
        if plan.conflicts:
            raise UsageError(plan.conflicts[0].text, hint="Take that out of the plan.")
        if not plan.steps:
            raise UsageError("There is nothing to do.")

        def work(db: Connection) -> int:
            job: int = db.execute(
                "INSERT INTO job (account, title, digest, state, reason, created)"
                " VALUES (?, ?, ?, ?, '', ?) RETURNING id",
                (plan.account, plan.title, plan.digest, JobState.PLANNED.value, plan.created.isoformat()),
            ).fetchone()[0]
            db.executemany(
                "INSERT INTO step (job, number, operation, title, reason, family, key, path,"
                " body, before, after, needs, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                ((job, *records.columns(step), StepState.PLANNED.value) for step in plan.steps),
            )
            return job

        return await self._database.write(work)

    async def jobs(self) -> list[Job]:
        """All jobs, newest first."""
        return await self._database.read(lambda db: self._jobs(db, "1", ()))

    async def job(self, job_id: int) -> Job:
        """One job. Raises UsageError where there is none."""
        found = await self._database.read(lambda db: self._jobs(db, "id = ?", (job_id,)))
        if not found:
            raise UsageError(f"There is no job {job_id}.")
        return found[0]

    async def steps(self, job_id: int, *, state: StepState | None = None) -> list[StepRecord]:
        """The steps of a job in order, all or those in one state."""
        return await self._database.read(lambda db: records.steps(db, job_id, state))

    async def step(self, job_id: int, number: int) -> StepRecord:
        """One step as it stands now."""

        def work(db: Connection) -> StepRecord:
            row = db.execute(
                f"SELECT {records.STEP} FROM step WHERE job = ? AND number = ?", (job_id, number)
            )
            return records.record(job_id, row.fetchone())

        return await self._database.read(work)

    async def next_step(self, job_id: int) -> StepRecord | None:
        """The first step that is still only planned."""

        def work(db: Connection) -> StepRecord | None:
            return next(iter(records.steps(db, job_id, StepState.PLANNED, limit=1)), None)

        return await self._database.read(work)

    async def start(self, job_id: int) -> None:
        """Note that the job is being run."""

        def work(db: Connection) -> None:
            db.execute(
                "UPDATE job SET state = ?, reason = '', started = ifnull(started, ?) WHERE id = ?",
                (JobState.RUNNING.value, _now(), job_id),
            )

        await self._database.write(work)

    async def begin(self, record: StepRecord) -> None:
        """Store the intent to send: the step is inflight from now on. Only after this may it be sent."""

        def work(db: Connection) -> None:
            changed = db.execute(
                "UPDATE step SET state = ?, tries = tries + 1, begun = ?"
                " WHERE job = ? AND number = ? AND state = ?",
                (
                    StepState.INFLIGHT.value,
                    _now(),
                    record.job_id,
                    record.step.number,
                    StepState.PLANNED.value,
                ),
            )
            if changed.rowcount != 1:
                raise UsageError(f"Step {record.step.number} of job {record.job_id} was begun already.")

        await self._database.write(work)

    async def finish(self, record: StepRecord, outcome: Outcome) -> None:
        """Store what became of a step; PLANNED puts back one that certainly was not carried out."""

        def work(db: Connection) -> None:
            ended = None if outcome.state is StepState.PLANNED else _now()
            db.execute(
                "UPDATE step SET state = ?, status = ?, sentence = ?, ended = ? WHERE job = ? AND number = ?",
                (
                    outcome.state.value,
                    outcome.status,
                    outcome.sentence,
                    ended,
                    record.job_id,
                    record.step.number,
                ),
            )

        await self._database.write(work)

    async def pause(self, job_id: int, reason: str) -> None:
        """Note that the job goes no further for now, and why."""
        await self._end(job_id, JobState.PAUSED, reason)

    async def complete(self, job_id: int) -> None:
        """Note that every step has its outcome."""
        await self._end(job_id, JobState.DONE, "")

    async def cancel(self, job_id: int) -> None:
        """End a job for good: planned steps are skipped, inflight ones are unknown for ever."""

        def work(db: Connection) -> None:
            for now, ends_as, sentence in (
                (StepState.PLANNED, StepState.SKIPPED, "Cancelled."),
                (StepState.INFLIGHT, StepState.UNKNOWN, IN_DOUBT),
            ):
                db.execute(
                    "UPDATE step SET state = ?, sentence = ?, ended = ? WHERE job = ? AND state = ?",
                    (ends_as.value, sentence, _now(), job_id, now.value),
                )
            self._end_in(db, job_id, JobState.CANCELLED, "")

        await self._database.write(work)

    async def _end(self, job_id: int, state: JobState, reason: str) -> None:
        await self._database.write(lambda db: self._end_in(db, job_id, state, reason))

    def _end_in(self, db: Connection, job_id: int, state: JobState, reason: str) -> None:
        db.execute(
            "UPDATE job SET state = ?, reason = ?, ended = ? WHERE id = ?",
            (state.value, reason, _now(), job_id),
        )

    def _jobs(self, db: Connection, where: str, values: tuple[int, ...]) -> list[Job]:
        rows = db.execute(
            f"SELECT id, account, title, state, reason, created, started, ended FROM job WHERE {where}"
            " ORDER BY id DESC",
            values,
        ).fetchall()
        leased: bool | None = None
        jobs = []
        for job_id, account, title, state, reason, created, started, ended in rows:
            counts: dict[str, int] = dict(
                db.execute("SELECT state, count(*) FROM step WHERE job = ? GROUP BY state", (job_id,))
            )
            now = JobState(state)
            if now is JobState.RUNNING or counts.get(StepState.INFLIGHT.value):
                leased = self._leased() if leased is None else leased
                now = JobState.RUNNING if leased else JobState.INTERRUPTED
            jobs.append(
                Job(
                    id=job_id,
                    account=account,
                    title=title,
                    state=now,
                    reason=reason,
                    created=datetime.fromisoformat(created),
                    started=records.time(started),
                    ended=records.time(ended),
                    steps=sum(counts.values()),
                    done=counts.get(StepState.DONE.value, 0),
                    failed=counts.get(StepState.FAILED.value, 0),
                    skipped=counts.get(StepState.SKIPPED.value, 0),
                    unknown=counts.get(StepState.UNKNOWN.value, 0),
                    inflight=counts.get(StepState.INFLIGHT.value, 0),
                )
            )
        return jobs

    def _leased_file(self) -> int:
        handle = self._lock_file()
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise UsageError(
                "Another job is running on this account.", hint="Wait until it is done, or stop it first."
            ) from None
        return handle

    def _leased(self) -> bool:
        handle = self._lock_file()
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False

    def _lock_file(self) -> int:
        try:
            return os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise storage_error(str(self._lock), error, if_damaged="") from error


def _now() -> str:
    return datetime.now(UTC).isoformat()
