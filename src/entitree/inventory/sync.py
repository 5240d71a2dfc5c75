"""Reading the account into the mirror: whole families side by side, or only what some ids are tied to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from entitree.api.names import SUBSCRIPTION_CHANNELS
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
from entitree.inventory.model import Family, FamilyState, Item, Kind
from entitree.inventory.wire import stored
from entitree.inventory.writes import Cover

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Coroutine, Sequence

    from entitree.api.client import PlatformClient
    from entitree.api.replies import Page
    from entitree.inventory.store import Store

T = TypeVar("T")

ALL = tuple(Family)
MOVED = "It changed while it was being read. Refresh again to be sure."

Progress: TypeAlias = Callable[[Family, int, int | None], None]
"""Told after each page: the family, its rows so far, and how many the platform says there are."""

_SIDE_BY_SIDE = 6
_SAME_FOR_ALL = (
    UnauthorizedError,
    ForbiddenError,
    TooManyRequestsError,
    ServerError,
    UnreachableError,
    BadReplyError,
)
"""What one channel ends in, after all its tries, the others would end in too."""
_PAGE = 1000
_SUBSCRIPTION_PAGE = 100


@dataclass(frozen=True, slots=True)
class NotChecked:
    """Something that could not be read, and why. `family` is set where a whole family stayed unread."""

    what: str
    why: str
    family: Family | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of some ids just now."""

    read_at: datetime
    requests: int
    not_checked: tuple[NotChecked, ...] = ()


async def refresh(
    client: PlatformClient,
    store: Store,
    families: Collection[Family] = ALL,
    *,
    progress: Progress | None = None,
) -> dict[Family, FamilyState]:
    """Read families into the mirror, side by side, each page stored as it arrives.

    A family that fails keeps what it had and says why in its state; the others go on. Rows that are no longer
    listed are removed only where the listing was whole and did not move. Raises StorageError only.
    """
    reader = _Reader(client, store, progress)
    states = await _together([reader.family(family) for family in families])
    return {state.family: state for state in states}


async def refresh_links(client: PlatformClient, store: Store, kind: Kind, ids: Collection[str]) -> Reading:
    """Read again what the deletion of `ids` would touch: the items, and every configuration that names them.

    Each family is read by id or as a whole, whichever needs fewer requests. The mirror then holds exactly
    what those readings showed. What could not be read is in the answer; raises StorageError only.
    """
    reader = _Reader(client, store, None)
    sizes = await store.sizes()
    own = Family.APPLICATIONS if kind is Kind.APPLICATION else Family.ENTITIES
    wanted = sorted(set(ids))

    async def one(family: Family) -> NotChecked | None:
        if _whole_is_cheaper(family, len(wanted), sizes[family]):
            state = await reader.family(family)
            problem, read = state.problem, state.read
        else:
            problem, read = await reader.named(family, kind, wanted)
        if problem is None:
            return None
        # A list that moved, or holds odd rows, was read nevertheless.
        return NotChecked(family.value, problem, None if read else family)

    found = await _together(
        [one(family) for family in (own, Family.ASSOCIATIONS, Family.STRATEGIES, Family.SUBSCRIPTIONS)]
    )
    return Reading(
        read_at=datetime.now(UTC),
        requests=reader.requests,
        not_checked=tuple(each for each in found if each is not None),
    )


def _whole_is_cheaper(family: Family, ids: int, known: int) -> bool:
    if family is Family.SUBSCRIPTIONS:
        return len(SUBSCRIPTION_CHANNELS) + known // _SUBSCRIPTION_PAGE < len(SUBSCRIPTION_CHANNELS) * ids
    # Nothing known may mean never read: then by id, which is certain to be small.
    return known > 0 and known // _PAGE + 1 < ids


