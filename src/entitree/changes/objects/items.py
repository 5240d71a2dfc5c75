"""Applications and entities: a state is `{"alias": …}` (platform.md 1.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.api.operations import OPERATIONS, Settle
from entitree.errors import NotFoundError
from entitree.inventory.model import Item, Kind

if TYPE_CHECKING:
    from entitree.api.client import PlatformClient
    from entitree.changes.plan.model import State, Step, Target
    from entitree.inventory.store import Store


def state(alias: str | None) -> State:
    return {"alias": alias}


async def read(client: PlatformClient, target: Target) -> State | None:
    (item_id,) = target.key
    try:
        if target.kind is Kind.APPLICATION:
            return state((await client.get_application(item_id or "")).application_name)
        return state((await client.get_entity(item_id or "")).entity_name)
    except NotFoundError:
        return None


async def mirror(store: Store, step: Step) -> None:
    if step.kind is None or step.id is None:
        return
    if OPERATIONS[step.operation].settle is Settle.GONE:
        await store.forget_item(step.kind, step.id)
    else:
        await store.put(Item(step.kind, step.id, (step.after or {}).get("alias")))
