"""Applications, entities and associations (platform.md 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.api import operations as ops
from entitree.api.client.family import Family
from entitree.api.models import Application, Association, Entity
from entitree.api.urls import demand_addressable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from entitree.api.replies import Page


class Provisioning(Family):
    def applications(self, size: int = 1000, *, first: int = 0) -> AsyncIterator[Page[Application]]:
        """`size` is 1 to 1,000 (platform.md 0.5)."""
        return self._pages(ops.GET_APPLICATIONS, Application, size, first)

    def entities(self, size: int = 1000, *, first: int = 0) -> AsyncIterator[Page[Entity]]:
        """`size` is 1 to 1,000 (platform.md 0.5)."""
        return self._pages(ops.GET_ENTITIES, Entity, size, first)

    def associations(
        self,
        size: int = 1000,
        *,
        application_id: str | None = None,
        entity_id: str | None = None,
        resource_type: str | None = None,
        channel: str | None = None,
        resource_id: str | None = None,
        first: int = 0,
    ) -> AsyncIterator[Page[Association]]:
        """Those that match every filter given; `size` is 1 to 1,000 (platform.md 1.1)."""
        filters = (
            ("resourceType", resource_type),
            ("channel", channel),
            ("applicationId", application_id),
            ("entityId", entity_id),
            ("resourceId", resource_id),
        )
        return self._pages(ops.GET_ASSOCIATIONS, Association, size, first, filters=filters)

    async def get_application(self, application_id: str) -> Application:
        return await self._read(ops.GET_APPLICATION, Application, path={"applicationId": application_id})

    async def create_application(self, application_id: str, alias: str | None = None) -> None:
        demand_addressable(application_id, "application")
        body = {"applicationId": application_id, **_alias("applicationName", alias)}
        await self.call(ops.CREATE_APPLICATION, body=body)

    async def modify_application(self, application_id: str, alias: str | None) -> None:
        """Give the application another alias; None clears it by sending none (platform.md 1.2, inferred)."""
        body = _alias("applicationName", alias)
        await self.call(ops.MODIFY_APPLICATION, path={"applicationId": application_id}, body=body)

    async def delete_application(self, application_id: str) -> None:
        """Delete the application and every configuration that names it (platform.md 8)."""
        await self.call(ops.DELETE_APPLICATION, path={"applicationId": application_id})

    async def get_entity(self, entity_id: str) -> Entity:
        return await self._read(ops.GET_ENTITY, Entity, path={"entityId": entity_id})

    async def create_entity(self, entity_id: str, alias: str | None = None) -> None:
        demand_addressable(entity_id, "entity")
        await self.call(ops.CREATE_ENTITY, body={"entityId": entity_id, **_alias("entityName", alias)})

    async def modify_entity(self, entity_id: str, alias: str | None) -> None:
        """Give the entity another alias; None clears it by sending none (platform.md 1.2, inferred)."""
        await self.call(ops.MODIFY_ENTITY, path={"entityId": entity_id}, body=_alias("entityName", alias))

    async def delete_entity(self, entity_id: str) -> None:
        """Delete the entity and every configuration that names it (platform.md 8)."""
        await self.call(ops.DELETE_ENTITY, path={"entityId": entity_id})

    async def get_association(self, association: Association) -> Association:
        """The association with the same five fields, which are its identity (platform.md 1.2)."""
        query = tuple(association.body().items())
        return await self._read(ops.GET_ASSOCIATION, Association, query=query)

    async def create_association(self, association: Association) -> None:
        await self.call(ops.CREATE_ASSOCIATION, body=association.body())

    async def delete_association(self, association: Association) -> None:
        """Undo the tie; the resource itself stays. The request carries a body (platform.md 1.1)."""
        await self.call(ops.DELETE_ASSOCIATION, body=association.body())


def _alias(field: str, alias: str | None) -> dict[str, str]:
    return {} if alias is None else {field: alias}
