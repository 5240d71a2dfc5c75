"""Who goes first at the gate, and how many at once, on a clock that stands still until all of them wait."""

from __future__ import annotations

import asyncio
import heapq
from contextlib import asynccontextmanager
from itertools import count, pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st

from entitree.api.client import PlatformClient
from entitree.api.gate import HeldError, LocalGate, ahead
from entitree.api.operations import GET_ENTITIES, GET_NUMBERS, SET_INBOUND, Limit, Operation
from entitree.api.transport import Credential, Reply, Request, Transport, open_transport
from entitree.sandbox import open_sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


class Clock:
    """Moves to the next end of a sleep once nobody has anything else to do."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.busy = 0
        """Requests under way, which take no time."""
        self._sleepers: list[tuple[float, int, asyncio.Event]] = []
        self._numbers = count()

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._numbers), woken))
        await woken.wait()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()

    async def _run(self) -> None:
        while True:
            for _ in range(20):
                await asyncio.sleep(0)
            if self._sleepers and not self.busy:
                when, _, woken = heapq.heappop(self._sleepers)
                self.now = max(self.now, when)
                woken.set()


class Quick:
    """A transport on which the clock stands still."""

    def __init__(self, inner: Transport, clock: Clock) -> None:
        self.inner = inner
        self.clock = clock

    async def send(self, request: Request, *, deadline: float) -> Reply:
        self.clock.busy += 1
        try:
            return await self.inner.send(request, deadline=deadline)
        finally:
            self.clock.busy -= 1

    async def aclose(self) -> None:
        await self.inner.aclose()


class Queue:
    """Callers of one operation, and the order and time in which they went."""

    def __init__(self, operation: Operation = GET_ENTITIES) -> None:
        self.clock = Clock()
        self.gate = LocalGate(clock=self.clock, sleep=self.clock.sleep)
        self.operation = operation
        self.went: list[tuple[str, float]] = []

    def come(self, name: str, *, first: bool = False) -> asyncio.Task[None]:
        if not first:
            return asyncio.create_task(self._enter(name))
        with ahead():
            return asyncio.create_task(self._enter(name))

    async def _enter(self, name: str) -> None:
        await self.gate.enter(self.operation)
        self.went.append((name, self.clock.now - 1000.0))

    def names(self) -> str:
        return "".join(name for name, _ in self.went)

    def gaps(self) -> list[float]:
        return [after - before for (_, before), (_, after) in pairwise(self.went)]


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_who_is_ahead_passes_all_others_even_the_one_already_counting_down() -> None:
    queue = Queue()
    tasks = [queue.come(name) for name in "abcd"]
    await settled()
    tasks += [queue.come(name, first=True) for name in "XY"]
    async with queue.clock.running():
        await asyncio.gather(*tasks)
    assert queue.names() == "aXYbcd"
    assert queue.gaps() == [pytest.approx(1.02)] * 5


async def test_who_comes_ahead_meanwhile_passes_those_that_are_left() -> None:
    queue = Queue()
    tasks = [queue.come(name) for name in "abc"]
    async with queue.clock.running():
        await tasks[1]
        tasks.append(queue.come("X", first=True))
        await asyncio.gather(*tasks)
    assert queue.names() == "abXc"
    assert queue.gaps() == [pytest.approx(1.02)] * 3


async def test_ahead_is_for_one_operation_and_ends_with_the_block() -> None:
    queue = Queue()
    with ahead():
        with ahead():
            pass
        tasks = [queue.come("a")]
    tasks += [queue.come("b"), queue.come("c")]
    await settled()
    tasks += [queue.come("d"), queue.come("X", first=True)]
    async with queue.clock.running():
        with ahead():
            await queue.gate.enter(GET_NUMBERS)
        await asyncio.gather(*tasks)
    assert queue.names() == "aXbcd"


@pytest.mark.parametrize("cancelled", ["X", "b", "Xb", "Xbc", "bcd", "XbcdY"])
async def test_cancelled_callers_neither_lose_nor_double_a_slot(cancelled: str) -> None:
    queue = Queue()
    tasks = {name: queue.come(name) for name in "abcd"}
    await settled()
    tasks |= {name: queue.come(name, first=True) for name in "XY"}
    await settled()
    for name in cancelled:
        tasks[name].cancel()
    async with queue.clock.running():
        await asyncio.gather(*tasks.values(), return_exceptions=True)
        assert queue.names() == "".join(name for name in "aXYbcd" if name not in cancelled)
        await queue.come("z")
    assert queue.gaps() == [pytest.approx(1.02)] * len(queue.gaps())


async def test_who_is_cancelled_at_the_very_moment_of_their_turn_takes_nothing_along() -> None:
    queue = Queue()
    tasks = {name: queue.come(name) for name in "abc"}
    await settled()
    # The sleep of `b` has ended, and `b` has not run yet.
    queue.clock.now += 1.02
    queue.clock._sleepers[0][2].set()
    tasks["b"].cancel()
    async with queue.clock.running():
        await asyncio.gather(*tasks.values(), return_exceptions=True)
    assert queue.went == [("a", 0.0), ("c", pytest.approx(1.02))]


async def test_who_is_ahead_waits_for_a_429_as_all_do() -> None:
    queue = Queue()
    tasks = [queue.come(name) for name in "ab"]
    await settled()
    queue.gate.throttled(GET_ENTITIES, 30.0)
    with ahead(), pytest.raises(HeldError):
        await queue.gate.enter(GET_ENTITIES, 5.0)
    tasks.append(queue.come("X", first=True))
    async with queue.clock.running():
        await asyncio.gather(*tasks)
    assert [(name, round(at, 2)) for name, at in queue.went][:2] == [("a", 0.0), ("X", 30.0)]


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.floats(0, 3)), min_size=1, max_size=12))
def test_whoever_comes_and_goes_the_pace_is_kept_and_all_get_through(
    callers: list[tuple[bool, bool, float]],
) -> None:
    async def play() -> None:
        queue = Queue()
        tasks = []
        async with queue.clock.running():
            for number, (first, gives_up, pause) in enumerate(callers):
                tasks.append(queue.come(str(number), first=first))
                await queue.clock.sleep(pause)
                if gives_up:
                    tasks[-1].cancel()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        through = [number for number, outcome in enumerate(outcomes) if outcome is None]
        assert sorted(name for name, _ in queue.went) == sorted(map(str, through))
        assert all(gap >= 1.0 for gap in queue.gaps())

    asyncio.run(play())


@pytest.mark.parametrize("operation", [GET_NUMBERS, SET_INBOUND], ids=lambda operation: operation.name)
async def test_a_bucket_is_emptied_at_once_after_a_rest_and_then_filled_evenly(operation: Operation) -> None:
    limit = operation.limit
    assert limit is not None
    assert limit.burst is not None
    evenly = limit.seconds / limit.requests * 1.02
    queue = Queue(operation)
    async with queue.clock.running():
        for _ in range(2):
            queue.went.clear()
            await asyncio.gather(*(queue.come("x") for _ in range(limit.burst + 50)))
            assert queue.gaps()[: limit.burst - 1] == [0.0] * (limit.burst - 1)
            assert queue.gaps()[limit.burst - 1 :] == [pytest.approx(evenly)] * 50
            queue.clock.now += 100
        queue.went.clear()
        await asyncio.gather(*(queue.come("x") for _ in range(limit.burst)))
        queue.went.clear()
        # Half a rest gives half a bucket.
        queue.clock.now += evenly * (limit.burst // 2 + 0.1)
        await asyncio.gather(*(queue.come("x") for _ in range(limit.burst)))
    assert queue.gaps().count(0.0) == limit.burst // 2 - 1


async def test_after_a_429_a_bucket_is_taken_for_empty() -> None:
    queue = Queue(SET_INBOUND)
    queue.gate.throttled(SET_INBOUND, 5.0)
    async with queue.clock.running():
        await asyncio.gather(*(queue.come("x") for _ in range(5)))
    assert queue.went[0][1] == pytest.approx(5.0)
    assert min(queue.gaps()) >= 0.5


async def test_the_estimate_knows_of_the_bucket() -> None:
    queue = Queue(SET_INBOUND)
    assert queue.gate.wait_estimate(SET_INBOUND, 10) == 0.0
    estimate = queue.gate.wait_estimate(SET_INBOUND, 40)
    async with queue.clock.running():
        await asyncio.gather(*(queue.come("x") for _ in range(40)))
    assert queue.clock.now - 1000 == pytest.approx(estimate)
    assert queue.gate.wait_estimate(SET_INBOUND, 1) == pytest.approx(0.51)


@given(
    st.integers(1, 5),
    st.integers(1, 8),
    st.lists(st.one_of(st.just(0.0), st.floats(0, 4), st.floats(0, 60)), max_size=40),
)
def test_no_documented_bucket_is_ever_overdrawn(rate: int, burst: int, pauses: list[float]) -> None:
    async def play() -> None:
        operation = Operation("x", "GET", "/x", 200, Limit(rate, burst=burst), (), ())
        queue = Queue(operation)
        tokens, drawn_at = float(burst), queue.clock.now
        async with queue.clock.running():
            for pause in pauses:
                await queue.clock.sleep(pause)
                await queue.gate.enter(operation)
                tokens = min(burst, tokens + (queue.clock.now - drawn_at) * rate)
                drawn_at = queue.clock.now
                assert tokens >= 1 - 1e-9
                tokens -= 1

    asyncio.run(play())


async def test_the_sandbox_at_real_limits_refuses_nothing(tmp_path: Path) -> None:
    clock = Clock()
    sandbox = open_sandbox(tmp_path / "platform.db", seed="demo", limits=1.0, clock=clock)
    refused: list[object] = []

    class Noting(LocalGate):
        def throttled(self, operation: Operation, retry_after: float | None) -> None:
            refused.append(operation.name)

    transport = Quick(open_transport("http://127.0.0.1", asgi_app=sandbox.app), clock)
    credential = Credential(sandbox.api_key, sandbox.user, sandbox.password)
    gate = Noting(clock=clock, sleep=clock.sleep)

    async def read(client: PlatformClient) -> None:
        keys = [row.number_key async for page in client.numbers(10) for row in page.results]
        async for _ in client.domains(1):
            pass
        for key in keys[:15]:
            async for _ in client.inbound_configurations(channel="SMS", number_key=key):
                pass
        async for _ in client.entities(100):
            pass
        async for _ in client.api_keys(1):
            pass

    client = PlatformClient(transport, credential, gate, clock=clock, sleep=clock.sleep)
    async with client, clock.running():
        await asyncio.gather(read(client), read(client))
    assert refused == []
    sandbox.close()
