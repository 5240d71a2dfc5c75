"""Subscriptions (platform.md 4).

A state is the platform's object without its id; of its profile it holds the id alone, and what may be left
out is there as null or as an empty list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entitree.api.models import Subscription
from entitree.api.operations import OPERATIONS, Settle
from entitree.errors import NotFoundError
from entitree.inventory.model import SubscriptionRow
from entitree.inventory.wire import stored

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entitree.api.client import PlatformClient
    from entitree.changes.plan.model import State, Step, Target
    from entitree.inventory.store import Store

ID = "subscriptionId"
LISTS = ("criteria", "resources", "users")


def parsed(raw: Mapping[str, Any], id_: str) -> Subscription:
    """The subscription in an object of the platform. Raises pydantic.ValidationError."""
    return Subscription.model_validate({**raw, ID: id_})


def state(subscription: Subscription) -> State:
    body = {name: each for name, each in subscription.body().items() if name != ID}
    profile = subscription.profile
    return {
        **body,
        "name": subscription.name,
        "criteria": [
            {
                "applicationId": each.application_id or None,
                "entityId": each.entity_id or None,
                "callsConfigurationId": each.calls_configuration_id or None,
            }
            for each in subscription.criteria
        ],
        "profile": None if profile is None else {"profileId": profile.profile_id},
    }


async def read(client: PlatformClient, target: Target) -> State | None:
    channel, id_ = target.key
    try:
        return state(await client.get_subscription(channel or "", id_ or ""))
    except NotFoundError:
        return None


async def mirror(store: Store, step: Step) -> None:
    channel, id_ = step.target.key
    if OPERATIONS[step.operation].settle is Settle.GONE:
        await store.forget(SubscriptionRow(channel or "", id_ or "", None, (), None, ""))
    else:
        await store.put(stored(parsed(step.body or {}, id_ or ""), part=channel or ""))
