"""What a reply, or the lack of one, means for a step: the table of hazards, "Writes". It sends nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from entitree.api.failures import in_doubt
from entitree.api.gate import LONGEST_PAUSE
from entitree.api.operations import Settle
from entitree.changes.jobs import StepState
from entitree.errors import (
    BadRequestError,
    ConflictError,
    EntitreeError,
    ForbiddenError,
    NotFoundError,
    PlatformError,
    SettingsError,
    StatusError,
    StorageError,
    TooManyRequestsError,
    UnauthorizedError,
    UnreachableError,
)

if TYPE_CHECKING:
    from entitree.changes.jobs import StepRecord

ABSENT = "It was already absent."
ABSENT_UNSENT = "It was already absent; nothing was sent."
SO_UNSENT = "It was so already; nothing was sent."
GONE = "The reply was lost; it is gone."
DONE_AFTER_ALL = "The reply was lost; reading back shows that it was done."
ENDED_GONE = "The program ended before the answer came; it is gone."
ENDED_DONE = "The program ended before the answer came; it was done."
NEITHER = "Reading back shows neither what was there before nor what was to be: look at it."


_BY_OTHERS = frozenset({ABSENT, ABSENT_UNSENT, SO_UNSENT})


def ours(record: StepRecord) -> bool:
    """Whether the step is done, and its job has done it: nobody else had before."""
    return record.state is StepState.DONE and record.sentence not in _BY_OTHERS


class Trouble(Enum):
    """What keeps a request from succeeding now, and may be over soon."""

    PLATFORM = "the platform fails"
    NETWORK = "nothing gets through to the platform"
    PACE = "the platform says that too much is sent"


@dataclass(frozen=True, slots=True)
class Done:
    sentence: str = ""
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """It was certainly not carried out, and is to be sent again."""

    trouble: Trouble
    why: str
    after: float | None = None
    """Seconds that the platform asks to wait, where it says so."""
    status: int | None = None


@dataclass(frozen=True, slots=True)
class ReadBack:
    """Whether it was carried out has to be read."""

    why: str
    status: int | None = None
    answered: bool = False
    """The platform did answer, so that nothing of it is still under way."""
    fault: bool = True
    """The platform or the way to it failed."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It was certainly not carried out, and would not be another time."""

    why: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """It was certainly not carried out, and nothing else would be now."""

    reason: str
    status: int | None = None


Verdict: TypeAlias = Done | Again | ReadBack | Failed | Pause


class Sight(Enum):
    """What reading back shows."""

    AFTER = "what was to be"
    BEFORE = "what was there before"
    NEITHER = "something else"


def of_write(
    settle: Settle, error: EntitreeError | None, *, first: bool, status: int | None = None
) -> Verdict:
    """What the answer to a write means; no error means the documented success, with `status`.

    `first` says that no earlier try of the same step may have taken effect.
    """
    if error is None:
        return Done(status=status)
    if (common := _common(error)) is not None:
        return common
    status = error.status if isinstance(error, StatusError) else None
    if in_doubt(error):
        return ReadBack(str(error.what), status, answered=isinstance(error, StatusError))
    match error:
        case NotFoundError() if settle is Settle.GONE:
            return Done(ABSENT if first else GONE, status)
        case ConflictError() | BadRequestError() if settle is Settle.EXISTS and not first:
            # Very likely by the earlier try: not every family says 409 to what is there.
            return ReadBack(str(error), status, answered=True, fault=False)
    return Failed(str(error), status)


def of_read(error: EntitreeError) -> Again | Failed | Pause:
    """What a failed read means, which a step needs to go on."""
    if (common := _common(error)) is not None:
        return common
    if in_doubt(error):
        status = error.status if isinstance(error, StatusError) else None
        return Again(Trouble.PLATFORM, str(error), status=status)
    return Failed(str(error), error.status if isinstance(error, StatusError) else None)


def of_sight(settle: Settle, sight: Sight, *, ended: bool) -> Done | Failed | None:
    """What reading back after an ambiguous try means; None: it was not carried out yet.

    `ended` says that it was ambiguous because the program ended. `Failed` here means that nobody can tell.
    """
    match settle, sight:
        case Settle.GONE, Sight.AFTER:
            return Done(ENDED_GONE if ended else GONE)
        case _, Sight.AFTER:
            return Done(ENDED_DONE if ended else DONE_AFTER_ALL)
        case _, Sight.NEITHER:
            return Failed(NEITHER)
    return None


def _common(error: EntitreeError) -> Again | Pause | None:
    """What holds for reads and writes alike: it was certainly not carried out."""
    match error:
        case UnauthorizedError() | ForbiddenError():
            return Pause(str(error), error.status)
        case SettingsError() | StorageError():
            return Pause(str(error))
        case TooManyRequestsError() if (error.retry_after or 0.0) > LONGEST_PAUSE:
            return Pause(str(error), error.status)
        case TooManyRequestsError():
            return Again(Trouble.PACE, str(error), error.retry_after, error.status)
        case UnreachableError(sent=False):
            return Again(Trouble.NETWORK, str(error))
        case PlatformError():
            return None
    return None
