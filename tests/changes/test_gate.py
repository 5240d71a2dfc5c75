"""The gate that processes share. Several gates on one file are several processes to it; time is our own."""

from __future__ import annotations

import asyncio
import heapq
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from itertools import count, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import given, settings, strategies as st

from entitree.api.gate import HeldError, ahead
from entitree.api.operations import GET_ENTITIES, GET_SUBSCRIPTIONS, SET_INBOUND, UPDATE_API_KEY, Operation
from entitree.api.pace import new_lane
from entitree.changes.gate import SharedGate
from entitree.changes.gate_file import GRACE, PaceFile

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

T = TypeVar("T")

_DAY = 86_400.0
_ROUNDS = 20


class Clock:
    """Moves to the next end of a sleep once nobody has anything else to do."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0
        self.busy = 0
        """What threads are doing."""
        self._sleepers: list[tuple[float, int, asyncio.Event]] = []
        self._numbers = count()

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._numbers), woken))
        await woken.wait()

    def set_by(self, seconds: float) -> None:
        """Somebody sets it, which does not change how long those sleep that do."""
        self.now += seconds
        self._sleepers = [(at + seconds, number, woken) for at, number, woken in self._sleepers]

    async def run(self) -> None:
        idle = 0
        while True:
            await asyncio.sleep(0)
            # What a thread has just done takes the loop some rounds to hand on.
            idle = 0 if self.busy else idle + 1
            if self._sleepers and idle >= _ROUNDS:
                idle = 0
                when, _, woken = heapq.heappop(self._sleepers)
                self.now = max(self.now, when)
                woken.set()


class Gate(SharedGate):
    def __init__(self, path: Path, clock: Clock, factor: float | None, told: list[str]) -> None:
        super().__init__(path, factor, clock=clock, sleep=clock.sleep, tell=told.append)
        self.clock = clock

    def _submit(self, work: Callable[[], T]) -> asyncio.Future[T]:
        future = super()._submit(work)
        self.clock.busy += 1
        future.add_done_callback(self._idle)
        return future

    def _idle(self, _: object) -> None:
        self.clock.busy -= 1


class Account:
    """Gates on one file, and the order and time in which callers of one operation went."""

    def __init__(self, folder: Path, factor: float | None = 1.0) -> None:
        self.path = folder / "gate.db"
        self.clock = Clock()
        self.told: list[str] = []
        self.went: list[tuple[str, float]] = []
        self._factor = factor
        self._gates: list[Gate] = []

    def gate(self) -> Gate:
        self._gates.append(Gate(self.path, self.clock, self._factor, self.told))
        return self._gates[-1]

    def come(
        self, gate: Gate, name: str, operation: Operation = GET_ENTITIES, *, first: bool = False
    ) -> asyncio.Task[None]:
        async def enter() -> None:
            await gate.enter(operation)
            self.went.append((name, self.clock.now - 1_700_000_000.0))

        if not first:
            return asyncio.create_task(enter())
        with ahead():
            return asyncio.create_task(enter())

    def names(self) -> str:
        return "".join(name for name, _ in self.went)

    def gaps(self) -> list[float]:
        return [after - before for (_, before), (_, after) in pairwise(self.went)]

    async def idle(self) -> None:
        """Until nobody does anything but sleep."""
        idle = 0
        while idle < _ROUNDS:
            await asyncio.sleep(0)
            idle = 0 if self.clock.busy else idle + 1

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.clock.run())
        try:
            yield
        finally:
            task.cancel()

    async def __aenter__(self) -> Account:
        return self

    async def __aexit__(self, *_: object) -> None:
        for gate in self._gates:
            await gate.aclose()


@pytest.mark.parametrize("gates", [1, 4])
async def test_together_they_use_the_allowed_rate_and_never_more(tmp_path: Path, gates: int) -> None:
    async with Account(tmp_path) as account, account.running():
        mine = [account.gate() for _ in range(gates)]
        await asyncio.gather(*(account.come(mine[n % gates], "x") for n in range(60)))
        assert min(account.gaps()) >= 1.0
        assert 59 / (account.went[-1][1] - account.went[0][1]) >= 0.97


def modes(folder: Path) -> set[int]:
    return {each.stat().st_mode & 0o777 for each in folder.iterdir()}


def clear(folder: Path) -> None:
    for each in folder.iterdir():
        if each.is_dir():
            each.rmdir()
        else:
            each.unlink()


async def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    async with Account(tmp_path) as account:
        await account.gate().enter(GET_ENTITIES)
        assert modes(tmp_path) == {0o600}


async def test_a_bucket_is_shared_too(tmp_path: Path) -> None:
    async with Account(tmp_path) as account, account.running():
        mine = [account.gate(), account.gate()]
        await asyncio.gather(*(account.come(mine[n % 2], "x", SET_INBOUND) for n in range(20)))
        assert account.gaps()[:9] == [0.0] * 9
        assert account.gaps()[9:] == [pytest.approx(0.51)] * 10


async def test_who_is_ahead_in_one_process_goes_before_who_waits_in_another(tmp_path: Path) -> None:
    async with Account(tmp_path) as account:
        bulk, seen = account.gate(), account.gate()
        tasks = [account.come(bulk, name) for name in "abc"]
        await account.idle()
        tasks += [account.come(seen, name, first=True) for name in "XY"]
        await account.idle()
        async with account.running():
            await asyncio.gather(*tasks)
        assert account.names() == "aXYbc"
        assert max(account.gaps()) < 1.1


async def test_a_claim_that_nobody_comes_for_ends_by_itself(tmp_path: Path) -> None:
    async with Account(tmp_path) as account, account.running():
        gate = account.gate()
        await account.come(gate, "a")
        killed = PaceFile(account.path, "killed", account.clock)
        assert killed.attempt(GET_ENTITIES.name, new_lane(GET_ENTITIES, 1.0), ahead=True).wait > 0
        killed.close()
        await asyncio.gather(account.come(gate, "b"), account.come(gate, "c"))
        assert 1.02 < account.gaps()[0] <= 1.02 + GRACE + 0.05
        assert 1.0 < account.gaps()[1] < 1.021


async def test_a_claim_is_withdrawn_by_who_is_cancelled(tmp_path: Path) -> None:
    async with Account(tmp_path) as account:
        bulk, seen = account.gate(), account.gate()
        tasks = [account.come(bulk, name) for name in "ab"]
        await account.idle()
        claiming = account.come(seen, "X", first=True)
        await account.idle()
        claiming.cancel()
        await account.idle()
        async with account.running():
            await asyncio.gather(*tasks)
        assert account.went == [("a", 0.0), ("b", pytest.approx(1.02))]


async def test_callers_cancelled_while_waiting_cost_no_slot(tmp_path: Path) -> None:
    async with Account(tmp_path) as account:
        gate = account.gate()
        tasks = {name: account.come(gate, name) for name in "abcd"}
        await account.idle()
        for name in "bc":
            tasks[name].cancel()
        async with account.running():
            await asyncio.gather(*tasks.values(), return_exceptions=True)
        assert account.went == [("a", 0.0), ("d", pytest.approx(1.02))]


@pytest.mark.parametrize("operation", [GET_ENTITIES, UPDATE_API_KEY], ids=lambda each: each.name)
async def test_a_slot_taken_for_who_was_cancelled_meanwhile_is_given_back(
    tmp_path: Path, operation: Operation
) -> None:
    async with Account(tmp_path) as account, account.running():
        gate = account.gate()
        await gate.enter(GET_SUBSCRIPTIONS)
        task = account.come(gate, "a", operation)
        while not account.clock.busy:  # noqa: ASYNC110
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await account.idle()
        for n in range(40 if operation is UPDATE_API_KEY else 1):
            await account.come(gate, str(n), operation)
        assert account.went[-1][1] == 0.0


@pytest.mark.parametrize("operation", [GET_ENTITIES, GET_SUBSCRIPTIONS], ids=lambda each: each.name)
async def test_what_one_was_refused_holds_the_others_back(tmp_path: Path, operation: Operation) -> None:
    async with Account(tmp_path) as account, account.running():
        refused, other = account.gate(), account.gate()
        await refused.enter(operation)
        await other.enter(operation)
        refused.throttled(operation, 30.0)
        before = account.clock.now
        await account.idle()
        with pytest.raises(HeldError) as held:
            await other.enter(operation, 20.0)
        assert held.value.seconds == pytest.approx(30.0)
        await other.enter(operation, 40.0)
        assert account.clock.now == pytest.approx(before + 30)
        # And is spaced wider afterwards.
        assert other.wait_estimate(operation, 2) > refused.wait_estimate(GET_SUBSCRIPTIONS, 0) + 0.04


async def test_forty_key_changes_go_at_once_and_then_none_until_the_oldest_is_a_day_old(
    tmp_path: Path,
) -> None:
    async with Account(tmp_path) as account, account.running():
        mine = [account.gate(), account.gate()]
        for n in range(40):
            await mine[n % 2].enter(UPDATE_API_KEY, 0.0)
        assert account.clock.now == 1_700_000_000.0
        account.clock.set_by(3_600.0)
        # Also for one that was started since.
        for gate in (*mine, account.gate()):
            with pytest.raises(HeldError) as held:
                await gate.enter(UPDATE_API_KEY, 120.0)
            assert held.value.seconds == pytest.approx(_DAY - 3_600, abs=120)
        await mine[0].enter(UPDATE_API_KEY)
        assert account.clock.now == pytest.approx(1_700_000_000.0 + _DAY, abs=120)
        assert account.clock.now > 1_700_000_000.0 + _DAY
        assert mine[0].wait_estimate(UPDATE_API_KEY, 39) == 0.0
        assert mine[0].wait_estimate(UPDATE_API_KEY, 40) == pytest.approx(_DAY, abs=120)


@pytest.mark.parametrize("by", [-10 * _DAY, -5.0, 10 * _DAY])
async def test_a_clock_that_is_set_makes_nobody_wait_longer(tmp_path: Path, by: float) -> None:
    async with Account(tmp_path) as account, account.running():
        gate = account.gate()
        for _ in range(40):
            await gate.enter(UPDATE_API_KEY)
        await gate.enter(GET_ENTITIES)
        gate.throttled(SET_INBOUND, 50.0)
        await account.idle()
        account.clock.set_by(by)
        before = account.clock.now
        for fresh in (gate, account.gate()):
            await fresh.enter(GET_ENTITIES)
        assert account.clock.now - before <= 2 * 1.02 + 1e-6
        await gate.enter(SET_INBOUND)
        assert account.clock.now - before <= 60.0
        await gate.enter(UPDATE_API_KEY)
        assert account.clock.now - before <= _DAY + 120


def damaged(path: Path) -> None:
    path.write_bytes(b"no database at all" * 1_000)


def folder_instead(path: Path) -> None:
    path.mkdir()


def nonsense(path: Path) -> None:
    file = PaceFile(path, "x", time.time)
    file.attempt(GET_ENTITIES.name, new_lane(GET_ENTITIES, 1.0), ahead=False)
    with file._writing() as db:
        db.execute("UPDATE lane SET held = 'soon'")
    file.close()


def newer(path: Path) -> None:
    file = PaceFile(path, "x", time.time)
    file._connect().execute("PRAGMA user_version = 99")
    file.close()


@pytest.mark.parametrize("spoil", [damaged, folder_instead, nonsense, newer])
async def test_without_a_file_each_keeps_the_pace_by_itself_and_says_so_once(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    async with Account(tmp_path) as account, account.running():
        spoil(account.path)
        gate = account.gate()
        for _ in range(3):
            await account.come(gate, "x")
        gate.throttled(GET_ENTITIES, 5.0)
        await account.come(gate, "x")
        assert account.gaps() == [pytest.approx(1.02), pytest.approx(1.02), pytest.approx(5.0)]
        assert account.told == [gate.problem]
        assert str(account.path) in gate.problem
        assert "other processes" in gate.problem
        # Once it is out of the way, it is shared again.
        clear(tmp_path)
        account.clock.set_by(100.0)
        await account.come(gate, "x")
        other = account.gate()
        await account.come(other, "y")
        assert account.gaps()[-1] == pytest.approx(1.02, rel=0.1)
        assert len(account.told) == 1


async def test_a_file_that_is_moved_away_is_made_anew(tmp_path: Path) -> None:
    async with Account(tmp_path) as account, account.running():
        gate, other = account.gate(), account.gate()
        for each in (gate, other):
            await each.enter(GET_ENTITIES)
        clear(tmp_path)
        await account.come(gate, "a")
        await account.come(other, "b")
        assert account.gaps() == [pytest.approx(1.02)]
        assert account.told == []


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 3), st.sampled_from(["enter", "ahead", "cancel", "429"]), st.floats(0.0, 3.0)
        ),
        min_size=1,
        max_size=20,
    )
)
def test_whoever_comes_and_goes_the_pace_is_kept_and_all_get_through(
    events: list[tuple[int, str, float]],
) -> None:
    async def play(folder: Path) -> None:
        async with Account(folder) as account, account.running():
            gates = [account.gate() for _ in range(4)]
            tasks = []
            for number, (which, what, pause) in enumerate(events):
                if what == "429":
                    gates[which].throttled(GET_ENTITIES, pause)
                else:
                    tasks.append(account.come(gates[which], str(number), first=what == "ahead"))
                await account.clock.sleep(pause)
                if what == "cancel":
                    tasks[-1].cancel()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
            assert len(account.went) == outcomes.count(None)
            assert all(gap >= 1.0 for gap in account.gaps())

    with TemporaryDirectory() as name:
        asyncio.run(play(Path(name)))


_CHILD = """
import asyncio, json, sys
from pathlib import Path
from entitree.api.operations import GET_ENTITIES
from entitree.changes.gate import SharedGate

