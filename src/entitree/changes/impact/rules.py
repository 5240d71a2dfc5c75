"""What a deletion does, as a pure function of who is tied to what (platform.md 8.3).

Everything that names a deleted id goes, pairs whole; of a subscription one criterion is enough. Numbers and
inbound configurations stay and lose both halves of the pair. API keys keep the link, and what they ask for
with it is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from entitree.changes.impact.model import NEVER_CHECKED, STAYS, Because, Impact, Removal, Reset, Stop
from entitree.inventory.model import (
    AssociationRow,
    CriterionRow,
    InboundRow,
    Item,
    KeyRow,
    Kind,
    LinkRow,
    NumberRow,
    StrategyRow,
    SubscriptionRow,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from entitree.changes.impact.model import Unwalked
    from entitree.inventory.links import Links
    from entitree.inventory.sync import NotChecked

_Tied: TypeAlias = AssociationRow | StrategyRow | CriterionRow | NumberRow | InboundRow | LinkRow


def impact(
    links: Links,
    kind: Kind,
    ids: Collection[str],
    *,
    existing: Mapping[str, Item] | None = None,
    not_checked: Iterable[NotChecked] = (),
    read_at: datetime | None = None,
    unwalked: Unwalked | None = None,
    numbers: Mapping[str, str] | None = None,
) -> Impact:
    """What goes, is reset or stops working, and why, if `ids` are deleted. Linear in what is given, but for
    sorting.

    Args:
        links: at least all that names the ids; what names none of them is passed over.
        existing: the items that are there, by id, with their aliases.
        not_checked: what could not be read for this, from the `Reading`.
        read_at: when it was read.
        unwalked: the inbound configurations that were not looked at.
        numbers: what numbers are called, by their key.
    """
    doomed = frozenset(ids)
    ordered = tuple(sorted(doomed))
    there = existing or {}
    removals = (
        *_plain(kind, doomed, links.associations),
        *_plain(kind, doomed, links.strategies),
        *_subscriptions(kind, doomed, links.subscriptions),
    )
    return Impact(
        kind=kind,
        ids=ordered,
        items=tuple(there[each] for each in ordered if each in there),
        removals=tuple(sorted(removals, key=_order)),
        resets=tuple(sorted(_resets(kind, doomed, (*links.numbers, *links.inbound)), key=_order_of_resets)),
        stays=STAYS,
        not_checked=(*not_checked, *NEVER_CHECKED),
        read_at=read_at,
        stops=tuple(
            sorted(
                _stops(kind, doomed, links.keys),
                key=lambda stop: (not stop.entirely, stop.what.name, stop.what.id),
            )
        ),
        unwalked=unwalked,
        numbers=numbers or {},
    )


def _plain(
    kind: Kind, doomed: frozenset[str], rows: Iterable[AssociationRow | StrategyRow]
) -> Iterable[Removal]:
    for row in rows:
        own, other = _halves(kind, row)
        if own is not None and own in doomed:
            yield Removal(row, _because(other), (own,))


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


def _resets(kind: Kind, doomed: frozenset[str], rows: Iterable[NumberRow | InboundRow]) -> Iterable[Reset]:
    for row in rows:
        own, other = _halves(kind, row)
        if own is not None and own in doomed:
            yield Reset(row, _because(other), (own,))


def _stops(kind: Kind, doomed: frozenset[str], rows: Iterable[KeyRow]) -> Iterable[Stop]:
    for row in rows:
        lost = tuple(each for each in row.links if _halves(kind, each)[0] in doomed)
        if lost:
            names = {own for own, _ in (_halves(kind, each) for each in lost) if own is not None}
            left = tuple(each for each in row.links if each not in lost)
            yield Stop(row, tuple(sorted(names)), lost, left)


def _because(other: str | None) -> Because:
    return Because.NAMED if other is None else Because.HALF


def _halves(kind: Kind, row: _Tied) -> tuple[str | None, str | None]:
    """The id of `kind` in a pair, and the other half."""
    if kind is Kind.APPLICATION:
        return row.application_id, row.entity_id
    return row.entity_id, row.application_id


def _order(removal: Removal) -> tuple[int, tuple[str, ...]]:
    match removal.what:
        case AssociationRow() as row:
            entity = () if row.entity_id is None else (row.entity_id,)
            return 0, (row.channel, row.resource_id, row.resource_type, row.application_id, *entity)
        case StrategyRow() as row:
            return 1, (row.id,)
        case SubscriptionRow() as row:
            return 2, (row.channel, row.id)


def _order_of_resets(reset: Reset) -> tuple[int, tuple[str, ...]]:
    match reset.what:
        case NumberRow() as row:
            return 0, (row.number, row.key)
        case InboundRow() as row:
            return 1, (row.resource_id, row.channel, row.keyword or "", row.key)
