"""What a plan costs in requests and time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from entitree.api import operations as ops
from entitree.api.names import SUBSCRIPTION_CHANNELS
from entitree.inventory.model import Family

if TYPE_CHECKING:
    from collections.abc import Iterable

    from entitree.changes.plan.model import Step

_REREAD = {
    Family.APPLICATIONS: (ops.GET_APPLICATION, ops.GET_ASSOCIATIONS, ops.GET_STRATEGIES),
    Family.ENTITIES: (ops.GET_ENTITY, ops.GET_ASSOCIATIONS, ops.GET_STRATEGIES),
}
_DELETES = {ops.DELETE_APPLICATION.name, ops.DELETE_ENTITY.name}


@dataclass(frozen=True, slots=True)
class Cost:
    writes: int
    reads: int
    """What is read again before deletions."""
    seconds: float
    """At the allowed rate; 0.0 where there is none."""

    @property
    def requests(self) -> int:
        return self.writes + self.reads


def cost(steps: Iterable[Step], factor: float | None) -> Cost:
    """Steps go one after another, and each operation has a limit of its own (platform.md 0.4): the most used
    decides.
    """
    writes: Counter[ops.Operation] = Counter()
    reads: Counter[ops.Operation] = Counter()
    for step in steps:
        writes[ops.OPERATIONS[step.operation]] += 1
        if step.operation in _DELETES:
            reads.update(_REREAD[step.target.family])
            reads[ops.GET_SUBSCRIPTIONS] += len(SUBSCRIPTION_CHANNELS)
    seconds = 0.0
    if factor is not None:
        for operation, count in (writes + reads).items():
            if operation.limit is not None:
                limit = operation.limit
                seconds = max(seconds, count * limit.seconds / limit.requests / factor)
    return Cost(writes=writes.total(), reads=reads.total(), seconds=seconds)
