"""Numbers with their own link, and the search over all owned resources (platform.md 2.2, 2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.api import operations as ops
from entitree.api.client.family import Family
from entitree.api.models import Number, Resource
from entitree.api.shapes import NUMBERS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from entitree.api.replies import Page


class Numbers(Family):
    def numbers(
        self, size: int = 1000, *, number: str | None = None, first: int = 0
    ) -> AsyncIterator[Page[Number]]:
        """All, or those found by a number; there is no filter by application or entity (platform.md 2.3).

        `size` is 1 or more. Totals are there only where the platform's count is certainly one.
        """
        return self._pages(ops.GET_NUMBERS, Number, size, first, shape=NUMBERS, filters=(("number", number),))

    async def get_number(self, number_key: str) -> Number:
        return await self._read(ops.GET_NUMBER, Number, path={"numberKey": number_key})

    async def update_number(
        self, number_key: str, application_id: str, entity_id: str | None = None
    ) -> Number:
        """Link the number to an application, alone or with an entity; what it was linked to before is gone.

        That a missing entity clears the link to one is inferred (platform.md 2.3): look at what comes back.
        """
        body = {"applicationId": application_id, **({} if entity_id is None else {"entityId": entity_id})}
        return await self._read(ops.UPDATE_NUMBER, Number, path={"numberKey": number_key}, body=body)

    def resources(
        self,
        resource_type: str,
        size: int = 1000,
        *,
        number: str | None = None,
        country_code: str | None = None,
        capabilities: Sequence[str] = (),
        sender_name: str | None = None,
        resource: str | None = None,
        first: int = 0,
    ) -> AsyncIterator[Page[Resource]]:
        """Those of one type that match every filter given; `size` is 1 or more (platform.md 2.2).

        Types to search for are NUMBER, ALPHANUMERIC, RCS_RESOURCE, VIBER_RESOURCE, APPLE_RESOURCE and
        OPEN_CHANNEL_RESOURCE, and each has filters of its own: NUMBER `number`, `country_code` and
        `capabilities`, ALPHANUMERIC `sender_name` and `country_code`, RCS_RESOURCE `sender_name`, the others
        `resource`.
        """
        filters: dict[str, object] = {
            "number": number,
            "senderName": sender_name,
            "resource": resource,
            "countryCode": country_code,
            "capabilities": list(capabilities) or None,
        }
        body = {
            "resourceType": resource_type,
            **{name: value for name, value in filters.items() if value is not None},
        }
        return self._pages(ops.SEARCH_RESOURCES, Resource, size, first, body=body)
