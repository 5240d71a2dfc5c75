"""A job that is run and watched: where it stands, Ctrl-C to pause it, and the exit code that tells what came
of it.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from entitree.cli.job_lines import counts
from entitree.cli.outcome import (
    EXIT_CHANGED,
    EXIT_DONE,
    EXIT_INTERRUPTED,
    EXIT_SOME_FAILED,
    EXIT_UNREACHABLE,
)
from entitree.cli.output import narrate, width
from entitree.cli.plan_lines import duration
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from typing import TextIO

    from entitree.account import Account
    from entitree.changes.desk import JobDesk
    from entitree.changes.jobs import Job, JobProgress, JobResult

EVERY = 10.0
"""Seconds between two lines about a job where there is no terminal."""
AT_ONCE = 0.1
"""Seconds between two changes of the one line of a terminal."""

_PROBLEMS = 20


async def carry_out(
    account: Account, begin: Callable[[], Awaitable[int]], *, seconds: float = 0.0, detach: bool = False
) -> int:
    """Has `begin` ask for a job, whose number it returns, and watches it to its end or its rest; returns the
    exit code. With `detach` nothing is watched.

    The first Ctrl-C pauses the job, the second leaves at once: what has been sent is then settled by its
    worker. Whoever is ended otherwise has only stopped watching. `seconds` is what all of the job takes at
    the allowed rate.
    """
    if account.ends_at_logout is not None:
        narrate(account.ends_at_logout)
    if detach:
        job_id = await begin()
        narrate(f"Job {job_id} is under way: entitree jobs show {job_id}.")
        return EXIT_DONE
    return await _Watched(account.desk, Shown(sys.stderr, seconds)).through(begin)


class _Watched:
    """A job that somebody waits for, and their Ctrl-C."""

    def __init__(self, desk: JobDesk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown
        self._presses = 0
        self._job_id: int | None = None
        self._pausing: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[JobResult] | None = None

    async def through(self, begin: Callable[[], Awaitable[int]]) -> int:
        with _pressed(self._press):
            self._job_id = job_id = await begin()
            self._watching = asyncio.create_task(self._desk.watch(job_id, self._shown.tell))
            # What was pressed while it was being handed in.
            self._heed()
            try:
                await asyncio.wait([self._watching])
                if self._pausing is not None:
                    await self._pausing
            except asyncio.CancelledError:
                self._watching.cancel()
                with suppress(OSError):
                    self._shown.end()
                    narrate(f"Job {job_id} goes on: entitree jobs show {job_id}.")
                raise
            self._shown.end()
            if self._watching.cancelled():
                narrate(f"Left. Job {job_id} pauses by itself; {_resume(job_id)}")
                return EXIT_INTERRUPTED
            return _told(self._watching.result(), asked=self._presses > 0)

    def _press(self) -> None:
        self._presses += 1
        self._heed()

    def _heed(self) -> None:
        job_id = self._job_id
        if job_id is None or not self._presses:
            return
        if self._pausing is None:
            # First of all: saying so may fail, where the terminal is gone.
            self._pausing = asyncio.create_task(self._desk.pause(job_id))
            self._shown.end()
            narrate(f"Pausing job {job_id} once what has been sent is answered. Ctrl-C again leaves at once.")
        if self._presses > 1 and self._watching is not None:
            self._watching.cancel()


def _told(result: JobResult, *, asked: bool) -> int:
    """Says what came of a job, and returns what the exit code says of it."""
    from entitree.changes.asking import PAUSED
    from entitree.changes.jobs import JobState

    for title, each in list(zip(result.titles, result.problems, strict=True))[:_PROBLEMS]:
        # A request that failed says itself what it was about.
        narrate(f"! {each}" if each.startswith("Could not") else f"! {title}: {each}")
    if len(result.problems) > _PROBLEMS:
        narrate(f"! and {len(result.problems) - _PROBLEMS} more")
    if result.note:
        narrate(result.note)
    told = counts(result)
    if result.state is JobState.PAUSED:
        why = "" if result.reason == PAUSED else f" {result.reason}"
        narrate(f"Job {result.job_id} is paused:{why} {told}. {_resume(result.job_id)}")
        return EXIT_INTERRUPTED if asked or not why else EXIT_UNREACHABLE
    if result.state is not JobState.DONE:
        narrate(f"Job {result.job_id} is {result.state.value}: {told}.")
        return EXIT_SOME_FAILED
    narrate(f"Job {result.job_id} is over: {told}.")
    if not result.ok:
        narrate(
            f"entitree jobs show {result.job_id} tells of each step, jobs retry {result.job_id} tries again."
        )
    if result.failed or result.unknown:
        return EXIT_SOME_FAILED
    # Nothing went wrong, and yet not all was done: what was shown is not there any more.
    return EXIT_CHANGED if result.skipped else EXIT_DONE


def _resume(job_id: int) -> str:
    return f"entitree jobs resume {job_id} goes on."


class Shown:
    """Where a job stands, on `out`: one line that changes on a terminal, a line every so often elsewhere."""

    def __init__(self, out: TextIO, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`seconds` is what all of it takes at the allowed rate."""
        self._out = out
        self._seconds = seconds
        self._clock = clock
        self._terminal = out.isatty()
        self._last: float | None = None
        self._open = False
        self._trouble = ""
        self._first: tuple[float, int] | None = None

    def tell(self, now: JobProgress) -> None:
        time = self._clock()
        if self._first is None:
            self._first = (time, now.job.left)
        # Why the step is to be sent again later: whoever waits wants to know at once.
        waits = now.job.reason if now.job.state.value == "running" else ""
        trouble = waits or (now.record.sentence if now.record.state.value == "planned" else "")
        fresh, self._trouble = trouble and trouble != self._trouble, trouble
        often = AT_ONCE if self._terminal else EVERY
        if self._last is not None and time - self._last < often and not fresh:
            return
        self._last = time
        line = f"{self._percent(now.job)} % · {counts(now.job)}{self._time_left(now.job, time)}"
        if not self._terminal:
            narrate(f"Job {now.job.id}: {line}{f' · {trouble}' if trouble else ''}")
            return
        said = visible(trouble or now.record.step.title)
        line = _cut(f"{line} · {said}", _columns(self._out) - 1)
        self._out.write(f"\r\x1b[K{line}")
        self._out.flush()
        self._open = True

    def end(self) -> None:
        """Leaves the line as it is, and goes on below it."""
        if self._open:
            self._open = False
            with suppress(OSError):
                self._out.write("\n")
                self._out.flush()

    def _percent(self, job: Job) -> int:
        return 100 * (job.steps - job.left - job.inflight) // max(job.steps, 1)

    def _time_left(self, job: Job, time: float) -> str:
        """The slower of what is allowed and what was seen so far."""
        begun, left = self._first or (time, job.left)
        allowed = self._seconds * job.left / max(job.steps, 1)
        seen = (time - begun) / (left - job.left) * job.left if left > job.left else 0.0
        seconds = max(allowed, seen)
        return f" · about {duration(seconds)} left" if job.left and seconds >= 1 else ""


def _cut(line: str, room: int) -> str:
    line = line[:room]
    while width(line) > room:
        line = line[:-1]
    return line


def _columns(out: TextIO) -> int:
    import os

    try:
        return os.get_terminal_size(out.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


@contextmanager
def _pressed(press: Callable[[], None]) -> Iterator[None]:
    """Calls `press` for each Ctrl-C; Python would throw the first one into whatever is running."""
    loop = asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        # Started in the background, Ctrl-C is not meant for it.
        yield
        return
    loop.add_signal_handler(signal.SIGINT, press)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, before)
