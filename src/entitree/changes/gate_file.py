"""The pace of one account in a small SQLite file, which every process on that account reads and writes.

Everything here blocks, and belongs to one thread.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import isnan
from typing import TYPE_CHECKING

from entitree.changes.volume import is_local

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from entitree.api.pace import Lane

GRACE = 0.5
"""Seconds for which a turn is kept for who claimed it; whoever claims may have been killed since."""

_POLL = 0.02
"""Seconds after which it is looked whether a claim was used or withdrawn."""

_BUSY = 5.0
"""Seconds to wait for another process's transaction, which takes less than a millisecond."""

_TRIES = 50
_VERSION = 1
_TABLES = (
    """CREATE TABLE lane (name TEXT PRIMARY KEY, drained REAL NOT NULL, held REAL NOT NULL,
    pause REAL NOT NULL, extra REAL NOT NULL, strikes INTEGER NOT NULL, clean INTEGER NOT NULL)""",
    "CREATE TABLE spent (lane TEXT NOT NULL, at REAL NOT NULL)",
    "CREATE INDEX spent_by_lane ON spent (lane, at)",
    "CREATE TABLE claim (lane TEXT NOT NULL, owner TEXT NOT NULL, until REAL NOT NULL,"
    " PRIMARY KEY (lane, owner))",
)
_COLUMNS = "drained, held, pause, extra, strikes, clean"


@dataclass(frozen=True, slots=True)
class Taken:
    """A slot that was taken, for giving it back."""

    at: float
    drained: float
    before: float


@dataclass(frozen=True, slots=True)
class Attempt:
    lane: Lane
    """As it stands now."""
    now: float
    """When that was."""
    wait: float
    """Seconds after which to try again; 0.0: a slot was taken."""
    taken: Taken | None = None


