"""The frugal driver: the terminal receives the cells that changed, and no sequence but the few the app needs.

See `entitree.tui.terminal`. Input, modes and signals are those of Textual's driver; but a terminal that takes
nothing never holds up the app, and whatever puts in doubt what it shows has all of it drawn again: another
size, a program that had it meanwhile, a stop.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any

from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize

from entitree.tui.terminal.line import Line
from entitree.tui.terminal.reader import SYNC_BEGIN, SYNC_END, control_of

if TYPE_CHECKING:
    from textual.app import App
    from textual.message import Message

PATIENCE = 1.0
"""Seconds that a terminal gets to take what restores it."""
_log = logging.getLogger("entitree.terminal")


class FrugalDriver(LinuxDriver):
    """Textual's driver, but for what it writes."""

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        # GNU screen erases without a colour; tmux, which may call itself that too, draws blanks as well.
        fills = not os.environ.get("TERM", "").startswith("screen")
        self._told: set[str] = set()
        self._away = False
        self._known_size = (0, 0)
        fd = 2 if self._file is None else self._file.fileno()
        self._line = Line(fd, fills=fills, dropped=self._dropped)

    def write(self, data: str) -> None:
        if data == SYNC_BEGIN:
            self._line.keep_together()
        elif (control := control_of(data)) is not None:
            self._line.send(control, data)
        elif data != SYNC_END:
            self._line.draw(data)

    def repaint(self) -> None:
        """Has everything written again, whatever the terminal is believed to show."""
        self._line.repaint()

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._writer_thread is None:
            # In the background: whoever has the terminal keeps it.
            return
        self._writer_thread.stop()
        self._writer_thread = None
        self._away = False
        self._line.open(*self._known_size)

    def stop_application_mode(self) -> None:
        self._line.pause()
        super().stop_application_mode()

    def close(self) -> None:
        self._line.close(PATIENCE)

    def process_message(self, message: Message) -> None:
        if isinstance(message, Resize) and message.size != self._known_size:
            # Before the app hears of it.
            self._known_size = message.size
            self._loop.call_soon_threadsafe(self._line.resize, *message.size)
        super().process_message(message)

    def _get_terminal_size(self) -> tuple[int, int]:
        # Asked at the start, and when it may be another.
        size = self._known_size = super()._get_terminal_size()
        self._loop.call_soon_threadsafe(self._line.resize, *size)
        return size

    def _sigtstp_application(self, *_: object) -> None:
        if self._auto_restart:
            # Not in the midst of a frame.
            self._loop.call_soon_threadsafe(self._stop)
        else:
            super()._sigtstp_application()

    def _stop(self) -> None:
        self._away = True
        super()._sigtstp_application()

    def _sigcont_application(self, *_: object) -> None:
        if not self._auto_restart:
            return
        if self._away:
            super()._sigcont_application()
        elif self._key_thread is not None:
            # Stopped without a word: whoever had the terminal meanwhile has set it up for itself.
            self._loop.call_soon_threadsafe(self._begin_again)

    def _begin_again(self) -> None:
        self.suspend_application_mode()
        self.resume_application_mode()

    def _dropped(self, kind: str) -> None:
        if kind not in self._told:
            self._told.add(kind)
            _log.warning("A control sequence was kept from the terminal: %s", kind)
