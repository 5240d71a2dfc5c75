"""The terminal app: it opens an account, shows its main screen, and leaves the terminal as it was."""

from __future__ import annotations

import asyncio
import contextlib
import os
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import work

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
    from pathlib import Path

    from textual.binding import BindingType
    from textual.filter import LineFilter
    from textual.screen import Screen

    from entitree.account import Account
    from entitree.accounts import Accounts
    from entitree.settings.profile import DriverWord, Profile

_MOMENT = 0.25
"""Seconds that a first frame waits for its rows, from when its screen is made."""


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
        bound(
            "ctrl+l",
            "repaint",
            "repaint-anywhere",
            "Draw the whole screen again, whichever it is.",
            priority=True,
        ),
        bound(
            "ctrl+z",
            "suspend_process",
            "suspend",
            "Stop and go to the shell; `fg` comes back.",
            priority=True,
        ),
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
        super().__init__(toast_seconds=toast_seconds)
        self.spares_bytes = is_frugal(accounts.settings.driver, accounts.settings.environ)
        """Whether what is written goes over a line on which bytes cost."""
        if self.spares_bytes:
            # It and what it needs is imported for nothing otherwise.
            from entitree.tui.driver import FrugalDriver

            self.driver_class = FrugalDriver
        self.clock = clock
        self.accounts = accounts
        self._opener = opener
        self._kept_shut: EntitreeError | None = None
        self.changed_keys: Mapping[str, tuple[str, ...]] = {}
        """The user's keys for what is bound by name, where they are not its own; Textual's names of keys."""
        self._key_problems: list[str] = []
        self.theme_switch = ThemeSwitch(
            self,
            accounts.paths.themes,
            theme or accounts.settings.theme or DEFAULT_THEME,
            # As it is agreed on: set to nothing, it asks for nothing. Textual takes that for a wish.
            no_colour=bool(os.environ.get("NO_COLOR")),
        )
        self._theme_problem = dress(self)

    def refresh_css(self, animate: bool = True) -> None:
        """As Textual's; but what is styled for the first time would be parsed a second time for it."""
        if self._is_mounted:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    @property
    def logs(self) -> Path:
        return self.accounts.paths.logs

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
        screen._push_result_callback(screen, None)  # noqa: SLF001 - nothing public does
        return screen

    async def on_mount(self) -> None:
        self.install_goodbyes()
        self.call_after_refresh(self.open_log)
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
        self.changed_keys = keymap.changed
        self._key_problems = [sentence for _, sentence in keymap.problems]
        self.set_keymap(keymap.for_textual())

    async def on_unmount(self) -> None:
        self.leaving = True
        await self.stop_watching()
        if self.account is not None:
            await self.account.close()
        await self.close_log()

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

    def on_app_focus(self) -> None:
        self.theme_switch.look_again()

    def action_picture(self) -> None:
        from entitree.tui.commands.copying import take_screenshot

        take_screenshot(self)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "suspend_process":
            from textual.widgets import TextArea

            # There the key takes back what was typed.
            return not isinstance(self.focused, TextArea)
        return super().check_action(action, parameters)

    def action_repaint(self) -> None:
        self.repaint()

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
            loop.call_soon_threadsafe(self.warn, told)
