"""Inbound message configurations, which are listed for one resource at a time (platform.md 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entitree.api import operations as ops
from entitree.api.client.family import Family, given
from entitree.api.failures import means_absent
from entitree.api.models import InboundConfiguration
from entitree.api.replies import Page, parse_page
from entitree.api.shapes import ARRAY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from entitree.api.transport import Reply


class Inbound(Family):
    async def inbound_configurations(
        self,
        *,
        channel: str | None = None,
        number_key: str | None = None,
        number: str | None = None,
        resource_key: str | None = None,
        resource: str | None = None,
        configuration_key: str | None = None,
    ) -> AsyncIterator[Page[InboundConfiguration]]:
        """Those of one resource on one channel, or the one of a key; a single page (platform.md 3).

        The platform wants a channel, or by some of its texts a `configuration_key` alone. That it knows no
        such resource there is an empty page.
        """
        query = (
            ("channel", channel),
            ("numberKey", number_key),
            ("number", number),
            ("resourceKey", resource_key),
            ("resource", resource),
            ("configurationKey", configuration_key),
        )

        def parse(reply: Reply) -> Page[InboundConfiguration]:
            if reply.status == ops.GET_INBOUND.success:
                return parse_page(reply.body, InboundConfiguration, ARRAY)
            return Page(())

        yield await self._exchange(ops.GET_INBOUND, parse, query=given(query), accept=means_absent)

    async def set_inbound(self, body: dict[str, Any]) -> InboundConfiguration:
        """Create a configuration, or update the one with the same resource, channel and keyword."""
        return await self._read(ops.SET_INBOUND, InboundConfiguration, body=body)

    async def delete_inbound(self, configuration_key: str) -> None:
        await self.call(ops.DELETE_INBOUND, path={"configurationKey": configuration_key})
