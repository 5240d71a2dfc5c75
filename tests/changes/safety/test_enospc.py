"""The journal's disk is full, or fails: nothing is sent whose intent is not stored, and it goes on later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.changes.safety.forking import REFUSED
from tests.changes.safety.forks import How

from entitree.changes.jobs import JobState

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.changes.safety.rig import End, Rig

# Of writes to the journal. A worker tries five times to say why the job rests.
SHORT = [(3, 3), (4, 5), (6, 6), (7, 8), (13, 13), (18, 20)]
LONG = [(3, 999), (4, 999), (11, 999), (12, 30)]
ERRORS = ("ENOSPC", "EIO")
# Of system calls on the journal: which, and at which of them it begins.
CALLS = [("pwrite64", 20), ("fdatasync", 3), ("pwrite64", 43), ("fdatasync", 6)]


def test_a_journal_on_a_full_disk_pauses_the_job_with_the_reason(rig: Rig, undisturbed: End) -> None:
    attempt = rig.begin()
    for full in SHORT:
        assert attempt.work(How(full=full))[0] == 0
        job = attempt.job()
        assert job.state is JobState.PAUSED
        assert "there is no space left, or the disk fails" in job.reason
        attempt.agrees_so_far()
        attempt.resume()
    attempt.finish()
    attempt.agrees(undisturbed)


def test_a_journal_that_takes_nothing_any_more_ends_the_worker_and_it_goes_on_later(
    rig: Rig, undisturbed: End
) -> None:
    attempt = rig.begin()
    for full in LONG:
        assert attempt.work(How(full=full))[0] == REFUSED
        assert attempt.job().state is JobState.INTERRUPTED
        attempt.agrees_so_far()
        attempt.resume()
    attempt.finish()
    attempt.agrees(undisturbed)


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize(
    "last",
    [
        pytest.param("..{}", id="for a while"),
        pytest.param("", marks=pytest.mark.long, id="once"),
        pytest.param("+", marks=pytest.mark.long, id="for ever"),
    ],
)
def test_what_the_system_says_of_the_disk_is_survived_too(rig: Rig, undisturbed: End, last: str) -> None:
    attempt = rig.begin()
    met = 0
    for error in ERRORS:
        for call, first in CALLS:
            when = f"{first}{last.format(first + 12)}"
            path = str(attempt.folder / "journal.db-wal")
            injected = f"inject={call}:error={error}:when={when}"
            strace = ["-f", "-o", "/dev/null", "-P", path, "-e", f"trace={call}", "-e", injected]
            ended, _ = attempt.work(How(strace=strace))
            assert ended in (0, REFUSED)
            attempt.agrees_so_far()
            met += attempt.job().state in (JobState.PAUSED, JobState.INTERRUPTED)
            if not attempt.job().state.over:
                attempt.resume()
    assert met == len(ERRORS) * len(CALLS)
    attempt.finish()
    attempt.agrees(undisturbed)


@pytest.mark.long
@pytest.mark.parametrize("length", [1, 3, 999])
def test_whichever_write_to_the_journal_fails_first_nothing_is_lost(
    rig: Rig, undisturbed: End, length: int, record_property: Callable[[str, object], None]
) -> None:
    _, writes = rig.begin().work(How(full=(10**9, 10**9)))
    record_property("writes", writes)
    for first in range(1, writes, 3):
        attempt = rig.begin()
        assert attempt.work(How(full=(first, first + length - 1)))[0] in (0, REFUSED)
        attempt.agrees_so_far()
        attempt.finish()
        attempt.agrees(undisturbed)
        attempt.forget()
