"""The arithmetic of pace: when the next request of an operation may go. It neither waits nor knows a clock.

Limits are per account and operation (platform.md 0.4). Requests are spaced evenly, a little wider than
documented because the network shifts them, and wider still after the platform said 429. Only where a bucket
is documented, so many as it holds go at once after a rest. A limit by the day is a budget instead: all of it
may go at once, and then nothing until the oldest request is a day old.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import floor, inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entitree.api.operations import Operation

LONGEST_PAUSE = 120.0
"""Seconds; the longest that is waited unasked, and in silence if asked (hazards: writes)."""

WINDOW_FROM = 3_600.0
"""Seconds from which on a limit is a budget and not a rate."""

_AIM = 1.02
_LEAST = 1.01
_STEP = 0.05
_RECOVERY = 0.98
_NEGLIGIBLE = 0.0001
_MARGIN = 60.0
"""Seconds by which a window is taken for longer: nobody knows how long the first of it was under way."""


@dataclass(slots=True)
class Lane:
    """The pace of one operation. All times are seconds of one clock, which the caller reads."""

    base: float = 0.0
    """Seconds between requests as documented; 0.0 where nothing is declared, or a budget is."""
    burst: int = 1
    """How many may go at once after a rest."""
    budget: int = 0
    """How many may go within `window` seconds; 0: it is a rate."""
    window: float = 0.0
    drained: float = -inf
    """When all that were let through would have gone if evenly spaced: the bucket is full again then."""
    held: float = -inf
    """Until when nothing may be sent because the platform said 429."""
    pause: float = 0.0
    """For how long that was when it was said."""
    extra: float = 0.0
    strikes: int = 0
    clean: bool = True
    """Something was let through since the last 429."""
    spent: list[float] = field(default_factory=list)
    """Of a budget: when requests went that still count, the oldest first."""

    @property
    def free(self) -> bool:
        """Whether nothing is declared, so that only a 429 ever holds it back."""
        return not self.base and not self.budget

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
        return max(self.drained - self.slack, self.held, self._room)

    def hold(self, now: float) -> float:
        """For how long nothing may go whatever the pace: what a caller needs patience for."""
        return max(self.held, self._room) - now

    def take(self, now: float) -> None:
        """One goes now."""
        if self.budget:
            self.spent.append(now)
            self._prune(now)
        # A sleep that ended a little late is made up for; after a rest there is nothing to make up.
        made_up = max(self.drained, now - self.base * (_AIM - _LEAST))
        self.drained = (made_up if now - self.drained < self.base else now) + self.spacing
        if self.clean:
            self.strikes = 0
            self.extra = self.extra * _RECOVERY if self.extra > _NEGLIGIBLE else 0.0
        self.clean = True

    def give_back(self, at: float, drained: float, before: float) -> None:
        """The one that was taken at `at` did not go after all, which set `drained` from `before`."""
        if self.drained == drained:
            self.drained = before
        if at in self.spent:
            self.spent.remove(at)

    def throttle(self, now: float, retry_after: float | None) -> None:
        """Hold for `retry_after` seconds, or back off, doubling to 120 s; then space wider."""
        unit = self.base or 1.0
        if self.clean:
            # Several that were under way at once are refused together: that is one refusal.
            self.strikes = min(self.strikes + 1, 10)
        pause = min(unit * 2 ** (self.strikes - 1), LONGEST_PAUSE) if retry_after is None else retry_after
        self.clean = False
        self.extra = min(self.extra + unit * _STEP, unit)
        pause = max(pause, self.spacing)
        if now + pause > self.held:
            self.held, self.pause = now + pause, pause
        # Who was refused found the bucket empty: what follows goes one by one.
        self.drained = max(self.drained, self.held + self.slack)

    def estimate(self, now: float, requests: int) -> float:
        """Seconds until the last of so many may go."""
        if requests <= 0:
            return 0.0
        last = max(self.drained, now) + (requests - 1) * self.spacing - self.slack
        if self.budget:
            # The one so many places before it must have left the window.
            windows, place = divmod(len(self.spent) + requests - 1, self.budget)
            if windows:
                oldest = self.spent[place] if place < len(self.spent) else max(now, self.held)
                last = max(last, oldest + windows * self.window)
        return max(0.0, last - now, self.held - now)

    def reconcile(self, now: float) -> bool:
        """Make sense of times that were written by a clock that may have been set back since: nothing waits
        longer than it would have at worst when they were written. Returns whether any of them was changed,
        which must then be kept.
        """
        before = (self.held, self.drained, self.spent)
        self.held = min(self.held, now + self.pause)
        self.drained = min(self.drained, max(now, self.held) + self.slack + self.spacing)
        self.spent = sorted(min(at, now) for at in self.spent)
        changed = before != (self.held, self.drained, self.spent)
        self._prune(now)
        return changed

    @property
    def _room(self) -> float:
        if not self.budget or len(self.spent) < self.budget:
            return -inf
        return self.spent[-self.budget] + self.window

    def _prune(self, now: float) -> None:
        self.spent = [at for at in self.spent if at + self.window > now]


def new_lane(operation: Operation, factor: float | None) -> Lane:
    """The lane of an operation at `factor` times its documented limit; None: no limit of our own."""
    limit = operation.limit
    if limit is None or factor is None:
        return Lane()
    if limit.seconds >= WINDOW_FROM:
        wanted = limit.requests * factor
        budget = max(1, floor(wanted))
        return Lane(budget=budget, window=limit.seconds * budget / wanted + _MARGIN)
    # A faster pace is no reason to take a bucket for larger than it is documented.
    burst = int((limit.burst or 1) * min(factor, 1.0))
    return Lane(limit.seconds / limit.requests / factor, max(1, burst))


def checked_factor(factor: float | None) -> float | None:
    """Raises ValueError for a factor that is none."""
    if factor is not None and not 0 < factor < inf:
        raise ValueError("factor must be above zero")
    return factor
