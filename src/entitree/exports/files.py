"""Files that are made for the user: new, whole or not there, and for their eyes alone."""

from __future__ import annotations

import asyncio
import errno
import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from threading import Lock
from typing import TYPE_CHECKING, TextIO

from entitree.errors import FileThereError, StorageError
from entitree.exports.forms import Writing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import Self

    from entitree.exports.forms import Chunks, Row

_ELSEWHERE = "Choose a folder that you may write to."


class NewFile:
    """A file that is made piece by piece, with mode 0600 and never in the place of another.

    Its name is taken at once; what is written stands in a hidden file beside it until it is kept. Whoever is
    killed half-way leaves an empty file, not one that looks whole. Every method blocks; threads take turns.
    All but `drop` may raise StorageError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()
        self._lock = Lock()
        self._taken: list[Path] = []
        self._file: TextIO | None = None
        self._over = False

    def open(self) -> None:
        """Takes the name. Raises FileThereError where it is taken."""
        with self._lock:
            if not self._over:
                self._open()

    def write(self, text: str) -> None:
        with self._lock:
            try:
                if self._file is not None:
                    self._file.write(text)
            except OSError as error:
                raise self._error(error) from error

    def keep(self) -> None:
        """It is whole, and on the disk when this returns."""
        with self._lock:
            if self._file is None:
                return
            self._over = True
            try:
                self._file.flush()
                os.fsync(self._file.fileno())
                self._shut()
                self._taken[-1].replace(self.path)
                self._taken.clear()
            except OSError as error:
                raise self._error(error) from error
            finally:
                self._clear()

    def drop(self) -> None:
        """Nothing of it is left, unless it was kept."""
        with self._lock:
            self._over = True
            self._clear()

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.keep()
        else:
            self.drop()

    def _open(self) -> None:
        try:
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            self._taken.append(self.path)
            handle, name = mkstemp(dir=self.path.parent, prefix=".entitree-")
            self._taken.append(Path(name))
        except FileExistsError:
            there = f"There is already a file {self.path}."
            raise FileThereError(there, hint="Choose another name.") from None
        except OSError as error:
            self._clear()
            raise self._error(error) from error
        self._file = os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n")

    def _shut(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _clear(self) -> None:
        with suppress(OSError):
            self._shut()
        for each in self._taken:
            with suppress(OSError):
                each.unlink()
        self._taken.clear()

    def _error(self, error: OSError) -> StorageError:
        if isinstance(error, FileNotFoundError):
            return StorageError(
                f"Could not write {self.path}: its folder does not exist.",
                hint="Make it first, or choose another one.",
            )
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        hint = "Free some space on its disk, or choose a folder elsewhere." if full else _ELSEWHERE
        return StorageError(f"Could not write {self.path}: {error.strerror}.", hint=hint)


def write_new(path: Path, text: str) -> Path:
    """A `NewFile` of `text`; returns where it is. Blocks. Raises StorageError."""
    with NewFile(path) as file:
        file.write(text)
    return file.path


async def save_rows(
    path: Path,
    columns: Sequence[str],
    chunks: Chunks,
    form: str,
    told: Callable[[int], None] = lambda count: None,
) -> Path:
    """Writes the rows of `chunks` into a new file, off the event loop, and returns where it is.

    `told` is called with how many there are so far. Cancelled, it leaves nothing. Raises StorageError, and
    what `chunks` raises.
    """
    writing, count = Writing(columns, form), 0
    file = NewFile(path)
    try:
        await asyncio.to_thread(file.open)
        file.write(writing.begin())
        async for rows in chunks():
            await asyncio.to_thread(_write, file, writing, rows)
            count += len(rows)
            told(count)
        file.write(writing.end())
        await asyncio.to_thread(file.keep)
    except BaseException:
        file.drop()
        raise
    return file.path


def _write(file: NewFile, writing: Writing, rows: Sequence[Row]) -> None:
    file.write(writing.rows(rows))
