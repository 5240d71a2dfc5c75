"""The terminal app: it opens an account, shows its main screen, and leaves the terminal as it was."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import traceback
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events, work
from textual.widgets import Input
from textual.worker import WorkerFailed

from entitree.errors import EntitreeError
from entitree.text import visible
from entitree.tui.jobs_app import JobsApp
from entitree.tui.lean import dress
from entitree.tui.screens.main import MainScreen
from entitree.tui.theme_switch import ThemeSwitch
from entitree.tui.themes import DEFAULT_THEME, role_defaults
from entitree.tui.widgets.bound import bound

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime

    from rich.console import RenderableType
    from textual.binding import BindingType
    from textual.filter import LineFilter
    from textual.notifications import SeverityLevel
    from textual.screen import Screen

    from entitree.account import Account
    from entitree.accounts import Accounts
    from entitree.log.program import ProgramLog
    from entitree.settings.profile import DriverWord, Profile

_MOMENT = 0.25
"""Seconds that a first frame waits for its rows, from when its screen is made."""
_GOODBYES = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


def is_frugal(driver: DriverWord, environ: Mapping[str, str]) -> bool:
    """Whether the terminal is written to by the driver that spares bytes."""
    return driver == "frugal" or (driver == "auto" and bool(environ.get("SSH_CONNECTION")))


def local_time(moment: datetime) -> str:
    """The time of day on the user's clock. Never an age: that would have to be written anew when idle."""
    return moment.astimezone().strftime("%H:%M:%S")


