"""The program's own log: our sentences, of others only who and where, and of crashes no values."""

from __future__ import annotations

import json
import logging
import stat
from typing import TYPE_CHECKING, Any

import pytest

from entitree.log.program import APP, ProgramLog, note_crash

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "logs"
    assert not any(isinstance(each, ProgramLog) for each in logging.getLogger().handlers)


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / APP).read_bytes().splitlines()]


def test_our_sentences_are_kept_and_of_libraries_only_who_and_where(folder: Path) -> None:
    log = ProgramLog(folder)
    log.install()
    logging.getLogger("entitree.terminal").warning("A sequence of kind %s was left out.", "OSC 52")
    logging.getLogger("entitree").info("Nobody needs to know.")
    logging.getLogger("httpx").info("HTTP Request: GET https://x/?secret=hush")
    try:
        raise ValueError("hush")
    except ValueError:
        logging.getLogger("somebody").exception("Could not use %s", "hush")
    log.close()
    logging.getLogger("entitree").warning("Nobody listens.")
    ours, theirs = lines(folder)
    assert (ours["logger"], ours["level"]) == ("entitree.terminal", "WARNING")
    assert ours["message"] == "A sequence of kind OSC 52 was left out."
    assert (theirs["logger"], theirs["failed"]) == ("somebody", "ValueError")
    assert "test_program.py" in theirs["place"]
    assert "test_our_sentences" in theirs["places"][0]
    assert b"hush" not in (folder / APP).read_bytes()
    assert stat.S_IMODE((folder / APP).stat().st_mode) == 0o600


def test_what_cannot_be_written_stops_nobody(folder: Path) -> None:
    folder.touch()
    log = ProgramLog(folder)
    log.install()
    logging.getLogger("entitree").warning("Lost.")
    log.close()
    assert note_crash(folder, ValueError("hush")) is None
    folder.unlink()


def test_a_crash_is_written_at_once(folder: Path) -> None:
    try:
        raise KeyError("hush")
    except KeyError as error:
        path = note_crash(folder, error)
    assert path == folder / APP
    [line] = lines(folder)
    assert (line["level"], line["failed"]) == ("CRITICAL", "KeyError")
    assert "test_a_crash" in line["places"][-1]
    assert b"hush" not in path.read_bytes()
