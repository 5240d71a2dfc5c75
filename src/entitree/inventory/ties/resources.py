"""The levels of the tree of what a resource serves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from entitree.api.names import DEFAULT_APPLICATION
from entitree.inventory.fold import folded
from entitree.inventory.links import Node, NodeKind
from entitree.inventory.model import AssociationRow, Family, InboundRow, Kind, NumberRow
from entitree.inventory.records import RECORDS
from entitree.inventory.ties.nodes import (
    UNPAIRED,
    Asked,
    Level,
    inbound,
    joined,
    keyword,
    unpaired,
    words as in_words,
)
from entitree.inventory.ties.sources import GROUPS, both, either, left_of
from entitree.record import record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Connection

    from entitree.inventory.links import Path
    from entitree.inventory.ties.sources import Sql

OWN_LINK = "Own link"
NUMBERS = RECORDS[Family.NUMBERS]
_INBOUND = GROUPS[NodeKind.INBOUND_CONFIGURATIONS]
_SERVES = "t.resource_type = ? AND t.resource_id = ?"


def level(asked: Asked, type_: str, id: str, path: Path, words: Sequence[str]) -> Level:
    """See `ties.level`."""
    served = _Served(asked, type_, id)
    if not path:
        return served.top(words)
    (kind, key), *rest = path
    if kind is NodeKind.LINK:
        return served.own_link(left_of(words, OWN_LINK))
    if kind is NodeKind.INBOUND_CONFIGURATIONS:
        return served.inbound(left_of(words, _INBOUND.title))
    left = served.left_of_item(words, Kind.APPLICATION, key)
    if not rest:
        return served.entities(key, left)
    kind, entity = rest[0]
    if kind is NodeKind.UNPAIRED:
        return served.channels(key, None, left_of(left, UNPAIRED[Kind.APPLICATION]))
    return served.channels(key, entity, served.left_of_item(left, Kind.ENTITY, entity))


def title(connection: Connection, known: frozenset[Family], type_: str, id: str) -> tuple[str, str]:
    """What a resource is called, and what there is to say of it."""
    found = connection.execute(
        "SELECT name, owned FROM resource WHERE type = ? AND id = ?", (type_, id)
    ).fetchone()
    name, owned = found or (id, 0)
    mine = Asked(connection, known, 0, 0).owned(type_, owned)
    return name, joined(in_words(type_), id if id != name else "", "" if mine else "not owned")


@record
class _Served:
    asked: Asked
    type_: str
    id: str

    @property
    def it(self) -> Sql:
        return _SERVES, [self.type_, self.id]

    def top(self, words: Sequence[str]) -> Level:
        """Applications, then its own link and its inbound configurations."""
        matching = [
            either(_named(Kind.APPLICATION, word), _entity_named(word), _channel(word)) for word in words
        ]
        found = self._grouped(Kind.APPLICATION, [self.it, *matching])
        nodes = [
            self.asked.half(Kind.APPLICATION, id, alias, there, n)
            for id, n, alias, there in found
            if id is not None
        ]
        total, matches = self._counted(Kind.APPLICATION, [self.it, *matching])
        last = []
        link = self.own_link(left_of(words, OWN_LINK)).total
        if link:
            last.append(Node(OWN_LINK, NodeKind.LINK, count=1))
        inbound = self._inbound_count(left_of(words, _INBOUND.title))
        if inbound:
            last.append(Node(_INBOUND.title, _INBOUND.group, count=inbound))
        if self.asked.offset + len(nodes) >= total:
            begin = max(0, self.asked.offset - total)
            nodes += last[begin : begin + self.asked.limit - len(nodes)]
        return Level(tuple(nodes), total + len(last), matches + min(link, 1) + inbound)

    def entities(self, application: str, words: Sequence[str]) -> Level:
        """Those it serves together with an application; last what serves the whole application."""
        matching = [either(_entity_named(word), _channel(word)) for word in words]
        where = [self.it, ("t.application_id = ?", [application]), *matching]
        found = self._grouped(Kind.ENTITY, where)
        nodes = [
            unpaired(Kind.APPLICATION, n) if id is None else self.asked.half(Kind.ENTITY, id, alias, there, n)
            for id, n, alias, there in found
        ]
        return Level(tuple(nodes), self._counted(Kind.ENTITY, where)[0])

    def channels(self, application: str, entity: str | None, words: Sequence[str]) -> Level:
        """What it is associated for with one pair: each a configuration."""
        where, values = both(
            self.it,
            ("t.application_id = ? AND t.entity_id IS ?", [application, entity]),
            *[_channel(word) for word in words],
        )
        rows = self.asked.connection.execute(
            f"SELECT t.channel FROM association AS t WHERE {where} ORDER BY 1", values
        )
        return self.asked.whole(
            Node(
                channel,
                NodeKind.CHANNEL,
                reference=AssociationRow(self.type_, channel, application, entity, self.id),
            )
            for (channel,) in rows
        )

    def own_link(self, words: Sequence[str]) -> Level:
        """Application and entity that messages to a number are tagged with. Both are one link: with words it
        is there whole or not at all.
        """
        if self.type_ != "NUMBER":
            return Level()
        nodes: list[Node] = []
        texts: list[str] = []
        for row in NUMBERS.read(self.asked.connection, "key = ?", (self.id,)):
            if isinstance(row, NumberRow):
                for kind, id in _halves(row):
                    alias, there, hay = self._item(kind, id)
                    half = self.asked.half(kind, id, alias, there, 0)
                    nodes.append(replace(half, reference=row))
                    texts.append(hay)
        if not all(any(word in text for text in texts) for word in words):
            return Level()
        return self.asked.whole(nodes)

    def inbound(self, words: Sequence[str]) -> Level:
        """What happens to what comes in, by channel and keyword."""
        where, values = self._inbound(words)
        rows = self.asked.connection.execute(
            "SELECT t.key, t.channel, t.resource_id, t.keyword, t.application_id, t.entity_id, t.forwarding,"
            f" t.url FROM inbound AS t WHERE {where} ORDER BY t.channel, t.keyword, t.key LIMIT ? OFFSET ?",
            [*values, self.asked.limit, self.asked.offset],
        )
        nodes = tuple(_inbound_leaf(InboundRow(*row)) for row in rows)
        return Level(nodes, self._inbound_count(words))

    def left_of_item(self, words: Sequence[str], kind: Kind, id: str) -> list[str]:
        """Those of `words` that neither id nor alias holds."""
        return [word for word in words if word not in self._item(kind, id)[2]] if words else []

    # How they are asked for

    def _grouped(self, kind: Kind, where: Sequence[Sql]) -> list[tuple[str | None, int, str | None, int]]:
        """Id, associations, alias and whether it is there, of the items of `kind` on this piece."""
        sql, values = both(*where)
        default = f"o.id <> '{DEFAULT_APPLICATION}', " if kind is Kind.APPLICATION else ""
        return self.asked.connection.execute(
            "SELECT g.id, g.n, o.alias, o.there FROM"
            f" (SELECT t.{kind.value}_id AS id, count(*) AS n FROM association AS t WHERE {sql} GROUP BY 1)"
            " AS g"
            f" LEFT JOIN {kind.value} AS o ON o.id = g.id"
            f" ORDER BY g.id IS NULL, {default}o.hay, o.id LIMIT ? OFFSET ?",
            [*values, self.asked.limit, self.asked.offset],
        ).fetchall()

    def _counted(self, kind: Kind, where: Sequence[Sql]) -> tuple[int, int]:
        """How many items of `kind`, none counted as one, and how many associations."""
        sql, values = both(*where)
        column = f"t.{kind.value}_id"
        found = self.asked.connection.execute(
            f"SELECT count(DISTINCT {column}) + ifnull(max({column} IS NULL), 0), count(*)"
            f" FROM association AS t WHERE {sql}",
            values,
        ).fetchone()
        return int(found[0]), int(found[1])

    def _inbound(self, words: Sequence[str]) -> Sql:
        return both(
            ("t.resource_id = ?", [self.id]),
            *[
                either(
                    _channel(word),
                    ("instr(hay(ifnull(t.keyword, ''), NULL), ?)", [word]),
                    _named(Kind.APPLICATION, word),
                    _named(Kind.ENTITY, word),
                )
                for word in words
            ],
        )

    def _inbound_count(self, words: Sequence[str]) -> int:
        where, values = self._inbound(words)
        statement = f"SELECT count(*) FROM inbound AS t WHERE {where}"
        return int(self.asked.connection.execute(statement, values).fetchone()[0])

    def _item(self, kind: Kind, id: str) -> tuple[str | None, bool, str]:
        """Alias, whether it is there, and what words are looked for in."""
        found = self.asked.connection.execute(
            f"SELECT alias, there, hay FROM {kind.value} WHERE id = ?", (id,)
        ).fetchone()
        return found or (None, False, folded(id))


def _halves(row: NumberRow | InboundRow) -> list[tuple[Kind, str]]:
    halves = ((Kind.APPLICATION, row.application_id), (Kind.ENTITY, row.entity_id))
    return [(kind, id) for kind, id in halves if id is not None]


def _inbound_leaf(row: InboundRow) -> Node:
    halves = _halves(row)
    node = inbound(row, keyword(row), " + ".join(id for _, id in halves))
    return replace(node, target=halves[-1] if halves else None)


def _named(kind: Kind, word: str) -> Sql:
    """That id or alias of the item of `kind` has `word`."""
    return f"t.{kind.value}_id IN (SELECT id FROM {kind.value} WHERE instr(hay, ?))", [word]


def _entity_named(word: str) -> Sql:
    """As `_named`; what stands in place of an entity is a label too."""
    alone = ["t.entity_id IS NULL"] * (word in UNPAIRED[Kind.APPLICATION])
    named, values = _named(Kind.ENTITY, word)
    return f"({' OR '.join([*alone, named])})", values


def _channel(word: str) -> Sql:
    return "instr(lower(t.channel), ?)", [word]
