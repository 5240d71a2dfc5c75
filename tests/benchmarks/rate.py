"""The allowed rate, used by one process and by four on one account for a minute; and what a job of it costs.

`python -m tests.benchmarks.rate BASE_URL FOLDER NUMBER`, the key in the environment, is one of the processes.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from tests.benchmarks.machine import ROOT
from tests.benchmarks.syncing import RATE_BAR, Served, served
from tests.benchmarks.table import Line, Unit

from entitree.api.client import PlatformClient
from entitree.api.credentials import Credential
from entitree.api.operations import CREATE_ENTITY, GET_APPLICATIONS, GET_ASSOCIATIONS, GET_ENTITIES
from entitree.api.transport import Reply, Request, Transport, open_transport
from entitree.changes.desk import JobDesk
from entitree.changes.edits import Create
from entitree.changes.gate import SharedGate
from entitree.changes.journal import Journal
from entitree.changes.worker import Door
from entitree.inventory.model import Kind
from entitree.inventory.store import Store
from entitree.settings.environment import API_KEY

if TYPE_CHECKING:
    from entitree.api.operations import Operation

SECONDS = 60.0
STEPS = 55
"""Of the job, which the first process runs: as many as fit into the minute."""
_READS = (GET_ENTITIES, GET_APPLICATIONS, GET_ASSOCIATIONS)


class Said(TypedDict):
    """What one of the processes says."""

    sent: dict[str, list[float]]
    """When, by method and path."""
    refused: int
    job: int
    """Requests of the job, if it ran it."""


@dataclass
class Noting(Transport):
    """Notes when each request of an operation was sent, and how many were refused."""

    inner: Transport
    sent: dict[str, list[float]] = field(default_factory=dict)
    refused: int = 0

    async def send(self, request: Request, *, deadline: float) -> Reply:
        name = f"{request.method} {request.target.partition('?')[0]}"
        self.sent.setdefault(name, []).append(time.time())
        reply = await self.inner.send(request, deadline=deadline)
        self.refused += reply.status == 429
        return reply

    async def aclose(self) -> None:
        await self.inner.aclose()


def measure() -> list[Line]:
    """Takes two minutes."""
    lines: list[Line] = []
    for processes in (1, 4):
        with served("docs", "real") as server:
            said = _run(server, processes)
        who = f"{processes} process{'' if processes == 1 else 'es'} on one account for a minute"
        for operation in (*_READS, CREATE_ENTITY):
            times = sorted(at for each in said for at in each["sent"].get(_name(operation), []))
            share = 100 * (len(times) - 1) / ((times[-1] - times[0]) * _rate(operation))
            lines.append(
                Line(
                    f"{who}: share of the allowed rate of {operation.name}",
                    (share,),
                    unit=Unit.PERCENT,
                    least=RATE_BAR,
                    note=f"{len(times)} requests",
                )
            )
        refused = sum(each["refused"] for each in said)
        lines.append(Line(f"{who}: answers 429", (refused,), unit=Unit.COUNT, most=0))
        lines.append(
            Line(
                f"{who}: requests of a job of {STEPS} creations",
                (said[0]["job"],),
                (STEPS + 1,),
                1.0,
                unit=Unit.COUNT,
                against="one each, and one listing that confirms them",
            )
        )
    return lines


def _run(server: Served, processes: int) -> list[Said]:
    command = [sys.executable, "-m", "tests.benchmarks.rate", server.base_url, str(server.folder)]
    environ = {**os.environ, API_KEY: server.api_key}
    running = [
        subprocess.Popen([*command, str(number)], stdout=subprocess.PIPE, env=environ, cwd=ROOT)
        for number in range(processes)
    ]
    said: list[Said] = [json.loads(each.communicate()[0]) for each in running]
    assert not any(each.returncode for each in running)
    return said


async def process(base_url: str, folder: Path, number: int) -> Said:
    """Asks without end, and the first one runs a job too."""
    gate = SharedGate(folder / "gate.db")
    credential = Credential(os.environ[API_KEY])
    reading, changing = Noting(open_transport(base_url)), Noting(open_transport(base_url))
    async with (
        PlatformClient(reading, credential, gate) as reader,
        PlatformClient(changing, credential, Door(gate)) as writer,
    ):
        until = time.monotonic() + SECONDS

        async def ask(operation: Operation) -> None:
            while time.monotonic() < until:
                await reader.call(operation, query=(("size", "1"),))

        job = [_job(writer, folder)] if number == 0 else []
        await asyncio.gather(*map(ask, _READS), *job)
    await gate.aclose()
    for name, times in changing.sent.items():
        # Also what the job reads: it takes turns of the same operations.
        reading.sent.setdefault(name, []).extend(times)
    return {
        "sent": reading.sent,
        "refused": reading.refused + changing.refused,
        "job": sum(map(len, changing.sent.values())),
    }


async def _job(client: PlatformClient, folder: Path) -> None:
    async with Store(folder / "mirror.db") as store, Journal(folder / "journal.db") as journal:
        desk = JobDesk(journal, client, store)
        plan = await desk.plan([Create(Kind.ENTITY, f"shop-{n}") for n in range(STEPS)])
        result = await desk.apply(plan)
        assert result.ok, result


def _name(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


def _rate(operation: Operation) -> float:
    assert operation.limit is not None
    return operation.limit.requests / operation.limit.seconds


if __name__ == "__main__":
    print(json.dumps(asyncio.run(process(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))))
