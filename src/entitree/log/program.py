"""The program's own log: what was odd, and where it failed. Never a value."""

from __future__ import annotations

import json
import logging
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from entitree.errors import StorageError
from entitree.log.files import LogFile
from entitree.log.writer import LogWriter

if TYPE_CHECKING:
    from pathlib import Path

APP = "app.log"
"""Name of the file, in the folder of logs."""
_LARGEST = 1024 * 1024
_KEPT = 1
_OURS = "entitree"


class ProgramLog(logging.Handler):
    """Has what loggers say from WARNING on written down, while it is installed.

    Of our own loggers the sentence is kept. What libraries say may quote whatever they were given: of that
    only who said it stays, and where. Of an exception its type and places stay, never its text.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(logging.WARNING)
        self.path = folder / APP
        self._writer = LogWriter(LogFile(self.path, largest=_LARGEST, kept=_KEPT))

    def install(self) -> None:
        logging.getLogger().addHandler(self)

    def close(self) -> None:
        """Takes itself off, and writes what is left. Blocks for up to two seconds."""
        logging.getLogger().removeHandler(self)
        self._writer.close()
        super().close()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            ours = record.name == _OURS or record.name.startswith(f"{_OURS}.")
            value: dict[str, object] = {
                "time": _time(),
                "level": record.levelname,
                "logger": record.name,
                "place": f"{record.pathname}:{record.lineno}",
            }
            if ours:
                value["message"] = record.getMessage()
            if record.exc_info and record.exc_info[1] is not None:
                value["failed"] = type(record.exc_info[1]).__name__
                value["places"] = places(record.exc_info[1])
            self._writer.put(_line(value))
        except Exception:  # noqa: BLE001 - a log stops nobody
            return


def note_crash(folder: Path, error: BaseException | None) -> Path | None:
    """Writes down that the program failed, at once. Returns where; None where that cannot be written."""
    file = LogFile(folder / APP, largest=_LARGEST, kept=_KEPT)
    value: dict[str, object] = {
        "time": _time(),
        "level": "CRITICAL",
        "failed": type(error).__name__,
        "places": [] if error is None else places(error),
    }
    with suppress(OSError, StorageError):
        file.write(_line(value))
        file.close()
        return file.path
    return None


def places(error: BaseException) -> list[str]:
    """Where it came from, outermost first."""
    return [
        f"{frame.filename}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]


def _time() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _line(value: dict[str, object]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode("ascii") + b"\n"
