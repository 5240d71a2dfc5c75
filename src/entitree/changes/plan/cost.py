"""What a plan costs in requests and time: the run is played through, without sending anything."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING

from entitree.api import operations as ops
from entitree.api.names import SUBSCRIPTION_CHANNELS
from entitree.api.pace import WINDOW_FROM
from entitree.changes.jobs import CONFIRMED_FROM
from entitree.changes.objects import reading_cost
from entitree.inventory import listings
from entitree.inventory.model import Family, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from entitree.changes.plan.model import Step

_DELETIONS = {
    ops.DELETE_APPLICATION.name: ops.GET_APPLICATION,
    ops.DELETE_ENTITY.name: ops.GET_ENTITY,
}
"""Before it an item is read again with all that goes with it."""
_CREATIONS = {
    ops.CREATE_APPLICATION.name: (Kind.APPLICATION, Family.APPLICATIONS, ops.GET_APPLICATIONS),
    ops.CREATE_ENTITY.name: (Kind.ENTITY, Family.ENTITIES, ops.GET_ENTITIES),
}
"""Many of them are confirmed by a listing of all that is there."""


@dataclass(frozen=True, slots=True)
class Cost:
    writes: int
    reads: int
    """What is read again before steps that depend on it, and to confirm what was created."""
    seconds: float
    """Until the last request may go, at the allowed rate and with nobody else on the account; how long
    answers take is not in it. 0.0 where there is no rate.
    """

    @property
    def requests(self) -> int:
        return self.writes + self.reads


def cost(steps: Iterable[Step], factor: float | None, counts: Mapping[Kind, int] | None = None) -> Cost:
    """Steps go one after another; what one reads again goes side by side, and then its write. Each operation
    has a limit of its own (platform.md 0.4), which is `factor` times the documented one; None: no limits.
    Linear in the steps. `counts` is how many items there are before the first of them.
    """
    lanes: dict[str, _Lane] = {}
    made: Counter[str] = Counter()
    writes = reads = 0
    now = 0.0

    def asked(operation: ops.Operation, times: int) -> float:
        if operation.limit is None or factor is None:
            return now
        if (lane := lanes.get(operation.name)) is None:
            lane = lanes[operation.name] = _Lane(operation.limit, factor)
        return lane.take(now, times)

    for step in steps:
        before = rereading(step)
        reads += before.total()
        now = max((asked(operation, times) for operation, times in before.items()), default=now)
        writes += 1
        now = asked(ops.OPERATIONS[step.operation], 1)
        made[step.operation] += 1
    for creation, (kind, family, listing) in _CREATIONS.items():
        if made[creation] >= CONFIRMED_FROM:
            pages = listings.cost(family, (counts or {}).get(kind, 0) + made[creation]).requests
            reads += pages
            now = asked(listing, pages)
    return Cost(writes=writes, reads=reads, seconds=now)


def rereading(step: Step) -> Counter[ops.Operation]:
    """What is read before the step is sent, each one page: of an item's deletion its associations and
    strategies, its subscriptions in every channel, and the numbers and inbound configurations it resets.
    """
    item = _DELETIONS.get(step.operation)
    if item is None:
        return reading_cost(step)
    before = step.before or {}
    return +Counter(
        {
            item: 1,
            ops.GET_ASSOCIATIONS: 1,
            ops.GET_STRATEGIES: 1,
            ops.GET_SUBSCRIPTIONS: len(SUBSCRIPTION_CHANNELS),
            ops.GET_NUMBER: len(before.get("numbers", ())),
            ops.GET_INBOUND: len(before.get("inbound", ())),
        }
    )


class _Lane:
    """When requests of one operation may go, as the gate lets them: evenly spaced after a burst, or a budget
    that is there again when it is a long window old.
    """

    def __init__(self, limit: ops.Limit, factor: float) -> None:
        wanted = limit.requests * factor
        self._spent: deque[float] | None = None
        if limit.seconds >= WINDOW_FROM:
            self._spent = deque(maxlen=max(1, floor(wanted)))
            self._window = limit.seconds * (self._spent.maxlen or 1) / wanted
        self._spacing = limit.seconds / wanted
        # A faster pace makes no bucket larger than it is documented.
        burst = max(1, int((limit.burst or 1) * min(factor, 1.0)))
        self._slack = (burst - 1) * self._spacing
        self._drained = 0.0

    def take(self, now: float, times: int) -> float:
        """When the last of so many more requests may go, all of them asked for at `now`."""
        if self._spent is not None:
            for _ in range(times):
                if len(self._spent) == self._spent.maxlen:
                    now = max(now, self._spent[0] + self._window)
                self._spent.append(now)
            return now
        self._drained = max(self._drained, now) + times * self._spacing
        return max(now, self._drained - self._spacing - self._slack)
