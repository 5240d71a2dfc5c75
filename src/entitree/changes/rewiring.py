"""What moving and detaching have in common: wishes that free ids of what is tied to them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from entitree.api.operations import UPDATE_API_KEY
from entitree.changes.edits import Delete
from entitree.changes.plan.make import Wish
from entitree.changes.plan.model import Target, association_target
from entitree.changes.plan.targets import target_of
from entitree.inventory.links import Links
from entitree.inventory.model import (
    AssociationRow,
    CriterionRow,
    Family,
    InboundRow,
    KeyRow,
    Kind,
    LinkRow,
    NumberRow,
    StrategyRow,
    SubscriptionRow,
)
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from entitree.changes.edits import Edit, EnableKey, LinkKey
    from entitree.changes.impact import Impact

Tied: TypeAlias = AssociationRow | StrategyRow | SubscriptionRow | NumberRow | InboundRow | KeyRow
"""What can be tied to an application or entity."""

KEY_CHANGES = UPDATE_API_KEY.limit.requests if UPDATE_API_KEY.limit else 0
"""Of API keys, so many changes a day (platform.md 6)."""


@dataclass(frozen=True, slots=True)
class Part:
    """One wish of several."""

    wish: Wish
    about: frozenset[str] = frozenset()
    """The ids that it helps to free."""
    frees: Tied | None = None
    """What the deletion of the ids does nothing to any more once it is done."""


@dataclass(frozen=True, slots=True)
class Rewiring:
    """Wishes in the order in which they work, and what they cannot do."""

    parts: tuple[Part, ...] = ()
    stays: tuple[str, ...] = ()
    """What cannot be done, a sentence each."""


@dataclass(slots=True)
class Draft:
    """A rewiring as it is being made."""

    reason: str
    parts: list[Part] = field(default_factory=list)
    stays: list[str] = field(default_factory=list)
    _keys: int = 0
    _keys_left: list[KeyRow] = field(default_factory=list)

    def add(
        self, edit: Edit, about: Iterable[str], *, needs: tuple[int, ...] = (), frees: Tied | None = None
    ) -> int:
        """Wishes for `edit`; returns its position, for others that need it."""
        self.parts.append(Part(Wish(edit, self.reason, needs), frozenset(about), frees))
        return len(self.parts) - 1

    def change_key(self, edit: LinkKey | EnableKey, about: Iterable[str]) -> bool:
        """Wishes for a change of an API key, as long as a day's budget lasts."""
        if self._keys >= KEY_CHANGES:
            self._keys_left.append(edit.key)
            return False
        self._keys += 1
        self.add(edit, about, frees=edit.key)
        return True

    def rewiring(self) -> Rewiring:
        stays = list(self.stays)
        if self._keys_left:
            names = ", ".join(f"“{visible(each.name)}”" for each in self._keys_left)
            stays.append(
                f"API keys may be changed {KEY_CHANGES} times a day, so these stay as they are: {names}."
            )
        return Rewiring(tuple(self.parts), tuple(stays))


def half(
    kind: Kind, row: AssociationRow | StrategyRow | CriterionRow | NumberRow | InboundRow | LinkRow
) -> str | None:
    """The id of `kind` that a row names."""
    return row.application_id if kind is Kind.APPLICATION else row.entity_id


def named(kind: Kind, row: Tied) -> frozenset[str]:
    """The ids of `kind` that a row names."""
    match row:
        case SubscriptionRow():
            found = {half(kind, each) for each in row.criteria}
        case KeyRow():
            found = {half(kind, each) for each in row.links}
        case _:
            found = {half(kind, row)}
    return frozenset(each for each in found if each)


def tied(impact: Impact) -> Links:
    """All that the deletion that `impact` tells of touches."""
    return Links(
        associations=tuple(r.what for r in impact.removals if isinstance(r.what, AssociationRow)),
        strategies=tuple(r.what for r in impact.removals if isinstance(r.what, StrategyRow)),
        subscriptions=tuple(r.what for r in impact.removals if isinstance(r.what, SubscriptionRow)),
        numbers=tuple(r.what for r in impact.resets if isinstance(r.what, NumberRow)),
        inbound=tuple(r.what for r in impact.resets if isinstance(r.what, InboundRow)),
        keys=tuple(each.what for each in impact.stops),
    )


def without(impact: Impact, freed: Iterable[Tied]) -> Impact:
    """What the deletion still does after that."""
    gone = set(freed)
    return replace(
        impact,
        removals=tuple(each for each in impact.removals if each.what not in gone),
        resets=tuple(each for each in impact.resets if each.what not in gone),
        stops=tuple(each for each in impact.stops if each.what not in gone),
        _touched={},
    )


def rewritten(row: SubscriptionRow, criteria: Sequence[Mapping[str, Any]]) -> str:
    """The definition of a subscription with other criteria, each once."""
    unique = {json.dumps(each, sort_keys=True): each for each in criteria}
    return json.dumps({**json.loads(row.raw), "criteria": list(unique.values())})


def criteria(row: SubscriptionRow) -> list[dict[str, Any]]:
    """The criteria in the definition of a subscription, with all that they say."""
    return [dict(each) for each in json.loads(row.raw).get("criteria") or ()]


def words(wish: Wish) -> str:
    """What a wish is about."""
    target = target_of(wish.edit)
    return visible(" ".join([target.family.value, *(each for each in target.key if each)]))


def without_parts(parts: Sequence[Part], bad: Iterable[int]) -> list[Part]:
    """The parts but for those at `bad` and what needs them. A deletion does not need what falls away: what
    was to be freed by it goes with the item, as its impact then says.
    """
    places: dict[int, int] = {}
    gone = set(bad)
    kept: list[Part] = []
    for at, part in enumerate(parts):
        wish = part.wish
        if at in gone or (not isinstance(wish.edit, Delete) and gone.intersection(wish.needs)):
            gone.add(at)
            continue
        places[at] = len(kept)
        needs = tuple(places[need] for need in wish.needs if need in places)
        kept.append(replace(part, wish=replace(wish, needs=needs)))
    return kept


def target_of_row(row: Tied) -> Target:
    """What a step about it would be about."""
    match row:
        case AssociationRow():
            return association_target(row)
        case StrategyRow():
            return Target(Family.STRATEGIES, (row.id,))
        case SubscriptionRow():
            return Target(Family.SUBSCRIPTIONS, (row.channel, row.id))
        case NumberRow():
            return Target(Family.NUMBERS, (row.key,))
        case InboundRow():
            return Target(Family.INBOUND, (row.resource_id, row.channel, row.keyword or None))
        case KeyRow():
            return Target(Family.KEYS, (row.id,))
