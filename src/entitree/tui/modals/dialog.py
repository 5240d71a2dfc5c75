"""What every dialog shares: a frame, fields, a line that says what is wrong, and one thing done at a time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import on
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static

from entitree.text import visible
from entitree.tui.screens.parting import PartingScreen
from entitree.tui.widgets.bound import bound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from entitree.errors import EntitreeError
    from entitree.tui.app import EntitreeApp

ResultT = TypeVar("ResultT")


def labelled(label: str, entry: Widget) -> Horizontal:
    """A field with its name in front, in one line."""
    return Horizontal(Label(label), entry, classes="field")


class Dialog(PartingScreen[ResultT], ModalScreen[ResultT]):
    """A framed form. Subclasses give `fields` and `submit`; `busy` holds keys off while something is sent."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("escape", "leave", "dialog-leave", "Leave, and do nothing."),
        bound("enter", "submit", "dialog-submit", "Do it."),
    ]

    # Whole, for a subclass may be anywhere.
    CSS_PATH = Path(__file__).with_name("dialog.tcss")
    VERTICAL_BREAKPOINTS = [(0, "-short"), (24, "-tall")]  # noqa: RUF012 - Textual reads it as a default

    app: EntitreeApp

    heading: ClassVar[str] = ""
    _had_focus: Widget | None = None
    submit_label: ClassVar[str] = "OK"

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog") as frame:
            frame.border_title = Content(self.title_text())
            with VerticalScroll(id="fields", can_focus=False):
                yield from self.fields()
            yield Static(id="message")
            with Horizontal(id="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button(self.submit_label, id="submit", variant="primary", compact=True)

    def on_mount(self) -> None:
        self.check()

    def title_text(self) -> str:
        """What the frame says; inert text."""
        return self.heading

    def fields(self) -> Iterable[Widget]:
        """The form."""
        raise NotImplementedError

    def submit(self) -> None:
        """Enter in a field, or the button: check, then begin a worker."""
        raise NotImplementedError

    def check(self) -> None:
        """Looks at what is typed and says what there is to say about it."""

    def value(self, id: str) -> str:
        """What is typed in a field."""
        return self.query_one(f"#{id}", Input).value

    def say(self, text: str, *, kind: str = "") -> None:
        """Shows a sentence under the form: `problem`, `warning`, or nothing special."""
        message = self.query_one("#message", Static)
        message.set_class(kind == "problem", "-problem")
        message.set_class(kind == "warning", "-warning")
        message.update(Content(visible(text)))

    def complain(self, error: EntitreeError) -> None:
        """Says what went wrong; the form keeps what was typed."""
        self.say(str(error), kind="problem")

    @property
    def busy(self) -> bool:
        """Whether something is being sent. The form is shut meanwhile."""
        # While it is being made or taken down there is no form.
        return any(form.disabled for form in self.query("#fields"))

    @busy.setter
    def busy(self, busy: bool) -> None:
        if busy:
            # What is disabled loses the keys, and has to get them back.
            self._had_focus = self.focused
        for part in ("#fields", "#submit"):
            self.query_one(part).disabled = busy
        if not busy:
            if self._had_focus is not None:
                self.set_focus(self._had_focus)
            # What had them may be gone, or shut in the meantime.
            self.app.give_focus(self)

    def action_leave(self) -> None:
        if self.busy:
            self.say("It is being sent. This waits for the platform's answer, at most half a minute.")
        else:
            self.dismiss(None)

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.action_leave()

    @on(Button.Pressed, "#submit")
    @on(Input.Submitted)
    def action_submit(self) -> None:
        if not self.busy:
            self.submit()

    @on(Input.Changed)
    def _changed(self) -> None:
        self.check()
