"""The checkbox that every form uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Checkbox

from entitree.tui.widgets.bound import bound
from entitree.tui.widgets.key_order import taken_in_order

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType


class Tick(Checkbox):
    """A checkbox that tells its state by a sign: Textual's own tells it by colour alone.

    Keys that come in one go act in their order, as they do in an `Entry`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        # In every other field of a form Enter submits; ticking here instead would undo what Space did.
        bound("enter", "screen.submit", "dialog-submit", "Do it."),
    ]
    BUTTON_LEFT = ""
    BUTTON_RIGHT = ""
    BUTTON_INNER = "[ ]"

    def watch_value(self) -> None:
        self.BUTTON_INNER = "[x]" if self.value else "[ ]"
        super().watch_value()

    async def _on_key(self, event: events.Key) -> None:
        if not await taken_in_order(self, event):
            await super()._on_key(event)
