"""Two apps on one account, a key that is refused half-way, and a platform that is away for an hour."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.changes.safety.apps import App
from tests.changes.safety.mixed import HASTY
from tests.changes.working import done, failing, ids, planned

from entitree.changes.edits import Alias, Associate, Create, CreateStrategy
from entitree.changes.jobs import JobState
from entitree.errors import UnreachableError
from entitree.inventory.model import AssociationRow, Kind
from entitree.settings.profile import Profile, Secrets

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.changes.safety.rig import End, Rig
    from tests.changes.working import Between, Clock

    from entitree.api.transport import Reply, Request
    from entitree.changes.desk import JobDesk
    from entitree.sandbox import Sandbox


def test_two_apps_that_have_one_job_run_do_each_step_once(rig: Rig, undisturbed: End) -> None:
    attempt = rig.begin()
    apps = [App(rig.platform.profile, attempt.folder, HASTY) for _ in range(2)]
    for app in apps:
        assert list(app.told()), "it said how far the job was, and then that it was over"
    for app in apps:
        app.close()
    attempt.agrees(undisturbed)


def test_a_key_that_is_refused_half_way_pauses_the_job_and_another_goes_on(
    rig: Rig, undisturbed: End
) -> None:
    attempt = rig.begin()
    refused = {"kind": "status", "status": 401}
    rig.platform.go_wrong({**refused, "after": 70})
    assert attempt.work()[0] == 0
    job = attempt.job()
    assert (job.state, job.inflight) == (JobState.PAUSED, 0)
    assert 0 < job.done < job.steps
    assert "401" in job.reason or "key" in job.reason.lower(), job.reason
    (used,) = rig.platform.went_wrong()
    assert used == 1, "no further request"
    attempt.agrees_so_far()
    rig.platform.go_wrong()
    attempt.resume()
    secrets = rig.platform.profile.secrets
    other = Profile(
        "proof", rig.platform.profile.base_url, Secrets(None, secrets.user, secrets.password), limits=None
    )
    assert attempt.work(profile=other) == (0, 0)
    found, wanted = attempt.audit(), undisturbed.audit
    assert [each["operation"] for each in found] == [each["operation"] for each in wanted]
    attempt.agrees(undisturbed)


async def test_a_platform_that_is_away_for_an_hour_pauses_the_job_which_goes_on_afterwards(
    at: JobDesk, between: Between, clock: Clock, sandbox: Sandbox
) -> None:
    job_id = await planned(
        at,
        *(Create(Kind.ENTITY, f"new-{number}") for number in range(5)),
        Alias(Kind.ENTITY, "big-cola", "Renamed"),
        Associate(AssociationRow("ALPHA", "SMS", "staging", "new-1", "McBurger")),
        CreateStrategy('{"platform": {"entityId": "new-2"}, "channel": "SMS"}'),
    )
    away = back = clock.now

    async def answer(request: Request, on: Callable[[], Awaitable[Reply]]) -> Reply:
        if len(between.writes) > 3 and away <= clock.now < back:
            raise UnreachableError("nobody answers", sent=False)
        return await on()

    between.answer = answer
    between.sent.clear()
    back = clock.now + timedelta(hours=1)
    result = await at.run(job_id)
    assert result.state is JobState.PAUSED
    assert "nobody answers" in result.reason
    assert (result.done, result.failed, result.unknown) == (3, 0, 0)
    assert len(between.sent) < 50, "who is away is not asked all the time"
    again = await at.run(job_id)
    assert again.state is JobState.PAUSED, "still away"
    clock.now = back
    assert (await at.run(job_id)).ok
    assert {f"new-{number}" for number in range(5)} <= ids(sandbox)
    (strategy,) = [
        each for each in sandbox.dump()["strategies"] if each.get("platform") == {"entityId": "new-2"}
    ]
    assert strategy["channel"] == "SMS"


async def test_of_two_equal_strategies_each_is_made_though_the_first_was_lost_on_its_way(
    at: JobDesk, between: Between, sandbox: Sandbox
) -> None:
    equal = CreateStrategy('{"platform": {"applicationId": "staging"}, "channel": "SMS"}')
    between.answer = failing("POST", landed=False)
    before = ids(sandbox, "strategies", "sendingStrategyId")
    result = await done(at, equal, equal)
    assert result.ok, result.problems
    named = {each.result["id"] for each in await at.steps(result.job_id) if each.result}
    assert ids(sandbox, "strategies", "sendingStrategyId") - before == named
    assert len(named) == 2
