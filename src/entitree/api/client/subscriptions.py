"""Subscriptions, which belong to one channel each (platform.md 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entitree.api import operations as ops
from entitree.api.client.family import Family
from entitree.api.models import Subscription, SubscriptionCreated
from entitree.api.urls import demand_addressable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from entitree.api.models import SubscriptionChange
    from entitree.api.replies import Page


class Subscriptions(Family):
    def subscriptions(
        self,
        channel: str,
        size: int = 100,
        *,
        application_id: str | None = None,
        entity_id: str | None = None,
        first: int = 0,
    ) -> AsyncIterator[Page[Subscription]]:
        """Those of one channel that match every filter, newest first; `size` is 1 to 100 (platform.md 4)."""
        filters = (("applicationId", application_id), ("entityId", entity_id))
        return self._pages(
            ops.GET_SUBSCRIPTIONS, Subscription, size, first, path={"channel": channel}, filters=filters
        )

    async def get_subscription(self, channel: str, subscription_id: str) -> Subscription:
        return await self._read(
            ops.GET_SUBSCRIPTION, Subscription, path=_subscription(channel, subscription_id)
        )

    async def create_subscription(self, channel: str, body: dict[str, Any]) -> SubscriptionCreated:
        """Create a subscription; its profile may be a whole definition or an id (platform.md 4)."""
        if isinstance(identifier := body.get("subscriptionId"), str):
            demand_addressable(identifier, "subscription")
        return await self._read(
            ops.CREATE_SUBSCRIPTION, SubscriptionCreated, path={"channel": channel}, body=body
        )

    async def modify_subscription(
        self, channel: str, subscription_id: str, change: SubscriptionChange
    ) -> None:
        """Replace the subscription, all but its id (platform.md 4)."""
        path = _subscription(channel, subscription_id)
        await self.call(ops.UPDATE_SUBSCRIPTION, path=path, body=change.body())

    async def delete_subscription(self, channel: str, subscription_id: str) -> None:
        await self.call(ops.DELETE_SUBSCRIPTION, path=_subscription(channel, subscription_id))


def _subscription(channel: str, subscription_id: str) -> dict[str, str]:
    return {"channel": channel, "subscriptionId": subscription_id}
