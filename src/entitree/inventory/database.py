"""One SQLite file, used from one thread of its own, so that the event loop never waits for a disk."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from entitree.disk import Ailment, ailment, demand_tables, storage_error
from entitree.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

T = TypeVar("T")
Synchronous = Literal["NORMAL", "FULL"]

_TROUBLE = (sqlite3.Error, OSError, UnicodeDecodeError)


class Database:
    """The file at `path`, brought up to date by `migrations`; `user_version` counts those it has had.

    It is made with mode 0600. All methods raise StorageError, also for a file that a newer version wrote;
    `if_damaged` is then the hint for a damaged one. A `disposable` file that turns out damaged when it is
    opened is moved aside, to `….damaged`, and a new one made.
    """

    def __init__(
        self,
        path: Path,
        migrations: Sequence[str],
        *,
        synchronous: Synchronous,
        if_damaged: str,
        disposable: bool = False,
    ) -> None:
        self.path = path
        self.recovered = ""
        """What happened to a damaged file when it was opened, in a sentence."""
        self._if_damaged = if_damaged
        self._disposable = disposable
        self._migrations = migrations
        self._synchronous = synchronous
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=path.name)
        self._connection: sqlite3.Connection | None = None
        self._pending: set[asyncio.Future[Any]] = set()

    async def open(self) -> None:
        """Open or make the file. Opening it again does nothing."""
        await self._submit(self._open)

    async def close(self) -> None:
        """Finish what was asked for and close. Nothing may be asked afterwards."""
        await self._submit(self._close)
        self._thread.shutdown(wait=False)

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """`work` done in the thread on one snapshot."""
        return await self._submit(lambda: self._transact("BEGIN", work))

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """`work` done in the thread as one transaction, whole or not at all, also if the caller goes."""
        return await self._submit(lambda: self._transact("BEGIN IMMEDIATE", work))

    async def _submit(self, work: Callable[[], T]) -> T:
        try:
            future = asyncio.get_running_loop().run_in_executor(self._thread, work)
        except RuntimeError:
            raise StorageError(f"{self.path.name} is closed.") from None
        self._pending.add(future)
        future.add_done_callback(self._pending.discard)
        return await asyncio.shield(future)

    def _transact(self, begin: str, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._connection is None:
            raise StorageError(f"{self.path.name} is not open.")
        try:
            self._connection.execute(begin)
            try:
                value = work(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        except UnicodeEncodeError:
            # Of what was to be written, not of the file.
            raise
        except (sqlite3.Error, OSError, ValueError) as error:
            raise self._trouble(error) from error
        return value

    def _open(self) -> None:
        if self._connection is not None:
            return
        try:
            try:
                self._connection = self._connect()
            except _TROUBLE as error:
                if not self._disposable or ailment(error) is not Ailment.DAMAGED:
                    raise
                self._put_aside()
                self._connection = self._connect()
        except _TROUBLE as error:
            raise self._trouble(error) from error

    def _connect(self) -> sqlite3.Connection:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # SQLite would make the file with the umask's mode; its -wal and -shm take the mode of the file.
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        connection = sqlite3.connect(self.path, timeout=30.0, isolation_level=None, check_same_thread=False)
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _put_aside(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            there = self.path.with_name(self.path.name + suffix)
            aside = self.path.with_name(f"{self.path.name}.damaged{suffix}")
            aside.unlink(missing_ok=True)
            if there.exists():
                there.replace(aside)
        self.recovered = (
            f"{self.path} was damaged: it is kept as {self.path.name}.damaged, and a new one was made."
        )

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("BEGIN IMMEDIATE")
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        newest = len(self._migrations)
        if version > newest:
            connection.execute("ROLLBACK")
            raise StorageError(
                f"{self.path} was written by a newer version of this program.",
                hint="Use that version, or move the file away.",
            )
        for script in self._migrations[version:]:
            for statement in _statements(script):
                connection.execute(statement)
        if version < newest:
            connection.execute(f"PRAGMA user_version = {newest}")
        demand_tables(connection, self._migrations)
        connection.execute("COMMIT")

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _trouble(self, error: Exception) -> StorageError:
        return storage_error(str(self.path), error, if_damaged=self._if_damaged)


def _statements(script: str) -> list[str]:
    # executescript would commit first, and a migration is all or nothing.
    return [statement for statement in script.split(";\n") if statement.strip()]
