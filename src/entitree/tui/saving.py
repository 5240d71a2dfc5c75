"""New files for the user: where they work, for their eyes alone, never in the place of another."""

from __future__ import annotations

import os
from itertools import count
from typing import TYPE_CHECKING

from entitree.errors import StorageError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def save_new(folder: Path, name: str, ending: str, text: str, now: datetime) -> Path:
    """Writes `text` into a new file `NAME-DATE-TIME.ENDING` with mode 0600 in `folder`, and returns it.

    Blocks. Raises StorageError.
    """
    for number in count(1):
        again = f"-{number}" if number > 1 else ""
        path = folder / f"{name}-{now:%Y%m%d-%H%M%S}{again}.{ending}"
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
        except FileExistsError:
            continue
        except OSError as error:
            raise StorageError(
                f"Could not write {path}: {error.strerror}.",
                hint="Start entitree in a folder that you may write to.",
            ) from error
        return path
    raise AssertionError("there is always another number")
