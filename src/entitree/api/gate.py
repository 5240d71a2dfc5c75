"""Pace: when the next request of an operation may go.

Limits are per account and operation (platform.md 0.4). Requests are spaced evenly, a little wider than
documented because the network shifts them, and wider still after the platform said 429. Only where a bucket
is documented, so many as it holds go at once after a rest.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from entitree.api.operations import Operation

LONGEST_PAUSE = 120.0
"""Seconds; the longest that is waited unasked, and in silence if asked (hazards: writes)."""

_AIM = 1.02
_LEAST = 1.01
_STEP = 0.05
_RECOVERY = 0.98
_NEGLIGIBLE = 0.0001

_AHEAD: ContextVar[bool] = ContextVar("ahead", default=False)


@contextmanager
def ahead() -> Iterator[None]:
    """What is asked for inside goes before all else that waits for the same operation's turn.

    For what someone is looking at. Tasks that are started inside inherit it.
    """
    before = _AHEAD.set(True)
    try:
        yield
    finally:
        _AHEAD.reset(before)


class HeldError(Exception):
    """After a 429 nothing may be sent for so many `seconds`, which is longer than the caller would wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class RateGate(Protocol):
    """Every request passes one before it is sent."""

    async def enter(self, operation: Operation, patience: float = inf) -> None:
        """Return when a request of this operation may be sent; first come, first served, but for `ahead`.

        Raises HeldError at once where a 429 holds everything back for more than `patience` seconds.
        """

    def throttled(self, operation: Operation, retry_after: float | None) -> None:
        """The platform answered 429 and asks to wait this many seconds, if it said so."""


class _Line:
    """Who waits for a lane: those ahead first, and first come, first served among equals."""

    def __init__(self) -> None:
        self._ahead: deque[asyncio.Event] = deque()
        self._rest: deque[asyncio.Event] = deque()

    def join(self) -> asyncio.Event:
        """A new place in it. Its event is set when it may have come to the front."""
        place = asyncio.Event()
        (self._ahead if _AHEAD.get() else self._rest).append(place)
        return place

    def leads(self, place: asyncio.Event) -> bool:
        return (self._ahead or self._rest)[0] is place

    def leave(self, place: asyncio.Event) -> None:
        (self._ahead if place in self._ahead else self._rest).remove(place)
        if front := self._ahead or self._rest:
            front[0].set()


@dataclass(slots=True)
class _Lane:
    base: float
    """Seconds between requests as documented; 0.0 where nothing is declared."""
    burst: int = 1
    """How many may go at once after a rest."""
    drained: float = -inf
    """When all that were let through would have gone if evenly spaced: the bucket is full again then."""
    held: float = -inf
    """Until when nothing may be sent because the platform said 429."""
    extra: float = 0.0
    strikes: int = 0
    clean: bool = True
    line: _Line = field(default_factory=_Line)

    @property
    def spacing(self) -> float:
        return self.base * _AIM + self.extra

    @property
    def slack(self) -> float:
        """How far requests may run ahead of the even pace: the burst, without the one that is due anyway."""
        return (self.burst - 1) * self.base * _AIM

    @property
    def due(self) -> float:
        """When the next may go."""
        return max(self.drained - self.slack, self.held)


class LocalGate:
    """A gate for one process. `factor` 1.0 is the documented pace, 10.0 ten times it, None no own pace.

    At least 97 % of the allowed rate is used while nothing is throttled.
    """

    def __init__(
        self,
        factor: float | None = 1.0,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        if factor is not None and not 0 < factor < inf:
            raise ValueError("factor must be above zero")
        self._factor = factor
        self._clock = clock
        self._sleep = sleep
        self._lanes: dict[str, _Lane] = {}

    async def enter(self, operation: Operation, patience: float = inf) -> None:
        """Return when a request of this operation may be sent; a caller cancelled meanwhile costs no slot."""
        lane = self._lane(operation)
        place = lane.line.join()
        try:
            await self._turn(lane, place, patience)
            self._take(lane)
        finally:
            lane.line.leave(place)

    def throttled(self, operation: Operation, retry_after: float | None) -> None:
        """Hold the lane for `retry_after` seconds, or back off, doubling to 120 s; then space wider."""
        lane = self._lane(operation)
        unit = lane.base or 1.0
        if lane.clean:
            # Several that were under way at once are refused together: that is one refusal.
            lane.strikes = min(lane.strikes + 1, 10)
        pause = min(unit * 2 ** (lane.strikes - 1), LONGEST_PAUSE) if retry_after is None else retry_after
        lane.clean = False
        lane.extra = min(lane.extra + unit * _STEP, unit)
        lane.held = max(lane.held, self._clock() + max(pause, lane.spacing))
        # Who was refused found the bucket empty: what follows goes one by one.
        lane.drained = max(lane.drained, lane.held + lane.slack)

    def wait_estimate(self, operation: Operation, requests: int) -> float:
        """Seconds until the last of so many requests may be sent, by the pace of this moment."""
        if requests <= 0:
            return 0.0
        lane, now = self._lane(operation), self._clock()
        last = max(lane.drained, now) + (requests - 1) * lane.spacing - lane.slack
        return max(0.0, last - now, lane.held - now)

    async def _turn(self, lane: _Lane, place: asyncio.Event, patience: float) -> None:
        while True:
            while not lane.line.leads(place):
                place.clear()
                await place.wait()
            # Again after sleeping: someone may have gone ahead, or a 429 may have come for a request that
            # was still under way.
            wait = lane.due - self._clock()
            if wait <= 0:
                return
            if (held := lane.held - self._clock()) > patience:
                raise HeldError(held)
            await self._sleep(wait)

    def _take(self, lane: _Lane) -> None:
        now = self._clock()
        # A sleep that ended a little late is made up for; after a rest there is nothing to make up.
        made_up = max(lane.drained, now - lane.base * (_AIM - _LEAST))
        lane.drained = (made_up if now - lane.drained < lane.base else now) + lane.spacing
        if lane.clean:
            lane.strikes = 0
            lane.extra = lane.extra * _RECOVERY if lane.extra > _NEGLIGIBLE else 0.0
        lane.clean = True

    def _lane(self, operation: Operation) -> _Lane:
        lane = self._lanes.get(operation.name)
        if lane is None:
            lane = self._lanes[operation.name] = self._new_lane(operation)
        return lane

    def _new_lane(self, operation: Operation) -> _Lane:
        limit = operation.limit
        if limit is None or self._factor is None:
            return _Lane(0.0)
        # A faster pace is no reason to take a bucket for larger than it is documented.
        burst = int((limit.burst or 1) * min(self._factor, 1.0))
        return _Lane(limit.seconds / limit.requests / self._factor, max(1, burst))
