"""Plans that are more than edits somebody typed: moves, deletions with what comes before them, and undo."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from entitree.changes.detaching import detaching
from entitree.changes.edits import Delete
from entitree.changes.ground_reading import called, counted
from entitree.changes.impact import NEVER_CHECKED
from entitree.changes.impact.reading import read as read_impact
from entitree.changes.losing import lost_by
from entitree.changes.moving import moving
from entitree.changes.net import net
from entitree.changes.plan.make import Wish, plan
from entitree.changes.plan.targets import subjects, target_of
from entitree.changes.rewiring import Part, Rewiring, tied, without, without_parts, words
from entitree.changes.sight import look
from entitree.changes.undo import emptied, undo
from entitree.errors import UsageError
from entitree.inventory.model import Kind
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from entitree.api.client import PlatformClient
    from entitree.changes.impact import Impact
    from entitree.changes.jobs import Job
    from entitree.changes.journal import Journal
    from entitree.changes.plan import Lost, Plan, State, Target
    from entitree.changes.vault import Vault
    from entitree.inventory.links import Links
    from entitree.inventory.store import Store


@dataclass(frozen=True, slots=True)
class Planner:
    """Makes plans for one account; `account` and `protected` are as in `plan`. All may raise StorageError.

    What takes time with thousands of ids is worked out in threads.
    """

    client: PlatformClient
    store: Store
    journal: Journal
    vault: Vault
    account: str = ""
    protected: frozenset[str] = frozenset()

    async def move(self, kind: Kind, from_id: str, to_id: str) -> Plan:
        """Everything tied to one application or entity is tied to another. What names either is read again.

        Raises UsageError where `to_id` is not there, or is `from_id`.
        """
        await self._demand(kind, (from_id,), to_id)
        shown = await read_impact(self.client, self.store, kind, (from_id, to_id))
        links = await self.store.links(kind, (from_id, to_id))
        rewiring = await asyncio.to_thread(moving, links, kind, (from_id,), to_id)
        return await self.planned(rewiring.parts, unchecked=(*rewiring.stays, *_unread(shown, "moved")))

    async def delete(
        self,
        kind: Kind,
        ids: Collection[str],
        impact: Impact,
        *,
        detach: bool = False,
        move_to: str | None = None,
    ) -> Plan:
        """The deletion of `ids` as `impact` shows it, after all that is tied to them was moved or detached.
        An id is deleted only if everything that frees it was done. Sends nothing.

        Raises UsageError where `move_to` is not there, or is one of them.
        """
        rewiring = Rewiring()
        if move_to is not None:
            await self._demand(kind, ids, move_to)
            there = await self.store.links(kind, (move_to,))
            rewiring = await asyncio.to_thread(moving, _both(tied(impact), there), kind, ids, move_to)
        elif detach:
            rewiring = await asyncio.to_thread(detaching, impact)
        parts = await asyncio.to_thread(_with_deletions, rewiring, kind, ids)
        unread = _unread(impact, "detached" if move_to is None else "moved") if rewiring.parts else ()
        return await self.planned(parts, impacts=(impact,), unchecked=(*rewiring.stays, *unread))

    async def undo(self, job_id: int) -> Plan:
        """What brings back, of all that a job has done, what is still as it left it. What is there now is
        read. What cannot come back is in `lost`; what has changed since, and what else is not undone, in
        `unchecked`. The undo of an undo is one too.

        Raises UsageError where there is no such job, it is of another account, or it still runs.
        """
        job = await self.journal.job(job_id)
        if job.account != self.account:
            raise UsageError(f"Job {job_id} is of another account.", hint="Open that profile to undo it.")
        if job.going:
            raise UsageError(f"Job {job_id} still runs.", hint="Pause or cancel it first.")
        changed = await asyncio.to_thread(net, await self.journal.steps(job_id))
        told = [*_unfinished(job)]
        sight = await look(self.client, self.store, self.vault, changed)
        found = await asyncio.to_thread(undo, changed, sight, job_id)
        parts = list(found.parts)
        told += found.unchecked
        impacts: list[Impact] = []
        for kind in Kind:
            ids = [
                edit.id for part in parts if isinstance(edit := part.wish.edit, Delete) and edit.kind is kind
            ]
            if ids:
                impacts.append(await read_impact(self.client, self.store, kind, ids))
                parts, said = await asyncio.to_thread(emptied, parts, impacts[-1])
                told += said
        states = {target_of(part.wish.edit): None for part in parts}
        return await self.planned(
            parts,
            impacts=impacts,
            states={target: sight.states[target] for target in states if target in sight.states},
            lost=found.lost,
            unchecked=told,
        )

    async def planned(
        self,
        parts: Sequence[Part],
        *,
        impacts: Iterable[Impact] = (),
        states: Mapping[Target, State | None] | None = None,
        lost: Iterable[Lost] = (),
        unchecked: Iterable[str] = (),
    ) -> Plan:
        """The plan for `parts`. What cannot be planned falls away with all that needs it, and is named in
        `unchecked`; only a deletion that cannot be planned is a conflict.
        """
        edits = [part.wish.edit for part in parts]
        named = await asyncio.to_thread(_named, parts)
        existing = {
            (kind, item_id): item
            for kind in Kind
            for item_id, item in (
                await self.store.items(kind, [item_id for of, item_id in named if of is kind])
            ).items()
        }
        make = partial(
            plan,
            account=self.account,
            protected=self.protected,
            existing=existing,
            states=states,
            vault=self.vault,
            called=await called(self.store, edits),
            counts=await counted(self.store, edits),
            lost=tuple(lost),
        )
        return await asyncio.to_thread(_feasible, make, list(parts), tuple(impacts), list(unchecked))

    async def _demand(self, kind: Kind, ids: Collection[str], to_id: str) -> None:
        if to_id in ids:
            raise UsageError(f"“{visible(to_id)}” is what is to be moved away from.", hint="Choose another.")
        if await self.store.item(kind, to_id) is None:
            raise UsageError(
                f"There is no {kind.value} “{visible(to_id)}”.", hint="Create it first, or refresh."
            )


def _with_deletions(rewiring: Rewiring, kind: Kind, ids: Collection[str]) -> list[Part]:
    """What frees the items, and then their deletions, each of which needs what frees its own."""
    freeing: dict[str, list[int]] = defaultdict(list)
    for at, part in enumerate(rewiring.parts):
        for item_id in part.about:
            freeing[item_id].append(at)
    deletions = (
        Part(Wish(Delete(kind, item_id), needs=tuple(freeing.get(item_id, ())))) for item_id in sorted(ids)
    )
    return [*rewiring.parts, *deletions]


def _named(parts: Iterable[Part]) -> set[tuple[Kind, str]]:
    return {named for each in parts for named in subjects(each.wish.edit)}


def _feasible(
    make: Callable[..., Plan], parts: list[Part], impacts: Collection[Impact], told: list[str]
) -> Plan:
    while True:
        freed = [part.frees for part in parts if part.frees is not None]
        found = make(
            [part.wish for part in parts],
            impacts=[without(each, freed) for each in impacts],
            unchecked=told,
        )
        against = {id(each.edit): each.text for each in found.conflicts}
        bad = [
            at
            for at, part in enumerate(parts)
            if id(part.wish.edit) in against and not isinstance(part.wish.edit, Delete)
        ]
        if not bad:
            return replace(found, lost=tuple(dict.fromkeys((*found.lost, *lost_by(found.steps)))))
        told = told + [f"Left out: {words(parts[at].wish)}. {against[id(parts[at].wish.edit)]}" for at in bad]
        parts = without_parts(parts, bad)


def _both(tied: Links, there: Links) -> Links:
    """What is to be moved, and what there is already where it goes."""
    return replace(
        tied,
        associations=tuple(dict.fromkeys((*tied.associations, *there.associations))),
        strategies=tuple(dict.fromkeys((*tied.strategies, *there.strategies))),
    )


def _unread(shown: Impact, done: str) -> list[str]:
    """What may be tied besides and was not read, a sentence each."""
    found = [
        f"Not {done}, because not read: {each.what} ({each.why})."
        for each in shown.not_checked
        if each not in NEVER_CHECKED
    ]
    if (left := shown.unwalked) is not None:
        found.append(
            f"Not {done}, where there are any: inbound configurations of {left.resources} resources, which"
            " were not read lately."
        )
    return found


def _unfinished(job: Job) -> Iterable[str]:
    if not job.state.over and job.left:
        steps = "step" if job.left == 1 else "steps"
        yield f"Job {job.id} has {job.left} {steps} left, which it may still do: cancel it first."
