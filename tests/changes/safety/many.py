"""A job of as many steps as asked for, that has something of everything, on the account of the demo."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import cycle, islice
from typing import TYPE_CHECKING, TypeVar

from entitree.account import Account
from entitree.changes.edits import (
    Alias,
    Associate,
    Create,
    CreateStrategy,
    CreateSubscription,
    Delete,
    DeleteStrategy,
    Dissociate,
    Edit,
    EnableKey,
    LinkNumber,
    WriteInbound,
)
from entitree.inventory.model import AssociationRow, Family, KeyRow, Kind, NumberRow, StrategyRow
from entitree.inventory.records import RECORDS

if TYPE_CHECKING:
    from pathlib import Path

    from entitree.settings.profile import Profile

T = TypeVar("T")


async def prepared(profile: Profile, folder: Path, *, steps: int) -> int:
    """As `mixed.prepared`, with so many steps."""
    async with await Account.open(profile, folder, seed="demo") as account:
        await account.connect()
        await account.refresh()
        edits = await _edits(account, steps)
        doomed = [each.id for each in edits if isinstance(each, Delete)]
        impact = await account.desk.impact(Kind.ENTITY, doomed)
        plan = await account.desk.plan(edits, [impact])
        assert (plan.conflicts, len(plan.steps)) == ((), steps)
        return await account.desk.submit(plan)


async def _edits(account: Account, steps: int) -> list[Edit]:
    def share(percent: float) -> int:
        return max(1, round(steps * percent / 100))

    async def rows(family: Family, kind: type[T], where: str = "1") -> list[T]:
        found = await account.store.ask(lambda db: RECORDS[family].read(db, where, ()))
        return [each for each in found if isinstance(each, kind)]

    listing = await account.store.find(Kind.ENTITY)
    entities = [each.item.id for each in await account.store.rows(Kind.ENTITY, listing.keys)]
    doomed = set(entities[: share(6)])
    kept = [each for each in entities if each not in doomed]
    associations = await rows(Family.ASSOCIATIONS, AssociationRow)
    numbers = await rows(Family.NUMBERS, NumberRow)
    strategies = await rows(Family.STRATEGIES, StrategyRow, "entity_id IS NULL")
    keys = await rows(Family.KEYS, KeyRow)
    new = [f"storm {number}" for number in range(share(30))]
    free = [each for each in associations if each.entity_id is not None and each.entity_id not in doomed]
    texting = [each for each in numbers if "SMS" in each.capabilities]
    edits: list[Edit] = [
        *(Create(Kind.ENTITY, each, f"{each}!") for each in new),
        *(Alias(Kind.ENTITY, each, f"{each} renamed") for each in kept[: share(10)]),
        *(
            Associate(replace(row, entity_id=each))
            for row, each in zip(cycle(free), islice(new, share(15)), strict=False)
        ),
        *(Dissociate(each) for each in free[: share(10)]),
        *(
            CreateStrategy(json.dumps({"platform": {"entityId": new[number // 3]}, "channel": "SMS"}))
            for number in range(share(5))
        ),
        *(DeleteStrategy(each) for each in strategies[: share(0.5)]),
        *(
            CreateSubscription(
                "SMS",
                json.dumps(
                    {
                        "subscriptionId": f"storm-{number}",
                        "events": ["DELIVERY"],
                        "profile": {"profileId": "chat-hook"},
                        "criteria": [{"entityId": new[number]}],
                    }
                ),
            )
            for number in range(share(4))
        ),
        *(LinkNumber(each, "default", new[0]) for each in numbers[: share(3)]),
        *(
            WriteInbound("SMS", each.key, "STORM", json.dumps({"platform": {"applicationId": "default"}}))
            for each in texting[: share(3)]
        ),
        *(EnableKey(each, not each.enabled) for each in keys[-share(0.2) :]),
        *(Delete(Kind.ENTITY, each) for each in sorted(doomed)),
    ]
    return [*(Create(Kind.ENTITY, f"more {number}") for number in range(steps - len(edits))), *edits]
