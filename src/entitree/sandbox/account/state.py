"""The account as one SQLite file: opening, connections, transactions.

Several processes may open the same file; each sees what the others committed. Write-ahead log, so readers
never wait for a writer. A request is one transaction: killed in the middle, the file holds all or nothing.
"""

from __future__ import annotations

import os
import queue
import sqlite3
import threading
from contextlib import closing, contextmanager, nullcontext
from typing import TYPE_CHECKING

from entitree.disk import demand_tables, storage_error
from entitree.errors import StorageError
from entitree.sandbox.account.schema import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_APPLICATION_ID = 0x656E7469
"""Marks a file as ours ("enti"), so that another program's database is never written to."""

_BUSY_SECONDS = 30.0
_TROUBLE = (sqlite3.Error, UnicodeDecodeError)


class ClosedError(StorageError):
    """The state was closed, and who asks comes too late."""


class State:
    """An open state file and its idle connections. Every method blocks: never call it on an event loop."""

    def __init__(self, path: Path, *, fill: Callable[[sqlite3.Connection], None]) -> None:
        """Opens the file, or makes it (mode 0600) and has `fill` write the account into it: all or nothing.

        Raises:
            StorageError: the file cannot be opened, is no sandbox state, or was written by a newer program.
        """
        self.path = path
        self._idle: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        self._closed = False
        # Threads of this process wait here in turn; at the file they would poll, with naps of 100 ms.
        self._writing = threading.Lock()
        try:
            _make(path)
            connection = self._connect()
            try:
                bring_up_to_date(connection, f"The sandbox state {path}", fill)
                _tighten(path)
                # Kept in the file; where the file system cannot share memory SQLite stays with its rollback
                # journal.
                connection.execute("PRAGMA journal_mode = WAL")
            except BaseException:
                connection.close()
                raise
        except (OSError, *_TROUBLE) as error:
            raise self.trouble(error) from error
        self._idle.put(connection)

    def trouble(self, error: Exception) -> StorageError:
        """What to raise for an error of the file."""
        return storage_error(
            f"The sandbox state {self.path}",
            error,
            if_damaged=f"Remove {self.path.name} to start afresh, or choose another file.",
        )

    @contextmanager
    def transaction(self, *, writes: bool) -> Iterator[sqlite3.Connection]:
        """One transaction, committed at the end, rolled back on any exception.

        Raises:
            StorageError: the file cannot be used any more; ClosedError: it was closed.
        """
        with (
            self._idle_connection() as connection,
            self._writing if writes else nullcontext(),
            _transaction(connection, writes=writes),
        ):
            yield connection

    @contextmanager
    def transaction_beside(self, other: Path) -> Iterator[sqlite3.Connection]:
        """A transaction that writes, and may read another state file as the schema `other`.

        Raises:
            StorageError: the file cannot be used any more; ClosedError: it was closed.
        """
        self._demand_open()
        try:
            # To attach a file no transaction may be open, to let go of it no statement: not an idle one.
            with closing(self._connect()) as connection:
                connection.execute("ATTACH ? AS other", (str(other),))
                # KiB, taken as they are needed: the others wait for half the time when it all fits.
                connection.execute("PRAGMA main.cache_size = -262144")
                with self._writing, _transaction(connection, writes=True):
                    yield connection
        except _TROUBLE as error:
            raise self.trouble(error) from error

    def copy_to(self, path: Path) -> None:
        """Writes the whole state as it is at one moment into `path`, which is empty or not there.

        Raises:
            StorageError: one of the two files cannot be used; ClosedError: the state was closed.
        """
        with self._idle_connection() as connection:
            connection.execute("VACUUM INTO ?", (str(path),))

    def close(self) -> None:
        """Closes the connections; one that is in use is closed when its request is done."""
        self._closed = True
        self._close_idle()

    @contextmanager
    def _idle_connection(self) -> Iterator[sqlite3.Connection]:
        self._demand_open()
        try:
            connection = self._take()
            try:
                yield connection
            finally:
                self._idle.put(connection)
                if self._closed:
                    self._close_idle()
        except _TROUBLE as error:
            raise self.trouble(error) from error

    def _demand_open(self) -> None:
        if self._closed:
            raise ClosedError(f"The sandbox state {self.path} is closed.")

    def _take(self) -> sqlite3.Connection:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            return self._connect()

    def _close_idle(self) -> None:
        while True:
            try:
                self._idle.get_nowait().close()
            except queue.Empty:
                return

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            # With a write-ahead log this survives the death of any process; a power cut may undo the last.
            connection.execute("PRAGMA synchronous = NORMAL")
            # Negative is KiB: the 2 MiB there are by default do not hold 100,000 entities and their index.
            connection.execute("PRAGMA cache_size = -8192")
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def savepoint(connection: sqlite3.Connection) -> Iterator[None]:
    """Undoes what was done inside when an exception leaves, and keeps what the transaction did before."""
    connection.execute("SAVEPOINT inner_work")
    try:
        yield
    except BaseException:
        # A full disk has undone the whole transaction already.
        if connection.in_transaction:
            connection.execute("ROLLBACK TO inner_work")
        raise
    finally:
        if connection.in_transaction:
            connection.execute("RELEASE inner_work")


@contextmanager
def _transaction(connection: sqlite3.Connection, *, writes: bool) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise StorageError(f"The sandbox state {path} is no ordinary file.", hint="Choose another file.")
    # SQLite gives its side files the mode of the main file, so this one decides for all three.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


def _tighten(path: Path) -> None:
    """Takes the rights of others from a file that is known to be ours."""
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)


def bring_up_to_date(
    connection: sqlite3.Connection, what: str, fill: Callable[[sqlite3.Connection], None]
) -> None:
    """Checks whose file it is before the first byte is written, then migrates it, or fills one that is empty.

    Args:
        what: names the file in errors, at the beginning of a sentence.

    Raises:
        StorageError: it is not ours to touch.
        sqlite3.Error: it is damaged, or cannot be used.
    """
    if _version(connection, what) < len(MIGRATIONS):
        with _transaction(connection, writes=True):
            # Read again: another process may have been faster.
            version = _version(connection, what)
            for script in MIGRATIONS[version:]:
                # Not executescript: it commits what is open.
                for statement in script.split(";"):
                    connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
            if version == 0:
                fill(connection)
    demand_tables(connection, MIGRATIONS)


def _version(connection: sqlite3.Connection, what: str) -> int:
    """The file's schema version, 0 for an empty file.

    Raises:
        StorageError: the file is not ours to touch.
    """
    version, mark, objects = connection.execute(
        "SELECT (SELECT user_version FROM pragma_user_version),"
        " (SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_schema)"
    ).fetchone()
    if mark != _APPLICATION_ID and (version, mark, objects) != (0, 0, 0):
        raise StorageError(
            f"{what} is no state of a sandbox but a database of another program.", hint="Choose another file."
        )
    if version > len(MIGRATIONS):
        raise StorageError(
            f"{what} was written by a newer version of this program"
            f" (schema {version}; this one knows {len(MIGRATIONS)}).",
            hint="Upgrade, or choose another file.",
        )
    return int(version)
