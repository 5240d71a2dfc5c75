"""The families that may name an application or entity, as the tree of ties asks for them in SQL.

In every statement here `t` is the configuration and `c` what names application and entity: the same row, or
one of several that belong to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from entitree.inventory.fold import folded
from entitree.inventory.links import NodeKind
from entitree.inventory.model import Family
from entitree.inventory.records import RECORDS
from entitree.record import record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from sqlite3 import Connection

    from entitree.inventory.records import Configuration

Sql: TypeAlias = tuple[str, list[Any]]
"""A condition and the values of its marks."""

_CHUNK = 1000
NUMBER_NAME = "(SELECT r.name FROM resource AS r WHERE r.type = 'NUMBER' AND r.id = t.resource_id)"
_NUMBER_HAY = "(SELECT r.hay FROM resource AS r WHERE r.type = 'NUMBER' AND r.id = t.resource_id)"


@record
class Source:
    """A family. Its leaves stand in a group of their own below each pair that they name."""

    family: Family
    group: NodeKind
    title: str
    """What the group is called."""
    leaf: NodeKind
    tables: str
    texts: tuple[str, ...]
    """What typed words are looked for in, folded."""
    order: str
    several: bool = False
    """Rows of `c` belong to one of `t`, which stands once below a pair however often it names it."""

    def rows(self, *where: Sql) -> Sql:
        """A statement for the row numbers of the configurations that fulfil all of `where`."""
        sql, values = both(*where)
        return f"SELECT {'DISTINCT ' if self.several else ''}t.row FROM {self.tables} WHERE {sql}", values

    def count(self, connection: Connection, *where: Sql) -> int:
        sql, values = both(*where)
        what = "count(DISTINCT t.row)" if self.several else "count(*)"
        return int(connection.execute(f"SELECT {what} FROM {self.tables} WHERE {sql}", values).fetchone()[0])

    def contains(self, word: str) -> Sql:
        """That one of its texts contains the folded `word`."""
        return either(*[(f"instr({text}, ?) > 0", [word]) for text in self.texts])


ASSOCIATIONS = Source(
    Family.ASSOCIATIONS,
    NodeKind.CHANNEL,
    "",
    NodeKind.RESOURCE,
    "association AS t",
    ("lower(t.channel)",),
    "r.hay, t.resource_id, t.resource_type, t.application_id, t.entity_id",
)
GROUPS = {
    source.group: source
    for source in (
        Source(
            Family.STRATEGIES,
            NodeKind.STRATEGIES,
            "Strategies",
            NodeKind.STRATEGY,
            "strategy AS t",
            ("hay(t.id, NULL)", "lower(ifnull(t.channel, ''))"),
            "t.id",
        ),
        Source(
            Family.SUBSCRIPTIONS,
            NodeKind.SUBSCRIPTIONS,
            "Subscriptions",
            NodeKind.SUBSCRIPTION,
            "criterion AS c JOIN subscription AS t ON t.row = c.subscription",
            ("hay(t.id, t.name)", "lower(t.channel)"),
            "t.channel, t.id",
            several=True,
        ),
        Source(
            Family.INBOUND,
            NodeKind.INBOUND_CONFIGURATIONS,
            "Inbound configurations",
            NodeKind.INBOUND_CONFIGURATION,
            "inbound AS t",
            (
                f"ifnull({_NUMBER_HAY}, hay(t.resource_id, NULL))",
                "lower(t.channel)",
                "hay(ifnull(t.keyword, ''), NULL)",
            ),
            f"ifnull({NUMBER_NAME}, t.resource_id), t.channel, t.keyword, t.key",
        ),
        Source(
            Family.NUMBERS,
            NodeKind.NUMBERS,
            "Numbers",
            NodeKind.NUMBER,
            "number AS t",
            ("hay(t.number, t.key)",),
            "t.number, t.key",
        ),
        Source(
            Family.KEYS,
            NodeKind.KEYS,
            "Keys",
            NodeKind.KEY,
            "key_link AS c JOIN api_key AS t ON t.row = c.api_key",
            ("hay(t.name, t.id)",),
            "hay(t.name, t.id), t.id",
            several=True,
        ),
    )
}
SOURCES = (ASSOCIATIONS, *GROUPS.values())

RESOURCE_MATCHES = "(t.resource_type, t.resource_id) IN (SELECT type, id FROM resource WHERE instr(hay, ?))"


def named_by(source: Source, column: str) -> str:
    """A column of what names application and entity."""
    return f"{'c' if source.several else 't'}.{column}"


def both(*conditions: Sql) -> Sql:
    return " AND ".join(sql for sql, _ in conditions) or "1", [
        each for _, values in conditions for each in values
    ]


def either(*conditions: Sql) -> Sql:
    return f"({' OR '.join(sql for sql, _ in conditions)})", [
        each for _, values in conditions for each in values
    ]


def left_of(words: Sequence[str], label: str) -> list[str]:
    """Those of the folded `words` that `label` does not hold: they have to match below."""
    return [word for word in words if word not in folded(label)]


def read(connection: Connection, source: Source, rows: Iterable[int]) -> list[Configuration]:
    """The configurations in `rows`, in that order."""
    wanted = list(rows)
    record = RECORDS[source.family]
    found: dict[int, Configuration] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        marks = ",".join("?" * len(chunk))
        for row, *rest in connection.execute(
            f"SELECT row, {record.columns} FROM {record.table} WHERE row IN ({marks})", chunk
        ):
            found[row] = record.made(rest, record.parts_of(connection, row))
    return [found[row] for row in wanted]
