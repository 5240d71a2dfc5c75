"""Log files that several processes write at once, that only their owner reads, and that stay small."""

from __future__ import annotations

import fcntl
import os
import stat
from typing import TYPE_CHECKING

from entitree.settings.paths import private_folder

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 8 * 1024 * 1024
"""Bytes of one file; a whole batch of lines more where they are written at once."""
KEPT = 3
"""Older files beside it."""

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
"""Not blocking: a pipe in its place would be waited for without an end."""


def older(path: Path, number: int) -> Path:
    """The file that was `path` so many turns ago."""
    return path.with_name(f"{path.name}.{number}")


class LogFile:
    """A file to which whole lines are added, by any number of processes and threads. Blocks.

    When it grows beyond `largest` it becomes `….1`, that one `….2`, and so on; of these `kept` stay. All have
    mode 0600 from their first byte on. A symbolic link, or anything else that is no file, is refused.
    """

    def __init__(self, path: Path, *, largest: int = LARGEST, kept: int = KEPT) -> None:
        self.path = path
        self._largest = largest
        self._kept = kept
        self._handle: int | None = None

    def write(self, lines: bytes) -> None:
        """Adds `lines`, each with its line feed, all or none of them.

        Raises OSError, or StorageError where the folder cannot be made.
        """
        handle = self._locked()
        try:
            size = os.fstat(handle).st_size
            if size and size + len(lines) > self._largest:
                handle = self._turned(handle)
                size = os.fstat(handle).st_size
            try:
                _write_all(handle, lines)
            except OSError:
                # Half a line would spoil the next one too.
                os.ftruncate(handle, size)
                raise
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)

    def close(self) -> None:
        """Lets go of the file; the next line opens it again."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    def _locked(self) -> int:
        """The file that goes by the name now, locked for this process."""
        while True:
            if self._handle is None:
                self._handle = self._opened()
            fcntl.flock(self._handle, fcntl.LOCK_EX)
            if self._current(self._handle):
                return self._handle
            # Turned or removed by somebody else, perhaps while this waited for the lock.
            self.close()

    def _opened(self) -> int:
        private_folder(self.path.parent)
        handle = os.open(self.path, _FLAGS, 0o600)
        try:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode):
                raise OSError(0, "it is not a file", str(self.path))
            if stat.S_IMODE(found.st_mode) & 0o077:
                os.fchmod(handle, 0o600)
        except BaseException:
            os.close(handle)
            raise
        return handle

    def _current(self, handle: int) -> bool:
        try:
            return os.path.samestat(os.lstat(self.path), os.fstat(handle))
        except FileNotFoundError:
            return False

    def _turned(self, handle: int) -> int:
        """The file that follows the one at `handle`, locked. Who waits for the old one finds it turned."""
        for number in range(self._kept, 0, -1):
            newer = self.path if number == 1 else older(self.path, number - 1)
            if newer.exists():
                newer.replace(older(self.path, number))
        fcntl.flock(handle, fcntl.LOCK_UN)
        self.close()
        return self._locked()


def _write_all(handle: int, lines: bytes) -> None:
    left = memoryview(lines)
    while left:
        left = left[os.write(handle, left) :]
