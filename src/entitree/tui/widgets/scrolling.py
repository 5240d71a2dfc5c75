"""The keys that move a list while a button or a field has the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.tui.widgets.bound import bound

if TYPE_CHECKING:
    from textual.binding import BindingType

SCROLLING: list[BindingType] = [
    bound("up", "scroll(-1)", "scroll-up", "One line up."),
    bound("down", "scroll(1)", "scroll-down", "One line down."),
    bound("pageup", "page(-1)", "scroll-page-up", "One page up."),
    bound("pagedown", "page(1)", "scroll-page-down", "One page down."),
]
"""For a screen with `action_scroll` and `action_page`."""
