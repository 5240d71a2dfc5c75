"""What a job has changed in all: of each thing that its done steps touched, what was before and after."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from entitree.api import operations as ops
from entitree.changes import outcome
from entitree.changes.jobs import StepState
from entitree.changes.objects import items, keys, strategies, subscriptions
from entitree.changes.plan.model import Target, association_target
from entitree.changes.snapshot import reset, resets
from entitree.inventory.model import AssociationRow, Family, LinkRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from entitree.changes.jobs import StepRecord
    from entitree.changes.plan import State, Step

_DELETIONS = frozenset({ops.DELETE_APPLICATION.name, ops.DELETE_ENTITY.name})


@dataclass(slots=True)
class Change:
    """What was done to one thing."""

    target: Target
    before: State | None
    after: State | None
    title: str
    """Of the step that touched it first."""
    steps: set[int] = field(default_factory=set)
    kept: bool = False
    """An API key that lost what it was bound to: the platform may leave the link, or take it away."""


@dataclass(slots=True)
class Net:
    changes: dict[Target, Change] = field(default_factory=dict)
    done: list[Step] = field(default_factory=list)
    """The steps that they are made of."""
    needs: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Of a step which others needed it."""
    doubtful: list[StepRecord] = field(default_factory=list)
    """Steps of which nobody knows whether they were carried out."""
    undone: list[StepRecord] = field(default_factory=list)
    """Steps that changed nothing."""


def net(records: Iterable[StepRecord]) -> Net:
    """The changes that `records` tell of, those of one job in order. Linear."""
    found = Net()
    for record in records:
        step = record.step
        if record.state in (StepState.UNKNOWN, StepState.INFLIGHT):
            found.doubtful.append(record)
            continue
        # What was so already, or was gone already, is not what the job has done.
        if not record.tries or not outcome.ours(record):
            found.undone.append(record)
            continue
        touched = list(_touched(record))
        if not touched:
            found.doubtful.append(record)
            continue
        found.done.append(step)
        for need in step.needs:
            found.needs[need].add(step.number)
        for change in touched:
            known = found.changes.get(change.target)
            if known is not None and change.target != step.target and step.operation in _DELETIONS:
                # What the job itself changed before was no longer as it was when the deletion was planned.
                known.steps.add(step.number)
            else:
                _merge(found.changes, change, step.number)
    return found


def _merge(changes: dict[Target, Change], change: Change, number: int) -> None:
    known = changes.setdefault(change.target, change)
    if known is not change:
        if known.before is not None and change.before is not None:
            # A step tells only what it is about: what an earlier one did not tell was as it is told now.
            known.before = {**change.before, **known.before}
        both = known.after is not None and change.after is not None
        known.after = {**(known.after or {}), **(change.after or {})} if both else change.after
        known.kept = known.kept or change.kept
    known.steps.add(number)


def _touched(record: StepRecord) -> Iterator[Change]:
    step = record.step
    target = step.target
    if step.operation in _DELETIONS:
        yield from _of_deletion(step)
        return
    if step.operation == ops.CREATE_STRATEGY.name:
        id_ = (record.result or {}).get("id")
        if not isinstance(id_, str):
            return
        target = Target(Family.STRATEGIES, (id_,))
    yield Change(target, step.before, step.after, step.title)


def _of_deletion(step: Step) -> Iterator[Change]:
    before = step.before or {}
    known: State = items.state(before.get("alias")) if before.get("known") else {}
    yield Change(step.target, known, None, step.title)
    for target, was, now in _taken(before):
        yield Change(target, was, now, step.title, kept=target.family is Family.KEYS)


def _taken(before: Mapping[str, Any]) -> Iterator[tuple[Target, State, State | None]]:
    """What goes with the deletion of an item, or is reset by it: what it is, was, and is then."""
    for each in before.get(Family.ASSOCIATIONS.value, ()):
        yield association_target(AssociationRow(**each)), {}, None
    for each in before.get(Family.STRATEGIES.value, ()):
        yield Target(Family.STRATEGIES, (each["id"],)), _strategy(each["strategy"]), None
    for each in before.get(Family.SUBSCRIPTIONS.value, ()):
        target = Target(Family.SUBSCRIPTIONS, (each["channel"], each["id"]))
        yield target, _subscription(each["subscription"], each["id"]), None
    for target, linked in resets(before).items():
        yield target, linked, reset(target)
    for each in before.get("keys", ()):
        was = {"platform": keys.links(LinkRow(**link) for link in each["links"])}
        yield Target(Family.KEYS, (each["id"],)), was, was


def _strategy(raw: Mapping[str, Any]) -> State:
    try:
        return strategies.state(strategies.parsed(raw))
    except ValidationError:
        return {name: each for name, each in raw.items() if name != strategies.ID}


def _subscription(raw: Mapping[str, Any], id_: str) -> State:
    try:
        return subscriptions.state(subscriptions.parsed(raw, id_))
    except ValidationError:
        return {}


def titles(records: Sequence[StepRecord], most: int = 3) -> str:
    """Some of them by number and title."""
    shown = ", ".join(f"{each.step.number} “{each.step.title}”" for each in records[:most])
    return shown + (f" and {len(records) - most} more" if len(records) > most else "")
