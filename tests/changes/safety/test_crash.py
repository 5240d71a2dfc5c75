"""A worker is killed wherever it stores, sends or receives: nothing is lost, and nothing is doubled."""

from __future__ import annotations

import random
import re
import signal
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from tests.changes.safety.forks import How
from tests.changes.safety.mixed import STEPS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.changes.safety.forks import Workers
    from tests.changes.safety.rig import Attempt, End, Rig, Start

DEATHS = 40
KILLED = -signal.SIGKILL
STORING = ("pwrite64", "pwritev", "write", "writev", "fsync", "fdatasync", "ftruncate", "rename", "unlink")
SPEAKING = ("sendto", "sendmsg", "recvfrom", "recvmsg")

_CALL = re.compile(r"(\d+) +(\w+)\((?:\d+<(.*?)>[,)]|\"([^\"]*)\")")


@dataclass(frozen=True)
class Moment:
    """The `when`-th time that a worker makes a system call: on a file of its folder, or on a socket."""

    call: str
    file: str
    """Its name; empty for a socket."""
    when: int

    def strace(self, folder: Path) -> list[str]:
        injected = f"inject={self.call}:signal=KILL:when={self.when}"
        arguments = ["-o", "/dev/null", "-e", f"trace={self.call}", "-e", injected]
        # Sockets belong to the first thread, the only one that is followed without -f.
        return [*arguments, "-f", "-P", str(folder / self.file)] if self.file else arguments


def test_a_job_that_is_killed_at_forty_points_does_each_step_once(
    rig: Rig, undisturbed: End, workers: Workers
) -> None:
    attempt = rig.begin()
    chance = random.Random(1)  # noqa: S311 - moments, not secrets
    for death in range(DEATHS):
        if workers.traceable and death % 2:
            moment = Moment(*_SOMETIMES[death // 2 % len(_SOMETIMES)], chance.randint(1, 45))
            moment = Moment(moment.call, moment.file, 1 + moment.when // _RARE.get(moment.call, 1))
            ended, _ = attempt.work(How(strace=moment.strace(attempt.folder)))
        else:
            ended, _ = attempt.work(How(point=chance.randint(1, 150)))
        assert ended == KILLED, f"death {death}: {ended}"
        attempt.agrees_so_far()
        attempt.resume()
    assert attempt.work() == (0, 0)
    attempt.agrees(undisturbed)


_SOMETIMES = (
    ("pwrite64", "journal.db-wal"),
    ("sendto", ""),
    ("fdatasync", "journal.db-wal"),
    ("recvfrom", ""),
    ("pwrite64", "mirror.db-wal"),
)
_RARE = {"fdatasync": 10, "sendto": 10, "recvfrom": 2}
"""Of those calls a step makes so many times fewer than of others."""


@pytest.mark.usefixtures("traced")
@pytest.mark.long
@pytest.mark.parametrize("part", range(12))
def test_a_step_is_done_once_whichever_system_call_its_worker_dies_at(
    rig: Rig, part: int, record_property: Callable[[str, object], None]
) -> None:
    points = killed = 0
    steps = range(part * STEPS // 12, (part + 1) * STEPS // 12)
    start = rig.first(max(steps.start, 1))
    if steps.start:
        earlier = rig.begin(start)
        assert earlier.work() == (0, 0)
        start = rig.after(earlier, steps.start)
    for step in steps:
        wanted, moments, done = _followed(rig, start)
        following = rig.after(done, step + 1) if step + 1 < STEPS else start
        points += len(moments)
        for moment in moments:
            killed += _survived(rig, start, wanted, moment)
        start = following
    record_property("points", points)
    record_property("killed", killed)
    assert killed >= 20 * len(steps)


def _followed(rig: Rig, start: Start) -> tuple[End, list[Moment], Attempt]:
    """What comes of it undisturbed, and each moment at which it stores, sends or receives."""
    attempt = rig.begin(start)
    log = attempt.folder.with_suffix(".log")
    calls = ",".join((*STORING, *SPEAKING))
    assert attempt.work(How(strace=["-f", "-yy", "-o", str(log), "-e", f"trace={calls}"])) == (0, 0)
    return attempt.agrees(), _moments(log.read_text("latin-1"), attempt.folder), attempt


def _moments(log: str, folder: Path) -> list[Moment]:
    found: list[Moment] = []
    seen: Counter[tuple[str, str]] = Counter()
    first = log.split(maxsplit=1)[0]
    for thread, call, opened, path in _CALL.findall(log):
        where = opened or path
        file = where.removeprefix(f"{folder}/") if where.startswith(f"{folder}/") else ""
        if call in SPEAKING and thread == first:
            seen[call, ""] += 1
            if where.startswith("TCP:"):
                found.append(Moment(call, "", seen[call, ""]))
        elif file and "/" not in file:
            seen[call, file] += 1
            found.append(Moment(call, file, seen[call, file]))
    return found


def _survived(rig: Rig, start: Start, wanted: End, moment: Moment) -> bool:
    """Whether it was killed at all: not every call comes in each run."""
    attempt = rig.begin(start)
    ended, _ = attempt.work(How(strace=moment.strace(attempt.folder)))
    assert ended in (0, KILLED), moment
    if ended == KILLED:
        attempt.agrees_so_far()
        attempt.finish()
    attempt.agrees(wanted)
    attempt.forget()
    return ended == KILLED


@pytest.mark.long
@pytest.mark.parametrize("part", range(12))
def test_a_job_is_done_once_whichever_point_its_worker_dies_at(
    rig: Rig, undisturbed: End, part: int, record_property: Callable[[str, object], None]
) -> None:
    """As above, where nothing can be traced; each time it goes on to the job's very end."""
    attempt = rig.begin()
    _, points = attempt.work(How(point=10**9))
    deaths = range(1 + part, points, 12 * _EVERY)
    killed = 0
    for point in deaths:
        attempt = rig.begin()
        ended, _ = attempt.work(How(point=point))
        # How often it looks whether somebody asked for something depends on how long it takes.
        assert ended in (0, KILLED), point
        killed += ended == KILLED
        attempt.agrees_so_far()
        attempt.finish()
        attempt.agrees(undisturbed)
        attempt.forget()
    record_property("points", points)
    record_property("killed", killed)
    assert killed >= 0.9 * len(deaths)


_EVERY = 7
"""Neither with steps nor with parts does that have anything in common."""
