"""The steps of a job as they are followed: only those that something happened to are read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entitree.changes.desk import JobDesk
    from entitree.changes.jobs import Job, StepRecord
    from entitree.changes.records import Stamp


class JobSteps:
    """The steps of one job."""

    def __init__(self, desk: JobDesk, job_id: int) -> None:
        self._desk = desk
        self._job_id = job_id
        self._seen: dict[int, Stamp] = {}
        self._records: dict[int, StepRecord] = {}

    async def read(self) -> tuple[Job, list[StepRecord]]:
        """The job, and its steps in order, as they are now. Raises StorageError; UsageError where there is no
        such job.
        """
        job = await self._desk.job(self._job_id)
        records, seen = await self._desk.news(self._job_id, self._seen)
        self._seen |= seen
        self._records |= {record.step.number: record for record in records}
        return job, [self._records[number] for number in sorted(self._records)]
