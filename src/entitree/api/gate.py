"""Pace: when the next request of an operation may go.

Limits are per account and operation (platform.md 0.4). Requests are spaced evenly rather than sent in bursts,
a little wider than documented because the network shifts them, and wider still after the platform said 429.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from entitree.api.operations import Operation

LONGEST_PAUSE = 120.0
"""Seconds; the longest that is waited unasked, and in silence if asked (hazards: writes)."""

_AIM = 1.02
_LEAST = 1.01
_STEP = 0.05
_RECOVERY = 0.98
_NEGLIGIBLE = 0.0001


class HeldError(Exception):
    """After a 429 nothing may be sent for so many `seconds`, which is longer than the caller would wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class RateGate(Protocol):
    """Every request passes one before it is sent."""

    async def enter(self, operation: Operation, patience: float = inf) -> None:
        """Return when a request of this operation may be sent; first come, first served.

        Raises HeldError at once where a 429 holds everything back for more than `patience` seconds.
        """

    def throttled(self, operation: Operation, retry_after: float | None) -> None:
        """The platform answered 429 and asks to wait this many seconds, if it said so."""


@dataclass(slots=True)
class _Lane:
    base: float
    """Seconds between requests as documented; 0.0 where nothing is declared."""
    due: float = -inf
    held: float = -inf
    """Until when nothing may be sent because the platform said 429."""
    extra: float = 0.0
    strikes: int = 0
    clean: bool = True
    queue: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def spacing(self) -> float:
        return self.base * _AIM + self.extra


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
        async with lane.queue:
            # Again after sleeping: a 429 may have come for a request that was still under way.
            while (wait := lane.due - self._clock()) > 0:
                if (held := lane.held - self._clock()) > patience:
                    raise HeldError(held)
                await self._sleep(wait)
            now = self._clock()
            # A sleep that ended a little late is made up for; after a rest there is nothing to make up.
            made_up = max(lane.due, now - lane.base * (_AIM - _LEAST))
            lane.due = (made_up if now - lane.due < lane.base else now) + lane.spacing
            if lane.clean:
                lane.strikes = 0
                lane.extra = lane.extra * _RECOVERY if lane.extra > _NEGLIGIBLE else 0.0
            lane.clean = True

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
        lane.due = max(lane.due, lane.held)

    def wait_estimate(self, operation: Operation, requests: int) -> float:
        """Seconds until the last of so many requests may be sent, by the pace of this moment."""
        if requests <= 0:
            return 0.0
        lane = self._lane(operation)
        return max(0.0, lane.due - self._clock()) + (requests - 1) * lane.spacing

    def _lane(self, operation: Operation) -> _Lane:
        lane = self._lanes.get(operation.name)
        if lane is None:
            limit = operation.limit
            base = (
                0.0
                if limit is None or self._factor is None
                else limit.seconds / limit.requests / self._factor
            )
            lane = self._lanes[operation.name] = _Lane(base)
        return lane
