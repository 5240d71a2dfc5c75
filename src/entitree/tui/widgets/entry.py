"""The one-line field that every form uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input

from entitree.text import typed
from entitree.tui.widgets.key_order import taken_in_order

if TYPE_CHECKING:
    from textual import events


class Entry(Input):
    """An `Input` that neither blinks nor draws what a terminal obeys.

    Whatever is typed or pasted passes `text.typed`; what falls away is said. A value given from outside has
    to be inert already.
    """

    DEFAULT_CSS = """
    Entry {
        background: $background;
        &:focus { background-tint: $background 0%; }
        &:ansi {
            text-style: $field-style;
            & > .input--cursor {
                color: $input-cursor-foreground;
                background: $input-cursor-background;
                text-style: reverse;
            }
            & > .input--selection { text-style: reverse; }
        }
    }
    """

    # As in every `Input`, but for the layout of the whole screen that each letter would cost.
    virtual_size = Reactive(Size(0, 0), layout=False, repaint=False)

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        password: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(
            value, placeholder=placeholder, password=password, id=id, compact=True, select_on_focus=False
        )
        # A blinking cursor writes to the terminal while nobody does anything.
        self.cursor_blink = False

    async def _on_key(self, event: events.Key) -> None:
        if not await taken_in_order(self, event):
            await super()._on_key(event)

    def replace(self, text: str, start: int, end: int) -> None:
        kept = typed(text)
        super().replace(kept, start, end)
        if (lost := len(text) - len(kept)) > 0:
            what = "A character" if lost == 1 else f"{lost} characters"
            self.notify(f"{what} that cannot be shown fell away.", severity="warning")
