"""What is read from the platform while a plan is made: what the mirror has only in part, or not at all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from entitree.changes import edits as e
from entitree.changes.objects import read
from entitree.changes.plan.targets import target_of
from entitree.errors import EntitreeError, StorageError
from entitree.inventory.sync import together
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from entitree.api.client import PlatformClient
    from entitree.changes.edits import Edit
    from entitree.changes.plan.ground import Existing
    from entitree.changes.plan.model import State, Target
    from entitree.changes.vault import Vault

_SIDE_BY_SIDE = 6


@dataclass(frozen=True, slots=True)
class Looked:
    """For `plan`: its `states`, and what of them could not be read, for its `unchecked`."""

    states: dict[Target, State | None] = field(default_factory=dict)
    unchecked: tuple[str, ...] = ()


def unknown(edits: Iterable[Edit], existing: Existing) -> list[Target]:
    """What has to be read before `edits` are planned, each once.

    Of inbound configurations the mirror has not all settings, of API keys not what else limits them, and an
    item may not be in it at all. Of everything else it knows what undo needs.
    """
    wanted: dict[Target, None] = {}
    for edit in edits:
        match edit:
            case e.WriteInbound() | e.DeleteInbound() | e.LinkKey():
                wanted[target_of(edit)] = None
            case e.Alias(kind, item_id) if (kind, item_id) not in existing:
                wanted[target_of(edit)] = None
    return list(wanted)


async def look(client: PlatformClient, targets: Sequence[Target], *, vault: Vault | None = None) -> Looked:
    """Read them, a few side by side; a request each. Raises StorageError only."""
    turn = asyncio.Semaphore(_SIDE_BY_SIDE)
    states: dict[Target, State | None] = {}
    problems: list[str] = []

    async def one(target: Target) -> None:
        async with turn:
            try:
                states[target] = await read(client, target, vault=vault)
            except StorageError:
                raise
            except EntitreeError as error:
                named = " ".join(part for part in target.key if part)
                problems.append(f"{target.family.value} {visible(named)} could not be read: {error}")

    await together([one(target) for target in targets])
    return Looked(states, tuple(sorted(problems)))
