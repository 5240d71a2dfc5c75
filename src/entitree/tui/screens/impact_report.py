"""What the impact screen shows, as a text file."""

from __future__ import annotations

import os
from itertools import count
from typing import TYPE_CHECKING

from entitree.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from entitree.tui.widgets.report import ReportLine

_INDENT = {"group": "  ", "row": "    ", "note": "    ", "warning": "    "}


def report_text(title: str, when: str, lines: Sequence[ReportLine]) -> str:
    """Every line uncut, under what it is about. What comes from the platform is inert in it already."""
    body = [f"{_INDENT.get(line.look, '')}{line.whole}".rstrip() for line in lines]
    return "\n".join([title, when, "", *body, ""])


def save_report(folder: Path, text: str, now: datetime) -> Path:
    """Writes a new file into `folder`, readable for this user alone, and returns it. Nothing is overwritten.

    Raises StorageError.
    """
    for number in count(1):
        again = f"-{number}" if number > 1 else ""
        path = folder / f"impact-{now:%Y%m%d-%H%M%S}{again}.txt"
        try:
            with os.fdopen(
                os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
            ) as file:
                file.write(text)
        except FileExistsError:
            continue
        except OSError as error:
            raise StorageError(
                f"Could not save the report to {path}: {error.strerror}.",
                hint="Start entitree in a folder that you may write to.",
            ) from error
        return path
    raise AssertionError("there is always another number")
