"""The tab of the jobs: a row for each, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.tui.widgets.columns import Column
from entitree.tui.widgets.word_list import WordList

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from entitree.changes.jobs import Job
    from entitree.tui.job_watch import JobWatch
    from entitree.tui.widgets.rows import Line

NO_JOBS = "No jobs yet. Whatever changes something is a job, and stays here with all it did."
_COLUMNS = (Column("Job"),)


class JobsPane(WordList["Job"]):
    """Jobs as `JobWatch` has them."""

    def __init__(self, clock: Callable[[datetime], str], *, id: str) -> None:
        super().__init__(
            _COLUMNS, self._drawn, key=lambda job: str(job.id), text=self._searched, id=id, nothing=NO_JOBS
        )
        self._clock = clock
        self._watch: JobWatch | None = None

    def show_jobs(self, watch: JobWatch) -> None:
        """Shows the jobs there are now."""
        if self._watch is None:
            # What lines of jobs are made of is not needed for the first frame.
            from entitree.tui.job_lines import JOB_COLUMNS

            self.table.set_columns(JOB_COLUMNS)
        self._watch = watch
        self.show(watch.jobs)

    def _drawn(self, job: Job) -> Line:
        from entitree.tui.job_lines import job_line

        seconds = 0.0 if self._watch is None else self._watch.seconds_left(job)
        return job_line(job, seconds, self._clock)

    def _searched(self, job: Job) -> str:
        return " ".join(self._drawn(job).cells)


def note(watch: JobWatch) -> str:
    """What the tab says beside its name: what runs, else what waits, else how many there are."""
    if watch.going:
        return f"{len(watch.going)} running"
    return f"{len(watch.resting)} paused" if watch.resting else str(len(watch.jobs))
