"""Where plans are handed in and jobs are watched: what the faces know of changes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from entitree.changes.ground_reading import look
from entitree.changes.impact.in_use import in_use, sample
from entitree.changes.impact.reading import mirrored, read, reading_cost, walked
from entitree.changes.jobs import JobState
from entitree.changes.losing import lost_by
from entitree.changes.plan.make import Wish, plan
from entitree.changes.planning import Planner
from entitree.changes.vault import Vault, references
from entitree.changes.worker.runner import InProcess
from entitree.changes.worker.watch import result
from entitree.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from entitree.api.client import PlatformClient
    from entitree.changes.edits import Edit
    from entitree.changes.impact import Impact, InUse
    from entitree.changes.jobs import Job, JobResult, Progress, StepRecord, Try
    from entitree.changes.journal import Journal
    from entitree.changes.plan import Lost, Plan
    from entitree.changes.records import Stamp
    from entitree.changes.worker.runner import Runner
    from entitree.inventory.listings import Cost
    from entitree.inventory.model import Kind
    from entitree.inventory.reader import Counted
    from entitree.inventory.store import Store


class JobDesk:
    """Plans, jobs and impacts of one account. Jobs run one at a time, where `runner` runs them: by default in
    this process.

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
        read_only: bool = False,
        vault: Vault | None = None,
        runner: Runner | None = None,
    ) -> None:
        self._journal = journal
        self._client = client
        self._store = store
        self._account = account
        self._protected = frozenset(protected)
        self._read_only = read_only
        self._vault = vault or Vault(journal.folder)
        self._planner = Planner(
            client, store, journal, self._vault, account=account, protected=self._protected
        )
        self._runner = runner or InProcess(journal, client, store, self._vault)

    async def impact(
        self,
        kind: Kind,
        ids: Collection[str],
        *,
        refresh: bool = True,
        counted: Counted | None = None,
    ) -> Impact:
        """What deleting `ids` does: read again just now, or with `refresh` off as the mirror has it.

        `counted` is told how many requests were made.

        Raises StorageError only: what could not be read stands in `not_checked`.
        """
        if refresh:
            return await read(self._client, self._store, kind, ids, counted=counted)
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

    async def plan(
        self,
        edits: Sequence[Edit | Wish],
        impacts: Iterable[Impact] = (),
        *,
        lost: Iterable[Lost] = (),
        unchecked: Iterable[str] = (),
    ) -> Plan:
        """The plan for `edits`: items as the mirror has them, configurations as they are read now.

        Deletions need the impacts that were shown. `lost` and `unchecked` go into the plan with what is found
        out here. Raises StorageError.
        """
        standing = await look(self._client, self._store, self._vault, edits)

        def made() -> Plan:
            found = plan(
                edits,
                account=self._account,
                protected=self._protected,
                existing=standing.existing,
                impacts=impacts,
                states=standing.states,
                vault=self._vault,
                called=standing.called,
                lost=lost,
                unchecked=(*unchecked, *standing.unchecked),
                counts=standing.counts,
            )
            return replace(found, lost=tuple(dict.fromkeys((*found.lost, *lost_by(found.steps)))))

        return await asyncio.to_thread(made)

    async def plan_move(self, kind: Kind, from_id: str, to_id: str) -> Plan:
        """Ties everything that is tied to one application or entity to another; see `Planner.move`."""
        return await self._planner.move(kind, from_id, to_id)

    async def plan_delete(
        self,
        kind: Kind,
        ids: Collection[str],
        impact: Impact,
        *,
        detach: bool = False,
        move_to: str | None = None,
    ) -> Plan:
        """The deletion of `ids` as `impact` shows it, with what comes before it; see `Planner.delete`."""
        return await self._planner.delete(kind, ids, impact, detach=detach, move_to=move_to)

    async def plan_undo(self, job_id: int) -> Plan:
        """What brings back what a job has done; see `Planner.undo`."""
        return await self._planner.undo(job_id)

    async def submit(self, plan: Plan) -> int:
        """Store the plan as a job and return its id; nothing is sent yet.

        Raises UsageError for a plan with conflicts, without steps, or for another account, and for one whose
        secrets are not on this machine; RefusedError for a profile that may only read.
        """
        return await self._submit(plan, run=False)

    async def apply(self, plan: Plan, progress: Progress | None = None) -> JobResult:
        """Submit, have it run, and watch; raises what `submit` and `watch` raise.

        Whoever is cancelled meanwhile has only stopped watching. A plan of one step leaves no paused job
        behind: whoever asked for it sees why it was not done.
        """
        job_id = await self._submit(plan, run=True)
        await self._runner.wake()
        found = await self.watch(job_id, progress)
        if found.state is JobState.PAUSED and len(plan.steps) == 1:
            await self._journal.cancel(job_id)
        return found

    async def start(self, job_id: int) -> None:
        """Have a job run, or gone on with, and return at once. Raises UsageError for one that is over."""
        await self._journal.ask_run(job_id)
        await self._runner.wake()

    async def run(self, job_id: int, progress: Progress | None = None) -> JobResult:
        """`start` and `watch`."""
        await self.start(job_id)
        return await self.watch(job_id, progress)

    async def watch(self, job_id: int, progress: Progress | None = None) -> JobResult:
        """What has come of a job, as soon as nothing more happens to it unless somebody asks.

        A worker that died meanwhile is replaced. Raises UsageError where there is no such job, and what keeps
        workers from running.
        """
        if (await self._journal.job(job_id)).going:
            await self._runner.follow(job_id, progress)
        return await result(self._journal, job_id)

    async def pause(self, job_id: int) -> None:
        """No further request is sent; `resume` goes on. Nothing for a job that is over."""
        await self._journal.ask_pause(job_id)

    async def resume(self, job_id: int) -> None:
        """Go on with a job that is paused, interrupted, or was never begun; see `start`.

        A step that was inflight is read back first.
        """
        await self.start(job_id)

    async def cancel(self, job_id: int) -> None:
        """End a job for good: no further step. Of one that is inflight its worker still finds out what came
        of it; where there is none, it is UNKNOWN from now on.
        """
        await self._journal.cancel(job_id)

    async def retry(self, job_id: int) -> int:
        """Have all steps that failed, were skipped or are unknown tried once more; returns how many.

        What is unknown is read back first. Raises UsageError where there are none, or the job is running.
        """
        count = await self._journal.ask_retry(job_id)
        await self._runner.wake()
        return count

    async def jobs(self) -> list[Job]:
        """All jobs, newest first."""
        return await self._journal.jobs()

    async def job(self, job_id: int) -> Job:
        """One job. Raises UsageError where there is none."""
        return await self._journal.job(job_id)

    async def steps(self, job_id: int) -> list[StepRecord]:
        """The steps of a job, in order."""
        return await self._journal.steps(job_id)

    async def news(self, job_id: int, seen: Mapping[int, Stamp]) -> tuple[list[StepRecord], dict[int, Stamp]]:
        """The steps that something has happened to since they looked like `seen`, see `Journal.news`."""
        return await self._journal.news(job_id, seen)

    async def tries(self, job_id: int) -> list[Try]:
        """Every request of every step of a job, in order of the steps."""
        return await self._journal.tries(job_id)

    async def warm(self) -> None:
        """Makes ready for jobs: a change that somebody is about to ask for need not wait for a start. Raises
        StorageError.
        """
        if not self._read_only:
            await self._runner.warm()

    async def aclose(self) -> None:
        """Lets go of whoever runs jobs: one in this process is stopped after what has been sent."""
        await self._runner.aclose()

    async def _submit(self, plan: Plan, *, run: bool) -> int:
        if plan.account != self._account:
            raise UsageError("This plan was made for another account.", hint="Open that profile to run it.")
        if self._read_only:
            raise RefusedError(
                "This profile is read-only, so nothing was begun.",
                hint="Use a profile that may write, or set read_only = false in config.toml.",
            )
        needed = {each for step in plan.steps for each in references(step.body)}
        await asyncio.to_thread(self._vault.hold, *needed)
        return await self._journal.add(plan, run=run)
