"""From edits to a plan: in which order they are carried out, and what stands against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from entitree.changes.edits import Alias, Associate, Create, Delete, Dissociate, Edit
from entitree.changes.plan.conflicts import conflicts
from entitree.changes.plan.model import Plan
from entitree.changes.plan.steps import step
from entitree.changes.snapshot import doomed
from entitree.inventory.model import Item, Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from entitree.changes.impact import Impact
    from entitree.changes.plan.model import Step

Existing = Mapping[tuple[Kind, str], Item]

_ORDER: tuple[type[Edit], ...] = (Create, Alias, Associate, Dissociate, Delete)
"""What others may need comes first, what takes others with it last."""


@dataclass(frozen=True, slots=True)
class Wish:
    """An edit, why it is there, and which others must have been done before it."""

    edit: Edit
    reason: str = ""
    needs: tuple[int, ...] = ()
    """Positions in the sequence of wishes, from 0."""


def plan(
    edits: Sequence[Edit | Wish],
    *,
    account: str = "",
    protected: Collection[str] = (),
    existing: Existing | None = None,
    impacts: Iterable[Impact] = (),
    created: datetime | None = None,
) -> Plan:
    """The plan that carries out `edits`, with the conflicts found before anything runs.

    Edits are put in the order that works; wishes run in the order in which they are given, and one whose need
    has a conflict falls away with it.

    Args:
        account: what the plan is bound to.
        protected: ids that are never deleted; the default application never is (platform.md 1.4).
        existing: the items that the edits speak of, where they are there.
        impacts: what was shown of the deletions; one that no impact covers is a conflict.
        created: when it was made; now, if not given.
    """
    known = existing or {}
    removals = {
        (each.kind, item_id): doomed(each, item_id, gone, known.get((each.kind, item_id)))
        for each in impacts
        for item_id, gone in each.by_id().items()
    }
    wishes = [each if isinstance(each, Wish) else Wish(each) for each in edits]
    found = tuple(conflicts([each.edit for each in wishes], protected, known, removals))
    against = {id(each.edit) for each in found}
    order = list(range(len(wishes)))
    if not any(isinstance(each, Wish) for each in edits):
        order.sort(key=lambda at: _ORDER.index(type(wishes[at].edit)))
    numbers: dict[int, int] = {}
    steps: list[Step] = []
    for at in order:
        wish = wishes[at]
        if id(wish.edit) in against or not numbers.keys() >= set(wish.needs):
            continue
        numbers[at] = len(steps) + 1
        made = step(numbers[at], wish.edit, known, removals)
        steps.append(replace(made, reason=wish.reason, needs=tuple(numbers[need] for need in wish.needs)))
    return Plan(account, tuple(steps), found, created or datetime.now(UTC))
