"""What was shown is what happens, also when others change the account meanwhile; and it can be taken back."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from tests.changes.accounts import Opened, facts, opened, worlds
from tests.changes.near import channels
from tests.changes.safety.drifting import Doing, Dump, drifts, tied
from tests.changes.test_impact_against_sandbox import (
    _previewed,
    _selections,
    _stays_otherwise,
    _tie,
    _ties,
    _words,
)

from entitree.changes.edits import Alias, Delete, Edit, LinkNumber, ModifySubscription
from entitree.changes.jobs import StepRecord, StepState
from entitree.inventory.model import Family, Kind, NumberRow, SubscriptionRow
from entitree.inventory.records import RECORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entitree.changes.impact import Impact
    from entitree.sandbox.seeds.world import World


@settings(max_examples=200, deadline=None)
@given(worlds(), _selections, drifts)
async def test_what_was_shown_happens_and_what_drifted_is_left_alone(
    world: World, selection: tuple[Kind, set[str]], drift: list[Doing]
) -> None:
    await _shown_is_done(world, selection, drift)


@pytest.mark.long
@pytest.mark.parametrize("part", range(10))
@settings(max_examples=1000, deadline=None)
@given(world=worlds(), selection=_selections, drift=drifts)
async def test_of_ten_thousand_accounts_what_was_shown_happens(
    part: int, world: World, selection: tuple[Kind, set[str]], drift: list[Doing]
) -> None:
    """In ten parts, each with a chance of its own."""
    await _shown_is_done(world, selection, drift)


async def _shown_is_done(world: World, selection: tuple[Kind, set[str]], drift: list[Doing]) -> None:
    kind, ids = selection
    # The channels that there are subscriptions in: to ask in all the others would take most of the time.
    with channels("SMS", "ZALO"):
        async with opened(world) as account:
            shown = account.sandbox.dump()
            preview = await account.desk.impact(kind, ids)
            others = await _others(account, kind, ids)
            edits = [*others, *(Delete(kind, each) for each in sorted(ids))]
            plan = await account.desk.plan(edits, [preview])
            assert plan.conflicts == ()
            for each in drift:
                await each.do(account)
            before = account.sandbox.dump()
            result = await account.desk.apply(plan)
            assert not result.unknown + result.left, result
            after = account.sandbox.dump()
            steps = {each.step.target.key: each for each in await account.desk.steps(result.job_id)}
            deleted = {each for each in ids if _deletion_is_right(steps[each,], shown, before, kind, each)}
            expected = _words(before)
            gone, new = _effect(preview, deleted, before)
            expected = expected - gone + new
            for edit in others:
                gone, new = _change(edit, shown, before, steps)
                expected = expected - gone + new
            assert _words(after) == expected
            _stays_otherwise(before, after)
            undoing = await account.planner.undo(result.job_id)
            if undoing.steps:
                undone = await account.desk.apply(undoing)
                assert undone.ok, undone.problems
            assert facts(account.sandbox.dump()) == facts(before)


async def _others(account: Opened, kind: Kind, ids: set[str]) -> list[Edit]:
    """Changes of what the deletions do not touch."""

    async def rows(family: Family) -> list[Any]:
        return await account.store.ask(lambda db: RECORDS[family].read(db, "1", ()))

    name = f"{kind.value}_id"
    return [
        *(
            Alias(of, each, "Ours")
            for of, each in ((Kind.APPLICATION, "test"), (Kind.ENTITY, "burger"), (Kind.ENTITY, "é"))
            if of is not kind or each not in ids
        ),
        *(
            LinkNumber(each, "default")
            for each in await rows(Family.NUMBERS)
            if isinstance(each, NumberRow)
            and getattr(each, name) not in ids
            and (each.application_id, each.entity_id) != ("default", None)
        ),
        *(
            ModifySubscription(each, _changed(each))
            for each in await rows(Family.SUBSCRIPTIONS)
            if isinstance(each, SubscriptionRow)
            and not any(getattr(pair, name) in ids for pair in each.criteria)
        ),
    ]


def _changed(row: SubscriptionRow) -> str:
    return json.dumps({**json.loads(row.raw), "criteria": [{"applicationId": "default"}]})


def _deletion_is_right(record: StepRecord, shown: Dump, before: Dump, kind: Kind, item_id: str) -> bool:
    """Whether it was deleted: exactly if nothing of it drifted, or nothing was left to delete."""
    family = "applications" if kind is Kind.APPLICATION else "entities"
    there = any(each[f"{kind.value}Id"] == item_id for each in before[family])
    drifted = tied(shown, kind, item_id) != tied(before, kind, item_id)
    wanted = StepState.SKIPPED if drifted and there else StepState.DONE
    assert record.state is wanted, (item_id, record.state, record.sentence)
    return there and not drifted


def _effect(preview: Impact, ids: set[str], before: Dump) -> tuple[Counter[str], Counter[str]]:
    """What goes and what comes with these ids alone, by the preview; what is there no more cannot go."""
    alone = replace(
        preview,
        items=tuple(each for each in preview.items if each.id in ids),
        removals=tuple(each for each in preview.removals if ids.intersection(each.names)),
        resets=tuple(each for each in preview.resets if ids.intersection(each.names)),
    )
    gone = _previewed(alone) & _words(before)
    reset = Counter(
        _tie(replace(each, application_id="default", entity_id=None))
        for each in _ties(before)
        if _tie(each) in gone
    )
    return gone, reset


def _change(
    edit: Edit, shown: Dump, before: Dump, steps: dict[tuple[str | None, ...], StepRecord]
) -> tuple[Counter[str], Counter[str]]:
    """What an edit changes: nothing, if its object drifted, is gone, or was so already."""
    was: Sequence[object]
    now: Sequence[object]
    match edit:
        case Alias(kind, item_id):
            name = kind.value
            family = "applications" if kind is Kind.APPLICATION else "entities"
            key: tuple[str | None, ...] = (item_id,)
            was, now = (
                [each.get(f"{name}Name") for each in dump[family] if each[f"{name}Id"] == item_id]
                for dump in (shown, before)
            )
            wanted: object = "Ours"
            words = [f"{name} {item_id} {each}" for each in (*now, "Ours")]
        case LinkNumber(number):
            key = (number.key,)
            was, now = (_link(dump, number) for dump in (shown, before))
            linked = replace(number, application_id="default", entity_id=None)
            wanted = linked
            words = [_tie(each) for each in (*_link(before, number), linked)]
        case ModifySubscription(row):
            key = (row.channel, row.id)
            was, now = (
                [_subscription(each) for each in dump["subscriptions"] if _is(each, row)]
                for dump in (shown, before)
            )
            wanted = _subscription({"channel": row.channel, **json.loads(_changed(row))})
            words = [*map(str, now), wanted]
        case _:
            raise AssertionError(edit)
    record = steps[key]
    if now == [wanted] and was == now:
        assert record.state is StepState.DONE
        return Counter(), Counter()
    if was != now:
        assert record.state is (StepState.DONE if now == [wanted] else StepState.SKIPPED), record
        return Counter(), Counter()
    assert record.state is StepState.DONE, record
    return Counter(words[:1]), Counter(words[1:])


def _link(account: Dump, number: NumberRow) -> list[NumberRow]:
    return [each for each in _ties(account) if isinstance(each, NumberRow) and each.key == number.key]


def _is(shown: dict[str, Any], row: SubscriptionRow) -> bool:
    return (shown["channel"], shown["subscriptionId"]) == (row.channel, row.id)


def _subscription(shown: dict[str, Any]) -> str:
    (word,) = _words({**_NOTHING, "subscriptions": [shown]})
    return word


_NOTHING: Dump = {
    family: []
    for family in (
        "applications", "entities", "associations", "strategies", "subscriptions", "numbers",
        "inboundConfigurations", "keys",
    )
}  # fmt: skip
