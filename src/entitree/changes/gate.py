"""The gate of all processes on one account: they share its limits, and what someone looks at goes first.

Nothing is reserved: a slot is taken in the moment in which it is due, so that a process that is killed while
it waits takes none along.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from math import inf
from typing import TYPE_CHECKING, TypeVar

from entitree.api.gate import HeldError, Line, is_ahead
from entitree.api.pace import checked_factor, new_lane
from entitree.changes.gate_file import Attempt, PaceFile
from entitree.disk import storage_error

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from entitree.api.operations import Operation
    from entitree.api.pace import Lane

T = TypeVar("T")

_LONGEST_SLEEP = 60.0
"""Seconds; the clock may be set meanwhile."""

_RETRY = 60.0
"""Seconds for which a file that could not be used is left alone."""

_TROUBLE = (sqlite3.Error, OSError, ValueError)


class SharedGate:
    """A gate for all processes that open the file at `path`, at `factor` times the documented pace as in
    `LocalGate`. The clock is one that all of them read, and may be set: nothing waits longer for it than it
    would have otherwise.

    Where the file cannot be used, this process keeps the pace by itself, as if it were alone; `problem` then
    says so, and `tell` is called with that sentence, once. It is tried again every minute. `aclose` ends its
    thread.
    """

    def __init__(
        self,
        path: Path,
        factor: float | None = 1.0,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.problem = ""
        self._path = path
        self._factor = checked_factor(factor)
        self._clock = clock
        self._sleep = sleep
        self._tell = tell
        self._file = PaceFile(path, f"{os.getpid()}-{secrets.token_hex(4)}", clock)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=path.name)
        self._failed_at = -inf
        self._lanes: dict[str, Lane] = {}
        """As they were last known."""
        self._lines: dict[str, Line] = {}
        self._pending: set[asyncio.Future[None]] = set()
        self._closed = False

    async def enter(self, operation: Operation, patience: float = inf) -> None:
        """Return when a request of this operation may be sent; a caller cancelled meanwhile costs no slot.

        Among the callers of this process first come, first served; whose turn it is among processes is left
        to chance, but who is `ahead` goes before all others there too.
        """
        line = self._lines.setdefault(operation.name, Line())
        place = line.join()
        claimed = False
        try:
            await line.lead(place)
            while (attempt := await self._attempt(operation)).wait > 0:
                claimed = is_ahead()
                if (held := attempt.lane.hold(attempt.now)) > patience:
                    raise HeldError(held)
                await self._sleep(min(attempt.wait, _LONGEST_SLEEP))
                await line.lead(place)
            claimed = False
        finally:
            line.leave(place)
            if claimed:
                self._later(partial(self._file.withdraw, operation.name))

    def throttled(self, operation: Operation, retry_after: float | None) -> None:
        """Hold the lane for all, for `retry_after` seconds or doubling to 120 s; then space wider."""
        self._lane(operation).throttle(self._clock(), retry_after)
        self._later(
            partial(self._file.throttle, operation.name, new_lane(operation, self._factor), retry_after)
        )

    def wait_estimate(self, operation: Operation, requests: int) -> float:
        """Seconds until the last of so many requests may be sent, by the pace that was last known of."""
        return self._lane(operation).estimate(self._clock(), requests)

    async def aclose(self) -> None:
        """Let go of the file; nothing may be asked afterwards."""
        self._closed = True
        await asyncio.gather(*self._pending)
        await self._submit(self._file.close)
        self._thread.shutdown(wait=False)

    async def _attempt(self, operation: Operation) -> Attempt:
        fresh = new_lane(operation, self._factor)
        if self._usable():
            trying = self._submit(partial(self._file.attempt, operation.name, fresh, ahead=is_ahead()))
            try:
                attempt = await asyncio.shield(trying)
            except asyncio.CancelledError:
                trying.add_done_callback(partial(self._give_back, operation))
                raise
            except _TROUBLE as error:
                self._fall_back(error)
            else:
                self._lanes[operation.name] = attempt.lane
                return attempt
        lane, now = self._lane(operation), self._clock()
        lane.reconcile(now)
        wait = max(0.0, lane.due - now)
        if not wait:
            lane.take(now)
        return Attempt(lane, now, wait)

    def _give_back(self, operation: Operation, trying: asyncio.Future[Attempt]) -> None:
        """Who waited for it was cancelled at the last moment."""
        if trying.cancelled() or trying.exception() is not None:
            return
        taken = trying.result().taken
        if taken is not None:
            fresh = new_lane(operation, self._factor)
            self._later(partial(self._file.give_back, operation.name, fresh, taken))
        elif is_ahead():
            self._later(partial(self._file.withdraw, operation.name))

    def _later(self, work: Callable[[], object]) -> None:
        """Have something written that nobody waits for, before all that is asked for from now on."""
        if self._closed or not self._usable():
            return

        async def written() -> None:
            try:
                await submitted
            except _TROUBLE as error:
                self._fall_back(error)

        submitted = self._submit(work)
        pending = asyncio.ensure_future(written())
        self._pending.add(pending)
        pending.add_done_callback(self._pending.discard)

    def _submit(self, work: Callable[[], T]) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _usable(self) -> bool:
        # Also after the clock was set back.
        return not 0 <= self._clock() - self._failed_at < _RETRY

    def _fall_back(self, error: Exception) -> None:
        self._failed_at = self._clock()
        if not self.problem:
            trouble = storage_error(str(self._path), error, if_damaged="Move it away: a new one is made.")
            self.problem = f"{trouble} Until then other processes on this account are not reckoned with."
            self._tell(self.problem)

    def _lane(self, operation: Operation) -> Lane:
        lane = self._lanes.get(operation.name)
        if lane is None:
            lane = self._lanes[operation.name] = new_lane(operation, self._factor)
        return lane
