"""Jobs, their steps and their requests in lines."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING

from entitree.cli.output import Told, narrate, write_chunks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence
    from datetime import datetime

    from entitree.changes.jobs import Job, JobResult, StepRecord, Try
    from entitree.cli.output import Row

JOBS = (
    "id", "title", "state", "steps", "done", "failed", "skipped", "unknown", "left", "created", "started",
    "ended", "who", "reason",
)  # fmt: skip
STEPS = ("step", "what", "state", "tries", "status", "answer", "begun", "ended", "because", "operation")

CHUNK = 1000


async def write_jobs(jobs: Sequence[Job], form: str) -> None:
    """Prints a line a job on standard output."""
    await write_chunks(JOBS, partial(_chunks, [_job(each) for each in jobs]), form)


async def write_steps(steps: Sequence[StepRecord], form: str) -> None:
    """Prints a line a step on standard output."""
    await write_chunks(STEPS, partial(_chunks, [_step(each) for each in steps]), form)


async def write_log(job: Job, steps: Sequence[StepRecord], tries: Sequence[Try]) -> None:
    """Prints JSON lines: the job, then every step with what was planned and every request it took."""
    requests: dict[int, list[Try]] = defaultdict(list)
    for each in tries:
        requests[each.number].append(each)
    lines: list[Row] = [{"job": job.id, **{name: cell for name, cell in _job(job).items() if name != "id"}}]
    lines += [_logged(each, requests[each.step.number]) for each in steps]
    await write_chunks((), partial(_chunks, lines), "jsonl")


def narrate_job(job: Job) -> None:
    """Says where a job stands."""
    state = state_of(job)
    why = f" {job.reason}" if job.reason else ""
    narrate(f"Job {job.id} ({job.title}) is {state}: {counts(job)}.{why}")
    if job.note:
        narrate(job.note)
    if job.state.value == "interrupted":
        narrate(
            f"Whoever ran it has gone without a word: entitree jobs resume {job.id} finds out and goes on."
        )


def state_of(job: Job) -> str:
    """The state of a job in a word, as far as somebody's wish has not changed it already."""
    state = job.state.value
    if job.state.value == "running" and job.wish.stops:
        return "being paused" if job.wish.value == "pause" else "being cancelled"
    return "waiting" if job.wish.value == "run" and state != "running" else state


def counts(of: Job | JobResult) -> str:
    """How many steps came to what."""
    words = [f"{of.done:,} done"]
    words += [
        f"{count:,} {word}"
        for count, word in (
            (of.failed, "failed"),
            (of.skipped, "skipped"),
            (of.unknown, "unknown"),
            (of.left, "left"),
        )
        if count
    ]
    return ", ".join(words)


async def _chunks(rows: Sequence[Row]) -> AsyncIterator[Sequence[Row]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]


def _job(job: Job) -> Row:
    return {
        "id": job.id,
        "title": job.title,
        "state": state_of(job),
        "steps": job.steps,
        "done": job.done,
        "failed": job.failed,
        "skipped": job.skipped,
        "unknown": job.unknown,
        "left": job.left,
        "created": _time(job.created),
        "started": _time(job.started),
        "ended": _time(job.ended),
        "who": job.who,
        "reason": job.reason,
    }


def _step(record: StepRecord) -> Row:
    return {
        "step": record.step.number,
        "what": record.step.title,
        "state": record.state.value,
        "tries": record.tries,
        "status": record.status,
        "answer": record.sentence,
        "begun": _time(record.begun),
        "ended": _time(record.ended),
        "because": record.step.reason,
        "operation": record.step.operation,
    }


def _logged(record: StepRecord, tries: Sequence[Try]) -> Row:
    step = record.step
    return {
        "job": record.job_id,
        **_step(record),
        "family": step.target.family.value,
        "key": Told(list(step.target.key), ""),
        "path": Told(dict(step.path), ""),
        "body": Told(step.body, ""),
        "before": Told(step.before, ""),
        "after": Told(step.after, ""),
        "needs": Told(list(step.needs), ""),
        "result": Told(record.result, ""),
        "requests": Told(list(map(dict, _requests(tries))), ""),
    }


def _requests(tries: Sequence[Try]) -> Iterator[dict[str, object]]:
    for each in tries:
        yield {
            "begun": each.begun.isoformat(),
            "ended": None if each.ended is None else each.ended.isoformat(),
            "status": each.status,
            "answer": each.sentence,
        }


def _time(moment: datetime | None) -> Told:
    """Programs read it in UTC, people as their clock shows it."""
    if moment is None:
        return Told(None, "")
    return Told(moment.isoformat(), f"{moment.astimezone():%Y-%m-%d %H:%M:%S}")
