"""The top of the tree of items: their other halves, counted by what the mirror keeps of pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from entitree.api.names import DEFAULT_APPLICATION
from entitree.inventory.model import Kind
from entitree.inventory.ties.naming import WANTED, Naming, walks
from entitree.inventory.ties.nodes import UNPAIRED, Level, unpaired
from entitree.inventory.ties.sources import SOURCES, both, either, left_of, named_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entitree.inventory.links import Node
    from entitree.inventory.ties.sources import Source

_Half: TypeAlias = tuple[str, int, str | None, int, int, int]
"""Id, count, alias and whether it is there; of all halves: how many, and the sum of their counts."""


class Halves(Naming):
    """What stands at the top."""

    __slots__ = ()

    @property
    def order(self) -> str:
        """Of other halves, in a statement that calls their table `o`."""
        first = f"o.id <> '{DEFAULT_APPLICATION}', " if self.kind is Kind.ENTITY else ""
        return f"{first}o.hay, o.id"

    def every(self) -> Level:
        """The top, counted by what the mirror keeps of pairs."""
        found = self._paired()
        several = [source for source in SOURCES if source.several and self._any(source)]
        nodes = []
        for id, ties, alias, there, *_ in found:
            # A pair counts each naming; a subscription or key that names it repeatedly is one configuration.
            again = sum(self._repeated(source, id) for source in several)
            nodes.append(self.asked.half(self.kind.other, id, alias, there, ties - again))
        total = found[0][4] if found else self._pairs() if self.asked.offset else 0
        alone = sum(self.count(source, None, ()) for source in SOURCES)
        return self._with_unpaired(nodes, total, alone)

    def _paired(self) -> list[_Half]:
        if self.several:
            groups = (
                f"SELECT p.{self.other}_id AS id, sum(p.ties) AS n FROM {WANTED} AS w CROSS JOIN pair AS p"
                f" ON p.{self.kind.value}_id = w.id GROUP BY 1"
            )
            return self._ordered(groups, [])
        own, values = self.own("p.")
        total = self._pairs()
        there = int(
            self.asked.connection.execute(f"SELECT ifnull(max(row), 0) FROM {self.other}").fetchone()[0]
        )
        walk = self.kind is Kind.APPLICATION and walks(self.asked.stop, total, there)
        if not walk:
            groups = f"SELECT p.{self.other}_id AS id, p.ties AS n FROM pair AS p WHERE {own}"
            return self._ordered(groups, values)
        # So many of all entities are tied that the first ones in order are found soonest one by one.
        part = (
            "SELECT o.id AS id, p.ties AS n, o.alias AS alias, o.there AS there, o.hay AS hay"
            f" FROM entity AS o CROSS JOIN pair AS p ON {own} AND p.entity_id = o.id"
            " WHERE o.there = {there} ORDER BY o.hay, o.id LIMIT ?"
        )
        return self.asked.connection.execute(
            f"SELECT id, n, alias, there, ?, 0 FROM (SELECT * FROM ({part.format(there=1)})"
            f" UNION ALL SELECT * FROM ({part.format(there=0)})) ORDER BY hay, id LIMIT ? OFFSET ?",
            [total, *[*values, self.asked.stop] * 2, self.asked.limit, self.asked.offset],
        ).fetchall()

    def _ordered(self, groups: str, values: list[Any]) -> list[_Half]:
        return self.asked.connection.execute(
            f"SELECT o.id, g.n, o.alias, o.there, count(*) OVER (), sum(g.n) OVER ()"
            f" FROM ({groups}) AS g CROSS JOIN {self.other} AS o ON o.id = g.id"
            f" ORDER BY {self.order} LIMIT ? OFFSET ?",
            [*values, self.asked.limit, self.asked.offset],
        ).fetchall()

    def _pairs(self) -> int:
        """How many other halves there are."""
        if self.several:
            statement = (
                f"SELECT count(DISTINCT p.{self.other}_id) FROM {WANTED} AS w"
                f" CROSS JOIN pair AS p ON p.{self.kind.value}_id = w.id"
            )
            return int(self.asked.connection.execute(statement).fetchone()[0])
        own, values = self.own_half
        found = self.asked.connection.execute(
            f"SELECT others FROM {self.kind.value} WHERE {own.format(own='id')}", values
        ).fetchone()
        return int(found[0]) if found else 0

    def _any(self, source: Source) -> bool:
        own, values = self.own(named_by(source, ""))
        statement = f"SELECT EXISTS (SELECT 1 FROM {source.tables} WHERE {own})"
        return bool(self.asked.connection.execute(statement, values).fetchone()[0])

    def _repeated(self, source: Source, other: str) -> int:
        where, values = both(*self.pair(source, other))
        statement = f"SELECT count(*) - count(DISTINCT t.row) FROM {source.tables} WHERE {where}"
        return int(self.asked.connection.execute(statement, values).fetchone()[0])

    def leading_to(self, words: Sequence[str]) -> Level:
        """The top, of what leads to a match only."""
        parts: list[str] = []
        values: list[Any] = []
        for source in SOURCES:
            column = named_by(source, f"{self.other}_id")
            named = f"{column} IN (SELECT id FROM {self.other} WHERE instr(hay, ?))"
            matching = [
                either(self.below(source, word), (named, [word])) for word in left_of(words, source.title)
            ]
            where, more = both(self.own(named_by(source, "")), (f"{column} IS NOT NULL", []), *matching)
            # A row of `criterion` or `key_link` is one naming; several of one configuration count once.
            distinct = "DISTINCT " if source.several else ""
            parts.append(f"SELECT {distinct}{column} AS id, t.row FROM {source.tables} WHERE {where}")
            values += more
        groups = f"SELECT id, count(*) AS n FROM ({' UNION ALL '.join(parts)}) GROUP BY id"
        found = self._ordered(groups, values)
        if found:
            total, matches = found[0][4:]
        else:
            counted = f"SELECT count(*), ifnull(sum(n), 0) FROM ({groups})"
            total, matches = self.asked.connection.execute(counted, values).fetchone()
        nodes = [self.asked.half(self.kind.other, id, alias, there, n) for id, n, alias, there, *_ in found]
        left = left_of(words, UNPAIRED[self.kind])
        alone = sum(self.count(source, None, left_of(left, source.title)) for source in SOURCES)
        return self._with_unpaired(nodes, total, alone, matches + alone)

    def _with_unpaired(self, nodes: list[Node], total: int, alone: int, matches: int = 0) -> Level:
        if not alone:
            return Level(tuple(nodes), total, matches)
        if self.asked.offset + len(nodes) == total and len(nodes) < self.asked.limit:
            nodes.append(unpaired(self.kind, alone))
        return Level(tuple(nodes), total + 1, matches)
