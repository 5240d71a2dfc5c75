"""What goes with a deletion, as plain JSON data: part of the plan, compared before it runs, kept for undo."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from entitree.inventory.model import AssociationRow, Family, Item, StrategyRow, SubscriptionRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from entitree.changes.impact import Configuration, Impact, Removal


def doomed(impact: Impact, item_id: str, removals: Iterable[Removal], item: Item | None) -> dict[str, Any]:
    """The state before the deletion of one id: its alias, what goes with it, and what could not be read.

    It holds no secret: of a subscription's profile there is only the id.
    """
    known = item or next((each for each in impact.items if each.id == item_id), None)
    found: dict[str, Any] = {
        "alias": known.alias if known else None,
        "known": known is not None,
        "unread": sorted(each.value for each in _CONFIGURATIONS - impact.checked),
    }
    for family in sorted(_CONFIGURATIONS, key=lambda each: each.value):
        found[family.value] = []
    for removal in removals:
        family, value = snapshot(removal.what)
        found[family.value].append(value)
    return found


def snapshot(what: Configuration) -> tuple[Family, dict[str, Any]]:
    """A configuration as plain data, enough to make it again."""
    match what:
        case AssociationRow():
            return Family.ASSOCIATIONS, asdict(what)
        case StrategyRow():
            return Family.STRATEGIES, {"id": what.id, "strategy": json.loads(what.raw)}
        case SubscriptionRow():
            return Family.SUBSCRIPTIONS, {
                "channel": what.channel,
                "id": what.id,
                "subscription": json.loads(what.raw),
            }


def contents(before: Mapping[str, Any], family: Family) -> frozenset[str]:
    """The configurations of a family in a state before, each as one comparable text."""
    return frozenset(json.dumps(each, sort_keys=True) for each in before.get(family.value, ()))


def families() -> tuple[Family, ...]:
    """The families of configurations, in their order."""
    return tuple(sorted(_CONFIGURATIONS, key=lambda each: each.value))


_CONFIGURATIONS = frozenset({Family.ASSOCIATIONS, Family.STRATEGIES, Family.SUBSCRIPTIONS})
