"""What `x` on a leaf of the tree asks for: that this configuration no longer names what it stands below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.api.names import DEFAULT_APPLICATION
from entitree.changes.edits import (
    DeleteStrategy,
    DeleteSubscription,
    Dissociate,
    LinkKey,
    LinkNumber,
    ModifySubscription,
    WriteInbound,
)
from entitree.changes.rewiring import criteria, rewritten
from entitree.errors import RefusedError
from entitree.inventory.links import NodeKind
from entitree.inventory.model import (
    AssociationRow,
    InboundRow,
    KeyRow,
    Kind,
    NumberRow,
    StrategyRow,
    SubscriptionRow,
)
from entitree.inventory.ties import ItemTies, KeyTies
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from entitree.changes.edits import Edit
    from entitree.inventory.links import Node, Path
    from entitree.inventory.ties import Subject

_UNTAGGED = '{"platform": null}'


def untied(subject: Subject | None, path: Path, node: Node) -> Edit:
    """The edit for the leaf `node` at `path` in the tree of `subject`.

    A subscription loses the criteria that name what the leaf stands below, and is deleted where none would
    be left: it would match all traffic. Raises RefusedError where there is nothing to untie, or where a key
    would be bound to nothing and could do everything.
    """
    here = _named_here(subject, path)
    match node.reference:
        case AssociationRow() as row:
            return Dissociate(row)
        case StrategyRow() as strategy:
            return DeleteStrategy(strategy)
        case SubscriptionRow() as subscription:
            return _subscription(subscription, here)
        case NumberRow() as number:
            return LinkNumber(number, DEFAULT_APPLICATION)
        case InboundRow() as inbound:
            if inbound.application_id is None and inbound.entity_id is None:
                raise RefusedError("This inbound configuration is tied to no application or entity.")
            return WriteInbound(
                inbound.channel, inbound.resource_id, inbound.keyword, _UNTAGGED, before=inbound
            )
        case KeyRow() as key:
            return _key(key, here)
        case _:
            raise RefusedError("x acts on a single configuration: open the branch and go to a line in it.")


def _subscription(row: SubscriptionRow, here: Callable[[str | None, str | None], bool]) -> Edit:
    left = [each for each in criteria(row) if not here(each.get("applicationId"), each.get("entityId"))]
    return ModifySubscription(row, rewritten(row, left)) if left else DeleteSubscription(row)


def _key(row: KeyRow, here: Callable[[str | None, str | None], bool]) -> Edit:
    left = tuple(each for each in row.links if not here(each.application_id, each.entity_id))
    if not left:
        raise RefusedError(
            f"Key {visible(row.name)} is bound to nothing else: bound to nothing it could do everything.",
            hint="Disable it in its tab (4, then o), or bind it to something else first (b).",
        )
    return LinkKey(row, left)


def _named_here(subject: Subject | None, path: Path) -> Callable[[str | None, str | None], bool]:
    """Whether application and entity are those that the leaf at `path` stands below."""
    steps = dict(path)
    if isinstance(subject, KeyTies):
        # The leaf is the entity itself.
        application, entity = steps.get(NodeKind.APPLICATION), steps.get(NodeKind.ENTITY)
        return lambda a, e: a == application and e == entity
    if not isinstance(subject, ItemTies) or not path:
        return lambda a, e: False
    ids, (kind, key) = frozenset(subject.ids), path[0]
    other = None if kind is NodeKind.UNPAIRED else key
    if subject.kind is Kind.APPLICATION:
        return lambda a, e: a in ids and e == other
    return lambda a, e: e in ids and a == other
