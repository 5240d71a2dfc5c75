"""What a deletion takes with it: a pure function of who is tied to what (platform.md 8.3).

Everything that names a deleted id goes, pairs whole; of a subscription one criterion is enough. Resources
stay.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from entitree.inventory.model import (
    AssociationRow,
    CriterionRow,
    Family,
    Item,
    Kind,
    StrategyRow,
    SubscriptionRow,
)
from entitree.inventory.sync import NotChecked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from entitree.inventory.links import Links

Configuration: TypeAlias = AssociationRow | StrategyRow | SubscriptionRow

STAYS = ("the resources themselves", "past logs and reports")

NEVER_CHECKED = (
    NotChecked("API keys", "this version does not read them yet"),
    NotChecked("inbound configurations", "this version does not read them yet"),
    NotChecked("numbers' own link", "this version does not read it yet"),
    NotChecked("bots, WebRTC, domains' own link", "the platform has no way to list them"),
)
"""What may be tied to an id and is never looked at; said in every impact."""

_CONFIGURATIONS = frozenset({Family.ASSOCIATIONS, Family.STRATEGIES, Family.SUBSCRIPTIONS})


class Because(Enum):
    """Why a configuration goes."""

    NAMED = "named alone"
    HALF = "one half of a pair"


@dataclass(frozen=True, slots=True)
class Removal:
    """A configuration that goes. Ids in it are raw."""

    what: Configuration
    because: Because
    names: tuple[str, ...]
    """Those of the doomed ids that it names."""
    others: tuple[CriterionRow, ...] = ()
    """Of a subscription: what else it serves, and will serve no more."""

    @property
    def reason(self) -> str:
        if self.because is Because.HALF:
            return "one half of the pair goes, so all of it goes"
        return f"names {', '.join(self.names)}"

    @property
    def warning(self) -> str:
        """Who else loses it; empty if nobody does."""
        if not self.others:
            return ""
        served = ", ".join(pair(each.application_id, each.entity_id) for each in self.others)
        return f"{served} {'loses' if len(self.others) == 1 else 'lose'} it too"

    @property
    def pairs(self) -> tuple[str, ...]:
        """What it is tied to, a pair each."""
        if isinstance(self.what, SubscriptionRow):
            return tuple(pair(each.application_id, each.entity_id) for each in self.what.criteria)
        return (pair(self.what.application_id, self.what.entity_id),)


@dataclass(frozen=True, slots=True)
class Reset:
    """A number that stays, but whose inbound messages lose the ids (platform.md 8.1, D4)."""

    resource_id: str
    channels: tuple[str, ...]
    why: str = "inbound messages will no longer carry these ids"


@dataclass(frozen=True, slots=True)
class Impact:
    """All that the deletion of `ids` does, in an order that depends on nothing but the content."""

    kind: Kind
    ids: tuple[str, ...]
    items: tuple[Item, ...]
    """Those of the ids that are known to be there."""
    removals: tuple[Removal, ...]
    """Associations first, then strategies, then subscriptions."""
    resets: tuple[Reset, ...]
    stays: tuple[str, ...]
    not_checked: tuple[NotChecked, ...]
    read_at: datetime | None = None

    @property
    def associations(self) -> tuple[Removal, ...]:
        return tuple(each for each in self.removals if isinstance(each.what, AssociationRow))

    @property
    def strategies(self) -> tuple[Removal, ...]:
        return tuple(each for each in self.removals if isinstance(each.what, StrategyRow))

    @property
    def subscriptions(self) -> tuple[Removal, ...]:
        return tuple(each for each in self.removals if isinstance(each.what, SubscriptionRow))

    @property
    def checked(self) -> frozenset[Family]:
        """The families of configurations that were read for this."""
        return _CONFIGURATIONS - {each.family for each in self.not_checked}

    def by_id(self) -> dict[str, list[Removal]]:
        """What goes with each id alone; a removal that names several ids stands with each of them."""
        found: dict[str, list[Removal]] = {item_id: [] for item_id in self.ids}
        for removal in self.removals:
            for item_id in removal.names:
                found[item_id].append(removal)
        return found


def pair(application_id: str | None, entity_id: str | None) -> str:
    """What something is tied to, in words: `prod + shop-17`, `prod`, `any application + shop-17`."""
    if application_id is None:
        return "everything" if entity_id is None else f"any application + {entity_id}"
    return application_id if entity_id is None else f"{application_id} + {entity_id}"


def impact(
    links: Links,
    kind: Kind,
    ids: Collection[str],
    *,
    existing: Mapping[str, Item] | None = None,
    not_checked: Iterable[NotChecked] = (),
    read_at: datetime | None = None,
) -> Impact:
    """What goes, and why, if `ids` are deleted. Linear in what is given, but for sorting.

    Args:
        links: at least all that names the ids; what names none of them is passed over.
        existing: the items that are there, by id, with their aliases.
        not_checked: what could not be read for this, from the `Reading`.
        read_at: when it was read.
    """
    doomed = frozenset(ids)
    removals = sorted(
        (
            *_plain(kind, doomed, links.associations),
            *_plain(kind, doomed, links.strategies),
            *_subscriptions(kind, doomed, links.subscriptions),
        ),
        key=_order,
    )
    return Impact(
        kind=kind,
        ids=tuple(sorted(doomed)),
        items=tuple((existing or {})[each] for each in sorted(doomed) if each in (existing or {})),
        removals=tuple(removals),
        resets=_resets(removals),
        stays=STAYS,
        not_checked=(*not_checked, *NEVER_CHECKED),
        read_at=read_at,
    )


def _plain(
    kind: Kind, doomed: frozenset[str], rows: Iterable[AssociationRow | StrategyRow]
) -> Iterable[Removal]:
    for row in rows:
        own, other = _halves(kind, row)
        if own is not None and own in doomed:
            yield Removal(row, Because.NAMED if other is None else Because.HALF, (own,))


def _subscriptions(kind: Kind, doomed: frozenset[str], rows: Iterable[SubscriptionRow]) -> Iterable[Removal]:
    for row in rows:
        named: dict[str, None] = {}
        alone = False
        others: dict[CriterionRow, None] = {}
        for criterion in row.criteria:
            own, other = _halves(kind, criterion)
            if own is not None and own in doomed:
                named[own] = None
                alone |= other is None
            else:
                others[criterion] = None
        if named:
            because = Because.NAMED if alone else Because.HALF
            yield Removal(row, because, tuple(sorted(named)), tuple(others))


def _halves(kind: Kind, row: AssociationRow | StrategyRow | CriterionRow) -> tuple[str | None, str | None]:
    """The id of `kind` in a pair, and the other half."""
    if kind is Kind.APPLICATION:
        return row.application_id, row.entity_id
    return row.entity_id, row.application_id


def _resets(removals: Iterable[Removal]) -> tuple[Reset, ...]:
    channels: dict[str, set[str]] = defaultdict(set)
    for removal in removals:
        if isinstance(removal.what, AssociationRow) and removal.what.resource_type == "NUMBER":
            channels[removal.what.resource_id].add(removal.what.channel)
    return tuple(Reset(number, tuple(sorted(channels[number]))) for number in sorted(channels))


def _order(removal: Removal) -> tuple[int, tuple[str, ...]]:
    match removal.what:
        case AssociationRow() as row:
            entity = () if row.entity_id is None else (row.entity_id,)
            return 0, (row.channel, row.resource_id, row.resource_type, row.application_id, *entity)
        case StrategyRow() as row:
            return 1, (row.id,)
        case SubscriptionRow() as row:
            return 2, (row.channel, row.id)
