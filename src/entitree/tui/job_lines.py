"""Jobs and their steps in lines: of the list of jobs, of a job's screen, and of the log that is saved."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from entitree.api.operations import OPERATIONS
from entitree.api.urls import target
from entitree.changes.jobs import JobState, StepState
from entitree.errors import RefusedError
from entitree.text import visible
from entitree.tui.job_watch import state_words
from entitree.tui.screens.plan_lines import change, lasting
from entitree.tui.widgets.columns import Column
from entitree.tui.widgets.row_source import thousands
from entitree.tui.widgets.rows import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from entitree.changes.jobs import Job, StepRecord, Try
    from entitree.changes.plan import Step

JOB_COLUMNS = (
    Column("Job", weight=4, minimum=16),
    Column("State", minimum=7),
    Column("Done", align="right"),
    Column("Failed", align="right"),
    Column("Left", align="right"),
    Column("Time left", quiet=True),
    Column("Begun", quiet=True),
    Column("By", quiet=True),
)
STEP_COLUMNS = (
    Column("Step", align="right", quiet=True),
    Column("State", minimum=7),
    Column("What", weight=4, minimum=16),
    Column("Answer", weight=3, minimum=10),
    Column("Time", quiet=True),
    Column("Request", weight=3, minimum=12, quiet=True),
)
BAD = (StepState.FAILED, StepState.UNKNOWN, StepState.SKIPPED)
"""What of a job needs attention, worst first."""
_WORDS = {
    StepState.PLANNED: "to do",
    StepState.INFLIGHT: "sent",
    StepState.DONE: "done",
    StepState.FAILED: "failed",
    StepState.SKIPPED: "left alone",
    StepState.UNKNOWN: "unknown",
}


def job_line(job: Job, seconds: float, clock: Callable[[datetime], str]) -> Line:
    """A job in the list of jobs; `seconds` are what is left of it."""
    bad = job.failed + job.unknown
    return Line(
        key=str(job.id),
        cells=(
            visible(job.title),
            state_words(job),
            thousands(job.done),
            f"{thousands(bad)} !" if bad else "0",
            thousands(job.left + job.inflight),
            time_left(job, seconds, clock),
            moment(job.started or job.created, clock),
            visible(f"{job.who} ({job.account})" if job.who else job.account),
        ),
        marked=False,
        locked=False,
        dim=job.state is JobState.CANCELLED,
    )


def moment(when: datetime, clock: Callable[[datetime], str], *, now: datetime | None = None) -> str:
    """The time of day; of another day the date too."""
    there = when.astimezone()
    today = (now or datetime.now(UTC)).astimezone().date()
    return clock(when) if there.date() == today else f"{there:%Y-%m-%d} {clock(when)[:5]}"


def time_left(job: Job, seconds: float, clock: Callable[[datetime], str]) -> str:
    """How long what is left takes; of a job that is going also when it ends, by the clock: ages tick."""
    if job.state.over or not job.left + job.inflight:
        return ""
    if seconds < 1:
        return "" if seconds <= 0 else lasting(seconds)
    if not job.going or job.wish.stops:
        return lasting(seconds)
    end = datetime.now(UTC) + timedelta(seconds=seconds)
    return f"{lasting(seconds)}, ends {moment(end, clock)[:-3]}" if seconds >= 120 else lasting(seconds)


def summary(job: Job, seconds: float, clock: Callable[[datetime], str]) -> str:
    """`41 of 120 done · 2 failed · 77 to do · ~12 min`."""
    open_ = job.left + job.inflight
    parts = [
        f"{thousands(job.done)} of {thousands(job.steps)} done",
        f"{thousands(job.failed)} failed" if job.failed else "",
        f"{thousands(job.unknown)} unknown" if job.unknown else "",
        f"{thousands(job.skipped)} left alone" if job.skipped else "",
        f"{thousands(open_)} to do" if open_ else "",
        time_left(job, seconds, clock),
    ]
    return " · ".join(filter(None, parts))


def history(job: Job, clock: Callable[[datetime], str]) -> str:
    """When it was handed in, began and ended, and by whom."""
    parts = [
        f"handed in {moment(job.created, clock)}",
        f"by {job.who}" if job.who else "",
        f"with profile {job.account}" if job.account else "",
        f"begun {moment(job.started, clock)}" if job.started else "",
        f"ended {moment(job.ended, clock)}" if job.ended and job.state.over else "",
    ]
    return visible(" · ".join(filter(None, parts)))


def request(step: Step) -> str:
    """Method and path, which hold no secret."""
    operation = OPERATIONS[step.operation]
    try:
        path = target(operation.path, step.path)
    except (RefusedError, KeyError):
        path = operation.path
    return f"{operation.method} {visible(path)}"


def answer(record: StepRecord) -> str:
    """What came back, and what it means."""
    status = "" if record.status is None else str(record.status)
    return visible(" ".join(filter(None, (status, record.sentence))))


def step_line(record: StepRecord, clock: Callable[[datetime], str]) -> Line:
    """A step in the list of a job's steps."""
    when = record.ended or record.begun
    return Line(
        key=str(record.step.number),
        cells=(
            str(record.step.number),
            f"{_WORDS[record.state]} !" if record.state in BAD[:2] else _WORDS[record.state],
            visible(record.step.title),
            answer(record),
            moment(when, clock) if when else "",
            request(record.step),
        ),
        marked=False,
        locked=False,
        dim=record.state in (StepState.PLANNED, StepState.SKIPPED),
    )


