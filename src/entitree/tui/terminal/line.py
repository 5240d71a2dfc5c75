"""The line to the terminal: a thread writes what the terminal does not show yet, whenever it takes something.

Nobody else ever waits for the terminal. What is drawn while it takes nothing changes what it is to show, and
nothing more: when it is ready, the difference is one frame, however many were drawn.
"""

from __future__ import annotations

import os
import time
from threading import Condition, Thread
from typing import TYPE_CHECKING

from entitree.tui.terminal.grid import Grid
from entitree.tui.terminal.painter import Painter
from entitree.tui.terminal.reader import SYNC_BEGIN, SYNC_END, Control, read
from entitree.tui.terminal.styles import PLAIN

if TYPE_CHECKING:
    from collections.abc import Callable

_CHUNK = 2048
"""Bytes written at once: between two, the thread hears that it is to end."""
_WHOLE = 1024
"""Bytes from which on the terminal is asked to show a frame only when it has all of it."""
_SETTLE = 0.25
"""Seconds that a doubtful terminal waits for the app to draw anew, rather than be drawn twice."""
_RESTORE = "\x18\x1b[r\x1b[m"
"""After a sequence that may be cut: given up, and what may be set is not."""


class Line:
    """What a terminal is to show, and the thread that has it so.

    All methods return at once, but for `close`. None may be called by a signal's handler.

    Args:
        fd: where to write.
        fills: see `Painter`.
        dropped: is told the kind of each sequence that went no further.
    """

    def __init__(self, fd: int, *, fills: bool, dropped: Callable[[str], None]) -> None:
        self._fd = fd
        self._dropped = dropped
        self._wanted = Grid(0, 0)
        self._painter = Painter(fills=fills)
        self._news = Condition()
        self._drawn = False
        self._doubtful = False
        self._not_before = 0.0
        self._showing = False
        self._together = False
        self._pointer = ""
        self._sent: list[tuple[Control, str]] = []
        self._thread: _Writer | None = None

    def open(self, width: int, height: int) -> None:
        """Begins to write. What was drawn before is drawn again, unless the app draws anew by itself."""
        with self._news:
            self._resize(width, height)
            self._showing = True
            self._thread = _Writer(self)
            self._thread.start()

    def pause(self) -> None:
        """Draws no more; what is sent still goes out."""
        with self._news:
            self._showing = False

    def close(self, patience: float) -> None:
        """Writes what was sent, gives it up after so many seconds, and ends."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        with self._news:
            self._showing = False
            thread.ending = True
            self._news.notify()
        thread.join(patience)
        # Whatever it holds comes too late.
        thread.lost = True

    def draw(self, frame: str) -> None:
        """Has the terminal show what a frame says."""
        with self._news:
            read(frame, self._wanted, self._dropped)
            self._drawn, self._not_before = True, 0.0
            self._news.notify()

    def send(self, control: Control, data: str) -> None:
        """Sends a sequence, before whatever is drawn. Of one kind but of modes only the last is kept."""
        with self._news:
            if control is Control.POINTER:
                if data == self._pointer:
                    return
                self._pointer = data
            if control is not Control.MODE:
                self._sent = [each for each in self._sent if each[0] is not control]
            self._sent.append((control, data))
            self._news.notify()

    def keep_together(self) -> None:
        """The terminal knows how to show a frame at once."""
        self._together = True

    def resize(self, width: int, height: int) -> None:
        """The terminal has another size; what it shows of what it showed is its own affair."""
        with self._news:
            self._resize(width, height)
            self._news.notify()

    def repaint(self) -> None:
        """Draws everything, whatever the terminal is believed to show."""
        with self._news:
            self._doubtful = self._drawn = True
            self._not_before = 0.0
            self._news.notify()

    def _resize(self, width: int, height: int) -> None:
        self._wanted.resize(width, height)
        self._doubtful = self._drawn = True
        self._not_before = time.monotonic() + _SETTLE

    # In the thread

    def serve(self, writer: _Writer) -> None:
        """Writes until it is to end, or the terminal is gone."""
        while not writer.lost:
            data, grid = self._next(writer)
            if grid is not None:
                frame = self._painter.paint(grid)
                if self._together and len(frame) >= _WHOLE:
                    frame = f"{SYNC_BEGIN}{frame}{SYNC_END}"
                data += frame
            elif data and not self._showing and self._painter.look not in (None, PLAIN):
                # The look that is on would stay on.
                data = f"\x1b[m{data}"
                self._painter.forget()
            try:
                whole = self._write(writer, data.encode("utf-8", "replace"))
                if not whole:
                    self._write_all(writer, f"{_RESTORE}{self._next(writer)[0]}".encode())
            except OSError:
                # There is no terminal any more.
                return
            if writer.ending and not self._sent:
                return

    def _next(self, writer: _Writer) -> tuple[str, Grid | None]:
        """Waits for something to write: what was sent, and what is to be shown where it may be another."""
        with self._news:
            while True:
                wait = self._not_before - time.monotonic()
                ready = self._drawn and self._showing and wait <= 0
                if self._sent or ready or writer.ending:
                    break
                self._news.wait(wait if self._drawn and self._showing else None)
            data = "".join(data for _, data in self._sent)
            self._sent.clear()
            if not ready or writer.ending:
                return data, None
            self._drawn = False
            if self._doubtful:
                self._doubtful = False
                self._painter.forget()
            return data, self._wanted.copy()

    def _write(self, writer: _Writer, data: bytes) -> bool:
        """Writes all of it; False if it was cut because the thread is to end."""
        cuttable = not writer.ending
        while data:
            if cuttable and writer.ending:
                return False
            if writer.lost:
                return True
            data = data[os.write(self._fd, data[:_CHUNK]) :]
        return True

    def _write_all(self, writer: _Writer, data: bytes) -> None:
        while data and not writer.lost:
            data = data[os.write(self._fd, data[:_CHUNK]) :]


class _Writer(Thread):
    """Serves a line until it is told to end."""

    ending = False
    lost = False

    def __init__(self, line: Line) -> None:
        # Stuck in a terminal that takes nothing, it keeps nobody from leaving.
        super().__init__(name="terminal", daemon=True)
        self._line = line

    def run(self) -> None:
        self._line.serve(self)
