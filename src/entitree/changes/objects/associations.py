"""Associations: what identifies one is all that it has, so that its state is empty (platform.md 1.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.api.operations import OPERATIONS, Settle
from entitree.errors import NotFoundError
from entitree.inventory.wire import association as wire_association, stored

if TYPE_CHECKING:
    from entitree.api.client import PlatformClient
    from entitree.changes.plan.model import State, Step, Target
    from entitree.inventory.model import AssociationRow
    from entitree.inventory.store import Store

THERE: State = {}


async def read(client: PlatformClient, target: Target) -> State | None:
    wanted = target.association
    if wanted is None:
        return None
    try:
        found = await client.get_association(wire_association(wanted))
    except NotFoundError:
        return None
    # Asked for without an entity, a platform may answer with one of those that have one.
    if stored(found) == wanted or await _listed(client, wanted):
        return THERE
    return None


async def _listed(client: PlatformClient, wanted: AssociationRow) -> bool:
    pages = client.associations(
        application_id=wanted.application_id,
        entity_id=wanted.entity_id,
        resource_type=wanted.resource_type,
        channel=wanted.channel,
        resource_id=wanted.resource_id,
    )
    async for page in pages:
        if any(stored(each) == wanted for each in page.results):
            return True
    return False


async def mirror(store: Store, step: Step) -> None:
    row = step.association
    if row is not None:
        gone = OPERATIONS[step.operation].settle is Settle.GONE
        await (store.forget(row) if gone else store.put(row))
