"""The levels of the tree of what is tied to applications or entities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.inventory.links import Node, NodeKind
from entitree.inventory.model import AssociationRow, KeyRow, Kind
from entitree.inventory.records import ITEMS
from entitree.inventory.ties.halves import Halves
from entitree.inventory.ties.leaves import key_leaf, leaf
from entitree.inventory.ties.naming import Naming, own_half, walks
from entitree.inventory.ties.nodes import GONE, UNPAIRED, Level, resource
from entitree.inventory.ties.sources import ASSOCIATIONS, GROUPS, RESOURCE_MATCHES, both, left_of, read
from entitree.text import mended

if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Connection

    from entitree.inventory.links import Path
    from entitree.inventory.model import Family
    from entitree.inventory.ties.nodes import Asked
    from entitree.inventory.ties.sources import Source


def level(asked: Asked, kind: Kind, ids: Sequence[str], path: Path, words: Sequence[str]) -> Level:
    """See `ties.level`."""
    if not ids:
        return Level()
    own, several = own_half(asked.connection, kind, ids), len(ids) > 1
    if not path:
        halves = Halves(asked, kind, own, several)
        return halves.leading_to(words) if words else halves.every()
    ties = _Below(asked, kind, own, several)
    top, *rest = path
    other = None if top[0] is NodeKind.UNPAIRED else top[1]
    left = left_of(words, UNPAIRED[kind]) if other is None else ties.left_of_item(words, other)
    if not rest:
        return ties.groups(other, left)
    group, key = rest[0]
    if group is NodeKind.CHANNEL:
        return ties.resources(other, key, left_of(left, key))
    source = GROUPS.get(group)
    return Level() if source is None else ties.leaves(source, other, left_of(left, source.title))


def title(
    connection: Connection, known: frozenset[Family], kind: Kind, ids: Sequence[str]
) -> tuple[str, str]:
    """What is asked about, and what there is to say of it."""
    if len(ids) != 1:
        return "", ""
    found = connection.execute(
        f"SELECT alias, there FROM {kind.value} WHERE id = ?", (mended(ids[0]),)
    ).fetchone()
    alias, there = found or (None, True)
    return ids[0], (alias or "") if there or ITEMS[kind] not in known else GONE


class _Below(Naming):
    """What stands below an other half, or below nothing of the kind."""

    __slots__ = ()

    def groups(self, other: str | None, words: Sequence[str]) -> Level:
        """Channels, then a group for each other family that has something."""
        where, values = both(*self.pair(ASSOCIATIONS, other), *self.matching(ASSOCIATIONS, words))
        nodes = [
            Node(channel, NodeKind.CHANNEL, count=count)
            for channel, count in self.asked.connection.execute(
                f"SELECT t.channel, count(*) FROM association AS t WHERE {where} GROUP BY 1 ORDER BY 1",
                values,
            )
        ]
        for source in GROUPS.values():
            count = self.count(source, other, left_of(words, source.title))
            if count:
                nodes.append(Node(source.title, source.group, count=count))
        return self.asked.whole(nodes)

    def leaves(self, source: Source, other: str | None, words: Sequence[str]) -> Level:
        """The configurations of a group."""
        where = (*self.pair(source, other), *self.matching(source, words))
        connection = self.asked.connection
        statement, values = source.rows(*where)
        rows = connection.execute(
            f"{statement} ORDER BY {source.order} LIMIT ? OFFSET ?",
            [*values, self.asked.limit, self.asked.offset],
        )
        found = read(connection, source, [row for (row,) in rows])
        kind = self.kind if self.several else None
        nodes = [
            key_leaf(each, self._actions(source, other, each.id))
            if isinstance(each, KeyRow)
            else leaf(connection, each, kind)
            for each in found
        ]
        return Level(tuple(nodes), source.count(connection, *where))

    def _actions(self, source: Source, other: str | None, key: str) -> list[str]:
        """What a key does with the ids in a request, by its links to just these pairs."""
        where, values = both(*self.pair(source, other), ("t.id = ? AND c.action IS NOT NULL", [key]))
        rows = self.asked.connection.execute(
            f"SELECT DISTINCT c.action FROM {source.tables} WHERE {where} ORDER BY 1", values
        )
        return [action for (action,) in rows]

    def resources(self, other: str | None, channel: str, words: Sequence[str]) -> Level:
        """The resources of a channel, by name."""
        pair = (*self.pair(ASSOCIATIONS, other), ("t.channel = ?", [channel]))
        connection = self.asked.connection
        total = ASSOCIATIONS.count(connection, *pair, *[(RESOURCE_MATCHES, [word]) for word in words])
        where, values = both(*pair, *[("instr(r.hay, ?)", [word]) for word in words])
        known = int(connection.execute("SELECT ifnull(max(row), 0) FROM resource").fetchone()[0])
        # Three times: to look whether a resource is tied takes longer than to look whether an entity is.
        if not self.several and walks(3 * self.asked.stop, total, known):
            tables = "resource AS r CROSS JOIN association AS t"
            named = self.own_half[1][0]
            halves = (named, other) if self.kind is Kind.APPLICATION else (other, named)
            # As the index has it.
            pair_as_indexed = "t.application_id = ? AND ifnull(t.entity_id, x'') = ifnull(?, x'')"
            where, values = both(
                (pair_as_indexed, list(halves)),
                ("t.channel = ?", [channel]),
                *[("instr(r.hay, ?)", [word]) for word in words],
            )
        else:
            tables = "association AS t CROSS JOIN resource AS r"
        rows = connection.execute(
            "SELECT t.resource_type, t.channel, t.application_id, t.entity_id, t.resource_id, r.name, r.owned"
            f" FROM {tables} ON r.type = t.resource_type AND r.id = t.resource_id"
            f" WHERE {where} ORDER BY {ASSOCIATIONS.order} LIMIT ? OFFSET ?",
            [*values, self.asked.limit, self.asked.offset],
        )
        return Level(tuple(self._resource(*row) for row in rows), total)

    def _resource(
        self, type_: str, channel: str, application: str, entity: str | None, id: str, name: str, owned: int
    ) -> Node:
        row = AssociationRow(type_, channel, application, entity, id)
        own = (application if self.kind is Kind.APPLICATION else entity) if self.several else ""
        return resource(row, name, owned=self.asked.owned(type_, owned), own=own or "")
