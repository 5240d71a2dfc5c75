"""From what travels over the wire to what the mirror holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from entitree.api.models import Application, Association, Entity, SendingStrategy, Subscription
from entitree.inventory.model import AssociationRow, CriterionRow, Item, Kind, StrategyRow, SubscriptionRow

if TYPE_CHECKING:
    from typing import Any

    from entitree.api.models import WireModel
    from entitree.inventory.writes import Stored


def stored(row: WireModel, *, addressable: bool = True, channel: str = "") -> Stored:
    """What the mirror keeps of `row`. A subscription does not say its `channel`; its listing does."""
    match row:
        case Application():
            return Item(Kind.APPLICATION, row.application_id, row.application_name, addressable)
        case Entity():
            return Item(Kind.ENTITY, row.entity_id, row.entity_name, addressable)
        case Association():
            return AssociationRow(
                row.resource_type, row.channel, row.application_id, row.entity_id, row.resource_id
            )
        case SendingStrategy():
            return _strategy(row)
        case Subscription():
            return _subscription(row, channel)
    raise TypeError(f"the mirror keeps no {type(row).__name__}")


def association(row: AssociationRow) -> Association:
    """What to send to create, read or delete `row`."""
    return Association(
        resource_type=row.resource_type,
        channel=row.channel,
        application_id=row.application_id,
        entity_id=row.entity_id,
        resource_id=row.resource_id,
    )


def _strategy(row: SendingStrategy) -> StrategyRow:
    platform = row.platform
    return StrategyRow(
        id=row.sending_strategy_id,
        application_id=(platform and platform.application_id) or None,
        entity_id=(platform and platform.entity_id) or None,
        channel=row.channel or None,
        country=row.destination_country_code or None,
        raw=_text(row.body()),
    )


def _subscription(row: Subscription, channel: str) -> SubscriptionRow:
    body = row.body()
    if row.profile is not None:
        # The rest of a profile may hold an address with a password in it.
        body["profile"] = {"profileId": row.profile.profile_id}
    return SubscriptionRow(
        channel=channel,
        id=row.subscription_id,
        name=row.name,
        criteria=tuple(
            CriterionRow(each.application_id or None, each.entity_id or None) for each in row.criteria
        ),
        profile_id=row.profile.profile_id if row.profile else None,
        raw=_text(body),
    )


def _text(body: dict[str, Any]) -> str:
    return json.dumps(body, sort_keys=True, separators=(",", ":"))
