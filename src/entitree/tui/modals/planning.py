"""A dialog that ends in a plan: it stays below, with what was typed, until the plan is carried out."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, Generic

from textual import on, work
from textual.events import ScreenResume

from entitree.errors import EntitreeError
from entitree.tui.modals.dialog import Dialog
from entitree.tui.widgets.bound import bound, said
from entitree.tui.widgets.row_source import NameT
from entitree.tui.widgets.selection import Selection, SelectionLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.binding import BindingType
    from textual.worker import Worker

    from entitree.account import Account
    from entitree.changes.plan import Plan
    from entitree.inventory.model import Kind
    from entitree.tui.app import EntitreeApp


def show_plan(
    app: EntitreeApp,
    account: Account,
    plan: Plan,
    *,
    title: str = "",
    then: Callable[[int], None] = lambda job_id: None,
) -> None:
    """Shows a plan, from where it can be applied; `then` is called with its job once it was handed in."""
    from entitree.tui.screens.plan import PlanScreen

    app.push_screen(PlanScreen(account, plan, title=title, then=then))


class PlanningDialog(Dialog[None], Generic[NameT]):
    """Asks what is to be changed for `selection`. Subclasses give `fields` and `plan`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("f2", "leave_out", "dialog-leave-out", "Leave out marked rows that the filter does not show."),
    ]

    submit_label = "Show the plan"
    big: ClassVar[bool] = False
    """Whether it holds a list and takes the room for it."""

    def __init__(
        self,
        account: Account,
        selection: Selection[NameT] | None = None,
        *,
        done: Callable[[], None] | None = None,
        handed_in: Callable[[int], None] = lambda job_id: None,
    ) -> None:
        """Both are called once the plan was handed in, `handed_in` with the id of its job."""
        super().__init__()
        self.account = account
        self.selection = selection
        self._done = done
        self._tell_handed_in = handed_in
        self._applied = False
        self._planning: Worker[None] | None = None
        self.set_class(self.big, "-big")

    @abstractmethod
    async def plan(self) -> Plan | None:
        """What is asked for as a plan; None where that was said to be impossible. May raise EntitreeError."""

    def on_mount(self) -> None:
        self._show_selection()

    # What it acts on

    def _show_selection(self) -> None:
        for line in self.query(SelectionLine):
            if self.selection is not None:
                line.show(self.selection)

    @on(SelectionLine.LeftOut)
    def action_leave_out(self) -> None:
        """Takes what the filter hides out of it."""
        if self.selection is not None and self.selection.hidden and self.selection.shown.names:
            self.selection = self.selection.shown
            self._show_selection()
            self.selection_changed()
            self.check()

    def selection_changed(self) -> None:
        """Other rows are acted on."""

    async def demand(self, kind: Kind, item_id: str) -> bool:
        """Whether the mirror has it; if not, says so."""
        if await self.account.store.item(kind, item_id) is not None:
            return True
        make, read = said("new", "n"), said("refresh-all", "R")
        self.say(
            f"There is no {kind.value} “{item_id}”. {make} makes one, {read} reads all again.", kind="problem"
        )
        return False

    # The plan

    def submit(self) -> None:
        self.busy = True
        self.say("Making the plan …")
        self._planning = self._plan()

    @work(exclusive=True, group="plan")
    async def _plan(self) -> None:
        problem: EntitreeError | None = None
        made = None
        try:
            made = await self.plan()
        except EntitreeError as error:
            problem = error
        finally:
            self._planning = None
            self.busy = False
        if problem is not None:
            self.complain(problem)
        elif made is not None and made.steps + made.conflicts:
            self.check()
            show_plan(self.app, self.account, made, then=self._handed_in)
        elif made is not None:
            self.say("There is nothing to do: all of it is so already.")

    def action_leave(self) -> None:
        if self._planning is not None:
            # Nothing was sent: it is only being looked up.
            self._planning.cancel()
            # One that is broken off before it began has no end of its own.
            self._planning = None
            self.busy = False
            self.say("It was broken off.")
        else:
            super().action_leave()

    def _handed_in(self, job_id: int) -> None:
        self._applied = True
        if self._done is not None:
            self._done()
        self._tell_handed_in(job_id)

    @on(ScreenResume)
    def _back(self) -> None:
        if self._applied:
            self.call_later(self._close)

    def _close(self) -> None:
        self.dismiss(None)
