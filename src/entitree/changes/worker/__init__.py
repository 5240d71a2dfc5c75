"""Running jobs: the loop, and the process that it runs in."""

from entitree.changes.jobs import JobProgress, JobResult, Progress
from entitree.changes.worker.loop import work
from entitree.changes.worker.pace import Pace
from entitree.changes.worker.stop import Door

__all__ = ["Door", "JobProgress", "JobResult", "Pace", "Progress", "work"]
