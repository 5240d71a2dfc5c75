"""The keys are never lost: whatever takes the focus away, something on the screen gets it back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from textual import on
from textual.app import App
from textual.css.query import NoMatches
from textual.events import Mount
from textual.widgets import Input

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen
    from textual.widget import Widget


class FocusApp(App[int]):
    """An app whose screens have their focus somewhere as long as there is anything that can have it.

    Textual takes it away when what has it is hidden, shut or removed, and when the mouse is pressed where
    there is nothing, as at the edge of a window that has just been made smaller. Then all keys but those of
    the screen itself would be dead, and nothing would say so.
    """

    def __init__(self) -> None:
        super().__init__()
        self._kept: WeakSet[Screen[Any]] = WeakSet()

    @on(Mount)
    def _keep_focus(self) -> None:
        self.screen_change_signal.subscribe(self, self._keep, immediate=True)
        self._keep(self.screen)

    def _keep(self, screen: Screen[Any]) -> None:
        if screen not in self._kept:
            self._kept.add(screen)
            changed: Callable[[Widget | None, Widget | None], None] = partial(self._focus_changed, screen)
            self.watch(screen, "focused", changed, init=False)
        else:
            self.give_focus(screen)

    def give_focus(self, screen: Screen[Any]) -> None:
        """Where nothing on `screen` has the keys, something gets them soon."""
        self.call_later(self._give_back, screen, None)

    def _focus_changed(self, screen: Screen[Any], before: Widget | None, now: Widget | None) -> None:
        if now is None:
            # Whoever took it may have somebody in mind who is to have it.
            self.call_later(self._give_back, screen, before)

    def _give_back(self, screen: Screen[Any], before: Widget | None) -> None:
        # A terminal's window that has lost it gives it back itself. What is shut while something is asked for
        # gets it back when that is over.
        if screen.focused is not None or not self.app_focus or not screen.is_attached or _busy(screen):
            return
        chain = screen.focus_chain
        if chain:
            screen.set_focus(before if before in chain else _natural(screen, chain))


def _busy(screen: Screen[Any]) -> bool:
    return getattr(screen, "busy", False) is True


def _natural(screen: Screen[Any], chain: list[Widget]) -> Widget:
    """Who has it when the screen opens; else a list or button rather than a field, where letters are text."""
    if screen.AUTO_FOCUS:
        try:
            first = screen.query(screen.AUTO_FOCUS).first()
        except NoMatches:
            pass
        else:
            if first in chain:
                return first
    return next((each for each in chain if not isinstance(each, Input)), chain[0])
