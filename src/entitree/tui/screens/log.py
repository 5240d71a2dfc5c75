"""The log: every request to the account as it went out, whoever of this program sent it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.content import Content
from textual.widgets import Input, Static

from entitree.log.curl import curl
from entitree.log.reading import MOST, LogTail
from entitree.text import visible
from entitree.tui.commands.command import Command, CommandScreen, Group
from entitree.tui.commands.copying import copy_text
from entitree.tui.commands.program import Help, Palette, Screenshot
from entitree.tui.screens.log_lines import COLUMNS, answer, line_of, text_of
from entitree.tui.screens.request import RequestScreen
from entitree.tui.widgets.item_list import ItemList
from entitree.tui.widgets.key_bar import KeyBar, KeyHint
from entitree.tui.widgets.row_source import thousands
from entitree.tui.widgets.word_list import WordList

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from entitree.account import Account
    from entitree.log.requests import Entry
    from entitree.tui.app import EntitreeApp

_EVERY = 1.0
"""Seconds between two looks at the file, which other processes write too."""
_NOTHING = "Nothing was sent yet. What goes to the platform stands here as soon as it is answered."


class _Show(Command["LogScreen"]):
    name = "show"
    keys = ("enter",)
    shown_key = "Enter"
    label = "As curl"
    sentence = "Show the request as it would be typed, without the key, and what came back."
    group = Group.FIND
    rank = 10

    @classmethod
    def disabled_reason(cls, screen: LogScreen) -> str | None:
        return "No request is highlighted." if screen.entry is None else None

    @classmethod
    def run(cls, screen: LogScreen) -> None:
        screen.show_request()


class _Copy(Command["LogScreen"]):
    name = "copy-request"
    keys = ("y",)
    label = "Copy"
    sentence = "Copy the request as a curl command, without the key."
    group = Group.FIND
    rank = 15

    @classmethod
    def disabled_reason(cls, screen: LogScreen) -> str | None:
        return "No request is highlighted." if screen.entry is None else None

    @classmethod
    def run(cls, screen: LogScreen) -> None:
        if screen.entry is not None:
            copy_text(
                screen.app, curl(screen.entry, screen.account.profile.base_url), "the command", ending="sh"
            )


class _Filter(Command["LogScreen"]):
    name = "filter"
    keys = ("slash", "ctrl+f")
    shown_key = "/"
    label = "Filter"
    sentence = "Show only requests that hold some words: of who sent them, method, path, status or failure."
    group = Group.FIND
    rank = 20

    @classmethod
    def run(cls, screen: LogScreen) -> None:
        screen.rows.open_filter()


class _Close(Command["LogScreen"]):
    name = "close"
    keys = ("escape", "q")
    shown_key = "Esc"
    label = "Back"
    sentence = "Clear the filter, or back to where you were."
    group = Group.MOVE
    rank = 30

    @classmethod
    def run(cls, screen: LogScreen) -> None:
        if not screen.rows.clear_filter():
            screen.dismiss(None)


class LogScreen(CommandScreen[None]):
    """The newest requests, the last one at the end. With the cursor there, it stays on the newest."""

    OFFERED = (_Show, _Copy, _Filter, _Close, Palette, Screenshot, Help)
    AUTO_FOCUS = "ItemList"
    app: EntitreeApp
    DEFAULT_CSS: ClassVar[str] = """
    LogScreen {
        #title { height: 1; padding: 0 1; background: $panel; text-style: bold; }
        #aside { height: auto; max-height: 4; padding: 0 1; color: $warning; display: none; }
        #whole { height: auto; min-height: 3; max-height: 8; padding: 0 1; border-top: solid $panel; }
    }
    """

    def __init__(self, account: Account) -> None:
        super().__init__()
        self.account = account
        self._tail = LogTail(account.requests)
        self._entries: list[Entry] = []
        self._reading = False

    def compose(self) -> ComposeResult:
        yield Static("Requests to the platform", id="title")
        yield Static(id="aside")
        yield WordList["Entry"](
            COLUMNS,
            lambda entry: line_of(entry, self.app.clock),
            key=lambda entry: str(entry.number),
            text=text_of,
            nothing=_NOTHING,
            follows=True,
        )
        yield Static(id="whole")
        yield KeyBar()

    def on_mount(self) -> None:
        table = self.query_one(ItemList)
        table.cursor_style = self.account.profile.cursor or self.app.accounts.settings.cursor
        table.placeholder = Content("Reading the log …")
        self.show_keys()
        self._read()
        self.set_interval(_EVERY, self.look)

    def on_unmount(self) -> None:
        self._tail.close()

    @property
    def rows(self) -> WordList[Entry]:
        return self.query_one(WordList)

    @property
    def entry(self) -> Entry | None:
        """The highlighted request."""
        return self.rows.thing

    def key_hints(self) -> list[KeyHint]:
        return self.filter_hints() if isinstance(self.focused, Input) else super().key_hints()

    def on_descendant_focus(self) -> None:
        self.show_keys()

    def show_request(self) -> None:
        """Shows the highlighted request by itself."""
        if self.entry is not None:
            self.app.push_screen(RequestScreen(self.entry, self.account.profile.base_url))

    def look(self) -> None:
        """Shows what was sent since, soon."""
        if not (self._reading or self.app.leaving) and self._tail.changed():
            self._read()

    @work(group="read")
    async def _read(self) -> None:
        self._reading = True
        try:
            entries = await asyncio.to_thread(self._tail.read)
            self._say("")
        except OSError as error:
            self._say(f"The log {self.account.requests} cannot be read: {error.strerror}.")
            return
        finally:
            self._reading = False
        if entries or not self._entries:
            self._entries = [*self._entries, *entries][-MOST:]
            self.rows.show(self._entries)
            title = "Requests to the platform"
            if len(self._entries) == MOST:
                title += f", the newest {thousands(MOST)}"
            self.query_one("#title", Static).update(Content(title))

    def _say(self, trouble: str) -> None:
        aside = self.query_one("#aside", Static)
        aside.display = bool(trouble)
        aside.update(Content(visible(trouble)))

    @on(WordList.Highlighted)
    def _show_whole(self) -> None:
        """All of the request under the cursor."""
        entry = self.entry
        told = (
            ""
            if entry is None
            else f"{visible(f'{entry.method} {entry.path}')}\n{answer(entry, self.app.clock)}"
        )
        self.query_one("#whole", Static).update(Content(told))
        self.show_keys()

    @on(WordList.Chosen)
    def _chosen(self) -> None:
        self.show_request()
