"""What goes with a deletion, as plain JSON data: part of the plan, compared before it runs, kept for undo."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from entitree.changes.impact.model import CONFIGURATIONS
from entitree.changes.objects import inbound, numbers
from entitree.changes.plan.model import Target
from entitree.inventory.model import (
    AssociationRow,
    Family,
    InboundRow,
    Item,
    KeyRow,
    NumberRow,
    StrategyRow,
    SubscriptionRow,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from entitree.changes.impact import Configuration, Impact, Removal
    from entitree.changes.plan.model import State


def doomed(impact: Impact, item_id: str, removals: Iterable[Removal], item: Item | None) -> dict[str, Any]:
    """The state before the deletion of one id: its alias, what goes with it, and what could not be read.

    Associations, strategies, subscriptions, and the numbers and inbound configurations that are reset are
    compared before it is deleted; the API keys that lose a link are kept for undo. It holds no secret: of a
    subscription's profile there is only the id, of a forwarding URL no user, password or query.
    """
    touched = impact.of(item_id)
    known = item or touched.item
    found: dict[str, Any] = {
        "alias": known.alias if known else None,
        "known": known is not None,
        "unread": sorted(each.value for each in CONFIGURATIONS - impact.checked),
    }
    for family in sorted(CONFIGURATIONS, key=lambda each: each.value):
        found[family.value] = []
    for removal in removals:
        family, value = snapshot(removal.what)
        found[family.value].append(value)
    kept = [each.what for each in touched.resets]
    found["numbers"] = [_fields(each) for each in kept if isinstance(each, NumberRow)]
    found["inbound"] = [_fields(each) for each in kept if isinstance(each, InboundRow)]
    found["keys"] = [_fields(each.what) for each in touched.stops]
    return found


def resets(before: State) -> dict[Target, State]:
    """The numbers and inbound configurations that a deletion resets, and what each is linked to till then."""
    found: dict[Target, State] = {}
    for each in before.get("numbers", ()):
        target = Target(Family.NUMBERS, (each["key"],))
        found[target] = numbers.state(each["application_id"], each["entity_id"])
    for each in before.get("inbound", ()):
        pair = {"applicationId": each["application_id"], "entityId": each["entity_id"]}
        target = Target(Family.INBOUND, (each["resource_id"], each["channel"], each["keyword"] or None))
        found[target] = {"platform": inbound.platform_state(pair)}
    return found


def reset(target: Target) -> State:
    """What a number or inbound configuration is linked to after that: nothing."""
    if target.family is Family.NUMBERS:
        return numbers.state(None, None)
    return {"platform": inbound.platform_state(None)}


def snapshot(what: Configuration) -> tuple[Family, dict[str, Any]]:
    """A configuration as plain data, enough to make it again."""
    match what:
        case AssociationRow():
            # Not `asdict`, which takes ten times as long: there may be tens of thousands.
            return Family.ASSOCIATIONS, {name: getattr(what, name) for name in _ASSOCIATION}
        case StrategyRow():
            return Family.STRATEGIES, {"id": what.id, "strategy": json.loads(what.raw)}
        case SubscriptionRow():
            return Family.SUBSCRIPTIONS, {
                "channel": what.channel,
                "id": what.id,
                "subscription": json.loads(what.raw),
            }


def _fields(row: NumberRow | InboundRow | KeyRow) -> dict[str, Any]:
    # Lists for tuples, as they come back from where plans are kept.
    fields: dict[str, Any] = json.loads(json.dumps(asdict(row)))
    return fields


_ASSOCIATION = ("resource_type", "channel", "application_id", "entity_id", "resource_id")
