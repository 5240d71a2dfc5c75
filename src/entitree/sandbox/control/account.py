"""The account as a whole: looked at, told effect by effect, and begun anew."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from contextlib import closing
from typing import TYPE_CHECKING, Any, BinaryIO

from starlette.concurrency import run_in_threadpool

from entitree.sandbox import seeds
from entitree.sandbox.account.kinds import KINDS
from entitree.sandbox.control.desk import note
from entitree.sandbox.control.replacing import emptied, handed_out, let_in
from entitree.sandbox.wire.asgi import FileResponse, response
from entitree.sandbox.wire.call import Query
from entitree.sandbox.wire.replies import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from entitree.sandbox.control.desk import Desk

_MOST_ENTRIES = 10_000
_LAST = 10**10 - 1


async def state(desk: Desk, request: Request) -> ASGIApp:
    """`GET /state`: the dump as JSON; the same account gives the same bytes."""
    # A million rows are too much for the memory, so they go through a file, which has no name.
    file: BinaryIO = await run_in_threadpool(tempfile.TemporaryFile)
    try:
        await desk.read(lambda db: _write_state(db, file))
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return FileResponse(file, "application/json")


async def audit(desk: Desk, request: Request) -> ASGIApp:
    """`GET /audit?since=N&limit=M`: the effects after sequence N, oldest first, at most M of them.

    N is 0 by default, M 1,000 and at most 10,000. While `more` is true, ask again `since` what `last` says.
    Sequences grow and never restart.
    """
    query = Query(request.scope["query_string"])
    since = query.whole_number("since", default=0, low=0, high=_LAST)
    limit = query.whole_number("limit", default=1000, low=1, high=_MOST_ENTRIES)

    def read(db: sqlite3.Connection) -> ASGIApp:
        rows = db.execute(
            "SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?", (since, limit + 1)
        ).fetchall()
        entries = [_entry(row) for row in rows[:limit]]
        last = entries[-1]["sequence"] if entries else since
        return response(Reply(200, {"entries": entries, "last": last, "more": len(rows) > limit}))

    return await desk.read(read)


async def reset(desk: Desk, request: Request) -> ASGIApp:
    """`POST /reset?seed=NAME`: the account as the seed has it, by default the one it was made from.

    Credentials and rules stay, windows and buckets are empty, what is to go wrong begins to count anew, and
    the audit log goes on.
    """
    wanted = Query(request.scope["query_string"]).first("seed")

    def write(db: sqlite3.Connection) -> Reply:
        (made_from,) = db.execute("SELECT value FROM account WHERE name = 'seed'").fetchone()
        seed = made_from if wanted is None else wanted
        write_seed = seeds.named(seed)
        now = desk.clock()
        keys = handed_out(db)
        emptied(db, keep=("account", "faults"))
        let_in(db, keys)
        write_seed(db)
        seeds.date(db, now)
        db.execute("UPDATE account SET value = ? WHERE name = 'seed'", (seed,))
        db.execute("UPDATE faults SET seen = 0, used = 0")
        sequence = note(db, now=now, operation="reset", after={"seed": seed})
        return Reply(200, {"seed": seed, "sequence": sequence})

    return response(await desk.write(write))


def _entry(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "sequence": row["seq"],
        "time": row["at"],
        "key": row["key"],
        "operation": row["operation"],
        "object": {"kind": row["kind"], "id": row["id"]},
        "before": None if row["before"] is None else json.loads(row["before"]),
        "after": None if row["after"] is None else json.loads(row["after"]),
    }


def _write_state(db: sqlite3.Connection, file: BinaryIO) -> None:
    """Writes what `dump` returns. SQLite sorts it: a list of that size would hold up all other threads."""
    with closing(sqlite3.connect("")) as sorter:
        between = b"{"
        for kind in sorted(KINDS, key=lambda kind: kind.family):
            sorter.execute("CREATE TABLE lines (line TEXT NOT NULL)")
            rows = db.execute(f"SELECT * FROM {kind.rows}")
            sorter.executemany("INSERT INTO lines VALUES (?)", ((_encoded(kind.shown(row)),) for row in rows))
            file.write(between + _encoded(kind.family).encode() + b":[")
            file.writelines(_joined(sorter.execute("SELECT line FROM lines ORDER BY line")))
            sorter.execute("DROP TABLE lines")
            between = b"],"
        file.write(b"]}")


def _joined(lines: sqlite3.Cursor) -> Iterator[bytes]:
    for number, (line,) in enumerate(lines):
        yield (f",{line}" if number else line).encode()


def _encoded(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
