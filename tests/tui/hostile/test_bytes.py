"""What a hostile account makes the app send to the terminal: nothing that a harmless one does not."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.tui.hostile.grammar import copied, forms
from tests.tui.hostile.strings import STRINGS

ROOT = Path(__file__).parents[3]
PATIENCE = 300.0


def walked(which: str, folder: Path, extent: str, driver: str) -> tuple[bytes, dict[str, Any]]:
    """What came out of the terminal, and what the walk saw."""
    folder.mkdir()
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    own = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8", "EDITOR": "true"}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.tui.hostile.walk", which, str(folder), extent, driver],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**own, "HOME": str(folder), "ENTITREE_HOME": str(folder / "home")},
        cwd=ROOT,
        start_new_session=True,
    )
    os.close(slave)
    data = bytearray()
    try:
        while True:
            try:
                piece = os.read(master, 65_536)
            except OSError:
                break
            if not piece:
                break
            data += piece
        code = process.wait(PATIENCE)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(master)
    assert code == 0, data[-3000:].decode("utf-8", "replace")
    return bytes(data), json.loads((folder / "seen").read_text(encoding="utf-8"))


def compared(folder: Path, extent: str, driver: str) -> None:
    with ThreadPoolExecutor() as both:
        benign, hostile = both.map(
            lambda which: walked(which, folder / which, extent, driver), ("benign", "hostile")
        )
    # What the app writes is what a terminal gets without the frugal driver.
    raw = (folder / "hostile/raw").read_bytes()
    assert b"[@click=app.quit]" in raw, "nothing hostile was on show"
    for data in (hostile[0], raw):
        assert "␛".encode() in data
        # A sequence of that form the app itself uses: to copy what somebody asked to be copied.
        assert b"hello" not in copied(data)
    assert forms(hostile[0]) <= forms(benign[0])
    assert forms(raw) <= forms((folder / "benign/raw").read_bytes())
    assert set(hostile[1]["actions"]) <= set(benign[1]["actions"])
    assert set(hostile[1]["odd"]) <= set(benign[1]["odd"])
    # Both saw the same: what one never showed could not go wrong there.
    assert set(hostile[1]["shown"]) == set(benign[1]["shown"])


@pytest.mark.long
def test_a_hostile_account_sends_no_more_than_a_harmless_one(tmp_path: Path) -> None:
    compared(tmp_path, "short", "frugal")


@pytest.mark.long
@pytest.mark.parametrize("driver", ["frugal", "plain"])
def test_nor_on_any_screen_of_any_tab(driver: str, tmp_path: Path) -> None:
    compared(tmp_path, "whole", driver)


def test_two_hundred_texts_would_be_seen() -> None:
    assert len(set(STRINGS)) >= 200
    for text in STRINGS:
        raw = text.encode("utf-8", "surrogatepass")
        if any(char < " " or "\x7f" <= char <= "\x9f" for char in text):
            assert forms(raw), text