async def main():
    gate = SharedGate(Path(sys.argv[1]), float(sys.argv[2]))
    at, attempt = [], gate._file.attempt
    def noting(*args, **options):
        found = attempt(*args, **options)
        if found.taken is not None:
            at.append(found.taken.at)
        return found
    gate._file.attempt = noting
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(int(sys.argv[3])):
        await gate.enter(GET_ENTITIES)
    await gate.aclose()
    print(json.dumps([at, gate.problem]))

asyncio.run(main())
"""

_WAITING = """
import asyncio, sys
from pathlib import Path
from entitree.api.gate import ahead
from entitree.api.operations import GET_ENTITIES
from entitree.changes.gate import SharedGate

async def sleep(seconds):
    print("waiting", flush=True)
    await asyncio.sleep(seconds)

async def main():
    gate = SharedGate(Path(sys.argv[1]), 0.001, sleep=sleep)
    with ahead():
        await gate.enter(GET_ENTITIES)
        await gate.enter(GET_ENTITIES)

asyncio.run(main())
"""


def started(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ}
    )


def test_real_processes_share_one_pace(tmp_path: Path) -> None:
    factor, each = 25.0, 8
    children = [started(_CHILD, tmp_path / "gate.db", factor, each) for _ in range(3)]
    went: list[float] = []
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("\n")
        child.stdin.flush()
    for child in children:
        at, problem = json.loads(child.communicate()[0])
        assert problem == ""
        assert len(at) == each
        went += at
    gaps = [after - before for before, after in pairwise(sorted(went))]
    assert min(gaps) >= 1 / factor


def test_a_process_killed_while_it_waits_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "gate.db"
    child = started(_WAITING, path)
    assert child.stdout is not None
    assert child.stdout.readline() == "waiting\n"
    child.send_signal(signal.SIGKILL)
    child.communicate()
    fresh = new_lane(GET_ENTITIES, 0.001)
    before = PaceFile(path, "other", time.time)
    wait = before.attempt(GET_ENTITIES.name, fresh, ahead=False).wait
    assert 0 < wait <= 1_020
    before.close()
    later = PaceFile(path, "other", lambda: time.time() + wait + GRACE)
    assert later.attempt(GET_ENTITIES.name, fresh, ahead=False).wait == 0
    later.close()
