"""What the app does with plans and jobs: hands in, watches, asks things of them, and leaves them be."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work

from entitree.errors import EntitreeError
from entitree.text import visible
from entitree.tui.breaking_off import break_off
from entitree.tui.manners import MannersApp
from entitree.tui.widgets.bound import said
from entitree.tui.widgets.row_source import thousands

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.worker import Worker

    from entitree.account import Account
    from entitree.changes.jobs import Job, JobProgress, JobResult
    from entitree.changes.plan import Plan
    from entitree.tui.job_watch import JobWatch
    from entitree.tui.modals.leave import Leaving

_TILL_DONE = 3600.0
"""Seconds that a toast stays: it is taken away when what it speaks of has happened."""


class JobsApp(MannersApp):
    """An app over one account at a time, whose jobs go on without it.

    Attributes:
        account: the account on show.
        job_watch: what is known of its jobs; None until it is connected.
    """

    account: Account | None = None
    job_watch: JobWatch | None = None

    def __init__(self, *, toast_seconds: float | None = None) -> None:
        super().__init__(toast_seconds=toast_seconds)
        self._followed: set[asyncio.Task[JobResult]] = set()
        self._undoing: Worker[None] | None = None

    def tell_screens(self) -> None:
        """Has every screen show what is new of the jobs."""
        raise NotImplementedError

    # Watching

    async def watch_jobs(self, account: Account) -> None:
        """Knows the jobs of `account`, which is connected, from now on."""
        # What a cost is made of takes time to import: not before the first frame.
        from entitree.tui.job_watch import JobWatch

        watch = JobWatch(account.desk, account.profile.limits, complain=self.complain)
        watch.subscribe(self.tell_screens)
        if self.job_watch is not None:
            await self.job_watch.aclose()
        self.job_watch = watch
        try:
            await watch.start()
        except EntitreeError as error:
            self.complain(error)
        if not account.profile.read_only:
            # Left running by an earlier start: what it does shows in the lists, and how it ends is told.
            for job in watch.going:
                self._told(self._follow(account.desk.watch(job.id, self._seen(None))))

    async def stop_watching(self) -> None:
        """Lets go of the jobs of the account on show; those of other processes go on."""
        followed = tuple(self._followed)
        for task in followed:
            task.cancel()
        await asyncio.gather(*followed, return_exceptions=True)
        if self.job_watch is not None:
            await self.job_watch.aclose()
        self.job_watch = None

    @property
    def job_note(self) -> str:
        """The job that is running, with percent and time left, in the few cells there are for it."""
        if self.job_watch is None or not self.job_watch.going:
            return ""
        from entitree.tui.job_watch import percent, state_words
        from entitree.tui.screens.plan_lines import lasting

        job, *others = self.job_watch.going
        words = [f"job {percent(job)} %"]
        if job.wish.stops or state_words(job) == "waiting":
            words.append(state_words(job))
        elif (seconds := self.job_watch.seconds_left(job)) >= 1:
            words.append(lasting(seconds))
        if others:
            words.append(f"+{len(others)}")
        return " ".join(words)

    # Handing in

    async def perform(self, plan: Plan, progress: Callable[[Job], None] | None = None) -> JobResult:
        """Hands `plan` in, has it run, and returns what came of it. Raises what kept it from beginning.

        It runs apart from whoever asked: a screen that goes away does not end it.
        """
        desk = self._open_account.desk
        return await asyncio.shield(self._follow(desk.apply(plan, self._seen(progress))))

    async def begin(self, plan: Plan) -> int:
        """Hands `plan` in, has it run, and returns the id of its job at once; what comes of it is told by a
        toast, unless its screen is on show. Raises what kept it from being handed in.
        """
        job_id = await self._open_account.desk.submit(plan)
        self.go_on(job_id)
        return job_id

    def go_on(self, job_id: int) -> None:
        """Has a job run that is not over, and tells what comes of it."""
        self._told(self._follow(self._open_account.desk.run(job_id, self._seen(None))))

    @property
    def _open_account(self) -> Account:
        if self.account is None:
            raise RuntimeError("no account is open")
        return self.account

    def _seen(self, progress: Callable[[Job], None] | None) -> Callable[[JobProgress], None]:
        def step(now: JobProgress) -> None:
            if self.job_watch is not None:
                self.job_watch.saw(now.job)
            if progress is not None:
                progress(now.job)

        return step

    def _follow(self, running: Awaitable[JobResult]) -> asyncio.Task[JobResult]:
        async def follow() -> JobResult:
            try:
                return await running
            finally:
                if not self.leaving:
                    with suppress(EntitreeError):
                        await self._look()

        task = asyncio.create_task(follow())
        self._followed.add(task)
        task.add_done_callback(self._followed.discard)
        return task

    @work(group="jobs")
    async def _told(self, running: asyncio.Task[JobResult]) -> None:
        try:
            result = await asyncio.shield(running)
        except EntitreeError as error:
            self.complain(error)
        else:
            await self._tell_result(result)

    async def _tell_result(self, result: JobResult) -> None:
        from entitree.changes.jobs import JobState
        from entitree.tui.screens.job import JobScreen

        if isinstance(self.screen, JobScreen) and self.screen.job_id == result.job_id:
            return
        job = await self._open_account.desk.job(result.job_id)
        title, more = visible(job.title), f"{said('jobs', '5')} shows the jobs, Enter its steps."
        if result.state is JobState.CANCELLED:
            self.notify(f"{title} was cancelled.")
        elif result.ok:
            what = "it is done" if job.steps == 1 else f"all {thousands(job.steps)} steps are done"
            self.notify(
                f"{title}: {what}. {said('undo', 'U')} on tab {said('jobs', '5')} plans the undo.",
                title="Done",
            )
        else:
            why = visible(result.sentence)
            rests = " It is paused." if result.state is JobState.PAUSED else ""
            self.notify(f"{title}:{rests} {why} {more}", severity="error", timeout=20)

    # Asking things of jobs

    @work(group="asking")
    async def pause_job(self, job_id: int) -> None:
        """No further request is sent for it."""
        await self._open_account.desk.pause(job_id)
        await self._look()

    @work(group="asking")
    async def cancel_job(self, job_id: int) -> None:
        """No further step of it is begun; it is over then."""
        await self._open_account.desk.cancel(job_id)
        await self._look()

    @work(group="asking")
    async def retry_job(self, job_id: int) -> None:
        """What failed of it, was skipped or is unknown is tried once more."""
        desk = self._open_account.desk
        count = await desk.retry(job_id)
        self.notify(f"{thousands(count)} step{'' if count == 1 else 's'} will be tried again.", timeout=4)
        self._told(self._follow(desk.watch(job_id, self._seen(None))))

    def open_job(self, job_id: int) -> None:
        """Shows every step of a job."""
        from entitree.tui.screens.job import JobScreen

        self.push_screen(JobScreen(self._open_account, job_id))

    def plan_undo(self, job: Job) -> None:
        """Plans what brings back what a job did, and shows that plan; asked again meanwhile, stops it."""
        if self._undoing is not None and not self._undoing.is_finished:
            # Nothing was sent that changes anything: what the job changed was being read.
            break_off(self._undoing)
            self.notify("The planning of the undo is broken off.", timeout=4)
        else:
            self._undoing = self._plan_undo(job)

    @work(group="undo", exclusive=True)
    async def _plan_undo(self, job: Job) -> None:
        from entitree.tui.screens.plan import PlanScreen

        account, asked_from = self._open_account, self.screen
        self.notify(
            "The undo is being planned: what the job changed is read again. U stops it.", timeout=_TILL_DONE
        )
        plan = await account.desk.plan_undo(job.id)
        self.clear_notifications()
        if self.screen is not asked_from:
            self.notify(f"The undo of {visible(job.title)} is planned. {said('undo', 'U')} shows it.")
        else:
            self.push_screen(PlanScreen(account, plan, title=f"Undo of “{job.title}”"))

    @work(group="log")
    async def save_log(self, job_id: int) -> None:
        """Writes all that is known of a job into a file, and says which."""
        from entitree.tui.job_lines import log_lines
        from entitree.tui.saving import save_new

        desk = self._open_account.desk
        job, steps, tries = await desk.job(job_id), await desk.steps(job_id), await desk.tries(job_id)

        def save() -> Path:
            text = "".join(f"{line}\n" for line in log_lines(job, steps, tries))
            return save_new(Path.cwd(), f"job-{job_id}", "jsonl", text, datetime.now().astimezone())

        self.notify(visible(f"The log is in {await asyncio.to_thread(save)}."))

    async def _look(self) -> None:
        if self.job_watch is not None:
            await self.job_watch.look()

    # Leaving

    def leave(self) -> None:
        """Leaves, or asks first what is to become of a job that is running."""
        going = [] if self.job_watch is None else self.job_watch.going
        if not going and not self._followed:
            self.exit(0)
            return
        from entitree.tui.modals.leave import LeaveDialog

        if not isinstance(self.screen, LeaveDialog):
            account = self._open_account
            title = going[0].title if going else ""
            dialog = LeaveDialog(title, stops=account.throw_away, ends=account.ends_at_logout)
            self.push_screen(dialog, self._left)

    def _left(self, leaving: Leaving | None) -> None:
        from entitree.tui.modals.leave import Leaving

        if leaving is Leaving.PAUSE:
            self._pause_and_leave()
        elif leaving is not None:
            self.exit(0)

    @work(group="asking")
    async def _pause_and_leave(self) -> None:
        for job in [] if self.job_watch is None else self.job_watch.going:
            await self._open_account.desk.pause(job.id)
        self.exit(0)
