"""The own link of a number: `{"applicationId": …, "entityId": …}` (platform.md 2.3)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from entitree.api.names import DEFAULT_APPLICATION
from entitree.errors import NotFoundError
from entitree.inventory.model import Family, NumberRow
from entitree.inventory.records import RECORDS

if TYPE_CHECKING:
    from entitree.api.client import PlatformClient
    from entitree.api.models import Number
    from entitree.changes.plan.model import State, Step, Target
    from entitree.inventory.store import Store


def state(application_id: str | None, entity_id: str | None) -> State:
    """Linked to nothing is linked to the default application and no entity."""
    return {"applicationId": application_id or DEFAULT_APPLICATION, "entityId": entity_id or None}


def state_of(number: Number) -> State:
    return state(number.application_id, number.entity_id)


async def read(client: PlatformClient, target: Target) -> State | None:
    (key,) = target.key
    try:
        return state_of(await client.get_number(key or ""))
    except NotFoundError:
        return None


async def mirror(store: Store, step: Step, result: State | None) -> None:
    now = result or step.after or {}
    record = RECORDS[Family.NUMBERS]
    for row in await store.ask(lambda db: record.read(db, record.identified, step.target.key)):
        if isinstance(row, NumberRow):
            await store.put(
                replace(row, application_id=now.get("applicationId"), entity_id=now.get("entityId"))
            )
