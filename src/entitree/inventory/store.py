"""The mirror of one account: what was read of it, kept in SQLite, answered from a thread of its own."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from entitree.inventory import reads, writes
from entitree.inventory.database import Database
from entitree.inventory.find import Listing, Query, Sort, parse
from entitree.inventory.model import Family, FamilyState, Item, Kind, Row
from entitree.inventory.schema import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path
    from sqlite3 import Connection
    from types import TracebackType
    from typing import Self

    from entitree.inventory.links import Links
    from entitree.inventory.model import SubscriptionRow
    from entitree.inventory.writes import Cover, Stored

T = TypeVar("T")


@dataclass(slots=True)
class _Sweep:
    cover: Cover
    touched: set[tuple[str | None, ...]] = field(default_factory=set)
    """What was changed here while it ran: pages asked for before that know nothing of it."""


class Store:
    """The mirror in the file at `path`. Open it before use, close it after; `async with` does both.

    Every method may raise StorageError. A lone surrogate in an id asked for is written
    out, as it is in what is stored.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(
            path,
            MIGRATIONS,
            synchronous="NORMAL",
            if_damaged=f"Remove {path.name}: it is only a copy of what the platform has.",
            disposable=True,
        )
        self._watchers: list[Callable[[], None]] = []
        self._running: set[asyncio.Task[object]] = set()
        # Both are touched in the database's thread only.
        self._sweeps: dict[int, _Sweep] = {}
        self._last_sweep = 0
        self.revision = 0
        """Grows whenever something in the mirror changed."""

    @property
    def recovered(self) -> str:
        """A sentence where opening found the file damaged and started anew; empty where it did not."""
        return self._database.recovered

    async def open(self) -> Self:
        """Open the file, made with mode 0600 if it is not there.

        A damaged one is moved aside to `….damaged`, see `recovered`; one of a newer version is refused.
        """
        await self._database.open()
        return self

    async def aclose(self) -> None:
        if self._running:
            await asyncio.wait(self._running)
        await self._database.close()

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` on the event loop after each change of the mirror. Returns what ends that."""
        self._watchers.append(callback)
        return lambda: self._watchers.remove(callback) if callback in self._watchers else None

    # Asking

    async def find(self, kind: Kind, query: Query | str = "", sort: Sort | None = None) -> Listing:
        """Everything of `kind` that matches, in order; the default application always first.

        Raises FilterError for a text that is no query.
        """
        wanted = parse(query) if isinstance(query, str) else query
        return await self._database.read(lambda db: reads.find(db, kind, wanted, sort or Sort()))

    async def rows(self, kind: Kind, keys: Sequence[int]) -> list[Row]:
        """The lines of `keys`, in that order; what has gone since the listing was made is left out."""
        return await self._database.read(lambda db: reads.rows(db, kind, keys))

    async def position(self, listing: Listing, item_id: str) -> int | None:
        """Index of an id in a listing; None where it is not."""

        def look(db: Connection) -> int | None:
            row = reads.row_of(db, listing.kind, item_id)
            try:
                return None if row is None else listing.keys.index(row)
            except ValueError:
                return None

        return await self._database.read(look)

    async def item(self, kind: Kind, item_id: str) -> Item | None:
        return next(iter((await self.items(kind, (item_id,))).values()), None)

    async def items(self, kind: Kind, ids: Collection[str]) -> dict[str, Item]:
        """Those of `ids` that are there, by id."""
        return await self._database.read(lambda db: reads.items(db, kind, tuple(ids)))

    async def counts(self) -> dict[Kind, int]:
        return await self._database.read(reads.counts)

    async def sizes(self) -> dict[Family, int]:
        """How many objects of each family are in the mirror."""
        return await self._database.read(
            lambda db: {family: reads.size(db, table) for family, table in writes.TABLES.items()}
        )

    async def families(self) -> dict[Family, FamilyState]:
        """How well each family is known; every family is there."""
        return await self._database.read(reads.families)

    async def links(self, kind: Kind, ids: Collection[str]) -> Links:
        """Every configuration that names at least one of `ids`."""
        return await self._database.read(lambda db: reads.links(db, kind, tuple(ids)))

    # What was done

    async def put(self, *rows: Stored) -> None:
        """Add or change, as the platform has just done."""

        def work(db: Connection) -> tuple[None, bool]:
            changed = False
            for row in rows:
                changed |= writes.put(db, writes.family_of(row), [row])
                self._touch(row)
            return None, changed

        await self._write(work)

    async def forget(self, *rows: Stored) -> None:
        """Remove just these, as the platform has just done."""
        await self._write(lambda db: (None, self._remove(db, rows)))

    async def forget_item(self, kind: Kind, item_id: str) -> None:
        """Remove an item and everything that names it, as its deletion does (platform.md 8.3)."""

        def work(db: Connection) -> tuple[None, bool]:
            return None, self._remove(db, [Item(kind, item_id), *writes.naming(db, kind, item_id)])

        await self._write(work)

    # What was listed

    async def begin_sweep(self, cover: Cover) -> int:
        """Start to read what `cover` says. Local changes made until its end win over its pages."""

        def work(db: Connection) -> tuple[int, bool]:
            db.execute(
                "CREATE TEMP TABLE IF NOT EXISTS seen"
                " (sweep INTEGER, row INTEGER, PRIMARY KEY (sweep, row)) WITHOUT ROWID"
            )
            self._last_sweep += 1
            self._sweeps[self._last_sweep] = _Sweep(cover)
            return self._last_sweep, False

        return await self._write(work)

    async def add_page(self, sweep: int, rows: Sequence[Stored]) -> int:
        """Store what a page held, in one transaction. Returns how many of them were new to the sweep."""

        def work(db: Connection) -> tuple[int, bool]:
            running = self._sweeps[sweep]
            family = running.cover.family
            fresh = [row for row in rows if writes.identity(row) not in running.touched]
            changed = writes.put(db, family, fresh)
            new = writes.mark_seen(db, sweep, family, map(writes.identity, fresh))
            return new + len(rows) - len(fresh), changed

        return await self._write(work)

    async def missing(self, sweep: int) -> list[SubscriptionRow]:
        """The subscriptions that a sweep covers and has not seen."""

        def work(db: Connection) -> list[SubscriptionRow]:
            running = self._sweeps[sweep]
            writes.mark_seen(db, sweep, running.cover.family, running.touched)
            _, condition, values = writes.unseen(sweep, running.cover)
            return writes.subscriptions(db, condition, values)

        return await self._database.read(work)

    async def end_sweep(self, sweep: int, *, remove: bool) -> int:
        """End a sweep and, with `remove`, drop what it covers and has not seen. Returns how many."""

        def work(db: Connection) -> tuple[int, bool]:
            running = self._sweeps.pop(sweep)
            gone = 0
            if remove:
                writes.mark_seen(db, sweep, running.cover.family, running.touched)
                table, condition, values = writes.unseen(sweep, running.cover)
                gone = db.execute(f"DELETE FROM {table} WHERE {condition}", values).rowcount
            db.execute("DELETE FROM temp.seen WHERE sweep = ?", (sweep,))
            return gone, gone > 0

        return await self._write(work)

    async def put_family(self, state: FamilyState) -> None:
        """Note how well a family is known now."""

        def work(db: Connection) -> tuple[None, bool]:
            writes.put_family(db, state)
            return None, True

        await self._write(work)

    def _remove(self, db: Connection, rows: Sequence[Stored]) -> bool:
        changed = False
        for row in rows:
            changed |= writes.remove(db, row)
            self._touch(row)
        return changed

    def _touch(self, row: Stored) -> None:
        family = writes.family_of(row)
        for sweep in self._sweeps.values():
            if sweep.cover.family is family:
                sweep.touched.add(writes.identity(row))

    async def _write(self, work: Callable[[Connection], tuple[T, bool]]) -> T:
        """Do `work`, which returns its value and whether anything was changed."""
        # A task of its own: whoever is cancelled while waiting, the change is made and told.
        task = asyncio.create_task(self._write_and_tell(work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def _write_and_tell(self, work: Callable[[Connection], tuple[T, bool]]) -> T:
        value, changed = await self._database.write(work)
        if changed:
            self.revision += 1
            for callback in tuple(self._watchers):
                callback()
        return value
