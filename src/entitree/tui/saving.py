"""New files for the user: where they work, for their eyes alone, never in the place of another."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from entitree.errors import FileThereError
from entitree.exports.files import write_new

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def save_new(folder: Path, name: str, ending: str, text: str, now: datetime) -> Path:
    """Writes `text` into a new file `NAME-DATE-TIME.ENDING` with mode 0600 in `folder`, and returns it.

    Blocks. Raises StorageError.
    """
    for number in count(1):
        again = f"-{number}" if number > 1 else ""
        try:
            return write_new(folder / f"{name}-{now:%Y%m%d-%H%M%S}{again}.{ending}", text)
        except FileThereError:
            continue
    raise AssertionError("there is always another number")
