"""A plan and what it is made of: plain values that can be shown, stored and compared."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeAlias

from entitree.inventory.model import AssociationRow, Family, Kind

if TYPE_CHECKING:
    from entitree.changes.edits import Edit
    from entitree.changes.plan.cost import Cost

State: TypeAlias = Mapping[str, Any]
"""A thing of the account as plain JSON data, without secrets: what is compared, and kept for undo."""

ITEM_FAMILIES = {Family.APPLICATIONS: Kind.APPLICATION, Family.ENTITIES: Kind.ENTITY}


@dataclass(frozen=True, slots=True)
class Target:
    """The one thing of the account that a step is about.

    `key` holds: of an application, entity, strategy, number or API key its id alone; of a subscription its
    channel and id; of an association its five parts in the order of `AssociationRow`; of an inbound
    configuration resource, channel and keyword. Of a strategy that is yet to be made it is empty.
    """

    family: Family
    key: tuple[str | None, ...]

    @property
    def kind(self) -> Kind | None:
        """Of an application or entity which of the two it is."""
        return ITEM_FAMILIES.get(self.family)

    @property
    def id(self) -> str | None:
        """Of an application or entity its id."""
        return self.key[0] if self.kind is not None else None

    @property
    def association(self) -> AssociationRow | None:
        if self.family is not Family.ASSOCIATIONS:
            return None
        type_, channel, application, entity, resource = self.key
        return AssociationRow(type_ or "", channel or "", application or "", entity, resource or "")


def item_target(kind: Kind, item_id: str) -> Target:
    return Target(Family.APPLICATIONS if kind is Kind.APPLICATION else Family.ENTITIES, (item_id,))


def association_target(row: AssociationRow) -> Target:
    return Target(
        Family.ASSOCIATIONS,
        (row.resource_type, row.channel, row.application_id, row.entity_id, row.resource_id),
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One request to be, and all that is needed to know afterwards whether it took effect."""

    number: int
    """From 1, in the order of running."""
    operation: str
    """Name of a row of the operations table."""
    title: str
    target: Target
    reason: str = ""
    """Why it is there, where it is not what was asked for: `so that the deletion finds nothing tied`."""
    path: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    """What is sent. A secret in it stands as a reference to the vault."""
    before: State | None = None
    """What was there when it was planned; None: nothing was. Of a deletion all that goes with it."""
    after: State | None = None
    """What is to be there when it is done, as far as it matters; None: nothing."""
    needs: tuple[int, ...] = ()
    """Steps that must have been done; if one was not, this one is skipped."""

    @property
    def kind(self) -> Kind | None:
        return self.target.kind

    @property
    def id(self) -> str | None:
        return self.target.id

    @property
    def association(self) -> AssociationRow | None:
        return self.target.association


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why an edit cannot be part of the plan."""

    edit: Edit
    text: str


@dataclass(frozen=True, slots=True)
class Lost:
    """What the plan takes away and no undo can bring back, said before it runs."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps for one account. A plan with conflicts is shown, never run."""

    account: str
    """The profile it is bound to, and where that profile's platform is."""
    steps: tuple[Step, ...]
    conflicts: tuple[Conflict, ...] = ()
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    lost: tuple[Lost, ...] = ()
    unchecked: tuple[str, ...] = ()
    """What could not be checked when it was made, a sentence each."""
    counts: Mapping[Kind, int] = field(default_factory=dict)
    """How many applications and entities there were when it was made, where its cost depends on that."""

    @property
    def title(self) -> str:
        """What it does: the title of its only step, or `Delete 3 entities, create 1 application`."""
        if len(self.steps) == 1:
            return self.steps[0].title
        counts = Counter(_noun(step) for step in self.steps)
        words = ", ".join(f"{verb} {n} {one if n == 1 else many}" for (verb, one, many), n in counts.items())
        return words[:1].upper() + words[1:]

    @property
    def digest(self) -> str:
        """Changes whenever anything that would be sent, or that it was planned upon, does."""
        steps = [
            (
                step.number,
                step.operation,
                step.target.family.value,
                step.target.key,
                step.path,
                step.body,
                step.before,
                step.after,
                step.needs,
            )
            for step in self.steps
        ]
        return sha256(json.dumps([self.account, steps], sort_keys=True, default=dict).encode()).hexdigest()

    def cost(self, factor: float | None = 1.0) -> Cost:
        """What running it takes, at `factor` times the documented limits; None means no limits."""
        from entitree.changes.plan.cost import cost

        return cost(self.steps, factor, self.counts)


_NOUNS = {
    Family.APPLICATIONS: ("application", "applications"),
    Family.ENTITIES: ("entity", "entities"),
    Family.ASSOCIATIONS: ("resource", "resources"),
    Family.STRATEGIES: ("sending strategy", "sending strategies"),
    Family.SUBSCRIPTIONS: ("subscription", "subscriptions"),
    Family.NUMBERS: ("number", "numbers"),
    Family.INBOUND: ("inbound configuration", "inbound configurations"),
    Family.KEYS: ("API key", "API keys"),
}


def _noun(step: Step) -> tuple[str, str, str]:
    verb = step.title.split(" ", 1)[0].lower()
    one, many = _NOUNS[step.target.family]
    if step.kind is not None and verb in ("give", "take"):
        verb = "change the alias of"
    return verb, one, many
