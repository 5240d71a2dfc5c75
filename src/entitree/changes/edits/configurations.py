"""What a user asks for of sending strategies and subscriptions. `raw` is the platform's JSON as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entitree.inventory.model import StrategyRow, SubscriptionRow


@dataclass(frozen=True, slots=True)
class CreateStrategy:
    """A new strategy; the platform gives it its id, and there is no way to change one (platform.md 5)."""

    raw: str


@dataclass(frozen=True, slots=True)
class DeleteStrategy:
    strategy: StrategyRow


@dataclass(frozen=True, slots=True)
class CreateSubscription:
    """A new subscription; of its profile only the id of one that is there (platform.md 4)."""

    channel: str
    raw: str


@dataclass(frozen=True, slots=True)
class ModifySubscription:
    """Put another definition in place of a subscription's; its id stays."""

    subscription: SubscriptionRow
    """As it is known now."""
    raw: str


@dataclass(frozen=True, slots=True)
class DeleteSubscription:
    subscription: SubscriptionRow
