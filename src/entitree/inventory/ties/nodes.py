"""What the trees of items and of resources have in common: a level, and the nodes for what stands in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.inventory.links import Node, NodeKind
from entitree.inventory.model import AssociationRow, InboundRow, Kind, owning_family
from entitree.inventory.records import ITEMS
from entitree.record import record

if TYPE_CHECKING:
    from collections.abc import Iterable
    from sqlite3 import Connection

    from entitree.inventory.model import Family

LEVEL = 200
"""Nodes of a level that are read at a time."""
GONE = "does not exist"
UNPAIRED = {Kind.APPLICATION: "whole application", Kind.ENTITY: "any application"}
"""What stands in place of the other half where there is none."""


@record
class Level:
    """A piece of a level."""

    nodes: tuple[Node, ...] = ()
    total: int = 0
    """How many nodes the whole level has."""
    matches: int = 0
    """At the top, with words: how many configurations match in all."""


@record
class Asked:
    """One question: the snapshot, what of it was ever read, and which nodes of the level are wanted."""

    connection: Connection
    known: frozenset[Family]
    offset: int
    limit: int

    @property
    def stop(self) -> int:
        return self.offset + self.limit

    def whole(self, nodes: Iterable[Node]) -> Level:
        """The wanted piece of a level that was read as a whole."""
        every = tuple(nodes)
        return Level(every[self.offset : self.stop], len(every))

    def half(self, kind: Kind, id: str, alias: str | None, there: object, count: int) -> Node:
        """A branch for the application or entity `id`.

        That it does not exist is said only where all of its kind were read.
        """
        exists = bool(there) or ITEMS[kind] not in self.known
        detail = (alias if alias != id else "") or ""
        return Node(
            id,
            NodeKind(kind.value),
            detail=detail if exists else GONE,
            count=count,
            target=(kind, id),
            exists=exists,
        )

    def owned(self, type_: str, owned: int) -> bool:
        """Whether the account has a resource, as far as that is known."""
        return owned > 0 or owning_family(type_) not in self.known


def unpaired(kind: Kind, count: int) -> Node:
    """A branch for what names an item of `kind` alone."""
    return Node(UNPAIRED[kind], NodeKind.UNPAIRED, count=count)


def resource(row: AssociationRow, name: str, *, owned: bool, own: str) -> Node:
    """A leaf for an association, by what people call the resource; `own`: whose it is, where that is open."""
    detail = joined(
        words(row.resource_type),
        row.resource_id if row.resource_id != name else "",
        own,
        "" if owned else "not owned",
    )
    # Not whose it is where that goes without saying: in the tree of another item this is the same place.
    key = repr((row.resource_type, row.resource_id, own))
    return Node(name, NodeKind.RESOURCE, detail=detail, reference=row, key=key)


def inbound(row: InboundRow, label: str, *more: str) -> Node:
    detail = joined(row.channel, *more, forwarded(row))
    return Node(label, NodeKind.INBOUND_CONFIGURATION, detail=detail, reference=row, key=row.key)


def keyword(row: InboundRow) -> str:
    return row.keyword or "any keyword"


def forwarded(row: InboundRow) -> str:
    return " ".join(filter(None, (words(row.forwarding or ""), row.url or "")))


def joined(*parts: str) -> str:
    return " · ".join(filter(None, parts))


def words(constant: str) -> str:
    """A constant of the platform as people read it."""
    return constant.replace("_", " ").lower()
