"""The app in a terminal: it shows what Textual drew, and what drawing all of it anew would show."""

from __future__ import annotations

import codecs
import fcntl
import json
import os
import pty
import random
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.tui.terminal.emulator import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0
QUIET = 0.2
"""Seconds without a byte after which it is looked whether all is there."""
SIZES = [(80, 24), (100, 30), (60, 20), (120, 40), (30, 8)]
KEYS = ["\x1b[A", "\x1b[B", "\x1b[5~", "\x1b[6~", "\x1b[C", "\t", "j", "k", "G", "g", "1", "2", "3", "4", "5"]
KEYS += ["t", "s", "/", "a", "o", "\x7f", "\r", "\x1b", " ", "?", ":", "e", "d", "-", "w", "E", "\x0c"]


def differing(one: Emulator, other: Emulator) -> str:
    """What both show, and the first cells that differ."""
    cells = [
        f"{x}, {y}: {a} and not {b}"
        for y, (row, its) in enumerate(zip(one.cells, other.cells, strict=False))
        for x, (a, b) in enumerate(zip(row, its, strict=False))
        if a != b
    ]
    return "\n".join([one.text, "", other.text, "", *cells[:20]])


class Session:
    """The app, the terminal that shows what it received, and one that shows what Textual wrote."""

    def __init__(self, folder: Path, master: int, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.master = master
        self.shown, self.drawn = Emulator(80, 24), Emulator(80, 24)
        self.received = 0
        self._raw = folder / "raw"
        self._read = 0
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self.tail = ""

    def type(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def take(self, seconds: float = QUIET) -> bool:
        """Shows what comes, until nothing came for so long; False once the other side is closed."""
        while select.select([self.master], [], [], seconds)[0]:
            try:
                data = os.read(self.master, 65_536)
            except OSError:
                return False
            if not data:
                return False
            text = self._decode(data)
            self.received += len(data)
            self.tail = (self.tail + text)[-20_000:]
            self.shown.feed(text)
        return True

    def raw(self) -> list[str]:
        """What Textual wrote by now."""
        return self._raw.read_text("utf-8").split("\n")[:-1] if self._raw.exists() else []

    def frames(self) -> list[str]:
        """What of it draws more than a few cells."""
        return [line for line in self.raw() if len(line) > 200]

    def draw(self) -> None:
        """Draws what Textual wrote by now."""
        lines = self.raw()
        for line in lines[self._read :]:
            said = json.loads(line)
            if isinstance(said, str):
                self.drawn.feed(said)
            else:
                self.drawn.resize(*said)
        self._read = len(lines)

    def compare(self, needed: str = "") -> None:
        """Waits until both terminals show the same, and `needed` somewhere; fails if they never do."""
        deadline = time.monotonic() + PATIENCE
        while True:
            assert self.take(), f"it is gone: {self.tail!r}"
            self.draw()
            if self.shown.cells == self.drawn.cells and needed in self.shown.text:
                return
            assert time.monotonic() < deadline, differing(self.shown, self.drawn)

    def repaint(self) -> None:
        """Has all drawn anew on an empty terminal, and compares that with what Textual drew."""
        self.take()
        self.shown = Emulator(self.shown.screen.columns, self.shown.screen.lines)
        self.process.send_signal(signal.SIGWINCH)
        self.compare()

    def resize(self, width: int, height: int) -> None:
        self.shown.resize(width, height)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        # It is not the terminal that its session controls.
        self.process.send_signal(signal.SIGWINCH)

    def stop_and_go_on(self, *, by_key: bool = False) -> None:
        """Ctrl+Z, something else in the terminal, and fg."""
        if by_key:
            self.type("\x1a")
        else:
            self.process.send_signal(signal.SIGTSTP)
        pid, status = os.waitpid(self.process.pid, os.WUNTRACED)
        assert pid == self.process.pid
        assert os.WIFSTOPPED(status)
        self.take()
        assert "\x1b[?1049l" in self.tail
        self.shown.feed("\x1b[H\x1b[41m$ something else\x1b[2;3Hin the way\x1b[m")
        self.process.send_signal(signal.SIGCONT)


@contextmanager
def opened(folder: Path) -> Iterator[Session]:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    editor = folder / "editor"
    editor.write_text("#!/bin/sh\nprintf '\\033[2J\\033[3;3HEDITED\\033[?1049l'\n")
    editor.chmod(0o700)
    own = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8", "EDITOR": str(editor)}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.tui.terminal.session", str(folder)],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**own, "COLORTERM": "truecolor", "HOME": str(folder), "ENTITREE_HOME": str(folder / "home")},
        cwd=ROOT,
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield Session(folder, master, process)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(master)


def play(session: Session, seed: int, steps: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a play, no secret
    for _ in range(steps):
        for _ in range(chance.choice([1, 1, 2, 5])):
            session.type(chance.choice(KEYS))
        match chance.randrange(12):
            case 0:
                session.resize(*chance.choice(SIZES))
            case 1:
                session.stop_and_go_on()
            case 2:
                session.compare()
                session.repaint()
            case _:
                session.compare()
    session.compare()
    session.repaint()


def leave(session: Session) -> None:
    session.process.send_signal(signal.SIGTERM)
    while session.take(PATIENCE):
        pass
    assert session.process.wait(PATIENCE) == 128 + signal.SIGTERM
    assert re.search(r"\x1b\[m.*\x1b\[\?1049l.*\x1b\[\?25h", session.tail, re.DOTALL)


def test_a_session_shows_what_textual_drew(tmp_path: Path) -> None:
    with opened(tmp_path) as session:
        session.compare("synced")
        session.type("2")
        session.compare("acorn-inc")
        session.type("\x1b[6~" * 3 + "\x1b[B")
        session.compare()
        session.resize(100, 30)
        session.compare("cc-4060")
        session.repaint()
        session.stop_and_go_on()
        session.compare("synced")
        session.type("/日\r")
        session.compare("3 of 240")
        session.repaint()
        session.type("n")
        session.compare("New entity")
        session.stop_and_go_on(by_key=True)
        session.compare("New entity")
        session.shown.feed("\x1b[H\x1b[41mwritten by something else\x1b[m")
        session.type("\x0c")
        session.compare("entitree")
        leave(session)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(12))
def test_long_sessions(tmp_path: Path, seed: int) -> None:
    with opened(tmp_path) as session:
        session.compare("synced")
        play(session, seed, 120)
        leave(session)


def test_a_terminal_that_takes_nothing_holds_up_nobody(tmp_path: Path) -> None:
    with opened(tmp_path) as session:
        session.compare("synced")
        received, begin = session.received, len(session.frames())
        deadline = time.monotonic() + PATIENCE
        while len(session.frames()) < begin + 60:
            # Nobody reads what comes of it. Textual's own driver would wait after thirty.
            session.type("12")
            session.process.send_signal(signal.SIGWINCH)
            select.select([], [], [], 0.05)
            assert time.monotonic() < deadline, "it waits for the terminal"
        session.take(1.5)
        drawn = sum(map(len, session.frames()[begin:]))
        # What was drawn meanwhile and is not to be seen any more was never sent.
        assert session.received - received < drawn / 10
        session.repaint()
        # And now nobody reads any more at all.
        session.type("12" * 40)
        session.process.send_signal(signal.SIGTERM)
        assert session.process.wait(PATIENCE) == 128 + signal.SIGTERM
