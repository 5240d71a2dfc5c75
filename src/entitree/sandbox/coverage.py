"""What the sandbox answers, operation by operation: every status, and how we know of it.

Made from the routes and the table of operations, so that it is what the code does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from entitree.api.operations import Access
from entitree.sandbox.call import Takes
from entitree.sandbox.routes import ROUTES

if TYPE_CHECKING:
    from entitree.api.operations import Operation
    from entitree.sandbox.call import Route


class Tag(Enum):
    DOCUMENTED = "documented"
    OBSERVED = "observed"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Answer:
    """One status of one operation."""

    operation: Operation
    status: int
    tag: Tag


_OBSERVED = {("get-all-domains", 400)}
"""What no document lists and users of the platform were answered: a page of domains that is too large
(platform.md 0.5)."""


def statuses(route: Route) -> frozenset[int]:
    """All that it answers while its state can be read and written."""
    found = {route.operation.success, 400, 413, *route.refuses}
    if route.operation.access is not Access.OPEN:
        found |= {401}
    if route.operation.access is Access.NO_KEY or route.operation.scopes:
        found |= {403}
    if route.operation.limit is not None:
        found |= {429}
    if route.takes is not Takes.NOTHING:
        found |= {415}
    return frozenset(found)


def coverage() -> tuple[Answer, ...]:
    """Every operation with every status, in the order of the routes and of the statuses."""
    return tuple(
        Answer(route.operation, status, _tag(route.operation, status))
        for route in ROUTES
        for status in sorted(statuses(route))
    )


def _tag(operation: Operation, status: int) -> Tag:
    if status == operation.success or status in operation.documented:
        return Tag.DOCUMENTED
    if (operation.name, status) in _OBSERVED:
        return Tag.OBSERVED
    return Tag.ASSUMED
