"""Watching a job through the journal, whichever process runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.changes.jobs import JobProgress, JobResult, JobState, JobWish, StepState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from entitree.changes.jobs import Job, Progress
    from entitree.changes.journal import Journal

LOOK = 0.1
"""Seconds between two looks into the journal."""


async def follow(
    journal: Journal,
    job_id: int,
    progress: Progress | None,
    *,
    revive: Callable[[], Awaitable[None]],
    sleep: Callable[[float], Awaitable[object]],
    changed: Callable[[], Awaitable[None]] | None = None,
    look: float = LOOK,
) -> None:
    """Returns when nothing more happens to the job unless somebody asks.

    `revive` is awaited where nobody is there to run it: it starts a worker, or raises what keeps it from it.
    `changed` is awaited when another step has come to something.
    """
    seen: int | None = None
    told: object = None
    while True:
        version = await journal.version()
        if version != seen:
            seen = version
            job = await journal.job(job_id)
            record = await journal.latest(job_id)
            # Both: a step may have come to something between the two readings.
            if record is not None and (job, record) != told:
                told = (job, record)
                if changed is not None and record.state is StepState.DONE:
                    await changed()
                if progress is not None:
                    progress(JobProgress(job, record))
            if not job.going and job.state is not JobState.INTERRUPTED:
                return
        if not journal.leased():
            job = await journal.job(job_id)
            if not job.going and job.state is not JobState.INTERRUPTED:
                return
            if job.wish is not JobWish.RUN:
                # Its worker has died; whoever watches wants it done.
                await journal.ask_run(job_id)
            await revive()
        await sleep(look)


async def result(journal: Journal, job_id: int) -> JobResult:
    """What has come of a job so far."""
    job: Job = await journal.job(job_id)
    bad = await journal.steps(job_id, StepState.FAILED, StepState.SKIPPED, StepState.UNKNOWN)
    return JobResult(
        job_id=job_id,
        state=job.state,
        done=job.done,
        failed=job.failed,
        skipped=job.skipped,
        unknown=job.unknown,
        left=job.left,
        reason=job.reason,
        problems=tuple(each.sentence for each in bad),
        titles=tuple(each.step.title for each in bad),
        note=job.note,
    )
