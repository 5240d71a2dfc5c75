"""Keys that come in one go act in the order in which they were pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

if TYPE_CHECKING:
    from textual.widget import Widget

_MOVES = frozenset({"tab", "shift+tab"})


async def taken_in_order(field: Widget, event: events.Key) -> bool:
    """Whether `event`, which came to `field`, has had its effect; if not it is for the field's own `_on_key`.

    Keys that come in one go were all handed to the field that had the focus when they came. Textual's Input
    takes letters at once, but lets every other key travel up to the app and back: the Backspace would act
    after the letters that follow it, and what follows a Tab (a key, say) land in this field.
    """
    now = field.screen.focused
    bound = field._bindings.key_to_bindings.get(event.key, ())  # noqa: SLF001 - as Textual looks them up
    if now is not None and now is not field:
        now.post_message(events.Key(event.key, event.character))
    elif event.key in _MOVES:
        field.screen.focus_next() if event.key == "tab" else field.screen.focus_previous()
    elif not (bound and await field.app.run_action(bound[0].action, field)):
        # Not bound here, or the action had nothing to do: whoever is above may have a use for it.
        return False
    event.stop()
    event.prevent_default()
    return True
