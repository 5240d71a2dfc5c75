"""Lines on their way to a log file: whoever has one to write does not wait for the disk."""

from __future__ import annotations

import threading
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from entitree.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from entitree.log.files import LogFile

MOST_AT_ONCE = 1_000
"""Lines of one write."""


class LogWriter:
    """Writes lines in a thread of its own, which starts with the first of them.

    A log that cannot be written stops nobody: `complain` is told once, in a sentence and in that thread, and
    lines are lost until it can be written again.
    """

    def __init__(self, file: LogFile, complain: Callable[[str], None] | None = None) -> None:
        self._file = file
        self._complain = complain
        self._lines: SimpleQueue[bytes | threading.Event] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._closed = False

    def put(self, line: bytes) -> None:
        """Has `line`, with its line feed, written soon; after `close` it is dropped."""
        with self._starting:
            if self._closed:
                return
            if self._thread is None:
                # A daemon: a disk that hangs keeps no program from ending.
                self._thread = threading.Thread(target=self._work, name="entitree-log", daemon=True)
                self._thread.start()
            self._lines.put(line)

    def flush(self, seconds: float = 2.0) -> None:
        """Returns when all lines so far are written or lost, or after so many seconds. Blocks."""
        done = threading.Event()
        with self._starting:
            if self._thread is None:
                return
            self._lines.put(done)
        done.wait(seconds)

    def close(self) -> None:
        """As `flush`, and takes no more lines. Blocks; again does nothing."""
        with self._starting:
            if self._closed:
                return
            self._closed = True
            thread = self._thread
            # Lines and ends come in the order they were put, and this is the last.
            self._lines.put(_THE_END)
        if thread is not None:
            thread.join(2.0)

    def _work(self) -> None:
        while True:
            batch: list[bytes] = []
            waiting: list[threading.Event] = []
            each = self._lines.get()
            while True:
                if isinstance(each, bytes):
                    batch.append(each)
                else:
                    waiting.append(each)
                if waiting or len(batch) >= MOST_AT_ONCE:
                    break
                try:
                    each = self._lines.get_nowait()
                except Empty:
                    break
            if batch:
                self._write(b"".join(batch))
            for done in waiting:
                if done is _THE_END:
                    self._file.close()
                    return
                done.set()

    def _write(self, lines: bytes) -> None:
        try:
            self._file.write(lines)
        except (OSError, StorageError) as error:
            complain, self._complain = self._complain, None
            if complain is not None:
                reason = error.strerror if isinstance(error, OSError) else error.what.rstrip(".")
                complain(f"The log {self._file.path} cannot be written, so it has gaps: {reason}.")


_THE_END = threading.Event()
