"""The mirror of one account: what was read of it, kept in SQLite, answered from threads of its own."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from entitree.inventory import fold, reads, searches, sweeps, writes
from entitree.inventory.database import Database
from entitree.inventory.model import Family, FamilyState, Item, Kind
from entitree.inventory.records import family_of
from entitree.inventory.schema import MIGRATIONS
from entitree.inventory.searching import Searching
from entitree.inventory.totals import Totals, keep, note_change

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path
    from sqlite3 import Connection
    from types import TracebackType
    from typing import Self

    from entitree.inventory.links import Links
    from entitree.inventory.records import Stored
    from entitree.inventory.sweeps import Cover, Sweep

T = TypeVar("T")


class Store(Searching):
    """The mirror in the file at `path`. Open it before use, close it after; `async with` does both.

    Every method may raise StorageError. A lone surrogate in an id asked for is written
    out, as it is in what is stored.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(
            Database(
                path,
                MIGRATIONS,
                synchronous="NORMAL",
                if_damaged=f"Remove {path.name}: it is only a copy of what the platform has.",
                disposable=True,
                prepare=_prepare,
            )
        )
        self._watchers: list[Callable[[], None]] = []
        self._running: set[asyncio.Task[object]] = set()
        # Numbers of the listings that this object reads; touched in the writing thread only.
        self._sweeping: set[int] = set()
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

    async def item(self, kind: Kind, item_id: str) -> Item | None:
        return next(iter((await self.items(kind, (item_id,))).values()), None)

    async def items(self, kind: Kind, ids: Collection[str]) -> dict[str, Item]:
        """Those of `ids` that are there, by id."""
        return await self._database.read(lambda db: reads.items(db, kind, tuple(ids)))

    async def counts(self) -> dict[Kind, int]:
        return await self._database.read(reads.counts)

    async def resource_count(self) -> int:
        return await self._database.read(lambda db: Totals(db).resources())

    async def missing(self) -> dict[Kind, int]:
        """How many ids configurations name that do not exist, as far as the mirror knows."""
        return await self._database.read(reads.missing)

    async def sizes(self) -> dict[Family, int]:
        """How many objects of each family are in the mirror."""
        return await self._database.read(_sizes)

    async def keep(self, totals: Totals) -> None:
        """Keep what had to be counted, so that it need not be counted again before the next change."""

        def work(db: Connection) -> tuple[None, bool]:
            keep(db, totals)
            return None, False

        if totals.counted:
            await self._write(work)

    async def families(self) -> dict[Family, FamilyState]:
        """How well each family is known; every family is there."""
        return await self._database.read(reads.families)

    async def links(self, kind: Kind, ids: Collection[str]) -> Links:
        """Every configuration that names at least one of `ids`."""
        return await self._database.read(lambda db: reads.links(db, kind, tuple(ids)))

    async def ask(self, question: Callable[[Connection], T]) -> T:
        """The answer to a question of the mirror's own modules, on one snapshot."""
        return await self._database.read(question)

    # What was done

    async def put(self, *rows: Stored) -> None:
        """Add or change, as the platform has just done."""

        def work(db: Connection) -> tuple[None, bool]:
            changed = False
            for row in rows:
                changed |= writes.put(db, family_of(row), [row])[2]
                sweeps.touch(db, row)
            return None, changed

        await self._write(work)

    async def forget(self, *rows: Stored) -> None:
        """Remove just these, as the platform has just done."""
        await self._write(lambda db: (None, _remove(db, rows)))

    async def forget_item(self, kind: Kind, item_id: str) -> None:
        """Remove an item and everything that names it, as its deletion does (platform.md 8.3)."""

        def work(db: Connection) -> tuple[None, bool]:
            reset = writes.reset_links(db, kind, item_id)
            return None, _remove(db, [*writes.naming(db, kind, item_id), Item(kind, item_id)]) or reset

        await self._write(work)

    # What was listed

    async def begin_sweep(self, cover: Cover) -> Sweep:
        """Start to read what `cover` says, or go on where it was interrupted a short while ago.

        Local changes made until its end win over its pages.
        """

        def work(db: Connection) -> tuple[Sweep, bool]:
            sweep = sweeps.begin(db, cover, datetime.now(UTC), tuple(self._sweeping))
            self._sweeping.add(sweep.number)
            return sweep, False

        return await self._write(work)

    async def add_page(
        self, sweep: Sweep, rows: Sequence[Stored], *, odd: int = 0, total: int | None = None
    ) -> None:
        """Store what a page held, in one transaction; `total` is what the platform says that there are."""
        await self._write(lambda db: (None, sweeps.add_page(db, sweep, rows, odd=odd, total=total)))

    async def sweep_again(self, sweep: Sweep) -> None:
        """Read the same listing once more from its first page."""

        def work(db: Connection) -> tuple[None, bool]:
            sweeps.again(db, sweep)
            return None, False

        await self._write(work)

    async def unseen(self, sweep: Sweep) -> list[int]:
        """Numbers of the rows that a sweep covers and did not see."""
        return await self._write(lambda db: (sweeps.unseen(db, sweep), False))

    async def unseen_rows(self, sweep: Sweep) -> list[Stored]:
        """The configurations that a sweep covers and did not see."""

        def work(db: Connection) -> tuple[list[Stored], bool]:
            return sweeps.unseen_rows(db, sweep), False

        return await self._write(work)

    async def end_sweep(self, sweep: Sweep, *, remove: bool) -> int:
        """End a sweep and, with `remove`, drop what it covers and has not seen. Returns how many."""

        def work(db: Connection) -> tuple[int, bool]:
            gone = sweeps.unseen(db, sweep) if remove else []
            sweeps.remove(db, sweep.cover.family, gone)
            sweeps.end(db, sweep)
            self._sweeping.discard(sweep.number)
            return len(gone), bool(gone)

        return await self._write(work)

    async def leave_sweep(self, sweep: Sweep) -> None:
        """Leave a sweep where it is: who begins the same listing soon goes on there."""

        def work(db: Connection) -> tuple[None, bool]:
            sweeps.release(db, sweep)
            self._sweeping.discard(sweep.number)
            return None, False

        await self._write(work)

    async def put_family(self, state: FamilyState) -> None:
        """Note how well a family is known now."""

        def work(db: Connection) -> tuple[None, bool]:
            writes.put_family(db, state)
            return None, True

        await self._write(work)

    async def change(self, work: Callable[[Connection], tuple[T, bool]]) -> T:
        """A change by the mirror's own modules; `work` returns its value and whether anything changed."""
        return await self._write(work)

    async def _write(self, work: Callable[[Connection], tuple[T, bool]]) -> T:
        """Do `work`, which returns its value and whether anything was changed."""
        # A task of its own: whoever is cancelled while waiting, the change is made and told.
        task = asyncio.create_task(self._write_and_tell(work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def _write_and_tell(self, work: Callable[[Connection], tuple[T, bool]]) -> T:
        def noted(db: Connection) -> tuple[T, bool]:
            value, changed = work(db)
            if changed:
                note_change(db)
            return value, changed

        value, changed = await self._database.write(noted)
        if changed:
            self.revision += 1
            for callback in tuple(self._watchers):
                callback()
        return value


def _prepare(connection: Connection) -> None:
    fold.add_functions(connection)
    searches.add_functions(connection)


def _sizes(db: Connection) -> dict[Family, int]:
    totals = Totals(db)
    return {family: totals.of(family) for family in Family}


def _remove(db: Connection, rows: Sequence[Stored]) -> bool:
    changed = False
    for row in rows:
        changed |= writes.remove(db, row)
        sweeps.touch(db, row)
    return changed
