"""Undo: what a job has done is brought back from its journal; what cannot be is named before and after."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings, strategies as st
from tests.changes.accounts import Opened, opened, worlds
from tests.changes.test_impact_against_sandbox import _selections
from tests.changes.test_moving_plans import _moves

from entitree.api.operations import OPERATIONS
from entitree.changes.edits import (
    Alias,
    Associate,
    Create,
    CreateStrategy,
    CreateSubscription,
    Delete,
    DeleteInbound,
    DeleteStrategy,
    DeleteSubscription,
    Dissociate,
    Edit,
    EnableKey,
    LinkKey,
    LinkNumber,
    ModifySubscription,
    WriteInbound,
)
from entitree.changes.planning import Planner
from entitree.changes.undo import CHANGED
from entitree.errors import UsageError
from entitree.inventory.model import AssociationRow, Family, Kind, LinkRow
from entitree.inventory.records import RECORDS
from entitree.sandbox.seeds.keys import Key
from entitree.sandbox.seeds.world import Number, World

if TYPE_CHECKING:
    from entitree.changes.plan import Plan


async def applied(account: Opened, plan: Plan) -> int:
    assert plan.conflicts == ()
    result = await account.desk.apply(plan)
    assert result.ok, result.problems
    return result.job_id


async def undone(account: Opened, job: int) -> int:
    plan = await account.planner.undo(job)
    assert not [each for each in plan.unchecked if each.startswith("Left out")], plan.unchecked
    return await applied(account, plan) if plan.steps else 0


_HOW = st.sampled_from(["plain", "detach"])


@settings(max_examples=6, deadline=None)
@given(worlds(), _selections, _HOW)
async def test_a_deletion_is_undone_but_for_what_was_named_and_undoing_that_deletes_again(
    world: World, selection: tuple[Kind, set[str]], how: str
) -> None:
    await _there_and_back(world, selection, how)


@pytest.mark.long
@settings(max_examples=1_000, deadline=None)
@given(worlds(), _selections, _HOW)
async def test_a_thousand_deletions_are_undone(
    world: World, selection: tuple[Kind, set[str]], how: str
) -> None:
    await _there_and_back(world, selection, how)


async def _there_and_back(world: World, selection: tuple[Kind, set[str]], how: str) -> None:
    kind, ids = selection
    async with opened(world) as account:
        before = account.facts()
        shown = await account.desk.impact(kind, ids)
        plan = await account.planner.delete(kind, ids, shown, detach=how == "detach")
        job = await applied(account, plan)
        after = account.facts()
        back = await undone(account, job)
        assert account.facts() == before
        if how == "plain":
            named = " ".join(each.what for each in plan.lost)
            assert ("sending strateg" in named) == bool(shown.strategies)
        again = await undone(account, back)
        assert account.facts() == after
        await undone(account, again)
        assert account.facts() == before


@settings(max_examples=6, deadline=None)
@given(worlds(), _moves, st.booleans())
async def test_a_move_is_undone_and_so_is_one_before_a_deletion(
    world: World, move: tuple[Kind, str, str], delete: bool
) -> None:
    kind, old, new = move
    async with opened(world) as account:
        before = account.facts()
        if delete:
            shown = await account.desk.impact(kind, [old])
            plan = await account.planner.delete(kind, [old], shown, move_to=new)
        else:
            plan = await account.planner.move(kind, old, new)
        if not plan.steps:
            return
        job = await applied(account, plan)
        after = account.facts()
        back = await undone(account, job)
        assert account.facts() == before
        await undone(account, back)
        assert account.facts() == after


@st.composite
def jobs(draw: st.DrawFn) -> list[Edit]:
    """Some creations and what is tied to them, and changes of what is there."""
    edits: list[Edit] = [Create(Kind.ENTITY, "new", draw(st.none() | st.just("New")))]
    if draw(st.booleans()):
        edits.append(Associate(AssociationRow("NUMBER", "SMS", "prod", "new", "n1")))
    if draw(st.booleans()):
        edits.append(CreateStrategy('{"platform": {"entityId": "new"}, "channel": "SMS"}'))
    if draw(st.booleans()):
        raw = {"subscriptionId": "fresh", "events": [], "profile": {"profileId": "p"}}
        edits.append(CreateSubscription("SMS", json.dumps({**raw, "criteria": [{"entityId": "new"}]})))
    if draw(st.booleans()):
        edits.append(WriteInbound("SMS", "n3", "FRESH", '{"platform": {"entityId": "new"}}'))
    edits.append(Alias(Kind.ENTITY, "cola", draw(st.sampled_from([None, "Other"]))))
    return edits


@settings(max_examples=6, deadline=None)
@given(worlds(), jobs())
async def test_what_a_job_made_goes_again_and_what_it_changed_is_as_it_was(
    world: World, edits: list[Edit]
) -> None:
    async with opened(world) as account:
        before = account.facts()
        job = await applied(account, await account.desk.plan(edits))
        after = account.facts()
        back = await undone(account, job)
        assert account.facts() == before
        await undone(account, back)
        assert account.facts() == after


async def rows(account: Opened, family: Family) -> list[Any]:
    return await account.store.ask(lambda db: RECORDS[family].read(db, "1", ()))


@settings(max_examples=6, deadline=None)
@given(worlds(), st.data())
async def test_every_kind_of_change_is_undone(world: World, data: st.DataObject) -> None:
    async with opened(world) as account:
        edits: list[Edit] = [
            LinkNumber(each, "test", data.draw(st.sampled_from([None, "burger"])))
            for each in await rows(account, Family.NUMBERS)
        ]
        edits += [Dissociate(each) for each in await rows(account, Family.ASSOCIATIONS)]
        edits += [DeleteStrategy(each) for each in await rows(account, Family.STRATEGIES)]

        def one_of(*choices: Edit) -> Edit:
            return data.draw(st.sampled_from(choices))

        secret = '{"forwarding": {"type": "HTTP_FORWARD", "url": "https://u:p@x.example/?t=1"}}'
        edits += [
            one_of(
                DeleteInbound(each),
                WriteInbound(each.channel, each.resource_id, each.keyword, secret, before=each),
            )
            for each in await rows(account, Family.INBOUND)
        ]
        for each in await rows(account, Family.SUBSCRIPTIONS):
            raw = json.dumps({**json.loads(each.raw), "criteria": [{"applicationId": "prod"}]})
            edits.append(one_of(DeleteSubscription(each), ModifySubscription(each, raw)))
        edits += [
            one_of(EnableKey(each, not each.enabled), LinkKey(each, (LinkRow("prod", "é"),)))
            for each in await rows(account, Family.KEYS)
            if each.links
        ]
        before = account.facts()
        plan = await account.desk.plan(edits)
        job = await applied(account, plan)
        after = account.facts()
        back = await undone(account, job)
        assert account.facts() == before
        await undone(account, back)
        assert account.facts() == after


@settings(max_examples=5, deadline=None)
@given(worlds())
async def test_what_has_changed_since_is_named_and_left_alone(world: World) -> None:
    async with opened(world) as account:
        edits: list[Edit] = [Create(Kind.ENTITY, "mine", "A"), Create(Kind.ENTITY, "yours", "A"),
                 Create(Kind.ENTITY, "tied", None), Alias(Kind.ENTITY, "burger", "Ours")]  # fmt: skip
        job = await applied(account, await account.desk.plan(edits))
        await account.client.modify_entity("yours", "B")
        await account.client.modify_entity("burger", "Theirs")
        await applied(
            account,
            await account.desk.plan([Associate(AssociationRow("NUMBER", "SMS", "prod", "tied", "n2"))]),
        )
        plan = await account.planner.undo(job)
        assert [(step.operation, step.id) for step in plan.steps] == [("delete-entity", "mine")]
        assert f"Not undone: entities yours. {CHANGED}" in plan.unchecked
        assert f"Not undone: entities burger. {CHANGED}" in plan.unchecked
        (tied,) = [each for each in plan.unchecked if "entity tied, which the job made" in each]
        assert "tied to it since" in tied
        await applied(account, plan)
        there = {each["entityId"]: each.get("entityName") for each in account.sandbox.dump()["entities"]}
        assert there["yours"] == "B"
        assert there["burger"] == "Theirs"
        assert "tied" in there
        assert "mine" not in there


@settings(max_examples=3, deadline=None)
@given(worlds())
async def test_a_subscription_whose_profile_is_gone_cannot_come_back(world: World) -> None:
    world.subscriptions = [
        ("SMS", {"subscriptionId": "s0", "events": [], "criteria": [], "profile": {"profileId": "p"}})
    ]
    async with opened(world) as account:
        (row,) = await rows(account, Family.SUBSCRIPTIONS)
        job = await applied(account, await account.desk.plan([DeleteSubscription(row)]))
        await account.client.call(OPERATIONS["delete-profile"], path={"profileId": "p"})
        plan = await account.planner.undo(job)
        assert plan.steps == ()
        (why,) = [each.why for each in plan.lost if each.what == "subscriptions SMS s0"]
        assert "profile is gone" in why


@settings(max_examples=3, deadline=None)
@given(worlds())
async def test_steps_that_were_not_done_or_that_nobody_knows_of_are_named(world: World) -> None:
    async with opened(world) as account:
        plan = await account.desk.plan([Create(Kind.ENTITY, each) for each in ("one", "two", "three")])
        await account.client.create_entity("one", None)
        job = (await account.desk.apply(plan)).job_id
        records = await account.desk.steps(job)
        await account.journal.doubt(job, [3], "Who knows.")
        found = await account.planner.undo(job)
        assert [step.id for step in found.steps] == ["two"]
        said = " ".join(found.unchecked)
        assert "nobody knows whether they were carried out: steps 3 “Create entity three”" in said
        assert "nothing was changed: steps 1 “Create entity one”" in said
        assert len(records) == 3


async def test_only_jobs_of_this_account_that_rest_are_undone() -> None:
    async with opened(_empty()) as account:
        with pytest.raises(UsageError):
            await account.planner.undo(7)
        job = await applied(account, await account.desk.plan([Create(Kind.ENTITY, "x")]))
        other = Planner(
            account.client, account.store, account.journal, account.planner.vault, account="another"
        )
        with pytest.raises(UsageError, match="another account"):
            await other.undo(job)


async def test_a_job_that_may_go_on_says_so() -> None:
    async with opened(_empty()) as account:
        job = await account.desk.submit(
            await account.desk.plan([Create(Kind.ENTITY, "x"), Create(Kind.ENTITY, "y")])
        )
        plan = await account.planner.undo(job)
        assert plan.steps == ()
        assert plan.unchecked[0] == f"Job {job} has 2 steps left, which it may still do: cancel it first."


async def test_what_was_relinked_before_the_deletion_it_was_tied_to_goes_back_to_where_it_was() -> None:
    world = _empty()
    world.applications = [("prod", None), ("test", None)]
    world.numbers = [Number("n1", "n1", "US", capabilities=("SMS",), link=("prod", None))]
    async with opened(world) as account:
        before = account.facts()
        (number,) = await rows(account, Family.NUMBERS)
        shown = await account.desk.impact(Kind.APPLICATION, ["prod"])
        assert shown.resets
        edits: list[Edit] = [LinkNumber(number, "test"), Delete(Kind.APPLICATION, "prod")]
        job = await applied(account, await account.desk.plan(edits, [shown]))
        await undone(account, job)
        assert account.facts() == before


@pytest.mark.parametrize("taken", [False, True])
async def test_a_key_is_bound_again_where_its_link_was_taken_too(taken: bool) -> None:
    world = _empty()
    world.applications = [("prod", None), ("test", None)]
    world.keys = [Key("key", (("prod", None, None), ("test", None, None)))]
    async with opened(world) as account:
        before = account.facts()
        shown = await account.desk.impact(Kind.APPLICATION, ["prod"])
        job = await applied(account, await account.planner.delete(Kind.APPLICATION, ["prod"], shown))
        if taken:
            (key,) = [each for each in await rows(account, Family.KEYS) if each.name == "key"]
            await applied(account, await account.desk.plan([LinkKey(key, (LinkRow("test", None),))]))
        await undone(account, job)
        assert account.facts() == before


async def test_what_cannot_come_back_is_said_before_a_deletion() -> None:
    world = _empty()
    world.entities = [("cola", None)]
    world.strategies = [(f"S{n}", {"platform": {"entityId": "cola"}}) for n in range(5)]
    world.subscriptions = [
        ("SMS", {"subscriptionId": "s", "events": [], "criteria": [{"entityId": "cola"}],
                 "profile": {"profileId": "p"}})
    ]  # fmt: skip
    async with opened(world) as account:
        shown = await account.desk.impact(Kind.ENTITY, ["cola"])
        plan = await account.planner.delete(Kind.ENTITY, ["cola"], shown)
        said = [each.what for each in plan.lost]
        assert "the ids of 5 sending strategies (S0, S1, S2 and 2 more)" in said
        assert "what subscription s would have delivered until then" in said
        assert any("bots" in each for each in said)
        job = await applied(account, plan)
        again = [each.what for each in (await account.planner.undo(job)).lost]
        assert set(said) <= set(again)


async def test_many_are_looked_up_with_their_list() -> None:
    world = _empty()
    world.entities = [(f"e{n}", f"E{n}") for n in range(30)]
    world.strategies = [(f"S{n}", {"platform": {"entityId": f"e{n}"}}) for n in range(30)]
    async with opened(world) as account:
        before = account.facts()
        ids = [f"e{n}" for n in range(30)]
        shown = await account.desk.impact(Kind.ENTITY, ids)
        job = await applied(account, await account.planner.delete(Kind.ENTITY, ids, shown))
        account.between.sent.clear()
        plan = await account.planner.undo(job)
        assert len(account.between.sent) < 10
        await applied(account, plan)
        assert account.facts() == before


def _empty() -> World:
    return World(profiles=[{"profileId": "p", "webhook": {"notifyUrl": "https://hooks.example/x"}}])