class _Reader:
    """Reads through one client into one store and counts its requests."""

    def __init__(self, client: PlatformClient, store: Store, progress: Progress | None) -> None:
        self._client = client
        self._store = store
        self._progress = progress
        self.requests = 0

    async def family(self, family: Family) -> FamilyState:
        """Read all of a family and note in the mirror how that went."""
        told = _Tally(family, self._progress)
        before = (await self._store.families())[family]
        try:
            if family is Family.SUBSCRIPTIONS:
                moved = await self._channels(told)
            else:
                moved = await self._sweep(Cover(family), self._pages(family), told)
        except StorageError:
            raise
        except EntitreeError as error:
            state = replace(before, problem=str(error), failed=True)
        else:
            problem = told.odd or (MOVED if moved else None)
            state = FamilyState(family, whole=problem is None, read_at=datetime.now(UTC), problem=problem)
        await self._store.put_family(state)
        return state

    async def named(self, family: Family, kind: Kind, ids: Collection[str]) -> tuple[str | None, bool]:
        """Read what names `ids`, an id at a time.

        Returns what was wrong with that, None if nothing was, and whether it came to its end.
        """
        told = _Tally(family, None)
        moved = False
        try:
            if family in (Family.APPLICATIONS, Family.ENTITIES):
                for item_id in ids:
                    await self._item(kind, item_id)
            elif family is Family.SUBSCRIPTIONS:
                for item_id in ids:
                    moved |= await self._channels(told, naming=(kind, item_id))
            else:
                for item_id in ids:
                    cover = Cover(family, naming=(kind, item_id))
                    moved |= await self._sweep(cover, self._pages(family, kind, item_id), told)
        except StorageError:
            raise
        except EntitreeError as error:
            return str(error), False
        return told.odd or (MOVED if moved else None), True

    async def _item(self, kind: Kind, item_id: str) -> None:
        self.requests += 1
        try:
            if kind is Kind.APPLICATION:
                await self._store.put(stored(await self._client.get_application(item_id)))
            else:
                await self._store.put(stored(await self._client.get_entity(item_id)))
        except NotFoundError:
            await self._store.forget(Item(kind, item_id))

    def _pages(
        self, family: Family, kind: Kind | None = None, item_id: str | None = None
    ) -> AsyncIterator[Page[Any]]:
        application_id = item_id if kind is Kind.APPLICATION else None
        entity_id = item_id if kind is Kind.ENTITY else None
        match family:
            case Family.APPLICATIONS:
                return self._client.applications(_PAGE)
            case Family.ENTITIES:
                return self._client.entities(_PAGE)
            case Family.ASSOCIATIONS:
                return self._client.associations(_PAGE, application_id=application_id, entity_id=entity_id)
            case _:
                return self._client.strategies(_PAGE, application_id=application_id, entity_id=entity_id)

    async def _channels(self, told: _Tally, *, naming: tuple[Kind, str] | None = None) -> bool:
        """Every channel's subscriptions, a few side by side: there is no list over all of them."""
        kind, item_id = naming or (None, None)
        turn = asyncio.Semaphore(_SIDE_BY_SIDE)
        problems: list[EntitreeError] = []

        async def one(channel: str) -> bool:
            async with turn:
                pages = self._client.subscriptions(
                    channel,
                    _SUBSCRIPTION_PAGE,
                    application_id=item_id if kind is Kind.APPLICATION else None,
                    entity_id=item_id if kind is Kind.ENTITY else None,
                )
                cover = Cover(Family.SUBSCRIPTIONS, channel=channel, naming=naming)
                try:
                    return await self._sweep(cover, pages, told)
                except (StorageError, *_SAME_FOR_ALL):
                    raise
                except EntitreeError as error:
                    problems.append(error)
                    return False

        first, *others = SUBSCRIPTION_CHANNELS
        # By itself: what ails it mostly ails all, and is then tried once and not six times.
        moved = await one(first)
        moved |= any(await _together([one(channel) for channel in others]))
        if problems:
            raise problems[0]
        return moved

    async def _sweep(self, cover: Cover, pages: AsyncIterator[Page[Any]], told: _Tally) -> bool:
        """Read one list to its end. Returns whether it moved meanwhile."""
        sweep = await self._store.begin_sweep(cover)
        whole = moved = False
        try:
            seen = 0
            total: int | None = None
            odd = False
            async for page in pages:
                self.requests += 1
                rows = [stored(row, addressable=ok, channel=cover.channel or "") for row, ok in page.rows()]
                new = await self._store.add_page(sweep, rows)
                seen += new + len(page.odd)
                odd |= bool(page.odd)
                said = page.paging.total_results if page.paging else None
                moved |= new < len(rows) or (total is not None and said != total)
                total = said
                told.page(page, new, None if cover.channel else total)
            moved |= total is not None and seen != total
            whole = not moved and not odd
            if whole and cover.family is Family.SUBSCRIPTIONS and cover.naming is not None:
                await self._settle(sweep)
        finally:
            await self._store.end_sweep(sweep, remove=whole)
        return moved

    async def _settle(self, sweep: int) -> None:
        """A subscription that no longer names the id may be gone or changed: only asking for it tells."""
        for row in await self._store.missing(sweep):
            self.requests += 1
            try:
                now = await self._client.get_subscription(row.channel, row.id)
            except (NotFoundError, RefusedError):
                continue
            await self._store.put(stored(now, channel=row.channel))


class _Tally:
    """What was read of a family so far."""

    def __init__(self, family: Family, progress: Progress | None) -> None:
        self._family = family
        self._progress = progress
        self._rows = 0
        self._odd = 0

    @property
    def odd(self) -> str | None:
        if not self._odd:
            return None
        if self._odd == 1:
            return "1 row could not be understood and is left out."
        return f"{self._odd} rows could not be understood and are left out."

    def page(self, page: Page[Any], new: int, total: int | None) -> None:
        self._rows += new
        self._odd += len(page.odd)
        if self._progress is not None:
            self._progress(self._family, self._rows, total)


async def _together(work: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """The values of all of `work`, done side by side; the first failure ends the rest and is raised bare."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each) for each in work]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]
