"""The whole state as a file of SQLite's own format, and back."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn

import anyio
from starlette.concurrency import run_in_threadpool

from entitree.disk import Ailment, ailment, storage_error
from entitree.errors import StorageError, UsageError
from entitree.sandbox import rules, seeds
from entitree.sandbox.access import credentials
from entitree.sandbox.account import messages
from entitree.sandbox.account.kinds import KINDS
from entitree.sandbox.account.state import bring_up_to_date
from entitree.sandbox.control import faults
from entitree.sandbox.control.desk import note
from entitree.sandbox.control.replacing import emptied, handed_out, let_in, replaced
from entitree.sandbox.wire.asgi import FileResponse, response
from entitree.sandbox.wire.replies import ProblemError, Reply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from entitree.sandbox.account.state import State
    from entitree.sandbox.control.desk import Desk

_WHAT = "The snapshot"
_HINT = "Take another snapshot."
_NOT_THE_FILES = frozenset({Ailment.FULL, Ailment.RIGHTS, Ailment.BUSY})


async def snapshot(desk: Desk, request: Request) -> ASGIApp:
    """`GET /snapshot`: the state as it is at one moment, secrets and all. It can be opened as a state."""
    async with _file_beside(desk.state) as path:
        await run_in_threadpool(desk.state.copy_to, path)
        # Open, it outlives its name.
        file: BinaryIO = await run_in_threadpool(path.open, "rb")
        return FileResponse(file, "application/vnd.sqlite3")


async def restore(desk: Desk, request: Request) -> ASGIApp:
    """`POST /restore`: puts back a snapshot, which is the body: of any size, this sandbox's or another's.

    All but the credentials and the audit log is replaced, rules and what is to go wrong included. One of an
    older program is migrated first. Keys that the sandbox hands out stay good, also if they are younger.
    """
    async with _file_beside(desk.state) as path:
        digest = await _received(request, path)
        sequence = await run_in_threadpool(_restored, desk, path, digest)
    return response(Reply(200, {"sequence": sequence}))


@asynccontextmanager
async def _file_beside(state: State) -> AsyncIterator[Path]:
    """An empty file that only its owner may read, on the disk that has room for a state; then it is gone."""

    def make() -> Path:
        # SQLite may put files of its own beside it, so it has a folder.
        folder = Path(tempfile.mkdtemp(prefix=f".{state.path.name}-", dir=state.path.parent))
        path = folder / "snapshot"
        os.close(os.open(path, os.O_CREAT | os.O_CLOEXEC, 0o600))
        return path

    try:
        path = await run_in_threadpool(make)
    except OSError as error:
        raise state.trouble(error) from error
    try:
        yield path
    finally:
        with anyio.CancelScope(shield=True):
            await run_in_threadpool(shutil.rmtree, path.parent, ignore_errors=True)


async def _received(request: Request, path: Path) -> str:
    """Writes the body into the file, and returns its SHA-256 in hexadecimal."""
    digest = hashlib.sha256()

    def take(chunk: bytes) -> None:
        digest.update(chunk)
        file.write(chunk)

    try:
        with await run_in_threadpool(path.open, "wb") as file:
            async for chunk in request.stream():
                await run_in_threadpool(take, chunk)
    except OSError as error:
        raise storage_error(_WHAT, error, if_damaged=_HINT) from error
    return digest.hexdigest()


def _restored(desk: Desk, path: Path, digest: str) -> int:
    """Puts the account of this file in place of ours, and returns the sequence of the entry that says so."""
    _bring_up_to_date(path)
    with desk.state.transaction_beside(path) as db:
        keys = handed_out(db)
        try:
            for table in emptied(db):
                _copy(db, table)
        except sqlite3.Error as error:
            _refuse(error)
        let_in(db, keys)
        return note(db, now=desk.clock(), operation="restore", after={"snapshot": digest})


def _copy(db: sqlite3.Connection, table: str) -> None:
    names = ", ".join(name for (name,) in db.execute("SELECT name FROM main.pragma_table_info(?)", (table,)))
    db.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM other.{table} {replaced(table)}")


def _bring_up_to_date(path: Path) -> None:
    """Migrates the snapshot.

    Raises:
        ProblemError: 400, it is no snapshot, damaged, or newer than this program.
        StorageError: it cannot be read here, which is not its fault.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.row_factory = sqlite3.Row
            bring_up_to_date(db, _WHAT, _refuse_empty)
            _check(db)
    except StorageError as error:
        raise ProblemError(400, text=str(error)) from None
    except sqlite3.Error as error:
        _refuse(error)
    except (LookupError, TypeError, ValueError, AttributeError, UsageError):
        # What SQLite takes for sound need not make sense.
        _refuse(sqlite3.DatabaseError("malformed account"))


def _check(db: sqlite3.Connection) -> None:
    """Reads all that will be read later, so that nothing is found out too late."""
    for pragma in ("quick_check", "foreign_key_check"):
        if [tuple(row) for row in db.execute(f"PRAGMA {pragma}")] not in ([], [("ok",)]):
            raise sqlite3.DatabaseError("malformed")
    for kind in KINDS:
        for row in db.execute(f"SELECT * FROM {kind.rows}"):
            kind.shown(row)
    rules.kept(db)
    faults.kept(db)
    faults.drawn_from(db)
    (made_from,) = db.execute("SELECT value FROM account WHERE name = 'seed'").fetchone()
    seeds.named(made_from)
    for role, scopes in db.execute("SELECT role, scopes FROM api_keys"):
        known = role is None or role in credentials.SCOPES
        if not known or not (scopes is None or isinstance(json.loads(scopes), list)):
            raise sqlite3.DatabaseError("malformed account")
    for status, direction in db.execute("SELECT status, direction FROM messages"):
        if direction == messages.SENT and status not in messages.OUTCOMES:
            raise sqlite3.DatabaseError("malformed account")


def _refuse_empty(db: sqlite3.Connection) -> NoReturn:
    raise StorageError(f"{_WHAT} is empty.", hint="Send the file as the body of the request.")


def _refuse(error: sqlite3.Error) -> NoReturn:
    trouble = storage_error(_WHAT, error, if_damaged=_HINT)
    if ailment(error) in _NOT_THE_FILES:
        raise trouble from error
    raise ProblemError(400, text=str(trouble)) from None
