"""A job of sixty steps that has something of everything, on the account of the documents."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from entitree.account import Account
from entitree.changes.edits import (
    Alias,
    Associate,
    Create,
    CreateStrategy,
    CreateSubscription,
    Delete,
    DeleteInbound,
    DeleteStrategy,
    DeleteSubscription,
    Dissociate,
    Edit,
    EnableKey,
    LinkKey,
    LinkNumber,
    ModifySubscription,
    WriteInbound,
)
from entitree.changes.worker import Pace
from entitree.inventory.model import AssociationRow, Family, Kind, LinkRow
from entitree.inventory.records import RECORDS

if TYPE_CHECKING:
    from pathlib import Path

    from entitree.settings.profile import Profile

STEPS = 60
HASTY = Pace(quiet=0.02, first=0.01, longest=0.02, network=1.0, look=0.02, idle=0.02)
"""Of a platform that has answered all that it ever will before anybody looks again."""

SECRET = "https://hook:pass@hooks.example/mo?token=s3cret"
COLA = "6F0C0D9E2B7A41D3A1F0000000000001"
BURGER = "6F0C0D9E2B7A41D3A1F0000000000002"
MMS = "6F0C0D9E2B7A41D3A1F0000000000003"
BRITISH = "6F0C0D9E2B7A41D3A1F0000000000004"
SHORT = "6F0C0D9E2B7A41D3A1F0000000000005"


async def prepared(profile: Profile, folder: Path) -> int:
    """Puts into an account's folder the mirror of the account, and the job in its journal; returns its id.

    Nobody has asked for it to be run yet.
    """
    async with AsyncExitStack() as stack:
        account = await stack.enter_async_context(await Account.open(profile, folder, seed="docs"))
        await account.connect()
        await account.refresh()
        await account.walk_inbound(lambda done, of: None)
        edits = [
            *_made(),
            *await _configured(account),
            *[Delete(Kind.ENTITY, each) for each in ("big-cola", "cost-center-300")],
            Delete(Kind.APPLICATION, "staging"),
        ]
        impacts = [
            await account.desk.impact(Kind.ENTITY, ["big-cola", "cost-center-300"]),
            await account.desk.impact(Kind.APPLICATION, ["staging"]),
        ]
        plan = await account.desk.plan(edits, impacts)
        assert (plan.conflicts, len(plan.steps)) == ((), STEPS), (plan.conflicts, len(plan.steps))
        return await account.desk.submit(plan)


def _made() -> list[Edit]:
    # So many that they are confirmed by a listing.
    return [
        *(Create(Kind.ENTITY, f"new-{number:02}", f"New No. {number}") for number in range(20)),
        Create(Kind.ENTITY, "a/b c"),
        *(Create(Kind.APPLICATION, f"app {number}", "é") for number in range(3)),
        Alias(Kind.ENTITY, "mc-burger", "McBurger & Co"),
        Alias(Kind.ENTITY, "cost-center-100", None),
        Alias(Kind.ENTITY, "cost-center-200", "Logistics"),
        Alias(Kind.APPLICATION, "production", "Prod"),
    ]


async def _configured(account: Account) -> list[Edit]:
    async def row(family: Family, where: str, *values: str) -> Any:  # noqa: ANN401 - any of them
        (found,) = await account.store.ask(lambda db: RECORDS[family].read(db, where, values))
        return found

    british = await row(Family.NUMBERS, "key = ?", BRITISH)
    short = await row(Family.NUMBERS, "key = ?", SHORT)
    marketing = await row(Family.SUBSCRIPTIONS, "id = ?", "marketing-delivery")
    strategy = await row(Family.STRATEGIES, "id = ?", "5C21A90B77E34F0D8A6612DE90F3B7A4")
    raw = json.dumps({**json.loads(strategy.raw), "platform": {"applicationId": "production"}})
    changed = {
        **json.loads(marketing.raw),
        "criteria": [{"applicationId": "marketing", "entityId": "new-01"}],
    }
    return [
        *(Associate(AssociationRow("NUMBER", "SMS", "production", f"new-{n:02}", BRITISH)) for n in range(7)),
        *(
            Associate(AssociationRow("NUMBER", "MMS", application, None, MMS))
            for application in ("app 0", "app 1")
        ),
        Dissociate(AssociationRow("NUMBER", "MMS", "marketing", "mc-burger", MMS)),
        Dissociate(AssociationRow("NUMBER", "SMS", "default", "cost-center-300", SHORT)),
        # Three that are equal: only their number tells whether one was made twice.
        *[CreateStrategy(raw)] * 3,
        CreateStrategy('{"platform": {"entityId": "new-03"}, "channel": "SMS"}'),
        DeleteStrategy(strategy),
        *(
            CreateSubscription(
                "SMS",
                json.dumps(
                    {
                        "subscriptionId": f"sub-{number}",
                        "events": ["DELIVERY"],
                        "profile": {"profileId": "main-hook"},
                        "criteria": [{"entityId": f"new-{number:02}"}],
                    }
                ),
            )
            for number in range(3)
        ),
        ModifySubscription(marketing, json.dumps(changed)),
        DeleteSubscription(await row(Family.SUBSCRIPTIONS, "id = ?", "retail-chat")),
        LinkNumber(british, "app 2", "new-05"),
        LinkNumber(short, "production"),
        WriteInbound(
            "SMS", BRITISH, "NEW", json.dumps({"forwarding": {"type": "HTTP_FORWARD", "url": SECRET}})
        ),
        WriteInbound(
            "SMS",
            COLA,
            None,
            json.dumps({"forwarding": {"type": "HTTP_FORWARD", "url": "https://x.example/"}}),
            await row(Family.INBOUND, "resource_id = ? AND keyword IS NULL AND channel = 'SMS'", COLA),
        ),
        DeleteInbound(await row(Family.INBOUND, "resource_id = ? AND keyword = 'CODE'", BURGER)),
        LinkKey(
            await row(Family.KEYS, "name = ?", "Key1"),
            (LinkRow("production", None, "FORCE"), LinkRow("marketing", "new-07")),
        ),
        LinkKey(await row(Family.KEYS, "name = ?", "Key3"), (LinkRow("default", "new-08"),)),
        EnableKey(await row(Family.KEYS, "name = ?", "Key2"), False),
    ]
