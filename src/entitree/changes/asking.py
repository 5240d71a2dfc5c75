"""What is wished of a job, and how a job comes to rest: statements on the journal, each in a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.changes.jobs import IN_DOUBT, JobState, JobWish, StepState
from entitree.errors import UsageError

if TYPE_CHECKING:
    from sqlite3 import Connection

    from entitree.changes.jobs import Job


PAUSED = "It was paused."
CANCELLED = "Cancelled."


def wish(db: Connection, job_id: int) -> JobWish:
    row = db.execute("SELECT wish FROM job WHERE id = ?", (job_id,)).fetchone()
    return JobWish(row[0]) if row else JobWish.NONE


def ask_run(db: Connection, job: Job) -> None:
    if job.state.over:
        raise UsageError(f"Job {job.id} is over.")
    _wish(db, job.id, JobWish.RUN)


def ask_pause(db: Connection, job: Job, now: str) -> None:
    if job.state is JobState.RUNNING:
        _wish(db, job.id, JobWish.PAUSE)
    elif not job.state.over:
        _end(db, job.id, JobState.PAUSED, PAUSED, now)


def cancel(db: Connection, job: Job, now: str) -> None:
    if job.state.over:
        return
    _give_up(db, job.id, StepState.PLANNED, StepState.SKIPPED, CANCELLED, now)
    if job.inflight and job.state is JobState.RUNNING:
        _wish(db, job.id, JobWish.CANCEL)
        return
    _give_up(db, job.id, StepState.INFLIGHT, StepState.UNKNOWN, IN_DOUBT, now)
    _end(db, job.id, JobState.CANCELLED, "", now)


def ask_retry(db: Connection, job: Job) -> int:
    if job.state is JobState.RUNNING:
        raise UsageError(f"Job {job.id} is running.", hint="Pause it first, or wait until it is done.")
    again = db.execute(
        "UPDATE step SET state = ?, ended = NULL, not_before = NULL, sentence = '', doubtful = 0"
        " WHERE job = ? AND state IN (?, ?)",
        (StepState.PLANNED.value, job.id, StepState.FAILED.value, StepState.SKIPPED.value),
    ).rowcount
    # It may have been carried out: whoever runs the job looks first.
    again += db.execute(
        "UPDATE step SET state = ?, ended = NULL WHERE job = ? AND state = ?",
        (StepState.INFLIGHT.value, job.id, StepState.UNKNOWN.value),
    ).rowcount
    if not again:
        raise UsageError(f"Job {job.id} has no step that could be tried again.")
    db.execute(
        "UPDATE job SET state = ?, wish = ?, reason = '', ended = NULL WHERE id = ?",
        (JobState.PAUSED.value, JobWish.RUN.value, job.id),
    )
    return again


def rest(db: Connection, job_id: int, reason: str, now: str) -> None:
    """A running job goes no further: paused, or cancelled where that was asked for."""
    if wish(db, job_id) is JobWish.CANCEL:
        _give_up(db, job_id, StepState.PLANNED, StepState.SKIPPED, CANCELLED, now)
        _give_up(db, job_id, StepState.INFLIGHT, StepState.UNKNOWN, IN_DOUBT, now)
        _end(db, job_id, JobState.CANCELLED, "", now)
        return
    db.execute(
        "UPDATE job SET state = ?, reason = ?, ended = ?, wish = CASE wish WHEN ? THEN wish ELSE '' END"
        " WHERE id = ? AND state = ?",
        (JobState.PAUSED.value, reason, now, JobWish.RUN.value, job_id, JobState.RUNNING.value),
    )


def complete(db: Connection, job_id: int, now: str) -> None:
    """A running job has come to its end: done, or cancelled where that was asked for."""
    if wish(db, job_id) is JobWish.CANCEL:
        rest(db, job_id, "", now)
        return
    db.execute(
        "UPDATE job SET state = ?, reason = '', wish = '', ended = ? WHERE id = ? AND state = ?",
        (JobState.DONE.value, now, job_id, JobState.RUNNING.value),
    )


def _wish(db: Connection, job_id: int, what: JobWish) -> None:
    db.execute("UPDATE job SET wish = ? WHERE id = ?", (what.value, job_id))


def _give_up(
    db: Connection, job_id: int, now: StepState, ends_as: StepState, sentence: str, time: str
) -> None:
    db.execute(
        "UPDATE step SET state = ?, sentence = ?, ended = ? WHERE job = ? AND state = ?",
        (ends_as.value, sentence, time, job_id, now.value),
    )


def _end(db: Connection, job_id: int, state: JobState, reason: str, now: str) -> None:
    db.execute(
        "UPDATE job SET state = ?, reason = ?, ended = ?, wish = '' WHERE id = ?",
        (state.value, reason, now, job_id),
    )
