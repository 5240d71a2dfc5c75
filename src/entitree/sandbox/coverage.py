"""What the sandbox answers, operation by operation: every status, and how we know of it.

Made from the routes and the table of operations, so that it is what the code does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from entitree.api.operations import OPERATIONS, Access
from entitree.sandbox.routes import ROUTES
from entitree.sandbox.wire.call import Takes

if TYPE_CHECKING:
    from entitree.api.operations import Operation
    from entitree.sandbox.wire.call import Route


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


_PROVISIONING = "/provisioning/1/"
OBSERVED = frozenset(
    {
        ("create-entity", 201),
        ("create-entity", 409),
        ("get-entity", 404),
        ("create-resource-association", 409),
        ("list-owned-numbers", 200),
        ("get-all-domains", 400),
        ("add-domain", 400),
        *((one.name, 403) for one in OPERATIONS.values() if one.path.startswith(_PROVISIONING)),
    }
)
"""What users of the platform were answered, whether a document lists it or not (platform.md 0.3, 0.5, 1.2,
1.5, 2.3)."""


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
    """What was seen counts for more than what is written."""
    if (operation.name, status) in OBSERVED:
        return Tag.OBSERVED
    if status == operation.success or status in operation.documented:
        return Tag.DOCUMENTED
    return Tag.ASSUMED
