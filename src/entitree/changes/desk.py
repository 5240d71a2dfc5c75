"""Where plans are handed in and jobs are watched: what the faces know of changes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from entitree.changes.edits import Alias, Create, Delete
from entitree.changes.impact.in_use import in_use, sample
from entitree.changes.impact.reading import mirrored, read, reading_cost, walked
from entitree.changes.jobs import JobState
from entitree.changes.plan import Plan, plan
from entitree.changes.worker import run, settle, surely
from entitree.errors import EntitreeError, UsageError
from entitree.inventory.model import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from entitree.api.client import PlatformClient
    from entitree.changes.edits import Edit
    from entitree.changes.impact import Impact, InUse
    from entitree.changes.jobs import Job, StepRecord
    from entitree.changes.journal import Journal
    from entitree.changes.worker import JobResult, Progress
    from entitree.inventory.listings import Cost
    from entitree.inventory.model import Item
    from entitree.inventory.store import Store


_PATIENCE = 5.0


class JobDesk:
    """Plans, jobs and impacts of one account. Jobs run one at a time, here in this process.

    `account` is what plans are bound to, `protected` are ids that are never deleted.
    """

    def __init__(
        self,
        journal: Journal,
        client: PlatformClient,
        store: Store,
        *,
        account: str = "",
        protected: Collection[str] = (),
    ) -> None:
        self._journal = journal
        self._client = client
        self._store = store
        self._account = account
        self._protected = frozenset(protected)
        self._turn = asyncio.Lock()

    async def impact(self, kind: Kind, ids: Collection[str], *, refresh: bool = True) -> Impact:
        """What deleting `ids` does: read again just now, or with `refresh` off as the mirror has it.

        Raises StorageError only: what could not be read stands in `not_checked`.
        """
        if refresh:
            return await read(self._client, self._store, kind, ids)
        return await mirrored(self._store, kind, ids)

    async def walked(self, shown: Impact) -> Impact:
        """`shown` again after inbound configurations were read; sends nothing. Raises StorageError."""
        return await walked(self._store, shown)

    async def impact_cost(self, kind: Kind, ids: Collection[str], factor: float | None = 1.0) -> Cost:
        """What reading the impact of `ids` takes, at `factor` times the documented limits; sends nothing."""
        return await reading_cost(self._store, kind, ids, factor)

    async def in_use(self, shown: Impact) -> InUse:
        """Which of the ids of `shown`, or of a sample of them, were used lately; see `impact.in_use`."""
        return await in_use(self._client, shown.kind, sample(shown), of=len(shown.ids))

    async def plan(self, edits: Sequence[Edit], impacts: Iterable[Impact] = ()) -> Plan:
        """The plan for `edits`, checked against the mirror. Deletions need the impacts that were shown."""
        return plan(
            edits,
            account=self._account,
            protected=self._protected,
            existing=await self._existing(edits),
            impacts=impacts,
        )

    async def submit(self, plan: Plan) -> int:
        """Store the plan as a job and return its id; nothing is sent yet.

        Raises UsageError for a plan with conflicts, without steps, or for another account.
        """
        if plan.account != self._account:
            raise UsageError("This plan was made for another account.", hint="Open that profile to run it.")
        return await self._journal.add(plan)

    async def run(self, job_id: int, progress: Progress | None = None) -> JobResult:
        """Run a job; see `worker.run`. Jobs of this desk wait for each other."""
        async with self._turn:
            return await run(job_id, self._journal, self._client, self._store, progress=progress)

    async def apply(self, plan: Plan, progress: Progress | None = None) -> JobResult:
        """Submit and run. What ends before the first step was begun leaves no job behind.

        A plan of one step waits a few seconds for another process's job, and leaves no paused job behind.
        """
        single = len(plan.steps) == 1
        submitting = asyncio.create_task(self.submit(plan))
        try:
            job_id = await asyncio.shield(submitting)
            async with self._turn:
                result = await run(
                    job_id,
                    self._journal,
                    self._client,
                    self._store,
                    progress=progress,
                    patience=_PATIENCE if single else 0.0,
                )
        except BaseException:
            await surely(self._withdraw(submitting))
            raise
        if result.state is JobState.PAUSED and single:
            await self._journal.cancel(job_id)
        return result

    async def _withdraw(self, submitting: asyncio.Task[int]) -> None:
        """Cancel a job of which nothing was begun."""
        with suppress(EntitreeError):
            job_id = await submitting
            if not any(each.tries for each in await self._journal.steps(job_id)):
                await self._journal.cancel(job_id)

    async def cancel(self, job_id: int) -> None:
        """End a job for good without asking the platform: a step that was inflight is UNKNOWN from now on."""
        await self._journal.cancel(job_id)

    async def settle(self, job_id: int) -> list[StepRecord]:
        """End an interrupted or paused job, finding out what came of a step that was inflight.

        Returns those steps as they stand now; see `worker.settle`.
        """
        async with self._turn:
            return await settle(job_id, self._journal, self._client, self._store)

    async def jobs(self) -> list[Job]:
        """All jobs, newest first."""
        return await self._journal.jobs()

    async def steps(self, job_id: int) -> list[StepRecord]:
        """The steps of a job, in order."""
        return await self._journal.steps(job_id)

    async def _existing(self, edits: Sequence[Edit]) -> dict[tuple[Kind, str], Item]:
        wanted: dict[Kind, set[str]] = {kind: set() for kind in Kind}
        for edit in edits:
            if isinstance(edit, Create | Alias | Delete):
                wanted[edit.kind].add(edit.id)
        return {
            (kind, item_id): item
            for kind, ids in wanted.items()
            for item_id, item in (await self._store.items(kind, ids)).items()
        }
