"""The plan screen: everything that would be sent, with before and after, before anything is."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Label, Static

from entitree.changes.plan.files import written
from entitree.errors import EntitreeError
from entitree.text import visible
from entitree.tui.commands.command import CommandScreen
from entitree.tui.commands.on_plan import PLAN_COMMANDS
from entitree.tui.saving import save_new
from entitree.tui.screens.news import rate
from entitree.tui.screens.plan_lines import (
    PLAN_COLUMNS,
    PlanLine,
    confirmation,
    cost_words,
    counts,
    plan_lines,
    removes,
)
from entitree.tui.widgets.entry import Entry
from entitree.tui.widgets.item_list import ItemList
from entitree.tui.widgets.key_bar import KeyBar, KeyHint
from entitree.tui.widgets.scrolling import SCROLLING
from entitree.tui.widgets.word_list import WordList

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from entitree.account import Account
    from entitree.changes.plan import Plan
    from entitree.tui.app import EntitreeApp

_PASSED = ("filter", "palette", "help")
"""What keeps its keys where a letter goes to the confirm field: that begins with none of these."""
READ_ONLY = "This profile is read-only: the plan can be looked at and saved, not applied."


class PlanScreen(CommandScreen[None]):
    """Opens on Cancel. Where something is removed applying takes typing; Enter alone never does that.

    Applied, the screen of the job takes its place.
    """

    AUTO_FOCUS = "#cancel"
    CSS_PATH = "plan.tcss"
    OFFERED = PLAN_COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = [*SCROLLING]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (76, "-wide")]  # noqa: RUF012 - Textual reads it as a default

    app: EntitreeApp

    def __init__(
        self,
        account: Account,
        plan: Plan,
        *,
        title: str = "",
        then: Callable[[int], None] = lambda job_id: None,
    ) -> None:
        """`title` stands before what the plan itself says it does, inert or not. `then` is called with the id
        of the job as soon as the plan was handed in; where it never is, nothing is called.
        """
        super().__init__()
        self.account = account
        self.plan = plan
        self._heading = f"{title}: {plan.title}" if title and plan.title else title or plan.title or "Plan"
        self._then = then
        self._lines = plan_lines(plan)
        self._removes = removes(plan)
        self._applying = False

    def compose(self) -> ComposeResult:
        with Horizontal(id="head"):
            yield Static(Content(visible(self._heading)), id="what")
            yield Static(id="cost")
        yield Static(Content(counts(self._lines)), id="counts")
        yield Static(id="aside")
        # A column that says nothing would only take the room.
        whys = any(line.why for line in self._lines)
        yield WordList[PlanLine](
            PLAN_COLUMNS if whys else PLAN_COLUMNS[:-1],
            PlanLine.drawn if whys else PlanLine.drawn_without_why,
            key=lambda line: line.key,
            text=lambda line: line.searched,
            nothing="There is nothing to do.",
        )
        yield Static(id="whole")
        with Horizontal(id="ask"):
            yield Button("Cancel", id="cancel", compact=True)
            yield Button("Apply", id="apply", variant="primary", compact=True)
            yield Button("Save plan to file", id="save", compact=True)
            yield Label(Content(f"Apply, type: {confirmation(self.plan)}"), id="token")
            yield Label("▸", id="sign")
            yield Entry(id="confirm")
        yield KeyBar()

    def on_resize(self) -> None:
        narrow = self.size.width < self.HORIZONTAL_BREAKPOINTS[1][0]
        self.query_one("#save", Button).label = "Save plan" if narrow else "Save plan to file"

    def on_mount(self) -> None:
        can = self.reason_against() is None
        self.query_one("#apply").display = can and not self._removes
        for name in ("#token", "#sign", "#confirm"):
            self.query_one(name).display = can and self._removes
        self.query_one("#save").display = not self.plan.conflicts and bool(self.plan.steps)
        self.query_one(ItemList).cursor_style = (
            self.account.profile.cursor or self.app.accounts.settings.cursor
        )
        self.rows.show(self._lines)
        self._say(self.reason_against() or "", problem=bool(self.plan.conflicts))
        self.show_keys()
        self._make_ready()

    @property
    def rows(self) -> WordList[PlanLine]:
        return self.query_one(WordList)

    def reason_against(self) -> str | None:
        """Why it cannot be applied, in a sentence."""
        if self.plan.conflicts:
            count = len(self.plan.conflicts)
            what = "one thing cannot be done" if count == 1 else f"{count} things cannot be done"
            return f"It cannot be applied: {what}, and a plan is carried out whole or not begun."
        if not self.plan.steps:
            return "There is nothing to apply."
        return READ_ONLY if self.account.profile.read_only else None

    @work(exclusive=True, group="cost")
    async def _make_ready(self) -> None:
        """Says what it costs, and has somebody stand by to run it."""
        limits = self.account.profile.limits
        takes = await asyncio.to_thread(self.plan.cost, limits)
        self.query_one("#cost", Static).update(Content(cost_words(takes, rate(limits))))
        if self.reason_against() is None:
            await self.account.desk.warm()

    # Keys

    def on_key(self, event: events.Key) -> None:
        """The first printable key goes to the confirm field and is kept, but for those of some commands."""
        entry = self.query_one("#confirm", Input)
        taken = event.is_printable and event.character and not self.is_offered(event.key, _PASSED)
        if taken and entry.display and not isinstance(self.focused, Input):
            event.stop()
            event.prevent_default()
            self.set_focus(entry)
            entry.insert_text_at_cursor(event.character or "")

    def close(self) -> None:
        """Clears the filter, or leaves."""
        if self.rows.clear_filter():
            return
        if not self._applying:
            self.dismiss(None)

    def action_scroll(self, by: int) -> None:
        self.rows.table.action_move(by)

    def action_page(self, by: int) -> None:
        self.rows.table.action_page(by)

    def key_hints(self) -> list[KeyHint]:
        if self.rows.filter_line.has_focus_within:
            return self.filter_hints()
        hints = [
            self.hint("plan-close", "Esc", "Cancel"),
            self.hint("scroll-down", "↑↓", "Read"),
            *self.letter_hints("filter", "palette"),
            KeyHint("Tab", "Buttons"),
            self.help_hint,
        ]
        if self.reason_against() is None and self._removes:
            hints.insert(0, KeyHint("Enter", "Apply, when typed", self._typed_right(), "apply"))
        return hints

    def on_descendant_focus(self) -> None:
        self.show_keys()

    def _typed_right(self) -> bool:
        return self.query_one("#confirm", Input).value == confirmation(self.plan)

    @on(Input.Changed, "#confirm")
    def _confirm_changed(self) -> None:
        self.show_keys()

    # Buttons

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        if not self._applying:
            self.dismiss(None)

    @property
    def not_typed(self) -> str | None:
        """What is still to be typed before it is applied, in a sentence."""
        if not self._removes or self._typed_right():
            return None
        return f"Nothing was sent. To apply it, type exactly: {confirmation(self.plan)}"

    @on(Button.Pressed, "#apply")
    def _apply_pressed(self) -> None:
        if not self._removes and self.reason_against() is None:
            self.apply()

    @on(Input.Submitted, "#confirm")
    def _confirmed(self) -> None:
        if self._typed_right() and self.reason_against() is None:
            self.apply()
        else:
            self._say(self.not_typed or self.reason_against() or "")
            self.query_one("#confirm", Entry).select_all()

    def apply(self) -> None:
        """Hands it in, once. Whoever asks has looked whether it may be."""
        if not self._applying:
            self._applying = True
            self.query_one("#ask").disabled = True
            self._say("Handing it in …")
            self._hand_in()

    @work(group="hand-in")
    async def _hand_in(self) -> None:
        from entitree.tui.screens.job import JobScreen

        try:
            job_id = await self.app.begin(self.plan)
        except EntitreeError as error:
            self._applying = False
            self.query_one("#ask").disabled = False
            self.query_one("#cancel").focus()
            self._say(str(error), problem=True)
            return
        self._then(job_id)
        self.give_way(JobScreen(self.account, job_id))

    @on(Button.Pressed, "#save")
    def save(self) -> None:
        """Writes it into a file, and says which."""
        self._save()

    @work(exclusive=True, group="save")
    async def _save(self) -> None:
        def save() -> Path:
            return save_new(Path.cwd(), "plan", "json", written(self.plan), datetime.now().astimezone())

        try:
            path = await asyncio.to_thread(save)
        except EntitreeError as error:
            self._say(str(error), problem=True)
        else:
            self.app.notify(visible(f"The plan is in {path}."))

    # Telling

    def _say(self, text: str, *, problem: bool = False) -> None:
        aside = self.query_one("#aside", Static)
        aside.set_class(problem, "-problem")
        aside.update(Content(visible(text)))
        aside.display = bool(text)

    @on(WordList.Highlighted)
    def _show_whole(self) -> None:
        """The line under the cursor, uncut."""
        line = self.rows.thing
        self.query_one("#whole", Static).update(Content(line.whole if line is not None else ""))
