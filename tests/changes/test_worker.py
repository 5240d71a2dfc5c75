"""What a job does to the account, step by step, and what it leaves alone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from tests.changes.working import answering, done, ids, planned

from entitree.api.models import Association
from entitree.api.transport import Reply, Request
from entitree.changes.edits import Alias, Associate, Create, Delete, Dissociate
from entitree.changes.jobs import JobProgress, JobState, StepState
from entitree.errors import UnreachableError
from entitree.inventory.model import AssociationRow, Item, Kind
from entitree.inventory.wire import association

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.changes.working import Between

    from entitree.api.client import PlatformClient
    from entitree.changes.desk import JobDesk
    from entitree.changes.journal import Journal
    from entitree.inventory.store import Store
    from entitree.sandbox import Sandbox

NEW = Create(Kind.ENTITY, "new", "New")


async def test_each_kind_of_change_is_made_and_shows_in_the_mirror(
    sandbox: Sandbox, at: JobDesk, store: Store
) -> None:
    tie = AssociationRow("ALPHA", "SMS", "staging", "new", "BigCola")
    old = (await store.links(Kind.ENTITY, ["big-cola"])).associations[0]
    result = await done(
        at,
        Create(Kind.ENTITY, "new", "New"),
        Create(Kind.APPLICATION, "plain"),
        Alias(Kind.ENTITY, "mc-burger", "M"),
        Alias(Kind.APPLICATION, "staging", None),
        Associate(tie),
        Dissociate(old),
        Delete(Kind.ENTITY, "cost-center-100"),
    )
    assert result.ok
    assert (result.state, result.done, result.sentence) == (JobState.DONE, 7, "")
    dump = sandbox.dump()
    assert {e["entityId"]: e.get("entityName") for e in dump["entities"]} | {
        "new": "New",
        "mc-burger": "M",
    } == {
        item.id: item.alias
        for item in (await store.items(Kind.ENTITY, [e["entityId"] for e in dump["entities"]])).values()
    }
    assert await store.item(Kind.ENTITY, "cost-center-100") is None
    assert await store.item(Kind.APPLICATION, "staging") == Item(Kind.APPLICATION, "staging", None)
    assert (await store.links(Kind.ENTITY, ["new"])).associations == (tie,)
    assert old not in (await store.links(Kind.ENTITY, ["big-cola"])).associations
    wire = [Association.model_validate(each) for each in dump["associations"]]
    assert association(tie) in wire
    assert association(old) not in wire


async def test_the_intent_is_stored_before_a_step_is_sent_and_the_outcome_after(
    at: JobDesk, between: Between, journal: Journal
) -> None:
    seen: list[tuple[str, list[StepState]]] = []

    async def look(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        if request.method == "POST":
            records = await journal.steps(job_id)
            seen.append((request.target.rsplit("/", 1)[-1], [each.state for each in records]))
        return await on()

    job_id = await planned(at, NEW, Create(Kind.APPLICATION, "also"))
    between.answer = look
    await at.run(job_id)
    assert seen == [
        ("entities", [StepState.INFLIGHT, StepState.PLANNED]),
        ("applications", [StepState.DONE, StepState.INFLIGHT]),
    ]
    assert [each.state for each in await journal.steps(job_id)] == [StepState.DONE] * 2


async def test_progress_is_told_at_the_beginning_and_end_of_each_step(at: JobDesk) -> None:
    told: list[JobProgress] = []
    await at.run(await planned(at, NEW, Alias(Kind.ENTITY, "big-cola", "x")), told.append)
    assert [(each.record.step.number, each.record.state, each.job.done) for each in told] == [
        (1, StepState.INFLIGHT, 0),
        (1, StepState.DONE, 1),
        (2, StepState.INFLIGHT, 1),
        (2, StepState.DONE, 2),
    ]
    assert {each.job.state for each in told} == {JobState.RUNNING}


async def test_a_taken_id_is_a_failure_of_that_step_alone(
    at: JobDesk, client: PlatformClient, sandbox: Sandbox
) -> None:
    job_id = await planned(at, NEW, Create(Kind.ENTITY, "newer"))
    await client.create_entity("new", "Somebody else's")
    result = await at.run(job_id)
    assert (result.state, result.done, result.failed) == (JobState.DONE, 1, 1)
    assert "exists already" in result.sentence
    assert "newer" in ids(sandbox)


async def test_a_deletion_of_what_is_gone_says_so(
    at: JobDesk, client: PlatformClient, between: Between
) -> None:
    job_id = await planned(at, Delete(Kind.ENTITY, "cost-center-300"))
    await client.delete_entity("cost-center-300")
    result = await at.run(job_id)
    assert (result.done, between.writes) == (1, [])
    (record,) = await at.steps(job_id)
    assert "already absent" in record.sentence


async def test_a_deletion_that_is_refused_as_unknown_was_already_absent(
    at: JobDesk, between: Between
) -> None:
    job_id = await planned(at, Delete(Kind.ENTITY, "cost-center-300"))
    between.answer = answering("DELETE", lambda: Reply(404))
    assert (await at.run(job_id)).done == 1
    (record,) = await at.steps(job_id)
    assert (record.sentence, record.status) == ("It was already absent.", 404)


async def drift_association(client: PlatformClient) -> None:
    await client.create_association(
        Association(
            resource_type="ALPHA", channel="SMS", application_id="staging", entity_id="big-cola",
            resource_id="McBurger",
        )
    )  # fmt: skip


async def drift_alias(client: PlatformClient) -> None:
    await client.modify_entity("big-cola", "Renamed")


async def drift_subscription(client: PlatformClient) -> None:
    body = {
        "subscriptionId": "late",
        "events": ["DELIVERY"],
        "criteria": [{"entityId": "big-cola"}],
        "profile": {"profileId": "late", "webhook": {"notifyUrl": "https://hooks.example/x"}},
    }
    await client.create_subscription("ZALO", body)


async def drift_strategy(client: PlatformClient) -> None:
    async for page in client.strategies(entity_id="big-cola"):
        for strategy in page.results:
            await client.delete_strategy(strategy.sending_strategy_id)


@pytest.mark.parametrize(
    ("drift", "what"),
    [
        (drift_association, "associations"),
        (drift_alias, "alias"),
        (drift_subscription, "subscriptions"),
        (drift_strategy, "strategies"),
    ],
)
async def test_what_changed_since_it_was_shown_is_left_alone(
    at: JobDesk,
    client: PlatformClient,
    sandbox: Sandbox,
    drift: Callable[[PlatformClient], Awaitable[None]],
    what: str,
) -> None:
    job_id = await planned(at, Delete(Kind.ENTITY, "big-cola"), Delete(Kind.ENTITY, "cost-center-300"))
    await drift(client)
    result = await at.run(job_id)
    assert (result.skipped, result.done) == (1, 1)
    assert f"({what})" in result.sentence
    assert "big-cola" in ids(sandbox)
    assert "cost-center-300" not in ids(sandbox)


async def test_what_an_earlier_step_took_is_no_change(at: JobDesk, sandbox: Sandbox, store: Store) -> None:
    await _shared_subscription(at, store)
    found = await at.impact(Kind.ENTITY, ["one", "two"])
    edits = [Delete(Kind.ENTITY, "one"), Delete(Kind.ENTITY, "two")]
    assert len(found.removals) == 1
    result = await at.apply(await at.plan(edits, [found]))
    assert result.ok
    assert not {"one", "two"} & ids(sandbox)


async def test_what_an_earlier_step_should_have_taken_but_did_not_is_none_either(
    at: JobDesk, between: Between, sandbox: Sandbox, store: Store
) -> None:
    await _shared_subscription(at, store)
    found = await at.impact(Kind.ENTITY, ["one", "two"])
    edits = [Delete(Kind.ENTITY, "one"), Delete(Kind.ENTITY, "two")]
    refused = answering("DELETE", lambda: Reply(400))

    async def only_one(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        return await (refused(request, on) if request.target.endswith("one") else on())

    between.answer = only_one
    result = await at.apply(await at.plan(edits, [found]))
    assert (result.failed, result.done) == (1, 1)
    assert "one" in ids(sandbox)
    assert "two" not in ids(sandbox)


async def test_a_paused_job_remembers_what_its_earlier_steps_took(
    at: JobDesk, between: Between, sandbox: Sandbox, store: Store
) -> None:
    await _shared_subscription(at, store)
    found = await at.impact(Kind.ENTITY, ["one", "two"])
    edits = [Delete(Kind.ENTITY, "one"), Delete(Kind.ENTITY, "two")]

    async def only_one(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        return Reply(403) if request.method == "DELETE" and request.target.endswith("two") else await on()

    between.answer = only_one
    paused = await at.apply(await at.plan(edits, [found]))
    assert (paused.state, paused.done, paused.left) == (JobState.PAUSED, 1, 1)
    started = (await at.jobs())[0].started
    between.answer = None
    assert (await at.run(paused.job_id)).ok
    assert not {"one", "two"} & ids(sandbox)
    assert (await at.jobs())[0].started == started


@pytest.mark.parametrize("seen", [True, False], ids=["before it was sent", "when it was sent"])
async def test_what_others_deleted_took_what_others_took_and_undo_leaves_that_alone(
    at: JobDesk, client: PlatformClient, between: Between, sandbox: Sandbox, store: Store, seen: bool
) -> None:
    await _shared_subscription(at, store)
    found = await at.impact(Kind.ENTITY, ["one", "two"])
    job_id = await at.submit(await at.plan([Delete(Kind.ENTITY, each) for each in ("one", "two")], [found]))

    async def at_the_last_moment(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        if request.method == "DELETE":
            await client.delete_entity("one")
            between.answer = None
        return await on()

    if seen:
        await client.delete_entity("one")
    else:
        between.answer = at_the_last_moment
    result = await at.run(job_id)
    assert (result.done, result.skipped) == (1, 1)
    assert "(subscriptions)" in result.sentence
    assert "two" in ids(sandbox)
    # Also where the job had tried before, in vain, what others have done since.
    assert await at.retry(job_id) == 1
    assert (await at.watch(job_id)).skipped == 1
    assert (await at.plan_undo(job_id)).steps == ()


async def _shared_subscription(at: JobDesk, store: Store) -> None:
    assert (await done(at, Create(Kind.ENTITY, "one"), Create(Kind.ENTITY, "two"))).ok
    body: dict[str, Any] = {
        "subscriptionId": "shared",
        "events": ["DELIVERY"],
        "criteria": [{"entityId": "one"}, {"applicationId": "staging", "entityId": "two"}],
        "profile": {"profileId": "shared", "webhook": {"notifyUrl": "https://hooks.example/x"}},
    }
    await at._client.create_subscription("ZALO", body)


async def test_a_deletion_that_cannot_be_read_again_pauses(
    at: JobDesk, between: Between, sandbox: Sandbox
) -> None:
    job_id = await planned(at, Delete(Kind.ENTITY, "big-cola"))
    between.answer = answering("GET", lambda: Reply(403))
    result = await at.run(job_id)
    assert (result.state, result.left, between.writes) == (JobState.PAUSED, 1, [])
    assert "could not be read" in result.reason
    between.answer = None
    assert (await at.run(job_id)).ok
    assert "big-cola" not in ids(sandbox)


async def test_what_could_not_be_read_for_the_preview_does_not_stop_the_deletion(
    at: JobDesk, between: Between
) -> None:
    async def no_subscriptions(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        return Reply(403) if "/subscriptions/" in request.target else await on()

    between.answer = no_subscriptions
    assert (await done(at, Delete(Kind.ENTITY, "big-cola"))).ok


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_key_pauses_and_the_step_stays_planned(
    at: JobDesk, between: Between, sandbox: Sandbox, status: int
) -> None:
    job_id = await planned(at, NEW, Create(Kind.ENTITY, "newer"))
    between.answer = answering("POST", lambda: Reply(status))
    result = await at.run(job_id)
    assert (result.state, result.left, len(between.writes)) == (JobState.PAUSED, 2, 1)
    assert "key" in result.reason
    first = (await at.steps(job_id))[0]
    assert (first.state, first.tries, first.status) == (StepState.PLANNED, 1, status)
    between.answer = None
    assert (await at.run(job_id)).ok
    assert {"new", "newer"} <= ids(sandbox)


async def test_a_platform_that_asks_for_a_long_wait_pauses(at: JobDesk, between: Between) -> None:
    job_id = await planned(at, NEW)
    between.answer = answering("POST", lambda: Reply(429, {"retry-after": "600"}))
    result = await at.run(job_id)
    assert (result.state, result.left, len(between.writes)) == (JobState.PAUSED, 1, 1)
    assert "600 s" in result.reason


async def test_jobs_of_one_desk_wait_for_each_other(at: JobDesk, sandbox: Sandbox) -> None:
    first, second = await planned(at, NEW), await planned(at, Create(Kind.ENTITY, "newer"))
    assert all(result.ok for result in await asyncio.gather(at.run(first), at.run(second)))
    assert {"new", "newer"} <= ids(sandbox)


async def test_a_single_change_that_could_not_be_sent_leaves_no_paused_job(
    at: JobDesk, between: Between
) -> None:
    async def unreachable(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        raise UnreachableError("nobody listens there", sent=False)

    between.answer = unreachable
    result = await at.apply(await at.plan([NEW]))
    assert "nobody listens there" in result.sentence
    assert not result.ok
    (job,) = await at.jobs()
    assert job.state is JobState.CANCELLED
