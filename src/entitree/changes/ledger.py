"""What the holder of the lease writes into the journal: the intent before a request, the outcome after."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from entitree.changes import asking, records
from entitree.changes.jobs import JobState, JobWish, StepState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from sqlite3 import Connection

    from entitree.changes.jobs import Outcome, StepRecord
    from entitree.inventory.database import Database


class Ledger:
    """The part of `Journal` that only whoever runs jobs needs. Every method may raise StorageError."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def adopt(self) -> None:
        """Note that what was being run when the lease was free has been interrupted. Under the lease."""

        def work(db: Connection) -> None:
            db.execute(
                "UPDATE job SET state = ? WHERE state = ?",
                (JobState.INTERRUPTED.value, JobState.RUNNING.value),
            )

        await self._database.write(work)

    async def start(self, job_id: int) -> bool:
        """Note that the job is being run; False where nobody asks for it any more."""

        def work(db: Connection) -> bool:
            changed = db.execute(
                "UPDATE job SET state = ?, reason = '', wish = '', ended = NULL, started = ifnull(started, ?)"
                " WHERE id = ? AND wish = ?",
                (JobState.RUNNING.value, self._now(), job_id, JobWish.RUN.value),
            )
            return changed.rowcount == 1

        return await self._database.write(work)

    async def begin(self, record: StepRecord, known: frozenset[str] | None = None) -> bool:
        """Store the intent to send: the step is inflight from now on. Only after this may it be sent.

        False, and nothing stored, where somebody wishes that the job stops, or it is no longer planned.
        `known` are the ids of equal objects that are there before.
        """

        def work(db: Connection) -> bool:
            job, number, now = record.job_id, record.step.number, self._now()
            changed = db.execute(
                "UPDATE step SET state = ?, tries = tries + 1, begun = ?, known = ifnull(known, ?)"
                " WHERE job = ? AND number = ? AND state = ?"
                " AND (SELECT wish FROM job WHERE id = step.job) NOT IN (?, ?)",
                (
                    StepState.INFLIGHT.value,
                    now,
                    None if known is None else json.dumps(sorted(known)),
                    job,
                    number,
                    StepState.PLANNED.value,
                    JobWish.PAUSE.value,
                    JobWish.CANCEL.value,
                ),
            )
            if changed.rowcount != 1:
                return False
            db.execute("INSERT INTO try (job, number, begun) VALUES (?, ?, ?)", (job, number, now))
            db.execute("UPDATE job SET latest = ? WHERE id = ?", (number, job))
            return True

        return await self._database.write(work)

    async def finish(self, record: StepRecord, outcome: Outcome, *, unsent: bool = False) -> None:
        """Store what became of a step; PLANNED puts back one that is to be sent again.

        `unsent` says that it was begun, but certainly never left. A step that is over stays as it is.
        """

        def work(db: Connection) -> None:
            job, number, now = record.job_id, record.step.number, self._now()
            changed = db.execute(
                "UPDATE step SET state = ?, status = ?, sentence = ?, ended = ?, not_before = ?,"
                " doubtful = ?, result = ifnull(?, result), tries = tries - ?"
                " WHERE job = ? AND number = ? AND state IN (?, ?)",
                (
                    outcome.state.value,
                    outcome.status,
                    outcome.sentence,
                    None if outcome.state is StepState.PLANNED else now,
                    outcome.not_before and outcome.not_before.isoformat(),
                    outcome.doubtful,
                    records.text(outcome.result),
                    int(unsent),
                    job,
                    number,
                    StepState.PLANNED.value,
                    StepState.INFLIGHT.value,
                ),
            )
            if changed.rowcount != 1:
                return
            db.execute("UPDATE job SET latest = ? WHERE id = ?", (number, job))
            last = "id = (SELECT max(id) FROM try WHERE job = ? AND number = ?) AND ended IS NULL"
            if unsent:
                db.execute(f"DELETE FROM try WHERE {last}", (job, number))
            else:
                db.execute(
                    f"UPDATE try SET ended = ?, status = ?, sentence = ? WHERE {last}",
                    (now, outcome.status, outcome.sentence, job, number),
                )

        await self._database.write(work)

    async def doubt(self, job_id: int, numbers: Sequence[int], sentence: str) -> None:
        """Take back that steps were done: what the platform holds is something else."""

        def work(db: Connection) -> None:
            db.executemany(
                "UPDATE step SET state = ?, sentence = ? WHERE job = ? AND number = ? AND state = ?",
                (
                    (StepState.UNKNOWN.value, sentence, job_id, number, StepState.DONE.value)
                    for number in numbers
                ),
            )

        await self._database.write(work)

    async def note(self, job_id: int, sentence: str) -> None:
        """Keep what else is to be said of a job."""
        await self._database.write(
            lambda db: db.execute("UPDATE job SET note = ? WHERE id = ?", (sentence, job_id))
        )

    async def waits(self, job_id: int, reason: str) -> None:
        """Let whoever looks at a job that runs see what it is waiting out; "" where it goes on."""
        await self._database.write(
            lambda db: db.execute(
                "UPDATE job SET reason = ? WHERE id = ? AND state = ?",
                (reason, job_id, JobState.RUNNING.value),
            )
        )

    async def pause(self, job_id: int, reason: str) -> None:
        """Note that the job goes no further, and why. Asked to cancel meanwhile, it is cancelled."""
        await self._database.write(lambda db: asking.rest(db, job_id, reason, self._now()))

    async def complete(self, job_id: int) -> None:
        """Note that every step has its outcome."""
        await self._database.write(lambda db: asking.complete(db, job_id, self._now()))

    def _now(self) -> str:
        return self._clock().isoformat()
