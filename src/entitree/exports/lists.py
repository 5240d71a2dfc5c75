"""The lists of the mirror as rows: what `entitree list` prints, and the app exports."""

from __future__ import annotations

from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from entitree.exports.forms import Told
from entitree.inventory import key_reading, reads
from entitree.inventory.find import Flag, FlagName, Query, Sort
from entitree.inventory.model import Family, Kind

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Collection, Sequence
    from sqlite3 import Connection

    from entitree.exports.forms import Row as OutRow
    from entitree.inventory.listing import Listing
    from entitree.inventory.model import KeyRow, ResourceLine, Row
    from entitree.inventory.store import Store

CHUNK = 1000
"""Rows that are held at once."""

_OWNED = {True: "yes", False: "no", None: None}
"""None: nobody has read what the account owns of the type."""
_NAMES = 5000
"""Names that are looked up in one go: in between, others get their turn."""

LineT = TypeVar("LineT")
Cells = tuple["str | int | Told | None", ...]


class Shape(Generic[LineT]):
    """What a list consists of, and how a line of it is told."""

    name: str
    """In the plural."""
    columns: tuple[str, ...]
    own: tuple[Family, ...]
    """What is listed."""
    others: tuple[Family, ...]
    """What its columns need besides."""

    def search(self, store: Store, query: Query, sort: Sort) -> AsyncGenerator[Listing, None]:
        raise NotImplementedError

    async def lines(self, store: Store, keys: Sequence[int]) -> Sequence[LineT | None]:
        """The line of each of `keys`; None for what has gone."""
        raise NotImplementedError

    def cells(self, line: LineT) -> Cells:
        """The values of `columns`."""
        raise NotImplementedError

    def key(self, db: Connection, name: Any) -> int | None:  # noqa: ANN401 - what the list tells its rows by
        """The row number of what is called so: an id, of a resource its type and id."""
        raise NotImplementedError

    async def keys(self, store: Store, names: Collection[Any]) -> frozenset[int]:
        """The row numbers of what is called so, as far as it is there."""
        found: set[int] = set()
        wanted = list(names)
        for start in range(0, len(wanted), _NAMES):
            known = await store.ask(partial(self._keys, wanted[start : start + _NAMES]))
            found.update(key for key in known if key is not None)
        return frozenset(found)

    def _keys(self, names: Sequence[Any], db: Connection) -> list[int | None]:
        return [self.key(db, each) for each in names]

    async def rows(self, store: Store, keys: Sequence[int]) -> list[OutRow]:
        """Those of `keys` that are there still."""
        lines = await self.lines(store, keys)
        return [dict(zip(self.columns, self.cells(line), strict=True)) for line in lines if line is not None]


class Items(Shape["Row"]):
    """Applications or entities."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        own, other = Family.APPLICATIONS, Family.ENTITIES
        if kind is Kind.ENTITY:
            own, other = other, own
        self.name = own.value
        self.own, self.others = (own,), (Family.ASSOCIATIONS, Family.STRATEGIES, Family.SUBSCRIPTIONS)
        self.columns = ("id", "alias", other.value, "associations", "configurations")

    def search(self, store: Store, query: Query, sort: Sort) -> AsyncGenerator[Listing, None]:
        return store.search(self._kind, query, sort)

    def key(self, db: Connection, name: str) -> int | None:
        return reads.row_of(db, self._kind, name)

    async def lines(self, store: Store, keys: Sequence[int]) -> Sequence[Row | None]:
        return await store.window(self._kind, keys)

    def cells(self, line: Row) -> Cells:
        return line.item.id, line.item.alias, line.applications, line.associations, line.configurations


class Resources(Shape["ResourceLine"]):
    """Numbers, senders and domains."""

    name = "resources"
    own = (Family.NUMBERS, Family.SENDERS, Family.DOMAINS)
    others = (Family.ASSOCIATIONS,)
    columns = (
        "type", "id", "name", "owned", "detail", "channels", "pairs", "application", "entity", "associations",
    )  # fmt: skip

    def search(self, store: Store, query: Query, sort: Sort) -> AsyncGenerator[Listing, None]:
        return store.search_resources(query, sort)

    def key(self, db: Connection, name: tuple[str, str]) -> int | None:
        return reads.resource_row_of(db, *name)

    async def lines(self, store: Store, keys: Sequence[int]) -> Sequence[ResourceLine | None]:
        return await store.resource_window(keys)

    def cells(self, line: ResourceLine) -> Cells:
        application, entity = line.link or (None, None)
        resource = line.resource
        return (
            resource.type, resource.id, resource.name, _OWNED[line.owned], line.detail,
            " ".join(line.channels), line.pairs, application, entity, line.associations,
        )  # fmt: skip


class Keys(Shape["KeyRow"]):
    """API keys, without their secrets."""

    name = "keys"
    own = (Family.KEYS,)
    others = ()
    columns = ("id", "name", "enabled", "valid_to", "links")

    def search(self, store: Store, query: Query, sort: Sort) -> AsyncGenerator[Listing, None]:
        return store.search_keys(query, sort)

    def key(self, db: Connection, name: str) -> int | None:
        return key_reading.row_of(db, name)

    async def lines(self, store: Store, keys: Sequence[int]) -> Sequence[KeyRow | None]:
        return await store.key_window(keys)

    def cells(self, line: KeyRow) -> Cells:
        data = [
            {"application": each.application_id, "entity": each.entity_id, "action": each.action}
            for each in line.links
        ]
        told = ", ".join(
            " ".join(filter(None, (" + ".join(filter(None, (a, e))), action)))
            for a, e, action in ((each.application_id, each.entity_id, each.action) for each in line.links)
        )
        return line.id, line.name, "yes" if line.enabled else "no", line.valid_to, Told(data, told)


SHAPES: dict[str, Shape[Any]] = {
    shape.name: shape for shape in (Items(Kind.APPLICATION), Items(Kind.ENTITY), Resources(), Keys())
}
"""By their names in the plural."""


class Listed:
    """What matches, a chunk of rows at a time, while the search for more goes on."""

    def __init__(
        self,
        store: Store,
        shape: Shape[Any],
        query: Query,
        sort: Sort | None = None,
        *,
        only: Collection[int] | None = None,
    ) -> None:
        """`only` leaves out all but these row numbers."""
        self._store = store
        self._shape = shape
        self._query = query
        self._sort = sort or Sort()
        self._only = only
        self.count = self.total = 0
        """How many match as far as is known, and of how many."""
        self.unread: frozenset[Family] = frozenset()
        """What the query asks about and nobody has read."""

    async def chunks(self) -> AsyncIterator[list[OutRow]]:
        """The rows, in order. May raise what `Store.search` does."""
        told = 0
        async with aclosing(self._shape.search(self._store, self._query, self._sort)) as growing:
            async for listing in growing:
                self.count, self.total, self.unread = listing.count, listing.total, listing.unread
                while told < listing.count:
                    stop = min(told + CHUNK, listing.count)
                    keys: Sequence[int] = listing.keys[told:stop]
                    if self._only is not None:
                        keys = [key for key in keys if key in self._only]
                    if keys:
                        yield await self._shape.rows(self._store, keys)
                    told = stop


MISSING = Query((Flag(FlagName.ORPHAN),))
"""Ids that configurations name and that do not exist; no other search finds them."""
