"""How an app of a terminal behaves: what it says, how it ends, and what it leaves behind when it fails."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import traceback
from typing import TYPE_CHECKING

from rich.text import Text
from textual import events
from textual.widgets import Input
from textual.worker import WorkerFailed

from entitree.errors import EntitreeError
from entitree.text import visible
from entitree.tui.focus import FocusApp

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import RenderableType
    from textual.notifications import SeverityLevel

    from entitree.log.program import ProgramLog

_GOODBYES = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class MannersApp(FocusApp):
    """What it shows is text and never markup; however it ends, the terminal is as it was and nobody's values
    are told.

    Attributes:
        leaving: once true, nothing is drawn or begun any more: what still runs is being taken down.
    """

    leaving = False

    def __init__(self, *, toast_seconds: float | None = None) -> None:
        """`toast_seconds` keeps every toast that long; without it each stays as long as it asks."""
        super().__init__()
        self._toast_seconds = toast_seconds
        self._program_log: ProgramLog | None = None

    @property
    def logs(self) -> Path:
        """The folder of the program's own log."""
        raise NotImplementedError

    # What it says

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Textual's toast, but never as markup: much of what it says came from the platform."""
        super().notify(
            message,
            title=title,
            severity=severity,
            timeout=self._toast_seconds or timeout,
            markup=False,
        )

    def complain(self, error: EntitreeError) -> None:
        """Says what went wrong and what to do; once, where several things fail of the same cause."""
        sentence = visible(str(error))
        if all(each.message != sentence for each in self._notifications):
            self.notify(sentence, severity="error", timeout=10)

    def warn(self, told: str) -> None:
        """Says what does not work, once it is no matter of the moment."""
        if not self.leaving:
            self.notify(visible(told), severity="warning", timeout=10)

    # What it is sent and what it sends

    async def on_event(self, event: events.Event) -> None:
        """As Textual's, but letters typed faster than the focus moves reach the field they were meant for.

        They were handed to whoever had the focus when they arrived, and come up here unused: as commands, if
        nobody stopped them.
        """
        late = isinstance(event, events.Key) and event.is_forwarded and event.is_printable
        if late and isinstance(self.focused, Input) and isinstance(event, events.Key):
            self.focused.post_message(events.Key(event.key, event.character))
            return
        await super().on_event(event)

    def copy_to_clipboard(self, text: str) -> None:
        """As Textual's, but through tmux and screen too; what cannot get to the terminal's clipboard stays in
        the app's own.
        """
        from entitree.tui.clipboard import clipboard_sequence

        self._clipboard = text
        sequence = clipboard_sequence(text, os.environ)
        if sequence is not None and self._driver is not None:
            self._driver.write(sequence)

    def repaint(self) -> None:
        """Draws everything again, whatever the terminal is believed to show."""
        self.screen.refresh(layout=True, repaint=True)
        if (repaint := getattr(self._driver, "repaint", None)) is not None:
            repaint()

    # How it ends

    def open_log(self) -> None:
        from entitree.log.program import ProgramLog

        if not self.leaving:
            self._program_log = ProgramLog(self.logs)
            self._program_log.install()

    async def close_log(self) -> None:
        """Writes what is still to be written down, and ends that."""
        if self._program_log is not None:
            await asyncio.to_thread(self._program_log.close)

    def install_goodbyes(self) -> None:
        # Without this a hang-up leaves the terminal in the alternate screen, and nothing is closed.
        loop = asyncio.get_running_loop()
        for each in _GOODBYES:
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(each, self._goodbye, each)

    def _goodbye(self, which: signal.Signals) -> None:
        if not self.leaving:
            self.exit(return_code=128 + which)

    def exit(
        self, result: int | None = None, return_code: int = 0, message: RenderableType | None = None
    ) -> None:
        self.leaving = True
        super().exit(result, return_code, message)

    def _handle_exception(self, error: Exception) -> None:
        """Textual's last resort, reached by whatever a worker or handler let through.

        What is one of our own sentences is said, and the app goes on. While it is taken down, workers find
        widgets and files closed: that is no failure.
        """
        cause = error.error if isinstance(error, WorkerFailed) else error
        if self.leaving:
            return
        if isinstance(cause, EntitreeError):
            self.complain(cause)
        else:
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        # Textual's own report prints local variables, keys among them. Type and place are enough to find it.
        from entitree.log.program import note_crash

        error = sys.exception()
        places = [
            f"  {frame.filename}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__ if error else None)[-6:]
        ]
        log = note_crash(self.logs, error)
        kept = [] if log is None else [f"This stands in {visible(str(log))}"]
        said = "\n".join([f"entitree failed: {type(error).__name__}", *places, *kept])
        self.panic(Text(said, no_wrap=True, overflow="ignore"))

    def _print_error_renderables(self) -> None:
        # Textual's own would break paths at the edge of the terminal: nobody could copy or follow them.
        for each in self._exit_renderables[:1]:
            self.error_console.print(each, crop=False)
        self._exit_renderables.clear()
