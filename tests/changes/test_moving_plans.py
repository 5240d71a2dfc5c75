"""Moves: nothing is left at the old, everything is at the new, and the new comes before the old goes."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings, strategies as st
from tests.changes.accounts import APPLICATIONS, ENTITIES, opened, pairs, worlds

from entitree.changes.edits import LinkKey
from entitree.changes.jobs import JobState
from entitree.changes.moving import moving
from entitree.changes.planning import Planner
from entitree.changes.vault import Vault
from entitree.errors import UsageError
from entitree.inventory.links import Links
from entitree.inventory.model import KeyRow, Kind, LinkRow

if TYPE_CHECKING:
    from entitree.api.client import PlatformClient
    from entitree.changes.desk import JobDesk
    from entitree.changes.journal import Journal
    from entitree.inventory.store import Store
    from entitree.sandbox.seeds.world import World

Dump = dict[str, list[dict[str, Any]]]

_moves = st.one_of(
    st.tuples(
        st.just(Kind.APPLICATION), st.sampled_from(APPLICATIONS), st.sampled_from(["default", *APPLICATIONS])
    ),
    st.tuples(st.just(Kind.ENTITY), st.sampled_from(ENTITIES), st.sampled_from(ENTITIES)),
).filter(lambda move: move[1] != move[2])


@settings(max_examples=15, deadline=None)
@given(worlds(), _moves)
async def test_a_move_leaves_nothing_at_the_old_and_everything_at_the_new(
    world: World, move: tuple[Kind, str, str]
) -> None:
    kind, old, new = move
    async with opened(world) as account:
        before = account.sandbox.dump()
        plan = await account.planner.move(kind, old, new)
        assert plan.conflicts == ()
        if plan.steps:
            result = await account.desk.apply(plan)
            assert result.ok, result.sentence
        after = account.sandbox.dump()
        assert not [each for each in pairs(after, kind) if each.endswith(f" {old}")]
        assert _tied(after) == _tied(before, kind, old, new)
        # All else stays as it is, and what was moved is otherwise what it was.
        for family in ("applications", "entities", "domains", "senders", "profiles"):
            assert after[family] == before[family]
        assert (await account.planner.move(kind, old, new)).steps == ()


@settings(max_examples=8, deadline=None)
@given(worlds(), _moves)
async def test_moved_first_a_deletion_takes_nothing_with_it(
    world: World, move: tuple[Kind, str, str]
) -> None:
    kind, old, new = move
    async with opened(world) as account:
        before = account.sandbox.dump()
        impact = await account.desk.impact(kind, [old])
        plan = await account.planner.delete(kind, [old], impact, move_to=new)
        deletion = plan.steps[-1]
        assert set(deletion.needs) == {step.number for step in plan.steps[:-1]}
        result = await account.desk.apply(plan)
        assert result.ok, result.sentence
        assert _tied(account.sandbox.dump()) == _tied(before, kind, old, new)


@given(st.data())
@settings(max_examples=6, deadline=None)
async def test_until_the_new_is_there_the_old_stays(data: st.DataObject) -> None:
    kind, old, new = data.draw(_moves)
    async with opened(data.draw(worlds())) as account:
        plan = await account.planner.move(kind, old, new)
        for step in plan.steps:
            if step.operation in ("delete-resource-association", "delete-sending-strategy") and step.needs:
                (need,) = step.needs
                made = plan.steps[need - 1]
                assert made.operation.startswith("create-")
                assert made.target.family is step.target.family


def key(number: int, *links: LinkRow) -> KeyRow:
    return KeyRow(str(number), f"key {number}", True, None, links)


def test_keys_beyond_a_days_budget_are_named_and_stay() -> None:
    links = Links(keys=tuple(key(n, LinkRow("prod", None)) for n in range(45)))
    found = moving(links, Kind.APPLICATION, ["prod"], "test")
    assert len(found.parts) == 40
    (said,) = [each for each in found.stays if "API keys" in each]
    assert "40 times a day" in said
    assert all(f"“key {n}”" in said for n in range(40, 45))
    assert "“key 39”" not in said


def test_a_key_that_is_bound_to_both_is_bound_once_and_as_strictly() -> None:
    links = (LinkRow("test", "cola"), LinkRow("prod", "cola", "FORCE"), LinkRow("x", None, "FILL"))
    found = moving(Links(keys=(key(1, *links),)), Kind.APPLICATION, ["prod"], "test")
    (part,) = found.parts
    assert isinstance(part.wish.edit, LinkKey)
    assert part.wish.edit.links == (LinkRow("test", "cola", "FORCE"), LinkRow("x", None, "FILL"))


def test_what_no_move_reaches_is_said() -> None:
    said = " ".join(moving(Links(), Kind.ENTITY, ["a"], "b").stays)
    for each in ("Bots", "WebRTC", "domains", "LINE_OA", "TELEGRAM"):
        assert each in said


@pytest.fixture
def planner(client: PlatformClient, store: Store, journal: Journal) -> Planner:
    return Planner(client, store, journal, Vault(journal.folder))


async def test_a_family_that_is_refused_is_named(planner: Planner) -> None:
    # The fixture's key may not read keys.
    plan = await planner.move(Kind.ENTITY, "big-cola", "mc-burger")
    assert [each for each in plan.unchecked if each.startswith("Not moved, because not read: keys")]


async def test_what_stands_against_one_part_leaves_it_out_and_the_rest_goes_on(planner: Planner) -> None:
    impact_of = await planner.move(Kind.ENTITY, "big-cola", "mc-burger")
    rows = await planner.store.links(Kind.ENTITY, ["big-cola"])
    assert rows.subscriptions
    broken = [_profileless(each.raw) for each in rows.subscriptions]
    await planner.store.put(
        *(
            type(each)(each.channel, each.id, each.name, each.criteria, None, raw)
            for each, raw in zip(rows.subscriptions, broken, strict=True)
        )
    )
    links = await planner.store.links(Kind.ENTITY, ["big-cola", "mc-burger"])
    rewiring = moving(links, Kind.ENTITY, ["big-cola"], "mc-burger")
    plan = await planner.planned(rewiring.parts)
    assert plan.conflicts == ()
    assert len(plan.steps) == len(impact_of.steps) - len(rows.subscriptions)
    left_out = [each for each in plan.unchecked if each.startswith("Left out: subscriptions")]
    assert len(left_out) == len(rows.subscriptions)


@pytest.mark.parametrize("to", ["big-cola", "nobody"])
async def test_a_move_goes_to_another_that_is_there(planner: Planner, to: str) -> None:
    with pytest.raises(UsageError):
        await planner.move(Kind.ENTITY, "big-cola", to)


async def test_a_move_is_a_job_like_any_other(planner: Planner, desk: JobDesk) -> None:
    plan = await Planner(planner.client, planner.store, planner.journal, planner.vault, account="acme").move(
        Kind.ENTITY, "big-cola", "mc-burger"
    )
    assert (await desk.apply(plan)).state is JobState.DONE
    left = await planner.store.links(Kind.ENTITY, ["big-cola"])
    assert not left.associations
    assert not left.strategies
    assert not left.subscriptions


def _profileless(raw: str) -> str:
    value = json.loads(raw)
    value.pop("profile", None)
    return json.dumps(value)


def _tied(account: Dump, kind: Kind | None = None, old: str = "", new: str = "") -> Counter[str]:
    """All that is tied to something, in words; with `old` as it is to be when that has become `new`."""
    name = f"{kind.value}Id" if kind else ""

    def moved(pair: dict[str, Any]) -> dict[str, Any]:
        found = {key: each for key, each in pair.items() if each is not None and key != "key"}
        return {**found, name: new} if kind and found.get(name) == old else found

    found: list[str] = []
    found += {_words("association", moved(each)) for each in account["associations"]}
    strategies: dict[str, list[str]] = {"old": [], "there": []}
    for each in account["strategies"]:
        platform = each.get("platform") or {}
        was_old = kind is not None and platform.get(name) == old
        body = {key: value for key, value in each.items() if key != "sendingStrategyId"}
        if platform:
            body["platform"] = moved(platform)
        strategies["old" if was_old else "there"].append(_words("strategy", body))
    found += strategies["there"] + [each for each in strategies["old"] if each not in strategies["there"]]
    for each in account["subscriptions"]:
        criteria = sorted({json.dumps(moved(one), sort_keys=True) for one in each.get("criteria") or ()})
        found.append(_words("subscription", {**each, "criteria": criteria}))
    for each in account["numbers"]:
        found.append(_words("number", moved(each)))
    for each in account["inboundConfigurations"]:
        platform = moved(each.get("platform") or {})
        if platform == {"applicationId": "default"}:
            platform = {}
        found.append(_words("inbound", {**each, "platform": platform or None}))
    for each in account["keys"]:
        bound = sorted(
            {
                json.dumps([link.get("applicationId"), link.get("entityId")])
                for link in map(moved, each.get("platform") or ())
            }
        )
        found.append(_words("key", {**each, "platform": bound}))
    return Counter(found)


def _words(what: str, value: dict[str, Any]) -> str:
    shown = {name: each for name, each in value.items() if each is not None}
    return f"{what} {json.dumps(shown, sort_keys=True)}"
