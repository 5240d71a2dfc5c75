"""What is looked for in the mirror: a listing that grows, and the rows of a part of it."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from entitree.inventory import key_reading, reads, searches
from entitree.inventory.find import Query, Sort, parse
from entitree.inventory.held import Held
from entitree.inventory.listing import Listing

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
    from sqlite3 import Connection

    from entitree.inventory.database import Database
    from entitree.inventory.model import KeyRow, Kind, ResourceLine, Row


class Searching:
    """The searches of a `Store`. Every method may raise StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # Touched in the thread of the searches only.
        self._held = Held()

    async def search(
        self, kind: Kind, query: Query | str = "", sort: Sort | None = None
    ) -> AsyncGenerator[Listing, None]:
        """Everything of `kind` that matches, in order; the default application always first.

        One listing, yielded again each time it has grown: first with a screenful, last when it is complete.
        Close the iterator to break the search off. Raises FilterError for a text that is no query, or a
        pattern that takes too long.
        """
        wanted, order = _query(query), sort or Sort()

        def look(db: Connection) -> Iterator[searches.Found]:
            pieces = searches.items(db, kind, wanted, order, self._held)
            return searches.with_head(pieces, lambda keys: reads.rows(db, kind, keys))

        async with aclosing(self._grow(kind, look)) as growing:
            async for listing in growing:
                yield listing

    async def search_resources(
        self, query: Query | str = "", sort: Sort | None = None
    ) -> AsyncGenerator[Listing, None]:
        """As `search`, for resources: numbers, senders and domains, owned or only named by associations."""
        wanted, order = _query(query), sort or Sort()

        def look(db: Connection) -> Iterator[searches.Found]:
            pieces = searches.resources(db, wanted, order)
            return searches.with_head(pieces, lambda keys: reads.resource_lines(db, keys))

        async with aclosing(self._grow(None, look)) as growing:
            async for listing in growing:
                yield listing

    async def search_keys(
        self, query: Query | str = "", sort: Sort | None = None
    ) -> AsyncGenerator[Listing, None]:
        """As `search`, for API keys, by name and id."""
        wanted, order = _query(query), sort or Sort()

        def look(db: Connection) -> Iterator[searches.Found]:
            pieces = searches.keys(db, wanted, order)
            return searches.with_head(pieces, lambda keys: key_reading.lines(db, keys))

        async with aclosing(self._grow(None, look)) as growing:
            async for listing in growing:
                yield listing

    async def find(self, kind: Kind, query: Query | str = "", sort: Sort | None = None) -> Listing:
        """The complete answer of `search`."""
        return await _whole(self.search(kind, query, sort))

    async def find_resources(self, query: Query | str = "", sort: Sort | None = None) -> Listing:
        """The complete answer of `search_resources`."""
        return await _whole(self.search_resources(query, sort))

    async def rows(self, kind: Kind, keys: Sequence[int]) -> list[Row]:
        """The lines of `keys`, in that order; what has gone since the listing was made is left out."""
        return [row for row in await self.window(kind, keys) if row is not None]

    async def window(self, kind: Kind, keys: Sequence[int]) -> list[Row | None]:
        """The line of each of `keys`; None for what has gone since the listing was made."""
        found = await self._database.read(lambda db: reads.rows(db, kind, keys))
        return [found.get(key) for key in keys]

    async def resource_window(self, keys: Sequence[int]) -> list[ResourceLine | None]:
        """The line of each of `keys`; None for what has gone since the listing was made."""
        found = await self._database.read(lambda db: reads.resource_lines(db, keys))
        return [found.get(key) for key in keys]

    async def key_window(self, keys: Sequence[int]) -> list[KeyRow | None]:
        """The API key of each of `keys`; None for what has gone since the listing was made."""
        found = await self._database.read(lambda db: key_reading.lines(db, keys))
        return [found.get(key) for key in keys]

    async def ids(self, kind: Kind, keys: Sequence[int]) -> list[str]:
        """The ids of `keys`, those that are there still, in any order."""
        return await self._database.read(lambda db: reads.ids(db, kind, keys))

    async def position(self, listing: Listing, item_id: str) -> int | None:
        """Index of an id in a listing of applications or entities; None where it is not."""
        kind = listing.kind
        if kind is None:
            return None
        return _index(listing, await self._database.read(lambda db: reads.row_of(db, kind, item_id)))

    async def resource_position(self, listing: Listing, type_: str, resource_id: str) -> int | None:
        """Index of a resource in a listing of them; None where it is not."""
        row = await self._database.read(lambda db: reads.resource_row_of(db, type_, resource_id))
        return _index(listing, row)

    async def key_position(self, listing: Listing, key_id: str) -> int | None:
        """Index of an API key in a listing of them; None where it is not."""
        return _index(listing, await self._database.read(lambda db: key_reading.row_of(db, key_id)))

    async def _grow(
        self, kind: Kind | None, look: Callable[[Connection], Iterator[searches.Found]]
    ) -> AsyncGenerator[Listing, None]:
        listing: Listing | None = None
        async with aclosing(self._database.scan(look)) as pieces:
            async for found in pieces:
                if listing is None:
                    listing = Listing(kind, found.total, found.keys, found.last, found.unread, found.head)
                else:
                    listing.keys.extend(found.keys)
                    listing.complete = found.last
                yield listing
                # Where the next piece is there already nobody else would get a turn before it.
                await asyncio.sleep(0)


def _query(query: Query | str) -> Query:
    return parse(query) if isinstance(query, str) else query


def _index(listing: Listing, row: int | None) -> int | None:
    try:
        return None if row is None else listing.keys.index(row)
    except ValueError:
        return None


async def _whole(growing: AsyncIterator[Listing]) -> Listing:
    *_, listing = [grown async for grown in growing]
    return listing
