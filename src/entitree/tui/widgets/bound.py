"""A binding of a widget or dialog: named, so that its key can be another one, and told in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual._context import active_app  # the only way to the app that runs, for texts made anywhere
from textual.binding import Binding

if TYPE_CHECKING:
    from textual.dom import DOMNode

UNBOUND = "unbound"
"""Stands for no key: no key is called this. An empty text Textual takes for a mistake, or for nothing."""


def bound(keys: str, action: str, name: str, sentence: str, *, priority: bool = False) -> Binding:
    """Binds `keys`, Textual's names with commas between. `name` is what the settings call it."""
    return Binding(keys, action, sentence, show=False, id=name, tooltip=sentence, priority=priority)


def bindings_of(cls: type[DOMNode]) -> dict[str, Binding]:
    """What a class and those above it bind by name."""
    found: dict[str, Binding] = {}
    for base in reversed(cls.__mro__):
        for each in base.__dict__.get("BINDINGS", ()):
            if isinstance(each, Binding) and each.id and each.tooltip and not each.system:
                found[each.id] = each
    return found


def keys_of(binding: Binding) -> tuple[str, ...]:
    """The keys that it has by itself, in Textual's names."""
    return tuple(key for key in binding.key.split(",") if key != UNBOUND)


def said(name: str, own: str) -> str:
    """The key of what is bound as `name`, for a sentence: `own`, or the one that the user gave it instead;
    where that is none, the way by the palette.
    """
    keys = getattr(active_app.get(None), "changed_keys", {}).get(name)
    if keys is None:
        return own
    from entitree.tui.commands.key_names import sign

    return sign(keys[0]) if keys else f":{name}"
