"""The delete-impact screen: everything that goes, and why, before anything is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Button, Input, Label, Static

from entitree.changes.edits import Delete
from entitree.changes.jobs import StepState
from entitree.errors import EntitreeError
from entitree.text import visible
from entitree.tui.screens.impact_lines import confirmation, cost, impact_lines, narrowed
from entitree.tui.screens.outcome_lines import deleted, outcome_lines
from entitree.tui.widgets.entry import Entry
from entitree.tui.widgets.found_pane import PLURAL, thousands
from entitree.tui.widgets.key_bar import KeyBar, KeyHint
from entitree.tui.widgets.report import Report, ReportLine

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from textual.app import ComposeResult

    from entitree.account import Account
    from entitree.changes.impact import Impact
    from entitree.changes.jobs import Job, StepRecord
    from entitree.changes.plan import Plan
    from entitree.changes.worker import JobResult
    from entitree.inventory.model import Kind
    from entitree.tui.app import EntitreeApp


class ImpactScreen(Screen[None]):
    """Opens on Cancel. Deleting takes typing; Enter alone never deletes."""

    AUTO_FOCUS = "#cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", show=False, id="impact.leave"),
        Binding("up", "scroll(-1)", "Up", show=False),
        Binding("down", "scroll(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("ctrl+f", "narrow", "Filter", show=False, id="impact.filter"),
    ]

    app: EntitreeApp

    def __init__(
        self,
        account: Account,
        kind: Kind,
        ids: Collection[str],
        *,
        hidden: Collection[str] = (),
        look_only: bool = False,
        gone: Callable[[frozenset[str]], None] = lambda _: None,
    ) -> None:
        """`hidden` are those of the ids that the filter does not show; `gone` is told what was deleted."""
        super().__init__()
        self._account = account
        self._kind = kind
        self._tell_gone = gone
        self._hidden = frozenset(hidden)
        self._look_only = look_only
        wanted = frozenset(ids)
        self._kept = wanted & account.protected if not look_only else frozenset[str]()
        # What the filter hides comes first: it is what nobody sees on the screen before.
        self._ids = tuple(sorted(wanted - self._kept, key=lambda id: (id not in self._hidden, id)))  # noqa: A006
        self._impact: Impact | None = None
        self._lines: list[ReportLine] = []
        self._plan: Plan | None = None
        self._cost = ""
        self._deleting = False
        self._done = False

    def compose(self) -> ComposeResult:
        with Horizontal(id="head"):
            yield Static(id="what")
            yield Static(id="when")
        yield Static(id="aside")
        yield Entry(id="narrow", placeholder="show only lines that hold …")
        yield Report()
        yield Static(id="whole")
        with Horizontal(id="ask"):
            yield Button("Cancel" if not self._look_only else "Close", id="cancel", compact=True)
            yield Button("Leave out what is not shown", id="leave-out", compact=True)
            yield Label(id="token")
            yield Label("❯", id="sign")
            yield Entry(id="confirm")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one("#narrow").display = False
        self._dress()
        self._read()

    # Reading

    @work(exclusive=True, group="impact")
    async def _read(self) -> None:
        self._plan = None
        desk = self._account.desk
        try:
            known = await desk.impact(self._kind, self._ids, refresh=False)
            as_of = f"as of {self.app.clock(known.read_at)}, " if known.read_at else ""
            self._show(known, f"{as_of}being read …")
            found = await desk.impact(self._kind, self._ids)
            made = await desk.plan([Delete(self._kind, each) for each in self._ids], [found])
        except EntitreeError as error:
            self._say_when("not read")
            self.app.complain(error)
            return
        self._show(found, f"read {self.app.clock(found.read_at)}" if found.read_at else "")
        if not self._look_only:
            self._cost = f"To delete: {cost(made, self._account.profile.limits)}."
            self._show_whole()
        there = {item.id for item in found.items}
        if missing := [each for each in self._ids if each not in there]:
            self._say_aside(f"Not there any more: {', '.join(map(visible, missing))}.")
        if made.conflicts:
            self._say_aside(" ".join(visible(conflict.text) for conflict in made.conflicts[:3]))
        elif not self._look_only:
            self._plan = made

    def _show(self, found: Impact, when: str) -> None:
        self._impact = found
        self._lines = impact_lines(found, self.app.clock)
        self._show_lines()
        self._say_when(when)

    def _show_lines(self) -> None:
        self.query_one(Report).show(narrowed(self._lines, self.query_one("#narrow", Input).value))

    def _say_when(self, text: str) -> None:
        self.query_one("#when", Static).update(Content(text))

    def _say_aside(self, text: str) -> None:
        aside = self.query_one("#aside", Static)
        aside.update(Content(text))
        aside.display = bool(text)

    def _dress(self) -> None:
        """Title, hints and what has to be typed, for the ids there are now."""
        count = len(self._ids)
        noun = self._kind.value if count == 1 else PLURAL[self._kind]
        verb = "Impact of deleting" if self._look_only else "Delete"
        names = ", ".join(visible(each) for each in self._ids)
        self.query_one("#what", Static).update(
            Content.assemble(Content(f"{verb} {thousands(count)} {noun}   ").stylize("bold"), Content(names))
        )
        notes = []
        if self._kept:
            notes.append(
                f"Protected, so they stay: {', '.join(visible(each) for each in sorted(self._kept))}."
            )
        hidden = self._hidden & set(self._ids)
        if hidden:
            notes.append(f"{thousands(len(hidden))} of the marked ones are not shown by the filter.")
        self._say_aside(" ".join(notes))
        self.query_one("#leave-out").display = bool(hidden) and len(hidden) < count
        deletes = not self._look_only and count > 0
        self.query_one("#token", Label).update(Content(f"Delete, type: {confirmation(self._ids)}"))
        self.query_one("#token").display = deletes
        self.query_one("#sign").display = deletes
        self.query_one("#confirm").display = deletes
        self._show_keys()

    def _show_keys(self) -> None:
        leave = "Close" if self._done or self._look_only else "Cancel"
        hints = [KeyHint("Esc", leave), KeyHint("↑↓", "Read"), KeyHint("Ctrl+F", "Filter")]
        if not (self._look_only or self._done):
            hints.insert(0, KeyHint("Enter", "Delete, when typed", enabled=self._typed_right()))
        self.query_one(KeyBar).show(hints)

    def _typed_right(self) -> bool:
        return self.query_one("#confirm", Input).value == confirmation(self._ids)

    # Keys

    def on_key(self, event: events.Key) -> None:
        """The first printable key goes to the confirm field and is kept."""
        entry = self.query_one("#confirm", Input)
        if event.is_printable and event.character and entry.display and not isinstance(self.focused, Input):
            event.stop()
            event.prevent_default()
            entry.focus()
            entry.insert_text_at_cursor(event.character)

    def action_scroll(self, by: int) -> None:
        self.query_one(Report).action_move(by)

    def action_page(self, by: int) -> None:
        self.query_one(Report).action_page(by)

    def action_narrow(self) -> None:
        entry = self.query_one("#narrow", Input)
        entry.display = True
        entry.focus()

    def action_leave(self) -> None:
        entry = self.query_one("#narrow", Input)
        if entry.has_focus or entry.value:
            entry.value = ""
            entry.display = False
            self.query_one("#cancel").focus()
            return
        if self._deleting:
            self.app.notify("It goes on. The first line shows how far it is.")
        self.dismiss(None)

    @on(Report.Highlighted)
    def _show_whole(self) -> None:
        """The row under the cursor, uncut; where there is none, what the deletion costs."""
        line = self.query_one(Report).line
        whole = line.whole if line is not None and line.look == "row" else self._cost
        self.query_one("#whole", Static).update(Content(whole))

    @on(Input.Changed, "#narrow")
    def _narrowed(self) -> None:
        self._show_lines()

    @on(Input.Submitted, "#narrow")
    def _kept_narrow(self) -> None:
        self.query_one(Report).focus()

    @on(Input.Changed, "#confirm")
    def _confirm_changed(self) -> None:
        self._show_keys()

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        # A key held a moment too long must not walk away from a deletion.
        if not self._deleting:
            self.action_leave()

    @on(Button.Pressed, "#leave-out")
    def _left_out(self) -> None:
        self._ids = tuple(each for each in self._ids if each not in self._hidden)
        self.query_one("#confirm", Input).value = ""
        self.query_one("#cancel").focus()
        self._dress()
        self._read()

    @on(Input.Submitted, "#confirm")
    def _confirmed(self) -> None:
        if self._deleting or self._done:
            return
        if not self._typed_right():
            self._say_aside(f"Nothing was deleted. To delete, type exactly: {confirmation(self._ids)}")
            self.query_one("#confirm", Input).select_all()
        elif self._plan is None or self._impact is None:
            self._say_aside(
                "It is still being read. Enter again when the time stands in the upper right corner."
            )
        else:
            self._set_deleting(True)
            self.app.run_worker(self._delete(self._plan, self._impact), group="jobs")

    # Deleting

    async def _delete(self, made: Plan, shown: Impact) -> None:
        """Runs on the app, so that it ends well also where this screen was left meanwhile."""

        def progress(job: Job) -> None:
            if self.is_attached:
                done = f"{thousands(job.steps - job.left)} of {thousands(job.steps)}"
                self._say_aside(f"Deleting: {done}. Escape leaves it running.")

        try:
            result = await self.app.perform(made, progress)
            steps = await self._account.desk.steps(result.job_id)
        except EntitreeError as error:
            self.app.complain(error)
            if self.is_attached:
                self._set_deleting(False)
            return
        self._tell_gone(
            frozenset(each.step.id for each in steps if each.state is StepState.DONE and each.step.id)
        )
        if result.ok:
            self.app.notify(deleted(self._kind, steps, shown), title="Deleted")
        elif not self.is_attached:
            self.app.notify(visible(f"{made.title}: {result.sentence}"), severity="error", timeout=20)
        if self.is_attached:
            self._set_deleting(False)
            if result.ok:
                self.dismiss(None)
            else:
                self._show_outcome(result, steps)

    def _set_deleting(self, running: bool) -> None:
        self._deleting = running
        self.query_one("#confirm").disabled = running
        if running:
            self.query_one("#cancel").focus()

    def _show_outcome(self, result: JobResult, steps: Sequence[StepRecord]) -> None:
        self._done = True
        self._cost = ""
        self._lines = outcome_lines(result, steps)
        self._show_lines()
        # On the first step that needs attention, so that its sentence stands below whole.
        report = self.query_one(Report)
        report.move_to(next((at for at, line in enumerate(self._lines) if line.look == "row"), 0))
        self._say_when(f"{thousands(result.done)} of {thousands(len(steps))} deleted")
        self._say_aside(visible(result.reason))
        for name in ("#token", "#sign", "#confirm", "#leave-out"):
            self.query_one(name).display = False
        self.query_one("#cancel", Button).label = "Close"
        self._show_keys()
