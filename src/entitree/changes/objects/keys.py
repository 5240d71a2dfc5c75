"""API keys: what they are bound to, whether they may be used, what else limits them; never their secret
(platform.md 6).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from entitree.errors import NotFoundError
from entitree.inventory.model import Family, KeyRow, LinkRow
from entitree.inventory.records import RECORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from entitree.api.client import PlatformClient
    from entitree.api.models import ApiKey
    from entitree.changes.plan.model import State, Step, Target
    from entitree.inventory.store import Store


def links(rows: Iterable[LinkRow]) -> list[dict[str, Any]]:
    """What a key is bound to, as a part of its state."""
    return [
        {"applicationId": each.application_id, "entityId": each.entity_id or None, "action": each.action}
        for each in rows
    ]


def state(key: ApiKey) -> State:
    rows = [LinkRow(each.application_id, each.entity_id or None, each.action) for each in key.platform]
    return {
        "name": key.name,
        "enabled": key.enabled is not False,
        "platform": links(rows),
        "permissions": key.permissions or None,
        "scopeGuids": key.scope_guids or None,
    }


async def read(client: PlatformClient, target: Target) -> State | None:
    (id_,) = target.key
    try:
        return state(await client.get_api_key(id_ or ""))
    except NotFoundError:
        return None


async def mirror(store: Store, step: Step, result: State | None) -> None:
    now = result or step.after or {}
    record = RECORDS[Family.KEYS]
    for row in await store.ask(lambda db: record.read(db, record.identified, step.target.key)):
        if not isinstance(row, KeyRow):
            continue
        if "enabled" in now:
            row = replace(row, enabled=bool(now["enabled"]))
        if "platform" in now:
            bound = (
                LinkRow(each["applicationId"], each["entityId"], each["action"]) for each in now["platform"]
            )
            row = replace(row, links=tuple(bound))
        await store.put(row)
