"""A process that asks a sandbox for one thing after the other, and is killed in the middle of each.

Run as a program, `dying.py FOLDER KILLS`, with a JSON list of requests in `requests.json` and the state to
begin with in `0.db`. It leaves the state after N requests in `N.db`, and in `N-K.db` what is left of it when
the next request is killed at the K-th of KILLS moments, spread evenly over it.

What it counts in are steps of SQLite: each statement that begins, and every so many operations inside of one.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import httpx

# The web framework is loaded here once, and not in each process that dies.
from entitree.sandbox import open_sandbox
from entitree.sandbox.account.state import State

if TYPE_CHECKING:
    import sqlite3

    from entitree.sandbox import Sandbox

_OPERATIONS = 50
"""Of SQLite's virtual machine, from one step to the next."""


class Steps:
    """Counts what SQLite does on the connections that are opened from now on, and dies at step `last`."""

    def __init__(self, last: int) -> None:
        self.done = 0
        self._last = last
        connect = State._connect

        def watched(state: State) -> sqlite3.Connection:
            db = connect(state)
            db.set_trace_callback(lambda _: self._step())
            db.set_progress_handler(self._step, _OPERATIONS)
            return db

        patch.object(State, "_connect", watched).start()

    def _step(self) -> None:
        self.done += 1
        if self.done == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


async def ask(box: Sandbox, folder: Path, method: str, target: str, body: object) -> None:
    """Asks as the one who may; a body that is a string names a file."""
    key = f"Bearer {box.admin_key}" if target.startswith("/_sandbox/") else f"App {box.api_key}"
    file = (folder / body).read_bytes() if isinstance(body, str) else None
    request = httpx.Request(
        method,
        f"http://sandbox.test{target}",
        headers={"authorization": key},
        json=body if file is None else None,
        content=file,
    )
    reply = await httpx.ASGITransport(box.app).handle_async_request(request)
    assert reply.status_code < 400, (method, target, await reply.aread())


def run(folder: Path, state: Path, number: int, *, last: int = 0) -> int:
    """Does one request on a copy of the state before it, in a process of its own; returns its steps.

    With a step to die at there are none to return.
    """
    shutil.copy(folder / f"{number}.db", state)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        box = open_sandbox(state, limits=None, clock=lambda: 1e9)
        box._state._close_idle()
        steps = Steps(last)
        asyncio.run(ask(box, folder, *json.loads((folder / "requests.json").read_text())[number]))
        box.close()
        os.write(writing, str(steps.done).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        done = int(told.read() or 0)
    _, status = os.waitpid(child, 0)
    assert status == (signal.SIGKILL if last else 0), f"request {number}, step {last}: {status}"
    return done


def main(folder: Path, kills: int) -> None:
    for number in range(len(json.loads((folder / "requests.json").read_text()))):
        done = run(folder, folder / f"{number + 1}.db", number)
        for kill in range(kills):
            run(folder, folder / f"{number}-{kill}.db", number, last=1 + (done - 1) * kill // (kills - 1))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
