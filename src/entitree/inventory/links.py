"""Who is tied to what: the configurations that name an id, and the lines of a tree of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from entitree.api.names import DEFAULT_APPLICATION
from entitree.inventory.model import (
    AssociationRow,
    InboundRow,
    KeyRow,
    Kind,
    NumberRow,
    StrategyRow,
    SubscriptionRow,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from entitree.inventory.records import Configuration


@dataclass(frozen=True, slots=True)
class Links:
    """Every configuration that names at least one of the ids asked for."""

    associations: tuple[AssociationRow, ...] = ()
    strategies: tuple[StrategyRow, ...] = ()
    subscriptions: tuple[SubscriptionRow, ...] = ()
    numbers: tuple[NumberRow, ...] = ()
    """Numbers whose own link names one."""
    inbound: tuple[InboundRow, ...] = ()
    keys: tuple[KeyRow, ...] = ()


class NodeKind(Enum):
    APPLICATION = "application"
    ENTITY = "entity"
    UNPAIRED = "unpaired"
    """Stands for the other half that is not named."""
    CHANNEL = "channel"
    RESOURCE = "resource"
    STRATEGIES = "strategies"
    STRATEGY = "strategy"
    SUBSCRIPTIONS = "subscriptions"
    SUBSCRIPTION = "subscription"
    INBOUND_CONFIGURATIONS = "inbound configurations"
    INBOUND_CONFIGURATION = "inbound configuration"
    NUMBERS = "numbers"
    NUMBER = "number"
    KEYS = "keys"
    KEY = "key"
    LINK = "own link"
    """Of a number: what messages that come in for it are tagged with."""
    MORE = "more"
    """Stands for the rest of a level."""


Step: TypeAlias = tuple[NodeKind, str]
"""Kind and key of a node: what tells it from the others of its level."""
Path: TypeAlias = tuple[Step, ...]
"""The steps from the top to a node: the same place in the tree of another item."""


@dataclass(frozen=True, slots=True)
class Node:
    """A line of the tree. `label` and `detail` hold raw text: whoever shows them makes them visible."""

    label: str
    kind: NodeKind
    detail: str = ""
    count: int = 0
    """Of a branch: the configurations below it. 0: it is a leaf."""
    target: tuple[Kind, str] | None = None
    """Where a jump from here leads."""
    reference: Configuration | None = None
    """Of a leaf: the configuration it stands for."""
    exists: bool = True
    """False: an application or entity that is named, and is not there."""
    children: tuple[Node, ...] = ()
    key: str = ""
    """Tells it from others of its kind and level; empty where the label does."""

    @property
    def step(self) -> Step:
        return self.kind, self.key or self.label

    @property
    def association(self) -> AssociationRow | None:
        """What a dissociation here would remove."""
        return self.reference if isinstance(self.reference, AssociationRow) else None


@dataclass(slots=True)
class _Branch:
    channels: dict[str, list[AssociationRow]] = field(default_factory=lambda: defaultdict(list))
    strategies: list[StrategyRow] = field(default_factory=list)
    subscriptions: list[SubscriptionRow] = field(default_factory=list)


def tree(kind: Kind, ids: Collection[str], links: Links) -> tuple[Node, ...]:
    """The tree of `ids` of `kind` taken together: other half, then channel and resource, then the rest.

    Strategies and subscriptions stand in a group each below the pair they name. What names an id
    without another half stands last, under a node of its own. The default application
    is first, the rest by id.
    """
    wanted = frozenset(ids)
    branches: dict[str | None, _Branch] = defaultdict(_Branch)

    for association in links.associations:
        own, other = _halves(kind, association.application_id, association.entity_id)
        if own in wanted:
            branches[other].channels[association.channel].append(association)
    for strategy in links.strategies:
        own, other = _halves(kind, strategy.application_id, strategy.entity_id)
        if own in wanted:
            branches[other].strategies.append(strategy)
    for subscription in links.subscriptions:
        # Several criteria may name the same pair: the subscription stands there once.
        pairs = (_halves(kind, each.application_id, each.entity_id) for each in subscription.criteria)
        for other in dict.fromkeys(other for own, other in pairs if own in wanted):
            branches[other].subscriptions.append(subscription)

    return tuple(_top(kind, other, branches[other], len(wanted)) for other in sorted(branches, key=_rank))


def by_id(text: str) -> tuple[bool, str, str]:
    """Sort key of ids: the default application first, then case-blind."""
    return text != DEFAULT_APPLICATION, text.casefold(), text


def _rank(other: str | None) -> tuple[bool, tuple[bool, str, str]]:
    return other is None, by_id(other or "")


def _halves(kind: Kind, application_id: str | None, entity_id: str | None) -> tuple[str | None, str | None]:
    return (application_id, entity_id) if kind is Kind.APPLICATION else (entity_id, application_id)


def _top(kind: Kind, other: str | None, branch: _Branch, selected: int) -> Node:
    children = [
        Node(
            label=channel,
            kind=NodeKind.CHANNEL,
            count=len(rows),
            children=tuple(_resources(kind, rows, selected)),
        )
        for channel, rows in sorted(branch.channels.items())
    ]
    if branch.strategies:
        children.append(_strategies(branch.strategies))
    if branch.subscriptions:
        children.append(_subscriptions(branch.subscriptions))
    count = sum(child.count for child in children)
    if other is None:
        label = "whole application" if kind is Kind.APPLICATION else "any application"
        return Node(label, NodeKind.UNPAIRED, count=count, children=tuple(children))
    return Node(
        other,
        NodeKind(kind.other.value),
        count=count,
        children=tuple(children),
        target=(kind.other, other),
    )


def _resources(kind: Kind, rows: Iterable[AssociationRow], selected: int) -> Iterable[Node]:
    for row in sorted(rows, key=lambda row: (row.resource_id, row.resource_type, _own(kind, row))):
        detail = row.resource_type.lower()
        if selected > 1:
            detail = f"{detail} · {_own(kind, row)}"
        yield Node(row.resource_id, NodeKind.RESOURCE, detail=detail, reference=row)


def _own(kind: Kind, row: AssociationRow) -> str:
    return row.application_id if kind is Kind.APPLICATION else row.entity_id or ""


def _strategies(rows: list[StrategyRow]) -> Node:
    leaves = tuple(
        Node(
            row.id,
            NodeKind.STRATEGY,
            detail=f"{row.channel or 'all channels'} → {row.country or 'all countries'}",
        )
        for row in sorted(rows, key=lambda row: row.id)
    )
    return Node("Strategies", NodeKind.STRATEGIES, count=len(leaves), children=leaves)


def _subscriptions(rows: list[SubscriptionRow]) -> Node:
    leaves = tuple(
        Node(row.id, NodeKind.SUBSCRIPTION, detail=row.channel)
        for row in sorted(rows, key=lambda row: (row.channel, row.id))
    )
    return Node("Subscriptions", NodeKind.SUBSCRIPTIONS, count=len(leaves), children=leaves)
