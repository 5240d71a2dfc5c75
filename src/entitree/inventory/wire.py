"""From what travels over the wire to what the mirror holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from entitree.api.models import (
    ApiKey,
    Application,
    Association,
    Domain,
    Entity,
    InboundConfiguration,
    Number,
    Resource,
    SendingStrategy,
    Subscription,
)
from entitree.inventory.model import (
    AssociationRow,
    CriterionRow,
    DomainRow,
    InboundRow,
    Item,
    KeyRow,
    Kind,
    LinkRow,
    NumberRow,
    SenderRow,
    StrategyRow,
    SubscriptionRow,
)

if TYPE_CHECKING:
    from typing import Any

    from entitree.api.models import Platform, WireModel
    from entitree.inventory.records import Stored

SENDER_TYPES = {
    "ALPHA": "ALPHANUMERIC",
    "RCS_RESOURCE": "RCS_RESOURCE",
    "VIBER_RESOURCE": "VIBER_RESOURCE",
    "APPLE_RESOURCE": "APPLE_RESOURCE",
    "OPEN_CHANNEL_RESOURCE": "OPEN_CHANNEL_RESOURCE",
}
"""What associations call a type of senders, and what the resource search calls it (platform.md 2.2)."""


def stored(row: WireModel, *, addressable: bool = True, part: str = "") -> Stored:
    """What the mirror keeps of `row`. `part` is what its listing was for and the row itself does not say: the
    channel of a subscription, the type of a sender, the resource of an inbound configuration as
    `inbound_part` writes it.
    """
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
            application_id, entity_id = _pair(row.platform)
            channel, country = row.channel or None, row.destination_country_code or None
            return StrategyRow(
                row.sending_strategy_id, application_id, entity_id, channel, country, _text(row.body())
            )
        case Subscription():
            return _subscription(row, part)
        case Number():
            return NumberRow(
                row.number_key,
                row.number or row.number_key,
                row.country,
                row.type,
                tuple(row.capabilities),
                row.application_id or None,
                row.entity_id or None,
                row.note,
            )
        case Resource():
            name = row.sender_name or row.resource or row.number or ""
            return SenderRow(part, name, row.country_code or "", tuple(row.capabilities))
        case Domain():
            return DomainRow(row.domain_name, row.active is not False, row.blocked is True)
        case InboundConfiguration():
            return _inbound(row, part)
        case ApiKey():
            links = tuple(
                LinkRow(each.application_id, each.entity_id or None, each.action) for each in row.platform
            )
            return KeyRow(row.id, row.name or row.id, row.enabled is not False, row.valid_to, links)
    raise TypeError(f"the mirror keeps no {type(row).__name__}")


def inbound_part(resource_id: str, channel: str) -> str:
    """One resource on one channel, as the part of a listing."""
    return json.dumps([resource_id, channel])


def association(row: AssociationRow) -> Association:
    """What to send to create, read or delete `row`."""
    return Association(
        resource_type=row.resource_type,
        channel=row.channel,
        application_id=row.application_id,
        entity_id=row.entity_id,
        resource_id=row.resource_id,
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


def _inbound(row: InboundConfiguration, part: str) -> InboundRow:
    resource_id, channel = json.loads(part)
    application_id, entity_id = _pair(row.platform)
    forwarding = row.forwarding or {}
    type_, url = forwarding.get("type"), forwarding.get("url")
    return InboundRow(
        row.configuration_key,
        channel,
        resource_id,
        row.keyword or None,
        application_id,
        entity_id,
        type_ if isinstance(type_, str) else None,
        _without_secrets(url) if isinstance(url, str) else None,
    )


def _pair(platform: Platform | None) -> tuple[str | None, str | None]:
    return (platform and platform.application_id) or None, (platform and platform.entity_id) or None


def _without_secrets(url: str) -> str:
    """Scheme, host and path: user, password and query may be what opens the door there."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    except ValueError:
        return ""


def _text(body: dict[str, Any]) -> str:
    return json.dumps(body, sort_keys=True, separators=(",", ":"))
