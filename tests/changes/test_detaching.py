"""Detach first: the deletion finds nothing tied, and all else ends as after the deletion alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from tests.changes.accounts import opened, worlds
from tests.changes.test_impact_against_sandbox import _selections

from entitree.changes.detaching import detaching
from entitree.changes.edits import DeleteSubscription, EnableKey, LinkKey, ModifySubscription
from entitree.changes.impact import impact
from entitree.changes.jobs import StepState
from entitree.inventory.links import Links
from entitree.inventory.model import CriterionRow, KeyRow, Kind, LinkRow, SubscriptionRow

if TYPE_CHECKING:
    from entitree.changes.edits import Edit
    from entitree.sandbox.seeds.world import World


@settings(max_examples=10, deadline=None)
@given(worlds(), _selections)
async def test_detached_first_a_deletion_has_nothing_to_remove(
    world: World, selection: tuple[Kind, set[str]]
) -> None:
    kind, ids = selection
    async with opened(world) as account:
        shown = await account.desk.impact(kind, ids)
        plan = await account.planner.delete(kind, ids, shown, detach=True)
        assert plan.conflicts == ()
        deletions = [step for step in plan.steps if step.id in ids]
        assert len(deletions) == len(ids)
        for step in deletions:
            assert step.before is not None
            for family in ("associations", "strategies", "subscriptions", "numbers", "inbound"):
                assert not step.before[family]
        others = [step for step in plan.steps if step not in deletions]
        job = await account.desk.submit(type(plan)(plan.account, tuple(others))) if others else 0
        if job:
            assert (await account.desk.run(job)).ok
        between = await account.desk.impact(kind, ids)
        assert between.removals == ()
        assert between.resets == ()
        # What is left are keys that are disabled, whose links cannot go.
        assert not any(stop.what.enabled for stop in between.stops)
        assert (await account.desk.apply(await account.planner.delete(kind, ids, between))).ok
        detached = account.facts()
    async with opened(world) as account:
        plain = await account.planner.delete(kind, ids, await account.desk.impact(kind, ids))
        assert (await account.desk.apply(plain)).ok
        deleted = account.facts()
    # Apart from keys, which are bound anew, only what serves others too is there that would have gone.
    extra = [fact for fact in detached - deleted if not fact.startswith("keys")]
    serving = [each.what for each in shown.subscriptions if each.others]
    assert all(fact.startswith("subscriptions") for fact in extra)
    assert len(extra) == len(serving)
    assert all(fact.startswith("keys") for fact in deleted - detached)


@settings(max_examples=6, deadline=None)
@given(worlds(), _selections)
async def test_in_one_job_the_deletion_waits_for_all_that_frees_its_item(
    world: World, selection: tuple[Kind, set[str]]
) -> None:
    kind, ids = selection
    async with opened(world) as account:
        shown = await account.desk.impact(kind, ids)
        plan = await account.planner.delete(kind, ids, shown, detach=True)
        result = await account.desk.apply(plan)
        assert result.ok, result.sentence
        states = {record.state for record in await account.desk.steps(result.job_id)}
        assert states == {StepState.DONE}
        for family in ("associations", "strategies"):
            for row in account.sandbox.dump()[family]:
                pair = row.get("platform") or row
                assert pair.get(f"{kind.value}Id") not in ids


def subscription(*pairs: tuple[str | None, str | None]) -> SubscriptionRow:
    criteria = [
        {name: each for name, each in zip(("applicationId", "entityId"), pair, strict=True) if each}
        for pair in pairs
    ]
    raw = {"subscriptionId": "s", "events": [], "criteria": criteria, "profile": {"profileId": "p"}}
    return SubscriptionRow(
        "SMS", "s", None, tuple(CriterionRow(*pair) for pair in pairs), "p", json.dumps(raw)
    )


def key(*links: LinkRow, enabled: bool = True) -> KeyRow:
    return KeyRow("1", "shop", enabled, None, links)


def edit_for(links: Links, *ids: str) -> Edit | None:
    parts = detaching(impact(links, Kind.ENTITY, ids)).parts
    return parts[0].wish.edit if parts else None


def test_a_subscription_of_others_too_loses_only_what_names_the_doomed() -> None:
    row = subscription(("prod", "cola"), (None, "cola"), ("prod", None), (None, "burger"))
    edit = edit_for(Links(subscriptions=(row,)), "cola")
    assert isinstance(edit, ModifySubscription)
    assert json.loads(edit.raw)["criteria"] == [{"applicationId": "prod"}, {"entityId": "burger"}]
    assert json.loads(edit.raw)["profile"] == {"profileId": "p"}


def test_a_subscription_of_the_doomed_alone_is_deleted_since_without_criteria_it_would_match_everything() -> (
    None
):
    row = subscription(("prod", "cola"), (None, "burger"))
    assert isinstance(edit_for(Links(subscriptions=(row,)), "cola", "burger"), DeleteSubscription)


def test_a_key_loses_the_doomed_pair_and_is_never_bound_to_nothing() -> None:
    two = key(LinkRow("prod", "cola"), LinkRow("prod", "burger"))
    edit = edit_for(Links(keys=(two,)), "cola")
    assert isinstance(edit, LinkKey)
    assert edit.links == (LinkRow("prod", "burger"),)
    found = detaching(impact(Links(keys=(two,)), Kind.ENTITY, ["cola", "burger"]))
    (part,) = found.parts
    assert part.wish.edit == EnableKey(two, enabled=False)
    (said,) = found.stays
    assert "“shop” is disabled" in said
    assert "unbound it could do everything" in said


@pytest.mark.parametrize("enabled", [True, False])
def test_a_key_whose_forced_link_goes_is_disabled_for_else_it_could_do_more_than_before(
    enabled: bool,
) -> None:
    forced = key(LinkRow("prod", "cola", "FORCE"), LinkRow("prod", "burger"), enabled=enabled)
    edit = edit_for(Links(keys=(forced,)), "cola")
    assert edit == (EnableKey(forced, enabled=False) if enabled else None)
