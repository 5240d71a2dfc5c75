"""Commands for jobs: on their tab, and on the screen of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from entitree.tui.commands.command import Command, Group
from entitree.tui.tabs import JOBS, key_of
from entitree.tui.widgets.bound import said

if TYPE_CHECKING:
    from entitree.changes.jobs import Job
    from entitree.tui.screens.job import JobScreen
    from entitree.tui.screens.main import MainScreen

    Host: TypeAlias = MainScreen | JobScreen

READ_ONLY = "This profile is read-only: nothing can be sent with it."


class _OfJob(Command["Host"]):
    group = Group.JOBS
    for_jobs = True

    @classmethod
    def disabled_reason(cls, screen: Host) -> str | None:
        return screen.no_job if screen.job is None else cls.reason_against(screen, screen.job)

    @classmethod
    def reason_against(cls, screen: Host, job: Job) -> str | None:
        """Why it cannot be done to `job`."""
        return None

    @classmethod
    def run(cls, screen: Host) -> None:
        if screen.job is not None:
            cls.act(screen, screen.job)

    @classmethod
    def act(cls, screen: Host, job: Job) -> None:
        """Does it to `job`."""
        raise NotImplementedError


class PauseJob(_OfJob):
    name = "pause"
    keys = ("p",)
    label = "Pause/resume"
    sentence = "Pause the job, so that no further request is sent; pressed again, go on with it."
    rank = 10

    @classmethod
    def reason_against(cls, screen: Host, job: Job) -> str | None:
        if job.state.over:
            return f"This job is over. {said('retry', 'f')} tries again what failed."
        if job.wish.stops and job.going:
            return "It is being stopped: what was sent is still waited for."
        return READ_ONLY if screen.account.profile.read_only and not job.going else None

    @classmethod
    def act(cls, screen: Host, job: Job) -> None:
        if job.going:
            screen.app.pause_job(job.id)
        else:
            screen.app.go_on(job.id)


class CancelJob(_OfJob):
    name = "cancel"
    keys = ("c",)
    label = "Cancel"
    sentence = "End the job for good: no further step is sent. It asks first."
    rank = 20

    @classmethod
    def reason_against(cls, screen: Host, job: Job) -> str | None:
        return "This job is over already." if job.state.over else None

    @classmethod
    def act(cls, screen: Host, job: Job) -> None:
        from entitree.tui.modals.leave import EndJobDialog

        app = screen.app

        def answered(sure: bool | None) -> None:
            if sure:
                app.cancel_job(job.id)

        app.push_screen(EndJobDialog(job), answered)


class RetryJob(_OfJob):
    name = "retry"
    keys = ("f",)
    label = "Retry failed"
    sentence = "Try again what failed, was left alone or is unknown; what is unknown is looked at first."
    rank = 30

    @classmethod
    def reason_against(cls, screen: Host, job: Job) -> str | None:
        if job.going:
            return f"The job is running. Pause it first with {said('pause', 'p')}, or wait until it is done."
        if not job.failed + job.skipped + job.unknown:
            return "No step of it failed, was left alone or is unknown."
        return READ_ONLY if screen.account.profile.read_only else None

    @classmethod
    def act(cls, screen: Host, job: Job) -> None:
        screen.app.retry_job(job.id)


class UndoJob(Command["Host"]):
    name = "undo"
    keys = ("U", "upper_u")
    label = "Undo"
    sentence = "Plan the undo of the job: of the last one, or on the tab of jobs of the highlighted one."
    group = Group.JOBS
    for_jobs = True
    rank = 40

    @classmethod
    def disabled_reason(cls, screen: Host) -> str | None:
        job = screen.undoable
        if job is None:
            return "There is no job yet whose undo could be planned."
        if job.going:
            return "The job is running. Pause or cancel it first."
        if not job.done + job.unknown:
            return "Nothing of this job was done, so there is nothing to undo."
        return READ_ONLY if screen.account.profile.read_only else None

    @classmethod
    def run(cls, screen: Host) -> None:
        if screen.undoable is not None:
            screen.app.plan_undo(screen.undoable)


class WriteLog(_OfJob):
    name = "save-log"
    keys = ("w",)
    label = "Save log"
    sentence = "Save the job's log, a line of JSON for each step, as a file that only you may read."
    rank = 70

    @classmethod
    def act(cls, screen: Host, job: Job) -> None:
        screen.app.save_log(job.id)


class OpenJob(_OfJob):
    name = "steps"
    keys = ()
    shown_key = "Enter"
    label = "Steps"
    sentence = "See every step of the job with its request and answer."
    rank = 5

    @classmethod
    def act(cls, screen: Host, job: Job) -> None:
        screen.app.open_job(job.id)


class ShowJobs(Command["MainScreen"]):
    name = "jobs"
    keys = (key_of(JOBS),)
    label = "Jobs"
    sentence = "Show the jobs: what was changed, what is being changed, and what is left."
    group = Group.MOVE
    for_jobs = True

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        screen.show_tab(JOBS)


JOB_COMMANDS = (PauseJob, CancelJob, RetryJob, UndoJob, WriteLog)
"""On the screen of a job as on the tab of jobs."""
