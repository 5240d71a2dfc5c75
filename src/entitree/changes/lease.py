"""The right to run an account's jobs: a lock on a file, which dies with its holder."""

from __future__ import annotations

import fcntl
import os
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from entitree.disk import storage_error
from entitree.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from pathlib import Path

_PAUSE = 0.05
_FEWEST_TRIES = 4


class Lease:
    """One holder at a time among all processes. Every method raises StorageError for a file it cannot use."""

    def __init__(self, path: Path, sleep: Callable[[float], Awaitable[object]]) -> None:
        self._path = path
        self.sleep = sleep

    @contextmanager
    def held(self) -> Iterator[None]:
        """Holds it. Raises UsageError where another has it."""
        handle = self._take()
        try:
            yield
        finally:
            os.close(handle)

    @asynccontextmanager
    async def within(self, seconds: float) -> AsyncIterator[None]:
        """As `held`, but asks again for so long before it raises UsageError."""
        # Whoever only looks whether a job is running holds the file for an instant: that is no refusal yet.
        for _ in range(max(_FEWEST_TRIES, round(seconds / _PAUSE)) - 1):
            try:
                handle = self._take()
            except UsageError:
                await self.sleep(_PAUSE)
            else:
                break
        else:
            handle = self._take()
        try:
            yield
        finally:
            os.close(handle)

    def taken(self) -> bool:
        """Whether somebody holds it now."""
        handle = self._open()
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False

    def _take(self) -> int:
        handle = self._open()
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise UsageError(
                "Another process runs this account's jobs.", hint="Wait until it is done, or stop it first."
            ) from None
        except BaseException:
            os.close(handle)
            raise
        return handle

    def _open(self) -> int:
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise storage_error(str(self._path), error, if_damaged="") from error
