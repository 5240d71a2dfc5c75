"""Files that are made for the user: new, whole or not there, and for their eyes alone."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from entitree.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

_ELSEWHERE = "Choose a folder that you may write to."


class NewFile:
    """A file that is made piece by piece, with mode 0600 and never in the place of another.

    Its name is taken at once; what is written stands beside it, in `NAME.part`, until the `with` ends well.
    Ends it otherwise, neither is left. Every method blocks, and may raise StorageError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()
        self._part = self.path.with_name(f"{self.path.name}.part")

    def __enter__(self) -> Self:
        # Two names: whoever is killed half-way leaves an empty file, not one that looks whole.
        try:
            os.close(_made(self.path))
        except FileExistsError:
            raise StorageError(f"There is already a file {self.path}.", hint="Choose another name.") from None
        except OSError as error:
            raise self._error(error) from error
        try:
            with suppress(FileNotFoundError):
                self._part.unlink()
            self._file = os.fdopen(
                _made(self._part), "w", encoding="utf-8", errors="backslashreplace", newline="\n"
            )
        except OSError as error:
            self.path.unlink()
            raise self._error(error) from error
        return self

    def write(self, text: str) -> None:
        try:
            self._file.write(text)
        except OSError as error:
            raise self._error(error) from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        kept = False
        try:
            try:
                if kind is None:
                    self._file.flush()
                    os.fsync(self._file.fileno())
            finally:
                self._file.close()
            if kind is None:
                self._part.replace(self.path)
                kept = True
        except OSError as failed:
            # Where something else went wrong before, that is what is told.
            if kind is None:
                raise self._error(failed) from failed
        finally:
            for each in () if kept else (self._part, self.path):
                with suppress(OSError):
                    each.unlink()

    def _error(self, error: OSError) -> StorageError:
        if isinstance(error, FileNotFoundError):
            return StorageError(
                f"Could not write {self.path}: there is no folder {self.path.parent}.",
                hint="Make it first, or choose another.",
            )
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        hint = "Free some space on its disk, or choose a folder elsewhere." if full else _ELSEWHERE
        return StorageError(f"Could not write {self.path}: {error.strerror}.", hint=hint)


def write_new(path: Path, text: str) -> Path:
    """A `NewFile` of `text`; returns where it is. Blocks. Raises StorageError."""
    with NewFile(path) as file:
        file.write(text)
    return file.path


def _made(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
