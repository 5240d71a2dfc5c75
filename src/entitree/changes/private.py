"""Files that only their owner may read, and that are whole or not there at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from entitree.disk import storage_error

_MENDED = "Move it away, or mend it."


def write_private(path: Path, content: bytes) -> None:
    """Put `content` into the file at `path` with mode 0600, in one go: what was there before stays whole.

    It is on the disk when this returns. Folders that are missing are made with mode 0700. Blocks. Raises
    StorageError.
    """
    path = path.resolve()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # As mkstemp makes it, nobody else may read it from its first byte on.
        handle, name = mkstemp(dir=path.parent, prefix=f".{path.name}.")
        fresh = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        except BaseException:
            with suppress(OSError):
                fresh.unlink()
            raise
        _sync_folder(path.parent)
    except OSError as error:
        raise storage_error(str(path), error, if_damaged=_MENDED) from None


def read_private(path: Path) -> bytes | None:
    """What is in the file; None where there is none. Blocks. Raises StorageError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise storage_error(str(path), error, if_damaged=_MENDED) from None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
