"""The app in a real terminal: it comes up, leaves when told to, and puts everything back."""

from __future__ import annotations

import os
import pty
import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE = 60.0
"""Seconds after which a terminal that says nothing counts as broken."""
LEAVE_ALTERNATE, SHOW_CURSOR = b"\x1b[?1049l", b"\x1b[?25h"


@dataclass
class Terminal:
    process: subprocess.Popen[bytes]
    master: int
    seen: bytes = b""

    def until(self, text: bytes) -> None:
        """Reads until `text` was drawn."""
        while text not in self.seen:
            assert self.read(), f"the terminal closed before {text!r}: {self.seen[-2000:]!r}"

    def read(self) -> bool:
        """Reads what there is; False once the other side is closed."""
        ready, _, _ = select.select([self.master], [], [], PATIENCE)
        assert ready, f"nothing came: {self.seen[-2000:]!r}"
        try:
            data = os.read(self.master, 65_536)
        except OSError:
            return False
        self.seen += data
        return bool(data)

    def rest(self) -> int:
        """Reads to the end; answers with the exit code."""
        while self.read():
            pass
        return self.process.wait(PATIENCE)


@contextmanager
def opened(home: Path, **environ: str) -> Iterator[Terminal]:
    """The app on a terminal of its own."""
    master, slave = pty.openpty()
    own = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "ENTITREE_HOME": str(home)}
    own |= {"COLUMNS": "80", "LINES": "24", "LANG": "C.UTF-8", "HOME": str(home)}
    process = subprocess.Popen(
        [sys.executable, "-m", "entitree"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=own | environ,
        close_fds=True,
        start_new_session=True,
    )
    os.close(slave)
    yield Terminal(process, master)
    if process.poll() is None:
        process.kill()
        process.wait()
    os.close(master)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with opened(tmp_path) as made:
        yield made


@pytest.mark.parametrize(("how", "code"), [("q", 0), ("term", 128 + signal.SIGTERM)])
def test_leaving_while_a_platform_does_not_answer_is_no_failure(tmp_path: Path, how: str, code: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with opened(tmp_path, ENTITREE_BASE_URL=url, ENTITREE_API_KEY="key") as terminal:
            terminal.until(b"reading")
            # A request is on its way, and nobody will ever answer it.
            with silent.accept()[0]:
                if how == "q":
                    os.write(terminal.master, b"q")
                else:
                    terminal.process.send_signal(signal.SIGTERM)
                assert terminal.rest() == code
            restored(terminal)
            assert b"entitree failed" not in terminal.seen


def test_q_leaves_the_terminal_as_it_was(terminal: Terminal) -> None:
    terminal.until(b"synced")
    os.write(terminal.master, b"q")
    assert terminal.rest() == 0
    restored(terminal)


@pytest.mark.parametrize("term", ["linux", "screen-256color"])
def test_other_terminals_will_do(tmp_path: Path, term: str) -> None:
    with opened(tmp_path, TERM=term) as terminal:
        terminal.until(b"synced")
        os.write(terminal.master, b"q")
        assert terminal.rest() == 0
        restored(terminal)


@pytest.mark.parametrize("which", [signal.SIGTERM, signal.SIGHUP], ids=["term", "hup"])
def test_a_signal_leaves_the_terminal_as_it_was(terminal: Terminal, which: signal.Signals) -> None:
    terminal.until(b"synced")
    terminal.process.send_signal(which)
    assert terminal.rest() == 128 + which
    restored(terminal)


def restored(terminal: Terminal) -> None:
    tail = terminal.seen[-600:]
    assert LEAVE_ALTERNATE in tail
    assert SHOW_CURSOR in tail
    assert b"Traceback" not in terminal.seen


def test_a_terminal_that_goes_away_ends_the_app(terminal: Terminal) -> None:
    terminal.until(b"synced")
    os.close(terminal.master)
    terminal.process.send_signal(signal.SIGHUP)
    code = terminal.process.wait(PATIENCE)
    terminal.master = os.open(os.devnull, os.O_RDONLY)
    # Python says 120 where it cannot even flush its standard output any more.
    assert code in (128 + signal.SIGHUP, 120)


def test_nothing_is_written_while_nobody_does_anything(terminal: Terminal) -> None:
    terminal.until(b"synced")
    # Whatever the start still had to say comes within this.
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        ready, _, _ = select.select([terminal.master], [], [], 3.0)
        if not ready:
            break
        terminal.read()
    ready, _, _ = select.select([terminal.master], [], [], 3.0)
    assert not ready, "the idle app wrote to the terminal"


CRASH = """
import sys
from functools import partial
from pathlib import Path
from entitree.accounts import Accounts, open_demo
from entitree.settings.paths import find_paths
from entitree.tui.app import EntitreeApp
from entitree.tui.screens.main import MainScreen

def broken(self):
    api_key = "SECRET-" + "0123456789"
    headers = {"Authorization": "App " + api_key}
    raise ValueError("bad " + api_key)

MainScreen.toggle_tree = broken
accounts = Accounts(find_paths({"ENTITREE_HOME": sys.argv[1]}), {})
app = EntitreeApp(accounts, partial(open_demo, Path(sys.argv[1])))

async def press(pilot):
    await pilot.pause()
    await pilot.press("t")

app.run(headless=True, auto_pilot=press)
sys.exit(app.return_code)
"""


def test_a_crash_says_type_and_place_and_no_values(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CRASH, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert "ValueError" in said
    assert "entitree failed" in said
    assert "in broken" in said
    assert "SECRET" not in said
    log = tmp_path / "data" / "logs" / "app.log"
    assert f"This stands in {log}" in said
    kept = log.read_text()
    assert "ValueError" in kept
    assert "in broken" in kept
    assert "SECRET" not in kept
