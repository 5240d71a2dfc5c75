"""Commands that mark. Marks are ids: they survive filter, sort and refresh."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.tui.commands.command import Command, Group

if TYPE_CHECKING:
    from entitree.tui.screens.main import MainScreen


class _OnRow(Command["MainScreen"]):
    group = Group.MARK

    @classmethod
    def disabled_reason(cls, screen: MainScreen) -> str | None:
        return screen.pane.no_mark


class Mark(_OnRow):
    name = "mark"
    keys = ("space",)
    label = "Mark"
    sentence = "Mark the row, or take its mark away, and move down."
    rank = 40

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        screen.pane.toggle_mark()


class MarkRange(_OnRow):
    name = "range"
    keys = ("v",)
    label = "Range"
    sentence = "Begin a range here; pressed again, mark everything in between."
    rank = 90

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        screen.pane.mark_range()


class MarkAll(_OnRow):
    name = "mark-all"
    keys = ("asterisk",)
    shown_key = "*"
    label = "Mark all"
    sentence = "Mark everything that matches the filter."

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        screen.pane.mark_all()


class Invert(_OnRow):
    name = "invert"
    keys = ("tilde",)
    shown_key = "~"
    label = "Invert"
    sentence = "Of everything that matches the filter, mark what is not marked and the reverse."

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        screen.pane.invert_marks()


class Unmark(Command["MainScreen"]):
    name = "unmark"
    keys = ("u",)
    label = "Unmark"
    sentence = "Take all marks away."
    group = Group.MARK

    @classmethod
    def disabled_reason(cls, screen: MainScreen) -> str | None:
        return None if screen.pane.marks else "Nothing is marked."

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        screen.pane.clear_marks()
