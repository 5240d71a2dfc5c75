"""The delete-impact screen: everything that goes, and why, before anything is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events, on
from textual.content import Content
from textual.widgets import Button, Input, Label, Static

from entitree.changes.jobs import StepState
from entitree.errors import EntitreeError
from entitree.text import visible
from entitree.tui.commands.on_impact import IMPACT_COMMANDS
from entitree.tui.screens.impact_lines import confirmation
from entitree.tui.screens.impact_reading import MOST_NAMED
from entitree.tui.screens.impact_ways import ImpactWays
from entitree.tui.screens.outcome_lines import deleted, outcome_lines
from entitree.tui.widgets.found_pane import PLURAL, thousands
from entitree.tui.widgets.key_bar import KeyHint
from entitree.tui.widgets.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from entitree.account import Account
    from entitree.changes.impact import Impact
    from entitree.changes.jobs import Job, StepRecord
    from entitree.changes.plan import Plan
    from entitree.changes.worker import JobResult
    from entitree.inventory.model import Kind


_PASSED = ("filter", "palette", "help")
"""What keeps its keys where a letter goes to the confirm field."""


class ImpactScreen(ImpactWays):
    """Opens on Cancel. Deleting takes typing; Enter alone never deletes."""

    AUTO_FOCUS = "#cancel"
    CSS_PATH = "impact.tcss"
    OFFERED = IMPACT_COMMANDS

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
        wanted, out_of_sight = frozenset(ids), frozenset(hidden)
        kept = wanted & account.protected(kind) if not look_only else frozenset[str]()
        # What the filter hides comes first: it is what nobody sees on the screen before.
        left = sorted(wanted - kept, key=lambda each: (each not in out_of_sight, each))
        super().__init__(account, kind, left, look_only=look_only, gone=gone)
        self._kept = kept
        self._hidden = out_of_sight
        self._deleting = False

    def on_mount(self) -> None:
        self._dress()
        self.read()

    def _dress(self) -> None:
        """Title, hints and what has to be typed, for the ids there are now."""
        count = len(self._ids)
        noun = self._kind.value if count == 1 else PLURAL[self._kind]
        verb = "Impact of deleting" if self._look_only else "Delete"
        names = ", ".join(visible(each) for each in self._ids[:MOST_NAMED])
        more = " …" if count > MOST_NAMED else ""
        self.query_one("#what", Static).update(
            Content.assemble(
                Content(f"{verb} {thousands(count)} {noun}   ").stylize("bold"), Content(names + more)
            )
        )
        notes = []
        if self._kept:
            notes.append(
                f"Protected, so they stay: {', '.join(visible(each) for each in sorted(self._kept))}."
            )
        hidden = self._hidden & set(self._ids)
        if hidden:
            notes.append(f"{thousands(len(hidden))} of the marked ones are not shown by the filter.")
        self._notes = " ".join(notes)
        self._say_aside(self._notes)
        self.query_one("#leave-out").display = bool(hidden) and len(hidden) < count
        deletes = not self._look_only and count > 0
        self.query_one("#token", Label).update(Content(f"Delete, type: {confirmation(self._ids)}"))
        self.query_one("#token").display = deletes
        self.query_one("#sign").display = deletes
        self.query_one("#confirm").display = deletes
        self.show_keys()

    def key_hints(self) -> list[KeyHint]:
        leave = "Close" if self._settled or self._look_only else "Cancel"
        hints = [
            self.hint("impact-close", "Esc", leave),
            self.hint("scroll-down", "↑↓", "Read"),
            *self.letter_hints("filter", "palette"),
            KeyHint("Tab", "Buttons"),
            self.help_hint,
        ]
        if not (self._look_only or self._settled):
            hints.insert(0, KeyHint("Enter", "Delete, when typed", self._typed_right(), "delete-now"))
        return hints

    def on_descendant_focus(self) -> None:
        self.show_keys()

    def _typed_right(self) -> bool:
        return self.query_one("#confirm", Input).value == confirmation(self._ids)

    # Keys

    def on_key(self, event: events.Key) -> None:
        """The first printable key goes to the confirm field and is kept, but for those of some commands with
        which what is to be typed does not begin.
        """
        entry = self.query_one("#confirm", Input)
        begins = bool(event.character) and confirmation(self._ids).startswith(event.character or "")
        taken = event.is_printable and (begins or not self.is_offered(event.key, _PASSED))
        if taken and event.character and entry.display and not isinstance(self.focused, Input):
            event.stop()
            event.prevent_default()
            entry.focus()
            entry.insert_text_at_cursor(event.character)

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted while a button has the keyboard is meant for the confirm field."""
        entry = self.query_one("#confirm", Input)
        if entry.display and not isinstance(self.focused, Input):
            event.stop()
            entry.focus()
            entry.post_message(events.Paste(event.text))

    def close(self) -> None:
        """Clears the filter, or leaves: a deletion that runs goes on."""
        entry = self.query_one("#narrow", Input)
        if entry.has_focus or entry.value:
            entry.value = ""
            entry.display = False
            self.query_one("#cancel").focus()
            return
        if self._deleting:
            self.app.notify("It goes on. The first line shows how far it is.")
        self.dismiss(None)

    @on(Input.Changed, "#confirm")
    def _confirm_changed(self) -> None:
        self.show_keys()

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        # A key held a moment too long must not walk away from a deletion.
        if not self._deleting:
            self.close()

    @property
    def can_leave_out(self) -> bool:
        """Whether the filter of the list hides some of them, but not all."""
        return self.query_one("#leave-out").display

    @on(Button.Pressed, "#leave-out")
    def leave_out(self) -> None:
        """Is about those that the list shows, and no others."""
        self._ids = tuple(each for each in self._ids if each not in self._hidden)
        self.query_one("#confirm", Input).value = ""
        self.query_one("#cancel").focus()
        self._dress()
        self.read()

    @property
    def not_typed(self) -> str | None:
        """What is still to be typed, in a sentence."""
        if self._typed_right():
            return None
        return f"Nothing was deleted. To delete, type exactly: {confirmation(self._ids)}"

    @on(Input.Submitted, "#confirm")
    def confirm(self) -> None:
        """Deletes, if what is to be typed is."""
        if self._deleting or self._settled:
            return
        if not self._typed_right():
            self._say_aside(self.not_typed or "")
            self.query_one("#confirm", Input).select_all()
        elif self._refused:
            self._say_aside(f"Nothing was deleted. {self._refused}")
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
        self._settled = True
        self._cost = ""
        self._show_walk()
        self._lines = outcome_lines(result, steps)
        self._show_lines()
        # On the first step that needs attention, so that its sentence stands below whole.
        report = self.query_one(Report)
        report.move_to(next((at for at, line in enumerate(self._lines) if line.look == "row"), 0))
        self._say_when(f"{thousands(result.done)} of {thousands(len(steps))} deleted")
        self._say_aside(visible(result.reason))
        for name in ("#token", "#sign", "#confirm", "#leave-out", "#detach", "#move"):
            self.query_one(name).display = False
        self.query_one("#cancel", Button).label = "Close"
        self.show_keys()
