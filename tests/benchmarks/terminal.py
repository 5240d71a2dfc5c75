"""A program in a terminal of its own: what is typed, what is on the screen, and when it came there."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import TracebackType

WIDTH, HEIGHT = 120, 40
PATIENCE = 30.0
"""Seconds without a byte after which what was waited for will not come."""

_PIECES = re.compile(
    rb"\x1b\[(?P<numbers>[0-9;]*)(?P<final>[A-Za-z])"
    rb"|\x1b\[[?<=>][0-9;:$ ]*[A-Za-z]|\x1b[\]P^_].*?(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]|\x1b[=>78DEHM]"
    rb"|(?P<control>[\x00-\x1a\x1c-\x1f\x7f])"
    rb"|(?P<text>[^\x00-\x1f\x7f]+)",
    re.DOTALL,
)


class Screen:
    """The cells of a terminal, as full-screen programs write them: without colours and scrolling regions."""

    def __init__(self) -> None:
        self._cells = [[" "] * WIDTH for _ in range(HEIGHT)]
        self._x = self._y = 0
        self._rest = b""

    @property
    def text(self) -> str:
        """The lines from top to bottom, blanks at their ends left out."""
        return "\n".join("".join(line).rstrip() for line in self._cells)

    def feed(self, data: bytes) -> None:
        """Takes in what the program wrote; a sequence that is cut waits for its rest."""
        data = self._rest + data
        at = 0
        while at < len(data) and (piece := _PIECES.match(data, at)):
            if piece.end() == len(data) and piece["text"] and _torn(data):
                break
            at = piece.end()
            if piece["text"]:
                self._write(piece["text"].decode("utf-8", "replace"))
            elif piece["control"]:
                self._control(piece["control"])
            elif piece["final"]:
                numbers = [int(number) if number else 0 for number in piece["numbers"].split(b";")]
                self._move(piece["final"].decode(), numbers)
        self._rest = data[at:]

    def _write(self, text: str) -> None:
        for char in text:
            if self._x >= WIDTH:
                self._x, self._y = 0, min(HEIGHT - 1, self._y + 1)
            self._cells[self._y][self._x] = char
            self._x += 1

    def _control(self, byte: bytes) -> None:
        if byte == b"\r":
            self._x = 0
        elif byte == b"\n":
            self._y = min(HEIGHT - 1, self._y + 1)
        elif byte == b"\b":
            self._x = max(0, self._x - 1)

    def _move(self, final: str, numbers: list[int]) -> None:
        count = max(1, numbers[0])
        match final:
            case "H" | "f":
                self._y, self._x = count - 1, max(1, numbers[1] if len(numbers) > 1 else 1) - 1
            case "A":
                self._y -= count
            case "B":
                self._y += count
            case "C":
                self._x += count
            case "D":
                self._x -= count
            case "G":
                self._x = count - 1
            case "d":
                self._y = count - 1
            case "X":
                self._blank(self._y, self._x, self._x + count)
            case "K":
                self._blank(self._y, 0 if numbers[0] else self._x, self._x + 1 if numbers[0] == 1 else WIDTH)
            case "J":
                for y in range(0 if numbers[0] else self._y + 1, HEIGHT):
                    self._blank(y, 0, WIDTH)
            case _:
                return
        self._x, self._y = max(0, min(WIDTH - 1, self._x)), max(0, min(HEIGHT - 1, self._y))

    def _blank(self, y: int, start: int, stop: int) -> None:
        stop = min(WIDTH, stop)
        self._cells[y][start:stop] = [" "] * (stop - start)


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _torn(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.end == len(data) and error.reason == "unexpected end of data"
    return False


def pasted(text: str) -> str:
    """What a terminal sends for text that comes as one piece."""
    return f"\x1b[200~{text}\x1b[201~"


class Terminal:
    """`command` in a terminal of 120x40; `with` starts and ends it.

    Bytes are only taken and dated while something is waited for. What they drew is worked out afterwards, so
    that it costs the program no time.
    """

    def __init__(self, command: list[str], environ: Mapping[str, str], *, cwd: Path | None = None) -> None:
        self.screen = Screen()
        self._command = command
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in {"COLUMNS", "LINES", "NO_COLOR"} and not name.startswith(("ENTITREE_", "TEXTUAL"))
        }
        self._environ = {**inherited, "TERM": "xterm-256color", "COLORTERM": "truecolor", **environ}
        self._cwd = cwd

    def __enter__(self) -> Self:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            self._command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=self._environ,
            cwd=self._cwd,
            start_new_session=True,
            # Some ask their controlling terminal and not what they were handed.
            preexec_fn=_take_terminal,
        )
        os.close(slave)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(ProcessLookupError):
            # With what it started: a session of its own.
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._master)

    @property
    def pid(self) -> int:
        return self._process.pid

    def type(self, keys: str) -> float:
        """Sends keys; returns when."""
        at = time.perf_counter()
        os.write(self._master, keys.encode())
        return at

    def insist(self, keys: str, condition: Callable[[str], bool]) -> None:
        """Sends keys again and again until the condition holds: what is not measured may get lost."""
        deadline = time.perf_counter() + PATIENCE
        while not condition(self.screen.text):
            if time.perf_counter() > deadline:
                raise TimeoutError(f"{keys!r} never did it:\n{self.screen.text}")
            self.type(keys)
            for _, chunk in self._taken(0.4):
                self.screen.feed(chunk)

    def took(self, keys: str, *conditions: Callable[[str], bool]) -> tuple[float, ...]:
        """Milliseconds from `keys` until each condition, none of which may hold before, was true."""
        assert not any(condition(self.screen.text) for condition in conditions), "nothing would change"
        begin = self.type(keys)
        return tuple((at - begin) * 1_000 for at in self.when(*conditions))

    def when(self, *conditions: Callable[[str], bool], quiet: float = 0.25) -> tuple[float, ...]:
        """When each condition became true of what is on the screen, to stay so until it was `quiet`.

        Raises TimeoutError where nothing comes any more and one is not.
        """
        now = time.perf_counter()
        since = [now if condition(self.screen.text) else None for condition in conditions]
        deadline = time.perf_counter() + PATIENCE
        while True:
            for at, chunk in self._taken(quiet):
                self.screen.feed(chunk)
                text = self.screen.text
                for index, condition in enumerate(conditions):
                    if not condition(text):
                        since[index] = None
                    elif since[index] is None:
                        since[index] = at
            times = [at for at in since if at is not None]
            if len(times) == len(conditions):
                return tuple(times)
            if time.perf_counter() > deadline:
                raise TimeoutError(f"{self._command} never drew it, but:\n{self.screen.text}")

    def _taken(self, quiet: float) -> list[tuple[float, bytes]]:
        chunks: list[tuple[float, bytes]] = []
        while select.select([self._master], [], [], quiet)[0]:
            try:
                chunk = os.read(self._master, 1 << 20)
            except OSError:
                break
            chunks.append((time.perf_counter(), chunk))
        return chunks
