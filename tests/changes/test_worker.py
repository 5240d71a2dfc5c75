from __future__ import annotations

import asyncio
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from fcntl import LOCK_SH, flock
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from entitree.api.client import PlatformClient
from entitree.api.gate import LocalGate
from entitree.api.models import Association
from entitree.api.transport import Credential, Reply, Request, open_transport
from entitree.changes.desk import JobDesk
from entitree.changes.edits import Alias, Associate, Create, Delete, Dissociate, Edit
from entitree.changes.jobs import JobState, StepState
from entitree.changes.journal import Journal
from entitree.changes.worker import JobProgress, JobResult, run, settle
from entitree.errors import UnreachableError, UsageError
from entitree.inventory.model import AssociationRow, Item, Kind
from entitree.inventory.wire import association

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from entitree.api.transport import Transport
    from entitree.inventory.store import Store
    from entitree.sandbox import Sandbox

    Answer = Callable[[Request, Callable[[], Awaitable[Reply]]], Awaitable[Reply]]


class Interrupt(Protocol):
    async def __call__(self, edit: Edit, *, landed: bool) -> int: ...


NEW = Create(Kind.ENTITY, "new", "New")


class Between:
    """Stands between client and sandbox: `answer` sees each request and may send it on, or not."""

    def __init__(self, real: Transport) -> None:
        self._real = real
        self.answer: Answer | None = None
        self.sent: list[str] = []

    async def send(self, request: Request, *, deadline: float) -> Reply:
        self.sent.append(f"{request.method} {request.target}")

        async def on() -> Reply:
            return await self._real.send(request, deadline=deadline)

        return await (self.answer(request, on) if self.answer else on())

    async def aclose(self) -> None:
        await self._real.aclose()

    @property
    def writes(self) -> list[str]:
        return [each for each in self.sent if not each.startswith("GET")]


async def _at_once(_: float) -> None:
    return


@pytest.fixture
def between(sandbox: Sandbox) -> Between:
    return Between(open_transport("http://127.0.0.1", asgi_app=sandbox.app))


@pytest.fixture
async def wired(sandbox: Sandbox, between: Between) -> AsyncIterator[PlatformClient]:
    credential = Credential(api_key=sandbox.api_key)
    async with PlatformClient(between, credential, LocalGate(None), sleep=_at_once) as opened:
        yield opened


@pytest.fixture
def at(journal: Journal, wired: PlatformClient, store: Store) -> JobDesk:
    return JobDesk(journal, wired, store, account="acme")


async def planned(desk: JobDesk, *edits: Edit) -> int:
    impacts = [await desk.impact(each.kind, [each.id]) for each in edits if isinstance(each, Delete)]
    return await desk.submit(await desk.plan(edits, impacts))


async def done(desk: JobDesk, *edits: Edit) -> JobResult:
    return await desk.run(await planned(desk, *edits))


