"""An app that has a job run to its good end, as a user does who comes back to it again and again.

It is told on its input what a worker is told, the job, and `impatient`, or nothing: which worker it starts.
It prints a line of JSON for each step: how many are done, and the worker that it has started, if it has; and
"over" at the end.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from entitree.account import Account
from entitree.changes.worker.process import Process
from entitree.handover import read

if TYPE_CHECKING:
    from entitree.changes.jobs import JobProgress


IMPATIENT = (sys.executable, "-P", str(Path(__file__).with_name("impatient.py")))


async def main(handover: bytes, job_id: int, how: str) -> None:
    told = read(handover)
    account = await Account.open(told.profile, told.folder, seed=told.seed)
    account.pace = told.pace
    async with account:
        await account.connect()
        desk = account.desk
        runner = desk._runner
        assert isinstance(runner, Process)
        if how == "impatient":
            runner._command = IMPATIENT

        def tell(now: JobProgress) -> None:
            print(json.dumps({"done": now.job.done, "worker": runner.pid}), flush=True)  # noqa: T201

        while not (found := await desk.run(job_id, tell)).ok:
            while not found.left and not found.ok:
                await desk.retry(job_id)
                found = await desk.watch(job_id, tell)
            if found.ok:
                break
        print(json.dumps("over"), flush=True)  # noqa: T201


if __name__ == "__main__":
    told = [sys.stdin.buffer.readline() for _ in range(3)]
    asyncio.run(main(told[0], int(told[1]), told[2].decode().strip()))
