"""Steps for sending strategies and subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.api import operations as ops
from entitree.changes.edits.definitions import DefinitionError
from entitree.changes.impact import pair
from entitree.changes.objects import strategies, subscriptions
from entitree.changes.plan.bodies import checked_strategy, checked_subscription
from entitree.changes.plan.model import Step
from entitree.changes.plan.targets import target_of
from entitree.text import visible

if TYPE_CHECKING:
    from entitree.changes.edits import (
        CreateStrategy,
        CreateSubscription,
        DeleteStrategy,
        DeleteSubscription,
        ModifySubscription,
    )
    from entitree.changes.plan.ground import Ground
    from entitree.changes.plan.model import State
    from entitree.inventory.model import StrategyRow, SubscriptionRow


def create_strategy(number: int, edit: CreateStrategy) -> Step:
    wanted = checked_strategy(edit.raw)
    after = strategies.state(wanted)
    return Step(
        number,
        ops.CREATE_STRATEGY.name,
        f"Create sending strategy {_strategy_words(after)}",
        target_of(edit),
        body=wanted.body(),
        after=after,
    )


def delete_strategy(number: int, edit: DeleteStrategy, ground: Ground) -> Step:
    target = target_of(edit)
    before = ground.state(target, _known_strategy(edit.strategy)) or {}
    return Step(
        number,
        ops.DELETE_STRATEGY.name,
        f"Delete sending strategy {visible(edit.strategy.id)}, {_strategy_words(before)}",
        target,
        path={"sendingStrategyId": edit.strategy.id},
        before=before,
    )


def create_subscription(number: int, edit: CreateSubscription) -> Step:
    body = checked_subscription(edit.raw)
    id_ = body[subscriptions.ID]
    return Step(
        number,
        ops.CREATE_SUBSCRIPTION.name,
        f"Create subscription {_subscription_words(edit.channel, id_)}",
        target_of(edit),
        path={"channel": edit.channel},
        body=body,
        after=subscriptions.state(subscriptions.parsed(body, id_)),
    )


def modify_subscription(number: int, edit: ModifySubscription, ground: Ground) -> Step:
    row, target = edit.subscription, target_of(edit)
    body = checked_subscription(edit.raw, row.id)
    before = ground.state(target, _known_subscription(row)) or {}
    for name in subscriptions.LISTS:
        if before.get(name):
            # Left out it might stay as it was (platform.md 4 only suggests that all is replaced).
            body.setdefault(name, [])
    title = f"Change subscription {_subscription_words(row.channel, row.id)}"
    if before.get("criteria") and not body.get("criteria"):
        title += ", which then matches all traffic"
    return Step(
        number,
        ops.UPDATE_SUBSCRIPTION.name,
        title,
        target,
        path=_path(row),
        body=body,
        before=before,
        after=subscriptions.state(subscriptions.parsed(body, row.id)),
    )


def delete_subscription(number: int, edit: DeleteSubscription, ground: Ground) -> Step:
    row, target = edit.subscription, target_of(edit)
    return Step(
        number,
        ops.DELETE_SUBSCRIPTION.name,
        f"Delete subscription {_subscription_words(row.channel, row.id)}",
        target,
        path=_path(row),
        before=ground.state(target, _known_subscription(row)) or {},
    )


def _known_strategy(row: StrategyRow) -> State:
    try:
        return strategies.state(checked_strategy(row.raw))
    except DefinitionError:
        # Of a deletion nothing but its being there matters.
        return {"platform": {"applicationId": row.application_id, "entityId": row.entity_id}}


def _known_subscription(row: SubscriptionRow) -> State:
    try:
        return subscriptions.state(subscriptions.parsed(checked_subscription(row.raw, row.id), row.id))
    except DefinitionError:
        return {"profile": None if row.profile_id is None else {"profileId": row.profile_id}}


def _path(row: SubscriptionRow) -> dict[str, str]:
    return {"channel": row.channel, "subscriptionId": row.id}


def _strategy_words(strategy: State) -> str:
    platform = strategy.get("platform") or {}
    tied = pair(platform.get("applicationId"), platform.get("entityId"))
    channel = strategy.get("channel") or "every channel"
    country = strategy.get("destinationCountryCode") or "every country"
    return visible(f"{channel} → {country} for {tied}")


def _subscription_words(channel: str, id_: str) -> str:
    return visible(f"{id_} of {channel}")
