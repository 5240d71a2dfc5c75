"""Which one thing of the account an edit is about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from entitree.changes import edits as e
from entitree.changes.plan.model import Target, association_target, item_target
from entitree.inventory.model import Family

if TYPE_CHECKING:
    from entitree.changes.edits import Edit


def target_of(edit: Edit) -> Target:
    """What the edit changes. Of a strategy to be made the key is empty: each is a thing of its own."""
    match edit:
        case e.Create() | e.Alias() | e.Delete():
            return item_target(edit.kind, edit.id)
        case e.Associate() | e.Dissociate():
            return association_target(edit.association)
        case e.LinkNumber(number):
            return Target(Family.NUMBERS, (number.key,))
        case e.WriteInbound(channel, resource_id, keyword):
            return Target(Family.INBOUND, (resource_id, channel, keyword))
        case e.DeleteInbound(row):
            return Target(Family.INBOUND, (row.resource_id, row.channel, row.keyword))
        case e.CreateStrategy():
            return Target(Family.STRATEGIES, ())
        case e.DeleteStrategy(strategy):
            return Target(Family.STRATEGIES, (strategy.id,))
        case e.CreateSubscription(channel, raw):
            return Target(Family.SUBSCRIPTIONS, (channel, json.loads(raw)["subscriptionId"]))
        case e.ModifySubscription(row) | e.DeleteSubscription(row):
            return Target(Family.SUBSCRIPTIONS, (row.channel, row.id))
        case e.LinkKey(key) | e.EnableKey(key):
            return Target(Family.KEYS, (key.id,))
