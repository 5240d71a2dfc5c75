"""Reading lists to their end, page by page into the mirror, a few side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from entitree.errors import (
    BadReplyError,
    EntitreeError,
    ForbiddenError,
    NotFoundError,
    RefusedError,
    ServerError,
    StorageError,
    TooManyRequestsError,
    UnauthorizedError,
    UnreachableError,
)
from entitree.inventory.listings import listings
from entitree.inventory.model import Family, FamilyState, Item, Kind
from entitree.inventory.wire import stored

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Coroutine, Sequence

    from entitree.api.client import PlatformClient
    from entitree.api.replies import Page
    from entitree.inventory.listings import Source
    from entitree.inventory.store import Store
    from entitree.inventory.sweeps import Sweep

T = TypeVar("T")

MOVED = "It changed while it was being read, twice. Refresh again to be sure."

Progress: TypeAlias = Callable[[Family, int, int | None], None]
"""Told after each page: the family, its rows so far, and how many the platform says there are."""
Counted: TypeAlias = Callable[[int], None]
"""Is told how many requests were made so far."""

_SIDE_BY_SIDE = 6
_PASSES = 2
_SAME_FOR_ALL = (
    UnauthorizedError,
    ForbiddenError,
    TooManyRequestsError,
    ServerError,
    UnreachableError,
    BadReplyError,
)
"""What one part of a family ends in, after all its tries, the others would end in too."""


class Reader:
    """Reads through one client into one store and counts its requests."""

    def __init__(
        self,
        client: PlatformClient,
        store: Store,
        progress: Progress | None,
        counted: Counted | None = None,
    ) -> None:
        self.client = client
        self.store = store
        self._progress = progress
        self._counted = counted
        self.requests = 0

    async def family(self, family: Family) -> FamilyState:
        """Read all of a family and note in the mirror how that went."""
        told = Tally(family, self._progress)
        before = (await self.store.families())[family]
        try:
            read_at, moved = await self._parts(listings(self.client, family), told)
        except StorageError:
            raise
        except EntitreeError as error:
            refused = isinstance(error, ForbiddenError | RefusedError)
            state = replace(before, problem=str(error), failed=True, refused=refused)
        else:
            problem = told.odd or (MOVED if moved else None)
            state = FamilyState(family, whole=problem is None, read_at=read_at, problem=problem)
        await self.store.put_family(state)
        return state

    async def named(self, family: Family, kind: Kind, ids: Collection[str]) -> tuple[str | None, bool]:
        """Read what names `ids`, an id at a time.

        Returns what was wrong with that, None if nothing was, and whether it came to its end.
        """
        told = Tally(family, None)
        moved = False
        try:
            for item_id in ids:
                if family in (Family.APPLICATIONS, Family.ENTITIES):
                    await self._item(kind, item_id)
                else:
                    sources = listings(self.client, family, naming=(kind, item_id))
                    moved |= (await self._parts(sources, told))[1]
        except StorageError:
            raise
        except EntitreeError as error:
            return str(error), False
        return told.odd or (MOVED if moved else None), True

    def _count(self) -> None:
        self.requests += 1
        if self._counted is not None:
            self._counted(self.requests)

    async def _item(self, kind: Kind, item_id: str) -> None:
        self._count()
        try:
            if kind is Kind.APPLICATION:
                await self.store.put(stored(await self.client.get_application(item_id)))
            else:
                await self.store.put(stored(await self.client.get_entity(item_id)))
        except NotFoundError:
            await self.store.forget(Item(kind, item_id))

    async def _parts(self, sources: Sequence[Source], told: Tally) -> tuple[datetime, bool]:
        """Every part of a family, a few side by side. Returns since when what was read is known, and whether
        any of it moved.
        """
        turn = asyncio.Semaphore(_SIDE_BY_SIDE)
        problems: list[EntitreeError] = []
        begun: list[datetime] = []
        alone = len(sources) == 1

        async def one(source: Source) -> bool:
            async with turn:
                try:
                    sweep, moved = await self.sweep(source, told, says_total=alone)
                except (StorageError, *_SAME_FOR_ALL):
                    raise
                except EntitreeError as error:
                    if alone:
                        raise
                    problems.append(error)
                    return False
                if sweep.resumed:
                    begun.append(sweep.begun_at)
                return moved

        first, *others = sources
        # By itself: what ails it mostly ails all, and is then tried once and not six times.
        moved = await one(first)
        moved |= any(await together([one(source) for source in others]))
        if problems:
            raise problems[0]
        return min(begun, default=datetime.now(UTC)), moved

    async def sweep(self, source: Source, told: Tally, *, says_total: bool) -> tuple[Sweep, bool]:
        """Read one list to its end. Returns how that went and whether it moved, both times it was read."""
        sweep = await self.store.begin_sweep(source.cover)
        ended = removable = False
        try:
            for turn in range(_PASSES):
                if turn:
                    await self.store.sweep_again(sweep)
                await self._pass(source, sweep, told, says_total=says_total)
                removable = sweep.certain(len(await self.store.unseen(sweep))) and not sweep.odd
                if removable or sweep.odd:
                    break
            if removable and source.cover.family is Family.SUBSCRIPTIONS and source.cover.naming is not None:
                await self._settle(sweep)
            ended = True
        finally:
            if ended or source.cover.naming is not None or not sweep.pages:
                await self.store.end_sweep(sweep, remove=ended and removable)
            else:
                await self.store.leave_sweep(sweep)
        return sweep, not removable and (not sweep.odd or not sweep.steady)

    async def _pass(self, source: Source, sweep: Sweep, told: Tally, *, says_total: bool) -> None:
        part = source.cover.part
        async for page in _ahead(source.pages(sweep.pages)):
            self._count()
            rows = [stored(row, addressable=named, part=part) for row, named in page.rows()]
            total = page.paging.total_results if page.paging else None
            await self.store.add_page(sweep, rows, odd=len(page.odd), total=total)
            told.page(sweep, page, total if says_total else None)

    async def _settle(self, sweep: Sweep) -> None:
        """A subscription that no longer names the id may be gone or changed: only asking for it tells."""
        for row in await self.store.unseen_rows(sweep):
            channel, id_ = getattr(row, "channel", ""), getattr(row, "id", "")
            self._count()
            try:
                now = await self.client.get_subscription(channel, id_)
            except (NotFoundError, RefusedError):
                continue
            await self.store.put(stored(now, part=channel))


class Tally:
    """What was read of a family so far."""

    def __init__(self, family: Family, progress: Progress | None) -> None:
        self._family = family
        self._progress = progress
        self._rows: dict[int, int] = {}
        self._odd: dict[int, int] = {}

    @property
    def odd(self) -> str | None:
        odd = sum(self._odd.values())
        if not odd:
            return None
        if odd == 1:
            return "1 row could not be understood and is left out."
        return f"{odd} rows could not be understood and are left out."

    def page(self, sweep: Sweep, page: Page[Any], total: int | None) -> None:
        self._rows[sweep.number] = sweep.rows - sweep.odd
        self._odd[sweep.number] = sweep.odd
        if self._progress is not None:
            self._progress(self._family, sum(self._rows.values()), total)


async def _ahead(pages: AsyncIterator[Page[Any]]) -> AsyncIterator[Page[Any]]:
    """`pages`, the next one already asked for while the last one is being stored."""
    fetched = asyncio.ensure_future(anext(pages, None))
    try:
        while (page := await fetched) is not None:
            fetched = asyncio.ensure_future(anext(pages, None))
            yield page
    finally:
        if not fetched.done():
            fetched.cancel()
        await asyncio.wait([fetched])
        if not fetched.cancelled():
            # Told already, or of no use to anybody.
            fetched.exception()


async def together(work: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """The values of all of `work`, done side by side; the first failure ends the rest and is raised bare."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each) for each in work]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]
