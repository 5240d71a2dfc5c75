"""Reading an impact on screen: at once as the mirror has it, then from the platform, then what is in use."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Label, Static
from textual.worker import Worker, WorkerState

from entitree.changes.edits import Delete
from entitree.changes.impact.in_use import in_use_cost
from entitree.changes.impact.reading import walking_cost
from entitree.errors import EntitreeError
from entitree.text import visible
from entitree.tui.breaking_off import break_off
from entitree.tui.commands.command import CommandScreen
from entitree.tui.screens.impact_lines import about, cost, impact_lines, narrowed
from entitree.tui.widgets.entry import Entry
from entitree.tui.widgets.found_pane import thousands
from entitree.tui.widgets.key_bar import KeyBar
from entitree.tui.widgets.report import Report, ReportLine
from entitree.tui.widgets.scrolling import SCROLLING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from entitree.account import Account
    from entitree.changes.impact import Impact
    from entitree.changes.plan import Conflict, Plan
    from entitree.inventory.listings import Cost
    from entitree.inventory.model import Kind
    from entitree.tui.app import EntitreeApp

MOST_NAMED = 5
"""Ids that a sentence names; of more it says how many."""


class ImpactReading(CommandScreen[None]):
    """Shows what the deletion of ids does, and reads again whatever can be; changes nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [*SCROLLING]
    DEFAULT_CSS: ClassVar[str] = """
    ImpactReading {
        #also { height: 1; padding: 0 1; }
        #also Button { margin-right: 1; }
    }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (76, "-wide")]  # noqa: RUF012 - Textual reads it as a default

    app: EntitreeApp

    def __init__(self, account: Account, kind: Kind, ids: Sequence[str], *, look_only: bool) -> None:
        super().__init__()
        self._account = account
        self._kind = kind
        self._ids = tuple(ids)
        self._look_only = look_only
        self._impact: Impact | None = None
        self._lines: list[ReportLine] = []
        self._plan: Plan | None = None
        self._notes = ""
        """What holds for the ids whatever is read: which of them stay, and which are not shown."""
        self._refused = ""
        """Why they cannot be deleted."""
        self._cost = ""
        self._looking = ""
        self._walking: Worker[None] | None = None
        self._settled = False
        """What is shown is no impact any more, but what became of the deletion."""

    def compose(self) -> ComposeResult:
        with Horizontal(id="head"):
            yield Static(id="what")
            yield Static(id="when")
        yield Static(id="aside")
        yield Entry(id="narrow", placeholder="show only lines that hold …")
        yield Report()
        yield Static(id="whole")
        with Horizontal(id="also"):
            yield Button("Detach first", id="detach", compact=True)
            yield Button("Move first", id="move", compact=True)
            yield Button("Save report", id="save", compact=True)
            yield Button("", id="walk", compact=True)
        with Horizontal(id="ask"):
            yield Button("Cancel" if not self._look_only else "Close", id="cancel", compact=True)
            yield Button("Leave out what is not shown", id="leave-out", compact=True)
            yield Label(id="token")
            yield Label("❯", id="sign")
            yield Entry(id="confirm")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one("#narrow").display = False
        self._show_walk()

    def on_resize(self) -> None:
        self.query_one("#leave-out", Button).label = (
            "Only shown" if self._is_narrow else "Leave out what is not shown"
        )
        if self._walking is None:
            self._show_walk()

    @property
    def _is_narrow(self) -> bool:
        """Whether there is room for the shortest labels only."""
        return self.size.width < self.HORIZONTAL_BREAKPOINTS[1][0]

    # Reading

    @work(exclusive=True, group="impact")
    async def read(self) -> None:
        """Shows what the mirror has, and reads it again in place."""
        self._plan, self._refused = None, ""
        desk, limits = self._account.desk, self._account.profile.limits
        try:
            known = await desk.impact(self._kind, self._ids, refresh=False)
            takes = await desk.impact_cost(self._kind, self._ids, limits)
            as_of = f"as of {self.app.clock(known.read_at)}, " if known.read_at else ""
            await self._show(known, f"{as_of}being read: {_cost(takes)} …")

            def counted(requests: int) -> None:
                if self.is_attached and requests < takes.requests:
                    left = replace(takes, seconds=takes.seconds * (1 - requests / takes.requests))
                    self._say_when(f"{as_of}being read: {thousands(requests)} of {_cost(left)} …")

            found = await desk.impact(self._kind, self._ids, counted=counted)
            await self._show_read(found)
        except EntitreeError as error:
            self._say_when("not read")
            self.app.complain(error)
            return
        self._look_for_traffic()

    async def _show_read(self, found: Impact) -> None:
        """Shows what was read, and makes the plan that would delete just that."""
        made = await self._account.desk.plan([Delete(self._kind, each) for each in self._ids], [found])
        if self._settled:
            return
        await self._show(found, f"read {self.app.clock(found.read_at)}" if found.read_at else "")
        if not self._look_only:
            self._cost = f"To delete: {cost(made, self._account.profile.limits)}."
            self._show_whole()
        told = []
        there = {item.id for item in found.items}
        if missing := [each for each in self._ids if each not in there]:
            more = len(missing) - MOST_NAMED
            names = ", ".join(map(visible, missing[:MOST_NAMED]))
            told.append(f"Not there any more: {names}{f' and {thousands(more)} more' if more > 0 else ''}.")
        if made.conflicts:
            self._refused = _named(made.conflicts)
            told.append(self._refused)
        elif not self._look_only:
            self._plan = made
        if told:
            self._say_aside(" ".join(filter(None, (self._notes, *told))))

    @work(exclusive=True, group="in-use")
    async def _look_for_traffic(self) -> None:
        """Comes last and holds nothing up: a deletion may be confirmed meanwhile."""
        if self._impact is None:
            return
        takes = in_use_cost(len(self._impact.ids), self._account.profile.limits)
        self._looking = f"looking at the logs of 48 h: {_cost(takes)} …"
        await self._show_again()
        try:
            found = await self._account.desk.in_use(self._impact)
        except EntitreeError as error:
            self.app.complain(error)
        else:
            # What is shown may have been read again meanwhile.
            if frozenset(self._impact.ids) == frozenset(self._ids):
                self._impact = replace(self._impact, in_use=found)
        finally:
            self._looking = ""
        await self._show_again()

    # Inbound configurations

    @property
    def can_walk(self) -> bool:
        """Whether there is something that only reading each resource by itself tells, or it is being read."""
        return self.query_one("#walk").display

    @on(Button.Pressed, "#walk")
    def walk(self) -> None:
        """Reads all inbound configurations, or stops doing so."""
        if self._walking is not None:
            break_off(self._walking)
        else:
            self._walking = self._walk()

    @work(exclusive=True, group="walk")
    async def _walk(self) -> None:
        """Reads all inbound configurations; stopped, the next walk goes on there."""

        def progress(done: int, total: int) -> None:
            if self.is_attached:
                seconds = walking_cost(total - done, self._account.profile.limits)
                time = f", {about(seconds)}" if seconds >= 1 else ""
                far = "" if self._is_narrow else f" of {thousands(total)}{time}"
                self.query_one("#walk", Button).label = f"Stop: {thousands(done)}{far}"

        progress(0, self._impact.unwalked.requests if self._impact and self._impact.unwalked else 0)
        state = await self._account.walk_inbound(progress)
        if state.problem:
            self.app.notify(visible(state.problem), severity="error", timeout=10)

    @on(Worker.StateChanged)
    async def _walk_ended(self, event: Worker.StateChanged) -> None:
        if event.worker is not self._walking or event.state in (WorkerState.PENDING, WorkerState.RUNNING):
            return
        self._walking = None
        try:
            if self._impact is not None and not self._settled:
                await self._show_read(await self._account.desk.walked(self._impact))
        except EntitreeError as error:
            self.app.complain(error)
        self._show_walk()

    def _show_walk(self) -> None:
        """The button that reads what no list holds, with what that costs."""
        button = self.query_one("#walk", Button)
        left = self._impact.unwalked if self._impact is not None and not self._settled else None
        button.display = left is not None or self._walking is not None
        if left is not None and self._walking is None:
            seconds = walking_cost(left.requests, self._account.profile.limits)
            time = f", {about(seconds)}" if seconds else ""
            # Beside the other buttons there is little room on a narrow screen.
            takes = _requests(left.requests) if self.size.width >= 100 else thousands(left.requests)
            button.label = f"Read {takes} more" if self._is_narrow else f"Read inbound: {takes}{time}"

    # Showing

    async def _show(self, found: Impact, when: str) -> None:
        self._impact = found
        self._say_when(when)
        await self._show_again()

    async def _show_again(self) -> None:
        shown, looking = self._impact, self._looking
        if shown is None:
            return
        # Of thousands of ids there are tens of thousands of lines: keys are heard meanwhile.
        lines = await asyncio.to_thread(impact_lines, shown, self.app.clock, looking=looking)
        if shown is self._impact and looking == self._looking and not self._settled and self.is_attached:
            self._lines = lines
            self._show_lines()
            self._show_walk()

    def _show_lines(self) -> None:
        self.query_one(Report).show(narrowed(self._lines, self.query_one("#narrow", Input).value))

    def _say_when(self, text: str) -> None:
        self.query_one("#when", Static).update(Content(text))

    def _say_aside(self, text: str) -> None:
        aside = self.query_one("#aside", Static)
        aside.update(Content(text))
        aside.display = bool(text)

    @on(Report.Highlighted)
    def _show_whole(self) -> None:
        """The line under the cursor, uncut; where there is none, what the deletion costs."""
        line = self.query_one(Report).line
        uncut = line is not None and line.look in ("row", "note", "warning")
        self.query_one("#whole", Static).update(Content(line.whole if line and uncut else self._cost))

    # Moving about

    def action_scroll(self, by: int) -> None:
        self.query_one(Report).action_move(by)

    def action_page(self, by: int) -> None:
        self.query_one(Report).action_page(by)

    def open_filter(self) -> None:
        """Asks for words that the lines shown must hold."""
        entry = self.query_one("#narrow", Input)
        entry.display = True
        entry.focus()

    @on(Input.Changed, "#narrow")
    def _narrowed(self) -> None:
        self._show_lines()

    @on(Input.Submitted, "#narrow")
    def _kept_narrow(self) -> None:
        self.query_one(Report).focus()


def _named(conflicts: Sequence[Conflict]) -> str:
    texts = [visible(each.text) for each in conflicts]
    more = [f"And {thousands(len(texts) - 3)} more of that kind."] if len(texts) > 3 else []
    return " ".join([*texts[:3], *more, "Unmark what cannot be deleted."])


def _cost(takes: Cost) -> str:
    time = f", {about(takes.seconds)}" if takes.seconds else ""
    return f"{_requests(takes.requests)}{time}"


def _requests(count: int) -> str:
    return "1 request" if count == 1 else f"{thousands(count)} requests"
