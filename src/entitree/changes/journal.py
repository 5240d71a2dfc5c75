"""The journal: what was planned, what was about to be sent, and what came of it. It survives the power cut.

The promise: a step is sent only after its intent is stored (`begin`), and is over only after its outcome is
(`finish`). A step found inflight may have been sent or not; nothing here guesses. Several processes read it
and say what they wish of a job; one of them, which holds the lease, runs jobs.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self, TypeVar

from entitree.changes import asking, records
from entitree.changes.jobs import JobState, JobWish, StepState
from entitree.changes.lease import Lease
from entitree.changes.ledger import Ledger
from entitree.changes.vault import MARK, references
from entitree.changes.volume import is_local
from entitree.errors import UsageError
from entitree.inventory.database import Database

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from contextlib import AbstractAsyncContextManager, AbstractContextManager
    from pathlib import Path
    from sqlite3 import Connection

    from entitree.changes.jobs import Job, StepRecord, Try
    from entitree.changes.plan import Plan
    from entitree.changes.records import Stamp

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Next:
    """What a job has to do next: send `step`, or wait `until` then."""

    step: StepRecord | None = None
    until: datetime | None = None
    lacking: tuple[str, ...] = ()
    """Titles of what the step needs and was not done."""


class Journal(Ledger):
    """The journal in the file at `path`, made with mode 0600. It holds no secrets.

    Open it before use, close it after; `async with` does both. `who` is written to what is handed in. Every
    method may raise StorageError, and UsageError for a job that is not there.
    """

    def __init__(
        self,
        path: Path,
        *,
        who: str = "",
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.folder = path.parent
        """Where it lies, with what belongs to it."""
        database = Database(
            path,
            records.MIGRATIONS,
            synchronous="FULL",
            if_damaged=f"Move {path.name} away: the list of past jobs then begins anew.",
            wal=is_local(path.parent),
        )
        super().__init__(database, clock)
        self._who = who
        self._lease = Lease(path.with_name(path.name + ".lock"), sleep)
        self._listeners: list[Callable[[], None]] = []

    async def open(self) -> Self:
        await self._database.open()
        return self

    async def aclose(self) -> None:
        await self._database.close()

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    # The lease

    def lease(self) -> AbstractContextManager[None]:
        """The right to run jobs; see `Lease.held`."""
        return self._lease.held()

    def lease_within(self, seconds: float) -> AbstractAsyncContextManager[None]:
        """As `lease`, but asks again for so long; see `Lease.within`."""
        return self._lease.within(seconds)

    def leased(self) -> bool:
        """Whether somebody runs jobs, or is ready to."""
        return self._lease.taken()

    # What is new

    async def version(self) -> int:
        """A number that changes whenever anybody, in whichever process, has written."""

        def work(db: Connection) -> int:
            number: int = db.execute("PRAGMA data_version").fetchone()[0]
            return number

        return await self._database.read(work)

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Calls `listener` on the event loop when a wish may have been written. Returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def tell(self) -> None:
        """Tells those who listen that a wish may have been written."""
        for listener in tuple(self._listeners):
            listener()

    # Reading

    async def jobs(self) -> list[Job]:
        """All jobs, newest first."""
        return await self._database.read(lambda db: records.jobs(db, "1", (), self._lease.taken))

    async def job(self, job_id: int) -> Job:
        """One job."""
        return await self._database.read(lambda db: self._job(db, job_id))

    async def steps(self, job_id: int, *states: StepState) -> list[StepRecord]:
        """The steps of a job in order, all or those in some states."""
        return await self._database.read(lambda db: records.steps(db, job_id, states))

    async def news(self, job_id: int, seen: Mapping[int, Stamp]) -> tuple[list[StepRecord], dict[int, Stamp]]:
        """The steps that something has happened to since they looked like `seen`, in any order, and how they
        look now.
        """

        def work(db: Connection) -> tuple[list[StepRecord], dict[int, Stamp]]:
            changed = records.changed_steps(db, job_id, seen)
            return records.some_steps(db, job_id, changed), changed

        return await self._database.read(work)

    async def step(self, job_id: int, number: int) -> StepRecord:
        """One step as it stands now."""

        def work(db: Connection) -> StepRecord:
            row = db.execute(
                f"SELECT {records.STEP} FROM step WHERE job = ? AND number = ?", (job_id, number)
            ).fetchone()
            if row is None:
                raise UsageError(f"Job {job_id} has no step {number}.")
            return records.record(job_id, row)

        return await self._database.read(work)

    async def latest(self, job_id: int) -> StepRecord | None:
        """The step that was begun or got its outcome last."""

        def work(db: Connection) -> StepRecord | None:
            row = db.execute(
                f"SELECT {records.STEP} FROM step WHERE job = ?1"
                " AND number = (SELECT latest FROM job WHERE id = ?1)",
                (job_id,),
            ).fetchone()
            return None if row is None else records.record(job_id, row)

        return await self._database.read(work)

    async def tries(self, job_id: int) -> list[Try]:
        """Every request of every step of a job, in order of the steps."""
        return await self._database.read(lambda db: records.tries(db, job_id))

    async def next_job(self) -> Job | None:
        """The oldest of those that somebody asked to be run."""

        def work(db: Connection) -> Job | None:
            oldest = "id = (SELECT min(id) FROM job WHERE wish = ?)"
            return next(iter(records.jobs(db, oldest, (JobWish.RUN.value,), self._lease.taken)), None)

        return await self._database.read(work)

    async def wish(self, job_id: int) -> JobWish:
        """What somebody wishes of a job."""
        return await self._database.read(lambda db: asking.wish(db, job_id))

    async def next_step(self, job_id: int) -> Next | None:
        """What a job has to do next; None: no step is planned any more."""

        def work(db: Connection) -> Next | None:
            found = records.next_step(db, job_id, self._clock())
            if found is None:
                return None
            if isinstance(found, datetime):
                return Next(until=found)
            over = [each for each in StepState if each is not StepState.DONE]
            lacking = records.unmet(db, job_id, found.step.needs, over)
            return Next(found, lacking=tuple(title for _, title in lacking))

        return await self._database.read(work)

    async def operations(self, job_id: int) -> frozenset[str]:
        """The operations that a job consists of."""

        def work(db: Connection) -> frozenset[str]:
            return frozenset(
                name for (name,) in db.execute("SELECT DISTINCT operation FROM step WHERE job = ?", (job_id,))
            )

        return await self._database.read(work)

    async def secrets(self) -> frozenset[str]:
        """The fingerprints of all secrets that some step sends, or that were there before or after it."""

        def work(db: Connection) -> frozenset[str]:
            rows = db.execute(
                "SELECT body, before, after FROM step"
                " WHERE instr(body, ?1) OR instr(before, ?1) OR instr(after, ?1)",
                (json.dumps(MARK),),
            )
            return frozenset(
                found for row in rows for text in row if text for found in references(json.loads(text))
            )

        return await self._database.read(work)

    # Handing in and asking

    async def add(self, plan: Plan, *, run: bool = False) -> int:
        """Store a plan as a job, and with `run` ask at once that it be run; returns its id.

        Raises UsageError for one with conflicts.
        """
        if plan.conflicts:
            raise UsageError(plan.conflicts[0].text, hint="Take that out of the plan.")
        if not plan.steps:
            raise UsageError("There is nothing to do.")
        wish = JobWish.RUN if run else JobWish.NONE

        def work(db: Connection) -> int:
            job: int = db.execute(
                "INSERT INTO job (account, title, digest, state, reason, created, wish, who)"
                " VALUES (?, ?, ?, ?, '', ?, ?, ?) RETURNING id",
                (
                    plan.account,
                    plan.title,
                    plan.digest,
                    JobState.PLANNED.value,
                    plan.created.isoformat(),
                    wish.value,
                    self._who,
                ),
            ).fetchone()[0]
            db.executemany(
                "INSERT INTO step (job, number, operation, title, reason, family, key, path,"
                " body, before, after, needs, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                ((job, *records.columns(step), StepState.PLANNED.value) for step in plan.steps),
            )
            return job

        return await self._asked(work)

    async def ask_run(self, job_id: int) -> None:
        """Ask that a job be run, or gone on with. Raises UsageError for one that is over."""
        await self._asked(lambda db: asking.ask_run(db, self._job(db, job_id)))

    async def ask_pause(self, job_id: int) -> None:
        """Ask for no further request; at once where no worker is at it. Nothing for a job that is over."""
        await self._asked(lambda db: asking.ask_pause(db, self._job(db, job_id), self._now()))

    async def cancel(self, job_id: int) -> None:
        """End a job for good: planned steps are skipped at once.

        Of a step that is inflight a worker that is at it still finds out what became of it; without one it is
        unknown for ever. Nothing for a job that is over.
        """
        await self._asked(lambda db: asking.cancel(db, self._job(db, job_id), self._now()))

    async def ask_retry(self, job_id: int) -> int:
        """Plan anew what failed, was skipped or is unknown, and ask for it; returns how many steps that is.

        What is unknown is read back before it is sent again. Raises UsageError where there is nothing of the
        kind, or the job is being run.
        """
        return await self._asked(lambda db: asking.ask_retry(db, self._job(db, job_id)))

    async def _asked(self, work: Callable[[Connection], T]) -> T:
        value = await self._database.write(work)
        self.tell()
        return value

    def _job(self, db: Connection, job_id: int) -> Job:
        found = records.jobs(db, "id = ?", (job_id,), self._lease.taken)
        if not found:
            raise UsageError(f"There is no job {job_id}.")
        return found[0]
