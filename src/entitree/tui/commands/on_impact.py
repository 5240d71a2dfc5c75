"""Commands of the screen that shows what a deletion does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.tui.commands.command import Command, Group
from entitree.tui.commands.program import Help, Palette, Screenshot

if TYPE_CHECKING:
    from entitree.tui.screens.impact import ImpactScreen


class DeleteNow(Command["ImpactScreen"]):
    name = "delete-now"
    keys = ()
    label = "Delete"
    sentence = "Delete what is listed, once what stands beside the field is typed."
    group = Group.CHANGE

    @classmethod
    def disabled_reason(cls, screen: ImpactScreen) -> str | None:
        return screen.no_change or screen.not_typed

    @classmethod
    def run(cls, screen: ImpactScreen) -> None:
        screen.confirm()


class DetachFirst(Command["ImpactScreen"]):
    name = "detach-first"
    keys = ()
    label = "Detach first"
    sentence = "Plan to untie everything before it is deleted."
    group = Group.CHANGE

    @classmethod
    def disabled_reason(cls, screen: ImpactScreen) -> str | None:
        return screen.no_change

    @classmethod
    def run(cls, screen: ImpactScreen) -> None:
        screen.detach_first()


class MoveFirst(Command["ImpactScreen"]):
    name = "move-first"
    keys = ()
    label = "Move first"
    sentence = "Plan to tie everything to another application or entity before it is deleted."
    group = Group.CHANGE

    @classmethod
    def disabled_reason(cls, screen: ImpactScreen) -> str | None:
        return screen.no_change

    @classmethod
    def run(cls, screen: ImpactScreen) -> None:
        screen.move_first()


class LeaveOut(Command["ImpactScreen"]):
    name = "leave-out"
    keys = ()
    label = "Leave out"
    sentence = "Leave out the marked ones that the filter of the list does not show."
    group = Group.CHANGE

    @classmethod
    def disabled_reason(cls, screen: ImpactScreen) -> str | None:
        return None if screen.can_leave_out else "The filter of the list hides none of these, or all."

    @classmethod
    def run(cls, screen: ImpactScreen) -> None:
        screen.leave_out()


class SaveReport(Command["ImpactScreen"]):
    name = "save-report"
    keys = ()
    label = "Save report"
    sentence = "Save all that is shown as Markdown or JSON."
    group = Group.PROGRAM

    @classmethod
    def run(cls, screen: ImpactScreen) -> None:
        screen.save_report()


class Walk(Command["ImpactScreen"]):
    name = "walk"
    keys = ()
    label = "Read inbound"
    sentence = "Read the inbound configurations that no list holds; chosen again, stop."
    group = Group.FIND

    @classmethod
    def disabled_reason(cls, screen: ImpactScreen) -> str | None:
        return None if screen.can_walk else "There are none that are not read, or it is not known yet."

    @classmethod
    def run(cls, screen: ImpactScreen) -> None:
        screen.walk()


class Narrow(Command["ImpactScreen"]):
    name = "filter"
    keys = ("slash", "ctrl+f")
    shown_key = "/"
    label = "Filter"
    sentence = "Show only lines that hold some words."
    group = Group.FIND

    @classmethod
    def run(cls, screen: ImpactScreen) -> None:
        screen.open_filter()


class Close(Command["ImpactScreen"]):
    name = "impact-close"
    keys = ("escape",)
    shown_key = "Esc"
    label = "Cancel"
    sentence = "Clear the filter, or leave: nothing is deleted that was not typed."
    group = Group.MOVE

    @classmethod
    def run(cls, screen: ImpactScreen) -> None:
        screen.close()


IMPACT_COMMANDS = (
    DeleteNow,
    DetachFirst,
    MoveFirst,
    LeaveOut,
    Walk,
    Narrow,
    Palette,
    Screenshot,
    SaveReport,
    Close,
    Help,
)
