"""What a plan stands on, as it is now: the items it speaks of, and the configurations that it changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from entitree.changes import edits as e, objects
from entitree.changes.jobs import CONFIRMED_FROM
from entitree.changes.plan.make import Wish
from entitree.changes.plan.targets import subjects, target_of
from entitree.errors import PlatformError, RefusedError
from entitree.inventory.link_reading import numbers_called
from entitree.inventory.model import Kind
from entitree.inventory.reader import together

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from entitree.api.client import PlatformClient
    from entitree.changes.edits import Edit
    from entitree.changes.plan import State, Target
    from entitree.changes.vault import Vault
    from entitree.inventory.model import Item
    from entitree.inventory.store import Store

MOST_READ = 100
"""So many configurations are read before a plan is made; of more the mirror has to do."""

_LOOKED_AT = (
    e.LinkNumber,
    e.WriteInbound,
    e.DeleteInbound,
    e.DeleteStrategy,
    e.ModifySubscription,
    e.DeleteSubscription,
    e.LinkKey,
    e.EnableKey,
)
"""What builds upon a whole configuration, of which the mirror keeps a part."""


@dataclass(slots=True)
class Standing:
    existing: dict[tuple[Kind, str], Item] = field(default_factory=dict)
    states: dict[Target, State | None] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)
    """What people call the numbers that are spoken of, by their keys."""
    counts: dict[Kind, int] = field(default_factory=dict)
    """How many items there are, of a kind of which so many are made that all are listed afterwards."""
    unchecked: list[str] = field(default_factory=list)
    """What could not be read, a sentence each."""


async def look(client: PlatformClient, store: Store, vault: Vault, wanted: Sequence[Edit | Wish]) -> Standing:
    """Looks up what `wanted` speaks of: items in the mirror, configurations on the platform.

    Raises StorageError, and SettingsError where there is nothing to ask with.
    """
    plain = [each.edit if isinstance(each, Wish) else each for each in wanted]
    found = Standing()
    named = {subject for edit in plain for subject in subjects(edit)}
    for kind in Kind:
        ids = [item_id for of, item_id in named if of is kind]
        items = await store.items(kind, ids)
        found.existing |= {(kind, item_id): item for item_id, item in items.items()}
    found.called = await called(store, plain)
    found.counts = await counted(store, plain)
    targets = list(dict.fromkeys(target_of(edit) for edit in plain if isinstance(edit, _LOOKED_AT)))
    if len(targets) > MOST_READ:
        found.unchecked.append(
            f"{len(targets)} configurations were taken as they were when they were last read."
        )
        return found

    async def one(target: Target) -> None:
        try:
            found.states[target] = await objects.read(client, target, vault=vault)
        except (PlatformError, RefusedError) as error:
            found.unchecked.append(f"What is there now could not be read: {error.what}")

    await together([one(target) for target in targets])
    found.unchecked = list(dict.fromkeys(found.unchecked))
    return found


async def called(store: Store, edits: Iterable[Edit]) -> dict[str, str]:
    """What people call the numbers that `edits` speak of, by their keys. Raises StorageError."""
    keys = {key for edit in edits if (key := _resource(edit)) is not None}
    return await store.ask(lambda db: numbers_called(db, keys)) if keys else {}


async def counted(store: Store, edits: Iterable[Edit]) -> dict[Kind, int]:
    """How many items there are, of each kind of which `edits` make so many that a listing will confirm them.
    Raises StorageError.
    """
    made = Counter(edit.kind for edit in edits if isinstance(edit, e.Create))
    many = [kind for kind, count in made.items() if count >= CONFIRMED_FROM]
    if not many:
        return {}
    there = await store.counts()
    return {kind: there[kind] for kind in many}


def _resource(edit: Edit) -> str | None:
    match edit:
        case e.Associate(row) | e.Dissociate(row):
            return row.resource_id if row.resource_type == "NUMBER" else None
        case e.WriteInbound():
            return edit.resource_id
        case e.DeleteInbound(configuration):
            return configuration.resource_id
    return None
