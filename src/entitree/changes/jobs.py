"""What the journal tells of jobs and their steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime

    from entitree.changes.plan import Step


CONFIRMED_FROM = 20
"""After so many creations of one kind in a job a listing confirms them."""

IN_DOUBT = "It may or may not have happened: the program ended before the answer came."
"""Of a step that was inflight when the program ended, where nobody looked what became of it."""


class StepState(Enum):
    PLANNED = "planned"
    INFLIGHT = "inflight"
    """It may have been sent; what came of it is not known yet."""
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    """Not sent: what it was planned upon has changed, what it needs was not done, or it was cancelled."""
    UNKNOWN = "unknown"
    """It may have been sent, and not even reading back told whether it took effect."""


class JobState(Enum):
    PLANNED = "planned"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    """Every step has its outcome; not every outcome need be good."""
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    """Whoever ran it has gone without a word. A step may be inflight."""

    @property
    def over(self) -> bool:
        return self in (JobState.DONE, JobState.CANCELLED)


class JobWish(Enum):
    """What somebody asked of a job and no worker has heeded yet."""

    NONE = ""
    RUN = "run"
    PAUSE = "pause"
    """No further request."""
    CANCEL = "cancel"
    """No further step."""

    @property
    def stops(self) -> bool:
        return self in (JobWish.PAUSE, JobWish.CANCEL)


@dataclass(frozen=True, slots=True)
class Job:
    id: int
    account: str
    title: str
    state: JobState
    reason: str
    """Why it is paused; of one that runs, what it is waiting out. In one sentence."""
    created: datetime
    started: datetime | None
    ended: datetime | None
    steps: int
    done: int = 0
    failed: int = 0
    skipped: int = 0
    unknown: int = 0
    inflight: int = 0
    """May have been sent; whoever goes on with the job finds out what came of them."""
    wish: JobWish = JobWish.NONE
    who: str = ""
    """The user of this machine who handed it in."""
    note: str = ""
    """What else is to be said of it, in a sentence: what was done may not show in the mirror."""

    @property
    def left(self) -> int:
        """Steps that were certainly not sent."""
        return self.steps - self.done - self.failed - self.skipped - self.unknown - self.inflight

    @property
    def going(self) -> bool:
        """Something happens to it without anybody asking again."""
        return self.wish is JobWish.RUN or self.state is JobState.RUNNING


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A step and what became of it. Times are UTC."""

    job_id: int
    step: Step
    state: StepState
    tries: int = 0
    status: int | None = None
    """Of the last answer, where there was one."""
    sentence: str = ""
    begun: datetime | None = None
    ended: datetime | None = None
    known: frozenset[str] | None = None
    """Of what the platform names itself: ids of equal ones that were there before it was sent first."""
    not_before: datetime | None = None
    """When it may be sent again."""
    doubtful: bool = False
    """An earlier try may yet take effect: it is read back before it is sent again."""
    result: Mapping[str, Any] | None = None
    """What the platform answered that is needed later: the id of what it named itself."""


@dataclass(frozen=True, slots=True)
class Try:
    """One request of a step. `ended` is None where nobody was there for the answer."""

    number: int
    """Of the step."""
    begun: datetime
    ended: datetime | None = None
    status: int | None = None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a step. PLANNED: it was certainly not carried out, and is to be sent again."""

    state: StepState
    sentence: str = ""
    status: int | None = None
    not_before: datetime | None = None
    doubtful: bool = False
    result: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class JobProgress:
    """Where a job stands: the job's counts, and the step that was begun or has just got its outcome."""

    job: Job
    record: StepRecord


Progress: TypeAlias = Callable[[JobProgress], None]


@dataclass(frozen=True, slots=True)
class JobResult:
    """What came of running a job."""

    job_id: int
    state: JobState
    done: int
    failed: int
    skipped: int
    unknown: int
    left: int
    reason: str
    """Why it is paused; empty if it is not."""
    problems: tuple[str, ...]
    """A sentence for each step that was not done, in order."""
    titles: tuple[str, ...]
    """What those steps were about to do: a sentence need not name it."""
    note: str = ""
    """See `Job.note`."""

    @property
    def ok(self) -> bool:
        """Every step was done."""
        return not (self.failed or self.skipped or self.unknown or self.left)

    @property
    def sentence(self) -> str:
        """What to tell of it where it did not go well: why it paused, or the first problem."""
        return self.reason or next(iter(self.problems), "")
