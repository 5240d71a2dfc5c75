"""What a user asks for, and what is wrong with it, in plain sentences."""

from typing import TypeAlias

from entitree.changes.edits.checks import Finding, Severity, check_alias, check_id
from entitree.changes.edits.configurations import (
    CreateStrategy,
    CreateSubscription,
    DeleteStrategy,
    DeleteSubscription,
    ModifySubscription,
)
from entitree.changes.edits.items import Alias, Create, Delete
from entitree.changes.edits.keys import EnableKey, LinkKey
from entitree.changes.edits.resources import (
    Associate,
    DeleteInbound,
    Dissociate,
    LinkNumber,
    WriteInbound,
)

Edit: TypeAlias = (
    Create
    | Alias
    | Delete
    | Associate
    | Dissociate
    | LinkNumber
    | WriteInbound
    | DeleteInbound
    | CreateStrategy
    | DeleteStrategy
    | CreateSubscription
    | ModifySubscription
    | DeleteSubscription
    | LinkKey
    | EnableKey
)

__all__ = [
    "Alias",
    "Associate",
    "Create",
    "CreateStrategy",
    "CreateSubscription",
    "Delete",
    "DeleteInbound",
    "DeleteStrategy",
    "DeleteSubscription",
    "Dissociate",
    "Edit",
    "EnableKey",
    "Finding",
    "LinkKey",
    "LinkNumber",
    "ModifySubscription",
    "Severity",
    "WriteInbound",
    "check_alias",
    "check_id",
]
