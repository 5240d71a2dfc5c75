"""Workers that are killed in the middle: forked off a process that has everything loaded, so they are cheap.

A program that is told on its input, line by line, which worker to fork: `handover` as a worker gets it, and
`strace`, arguments for it, `point`, where it is to die, or `full`, at which writes to its journal the disk is
full; or none of them. It answers each with a line: the status the worker ended with, and, of one that came to
its end, how many points or writes there were. Its first line says whether there is strace.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import signal
import sqlite3
import subprocess
import sys
import traceback
from asyncio import selector_events
from threading import Lock
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import httpx
from httpx._transports import default

# Loaded here once, like all that workers need, and not in each of them.
import entitree.api.client
import entitree.api.guard
import entitree.changes.desk
import entitree.changes.gate
import entitree.changes.journal
import entitree.changes.worker.host
import entitree.changes.worker.logout
import entitree.inventory.sync  # noqa: F401
from entitree.account import Account
from entitree.errors import EntitreeError
from entitree.handover import read
from entitree.inventory.database import Database
from entitree.way import JOURNAL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_PR_SET_PTRACER = 0x59616D61
_ANY = ctypes.c_ulong(-1)
REFUSED = 3
"""The status of a worker that ended with an error of the program's own, as with a disk that fails."""
_PATIENCE = 120
"""Seconds that no worker here needs."""


class Points:
    """Counts the moments at which a worker stores, sends or receives, and dies at number `last`.

    Between them lies each statement that SQLite begins, COMMIT among them, and each side of every use of a
    socket.
    """

    def __init__(self, last: int) -> None:
        self.passed = 0
        self._last = last
        self._lock = Lock()
        connect = Database._connect

        def watched(database: Database, *, reads: bool) -> sqlite3.Connection:
            db = connect(database, reads=reads)
            db.set_trace_callback(lambda _: self._pass())
            return db

        patch.object(Database, "_connect", watched).start()
        # Of the standard library: there is no other seam between bytes and the loop.
        transport: Any = selector_events._SelectorSocketTransport  # type: ignore[attr-defined]
        for name in ("write", "_read_ready"):
            patch.object(transport, name, self._around(getattr(transport, name))).start()

    def _around(self, real: Callable[..., object]) -> Callable[..., object]:
        def counted(*values: object) -> object:
            self._pass()
            value = real(*values)
            self._pass()
            return value

        return counted

    def _pass(self) -> None:
        with self._lock:
            self.passed += 1
            if self.passed == self._last:
                os.kill(os.getpid(), signal.SIGKILL)


class Full:
    """Has transactions fail that write to the journal: number `first` to `last` of them."""

    def __init__(self, first: int, last: int) -> None:
        self.passed = 0
        transact = Database._transact

        def failing(database: Database, lane: object, begin: str, work: Callable[[Any], Any]) -> object:
            if lane is database._writer and database.path.name == JOURNAL:
                self.passed += 1
                if first <= self.passed <= last:
                    error = sqlite3.OperationalError("database or disk is full")
                    error.sqlite_errorcode = sqlite3.SQLITE_FULL
                    raise database._trouble(error)
            return transact(database, lane, begin, work)  # type: ignore[arg-type]

        patch.object(Database, "_transact", failing).start()


def forked(
    handover: str,
    point: int | None = None,
    strace: Sequence[str] = (),
    full: tuple[int, int] | None = None,
) -> tuple[int, int]:
    """Runs a worker to its end, whichever that is."""
    going, go = os.pipe()
    heard, tell = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            os.close(go)
            let_trace()
            os.read(going, 1)
            counting = Full(*full) if full else Points(point) if point else None
            asyncio.run(worked(handover))
            os.write(tell, str(counting.passed if counting else 0).encode())
            status = 0
        except EntitreeError:
            status = REFUSED
        except BaseException:  # noqa: BLE001 - told, and this process ends
            traceback.print_exc()
        os._exit(status)
    os.close(going)
    os.close(tell)
    watching = attached(child, strace) if strace else None
    os.write(go, b"\n")
    os.close(go)
    with os.fdopen(heard) as told:
        passed = int(told.read() or 0)
    _, status = os.waitpid(child, 0)
    if watching is not None:
        watching.communicate()
    return os.waitstatus_to_exitcode(status), passed


def attached(child: int, arguments: Sequence[str]) -> subprocess.Popen[str]:
    """strace, when it has taken hold of `child`: of its first thread, with `-f` of all that it will have."""
    strace = subprocess.Popen(
        ["strace", *arguments, "-p", str(child)],  # noqa: S607 - wherever it is
        stderr=subprocess.PIPE,
        text=True,
    )
    assert strace.stderr is not None
    line = strace.stderr.readline()
    assert "attached" in line, line + strace.stderr.read()
    return strace


def traceable() -> bool:
    """Whether strace is there, and may take hold of a process that lets it."""
    going, go = os.pipe()
    child = os.fork()
    if not child:
        let_trace()
        os.write(go, b"\n")
        signal.pause()
    os.read(going, 1)
    try:
        return attached(child, ["-e", "trace=none"]).poll() is None
    except (OSError, AssertionError):
        return False
    finally:
        os.kill(child, signal.SIGKILL)


def let_trace() -> None:
    """Some systems let only parents trace, unless they are told otherwise."""
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANY, 0, 0, 0)


async def worked(handover: str) -> None:
    """As `entitree worker` does whose starter has gone."""
    lines = asyncio.StreamReader()
    lines.feed_eof()
    told = read(handover.encode())
    async with await Account.open(told.profile, told.folder, seed=told.seed) as account:
        await account.serve(lines, told.pace)


def main() -> None:
    # To read the certificates of the world takes half of a worker's time, and here nothing is encrypted.
    context = httpx.create_ssl_context()
    patch.object(default, "create_ssl_context", lambda **_: context).start()
    print(json.dumps(traceable()), flush=True)  # noqa: T201 - said once, at the beginning
    for line in sys.stdin:
        # Whatever hangs ends this process, and with it the test.
        signal.alarm(_PATIENCE)
        print(json.dumps(forked(**json.loads(line))), flush=True)  # noqa: T201 - that is its answer
        signal.alarm(0)


if __name__ == "__main__":
    main()
