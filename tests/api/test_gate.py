"""Pace, on a clock of our own: `sleep` moves it, so nothing here waits."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from entitree.api.gate import HeldError, LocalGate
from entitree.api.operations import (
    GET_APPLICATIONS,
    GET_ENTITIES,
    GET_SUBSCRIPTIONS,
    UPDATE_API_KEY,
    Limit,
    Operation,
)


class Clock:
    """Time that passes only while someone sleeps, and `late` seconds more than asked for."""

    def __init__(self, late: float = 0.0) -> None:
        self.now = 1000.0
        self.late = late

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.now += seconds + self.late


def gate_on(clock: Clock, factor: float | None = 1.0) -> LocalGate:
    return LocalGate(factor, clock=clock, sleep=clock.sleep)


async def times(gate: LocalGate, clock: Clock, operation: Operation, count: int) -> list[float]:
    entered = []
    for _ in range(count):
        await gate.enter(operation)
        entered.append(clock.now)
    return entered


@pytest.mark.parametrize("factor", [0.5, 1.0, 10.0])
@pytest.mark.parametrize("late", [0.0, 0.0005])
async def test_the_allowed_rate_is_used_and_never_exceeded(factor: float, late: float) -> None:
    clock = Clock(late)
    entered = await times(gate_on(clock, factor), clock, GET_ENTITIES, 200)
    allowed = 1 / factor
    gaps = [after - before for before, after in pairwise(entered)]
    assert min(gaps) >= allowed
    assert 199 * allowed / (entered[-1] - entered[0]) >= 0.97


async def test_the_first_goes_at_once_and_so_does_one_after_a_rest() -> None:
    clock = Clock()
    gate = gate_on(clock)
    assert await times(gate, clock, GET_ENTITIES, 1) == [1000.0]
    clock.now += 500
    assert await times(gate, clock, GET_ENTITIES, 2) == [1500.0, pytest.approx(1501.02)]


async def test_each_operation_has_a_lane_of_its_own() -> None:
    clock = Clock()
    gate = gate_on(clock)
    await gate.enter(GET_ENTITIES)
    await gate.enter(GET_APPLICATIONS)
    assert clock.now == 1000.0


@pytest.mark.parametrize(("operation", "factor"), [(GET_SUBSCRIPTIONS, 1.0), (GET_ENTITIES, None)])
async def test_without_a_limit_nobody_waits(operation: Operation, factor: float | None) -> None:
    clock = Clock()
    await times(gate_on(clock, factor), clock, operation, 100)
    assert clock.now == 1000.0


async def test_concurrent_callers_go_in_the_order_they_came() -> None:
    clock = Clock()
    gate = gate_on(clock)
    order: list[int] = []

    async def caller(number: int) -> None:
        await gate.enter(GET_ENTITIES)
        order.append(number)

    await asyncio.gather(*(caller(number) for number in range(20)))
    assert order == list(range(20))
    assert clock.now == pytest.approx(1000 + 19 * 1.02)


async def test_a_caller_cancelled_while_waiting_costs_no_slot() -> None:
    clock = Clock()
    gate = gate_on(clock)
    await gate.enter(GET_ENTITIES)
    tasks = [asyncio.create_task(gate.enter(GET_ENTITIES)) for _ in range(5)]
    await asyncio.sleep(0)
    for task in tasks[:4]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert [task.cancelled() for task in tasks] == [True] * 4 + [False]
    assert clock.now == pytest.approx(1001.02)


async def test_a_429_holds_the_lane_for_as_long_as_asked() -> None:
    clock = Clock()
    gate = gate_on(clock)
    await gate.enter(GET_ENTITIES)
    gate.throttled(GET_ENTITIES, 7.0)
    await gate.enter(GET_ENTITIES)
    assert clock.now == pytest.approx(1007.0)


async def test_a_429_holds_also_those_already_waiting() -> None:
    clock = Clock()
    gate = gate_on(clock)
    await gate.enter(GET_ENTITIES)
    waiting = asyncio.create_task(gate.enter(GET_ENTITIES))
    await asyncio.sleep(0)
    gate.throttled(GET_ENTITIES, 30.0)
    await waiting
    assert clock.now == pytest.approx(1030.0)


async def test_without_retry_after_the_pauses_double_and_success_ends_that() -> None:
    clock = Clock()
    gate = gate_on(clock)
    pauses = []
    for _ in range(5):
        await gate.enter(GET_ENTITIES)
        gate.throttled(GET_ENTITIES, None)
        before = clock.now
        await gate.enter(GET_ENTITIES)
        pauses.append(clock.now - before)
        gate.throttled(GET_ENTITIES, None)
    assert pauses == sorted(pauses)
    assert pauses[-1] > 15
    await times(gate, clock, GET_ENTITIES, 3)
    gate.throttled(GET_ENTITIES, None)
    before = clock.now
    await gate.enter(GET_ENTITIES)
    assert clock.now - before < 2


async def test_no_pause_that_nobody_asked_for_is_longer_than_two_minutes() -> None:
    clock = Clock()
    gate = gate_on(clock)
    for _ in range(30):
        await gate.enter(GET_ENTITIES)
        gate.throttled(GET_ENTITIES, None)
    assert gate.wait_estimate(GET_ENTITIES, 1) == pytest.approx(120.0)


async def test_what_the_platform_asks_for_is_what_is_waited() -> None:
    clock = Clock()
    gate = gate_on(clock)
    gate.throttled(GET_ENTITIES, 86_400.0)
    gate.throttled(GET_ENTITIES, None)
    assert gate.wait_estimate(GET_ENTITIES, 1) == pytest.approx(86_400.0)


async def test_several_refused_together_are_one_refusal() -> None:
    clock = Clock()
    gate = gate_on(clock)
    await gate.enter(GET_SUBSCRIPTIONS)
    for _ in range(6):
        gate.throttled(GET_SUBSCRIPTIONS, None)
    assert gate.wait_estimate(GET_SUBSCRIPTIONS, 1) == pytest.approx(1.0)


async def test_who_has_no_patience_for_a_429_is_told_at_once() -> None:
    clock = Clock()
    gate = gate_on(clock)
    await gate.enter(GET_ENTITIES)
    waiting = [asyncio.create_task(gate.enter(GET_ENTITIES, 30.0)) for _ in range(2)]
    await asyncio.sleep(0)
    gate.throttled(GET_ENTITIES, 600.0)
    before = clock.now
    for outcome in await asyncio.gather(*waiting, return_exceptions=True):
        assert isinstance(outcome, HeldError)
    assert clock.now < before + 2
    await gate.enter(GET_APPLICATIONS, 0.0)
    await gate.enter(GET_ENTITIES, 600.0)
    assert clock.now == pytest.approx(before + 600)


async def test_the_pace_itself_needs_no_patience() -> None:
    clock = Clock()
    gate = gate_on(clock)
    await asyncio.gather(*(gate.enter(GET_ENTITIES, 0.0) for _ in range(5)))
    assert clock.now == pytest.approx(1004.08)


@pytest.mark.parametrize("operation", [GET_ENTITIES, GET_SUBSCRIPTIONS])
async def test_after_a_429_the_spacing_is_wider_and_slowly_recovers(operation: Operation) -> None:
    clock = Clock()
    gate = gate_on(clock)
    usual = gate.wait_estimate(operation, 101) / 100
    gate.throttled(operation, 0.0)
    await gate.enter(operation)
    wider = gate.wait_estimate(operation, 101) / 100
    assert wider > usual + 0.04
    await times(gate, clock, operation, 20)
    assert usual < gate.wait_estimate(operation, 101) / 100 < wider
    await times(gate, clock, operation, 400)
    clock.now += 10
    assert gate.wait_estimate(operation, 101) / 100 == pytest.approx(usual)


async def test_the_estimate_is_what_it_takes() -> None:
    clock = Clock()
    gate = gate_on(clock)
    await gate.enter(GET_ENTITIES)
    estimate = gate.wait_estimate(GET_ENTITIES, 50)
    before = clock.now
    await times(gate, clock, GET_ENTITIES, 50)
    assert clock.now - before == pytest.approx(estimate)
    assert gate.wait_estimate(GET_ENTITIES, 0) == 0.0
    assert gate.wait_estimate(GET_SUBSCRIPTIONS, 1000) == 0.0


@given(
    st.lists(st.one_of(st.none(), st.floats(0, 300), st.just("enter"), st.floats(-5, -0.001)), max_size=40)
)
def test_whatever_happens_nothing_goes_too_early(events: list[float | str | None]) -> None:
    async def play() -> None:
        clock = Clock()
        gate = gate_on(clock)
        earliest = clock.now
        for event in events:
            if event == "enter":
                await gate.enter(GET_ENTITIES)
                assert clock.now >= earliest
                earliest = clock.now + 1.0
            elif isinstance(event, float) and event < 0:
                clock.now -= event
            elif event is None or isinstance(event, float):
                gate.throttled(GET_ENTITIES, event)
                earliest = max(earliest, clock.now + (event or 1.0))

    asyncio.run(play())


@pytest.mark.parametrize("factor", [0.0, -1.0, float("inf"), float("nan")])
def test_a_pace_that_is_none_is_refused(factor: float) -> None:
    with pytest.raises(ValueError, match="factor"):
        LocalGate(factor)


async def test_a_limit_by_the_day_may_be_used_up_at_once_and_then_nothing_goes_for_a_day() -> None:
    clock = Clock()
    gate = gate_on(clock)
    assert await times(gate, clock, UPDATE_API_KEY, 40) == [1000.0] * 40
    clock.now += 3_600
    with pytest.raises(HeldError) as held:
        await gate.enter(UPDATE_API_KEY, 30.0)
    assert held.value.seconds == pytest.approx(86_400 - 3_600, abs=120)
    estimate = gate.wait_estimate(UPDATE_API_KEY, 41)
    before = clock.now
    assert min(await times(gate, clock, UPDATE_API_KEY, 40)) > 1000 + 86_400
    await gate.enter(UPDATE_API_KEY)
    assert clock.now - before == pytest.approx(estimate)


@given(
    st.integers(1, 5),
    st.sampled_from([0.5, 1.0, 3.0]),
    st.lists(st.floats(0, 3_000), max_size=60),
)
def test_no_window_of_a_budget_ever_holds_more_than_it_may(
    requests: int, factor: float, pauses: list[float]
) -> None:
    async def play() -> None:
        clock = Clock()
        gate = gate_on(clock, factor)
        operation = Operation("x", "GET", "/x", 200, Limit(requests, 3_600.0), (), ())
        went = []
        for pause in pauses:
            clock.now += pause
            await gate.enter(operation)
            went.append(clock.now)
        allowed = max(1, int(requests * factor))
        window = 3_600.0 * allowed / (requests * factor)
        for first, after in zip(went, went[allowed:], strict=False):
            assert after - first > window

    asyncio.run(play())
