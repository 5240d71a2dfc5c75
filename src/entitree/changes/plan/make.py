"""From edits to a plan: in which order they are carried out, and what stands against it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from entitree.changes import edits as e
from entitree.changes.plan.conflicts import conflicts
from entitree.changes.plan.ground import Existing, Ground
from entitree.changes.plan.losses import losses
from entitree.changes.plan.model import Plan
from entitree.changes.plan.steps import step
from entitree.changes.plan.targets import names
from entitree.changes.snapshot import doomed
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from entitree.changes.edits import Edit
    from entitree.changes.impact import Impact
    from entitree.changes.plan.model import Lost, State, Step, Target
    from entitree.changes.vault import Vault
    from entitree.inventory.model import Kind

_ORDER: tuple[type[Edit], ...] = (
    e.Create,
    e.Alias,
    e.Associate,
    e.CreateStrategy,
    e.CreateSubscription,
    e.ModifySubscription,
    e.LinkNumber,
    e.WriteInbound,
    e.LinkKey,
    e.EnableKey,
    e.Dissociate,
    e.DeleteStrategy,
    e.DeleteSubscription,
    e.DeleteInbound,
    e.Delete,
)
"""What others may need comes first, what takes others with it last."""


@dataclass(frozen=True, slots=True)
class Wish:
    """An edit, why it is there, and which others must have been done before it."""

    edit: Edit
    reason: str = ""
    needs: tuple[int, ...] = ()
    """Positions of earlier ones in the sequence of wishes, from 0."""


def plan(
    edits: Sequence[Edit | Wish],
    *,
    account: str = "",
    protected: Collection[str] = (),
    existing: Existing | None = None,
    impacts: Iterable[Impact] = (),
    states: Mapping[Target, State | None] | None = None,
    vault: Vault | None = None,
    called: Mapping[str, str] | None = None,
    created: datetime | None = None,
    lost: Iterable[Lost] = (),
    unchecked: Iterable[str] = (),
    counts: Mapping[Kind, int] | None = None,
) -> Plan:
    """The plan that carries out `edits`, with the conflicts found before anything runs.

    Edits are put in the order that works; wishes run in the order in which they are given, and one whose need
    has a conflict falls away with it. What uses an application or entity that the plan makes needs that step.

    Args:
        account: what the plan is bound to.
        protected: ids that are never deleted; the default application never is (platform.md 1.4).
        existing: the items that the edits speak of (`targets.subjects`), where they are there.
        impacts: what was shown of the deletions; one that no impact covers is a conflict.
        states: what `objects.read` has just shown of targets; of others the edits say what was there before.
        vault: where forwarding URLs with a password or a query are put, which writes a file; without it such
            an edit is a conflict.
        called: what people call numbers, by their keys, for the titles of steps.
        created: when it was made; now, if not given.
        lost: what else no undo brings back.
        unchecked: what could not be checked, a sentence each.
        counts: how many items there are, for its cost (`Plan.counts`).

    Raises StorageError where the vault cannot be used.
    """
    known = existing or {}
    removals = {
        (each.kind, item_id): doomed(each, item_id, gone, known.get((each.kind, item_id)))
        for each in impacts
        for item_id, gone in each.by_id().items()
    }
    ground = Ground(known, removals, states or {}, protected, vault, called or {})
    wishes = [each if isinstance(each, Wish) else Wish(each) for each in edits]
    for at, wish in enumerate(wishes):
        if not all(0 <= need < at for need in wish.needs):
            raise ValueError(f"wish {at} needs one that is not before it")
    order = list(range(len(wishes)))
    if not any(isinstance(each, Wish) for each in edits):
        order.sort(key=lambda at: _ORDER.index(type(wishes[at].edit)))
    found = tuple(conflicts([wishes[at].edit for at in order], ground))
    against = {id(each.edit) for each in found}
    numbers: dict[int, int] = {}
    made: dict[tuple[Kind, str], int] = {}
    steps: list[Step] = []
    told: list[tuple[Edit, Step]] = []
    for at in order:
        wish = wishes[at]
        if id(wish.edit) in against or not numbers.keys() >= set(wish.needs):
            continue
        numbers[at] = number = len(steps) + 1
        needs = {numbers[need] for need in wish.needs} | {
            made[named] for named in names(wish.edit) if named in made
        }
        if isinstance(wish.edit, e.Create):
            made[wish.edit.kind, wish.edit.id] = number
        fresh = step(number, wish.edit, ground)
        steps.append(replace(fresh, reason=wish.reason, needs=tuple(sorted(needs))))
        told.append((wish.edit, fresh))
    return Plan(
        account,
        tuple(steps),
        found,
        created or datetime.now(UTC),
        (*lost, *losses(told)),
        (*unchecked, *_made_by_links(wishes, known, made)),
        counts or {},
    )


def _made_by_links(
    wishes: Sequence[Wish], known: Existing, made: Mapping[tuple[Kind, str], int]
) -> Iterable[str]:
    """Binding a key makes applications and entities that are not there (platform.md 6)."""
    wanted = {
        named
        for wish in wishes
        if isinstance(wish.edit, e.LinkKey)
        for named in names(wish.edit)
        if named not in known and named not in made
    }
    for kind, item_id in sorted(wanted, key=lambda each: (each[0].value, each[1])):
        what = f"{kind.value} “{visible(item_id)}”"
        yield f"Whether the {what} is there: if it is not, binding an API key to it makes it."
