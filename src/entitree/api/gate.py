"""The gate that every request passes: who goes next, at the pace of `api.pace`."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from typing import TYPE_CHECKING, Protocol

from entitree.api.pace import LONGEST_PAUSE as LONGEST_PAUSE, checked_factor, new_lane

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from entitree.api.operations import Operation
    from entitree.api.pace import Lane

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


def is_ahead() -> bool:
    """Whether this is asked for inside `ahead`."""
    return _AHEAD.get()


class HeldError(Exception):
    """Nothing may be sent for so many `seconds`, after a 429 or because a day's budget is used up, and that
    is longer than the caller would wait.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class RateGate(Protocol):
    """Every request passes one before it is sent."""

    async def enter(self, operation: Operation, patience: float = inf) -> None:
        """Return when a request of this operation may be sent; first come, first served, but for `ahead`.

        Raises HeldError at once where a 429 or a used-up budget holds everything back for more than
        `patience` seconds.
        """

    def throttled(self, operation: Operation, retry_after: float | None) -> None:
        """The platform answered 429 and asks to wait this many seconds, if it said so."""


class Line:
    """Who waits for a lane: those ahead first, and first come, first served among equals."""

    def __init__(self) -> None:
        self._ahead: deque[asyncio.Event] = deque()
        self._rest: deque[asyncio.Event] = deque()

    def join(self) -> asyncio.Event:
        """A new place in it. Its event is set when it may have come to the front."""
        place = asyncio.Event()
        (self._ahead if is_ahead() else self._rest).append(place)
        return place

    async def lead(self, place: asyncio.Event) -> None:
        """Return when it is at the front, which it may lose again to someone ahead."""
        while (self._ahead or self._rest)[0] is not place:
            place.clear()
            await place.wait()

    def leave(self, place: asyncio.Event) -> None:
        (self._ahead if place in self._ahead else self._rest).remove(place)
        if front := self._ahead or self._rest:
            front[0].set()


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
        self._factor = checked_factor(factor)
        self._clock = clock
        self._sleep = sleep
        self._lanes: dict[str, Lane] = {}
        self._lines: dict[str, Line] = {}

    async def enter(self, operation: Operation, patience: float = inf) -> None:
        """Return when a request of this operation may be sent; a caller cancelled meanwhile costs no slot."""
        lane = self._lane(operation)
        line = self._lines.setdefault(operation.name, Line())
        place = line.join()
        try:
            await line.lead(place)
            # Again after sleeping: someone may have gone ahead, or a 429 may have come for a request that
            # was still under way.
            while (wait := lane.due - self._clock()) > 0:
                if (held := lane.hold(self._clock())) > patience:
                    raise HeldError(held)
                await self._sleep(wait)
                await line.lead(place)
            lane.take(self._clock())
        finally:
            line.leave(place)

    def throttled(self, operation: Operation, retry_after: float | None) -> None:
        """Hold the lane for `retry_after` seconds, or back off, doubling to 120 s; then space wider."""
        self._lane(operation).throttle(self._clock(), retry_after)

    def wait_estimate(self, operation: Operation, requests: int) -> float:
        """Seconds until the last of so many requests may be sent, by the pace of this moment."""
        return self._lane(operation).estimate(self._clock(), requests)

    def _lane(self, operation: Operation) -> Lane:
        lane = self._lanes.get(operation.name)
        if lane is None:
            lane = self._lanes[operation.name] = new_lane(operation, self._factor)
        return lane