def step_text(record: StepRecord) -> str:
    """What a filter looks into."""
    step = record.step
    return f"{step.number} {_WORDS[record.state]} {visible(step.title)} {answer(record)} {request(step)}"


def step_whole(record: StepRecord, clock: Callable[[datetime], str]) -> str:
    """All there is to say of a step, a line for each thing."""
    step = record.step
    tries = f"{record.tries} requests" if record.tries > 1 else ""
    times = [
        f"sent {moment(record.begun, clock)}" if record.begun else "",
        f"settled {moment(record.ended, clock)}" if record.ended else "",
        f"goes again {moment(record.not_before, clock)}"
        if record.not_before and record.ended is None
        else "",
        tries,
    ]
    lines = [
        f"{step.number}  {visible(step.title)}" + (f" ({visible(step.reason)})" if step.reason else ""),
        change(step),
        request(step),
        f"{_WORDS[record.state]}: {answer(record)}" if answer(record) else _WORDS[record.state],
        ", ".join(filter(None, times)),
    ]
    return "\n".join(filter(None, lines))


def log_lines(job: Job, steps: Sequence[StepRecord], tries: Sequence[Try]) -> Iterator[str]:
    """A job as JSON, one object a line: the job, then each step with every request. A secret of a body is in
    it only as its reference to the vault.
    """
    yield _json(
        {
            "job": job.id,
            "title": job.title,
            "account": job.account,
            "by": job.who,
            "state": job.state.value,
            "reason": job.reason,
            "note": job.note,
            "created": _time(job.created),
            "started": _time(job.started),
            "ended": _time(job.ended),
            "steps": job.steps,
            "done": job.done,
            "failed": job.failed,
            "skipped": job.skipped,
            "unknown": job.unknown,
        }
    )
    of_step: dict[int, list[Try]] = {}
    for each in tries:
        of_step.setdefault(each.number, []).append(each)
    for record in steps:
        step, operation = record.step, OPERATIONS[record.step.operation]
        yield _json(
            {
                "step": step.number,
                "title": step.title,
                "reason": step.reason,
                "method": operation.method,
                "path": request(step).split(" ", 1)[1],
                "body": step.body,
                "state": record.state.value,
                "status": record.status,
                "sentence": record.sentence,
                "begun": _time(record.begun),
                "ended": _time(record.ended),
                "requests": [
                    {
                        "begun": _time(each.begun),
                        "ended": _time(each.ended),
                        "status": each.status,
                        "sentence": each.sentence,
                    }
                    for each in of_step.get(step.number, [])
                ],
            }
        )


def _time(when: datetime | None) -> str | None:
    return None if when is None else when.isoformat()


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, default=dict)
