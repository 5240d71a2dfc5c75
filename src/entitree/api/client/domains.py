"""Email domains (platform.md 2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entitree.api import operations as ops
from entitree.api.client.family import Family
from entitree.api.models import Domain
from entitree.api.urls import demand_addressable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from entitree.api.replies import Page


class Domains(Family):
    def domains(self, size: int = 20, *, first: int = 0) -> AsyncIterator[Page[Domain]]:
        """`size` is 1 to 20 (platform.md 0.5)."""
        return self._pages(ops.GET_DOMAINS, Domain, size, first)

    async def get_domain(self, domain_name: str) -> Domain:
        return await self._read(ops.GET_DOMAIN, Domain, path={"domainName": domain_name})

    async def create_domain(self, body: dict[str, Any]) -> Domain:
        """Register a domain; `domainName` and `targetedDailyTraffic` are required (platform.md 2.4).

        What it is registered for is in no reply, and can never be read back.
        """
        if isinstance(name := body.get("domainName"), str):
            demand_addressable(name, "domain")
        return await self._read(ops.CREATE_DOMAIN, Domain, body=body)

    async def delete_domain(self, domain_name: str) -> None:
        await self.call(ops.DELETE_DOMAIN, path={"domainName": domain_name})
