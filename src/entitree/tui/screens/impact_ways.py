"""What else can be done with an impact than delete: detach first, move first, save what is shown."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual import on, work
from textual.events import ScreenResume
from textual.widgets import Button, Static

from entitree.changes.jobs import StepState
from entitree.errors import EntitreeError
from entitree.tui.modals.planning import show_plan
from entitree.tui.screens.impact_reading import ImpactReading
from entitree.tui.screens.impact_report import report_name
from entitree.tui.widgets.bound import said

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from entitree.account import Account
    from entitree.inventory.model import Kind

NOT_READ = "It is still being read. Try again when the time stands in the upper right corner."


class ImpactWays(ImpactReading):
    """Puts the platform's own advice (review, take apart, assign anew) before the deletion, as steps of the
    same plan (platform.md 8.1).
    """

    def __init__(
        self,
        account: Account,
        kind: Kind,
        ids: Sequence[str],
        *,
        look_only: bool,
        gone: Callable[[frozenset[str]], None],
    ) -> None:
        """`gone` is told what was deleted."""
        super().__init__(account, kind, ids, look_only=look_only)
        self._tell_gone = gone
        self._handed_in = False

    def on_mount(self) -> None:
        for name in ("#detach", "#move"):
            self.query_one(name).display = not self._look_only

    @property
    def no_change(self) -> str | None:
        """Why nothing can be deleted from here now, in a sentence."""
        if self._look_only:
            return f"This is for looking only: {said('delete', 'd')} on the list deletes."
        if self._settled:
            return "This is what became of the deletion: there is nothing more to do."
        return NOT_READ if self._plan is None else None

    @on(Button.Pressed, "#detach")
    def detach_first(self) -> None:
        """Shows the plan that unties everything before it deletes."""
        if self._ready():
            self._plan_detaching()

    @work(exclusive=True, group="ways")
    async def _plan_detaching(self) -> None:
        if self._impact is None:
            return
        self._say_aside("Making the plan that detaches everything first …")
        try:
            made = await self._account.desk.plan_delete(self._kind, self._ids, self._impact, detach=True)
        except EntitreeError as error:
            self._say_aside(str(error))
            return
        self._say_aside("")
        show_plan(self.app, self._account, made, title="Detach first", then=self._begun)

    @on(Button.Pressed, "#move")
    def move_first(self) -> None:
        """Asks what everything is to be tied to before it is deleted."""
        from entitree.tui.modals.move_first import MoveFirstDialog

        if self._ready() and self._impact is not None:
            dialog = MoveFirstDialog(
                self._account, self._kind, self._ids, self._impact, handed_in=self._begun
            )
            self.app.push_screen(dialog)

    def _ready(self) -> bool:
        if self._plan is not None and not self._settled:
            return True
        self._say_aside(NOT_READ)
        return False

    def _begun(self, job_id: int) -> None:
        """A plan was handed in: what it deletes is told when it is over, and this screen is done."""
        self._handed_in = True
        watch, app = self.app.job_watch, self.app
        if watch is None:
            return

        def look() -> None:
            job = watch.job(job_id)
            if job is not None and job.state.over:
                forget()
                app.run_worker(self._tell_deleted(job_id), group="jobs")

        forget = watch.subscribe(look)

    async def _tell_deleted(self, job_id: int) -> None:
        try:
            steps = await self._account.desk.steps(job_id)
        except EntitreeError as error:
            self.app.complain(error)
            return
        deleted = (each.step for each in steps if each.state is StepState.DONE and each.step.after is None)
        self._tell_gone(frozenset(step.id for step in deleted if step.id))

    @on(ScreenResume)
    def _back(self) -> None:
        if self._handed_in:
            self.call_later(self._close)

    def _close(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#save")
    def save_report(self) -> None:
        """All lines, also those that the filter hides."""
        from entitree.tui.modals.save_report import SaveReportDialog

        title, when = (str(self.query_one(name, Static).render()) for name in ("#what", "#when"))
        name = report_name(datetime.now().astimezone())
        found = None if self._settled else self._impact
        self.app.push_screen(SaveReportDialog(name, title, when, self._lines, found))