class EntitreeApp(JobsApp):
    """The face of one account at a time."""

    CSS_PATH = "entitree.tcss"
    TITLE = "entitree"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("ctrl+q", "leave", "leave", "Leave, whatever is on the screen.", priority=True),
        bound(
            "f12", "picture", "screenshot-anywhere", "Save what is on the screen as a picture.", priority=True
        ),
        bound("ctrl+l", "repaint", "repaint-anywhere", "Draw the whole screen again, whichever it is."),
        bound(
            "f1", "help", "help-anywhere", "Show what every key does here, while typing too.", priority=True
        ),
    ]

    def __init__(
        self,
        accounts: Accounts,
        opener: Callable[[], Awaitable[Account]],
        *,
        theme: str | None = None,
        clock: Callable[[datetime], str] = local_time,
        toast_seconds: float | None = None,
    ) -> None:
        """`toast_seconds` keeps every toast that long; without it each stays as long as it asks."""
        super().__init__()
        if is_frugal(accounts.settings.driver, accounts.settings.environ):
            # It and what it needs is imported for nothing otherwise.
            from entitree.tui.driver import FrugalDriver

            self.driver_class = FrugalDriver
        self.clock = clock
        self._toast_seconds = toast_seconds
        self.accounts = accounts
        self._opener = opener
        self._kept_shut: EntitreeError | None = None
        self._program_log: ProgramLog | None = None
        self.changed_keys: Mapping[str, tuple[str, ...]] = {}
        """The user's keys for what is bound by name, where they are not its own; Textual's names of keys."""
        self._key_problems: tuple[str, ...] = ()
        self.theme_switch = ThemeSwitch(
            self,
            accounts.paths.themes,
            theme or accounts.settings.theme or DEFAULT_THEME,
            # As it is agreed on: set to nothing, it asks for nothing. Textual takes it for a wish all the same.
            no_colour=bool(os.environ.get("NO_COLOR")),
        )
        self._theme_problem = dress(self)

    def refresh_css(self, animate: bool = True) -> None:
        """As Textual's; but what is styled for the first time would be parsed a second time for it."""
        if self._is_mounted:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return role_defaults()

    def get_line_filters(self) -> Sequence[LineFilter]:
        return self.theme_switch.filters(super().get_line_filters())

    async def on_load(self) -> None:
        # Before anything is drawn: the screen of the account is the first there is.
        self._take_keys()
        try:
            self.account = await self._opener()
        except EntitreeError as error:
            self._kept_shut = error
            return
        if self.account.profile.theme is not None or self.account.profile.lean is not None:
            self._theme_problem = dress(self, self.account.profile)

    def get_default_screen(self) -> Screen[None]:
        if self.account is None:
            return super().get_default_screen()
        screen = self._main(self.account)
        # Textual gives this to what is pushed, and fails where it is missing when another screen takes over.
        screen._push_result_callback(screen, None)
        return screen

    async def on_mount(self) -> None:
        self._install_goodbyes()
        self.call_after_refresh(self._open_log)
        if self._kept_shut is not None:
            # There is nothing to show behind the message.
            self.exit(return_code=2, message=Text(visible(str(self._kept_shut))))
            return
        self.theme_switch.watch()
        self.theme_switch.tell(self._theme_problem)
        if self._key_problems:
            told = "\n".join(map(visible, self._key_problems))
            self.notify(told, title="Keys", severity="warning", timeout=20)
        await self._await_rows()

    def _take_keys(self) -> None:
        """Gives commands and bindings the keys that the settings say."""
        wanted = self.accounts.settings.keys
        if not wanted:
            return
        # It knows every screen.
        from entitree.tui.commands.keymap import resolve
        from entitree.tui.commands.places import grounds, typed

        keymap = resolve(wanted, grounds(), typed())
        self.changed_keys, self._key_problems = keymap.changed, keymap.problems
        self.set_keymap(keymap.for_textual())

    async def on_unmount(self) -> None:
        self.leaving = True
        await self.stop_watching()
        if self.account is not None:
            await self.account.close()
        if self._program_log is not None:
            await asyncio.to_thread(self._program_log.close)

    # Accounts

    def _main(self, account: Account) -> MainScreen:
        screen = MainScreen(account)
        account.on_gap = partial(self._warn_of_gap, asyncio.get_running_loop())
        # Otherwise found out by the first layout, and everything would be styled twice.
        width = self.size.width
        screen.add_class(
            max(each for each in screen.HORIZONTAL_BREAKPOINTS if each[0] <= width)[1], update=False
        )
        return screen

    async def _await_rows(self) -> None:
        """Keeps from drawing, for a moment, what is drawn again as soon as the mirror answers."""
        screen = self.screen
        if isinstance(screen, MainScreen):
            with self.batch_update(), contextlib.suppress(TimeoutError):
                await asyncio.wait_for(screen.answered.wait(), _MOMENT)
            self.call_later(screen.begin)

    def switch_to(self, profile: Profile | None) -> None:
        """Leaves the account on show for `profile`; None leaves everything as it is."""
        if profile is not None:
            self._switch(profile)

    @work(group="switch", exclusive=True)
    async def _switch(self, profile: Profile) -> None:
        try:
            account = await self.accounts.open(profile)
        except EntitreeError as error:
            self.complain(error)
            return
        await self.stop_watching()
        before, self.account = self.account, account
        self.theme_switch.tell(dress(self, account.profile))
        while len(self.screen_stack) > 1:
            # Opened meanwhile, and about the account before.
            await self.screen.dismiss(None)
        shown, main = self.screen, self._main(account)
        await (shown.give_way(main) if isinstance(shown, MainScreen) else self.switch_screen(main))
        await self._await_rows()
        if before is not None:
            await before.close()

    def tell_screens(self) -> None:
        if self.leaving:
            return
        for screen in self.screen_stack:
            if isinstance(screen, MainScreen):
                screen.show_jobs()

    # Manners

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
        """Says what went wrong and what to do."""
        self.notify(visible(str(error)), severity="error", timeout=10)

    def on_app_focus(self) -> None:
        self.theme_switch.look_again()

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

    def action_picture(self) -> None:
        from entitree.tui.commands.copying import take_screenshot

        take_screenshot(self)

    def action_repaint(self) -> None:
        self.repaint()

    def repaint(self) -> None:
        """Draws everything again, whatever the terminal is believed to show."""
        self.screen.refresh(layout=True, repaint=True)
        if (repaint := getattr(self._driver, "repaint", None)) is not None:
            repaint()

    def action_leave(self) -> None:
        self.leave()

    def action_help(self) -> None:
        from entitree.tui.screens.help import HelpScreen

        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss()
        else:
            self.push_screen(HelpScreen(self.screen))

    def _warn_of_gap(self, loop: asyncio.AbstractEventLoop, told: str) -> None:
        # In the thread that writes the log of requests, perhaps while all else is taken down.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(self._warn, told)

    def _warn(self, told: str) -> None:
        if not self.leaving:
            self.notify(visible(told), severity="warning", timeout=10)

    def _open_log(self) -> None:
        from entitree.log.program import ProgramLog

        if not self.leaving:
            self._program_log = ProgramLog(self.accounts.paths.logs)
            self._program_log.install()

    def _install_goodbyes(self) -> None:
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
        log = note_crash(self.accounts.paths.logs, error)
        kept = [] if log is None else [f"This stands in {visible(str(log))}"]
        self.panic(Text("\n".join([f"entitree failed: {type(error).__name__}", *places, *kept])))