class PaceFile:
    """The file at `path`, made with mode 0600 when it is first used. `owner` tells processes apart; `clock`
    is one that all of them read.

    Methods raise sqlite3.Error, OSError, and ValueError for what no version of this program wrote.
    """

    def __init__(self, path: Path, owner: str, clock: Callable[[], float]) -> None:
        self._path = path
        self._owner = owner
        self._clock = clock
        self._connection: sqlite3.Connection | None = None
        self._inode = -1

    def attempt(self, name: str, fresh: Lane, *, ahead: bool) -> Attempt:
        """Take a slot of the lane called `name` if one is due; `fresh` is the lane as it begins.

        Who is `ahead` and has to wait claims the next slot: until it is used, withdrawn, or `GRACE` seconds
        after it was due, others that are not leave it alone.
        """
        if fresh.free and (lane := self._look(name, fresh)) is not None:
            return Attempt(lane, self._clock(), 0.0)
        with self._writing() as db:
            now = self._clock()
            lane = _read(db, name, fresh, now)
            wait = lane.due - now
            if wait <= 0 and not ahead and self._claimed(db, name, lane, now):
                wait = _POLL
            if wait > 0:
                if ahead:
                    self._claim(db, name, lane.due + GRACE)
                return Attempt(lane, now, wait)
            before = lane.drained
            lane.take(now)
            _write(db, name, lane)
            if ahead:
                self._withdraw(db, name)
            return Attempt(lane, now, 0.0, Taken(now, lane.drained, before))

    def throttle(self, name: str, fresh: Lane, retry_after: float | None) -> Attempt:
        """Note a 429."""
        with self._writing() as db:
            now = self._clock()
            lane = _read(db, name, fresh, now)
            lane.throttle(now, retry_after)
            _write(db, name, lane)
            return Attempt(lane, now, lane.due - now)

    def give_back(self, name: str, fresh: Lane, taken: Taken) -> None:
        """What was taken did not go after all."""
        with self._writing() as db:
            lane = _read(db, name, fresh, self._clock())
            lane.give_back(taken.at, taken.drained, taken.before)
            _write(db, name, lane)

    def withdraw(self, name: str) -> None:
        """Nobody here waits for the slot any more that was claimed."""
        with self._writing() as db:
            self._withdraw(db, name)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    # Claims

    def _claim(self, db: sqlite3.Connection, name: str, until: float) -> None:
        db.execute("INSERT OR REPLACE INTO claim VALUES (?, ?, ?)", (name, self._owner, until))

    def _withdraw(self, db: sqlite3.Connection, name: str) -> None:
        db.execute("DELETE FROM claim WHERE lane = ? AND owner = ?", (name, self._owner))

    def _claimed(self, db: sqlite3.Connection, name: str, lane: Lane, now: float) -> bool:
        """Whether another process claims the slot that is due now."""
        # A slot is never due earlier than it was when it was claimed: a later end is one of a clock that was
        # set back.
        latest = max(lane.due, now) + GRACE
        db.execute("DELETE FROM claim WHERE lane = ? AND NOT (until > ? AND until <= ?)", (name, now, latest))
        return (
            db.execute("SELECT 1 FROM claim WHERE lane = ? AND owner != ?", (name, self._owner)).fetchone()
            is not None
        )

    # The file

    def _look(self, name: str, fresh: Lane) -> Lane | None:
        """A lane without a limit, where nothing need be written: no 429 was met lately."""
        db = self._connect()
        lane = _read(db, name, fresh, now := self._clock())
        return lane if lane.due <= now and lane.clean and not lane.extra and not lane.strikes else None

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        db = self._connect()
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise

    def _connect(self) -> sqlite3.Connection:
        if self._connection is not None:
            try:
                if self._path.stat().st_ino == self._inode:
                    return self._connection
            except FileNotFoundError:
                pass
            # Someone moved it away.
            self.close()
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # SQLite would make the file with the umask's mode; its -wal and -shm take the mode of the file.
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._inode = os.fstat(handle).st_ino
        os.close(handle)
        db = sqlite3.connect(self._path, timeout=_BUSY, isolation_level=None, check_same_thread=False)
        try:
            self._prepare(db)
        except BaseException:
            db.close()
            raise
        self._connection = db
        return db

    def _prepare(self, db: sqlite3.Connection) -> None:
        self._choose_journal(db)
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("BEGIN IMMEDIATE")
        version: int = db.execute("PRAGMA user_version").fetchone()[0]
        if version > _VERSION:
            raise ValueError("a newer version of this program wrote it")
        if version < _VERSION:
            for statement in _TABLES:
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {_VERSION}")
        db.execute("COMMIT")

    def _choose_journal(self, db: sqlite3.Connection) -> None:
        # A file that other machines may see needs a rollback journal.
        wanted = "wal" if is_local(self._path.parent) else "delete"
        for left in reversed(range(_TRIES)):
            try:
                if db.execute("PRAGMA journal_mode").fetchone()[0] != wanted:
                    db.execute(f"PRAGMA journal_mode = {wanted}")
            except sqlite3.OperationalError as error:
                # For this SQLite does not wait where two processes make the file at once.
                if not left or error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise
                time.sleep(_POLL)
            else:
                return


def _read(db: sqlite3.Connection, name: str, fresh: Lane, now: float) -> Lane:
    row = db.execute(f"SELECT {_COLUMNS} FROM lane WHERE name = ?", (name,)).fetchone()
    if row is None:
        return replace(fresh, spent=[])
    drained, held, pause, extra, strikes, clean = row
    spent = []
    if fresh.budget:
        spent = [at for (at,) in db.execute("SELECT at FROM spent WHERE lane = ? ORDER BY at", (name,))]
    numbers = (drained, held, pause, extra, strikes, clean, *spent)
    if any(not isinstance(each, float | int) or isnan(each) for each in numbers):
        raise ValueError("it holds what is no time")
    lane = replace(
        fresh,
        drained=drained,
        held=held,
        pause=pause,
        extra=extra,
        strikes=int(strikes),
        clean=bool(clean),
        spent=spent,
    )
    if lane.reconcile(now) and db.in_transaction:
        _write(db, name, lane)
    return lane


def _write(db: sqlite3.Connection, name: str, lane: Lane) -> None:
    db.execute(
        f"INSERT OR REPLACE INTO lane (name, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (name, lane.drained, lane.held, lane.pause, lane.extra, lane.strikes, int(lane.clean)),
    )
    if lane.budget:
        db.execute("DELETE FROM spent WHERE lane = ?", (name,))
        db.executemany("INSERT INTO spent VALUES (?, ?)", ((name, at) for at in lane.spent))
