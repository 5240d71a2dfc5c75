"""What a run takes, against a run that is played through request by request."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st

from entitree.api import operations as ops
from entitree.changes.jobs import CONFIRMED_FROM
from entitree.changes.plan import Step, Target
from entitree.changes.plan.cost import cost, rereading
from entitree.inventory.model import Family, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY = 86_400.0
ITEM = Target(Family.ENTITIES, ("x",))

OPERATIONS = (
    ops.CREATE_ENTITY,
    ops.MODIFY_ENTITY,
    ops.DELETE_ENTITY,
    ops.DELETE_APPLICATION,
    ops.CREATE_STRATEGY,
    ops.UPDATE_SUBSCRIPTION,
    ops.UPDATE_NUMBER,
    ops.SET_INBOUND,
    ops.UPDATE_API_KEY,
)


def steps(*operations: ops.Operation) -> list[Step]:
    return [Step(number, each.name, "", ITEM) for number, each in enumerate(operations, 1)]


class Naive:
    """All requests of one operation so far; the next goes as soon as the limit allows it."""

    def __init__(self, limit: ops.Limit, factor: float) -> None:
        self.requests = limit.requests * factor
        self.seconds = limit.seconds
        self.burst = max(1, int((limit.burst or 1) * min(factor, 1.0)))
        self.tokens, self.at = float(self.burst), 0.0

    def go(self, now: float) -> float:
        # A bucket, filled drop by drop.
        rate = self.requests / self.seconds
        self.tokens = min(self.burst, self.tokens + (now - self.at) * rate)
        if self.tokens < 1:
            now += (1 - self.tokens) / rate
            self.tokens = 1.0
        self.tokens -= 1
        self.at = now
        return now


def played(plan: Sequence[Step], factor: float) -> float:
    lanes: dict[str, Naive] = {}
    now = 0.0

    def go(operation: ops.Operation, at: float) -> float:
        if operation.limit is None:
            return at
        if operation.name not in lanes:
            lanes[operation.name] = Naive(operation.limit, factor)
        lane = lanes[operation.name]
        return lane.go(max(at, lane.at))

    for step in plan:
        begun = now
        for operation, times in rereading(step).items():
            for _ in range(times):
                now = max(now, go(operation, begun))
        now = go(ops.OPERATIONS[step.operation], now)
    for _ in range(confirming(plan)):
        now = go(ops.GET_ENTITIES, now)
    return now


def confirming(plan: Sequence[Step]) -> int:
    """How many pages confirm what was made, if there was nothing before."""
    made = sum(each.operation == ops.CREATE_ENTITY.name for each in plan)
    return 0 if made < CONFIRMED_FROM else 1 + (made - 1) // 1000


@given(
    st.lists(st.sampled_from(OPERATIONS[:-1]), max_size=60),
    st.sampled_from([0.5, 1.0, 2.0, 10.0]),
)
def test_the_time_is_that_of_a_run(chosen: list[ops.Operation], factor: float) -> None:
    plan = steps(*chosen)
    assert cost(plan, factor).seconds == pytest.approx(played(plan, factor), abs=1e-6)


@given(st.lists(st.sampled_from(OPERATIONS), max_size=40), st.lists(st.sampled_from(OPERATIONS), max_size=5))
def test_more_steps_never_cost_less(chosen: list[ops.Operation], more: list[ops.Operation]) -> None:
    less, all_ = cost(steps(*chosen), 1.0), cost(steps(*chosen, *more), 1.0)
    assert all_.seconds >= less.seconds
    assert all_.writes == less.writes + len(more)
    confirmed = confirming(steps(*chosen, *more)) - confirming(steps(*chosen))
    assert all_.reads == less.reads + sum(rereading(each).total() for each in steps(*more)) + confirmed


@pytest.mark.parametrize(
    ("operation", "count", "factor", "seconds"),
    [
        (ops.CREATE_ENTITY, 1, 1.0, 0.0),
        (ops.CREATE_ENTITY, 1000, 1.0, 999.0),
        (ops.CREATE_ENTITY, 1000, 10.0, 99.9),
        # Two pages confirm them.
        (ops.CREATE_ENTITY, 1001, 1.0, 1001.0),
        # Its deletion, its three re-reads and those of 22 channels each have a lane of their own.
        (ops.DELETE_ENTITY, 5000, 1.0, 4999.0),
        # Ten at once, two a second after; but each is read again first, at two a second.
        (ops.SET_INBOUND, 21, 1.0, 10.0),
        (ops.UPDATE_SUBSCRIPTION, 1000, 1.0, 0.0),
        # Forty a day, read again at ten a second.
        (ops.UPDATE_API_KEY, 40, 1.0, 3.9),
        (ops.UPDATE_API_KEY, 41, 1.0, DAY),
        (ops.UPDATE_API_KEY, 100, 1.0, 2 * DAY),
        (ops.UPDATE_API_KEY, 41, 10.0, 0.4),
    ],
)
def test_known_times(operation: ops.Operation, count: int, factor: float, seconds: float) -> None:
    found = cost(steps(*[operation] * count), factor).seconds
    if operation is ops.UPDATE_API_KEY and seconds >= DAY:
        # The window opens with its first request, which was read again before.
        assert seconds <= found < seconds + 10
    else:
        assert found == pytest.approx(seconds)


def test_steps_of_different_operations_go_at_once() -> None:
    mixed = steps(ops.CREATE_ENTITY, ops.CREATE_APPLICATION, ops.CREATE_ASSOCIATION)
    assert cost(mixed, 1.0).seconds == 0.0


def test_what_is_read_again() -> None:
    (deletion, create, alias, made) = steps(
        ops.DELETE_APPLICATION, ops.CREATE_ENTITY, ops.MODIFY_ENTITY, ops.CREATE_STRATEGY
    )
    assert rereading(deletion) == Counter(
        {ops.GET_APPLICATION: 1, ops.GET_ASSOCIATIONS: 1, ops.GET_STRATEGIES: 1, ops.GET_SUBSCRIPTIONS: 22}
    )
    assert rereading(create) == Counter()
    assert rereading(alias) == Counter({ops.GET_ENTITY: 1})
    assert rereading(made) == Counter({ops.GET_STRATEGIES: 1})


def test_what_is_created_is_confirmed_by_a_listing_of_all_there_is() -> None:
    many = steps(*[ops.CREATE_ENTITY] * CONFIRMED_FROM, ops.CREATE_APPLICATION)
    assert cost(many[1:], 1.0, {Kind.ENTITY: 5000}).reads == 0
    assert cost(many, 1.0, {Kind.APPLICATION: 5000}).reads == 1
    found = cost(many, 1.0, {Kind.ENTITY: 5000})
    assert found.reads == 6
    assert found.seconds == pytest.approx(CONFIRMED_FROM - 1 + 5)


def test_without_limits_it_takes_no_time() -> None:
    found = cost(steps(ops.DELETE_ENTITY, ops.UPDATE_API_KEY), None)
    assert (found.writes, found.reads, found.requests, found.seconds) == (2, 26, 28, 0.0)
