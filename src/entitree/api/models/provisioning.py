"""Applications, entities and what ties resources to them (platform.md 1.2; application-entity.json)."""

from __future__ import annotations

from typing import Any, ClassVar

from entitree.api.models.wire import WireModel


class Application(WireModel):
    """An environment or use case. `application_name` is what the portal calls its alias."""

    identified_by: ClassVar = ("application_id",)
    in_paths: ClassVar = "application_id"

    application_id: str
    application_name: str | None = None


class Entity(WireModel):
    """A customer or cost centre. `entity_name` is what the portal calls its alias."""

    identified_by: ClassVar = ("entity_id",)
    in_paths: ClassVar = "entity_id"

    entity_id: str
    entity_name: str | None = None


class Association(WireModel):
    """A resource tied to an application, alone or with an entity. Its identity is all five fields.

    `resource_type` is NUMBER, DOMAIN, ALPHA, … and `channel` SMS, MMS, EMAIL, …; both enums are open.
    """

    identified_by: ClassVar = ("resource_type", "channel", "application_id", "entity_id", "resource_id")

    resource_type: str
    channel: str
    application_id: str
    entity_id: str | None = None
    resource_id: str

    def body(self) -> dict[str, Any]:
        """As `WireModel.body`, but `entityId` is always there: null means no entity (platform.md 1.2)."""
        return self.model_dump(by_alias=True, include=set(Association.model_fields))
