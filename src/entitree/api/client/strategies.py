"""Sending strategies (platform.md 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.api import operations as ops
from entitree.api.client.family import Family
from entitree.api.models import SendingStrategy, SendingStrategyCreated

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from entitree.api.models import SendingStrategyRequest
    from entitree.api.replies import Page


class Strategies(Family):
    def strategies(
        self,
        size: int = 1000,
        *,
        application_id: str | None = None,
        entity_id: str | None = None,
        sending_strategy_id: str | None = None,
        first: int = 0,
    ) -> AsyncIterator[Page[SendingStrategy]]:
        """Those that match every filter given; `size` is 1 to 1,000 (platform.md 5)."""
        filters = (
            ("applicationId", application_id),
            ("entityId", entity_id),
            ("sendingStrategyId", sending_strategy_id),
        )
        return self._pages(ops.GET_STRATEGIES, SendingStrategy, size, first, filters=filters)

    async def create_strategy(self, strategy: SendingStrategyRequest) -> str:
        """Create a sending strategy; the platform chooses its id, which is returned (platform.md 5)."""
        created = await self._read(ops.CREATE_STRATEGY, SendingStrategyCreated, body=strategy.body())
        return created.sending_strategy_id

    async def delete_strategy(self, sending_strategy_id: str) -> None:
        await self.call(ops.DELETE_STRATEGY, path={"sendingStrategyId": sending_strategy_id})
