"""The question before marked rows that nobody sees are acted on, where no form asks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from entitree.tui.modals.dialog import Dialog
from entitree.tui.widgets.bound import bound
from entitree.tui.widgets.selection import Selection, SelectionLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.binding import BindingType
    from textual.widget import Widget

    from entitree.tui.app import EntitreeApp

MOST_LISTED = 200


class HiddenDialog(Dialog["Selection[Any] | None"]):
    """Answers with what is to be acted on: all of it, or without what the filter hides."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("f2", "leave_out", "dialog-leave-out", "Leave out marked rows that the filter does not show."),
    ]
    heading = "Not all that is marked is shown"
    submit_label = "Go on with all"

    def __init__(self, selection: Selection[Any]) -> None:
        super().__init__()
        self._selection = selection

    def fields(self) -> Iterable[Widget]:
        yield SelectionLine()
        hidden = [name for name in self._selection.names if name in self._selection.hidden]
        names = "\n".join(self._selection.told(name) for name in hidden[:MOST_LISTED])
        yield VerticalScroll(Static(Content(names)), id="names")

    def on_mount(self) -> None:
        self.query_one(SelectionLine).show(self._selection)
        self.query_one("#cancel").focus()

    def on_selection_line_left_out(self) -> None:
        self.action_leave_out()

    def action_leave_out(self) -> None:
        """Goes on without them."""
        if self._selection.shown.names:
            self.dismiss(self._selection.shown)

    def submit(self) -> None:
        self.dismiss(self._selection)


def ask_if_hidden(
    app: EntitreeApp, selection: Selection[Any], then: Callable[[Selection[Any]], None]
) -> None:
    """Calls `then` at once where all that is selected is shown, else with what is answered."""
    if not selection.hidden:
        then(selection)
        return
    app.push_screen(HiddenDialog(selection), lambda answer: then(answer) if answer is not None else None)
