"""What a reply, or the lack of one, means for a step: the table of hazards, "Writes"."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from entitree.api.failures import in_doubt
from entitree.api.operations import OPERATIONS, Settle
from entitree.changes.jobs import IN_DOUBT, Outcome, StepState
from entitree.errors import (
    BadReplyError,
    EntitreeError,
    ForbiddenError,
    NotFoundError,
    ServerError,
    StatusError,
    TooManyRequestsError,
    UnauthorizedError,
    UnreachableError,
)

if TYPE_CHECKING:
    from entitree.api.client import PlatformClient
    from entitree.api.operations import Operation
    from entitree.changes.plan import Step


class PauseError(Exception):
    """The job cannot sensibly go on: `reason` says why. What was being tried was not carried out."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


async def carry_out(client: PlatformClient, step: Step) -> Outcome:
    """Send a step and find out what came of it. Raises PauseError where nothing of the kind would succeed."""
    operation = OPERATIONS[step.operation]
    try:
        reply = await client.call(
            operation, path=step.path, body=None if step.body is None else dict(step.body)
        )
    except EntitreeError as error:
        return await _failed(client, step, operation, error)
    return Outcome(StepState.DONE, status=reply.status)


async def find_out(client: PlatformClient, step: Step, *, landed: bool) -> Outcome:
    """What became of a step that was inflight when the program ended, by reading back; never raises.

    `landed` says that so much time has passed that it can no longer take effect if it has not yet.
    """
    operation = OPERATIONS[step.operation]
    try:
        there = await _read_back(client, step, operation)
    except EntitreeError as trouble:
        return Outcome(StepState.UNKNOWN, f"{IN_DOUBT} Reading back failed: {trouble}")
    if (operation.settle, there) == (Settle.GONE, None):
        return Outcome(StepState.DONE, "The program ended before the answer came; it is gone.")
    if operation.settle is not Settle.GONE and there is not None and _shows(there, step):
        return Outcome(StepState.DONE, "The program ended before the answer came; it was done.")
    if landed and _as_before(step, operation, there):
        return Outcome(StepState.FAILED, "The program ended before the answer came; nothing was changed.")
    return Outcome(StepState.UNKNOWN, f"{IN_DOUBT} Reading back does not show it done.")


async def _failed(client: PlatformClient, step: Step, operation: Operation, error: EntitreeError) -> Outcome:
    status = error.status if isinstance(error, StatusError) else None
    match error:
        case UnauthorizedError() | ForbiddenError() | TooManyRequestsError():
            raise PauseError(str(error), status) from error
        case UnreachableError(sent=False):
            raise PauseError(str(error)) from error
        case NotFoundError() if operation.settle is Settle.GONE:
            return Outcome(StepState.DONE, "It was already absent.", status)
    if in_doubt(error):
        return await _settle(client, step, operation, error, status)
    return Outcome(StepState.FAILED, str(error), status)


async def _settle(
    client: PlatformClient, step: Step, operation: Operation, error: EntitreeError, status: int | None
) -> Outcome:
    """After an ambiguous try the truth is read back, never guessed."""
    try:
        there = await _read_back(client, step, operation)
    except EntitreeError as trouble:
        return Outcome(StepState.UNKNOWN, f"{error.what} Reading back failed too: {trouble}", status)
    match operation.settle, there:
        case Settle.GONE, None:
            return Outcome(StepState.DONE, "The reply was lost; it is gone.", status)
        case ((Settle.EXISTS | Settle.EQUALS), dict()) if _shows(there, step):
            return Outcome(StepState.DONE, "The reply was lost; reading back shows that it was done.", status)
        case Settle.EXISTS, dict():
            return Outcome(StepState.FAILED, f"{error.what} Something else has that id now.", status)
    if isinstance(error, ServerError) and _as_before(step, operation, there):
        return Outcome(StepState.FAILED, f"{error.what} Reading back shows that nothing was changed.", status)
    # A request whose reply was lost may still land later.
    return Outcome(
        StepState.UNKNOWN, f"{error.what} Reading back does not show it done; it may still happen.", status
    )


async def _read_back(client: PlatformClient, step: Step, operation: Operation) -> dict[str, Any] | None:
    """The object of a step as it is now; None where it is not there."""
    path: dict[str, str] = {}
    query: list[tuple[str, str]] = []
    if step.association is not None:
        query = [(name, value) for name, value in (step.body or {}).items() if value is not None]
    elif step.kind is not None and step.id is not None:
        path = {f"{step.kind.value}Id": step.id}
    try:
        reply = await client.call(OPERATIONS[operation.read_with], path=path, query=query)
    except NotFoundError:
        return None
    try:
        value = json.loads(reply.body)
    except (ValueError, RecursionError) as error:
        raise BadReplyError("The answer could not be understood.") from error
    if not isinstance(value, dict):
        raise BadReplyError("The answer could not be understood.")
    return value


def _shows(there: dict[str, Any], step: Step) -> bool:
    """Whether an object is what the step wanted; absent and null mean the same (platform.md 1.2)."""
    wanted = dict(step.body or {})
    if step.kind is not None:
        # Sent without, an alias is cleared: reading back must show none.
        wanted.setdefault(f"{step.kind.value}Name", None)
    return all(there.get(name) == value for name, value in wanted.items())


def _as_before(step: Step, operation: Operation, there: dict[str, Any] | None) -> bool:
    match operation.settle:
        case Settle.EXISTS:
            return there is None
        case Settle.GONE:
            return there is not None
        case Settle.EQUALS if there is not None and step.before is not None and step.kind is not None:
            return bool(there.get(f"{step.kind.value}Name") == step.before.get("alias"))
    return False
