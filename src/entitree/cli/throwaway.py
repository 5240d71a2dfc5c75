"""Folders that are gone when the program ends, or at the next start where it was killed."""

from __future__ import annotations

import fcntl
import os
import re
import stat
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCK = ".entitree-in-use"
"""A file in every such folder, locked for as long as the folder is used."""
YOUNGEST = 60.0
"""Seconds. A folder that is younger may just be on its way to its lock."""

_OURS = re.compile(r"entitree-(demo|sandbox)-[a-z0-9_]{8}")


@contextmanager
def throw_away(verb: str) -> Iterator[Path]:
    """A folder of this user alone for the run of `verb`. Before, removes those that killed runs left."""
    from tempfile import TemporaryDirectory, gettempdir

    _sweep(Path(gettempdir()))
    with ExitStack() as after, TemporaryDirectory(prefix=f"entitree-{verb}-") as name:
        folder = Path(name)
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        # Only after the folder is gone.
        after.callback(os.close, lock)
        # Where the file system knows no locks, nobody takes one to remove it either.
        with suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield folder


def _sweep(place: Path) -> None:
    with suppress(OSError):
        for folder in place.iterdir():
            if _OURS.fullmatch(folder.name):
                with suppress(OSError):
                    _remove_if_stale(folder)


def _remove_if_stale(folder: Path) -> None:
    """Raises OSError where it is in use, or not ours."""
    import shutil

    about = folder.lstat()
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.geteuid() or about.st_mode & 0o077:
        return
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if time.time() - os.fstat(lock).st_mtime > YOUNGEST:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
    finally:
        os.close(lock)
