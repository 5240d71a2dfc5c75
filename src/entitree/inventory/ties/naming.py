"""Which configurations name the applications or entities asked for: conditions for any statement."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from entitree.inventory.ties.sources import ASSOCIATIONS, RESOURCE_MATCHES, either, named_by
from entitree.record import record
from entitree.text import mended

if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Connection

    from entitree.inventory.model import Kind
    from entitree.inventory.ties.nodes import Asked
    from entitree.inventory.ties.sources import Source, Sql

WANTED = "temp.tied_ids"
"""Table of the ids asked for, where they are several."""
_MANY = 1000


@record
class Naming:
    """A question about items of `kind`; `several`: about more than one, all taken together."""

    asked: Asked
    kind: Kind
    own_half: tuple[str, list[Any]]
    several: bool

    @property
    def other(self) -> str:
        """Table of the other halves."""
        return self.kind.other.value

    def own(self, row: str) -> Sql:
        """That an id asked for is named by `row`, a prefix of the column."""
        return self.own_half[0].format(own=f"{row}{self.kind.value}_id"), self.own_half[1]

    def pair(self, source: Source, other: str | None) -> tuple[Sql, Sql]:
        """That an id asked for is named together with `other`."""
        column = named_by(source, f"{self.other}_id")
        named = (f"{column} IS NULL", []) if other is None else (f"{column} = ?", [other])
        return self.own(named_by(source, "")), named

    def left_of_item(self, words: Sequence[str], other: str) -> list[str]:
        """Those of `words` that neither id nor alias of the other half holds."""
        if not words:
            return []
        found = self.asked.connection.execute(
            f"SELECT hay FROM {self.other} WHERE id = ?", (other,)
        ).fetchone()
        return [word for word in words if found is None or word not in found[0]]

    def below(self, source: Source, word: str) -> Sql:
        """That a label below the pair has `word`."""
        if source is ASSOCIATIONS:
            return either(source.contains(word), (RESOURCE_MATCHES, [word]))
        return source.contains(word)

    def matching(self, source: Source, words: Sequence[str]) -> list[Sql]:
        return [self.below(source, word) for word in words]

    def count(self, source: Source, other: str | None, words: Sequence[str]) -> int:
        where = (*self.pair(source, other), *self.matching(source, words))
        return source.count(self.asked.connection, *where)


def own_half(connection: Connection, kind: Kind, ids: Sequence[str]) -> tuple[str, list[Any]]:
    """A condition on the own half, `{own}`.

    Several ids are put into a table of the connection, and stay there for the next question about them.
    """
    if len(ids) == 1:
        return "{own} = ?", [mended(ids[0])]
    wanted = sorted({mended(each) for each in ids})
    # Which ids the table holds is in the table too: a question that fails takes back both or neither.
    digest = blake2b(repr((kind, wanted)).encode()).hexdigest()
    connection.execute(f"CREATE TABLE IF NOT EXISTS {WANTED} (id TEXT PRIMARY KEY) WITHOUT ROWID")
    connection.execute("CREATE TABLE IF NOT EXISTS temp.tied_digest (digest TEXT)")
    if connection.execute("SELECT digest FROM temp.tied_digest").fetchone() != (digest,):
        connection.execute(f"DELETE FROM {WANTED}")
        connection.executemany(f"INSERT INTO {WANTED} VALUES (?)", ((each,) for each in wanted))
        connection.execute("DELETE FROM temp.tied_digest")
        connection.execute("INSERT INTO temp.tied_digest VALUES (?)", (digest,))
    # Of so many, it is sooner found who is among them than what names each: `+` keeps the index away.
    return f"{'+' * (len(wanted) > _MANY)}{{own}} IN (SELECT id FROM {WANTED})", []


def walks(wanted: int, some: int, every: int) -> bool:
    """Whether the first `wanted` of `some` that are tied are found sooner by trying `every` one in order than
    by sorting those that are.
    """
    return wanted * every < 4 * some * some