def answering(method: str, reply: Callable[[], Reply]) -> Answer:
    async def answer(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        return reply() if request.method == method else await on()

    return answer


def failing(method: str, *, landed: bool, status: int | None = None) -> Answer:
    """The first request of a method gets a 5xx or no answer, whether or not it took effect."""
    times: list[int] = []

    async def answer(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        if request.method != method or times:
            return await on()
        times.append(1)
        if landed:
            await on()
        if status is not None:
            return Reply(status)
        raise UnreachableError("no answer came within 30 s", sent=True)

    return answer


def ids(sandbox: Sandbox, family: str = "entities", name: str = "entityId") -> set[str]:
    return {each[name] for each in sandbox.dump()[family]}


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
    between.answer = failing("DELETE", landed=False, status=500)
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
    assert "could not be read again" in result.reason
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


class Waits:
    """Sleeps for a journal: each is counted, and the last of them opens the way."""

    def __init__(self, times: int, then: Callable[[], None]) -> None:
        self.seconds: list[float] = []
        self._times = times
        self._then = then

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        if len(self.seconds) == self._times:
            self._then()


async def test_a_single_change_waits_a_little_for_another_programs_job(
    at: JobDesk, tmp_path: Path, between: Between
) -> None:
    with ExitStack() as elsewhere:
        elsewhere.enter_context(Journal(tmp_path / "journal.db").lease())
        at._journal._sleep = Waits(40, elsewhere.close)
        assert (await at.apply(await at.plan([NEW]))).ok


@pytest.mark.parametrize(("count", "least", "most"), [(1, 4.5, 5.0), (2, 0.0, 0.5)])
async def test_what_another_programs_job_keeps_from_running_leaves_no_job_behind(
    at: JobDesk, tmp_path: Path, between: Between, count: int, least: float, most: float
) -> None:
    waits = at._journal._sleep = Waits(0, lambda: None)
    made = await at.plan([Create(Kind.ENTITY, f"new-{number}") for number in range(count)])
    with Journal(tmp_path / "journal.db").lease(), pytest.raises(UsageError, match="Another job is running"):
        await at.apply(made)
    (job,) = await at.jobs()
    assert (job.state, job.left, between.writes) == (JobState.CANCELLED, 0, [])
    assert least <= sum(waits.seconds) <= most


async def test_whoever_only_looks_keeps_no_job_from_running(at: JobDesk, tmp_path: Path) -> None:
    job_id = await planned(at, NEW, Create(Kind.ENTITY, "newer"))
    with (tmp_path / "journal.db.lock").open("w") as looking:
        flock(looking, LOCK_SH)
        at._journal._sleep = Waits(2, looking.close)
        assert (await at.run(job_id)).ok


async def test_an_apply_cancelled_while_it_waits_for_its_turn_leaves_no_job_behind(at: JobDesk) -> None:
    async with at._turn:
        waiting = asyncio.create_task(at.apply(await at.plan([NEW])))
        while not await at.jobs():
            pass
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert (await at.jobs())[0].state is JobState.CANCELLED


CHANGES: list[tuple[str, Edit]] = [
    ("POST", NEW),
    ("PUT", Alias(Kind.ENTITY, "big-cola", "Renamed")),
    ("PUT", Alias(Kind.ENTITY, "big-cola", None)),
    ("DELETE", Delete(Kind.ENTITY, "big-cola")),
    ("POST", Associate(AssociationRow("ALPHA", "SMS", "staging", "big-cola", "McBurger"))),
    ("POST", Associate(AssociationRow("ALPHA", "SMS", "staging", None, "McBurger"))),
]


@pytest.mark.parametrize("status", [None, 500, 503])
@pytest.mark.parametrize(("method", "edit"), CHANGES)
async def test_a_change_that_landed_though_its_reply_was_lost_is_done(
    at: JobDesk, between: Between, store: Store, method: str, edit: Edit, status: int | None
) -> None:
    job_id = await planned(at, edit)
    between.answer = failing(method, landed=True, status=status)
    result = await at.run(job_id)
    assert (result.done, len(between.writes)) == (1, 1)
    (record,) = await at.steps(job_id)
    assert (record.status, "The reply was lost" in record.sentence) == (status, True)
    if isinstance(edit, Delete):
        assert await store.item(Kind.ENTITY, "big-cola") is None


@pytest.mark.parametrize(("method", "edit"), CHANGES)
async def test_a_change_that_a_broken_platform_did_not_make_has_failed(
    at: JobDesk, between: Between, sandbox: Sandbox, method: str, edit: Edit
) -> None:
    before = sandbox.dump()
    job_id = await planned(at, edit)
    between.answer = failing(method, landed=False, status=500)
    result = await at.run(job_id)
    assert (result.failed, len(between.writes), sandbox.dump()) == (1, 1, before)
    assert "nothing was changed" in result.sentence


@pytest.mark.parametrize(("method", "edit"), CHANGES)
async def test_a_change_that_may_still_land_is_unknown(
    at: JobDesk, between: Between, method: str, edit: Edit
) -> None:
    job_id = await planned(at, edit)
    between.answer = failing(method, landed=False)
    result = await at.run(job_id)
    assert (result.unknown, len(between.writes)) == (1, 1)
    assert "may still happen" in result.sentence


async def test_what_cannot_even_be_read_back_is_unknown(at: JobDesk, between: Between) -> None:
    between.answer = lambda request, on: _broken()
    result = await done(at, NEW)
    assert result.unknown == 1
    assert "Reading back failed too" in result.sentence


async def _broken() -> Reply:
    return Reply(500)


async def test_an_id_that_somebody_else_took_meanwhile_is_not_ours(
    at: JobDesk, between: Between, client: PlatformClient
) -> None:
    async def taken(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        if request.method == "POST":
            await client.create_entity("new", "Theirs")
            return Reply(500)
        return await on()

    between.answer = taken
    result = await done(at, NEW)
    assert result.failed == 1
    assert "Something else has that id" in result.sentence


async def test_cancelled_in_the_middle_of_a_step_it_stays_inflight(
    at: JobDesk, between: Between, journal: Journal, sandbox: Sandbox
) -> None:
    sending = asyncio.Event()

    async def never(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        sending.set()
        await asyncio.Event().wait()
        return await on()

    job_id = await planned(at, NEW, Create(Kind.ENTITY, "newer"))
    between.answer = never
    task = asyncio.create_task(at.run(job_id))
    await sending.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [each.state for each in await journal.steps(job_id)] == [StepState.INFLIGHT, StepState.PLANNED]
    assert (await journal.job(job_id)).state is JobState.INTERRUPTED
    between.answer = None
    with pytest.raises(UsageError, match="interrupted"):
        await at.run(job_id)
    assert "new" not in ids(sandbox)


@pytest.fixture
def interrupted(at: JobDesk, between: Between) -> Interrupt:
    """Ends the program in the middle of a change, and tells whether it had landed by then."""

    async def interrupt(edit: Edit, *, landed: bool) -> int:
        sending = asyncio.Event()

        async def never(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
            if request.method == "GET":
                return await on()
            if landed:
                await on()
            sending.set()
            await asyncio.Event().wait()
            raise AssertionError

        job_id = await planned(at, edit, Delete(Kind.ENTITY, "cost-center-300"))
        between.answer = never
        task = asyncio.create_task(at.run(job_id))
        await sending.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        between.answer = None
        between.sent.clear()
        states = [each.state for each in await at.steps(job_id)]
        assert states == [StepState.INFLIGHT, StepState.PLANNED]
        return job_id

    return interrupt


async def over(at: JobDesk, job_id: int) -> tuple[JobState, int, int, int]:
    (job,) = [each for each in await at.jobs() if each.id == job_id]
    return job.state, job.inflight, job.left, job.skipped


async def test_what_may_have_been_sent_is_not_what_is_left(at: JobDesk, interrupted: Interrupt) -> None:
    job_id = await interrupted(NEW, landed=False)
    assert await over(at, job_id) == (JobState.INTERRUPTED, 1, 1, 0)


@pytest.mark.parametrize(("method", "edit"), CHANGES)
async def test_an_interrupted_change_that_landed_is_found_done(
    at: JobDesk, between: Between, interrupted: Interrupt, store: Store, method: str, edit: Edit
) -> None:
    job_id = await interrupted(edit, landed=True)
    (record,) = await at.settle(job_id)
    assert (record.state, between.writes) == (StepState.DONE, [])
    assert "ended before the answer came" in record.sentence
    assert await over(at, job_id) == (JobState.CANCELLED, 0, 0, 1)
    if isinstance(edit, Delete):
        assert await store.item(Kind.ENTITY, "big-cola") is None


@pytest.mark.parametrize(("minutes", "state"), [(1, StepState.UNKNOWN), (3, StepState.FAILED)])
@pytest.mark.parametrize(("method", "edit"), CHANGES)
async def test_an_interrupted_change_that_did_not_land_has_failed_once_it_no_longer_can(
    at: JobDesk,
    between: Between,
    interrupted: Interrupt,
    method: str,
    edit: Edit,
    minutes: int,
    state: StepState,
) -> None:
    job_id = await interrupted(edit, landed=False)
    later = datetime.now(UTC) + timedelta(minutes=minutes)
    (record,) = await settle(job_id, at._journal, at._client, at._store, clock=lambda: later)
    assert (record.state, between.writes) == (state, [])
    assert await over(at, job_id) == (JobState.CANCELLED, 0, 0, 1)


async def test_without_the_platform_an_interrupted_change_is_unknown(
    at: JobDesk, between: Between, interrupted: Interrupt
) -> None:
    job_id = await interrupted(NEW, landed=True)
    between.answer = lambda request, on: _broken()
    (record,) = await at.settle(job_id)
    assert record.state is StepState.UNKNOWN
    assert record.sentence.startswith(
        "It may or may not have happened: the program ended before the answer came. Reading back failed"
    )
    assert await over(at, job_id) == (JobState.CANCELLED, 0, 0, 1)
    assert await at.settle(job_id) == []


async def test_a_job_that_runs_elsewhere_is_not_settled(at: JobDesk, interrupted: Interrupt) -> None:
    job_id = await interrupted(NEW, landed=True)
    with at._journal.lease(), pytest.raises(UsageError, match="running"):
        await at.settle(job_id)
    assert (await at.steps(job_id))[0].state is StepState.INFLIGHT


async def test_a_paused_job_is_settled_by_giving_up_the_rest(at: JobDesk, between: Between) -> None:
    job_id = await planned(at, NEW)
    between.answer = answering("POST", lambda: Reply(401))
    assert (await at.run(job_id)).state is JobState.PAUSED
    assert await at.settle(job_id) == []
    assert await over(at, job_id) == (JobState.CANCELLED, 0, 0, 1)


async def test_a_job_that_is_over_stays_as_it_was(at: JobDesk) -> None:
    result = await done(at, NEW)
    assert await at.settle(result.job_id) == []
    assert (await at.jobs())[0].state is JobState.DONE


async def test_cancelled_as_the_answer_arrives_its_outcome_is_stored(
    at: JobDesk, between: Between, journal: Journal, store: Store
) -> None:
    async def then_cancel(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        reply = await on()
        asyncio.get_running_loop().call_soon(task.cancel)
        return reply

    job_id = await planned(at, NEW, Create(Kind.ENTITY, "newer"))
    between.answer = then_cancel
    task = asyncio.create_task(at.run(job_id))
    with pytest.raises(asyncio.CancelledError):
        await task
    first, second = await journal.steps(job_id)
    assert second.state is StepState.PLANNED
    # The cancellation may come before the reply was taken in: then nobody knows, and nothing is claimed.
    assert first.state in (StepState.DONE, StepState.INFLIGHT)
    assert (await store.item(Kind.ENTITY, "new") is not None) == (first.state is StepState.DONE)


async def test_a_job_that_is_over_is_not_run_again(
    at: JobDesk, wired: PlatformClient, journal: Journal, store: Store, between: Between
) -> None:
    result = await done(at, NEW)
    with pytest.raises(UsageError, match="is over"):
        await run(result.job_id, journal, wired, store)
    assert len(between.writes) == 1


async def test_protected_ids_are_no_part_of_a_plan(desk: JobDesk) -> None:
    found = await desk.impact(Kind.ENTITY, ["mc-burger", "big-cola"])
    made = await desk.plan([Delete(Kind.ENTITY, "mc-burger"), Delete(Kind.ENTITY, "big-cola")], [found])
    assert [each.text for each in made.conflicts] == ["“mc-burger” is protected by the profile."]
    with pytest.raises(UsageError, match="protected"):
        await desk.submit(made)


async def test_an_impact_of_the_mirror_says_how_old_it_is(
    desk: JobDesk, store: Store, between: Between
) -> None:
    fresh = await desk.impact(Kind.ENTITY, ["big-cola"])
    stale = await desk.impact(Kind.ENTITY, ["big-cola"], refresh=False)
    assert stale.removals == fresh.removals
    assert stale.read_at is not None
    assert fresh.read_at is not None
    assert stale.read_at < fresh.read_at


async def test_a_plan_for_another_account_is_refused(desk: JobDesk, at: JobDesk) -> None:
    other = JobDesk(at._journal, at._client, at._store, account="other")
    with pytest.raises(UsageError, match="another account"):
        await other.submit(await desk.plan([NEW]))
