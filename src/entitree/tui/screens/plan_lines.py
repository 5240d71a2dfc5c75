"""A plan in lines: what needs attention first, then each step with before, after and why."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from entitree.changes.vault import MARK, NAMED
from entitree.inventory.model import Family
from entitree.text import visible
from entitree.tui.widgets.columns import Column
from entitree.tui.widgets.row_source import thousands
from entitree.tui.widgets.rows import Line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from entitree.changes.edits import Edit
    from entitree.changes.plan import Plan, Step
    from entitree.changes.plan.cost import Cost
    from entitree.changes.plan.model import State

Sign = Literal["+", "~", "-", "!"]

SIGNS: dict[Sign, str] = {"+": "create", "~": "change", "-": "remove", "!": "need attention"}
PLAN_COLUMNS = (
    Column("", minimum=1),
    # Long titles would leave no room for the rest, however wide the terminal.
    Column("What", weight=5, minimum=18, maximum=80),
    Column("Before → after", weight=3, minimum=14, maximum=60),
    Column("Why", weight=2, minimum=12, quiet=True),
)
_SECRET = "(part of it kept secret)"  # noqa: S105 - what is said instead of one
_LONGEST = 300
"""Characters of one value that a line shows; the rest is in the saved plan."""
_NOUNS = {
    Family.ASSOCIATIONS.value: ("association", "associations"),
    Family.STRATEGIES.value: ("strategy", "strategies"),
    Family.SUBSCRIPTIONS.value: ("subscription", "subscriptions"),
}


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One line: inert texts."""

    key: str
    sign: Sign
    what: str
    change: str = ""
    why: str = ""

    @property
    def whole(self) -> str:
        """All of it, uncut."""
        return "\n".join(filter(None, (f"{self.sign} {self.what}", self.change, self.why)))

    @property
    def searched(self) -> str:
        return f"{self.sign} {SIGNS[self.sign]} {self.what} {self.change} {self.why}"

    def drawn(self) -> Line:
        return Line(
            key=self.key,
            cells=(self.sign, self.what, self.change, self.why),
            marked=False,
            locked=False,
        )

    def drawn_without_why(self) -> Line:
        return Line(key=self.key, cells=(self.sign, self.what, self.change), marked=False, locked=False)


def plan_lines(plan: Plan) -> list[PlanLine]:
    """Every line of the screen, in reading order."""
    titles = {step.number: step.title for step in plan.steps}
    return [
        *(
            PlanLine(
                f"conflict {at}",
                "!",
                visible(f"Cannot be done: {edit_words(each.edit)}"),
                "",
                visible(each.text),
            )
            for at, each in enumerate(plan.conflicts)
        ),
        *(
            PlanLine(f"lost {at}", "!", visible(f"Lost for good: {each.what}"), why=visible(each.why))
            for at, each in enumerate(plan.lost)
        ),
        *(PlanLine(f"unchecked {at}", "!", visible(each)) for at, each in enumerate(plan.unchecked)),
        *(
            PlanLine(f"step {each.number}", sign(each), visible(each.title), change(each), why(each, titles))
            for each in plan.steps
        ),
    ]


def sign(step: Step) -> Sign:
    """What a step does to its target."""
    if step.after is None:
        return "-"
    return "+" if step.before is None else "~"


def removes(plan: Plan) -> bool:
    """Whether a step takes something away: then Enter alone does not apply it."""
    return any(step.after is None for step in plan.steps)


def confirmation(plan: Plan) -> str:
    """What has to be typed to apply a plan that removes something."""
    return "apply" if len(plan.steps) == 1 else f"apply {len(plan.steps)}"


def counts(lines: Sequence[PlanLine]) -> str:
    """`+ 3 create   - 2 remove`."""
    found = {sign: sum(1 for line in lines if line.sign == sign) for sign in SIGNS}
    return "   ".join(f"{each} {thousands(count)} {SIGNS[each]}" for each, count in found.items() if count)


def cost_words(cost: Cost, rate: str) -> str:
    """Requests, and time at the allowed rate."""
    writes = "1 request" if cost.writes == 1 else f"{thousands(cost.writes)} requests"
    reads = f" + {thousands(cost.reads)} re-read{'' if cost.reads == 1 else 's'}" if cost.reads else ""
    time = f", {lasting(cost.seconds)} at {rate}" if math.ceil(cost.seconds) else ""
    return f"{writes}{reads}{time}"


def lasting(seconds: float) -> str:
    """How long something takes, at least."""
    whole = math.ceil(seconds)
    if whole < 120:
        return f"~{whole} s"
    minutes = math.ceil(whole / 60)
    return f"~{minutes} min" if minutes < 120 else f"~{math.ceil(minutes / 60)} h"


def edit_words(edit: Edit) -> str:
    """An edit that is no step, in words; raw text."""
    name = type(edit).__name__
    verb = "".join(f" {char.lower()}" if char.isupper() else char for char in name).strip()
    return f"{verb} {getattr(edit, 'id', '')}".strip()


def why(step: Step, titles: Mapping[int, str]) -> str:
    """Why it is there, and what has to be done before it."""
    needed = ""
    if step.needs:
        more = f" and {thousands(len(step.needs) - 1)} more" if len(step.needs) > 1 else ""
        needed = f"only after “{titles.get(step.needs[0], f'step {step.needs[0]}')}”{more}"
    return visible("; ".join(filter(None, (step.reason, needed))))


def change(step: Step) -> str:
    """What is there before and after it, as far as it matters."""
    if step.after is None:
        return _removed(step)
    if step.before is None:
        told = [f"{name} {_value(value)}" for name, value in step.after.items() if not _nothing(value)]
        return visible(", ".join(told))
    told = [
        f"{name} {_value(step.before.get(name))} → {_value(value)}"
        for name, value in step.after.items()
        if step.before.get(name) != value
    ]
    return visible(", ".join(told))


def _removed(step: Step) -> str:
    if step.kind is None:
        told = [
            f"{name} {_value(value)}"
            for name, value in (step.before or {}).items()
            if not _nothing(value) and isinstance(value, str)
        ]
        return visible(", ".join(told))
    before: State = step.before or {}
    alias = f"alias {_value(before.get('alias'))}" if before.get("alias") else ""
    gone = [
        f"{thousands(len(before[family]))} {one if len(before[family]) == 1 else many}"
        for family, (one, many) in _NOUNS.items()
        if before.get(family)
    ]
    with_it = (
        f"{' and '.join([', '.join(gone[:-1]), gone[-1]] if gone[1:] else gone)} with it" if gone else ""
    )
    return visible(", ".join(filter(None, (alias, with_it))))


def _nothing(value: object) -> bool:
    return value is None or value in ([], {}, "")


def _value(value: Any) -> str:  # noqa: ANN401 - whatever a state holds
    if _nothing(value):
        return "–"
    if isinstance(value, str):
        text = f"“{value}”"
    elif isinstance(value, bool):
        text = "yes" if value else "no"
    else:
        text = json.dumps(_open(value), ensure_ascii=False, default=dict)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _open(value: Any) -> Any:  # noqa: ANN401 - whatever a state holds
    """The value as people read it: without what is null, and without fingerprints."""
    if isinstance(value, list | tuple):
        return [_open(each) for each in value]
    if not hasattr(value, "items"):
        return value
    if MARK in value:
        return _SECRET
    told = {name: _open(each) for name, each in value.items() if name != NAMED and not _nothing(each)}
    return told | ({"url": f"{told.get('url', '')} {_SECRET}".strip()} if value.get(NAMED) else {})
