"""One SQLite file, used from threads of its own, so that the event loop never waits for a disk.

Writing, quick questions and long searches each have a connection and a thread: a question is answered while a
page is stored, and a search that nobody waits for any more is broken off.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from entitree.disk import Ailment, ailment, demand_tables, storage_error
from entitree.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
    from pathlib import Path

T = TypeVar("T")
Synchronous = Literal["NORMAL", "FULL"]

_TROUBLE = (sqlite3.Error, OSError, UnicodeDecodeError)
_CACHE = -16_000
"""Of each connection: 16 MB (SQLite counts KiB below zero)."""


class Database:
    """The file at `path`, brought up to date by `migrations`; `user_version` counts those it has had.

    It is made with mode 0600. All methods raise StorageError, also for a file that a newer version wrote;
    `if_damaged` is then the hint for a damaged one. A `disposable` file that turns out damaged when it is
    opened is moved aside, to `….damaged`, and a new one made. Without `wal` it has a rollback journal, as a
    file that other machines may see needs it. `prepare` adds SQL functions to a connection.
    """

    def __init__(
        self,
        path: Path,
        migrations: Sequence[str],
        *,
        synchronous: Synchronous,
        if_damaged: str,
        disposable: bool = False,
        wal: bool = True,
        prepare: Callable[[sqlite3.Connection], None] = lambda connection: None,
    ) -> None:
        self.path = path
        self.recovered = ""
        """What happened to a damaged file when it was opened, in a sentence."""
        self._if_damaged = if_damaged
        self._disposable = disposable
        self._migrations = migrations
        self._synchronous = synchronous
        self._journal_mode = "WAL" if wal else "DELETE"
        self._add_functions = prepare
        self._writer = _Lane(f"{path.name} writer")
        self._reader = _Lane(f"{path.name} reader")
        self._scanner = _Lane(f"{path.name} scanner")

    async def open(self) -> None:
        """Open or make the file. Opening it again does nothing."""
        await self._submit(self._writer, self._open)

    async def close(self) -> None:
        """Finish what was asked for and close; a search is broken off. Nothing may be asked afterwards."""
        self._scanner.interrupt()
        for lane in (self._scanner, self._reader, self._writer):
            await self._submit(lane, lane.close)
            lane.thread.shutdown(wait=False)

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """`work` done on one snapshot, which holds all that was written before."""
        return await self._submit(self._reader, lambda: self._transact(self._reader, "BEGIN", work))

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """`work` done as one transaction, whole or not at all, also if the caller goes."""
        return await self._submit(self._writer, lambda: self._transact(self._writer, "BEGIN IMMEDIATE", work))

    async def scan(self, work: Callable[[sqlite3.Connection], Iterator[T]]) -> AsyncGenerator[T, None]:
        """What `work` yields on one snapshot, as it comes. Left early, the search is broken off."""
        loop = asyncio.get_running_loop()
        arrived: asyncio.Queue[tuple[T] | None] = asyncio.Queue()
        unwanted = threading.Event()

        def tell(news: tuple[T] | None) -> None:
            loop.call_soon_threadsafe(arrived.put_nowait, news)

        def search(connection: sqlite3.Connection) -> None:
            for found in work(connection):
                if unwanted.is_set():
                    return
                tell((found,))

        def run() -> None:
            try:
                if not unwanted.is_set():
                    self._transact(self._scanner, "BEGIN", search)
            finally:
                tell(None)

        searching = asyncio.ensure_future(self._submit(self._scanner, run))
        try:
            while (news := await arrived.get()) is not None:
                yield news[0]
            await searching
        finally:
            unwanted.set()
            if searching.done():
                _ignore(searching)
            else:
                self._scanner.interrupt()
                searching.add_done_callback(_ignore)

    async def _submit(self, lane: _Lane, work: Callable[[], T]) -> T:
        try:
            future = asyncio.get_running_loop().run_in_executor(lane.thread, work)
        except RuntimeError:
            raise StorageError(f"{self.path.name} is closed.") from None
        lane.pending.add(future)
        future.add_done_callback(lane.pending.discard)
        return await asyncio.shield(future)

    def _transact(self, lane: _Lane, begin: str, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._writer.connection is None:
            raise StorageError(f"{self.path.name} is not open.")
        try:
            if lane.connection is None:
                lane.connection = self._connect(reads=True)
            connection = lane.connection
            connection.execute(begin)
            try:
                value = work(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        except UnicodeEncodeError:
            # Of what was to be written, not of the file.
            raise
        except (sqlite3.Error, OSError, ValueError) as error:
            raise self._trouble(error) from error
        return value

    def _open(self) -> None:
        if self._writer.connection is not None:
            return
        try:
            try:
                self._writer.connection = self._connect(reads=False)
            except _TROUBLE as error:
                if not self._disposable or ailment(error) is not Ailment.DAMAGED:
                    raise
                self._put_aside()
                self._writer.connection = self._connect(reads=False)
        except _TROUBLE as error:
            raise self._trouble(error) from error

    def _connect(self, *, reads: bool) -> sqlite3.Connection:
        if not reads:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # SQLite would make the file with the umask's mode; its -wal and -shm take the mode of the file.
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        connection = sqlite3.connect(self.path, timeout=30.0, isolation_level=None, check_same_thread=False)
        try:
            connection.execute(f"PRAGMA cache_size = {_CACHE}")
            self._add_functions(connection)
            if not reads:
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
        connection.execute(f"PRAGMA journal_mode = {self._journal_mode}")
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

    def _trouble(self, error: Exception) -> StorageError:
        return storage_error(str(self.path), error, if_damaged=self._if_damaged)


class _Lane:
    """A thread and the connection that is used in it."""

    def __init__(self, name: str) -> None:
        self.thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self.connection: sqlite3.Connection | None = None
        self.pending: set[asyncio.Future[Any]] = set()

    def interrupt(self) -> None:
        """Break off the statement that runs, if one does."""
        if self.connection is not None:
            self.connection.interrupt()

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def _ignore(ended: asyncio.Future[None]) -> None:
    """Nobody asks any more how it ended."""
    if not ended.cancelled():
        ended.exception()


def _statements(script: str) -> list[str]:
    # executescript would commit first, and a migration is all or nothing.
    statements = [""]
    for line in script.splitlines(keepends=True):
        statements[-1] += line
        if sqlite3.complete_statement(statements[-1]):
            statements.append("")
    return [statement for statement in statements if statement.strip()]
