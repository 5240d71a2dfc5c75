"""Who is tied to what: the configurations that name an id, and the lines of a tree of them."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from entitree.inventory.model import (
    AssociationRow,
    InboundRow,
    KeyRow,
    Kind,
    NumberRow,
    StrategyRow,
    SubscriptionRow,
)
from entitree.record import record

if TYPE_CHECKING:
    from entitree.inventory.records import Configuration


@record
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


@record
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
    key: str = ""
    """Tells it from others of its kind and level; empty where the label does."""

    @property
    def step(self) -> Step:
        return self.kind, self.key or self.label

    @property
    def association(self) -> AssociationRow | None:
        """What a dissociation here would remove."""
        return self.reference if isinstance(self.reference, AssociationRow) else None
