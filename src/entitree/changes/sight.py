"""What is there now of all that a job has changed: read one by one, or where they are many as a list."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from entitree.api.gate import ahead
from entitree.api.operations import GET_PROFILE
from entitree.changes import objects
from entitree.changes.edits.definitions import DefinitionError
from entitree.changes.objects import items, strategies
from entitree.changes.plan.bodies import checked_strategy
from entitree.changes.plan.model import ITEM_FAMILIES, Target
from entitree.changes.restoring import profile
from entitree.errors import EntitreeError, NotFoundError, StorageError
from entitree.inventory.model import Family, NumberRow, StrategyRow
from entitree.inventory.reader import together
from entitree.inventory.records import RECORDS
from entitree.inventory.sync import refresh

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from sqlite3 import Connection

    from entitree.api.client import PlatformClient
    from entitree.changes.net import Net
    from entitree.changes.plan import State
    from entitree.changes.vault import Vault
    from entitree.inventory.store import Store

MOST_SINGLE = 5
"""So many of a family that the platform lists by the thousand are read one by one."""

_AT_ONCE = 8
_LISTED = frozenset({Family.APPLICATIONS, Family.ENTITIES, Family.ASSOCIATIONS, Family.STRATEGIES})
"""Of which a list shows as much as reading each does, a thousand at a time."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What is there now."""

    states: Mapping[Target, State | None]
    """Of each target that could be read; None: it is not there."""
    unread: Mapping[Target, str] = field(default_factory=dict)
    """Why the others could not be read."""
    profiles: frozenset[str] = frozenset()
    """Ids of notification profiles that are gone."""
    numbers: Mapping[str, NumberRow] = field(default_factory=dict)
    """What the mirror knows of numbers, by their key."""


async def look(client: PlatformClient, store: Store, vault: Vault, net: Net) -> Sight:
    """Reads what `net` is about, families side by side and ahead of all else. Raises StorageError only."""
    looking = _Looking(client, store, vault)
    by_family: dict[Family, list[Target]] = defaultdict(list)
    for target in net.changes:
        by_family[target.family].append(target)
    wanted = {
        name
        for target, change in net.changes.items()
        if target.family is Family.SUBSCRIPTIONS and (name := profile(change.before or {})) is not None
    }
    with ahead():
        await together(
            [
                *(looking.family(family, targets) for family, targets in by_family.items()),
                *(looking.profile(name) for name in sorted(wanted)),
            ]
        )
    keys = [target.key[0] or "" for target in by_family.get(Family.NUMBERS, ())]
    return Sight(
        looking.states,
        looking.unread,
        frozenset(looking.gone),
        await store.ask(lambda db: _numbers(db, keys)),
    )


class _Looking:
    def __init__(self, client: PlatformClient, store: Store, vault: Vault) -> None:
        self.states: dict[Target, State | None] = {}
        self.unread: dict[Target, str] = {}
        self.gone: set[str] = set()
        self._client = client
        self._store = store
        self._vault = vault
        self._busy = asyncio.Semaphore(_AT_ONCE)

    async def family(self, family: Family, targets: list[Target]) -> None:
        if family not in _LISTED or len(targets) <= MOST_SINGLE:
            await together([self._one(target) for target in targets])
            return
        state = (await refresh(self._client, self._store, (family,)))[family]
        if state.failed:
            self.unread.update(dict.fromkeys(targets, state.problem or ""))
        elif (kind := ITEM_FAMILIES.get(family)) is not None:
            there = await self._store.items(kind, [target.key[0] or "" for target in targets])
            for target in targets:
                item = there.get(target.key[0] or "")
                self.states[target] = None if item is None else items.state(item.alias)
        else:
            self.states.update(await self._store.ask(lambda db: dict(_mirrored(db, family, targets))))

    async def profile(self, name: str) -> None:
        try:
            async with self._busy:
                await self._client.call(GET_PROFILE, path={"profileId": name})
        except NotFoundError:
            self.gone.add(name)
        except StorageError:
            raise
        except EntitreeError:
            # Making the subscription will tell.
            return

    async def _one(self, target: Target) -> None:
        try:
            async with self._busy:
                self.states[target] = await objects.read(self._client, target, vault=self._vault)
        except StorageError:
            raise
        except EntitreeError as error:
            self.unread[target] = str(error)


def _mirrored(
    db: Connection, family: Family, targets: Iterable[Target]
) -> Iterable[tuple[Target, State | None]]:
    """What the mirror shows of associations or strategies, which were just read."""
    for target in targets:
        record = RECORDS[family]
        if family is Family.ASSOCIATIONS and (association := target.association) is not None:
            found = record.read(db, record.identified, record.identity(association))
            yield target, {} if found else None
            continue
        found = record.read(db, record.identified, target.key)
        yield target, _strategy(found[0]) if found and isinstance(found[0], StrategyRow) else None


def _strategy(row: StrategyRow) -> State:
    try:
        return strategies.state(checked_strategy(row.raw))
    except DefinitionError:
        return {}


def _numbers(db: Connection, keys: Iterable[str]) -> dict[str, NumberRow]:
    record = RECORDS[Family.NUMBERS]
    rows = (row for key in keys for row in record.read(db, record.identified, (key,)))
    return {row.key: row for row in rows if isinstance(row, NumberRow)}
