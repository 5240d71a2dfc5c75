"""Reading the account into the mirror: whole families side by side, or only what some ids are tied to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from entitree.inventory.link_reading import LINKING, Known, named_rows, own_family, plan_reading
from entitree.inventory.listings import LISTED
from entitree.inventory.reader import Reader, together

if TYPE_CHECKING:
    from collections.abc import Collection, Coroutine, Sequence

    from entitree.api.client import PlatformClient
    from entitree.inventory.link_reading import Part, ReadingPlan
    from entitree.inventory.model import Family, FamilyState, Kind
    from entitree.inventory.reader import Counted, Progress
    from entitree.inventory.store import Store

ALL = LISTED
"""What a refresh reads: all that can be listed whole."""


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

    A family that fails keeps what it had and says why in its state; the others go on. One that was
    interrupted a short while ago goes on where it was. Rows that are no longer listed are removed only where
    the listing was whole; a list that moved meanwhile is read once more. Raises StorageError only.
    """
    reader = Reader(client, store, progress)
    states = await together([reader.family(family) for family in families])
    return {state.family: state for state in states}


async def refresh_items(client: PlatformClient, store: Store, kind: Kind, ids: Collection[str]) -> Reading:
    """Read again these applications or entities alone, whether they are there and what they are called: each
    by its id or all as a family, whichever needs fewer requests. Raises StorageError only.
    """
    return await refresh_links(client, store, kind, ids, ())


async def refresh_links(
    client: PlatformClient,
    store: Store,
    kind: Kind,
    ids: Collection[str],
    families: Collection[Family] = LINKING,
    *,
    counted: Counted | None = None,
) -> Reading:
    """Read again what the deletion of `ids` would touch: the items, and every configuration of `families`
    that names them.

    Families are read side by side, each by id or as a whole, whichever needs fewer requests; see
    `link_reading`. The mirror then holds exactly what those readings showed. What could not be read is in the
    answer; raises StorageError only.
    """
    reader = Reader(client, store, None, counted)
    wanted = sorted(set(ids))
    planned = await plan_links(store, kind, wanted, families)
    return await _checked(reader, [_one(reader, part, kind, wanted) for part in planned.parts])


async def plan_links(
    store: Store, kind: Kind, ids: Collection[str], families: Collection[Family] = LINKING
) -> ReadingPlan:
    """How `refresh_links` would read them, and what that takes. Sends nothing; raises StorageError."""
    sizes, states = await store.sizes(), await store.families()
    tied = await store.ask(lambda db: named_rows(db, kind, tuple(ids)))
    wanted = (own_family(kind), *families)
    return plan_reading(
        len(set(ids)),
        {each: Known(sizes[each], states[each].read_at is not None, tied.get(each, 0)) for each in wanted},
    )


async def _checked(reader: Reader, work: Sequence[Coroutine[Any, Any, NotChecked | None]]) -> Reading:
    found = await together(work)
    return Reading(
        read_at=datetime.now(UTC),
        requests=reader.requests,
        not_checked=tuple(each for each in found if each is not None),
    )


async def _one(reader: Reader, part: Part, kind: Kind, ids: Sequence[str]) -> NotChecked | None:
    if part.whole:
        state = await reader.family(part.family)
        problem, read = state.problem, state.read
    else:
        problem, read = await reader.named(part.family, kind, ids)
    if problem is None:
        return None
    # A list that moved, or holds odd rows, was read nevertheless.
    return NotChecked(part.family.value, problem, None if read else part.family)
