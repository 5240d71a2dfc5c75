"""Commands of the screen of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.tui.commands.command import Command, Group
from entitree.tui.commands.program import Help, Palette, Screenshot

if TYPE_CHECKING:
    from entitree.tui.screens.plan import PlanScreen


class Apply(Command["PlanScreen"]):
    name = "apply"
    keys = ()
    label = "Apply"
    sentence = "Carry the plan out. Where something is removed, type first what stands beside the field."
    group = Group.CHANGE

    @classmethod
    def disabled_reason(cls, screen: PlanScreen) -> str | None:
        return screen.reason_against() or screen.not_typed

    @classmethod
    def run(cls, screen: PlanScreen) -> None:
        screen.apply()


class SavePlan(Command["PlanScreen"]):
    name = "save-plan"
    keys = ("ctrl+s",)
    shown_key = "Ctrl+S"
    label = "Save"
    sentence = "Save the plan to a file that `entitree apply` carries out."
    group = Group.CHANGE

    @classmethod
    def disabled_reason(cls, screen: PlanScreen) -> str | None:
        plan = screen.plan
        return None if plan.steps and not plan.conflicts else "A plan that can never be applied is not saved."

    @classmethod
    def run(cls, screen: PlanScreen) -> None:
        screen.save()


class Narrow(Command["PlanScreen"]):
    name = "filter"
    keys = ("slash", "ctrl+f")
    shown_key = "/"
    label = "Filter"
    sentence = "Show only lines that hold some words."
    group = Group.FIND

    @classmethod
    def run(cls, screen: PlanScreen) -> None:
        screen.rows.open_filter()


class Close(Command["PlanScreen"]):
    name = "plan-close"
    keys = ("escape",)
    shown_key = "Esc"
    label = "Cancel"
    sentence = "Clear the filter, or leave: nothing is sent."
    group = Group.MOVE

    @classmethod
    def run(cls, screen: PlanScreen) -> None:
        screen.close()


PLAN_COMMANDS = (Apply, SavePlan, Narrow, Palette, Screenshot, Close, Help)
