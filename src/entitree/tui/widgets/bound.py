"""A binding of a widget or dialog: named, so that its key can be another one, and told in a sentence."""

from __future__ import annotations

from textual.binding import Binding


def bound(keys: str, action: str, name: str, sentence: str, *, priority: bool = False) -> Binding:
    """Binds `keys`, Textual's names with commas between. `name` is what the settings call it."""
    return Binding(keys, action, sentence, show=False, id=name, tooltip=sentence, priority=priority)
