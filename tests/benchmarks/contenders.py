"""Ways to get the entities of a platform into a file, each in a process of its own that holds nothing else.

`python -m tests.benchmarks.contenders NAME BASE_URL FOLDER`, the key in the environment, prints as JSON what
`NAME` returns. Imports are not measured.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from entitree.api.client import PlatformClient
from entitree.api.credentials import Credential
from entitree.api.gate import LocalGate
from entitree.api.operations import GET_ENTITIES
from entitree.api.transport import Reply, Request, Transport, open_transport
from entitree.inventory.model import Family
from entitree.inventory.store import Store
from entitree.inventory.sync import refresh
from entitree.settings.environment import API_KEY

PAGE = 1_000
_FLOOR = "floor.db"


@dataclass
class Counted(Transport):
    """A transport that notes when each request of a path was sent, and what came back."""

    inner: Transport
    sent: dict[str, list[float]] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)

    async def send(self, request: Request, *, deadline: float) -> Reply:
        self.sent.setdefault(request.target.partition("?")[0], []).append(time.perf_counter())
        reply = await self.inner.send(request, deadline=deadline)
        self.statuses.append(reply.status)
        return reply

    async def aclose(self) -> None:
        await self.inner.aclose()


async def ours(base_url: str, folder: Path) -> list[float]:
    """Seconds of a refresh into a new mirror, and of another of the same."""
    return [await _refreshed(base_url, folder), await _refreshed(base_url, folder)]


async def _refreshed(base_url: str, folder: Path) -> float:
    async with Store(folder / "mirror.db") as store:
        begin = time.perf_counter()
        client = PlatformClient(open_transport(base_url), _credential(), LocalGate(None))
        states = await refresh(client, store, (Family.ENTITIES,))
        took = time.perf_counter() - begin
        await client.aclose()
    assert states[Family.ENTITIES].whole, states
    return took


async def paced(base_url: str, folder: Path) -> dict[str, float]:
    """A refresh at the documented limits: requests, refusals, and percent of the allowed rate."""
    transport = Counted(open_transport(base_url))
    async with Store(folder / "paced.db") as store:
        client = PlatformClient(transport, _credential(), LocalGate(1.0))
        states = await refresh(client, store, (Family.APPLICATIONS, Family.ENTITIES))
        await client.aclose()
    assert all(state.whole for state in states.values()), states
    sent = transport.sent[GET_ENTITIES.path]
    assert GET_ENTITIES.limit is not None
    allowed = (sent[-1] - sent[0]) * GET_ENTITIES.limit.requests / GET_ENTITIES.limit.seconds
    return {
        "requests": len(sent),
        "refused": transport.statuses.count(429),
        "percent": 100 * (len(sent) - 1) / allowed,
    }


async def read(base_url: str, folder: Path) -> list[float]:
    """Seconds to read the same pages as bytes, by httpx and one client."""
    begin = time.perf_counter()
    headers = {"Authorization": f"App {os.environ[API_KEY]}"}
    async with httpx.AsyncClient(base_url=base_url, headers=headers, trust_env=False) as client:
        page, last = 0, 1
        while page < last:
            reply = await client.get(GET_ENTITIES.path, params={"page": page, "size": PAGE})
            if not page:
                last = reply.json()["paging"]["totalPages"]
            page += 1
    return [time.perf_counter() - begin]


async def insert(base_url: str, folder: Path) -> list[float]:
    """Seconds to put the rows of the mirror that is there into a table like its own, a page a transaction."""
    with closing(sqlite3.connect(folder / "mirror.db")) as mirror:
        made = [
            sql
            for (sql,) in mirror.execute(
                "SELECT sql FROM sqlite_master WHERE tbl_name = 'entity' AND sql IS NOT NULL"
                " AND type IN ('table', 'index') ORDER BY type DESC"
            )
        ]
        rows = mirror.execute("SELECT * FROM entity ORDER BY rowid").fetchall()
    begin = time.perf_counter()
    with closing(sqlite3.connect(folder / _FLOOR, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        for sql in made:
            db.execute(sql)
        marks = ", ".join("?" * len(rows[0]))
        for start in range(0, len(rows), PAGE):
            db.execute("BEGIN IMMEDIATE")
            db.executemany(f"INSERT INTO entity VALUES ({marks})", rows[start : start + PAGE])
            db.execute("COMMIT")
    return [time.perf_counter() - begin]


def _credential() -> Credential:
    return Credential(api_key=os.environ[API_KEY])


if __name__ == "__main__":
    contender = {"ours": ours, "paced": paced, "read": read, "insert": insert}[sys.argv[1]]
    print(json.dumps(asyncio.run(contender(sys.argv[2], Path(sys.argv[3])))))
