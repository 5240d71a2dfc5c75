"""What a deletion does, object for object, each with the reason why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from entitree.inventory.model import (
    AssociationRow,
    CriterionRow,
    Family,
    InboundRow,
    Item,
    KeyRow,
    Kind,
    LinkRow,
    NumberRow,
    StrategyRow,
    SubscriptionRow,
)
from entitree.inventory.sync import NotChecked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

Configuration: TypeAlias = AssociationRow | StrategyRow | SubscriptionRow
"""What goes with what it names."""

STAYS = ("the resources themselves", "past logs and reports")

NEVER_CHECKED = (NotChecked("bots, WebRTC, domains' own link", "the platform has no way to list them"),)
"""What may be tied to an id and is never looked at; said in every impact."""

CONFIGURATIONS = frozenset({Family.ASSOCIATIONS, Family.STRATEGIES, Family.SUBSCRIPTIONS})


class Because(Enum):
    """Why it is touched."""

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
        return f"{pairs(self.others)} {'loses' if len(self.others) == 1 else 'lose'} it too"

    @property
    def pairs(self) -> tuple[str, ...]:
        """What it is tied to, a pair each."""
        if isinstance(self.what, SubscriptionRow):
            return tuple(pair(each.application_id, each.entity_id) for each in self.what.criteria)
        return (pair(self.what.application_id, self.what.entity_id),)


@dataclass(frozen=True, slots=True)
class Reset:
    """A number whose own link, or an inbound configuration whose tag, falls back to the default application
    and no entity, both halves at once (platform.md 8.1, D4 and D6; 8.3). It stays otherwise as it is.
    """

    what: NumberRow | InboundRow
    because: Because
    names: tuple[str, ...]

    @property
    def reason(self) -> str:
        if isinstance(self.what, NumberRow):
            then = "inbound messages will no longer carry these ids"
        else:
            then = "its messages fall back to the resource's own link"
        return f"one half of the pair goes, so both are reset: {then}" if self._half else then

    @property
    def pair(self) -> str:
        """What it is tied to now."""
        return pair(self.what.application_id, self.what.entity_id)

    @property
    def _half(self) -> bool:
        return self.because is Because.HALF


@dataclass(frozen=True, slots=True)
class Stop:
    """An API key that loses links. It never becomes one that may do everything (platform.md 8.3)."""

    what: KeyRow
    names: tuple[str, ...]
    lost: tuple[LinkRow, ...]
    left: tuple[LinkRow, ...]

    @property
    def entirely(self) -> bool:
        """Whether every request with it will be refused: no link is left, or the one that is put into every
        request goes (platform.md 6).
        """
        forced = self._forced
        return not self.left if forced is None else forced in self.lost

    @property
    def refused(self) -> tuple[LinkRow, ...]:
        """What requests with it may not name any more, where not all are refused."""
        if self._forced is not None:
            return ()
        whole = {each.application_id for each in self.left if each.entity_id is None}
        return tuple(each for each in self.lost if each.application_id not in whole)

    @property
    def reason(self) -> str:
        links = len(self.what.links)
        if self.entirely and self.left:
            return "the link that it puts into every request goes: every request with it will be refused"
        if self.entirely:
            which = "its only link goes" if links == 1 else f"all of its {links} links go"
            return f"{which}: every request with it will be refused"
        count = len(self.lost)
        which = f"{count} of its {links} links {'goes' if count == 1 else 'go'}"
        if not self.refused:
            return f"{which}: those that are left let the same requests through"
        return f"{which}: requests with it as {pairs(self.refused)} will be refused"

    @property
    def _forced(self) -> LinkRow | None:
        """The link whose ids take the place of what a request says: the first FORCE."""
        return next((each for each in self.what.links if each.action == "FORCE"), None)

    @property
    def note(self) -> str:
        """What else to know of it; empty for most."""
        return "" if self.what.enabled else "it is disabled already"


@dataclass(frozen=True, slots=True)
class Use:
    """Messages of the last 48 hours that were sent with an id."""

    id: str
    messages: int
    more: bool
    """There are more than were counted."""
    last: datetime | None
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InUse:
    """Which of the ids were used lately, as far as logs tell."""

    used: tuple[Use, ...]
    """The latest first."""
    sampled: tuple[str, ...]
    """The ids that were looked at."""
    of: int
    """How many there are."""
    channels: tuple[str, ...]
    """Whose logs were read."""
    not_checked: tuple[NotChecked, ...] = ()
    requests: int = 0

    @property
    def is_sample(self) -> bool:
        return len(self.sampled) < self.of


@dataclass(frozen=True, slots=True)
class Unwalked:
    """Inbound configurations that were not looked at, because no list holds them all (platform.md 3)."""

    resources: int
    """Whose configurations were not read lately."""
    requests: int
    """What reading them takes: one for each resource and channel."""
    tied: int
    """Those of the resources that are numbers tied to the ids."""
    walked_at: datetime | None
    """Since when all of them are known; None where a part was never read."""


@dataclass(frozen=True, slots=True)
class Touched:
    """All that goes with one id; what names several stands with each of them."""

    removals: tuple[Removal, ...] = ()
    resets: tuple[Reset, ...] = ()
    stops: tuple[Stop, ...] = ()
    item: Item | None = None


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
    """Numbers first, then inbound configurations."""
    stays: tuple[str, ...]
    not_checked: tuple[NotChecked, ...]
    read_at: datetime | None = None
    stops: tuple[Stop, ...] = ()
    """Those that will be refused entirely first."""
    unwalked: Unwalked | None = None
    in_use: InUse | None = None
    """None: it was not looked at."""
    numbers: Mapping[str, str] = field(default_factory=dict)
    """What people call the numbers that associations and inbound configurations name by a key."""
    _touched: dict[str, Touched] = field(default_factory=dict, compare=False, repr=False)

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
        """The families of what goes that were read for this."""
        return CONFIGURATIONS - {each.family for each in self.not_checked}

    def by_id(self) -> dict[str, list[Removal]]:
        """What goes with each id alone; a removal that names several ids stands with each of them."""
        return {item_id: list(self.of(item_id).removals) for item_id in self.ids}

    def of(self, item_id: str) -> Touched:
        """All that the deletion of one of the ids does; nothing for an id that is none of them."""
        if not self._touched:
            self._touched.update(self._by_id())
        return self._touched.get(item_id, Touched())

    def _by_id(self) -> dict[str, Touched]:
        removals, resets, stops = _named(self.removals), _named(self.resets), _named(self.stops)
        items = {item.id: item for item in self.items}
        return {
            each: Touched(
                tuple(removals.get(each, ())),
                tuple(resets.get(each, ())),
                tuple(stops.get(each, ())),
                items.get(each),
            )
            for each in self.ids
        }


_T = TypeVar("_T", Removal, Reset, Stop)


def _named(rows: Iterable[_T]) -> dict[str, list[_T]]:
    found: dict[str, list[_T]] = defaultdict(list)
    for row in rows:
        for item_id in row.names:
            found[item_id].append(row)
    return found


def pair(application_id: str | None, entity_id: str | None) -> str:
    """What something is tied to, in words: `prod + shop-17`, `prod`, `any application + shop-17`."""
    if application_id is None:
        return "everything" if entity_id is None else f"any application + {entity_id}"
    return application_id if entity_id is None else f"{application_id} + {entity_id}"


def pairs(rows: Iterable[CriterionRow | LinkRow]) -> str:
    """Several of them."""
    return ", ".join(pair(each.application_id, each.entity_id) for each in rows)
