"""The one-line field that every form uses."""

from __future__ import annotations

from textual import events
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input

from entitree.text import typed

_MOVES = frozenset({"tab", "shift+tab"})


class Entry(Input):
    """An `Input` that neither blinks nor draws what a terminal obeys.

    Whatever is typed or pasted passes `text.typed`; what falls away is said. A value given from outside has
    to be inert already.
    """

    DEFAULT_CSS = """
    Entry {
        background: $background;
        &:focus { background-tint: $background 0%; }
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
        # Keys that come in one go were all handed to the field that had the focus when they came. Textual's
        # Input takes letters at once, but lets every other key travel up to the app and back: the Backspace
        # would act after the letters that follow it, and what follows a Tab (a key, say) land in this field.
        now = self.screen.focused
        bound = self._bindings.key_to_bindings.get(event.key, ())
        if now is not None and now is not self:
            now.post_message(events.Key(event.key, event.character))
        elif event.key in _MOVES:
            self.screen.focus_next() if event.key == "tab" else self.screen.focus_previous()
        elif not (bound and await self.app.run_action(bound[0].action, self)):
            # Not bound here, or the action had nothing to do: whoever is above may have a use for it.
            await super()._on_key(event)
            return
        event.stop()
        event.prevent_default()

    def replace(self, text: str, start: int, end: int) -> None:
        kept = typed(text)
        super().replace(kept, start, end)
        if (lost := len(text) - len(kept)) > 0:
            what = "A character" if lost == 1 else f"{lost} characters"
            self.notify(f"{what} that cannot be shown fell away.", severity="warning")
