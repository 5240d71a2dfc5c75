"""The end of a log, and what is added to it while somebody looks."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from entitree.log.files import KEPT, older
from entitree.log.requests import entry_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from entitree.log.requests import Entry

MOST = 100_000
"""Entries that are read, the newest."""


class LogTail:
    """Reads a log file and those that it was before. Blocks, but for `changed` and `close`."""

    def __init__(self, path: Path, *, most: int = MOST, kept: int = KEPT) -> None:
        self._path = path
        self._most = most
        self._kept = kept
        self._handle: int | None = None
        self._begun = b""
        self._number = 0
        self._busy = threading.Lock()
        self._closed = False

    def changed(self) -> bool:
        """Whether `read` may find something new; not while it reads."""
        if not self._busy.acquire(blocking=False):
            return False
        try:
            if self._handle is None:
                return not self._closed and self._path.exists()
            there, here = self._path.stat(), os.fstat(self._handle)
            return not os.path.samestat(here, there) or here.st_size != os.lseek(self._handle, 0, os.SEEK_CUR)
        except OSError:
            return False
        finally:
            self._busy.release()

    def read(self) -> list[Entry]:
        """What was added since it was last asked, oldest first; at first the newest that are there.

        Lines that are no entries are left out. Raises OSError, not where there is no log.
        """
        with self._busy:
            try:
                return self._read()
            finally:
                if self._closed:
                    self._let_go()

    def close(self) -> None:
        """Lets go of the file, as soon as it is not being read."""
        self._closed = True
        if self._busy.acquire(blocking=False):
            try:
                self._let_go()
            finally:
                self._busy.release()

    def _read(self) -> list[Entry]:
        if self._handle is None:
            return [] if self._closed else self._first()
        entries = self._entries(self._rest(self._handle))
        for handle in self._newer(self._handle):
            os.close(self._handle)
            self._handle, self._begun = handle, b""
            entries += self._entries(self._rest(handle))
        return entries

    def _let_go(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    def _first(self) -> list[Entry]:
        handle = _opened(self._path)
        if handle is None:
            return []
        self._handle = handle
        found = [self._rest(handle)]
        seen = [os.fstat(handle)]
        count = len(found[0])
        for number in range(1, self._kept + 1):
            if count >= self._most:
                break
            before = _opened(older(self._path, number))
            if before is None:
                break
            try:
                # Turned meanwhile, it would be what was just read.
                if any(os.path.samestat(os.fstat(before), each) for each in seen):
                    continue
                seen.append(os.fstat(before))
                found.append(_lines(_all(before)))
            finally:
                os.close(before)
            count += len(found[-1])
        lines = [line for each in reversed(found) for line in each]
        return self._entries(lines[-self._most :])

    def _rest(self, handle: int) -> list[bytes]:
        """Whole lines from where it was last read; what is begun waits for its end."""
        content = self._begun + _all(handle)
        end = content.rfind(b"\n") + 1
        self._begun = content[end:]
        return _lines(content[:end])

    def _newer(self, handle: int) -> list[int]:
        """The files that followed it, oldest first."""
        here = os.fstat(handle)
        found: list[int] = []
        for path in (self._path, *(older(self._path, number) for number in range(1, self._kept + 1))):
            newer = _opened(path)
            if newer is None:
                break
            if os.path.samestat(os.fstat(newer), here):
                os.close(newer)
                break
            found.append(newer)
        return found[::-1]

    def _entries(self, lines: Iterable[bytes]) -> list[Entry]:
        entries: list[Entry] = []
        for line in lines:
            entry = entry_of(line, self._number)
            if entry is not None:
                self._number += 1
                entries.append(entry)
        return entries


def _opened(path: Path) -> int | None:
    with suppress(FileNotFoundError):
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    return None


def _all(handle: int) -> bytes:
    pieces: list[bytes] = []
    while piece := os.read(handle, 1 << 20):
        pieces.append(piece)
    return b"".join(pieces)


def _lines(content: bytes) -> list[bytes]:
    return [line for line in content.split(b"\n") if line]
