"""What the desk takes and what it refuses; what it reads before it plans."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.changes.working import done

from entitree.changes.desk import JobDesk
from entitree.changes.edits import Create, CreateSubscription, Delete, DeleteSubscription, Dissociate
from entitree.changes.jobs import JobState
from entitree.errors import RefusedError, UsageError
from entitree.inventory.model import Kind
from entitree.inventory.sync import refresh

if TYPE_CHECKING:
    from tests.changes.working import Between

    from entitree.api.client import PlatformClient
    from entitree.changes.journal import Journal
    from entitree.inventory.store import Store

NEW = Create(Kind.ENTITY, "new", "New")


async def test_what_cannot_be_begun_leaves_no_job_behind(
    desk: JobDesk, at: JobDesk, journal: Journal, wired: PlatformClient, store: Store
) -> None:
    made = await desk.plan([NEW])
    with pytest.raises(UsageError, match="another account"):
        await JobDesk(journal, wired, store, account="other").submit(made)
    with pytest.raises(RefusedError, match="read-only"):
        await JobDesk(journal, wired, store, account="acme", read_only=True).apply(made)
    found = await desk.impact(Kind.ENTITY, ["mc-burger", "big-cola"])
    both = await desk.plan([Delete(Kind.ENTITY, "mc-burger"), Delete(Kind.ENTITY, "big-cola")], [found])
    assert [each.text for each in both.conflicts] == ["“mc-burger” is protected by the profile."]
    with pytest.raises(UsageError, match="protected"):
        await desk.submit(both)
    assert await desk.jobs() == []


async def test_handing_in_sends_nothing(at: JobDesk, between: Between) -> None:
    job_id = await at.submit(await at.plan([NEW]))
    job = await at.job(job_id)
    assert (job.state, job.going, between.sent) == (JobState.PLANNED, False, [])
    assert (await at.run(job_id)).ok
    (tried,) = await at.tries(job_id)
    assert (tried.number, tried.status, tried.ended is not None) == (1, 201, True)


async def test_an_impact_of_the_mirror_says_how_old_it_is(desk: JobDesk) -> None:
    fresh = await desk.impact(Kind.ENTITY, ["big-cola"])
    stale = await desk.impact(Kind.ENTITY, ["big-cola"], refresh=False)
    assert stale.removals == fresh.removals
    assert stale.read_at is not None
    assert fresh.read_at is not None
    assert stale.read_at < fresh.read_at


async def test_configurations_are_planned_as_they_are_now(
    at: JobDesk, store: Store, wired: PlatformClient, between: Between
) -> None:
    body = {
        "subscriptionId": "hook",
        "events": ["DELIVERY"],
        "criteria": [{"entityId": "big-cola"}],
        "profile": {"profileId": "hook", "webhook": {"notifyUrl": "https://hooks.example/x"}},
    }
    await wired.create_subscription("ZALO", body)
    await refresh(wired, store)
    found = await store.links(Kind.ENTITY, ["big-cola"])
    (row,) = [each for each in found.subscriptions if each.id == "hook"]
    await wired.delete_subscription("ZALO", "hook")
    again = {**body, "name": "Again", "profile": {"profileId": "hook"}}
    await wired.create_subscription("ZALO", again)
    between.sent.clear()
    made = await at.plan([DeleteSubscription(row)])
    assert len(between.sent) == 1
    (step,) = made.steps
    assert step.before is not None
    assert step.before["name"] == "Again"
    assert (await done(at, DeleteSubscription(row))).ok


async def test_what_cannot_be_read_before_a_plan_is_said(at: JobDesk, store: Store, between: Between) -> None:
    from entitree.api.transport import Reply

    found = await store.links(Kind.ENTITY, ["big-cola"])
    row = found.subscriptions[0]

    async def refused(*_: object) -> Reply:
        return Reply(403)

    between.answer = refused
    made = await at.plan([DeleteSubscription(row)])
    assert len(made.steps) == 1
    assert made.unchecked[0].startswith("What is there now could not be read: ")


async def test_a_secret_that_is_not_here_is_found_out_before_anything_runs(at: JobDesk) -> None:
    body = {"subscriptionId": "s", "events": ["DELIVERY"], "criteria": [{"entityId": "big-cola"}]}
    raw = json.dumps({**body, "profile": {"profileId": "p"}})
    made = await at.plan([CreateSubscription("SMS", raw)])
    assert not made.conflicts
    (step,) = made.steps
    step.body["url"] = {"$secret": "0" * 32}  # type: ignore[index]
    with pytest.raises(UsageError, match="not kept on this machine"):
        await at.submit(made)
    assert await at.jobs() == []


@pytest.mark.parametrize("how", ["detach", "move"])
async def test_what_frees_an_item_is_no_change_of_what_was_shown(
    at: JobDesk, store: Store, between: Between, how: str
) -> None:
    found = await at.impact(Kind.ENTITY, ["big-cola"])
    made = await at.plan_delete(
        Kind.ENTITY,
        ["big-cola"],
        found,
        detach=how == "detach",
        move_to="mc-burger" if how == "move" else None,
    )
    assert not made.conflicts
    assert len(made.steps) > 3
    result = await at.apply(made)
    assert result.ok, result
    assert between.writes[-1] == "DELETE /provisioning/1/entities/big-cola"
    gone = await store.links(Kind.ENTITY, ["big-cola"])
    assert (gone.associations, gone.strategies, gone.subscriptions) == ((), (), ())


async def test_everything_of_one_application_is_moved_to_another(at: JobDesk, store: Store) -> None:
    made = await at.plan_move(Kind.APPLICATION, "marketing", "staging")
    assert not made.conflicts
    result = await at.apply(made)
    assert result.ok, result
    left = await store.links(Kind.APPLICATION, ["marketing"])
    assert (left.associations, left.strategies, left.subscriptions) == ((), (), ())


async def test_steps_call_a_number_as_people_do(desk: JobDesk, store: Store) -> None:
    links = await store.links(Kind.ENTITY, ["big-cola", "mc-burger"])
    names = await store.ask(lambda db: dict(db.execute("SELECT key, number FROM number")))
    ties = [row for row in links.associations if row.resource_id in names]
    assert ties
    made = await desk.plan([Dissociate(row) for row in ties])
    for row, step in zip(ties, made.steps, strict=True):
        assert names[row.resource_id] in step.title
        assert row.resource_id not in step.title
