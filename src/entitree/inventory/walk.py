"""Inbound configurations, which no list holds: one request for each resource and channel (platform.md 3).

So they are read for what is looked at, and all of them only as a walk, whose cost is told first and which
goes on where it was interrupted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from entitree.errors import EntitreeError, ForbiddenError, RefusedError, StorageError
from entitree.inventory.listings import Source
from entitree.inventory.model import Family, FamilyState, Kind
from entitree.inventory.reader import Reader, Tally, together
from entitree.inventory.sweeps import Cover
from entitree.inventory.wire import inbound_part

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from sqlite3 import Connection

    from entitree.api.client import PlatformClient
    from entitree.inventory.model import Resource
    from entitree.inventory.store import Store

RESUMED_WITHIN = timedelta(hours=6)
"""What a walk has read is not read again by one that is begun within this time."""

FRESH_FOR = timedelta(minutes=5)
"""What was read so lately is not read again just because it is looked at."""

MOST_LOOKED_AT = 20
"""Requests that looking at one item may cost: ten seconds at the documented rate of two a second."""

_NUMBER_CHANNELS = ("SMS", "MMS", "WHATSAPP")
_CHANNELS = {
    "RCS_RESOURCE": ("RCS",),
    "VIBER_RESOURCE": ("VIBER_BM",),
    "APPLE_RESOURCE": ("APPLE_MB",),
    "OPEN_CHANNEL_RESOURCE": ("OPEN_CHANNEL",),
    "DOMAIN": ("EMAIL",),
}
"""What else than a number messages come in for, and on which channel. An alphanumeric sender takes none."""
_SIDE_BY_SIDE = 4


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """One resource on one channel: one request."""

    type: str
    resource_id: str
    channel: str


@dataclass(frozen=True, slots=True)
class Walk:
    """What reading all inbound configurations costs."""

    targets: tuple[Target, ...]
    """What is left to ask for."""
    total: int
    """Everything there is to ask for; the rest was asked for lately."""
    walked_at: datetime | None
    """Since when all of it is known; None where a part was never read."""


async def plan(store: Store, *, now: datetime | None = None) -> Walk:
    """What a walk begun `now` would read. Sends nothing. Raises StorageError."""
    moment = now or datetime.now(UTC)
    every = await store.ask(_owned)
    read = await store.ask(_read_at)
    left = tuple(
        each
        for each in every
        if (at := read.get((each.resource_id, each.channel))) is None or at < moment - RESUMED_WITHIN
    )
    times = [read.get((each.resource_id, each.channel)) for each in every]
    known = [at for at in times if at is not None]
    return Walk(left, len(every), min(known, default=None) if len(known) == len(times) else None)


async def walk(
    client: PlatformClient,
    store: Store,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> FamilyState:
    """Read what `plan` says is left. What is interrupted is gone on with by the next walk.

    `progress` is told how many resources were asked for, of how many. Raises StorageError only: what else
    went wrong stands in the state.
    """
    planned = await plan(store)
    done = planned.total - len(planned.targets)
    reader = Reader(client, store, None)
    told = Tally(Family.INBOUND, None)
    try:
        for start in range(0, len(planned.targets), _SIDE_BY_SIDE):
            some = planned.targets[start : start + _SIDE_BY_SIDE]
            await together([_read(reader, target, told) for target in some])
            done += len(some)
            progress(done, planned.total)
    except StorageError:
        raise
    except EntitreeError as error:
        before = (await store.families())[Family.INBOUND]
        state = FamilyState(
            Family.INBOUND,
            whole=before.whole,
            read_at=before.read_at,
            problem=str(error),
            failed=True,
            refused=isinstance(error, ForbiddenError | RefusedError),
        )
    else:
        await store.change(lambda db: (None, _forget_unowned(db)))
        read_at = (await plan(store)).walked_at or datetime.now(UTC)
        state = FamilyState(Family.INBOUND, whole=told.odd is None, read_at=read_at, problem=told.odd)
    await store.put_family(state)
    return state


async def look_at(
    client: PlatformClient,
    store: Store,
    kind: Kind,
    ids: Collection[str],
    *,
    most: int = MOST_LOOKED_AT,
    rest: int = 0,
) -> str | None:
    """Read the inbound configurations that `stale` counts. Returns what kept it from it, in a sentence.
    Raises StorageError.
    """
    return await _look(client, store, await _wanted(store, kind, ids, most, rest))


async def stale(
    store: Store, kind: Kind, ids: Collection[str], *, most: int = MOST_LOOKED_AT, rest: int = 0
) -> int:
    """How many requests `look_at` would need now: for the numbers that are tied to `ids`, as far as they are
    not fresh and up to `most`, and for all else that a walk would read, if that is not more than `rest`.
    Sends nothing. Raises StorageError.
    """
    return len(await _wanted(store, kind, ids, most, rest))


async def look_at_resource(client: PlatformClient, store: Store, resource: Resource) -> str | None:
    """As `look_at`, for one resource."""
    every = await store.ask(_owned)
    mine = [each for each in every if (each.type, each.resource_id) == (resource.type, resource.id)]
    return await _look(client, store, _not_fresh(mine, await store.ask(_read_at))[:MOST_LOOKED_AT])


async def _wanted(store: Store, kind: Kind, ids: Collection[str], most: int, rest: int) -> list[Target]:
    tied = await store.ask(lambda db: _tied(db, kind, tuple(ids), most))
    wanted = _not_fresh(tied, await store.ask(_read_at))[:most]
    if rest:
        known = set(tied)
        others = [each for each in (await plan(store)).targets if each not in known]
        wanted += others if len(others) <= rest else []
    return wanted


async def _look(client: PlatformClient, store: Store, wanted: Sequence[Target]) -> str | None:
    reader = Reader(client, store, None)
    told = Tally(Family.INBOUND, None)
    try:
        for target in wanted:
            await _read(reader, target, told)
    except StorageError:
        raise
    except EntitreeError as error:
        return str(error)
    return told.odd


def _not_fresh(targets: Sequence[Target], read: Mapping[tuple[str, str], datetime]) -> list[Target]:
    oldest = datetime.now(UTC) - FRESH_FOR
    return [
        each for each in targets if (at := read.get((each.resource_id, each.channel))) is None or at < oldest
    ]


async def _read(reader: Reader, target: Target, told: Tally) -> None:
    part = inbound_part(target.resource_id, target.channel)
    named = {"number_key" if target.type == "NUMBER" else "resource": target.resource_id}
    source = Source(
        Cover(Family.INBOUND, part),
        lambda first: reader.client.inbound_configurations(channel=target.channel, **named),
    )
    await reader.sweep(source, told, says_total=False)
    now = datetime.now(UTC).isoformat()

    def note(db: Connection) -> tuple[None, bool]:
        db.execute(
            "INSERT OR REPLACE INTO walked VALUES (?, ?, ?)", (target.resource_id, target.channel, now)
        )
        return None, False

    await reader.store.change(note)


def _owned(db: Connection) -> list[Target]:
    numbers = [
        Target("NUMBER", key, channel)
        for key, capabilities in db.execute("SELECT key, capabilities FROM number")
        for channel in _NUMBER_CHANNELS
        if channel in capabilities.split(",")
    ]
    others = [
        Target(type_, id_, channel)
        for type_, id_ in db.execute("SELECT type, id FROM resource WHERE owned > 0 AND type <> 'NUMBER'")
        for channel in _CHANNELS.get(type_, ())
    ]
    return sorted(numbers + others)


def _tied(db: Connection, kind: Kind, ids: Sequence[str], most: int) -> list[Target]:
    own = f"{kind.value}_id"
    keys: set[str] = set()
    for item_id in ids:
        keys.update(
            key
            for (key,) in db.execute(
                f"SELECT resource_id FROM association WHERE {own} = ? AND resource_type = 'NUMBER'"
                f" UNION SELECT key FROM number WHERE {own} = ? LIMIT {most}",
                (item_id, item_id),
            )
        )
    return [each for each in _owned(db) if each.type == "NUMBER" and each.resource_id in keys]


def _read_at(db: Connection) -> dict[tuple[str, str], datetime]:
    return {
        (resource_id, channel): datetime.fromisoformat(read_at)
        for resource_id, channel, read_at in db.execute("SELECT resource_id, channel, read_at FROM walked")
    }


def _forget_unowned(db: Connection) -> bool:
    """Drop what was read of resources that the account has no more."""
    owned = "(SELECT id FROM resource WHERE owned > 0)"
    gone = db.execute(f"DELETE FROM inbound WHERE resource_id NOT IN {owned}")
    db.execute(f"DELETE FROM walked WHERE resource_id NOT IN {owned}")
    return gone.rowcount > 0
