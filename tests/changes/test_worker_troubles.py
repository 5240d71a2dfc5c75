"""Answers that do not tell, platforms that fail, networks that are gone, disks that are full."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.changes.working import answering, done, failing, ids, opened_desk, planned

from entitree.api.transport import Reply, Request
from entitree.changes import outcome as table
from entitree.changes.edits import Alias, Associate, Create, CreateStrategy, Delete, Edit
from entitree.changes.jobs import CONFIRMED_FROM, JobState
from entitree.changes.plan.make import Wish
from entitree.changes.worker import Pace, confirm
from entitree.errors import StorageError, UnreachableError
from entitree.inventory.model import AssociationRow, Kind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.changes.working import Between, Clock

    from entitree.api.client import PlatformClient
    from entitree.changes.desk import JobDesk
    from entitree.changes.journal import Journal
    from entitree.inventory.store import Store
    from entitree.sandbox import Sandbox

NEW = Create(Kind.ENTITY, "new", "New")
OTHER = Create(Kind.APPLICATION, "other")
STRATEGY = CreateStrategy(
    json.dumps({"platform": {"applicationId": "staging", "entityId": None}, "channel": "SMS"})
)

CHANGES: list[tuple[str, Edit]] = [
    ("POST", NEW),
    ("PUT", Alias(Kind.ENTITY, "big-cola", "Renamed")),
    ("PUT", Alias(Kind.ENTITY, "big-cola", None)),
    ("DELETE", Delete(Kind.ENTITY, "big-cola")),
    ("POST", Associate(AssociationRow("ALPHA", "SMS", "staging", "big-cola", "McBurger"))),
    ("POST", Associate(AssociationRow("ALPHA", "SMS", "staging", None, "McBurger"))),
]


async def alone(at: JobDesk, edit: Edit) -> int:
    return await planned(at, edit)


async def among(at: JobDesk, edit: Edit) -> int:
    """A job of two steps, so that what fails is tried again."""
    impacts = [await at.impact(edit.kind, [edit.id])] if isinstance(edit, Delete) else []
    return await at.submit(await at.plan([Wish(edit), Wish(OTHER)], impacts))


@pytest.mark.parametrize("status", [None, 500, 503])
@pytest.mark.parametrize(("method", "edit"), CHANGES)
async def test_a_change_that_landed_though_its_reply_was_lost_is_done(
    at: JobDesk, between: Between, store: Store, method: str, edit: Edit, status: int | None
) -> None:
    job_id = await alone(at, edit)
    between.answer = failing(method, landed=True, status=status)
    result = await at.run(job_id)
    assert (result.done, len(between.writes)) == (1, 1)
    (record,) = await at.steps(job_id)
    assert (record.status, "The reply was lost" in record.sentence) == (status, True)
    if isinstance(edit, Delete):
        assert await store.item(Kind.ENTITY, "big-cola") is None


@pytest.mark.parametrize(("method", "edit"), CHANGES)
async def test_a_single_change_that_a_broken_platform_did_not_make_has_failed(
    at: JobDesk, between: Between, sandbox: Sandbox, method: str, edit: Edit
) -> None:
    before = sandbox.dump()
    job_id = await alone(at, edit)
    between.answer = failing(method, landed=False, status=500)
    result = await at.run(job_id)
    assert (result.failed, len(between.writes), sandbox.dump()) == (1, 1, before)
    assert "nothing was changed" in result.sentence


@pytest.mark.parametrize(("method", "edit"), CHANGES)
async def test_a_single_change_that_may_still_land_is_unknown(
    at: JobDesk, between: Between, method: str, edit: Edit
) -> None:
    job_id = await alone(at, edit)
    between.answer = failing(method, landed=False)
    result = await at.run(job_id)
    assert (result.unknown, len(between.writes)) == (1, 1)
    assert "may still happen" in result.sentence


@pytest.mark.parametrize("status", [None, 500, 503])
@pytest.mark.parametrize(("method", "edit"), CHANGES)
async def test_one_of_several_changes_is_sent_again(
    at: JobDesk, between: Between, clock: Clock, method: str, edit: Edit, status: int | None
) -> None:
    job_id = await among(at, edit)
    sent: list[float] = []
    fails = failing(method, landed=False, status=status)

    async def timed(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        if request.method == method and not request.target.endswith("applications"):
            sent.append(clock.now.timestamp())
        return await fails(request, on)

    between.answer = timed
    result = await at.run(job_id)
    assert result.ok, result
    (record, _) = await at.steps(job_id)
    assert (record.tries, len(sent)) == (2, 2)
    # What creates waits until the first try can no longer come true.
    assert (sent[1] - sent[0] >= Pace().quiet) == (method == "POST")


async def test_what_landed_late_is_not_made_twice(at: JobDesk, between: Between) -> None:
    """It landed after it had been looked for, in the quiet period."""
    late: list[Callable[[], Awaitable[Reply]]] = []

    async def delayed(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        if request.method == "POST" and request.target.endswith("entities") and not late:
            late.append(on)
            raise UnreachableError("no answer came within 30 s", sent=True)
        reply = await on()
        if request.method == "GET" and late and reply.status == 404:
            await late[0]()
        return reply

    job_id = await among(at, NEW)
    between.answer = delayed
    assert (await at.run(job_id)).ok
    assert (await at.steps(job_id))[0].sentence == table.DONE_AFTER_ALL
    assert sum(1 for each in between.writes if each.endswith("/entities")) == 1


async def test_a_conflict_after_a_lost_reply_is_our_own_doing(at: JobDesk, between: Between) -> None:
    """It landed after it had been looked for, just before it was sent again."""
    late: list[Callable[[], Awaitable[Reply]]] = []

    async def racing(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        if request.method == "POST" and request.target.endswith("entities"):
            if not late:
                late.append(on)
                raise UnreachableError("no answer", sent=True)
            await late[0]()
        return await on()

    job_id = await among(at, NEW)
    between.answer = racing
    assert (await at.run(job_id)).ok
    assert (await at.steps(job_id))[0].sentence == table.DONE_AFTER_ALL


async def test_what_fails_every_time_fails_at_last_and_the_rest_goes_on(
    at: JobDesk, between: Between, clock: Clock
) -> None:
    edits = [Alias(Kind.ENTITY, each, "x") for each in ("big-cola", "mc-burger", "cost-center-100")]
    job_id = await at.submit(await at.plan(edits))

    async def poisoned(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        if request.method == "PUT" and request.target.endswith("big-cola"):
            return Reply(500)
        return await on()

    between.answer = poisoned
    result = await at.run(job_id)
    while result.state is JobState.PAUSED:
        result = await at.run(job_id)
    assert (result.state, result.done, result.failed) == (JobState.DONE, 2, 1)
    assert "nothing was changed" in result.sentence


async def test_five_failures_of_the_platform_in_a_row_pause(at: JobDesk, between: Between) -> None:
    job_id = await at.submit(await at.plan([Create(Kind.ENTITY, f"new-{n}") for n in range(20)]))
    between.answer = answering("POST", lambda: Reply(503))
    result = await at.run(job_id)
    assert (result.state, result.left, len(between.writes)) == (JobState.PAUSED, 20, 5)
    assert result.reason.startswith("The platform failed 5 times in a row.")
    between.answer = None
    assert (await at.run(job_id)).ok


async def test_a_network_that_comes_back_stops_nothing(at: JobDesk, between: Between, clock: Clock) -> None:
    back = clock.now.timestamp() + 300

    async def gone(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        if clock.now.timestamp() < back:
            raise UnreachableError("no way", sent=False)
        return await on()

    job_id = await among(at, NEW)
    between.answer = gone
    assert (await at.run(job_id)).ok
    assert {each.tries for each in await at.steps(job_id)} != {0}


@pytest.mark.parametrize("wanted", [Delete(Kind.ENTITY, "big-cola"), NEW])
async def test_what_a_running_job_waits_out_is_told_until_it_is_over(
    journal: Journal, wired: PlatformClient, store: Store, clock: Clock, between: Between, wanted: Edit
) -> None:
    told: list[str] = []
    back = clock.now.timestamp() + 60

    async def answer(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        (job,) = await journal.jobs()
        told.append(job.reason)
        assert job.state is JobState.RUNNING
        if clock.now.timestamp() < back:
            raise UnreachableError("connection refused", sent=False)
        return await on()

    async with opened_desk(journal, wired, store, clock) as at:
        job_id = await among(at, wanted)
        between.answer = answer
        result = await at.run(job_id)
        assert (result.done, result.reason) == (2, "")
    # What takes a second is not told.
    waiting = [each for each in told if each]
    assert (told[0], told[-1], len(set(waiting))) == ("", "", 1)
    assert "connection refused" in waiting[0]
    assert waiting[0].endswith("by itself once that is over.")


async def test_a_network_that_stays_away_pauses(at: JobDesk, between: Between, clock: Clock) -> None:
    async def gone(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        raise UnreachableError("nobody listens there", sent=False)

    job_id = await among(at, NEW)
    begun = clock.now
    between.answer = gone
    result = await at.run(job_id)
    assert (result.state, result.left) == (JobState.PAUSED, 2)
    assert "nobody listens there" in result.reason
    assert 300 <= (clock.now - begun).total_seconds() <= 900


async def test_a_platform_that_says_slow_down_is_waited_for(
    at: JobDesk, between: Between, clock: Clock
) -> None:
    begun, held = clock.now, 90

    async def slow(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        if request.method == "POST" and (clock.now - begun).total_seconds() < held:
            return Reply(429, {"retry-after": "45"})
        return await on()

    job_id = await among(at, NEW)
    between.answer = slow
    assert (await at.run(job_id)).ok
    assert (clock.now - begun).total_seconds() >= held


@pytest.mark.parametrize("edit", [NEW, Delete(Kind.ENTITY, "big-cola")])
async def test_a_platform_that_says_slow_down_for_ever_pauses(
    at: JobDesk, between: Between, edit: Create | Delete
) -> None:
    job_id = await among(at, edit)

    async def slow(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        return await on() if request.method == "GET" else Reply(429)

    between.answer = slow
    result = await at.run(job_id)
    assert (result.state, result.left) == (JobState.PAUSED, 2)
    assert "said 5 times in a row to slow down" in result.reason


async def test_what_cannot_even_be_read_back_is_unknown_where_somebody_waits(
    at: JobDesk, between: Between
) -> None:
    between.answer = lambda request, on: broken()
    result = await done(at, NEW)
    assert result.unknown == 1
    assert "Reading back failed too" in result.sentence


async def broken() -> Reply:
    return Reply(500)


async def test_in_a_job_of_several_it_stays_inflight_and_is_settled_later(
    at: JobDesk, between: Between, sandbox: Sandbox
) -> None:
    job_id = await among(at, NEW)

    async def landed(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        if request.method == "POST":
            await on()
        return Reply(500)

    between.answer = landed
    result = await at.run(job_id)
    assert (result.state, result.unknown) == (JobState.PAUSED, 0)
    assert (await at.job(job_id)).inflight == 1
    between.answer = None
    assert (await at.run(job_id)).ok
    assert sum(1 for each in between.writes if each.endswith("/entities")) == 1


async def test_an_id_that_shows_something_else_is_nobody_s_to_tell(
    at: JobDesk, between: Between, client: PlatformClient
) -> None:
    async def taken(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        if request.method == "POST":
            await client.create_entity("new", "Theirs")
            return Reply(500)
        return await on()

    between.answer = taken
    result = await done(at, NEW)
    assert result.unknown == 1
    assert "neither what was there before nor what was to be" in result.sentence


# What the platform names itself


def strategies(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [
        each
        for each in sandbox.dump()["strategies"]
        if (each.get("platform") or {}).get("applicationId") == "staging"
    ]


@pytest.mark.parametrize("landed", [True, False])
async def test_a_strategy_whose_reply_was_lost_is_found_among_its_equals(
    at: JobDesk, between: Between, sandbox: Sandbox, landed: bool
) -> None:
    assert (await done(at, STRATEGY)).ok
    (old,) = {each["sendingStrategyId"] for each in strategies(sandbox)}
    job_id = await among(at, STRATEGY)
    fails = failing("POST", landed=landed)

    async def strategies_only(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        return await (fails(request, on) if "sending-strategies" in request.target else on())

    between.answer = strategies_only
    assert (await at.run(job_id)).ok
    now = {each["sendingStrategyId"] for each in strategies(sandbox)}
    assert len(now) == 2
    (record, _) = await at.steps(job_id)
    assert record.known == frozenset({old})
    assert record.result == {"id": (now - {old}).pop()}


# Disks


async def test_nothing_is_sent_whose_intent_cannot_be_stored(
    at: JobDesk, between: Between, journal: Journal, monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    job_id = await among(at, NEW)

    async def full(*_: object) -> bool:
        raise StorageError("journal.db cannot be used: there is no space left.")

    with monkeypatch.context() as patch:
        patch.setattr(journal, "begin", full)
        result = await at.run(job_id)
    assert (result.state, result.left, between.writes) == (JobState.PAUSED, 2, [])
    assert "no space left" in result.reason
    assert (await at.run(job_id)).ok
    assert "new" in ids(sandbox)


async def test_a_disk_that_is_full_for_a_while_is_told_of_when_it_is_not(
    at: JobDesk, journal: Journal, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    job_id = await among(at, NEW)
    begun = clock.now
    real = journal.pause

    async def full(*_: object) -> bool:
        raise StorageError("journal.db cannot be used: there is no space left.")

    async def pause(job: int, reason: str) -> None:
        if (clock.now - begun).total_seconds() < 5:
            await full()
        await real(job, reason)

    monkeypatch.setattr(journal, "begin", full)
    monkeypatch.setattr(journal, "pause", pause)
    result = await at.run(job_id)
    assert (result.state, result.left) == (JobState.PAUSED, 2)
    monkeypatch.setattr(journal, "pause", full)
    with pytest.raises(StorageError, match="no space left"):
        await at.run(job_id)
    assert (await at.job(job_id)).state is JobState.INTERRUPTED


async def test_a_mirror_that_cannot_be_written_stops_nothing_and_is_said(
    at: JobDesk, store: Store, monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    async def full(*_: object) -> None:
        raise StorageError("mirror.db cannot be used: there is no space left.")

    job_id = await among(at, NEW)
    monkeypatch.setattr(store, "put", full)
    result = await at.run(job_id)
    assert result.ok
    assert "Not all that was done shows here" in result.note
    assert "new" in ids(sandbox)


# Bulk


async def test_many_creations_are_confirmed_by_one_listing(
    journal: Journal,
    wired: PlatformClient,
    client: PlatformClient,
    store: Store,
    clock: Clock,
    between: Between,
) -> None:
    edits = [Create(Kind.ENTITY, f"new-{number}", f"No. {number}") for number in range(6)]

    async def liar(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        if request.method == "POST" and request.body is not None:
            body = json.loads(request.body)
            if body["entityId"] == "new-3":
                return Reply(201)
            if body["entityId"] == "new-4":
                await client.create_entity("new-4")
                return Reply(201)
        return await on()

    between.answer = liar
    async with opened_desk(journal, wired, store, clock, pace=Pace(confirm=6)) as at:
        result = await at.apply(await at.plan(edits))
        listed = [each for each in between.sent if each.startswith("GET") and "entities?" in each]
        assert len(listed) == 1
        assert (result.done, result.unknown) == (4, 2)
        assert result.problems == (confirm.MISSING, confirm.OTHERWISE)
        between.answer = None
        # Tried once more, what is there is read first; only what is not is made.
        assert await at.retry(result.job_id) == 2
        again = await at.watch(result.job_id)
    assert (again.done, again.unknown) == (5, 1)


async def test_what_confirms_them_is_in_the_cost(at: JobDesk, between: Between) -> None:
    plan = await at.plan([Create(Kind.ENTITY, f"new-{number}") for number in range(CONFIRMED_FROM)])
    between.sent.clear()
    assert (await at.apply(plan)).ok
    assert len(between.sent) == plan.cost().requests
