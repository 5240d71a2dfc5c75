"""A plan in lines: what each step changes, what all of it costs, and what it cannot bring back or know."""

from __future__ import annotations

import json
import math
from functools import partial
from typing import TYPE_CHECKING

from entitree.cli.output import Told, narrate, print_table, write_chunks
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
    from typing import Any

    from entitree.changes.plan import Plan, State, Step
    from entitree.cli.output import Row, Value

COLUMNS = ("step", "effect", "what", "before", "after", "because", "needs")

CHUNK = 1000
_LISTED = 5
"""Values of a list that are shown."""
_HALVES = ("applicationId", "entityId")
_SHOWN = 60
"""Characters of a state in a table."""


async def write_lines(plan: Plan, form: str) -> None:
    """Prints a line a step on standard output."""
    await write_chunks(COLUMNS, partial(_chunks, plan.steps), form)


def narrate_lines(plan: Plan, most: int | None = None) -> None:
    """Says a line a step on standard error, the first `most` of them and how many there are beside."""
    steps = plan.steps if most is None or len(plan.steps) <= most + 1 else plan.steps[:most]
    rows = [_row(step) for step in steps]
    # Columns in which nothing stands would only take room.
    columns = [
        each for each in COLUMNS if each in ("effect", "what") or any(_said(row[each]) for row in rows)
    ]
    if len(plan.steps) == 1:
        columns.remove("step")
    print_table([each for each in columns if each != "needs"], rows)
    if len(steps) < len(plan.steps):
        narrate(f"and {len(plan.steps) - len(steps):,} more")


def narrate_rest(plan: Plan, factor: float | None) -> None:
    """Says what no line says: what it is, what is lost, what was not checked, and the cost at `factor` times
    the documented limits.
    """
    for each in plan.lost:
        narrate(f"Lost for good: {each.what}. {each.why}")
    for sentence in plan.unchecked:
        narrate(f"! {sentence}")
    if not plan.steps:
        narrate("There is nothing to do.")
        return
    cost = plan.cost(factor)
    time = f", about {duration(cost.seconds)}" if cost.seconds >= 1 else ""
    reads = f" and {counted(cost.reads, 'read')}" if cost.reads else ""
    narrate(f"{plan.title}: {counted(cost.writes, 'write')}{reads}{time}.")


def counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def duration(seconds: float) -> str:
    """A time as people say it, rounded up."""
    if seconds < 120:
        return f"{math.ceil(seconds)} s"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


async def _chunks(steps: Sequence[Step]) -> AsyncIterator[list[Row]]:
    for start in range(0, len(steps), CHUNK):
        yield [_row(step) for step in steps[start : start + CHUNK]]


def effect(step: Step) -> str:
    """What a step does: create, change or remove."""
    if step.after is None:
        return "remove"
    return "create" if step.before is None else "change"


def _row(step: Step) -> Row:
    return {
        "step": step.number,
        "effect": effect(step),
        "what": step.title,
        "before": _state(step.before, step.after),
        "after": _state(step.after, step.before),
        "because": step.reason,
        "needs": Told(list(step.needs), ", ".join(map(str, step.needs))),
    }


def _said(value: Value) -> str:
    return value.text if isinstance(value, Told) else str(value or "")


def _state(state: State | None, other: State | None) -> Told:
    """People see what differs, programs all of it."""
    if state is None:
        return Told(None, "")
    return Told(state, _cut(", ".join(_words(state, other))))


def _words(state: Mapping[str, Any], other: Mapping[str, Any] | None) -> Iterator[str]:
    for name, value in state.items():
        if name in ("known", "unread") or (other is not None and name in other and other[name] == value):
            continue
        if value is None or value == [] or value == {}:
            if other is not None and other.get(name) is not None:
                yield f"no {name}"
        elif isinstance(value, list) and not _comparable(value, other and other.get(name)):
            yield f"{len(value)} {name}"
        else:
            yield f"{name} {_value(value)}"


def _comparable(value: Sequence[Any], other: object) -> bool:
    """Whether it says more to show what a list holds than how much."""
    return isinstance(other, list) and max(len(value), len(other)) <= _LISTED


def _value(value: object) -> str:
    from entitree.changes.impact import pair

    if isinstance(value, str):
        return f"“{value}”"
    if isinstance(value, list):
        return "; ".join(map(_value, value))
    if isinstance(value, dict) and value.keys() & set(_HALVES):
        return pair(*(value.get(name) for name in _HALVES))
    return json.dumps(value, ensure_ascii=False, default=dict)


def _cut(text: str) -> str:
    shown = visible(text)
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 1]}…"
