"""Looking up what a deletion does: on the platform, or as the mirror has it; and what that takes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from entitree.api import operations as ops
from entitree.api.gate import ahead
from entitree.changes.impact.model import NEVER_CHECKED, Impact, Unwalked
from entitree.changes.impact.rules import impact
from entitree.inventory import walk
from entitree.inventory.link_reading import LINKING, number_names
from entitree.inventory.listings import Cost, cost
from entitree.inventory.model import Family, Kind
from entitree.inventory.sync import NotChecked, plan_links, refresh_links

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from entitree.api.client import PlatformClient
    from entitree.inventory.links import Links
    from entitree.inventory.reader import Counted
    from entitree.inventory.store import Store

READ = (*LINKING, Family.NUMBERS, Family.KEYS)
"""Families that an impact reads besides the items themselves; inbound configurations are no list."""

MOST_INBOUND = 60
"""Requests for inbound configurations of numbers that are tied to the ids, which an impact may cost, and
at most so many more for the rest: each half a minute at the documented rate.
"""

_REST_FOR_EACH = 2
"""Requests for inbound configurations that nothing ties to the ids, for each of these: few beside those that
a deletion takes anyway, which reads some 25 lists again.
"""


@dataclass(frozen=True, slots=True)
class _Unread:
    not_checked: tuple[NotChecked, ...]
    read_at: datetime | None


async def read(
    client: PlatformClient,
    store: Store,
    kind: Kind,
    ids: Collection[str],
    *,
    counted: Counted | None = None,
) -> Impact:
    """What deleting `ids` does, read again just now; `reading_cost` says what that takes.

    `counted` is told how many of the requests for lists were made.

    All families are read side by side, each on its own limit, and with them the inbound configurations of
    the numbers that are tied to the ids, and all others where they cost little beside the deletion. Raises
    StorageError only: what could not be read stands in `not_checked`.
    """
    rest = _rest(ids)
    at_once = await walk.stale(store, kind, ids, most=MOST_INBOUND, rest=rest)
    # Somebody waits for it.
    with ahead():
        reading, problem = await asyncio.gather(
            refresh_links(client, store, kind, ids, READ, counted=counted),
            walk.look_at(client, store, kind, ids, most=MOST_INBOUND, rest=rest),
        )
        if problem is None:
            # Of numbers that the reading itself found tied; for most ids there is none left to ask for.
            left = max(0, MOST_INBOUND - at_once)
            problem = await walk.look_at(client, store, kind, ids, most=left, rest=min(rest, left))
    inbound = () if problem is None else (NotChecked(Family.INBOUND.value, problem, Family.INBOUND),)
    return await _found(store, kind, ids, _Unread((*reading.not_checked, *inbound), reading.read_at))


async def mirrored(store: Store, kind: Kind, ids: Collection[str]) -> Impact:
    """The same as the mirror has it, which may be old: `read_at` is when the oldest of it was read. Sends
    nothing. Raises StorageError.
    """
    states = await store.families()
    unread: list[NotChecked] = []
    times: list[datetime] = []
    for family in READ:
        state = states[family]
        if state.read_at is None:
            unread.append(NotChecked(family.value, state.problem or "it was not read yet", family))
            continue
        times.append(state.read_at)
        if state.problem:
            unread.append(NotChecked(family.value, state.problem))
    return await _found(store, kind, ids, _Unread(tuple(unread), min(times, default=None)))


async def walked(store: Store, before: Impact) -> Impact:
    """`before` again after inbound configurations were read: from the mirror, which the walk has filled.
    Sends nothing. Raises StorageError.
    """
    kept = tuple(
        each for each in before.not_checked if each.family is not Family.INBOUND and each not in NEVER_CHECKED
    )
    state = (await store.families())[Family.INBOUND]
    inbound = (NotChecked(Family.INBOUND.value, state.problem, Family.INBOUND),) if state.problem else ()
    found = await _found(store, before.kind, before.ids, _Unread((*kept, *inbound), before.read_at))
    return replace(found, in_use=before.in_use)


async def reading_cost(store: Store, kind: Kind, ids: Collection[str], factor: float | None = 1.0) -> Cost:
    """What `read` takes, as far as is known: requests, and seconds at `factor` times the documented limits.
    Sends nothing. Raises StorageError.
    """
    planned = await plan_links(store, kind, ids, READ)
    inbound = await walk.stale(store, kind, ids, most=MOST_INBOUND, rest=_rest(ids))
    pace = cost(Family.INBOUND, 0).seconds
    seconds = max(planned.seconds, max(0, inbound - 1) * pace)
    return Cost(planned.requests + inbound, seconds / factor if factor else 0.0)


def _rest(ids: Collection[str]) -> int:
    return min(MOST_INBOUND, _REST_FOR_EACH * len(ids))


def walking_cost(requests: int, factor: float | None = 1.0) -> float:
    """Seconds that so many requests for inbound configurations take."""
    limit = ops.GET_INBOUND.limit
    return requests * limit.seconds / limit.requests / factor if limit and factor else 0.0


async def _found(store: Store, kind: Kind, ids: Collection[str], unread: _Unread) -> Impact:
    links = await store.links(kind, ids)
    # For thousands of ids it takes a moment in which others shall not have to wait.
    return await asyncio.to_thread(
        impact,
        links,
        kind,
        ids,
        existing=await store.items(kind, ids),
        not_checked=unread.not_checked,
        read_at=unread.read_at,
        unwalked=await _unwalked(store, links),
        numbers=await store.ask(lambda db: number_names(db, links)),
    )


async def _unwalked(store: Store, links: Links) -> Unwalked | None:
    """What a walk begun now would read; None where all of it was read lately."""
    planned = await walk.plan(store)
    if not planned.targets:
        return None
    tied = {each.resource_id for each in links.associations if each.resource_type == "NUMBER"}
    tied.update(each.key for each in links.numbers)
    left = {(each.type, each.resource_id) for each in planned.targets}
    return Unwalked(
        resources=len(left),
        requests=len(planned.targets),
        tied=sum(1 for type_, id_ in left if type_ == "NUMBER" and id_ in tied),
        walked_at=planned.walked_at,
    )
