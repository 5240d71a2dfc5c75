"""When Python looks for garbage: not while all that is made stays, as it does in a start."""

from __future__ import annotations

import gc

_held = False


def hold() -> None:
    """No more looking for garbage until `release`: what is imported stays, and is looked through in vain."""
    global _held
    _held = True
    gc.disable()


def release() -> None:
    """Looks for garbage again, but never among what is there now. Does nothing where nothing was held."""
    global _held
    if _held:
        _held = False
        gc.freeze()
        gc.enable()
