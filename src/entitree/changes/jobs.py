"""What the journal tells of jobs and their steps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from entitree.changes.plan import Step


IN_DOUBT = "It may or may not have happened: the program ended before the answer came."
"""Of a step that was inflight when the program ended, where reading back does not tell."""


class StepState(Enum):
    PLANNED = "planned"
    INFLIGHT = "inflight"
    """It may have been sent; what came of it is not known yet."""
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    """Not sent: what it was planned upon has changed, or the job was cancelled."""
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


@dataclass(frozen=True, slots=True)
class Job:
    id: int
    account: str
    title: str
    state: JobState
    reason: str
    """Why it is paused, in one sentence."""
    created: datetime
    started: datetime | None
    ended: datetime | None
    steps: int
    done: int = 0
    failed: int = 0
    skipped: int = 0
    unknown: int = 0
    inflight: int = 0
    """May have been sent; what came of them `JobDesk.settle` finds out."""

    @property
    def left(self) -> int:
        """Steps that were certainly not sent."""
        return self.steps - self.done - self.failed - self.skipped - self.unknown - self.inflight


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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a step."""

    state: StepState
    sentence: str = ""
    status: int | None = None
