"""What a tree of ties can be asked for; apart from what answers, for it is named long before it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from entitree.record import record

if TYPE_CHECKING:
    from entitree.inventory.model import Kind


@record
class ItemTies:
    """Asks for what is tied to applications or entities, all of them taken together."""

    kind: Kind
    ids: tuple[str, ...]


@record
class ResourceTies:
    """Asks for what a resource serves; `type` and `id` are the associations' words for it."""

    type: str
    id: str


@record
class KeyTies:
    """Asks for what an API key is bound to."""

    id: str


Subject: TypeAlias = ItemTies | ResourceTies | KeyTies
