"""Jobs that stop in the middle: by a wish, by the end of the program, or because another one runs them."""

from __future__ import annotations

import asyncio
from math import inf
from typing import TYPE_CHECKING

import pytest
from tests.changes.test_worker_troubles import CHANGES, NEW, OTHER
from tests.changes.working import Clock, done, ids, opened_desk, planned

from entitree.api.client import PlatformClient
from entitree.api.transport import Credential, Reply, Request
from entitree.changes.edits import Create, Delete, Edit
from entitree.changes.jobs import JobProgress, JobState, JobWish, StepState
from entitree.changes.journal import Journal
from entitree.changes.plan.make import Wish
from entitree.changes.vault import KEPT_FOR, Vault
from entitree.changes.worker import Door, Pace
from entitree.changes.worker.host import refuse, serve
from entitree.errors import UsageError
from entitree.inventory.model import Kind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tests.changes.working import Between

    from entitree.api.operations import Operation
    from entitree.changes.desk import JobDesk
    from entitree.inventory.store import Store
    from entitree.sandbox import Sandbox

MORE = Create(Kind.ENTITY, "newer")


async def interrupted(at: JobDesk, between: Between, edit: Edit, *, landed: bool) -> int:
    """Ends the program in the middle of a change, and tells whether it had landed by then."""
    sending = asyncio.Event()

    async def never(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        if request.method == "GET":
            return await on()
        if landed:
            await on()
        sending.set()
        await asyncio.Event().wait()
        raise AssertionError

    impacts = [await at.impact(edit.kind, [edit.id])] if isinstance(edit, Delete) else []
    job_id = await at.submit(await at.plan([Wish(edit), Wish(OTHER)], impacts))
    between.answer = never
    await at.start(job_id)
    await sending.wait()
    await at.aclose()
    between.answer = None
    between.sent.clear()
    assert [each.state for each in await at.steps(job_id)] == [StepState.INFLIGHT, StepState.PLANNED]
    return job_id


async def test_what_may_have_been_sent_is_not_what_is_left(at: JobDesk, between: Between) -> None:
    job_id = await interrupted(at, between, NEW, landed=False)
    job = await at.job(job_id)
    assert (job.state, job.inflight, job.left, job.going) == (JobState.INTERRUPTED, 1, 1, False)
    assert (await at.watch(job_id)).state is JobState.INTERRUPTED, "nobody asked"


@pytest.mark.parametrize("landed", [True, False])
@pytest.mark.parametrize(("method", "edit"), CHANGES)
async def test_an_interrupted_change_is_read_back_and_sent_only_if_it_has_to_be(
    at: JobDesk, between: Between, store: Store, method: str, edit: Edit, landed: bool
) -> None:
    job_id = await interrupted(at, between, edit, landed=landed)
    result = await at.run(job_id)
    assert result.ok, result
    first, _ = await at.steps(job_id)
    assert (first.tries, "ended before the answer came" in first.sentence) == (2 - landed, landed)
    assert len(between.writes) == 2 - landed
    if isinstance(edit, Delete):
        assert await store.item(Kind.ENTITY, "big-cola") is None


async def test_what_was_sent_a_moment_ago_is_given_time_to_land(
    at: JobDesk, between: Between, clock: Clock
) -> None:
    job_id = await interrupted(at, between, NEW, landed=False)
    begun = clock.now
    assert (await at.run(job_id)).ok
    assert (clock.now - begun).total_seconds() >= Pace().quiet


async def test_cancelling_what_was_interrupted_asks_nobody(at: JobDesk, between: Between) -> None:
    job_id = await interrupted(at, between, NEW, landed=True)
    await at.cancel(job_id)
    job = await at.job(job_id)
    assert (job.state, job.unknown, job.skipped, between.sent) == (JobState.CANCELLED, 1, 1, [])
    with pytest.raises(UsageError, match="is over"):
        await at.resume(job_id)
    assert await at.retry(job_id) == 2
    assert (await at.watch(job_id)).ok
    assert not [each for each in between.writes if each.endswith("/entities")], "it had landed"


async def test_a_job_paused_by_hand_sends_nothing_more_and_goes_on(
    at: JobDesk, between: Between, sandbox: Sandbox
) -> None:
    job_id = await planned(at, NEW, MORE)
    pausing: list[asyncio.Future[None]] = []

    def pause(now: JobProgress) -> None:
        if now.record.state is StepState.INFLIGHT:
            pausing.append(asyncio.ensure_future(at.pause(job_id)))

    result = await at.run(job_id, pause)
    assert (result.state, result.reason) == (JobState.PAUSED, "It was paused.")
    assert (result.done + result.left, result.unknown) == (2, 0)
    sent = len(between.sent)
    await asyncio.gather(*pausing)
    assert len(between.sent) == sent
    assert (await at.run(job_id)).ok
    assert {"new", "newer"} <= ids(sandbox)


class Turnstile:
    """A gate that lets so many requests through and then none."""

    def __init__(self, lets: int) -> None:
        self.lets = lets
        self.waiting = asyncio.Event()

    async def enter(self, operation: Operation, patience: float = inf) -> None:
        if self.lets:
            self.lets -= 1
            return
        self.waiting.set()
        await asyncio.Event().wait()

    def throttled(self, operation: Operation, retry_after: float | None) -> None:
        raise AssertionError


@pytest.mark.parametrize("wish", [JobWish.PAUSE, JobWish.CANCEL])
async def test_a_wish_is_heeded_while_a_step_waits_at_the_gate(
    journal: Journal, between: Between, sandbox: Sandbox, store: Store, clock: Clock, wish: JobWish
) -> None:
    gate = Turnstile(1)
    async with (
        PlatformClient(between, Credential(api_key=sandbox.api_key), Door(gate)) as client,
        opened_desk(journal, client, store, clock) as at,
    ):
        job_id = await planned(at, NEW, MORE)
        running = asyncio.create_task(at.run(job_id))
        await gate.waiting.wait()
        assert (await at.job(job_id)).inflight == 1
        await (at.pause(job_id) if wish is JobWish.PAUSE else at.cancel(job_id))
        result = await running
        job = await at.job(job_id)
        assert (result.done, job.inflight, result.unknown) == (1, 0, 0)
        assert (job.state, result.left, result.skipped) == (
            (JobState.PAUSED, 1, 0) if wish is JobWish.PAUSE else (JobState.CANCELLED, 0, 1)
        )
        assert (await at.steps(job_id))[1].tries == 0, "it never left"
        assert len(between.writes) == 1


async def test_a_wish_is_heeded_while_a_job_waits_for_better_times(
    journal: Journal,
    wired: PlatformClient,
    between: Between,
    store: Store,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waiting = asyncio.Event()

    async def for_ever(_: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    async def unreachable(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        return Reply(429, {"retry-after": "100"}) if request.method == "POST" else await on()

    monkeypatch.setattr(clock, "sleep", for_ever)
    between.answer = unreachable
    async with opened_desk(journal, wired, store, clock) as at:
        job_id = await planned(at, NEW, MORE)
        running = asyncio.create_task(at.run(job_id))
        await waiting.wait()
        await at.pause(job_id)
        assert (await running).state is JobState.PAUSED


async def test_a_step_whose_need_was_not_done_is_skipped(at: JobDesk, client: PlatformClient) -> None:
    made = await at.plan([Wish(NEW), Wish(OTHER, needs=(0,)), Wish(MORE, needs=(1,))])
    job_id = await at.submit(made)
    await client.create_entity("new", "Somebody else's")
    result = await at.run(job_id)
    assert (result.failed, result.skipped, result.done) == (1, 2, 0)
    assert result.problems[1] == "It needs “Create entity new”, which was not done."
    await client.delete_entity("new")
    assert await at.retry(job_id) == 3
    assert (await at.watch(job_id)).ok


async def test_jobs_run_one_after_the_other_as_they_were_handed_in(at: JobDesk) -> None:
    first, second = await planned(at, NEW), await planned(at, MORE)
    await asyncio.gather(at.run(second), at.run(first))
    earlier, later = await at.job(first), await at.job(second)
    assert earlier.ended is not None
    assert later.started is not None
    assert earlier.ended <= later.started


async def test_what_another_process_runs_is_watched(
    journal: Journal, tmp_path: Path, wired: PlatformClient, store: Store, clock: Clock
) -> None:
    """Here the other process is another journal object, which has the lease."""
    told: list[JobProgress] = []
    lines = asyncio.StreamReader()
    async with Journal(tmp_path / "journal.db", clock=clock, sleep=clock.sleep) as elsewhere:
        host = asyncio.create_task(
            serve(elsewhere, wired, store, Vault(tmp_path), lines, clock=clock, sleep=clock.sleep)
        )
        await elsewhere.version()
        async with opened_desk(journal, wired, store, clock) as at:
            assert (await at.apply(await at.plan([NEW, MORE]), told.append)).ok
        assert told[-1].job.done == 2
        assert not host.done(), "it stays warm"
        lines.feed_eof()
        await host
    assert not journal.leased()


async def test_a_host_whose_starter_is_gone_finishes_first(
    journal: Journal, tmp_path: Path, wired: PlatformClient, store: Store, clock: Clock, at: JobDesk
) -> None:
    job_id = await planned(at, NEW, MORE)
    await journal.ask_run(job_id)
    lines = asyncio.StreamReader()
    lines.feed_eof()
    await serve(journal, wired, store, Vault(tmp_path), lines, clock=clock, sleep=clock.sleep)
    assert (await at.job(job_id)).state is JobState.DONE


async def test_a_host_that_ends_forgets_secrets_that_no_job_needs(
    journal: Journal, tmp_path: Path, wired: PlatformClient, store: Store, clock: Clock
) -> None:
    vault = Vault(tmp_path, clock=clock)
    old = vault.put("https://u:p@hooks.example/x")["$secret"]
    clock.now += KEPT_FOR * 2
    new = vault.put("https://u:p@hooks.example/y")["$secret"]
    lines = asyncio.StreamReader()
    lines.feed_eof()
    await serve(journal, wired, store, vault, lines, clock=clock, sleep=clock.sleep)
    assert (vault.has(old), vault.has(new)) == (False, True)


async def test_jobs_that_nobody_can_carry_out_are_paused(journal: Journal, at: JobDesk) -> None:
    job_id = await planned(at, NEW)
    await journal.ask_run(job_id)
    await refuse(journal, "There is no API key to ask with.")
    job = await at.job(job_id)
    assert (job.state, job.reason) == (JobState.PAUSED, "There is no API key to ask with.")


async def test_ended_in_the_middle_of_reading_it_is_only_paused(at: JobDesk, between: Between) -> None:
    reading = asyncio.Event()

    async def never(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        reading.set()
        await asyncio.Event().wait()
        raise AssertionError

    job_id = await planned(at, Delete(Kind.ENTITY, "big-cola"))
    between.answer = never
    await at.start(job_id)
    await reading.wait()
    await at.aclose()
    job = await at.job(job_id)
    assert (job.state, job.left, job.reason) == (JobState.PAUSED, 1, "It was stopped.")


async def test_a_job_that_is_over_is_not_run_again(at: JobDesk, between: Between) -> None:
    result = await done(at, NEW)
    with pytest.raises(UsageError, match="is over"):
        await at.run(result.job_id)
    await at.pause(result.job_id)
    await at.cancel(result.job_id)
    assert (await at.jobs())[0].state is JobState.DONE
    assert len(between.writes) == 1
