"""One request of the log, as somebody would type it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from entitree.log.curl import curl
from entitree.text import visible
from entitree.tui.commands.command import Command, CommandScreen, Group
from entitree.tui.commands.copying import copy_text
from entitree.tui.commands.program import Help, Palette, Screenshot
from entitree.tui.screens.log_lines import answer
from entitree.tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from entitree.log.requests import Entry
    from entitree.tui.app import EntitreeApp


class _Copy(Command["RequestScreen"]):
    name = "copy-request"
    keys = ("y",)
    label = "Copy"
    sentence = "Copy the request as a curl command, without the key."
    group = Group.FIND
    rank = 15

    @classmethod
    def run(cls, screen: RequestScreen) -> None:
        copy_text(screen.app, screen.command, "the command", ending="sh")


class _Close(Command["RequestScreen"]):
    name = "close"
    keys = ("escape", "q")
    shown_key = "Esc"
    label = "Back"
    sentence = "Back to the log."
    group = Group.MOVE
    rank = 30

    @classmethod
    def run(cls, screen: RequestScreen) -> None:
        screen.dismiss(None)


class RequestScreen(CommandScreen[None]):
    """A command for a shell that sends the request again, and what came back when it was sent.

    `base_url` None: the sandbox in this process was asked.
    """

    OFFERED = (_Copy, _Close, Palette, Screenshot, Help)
    AUTO_FOCUS = "VerticalScroll"
    app: EntitreeApp
    DEFAULT_CSS: ClassVar[str] = """
    RequestScreen {
        #title {
            height: 1;
            padding: 0 1;
            background: $panel;
            text-style: bold;
            text-wrap: nowrap;
            text-overflow: ellipsis;
        }
        #answer { height: auto; padding: 0 1; margin-bottom: 1; }
        VerticalScroll { height: 1fr; padding: 0 1; }
        #curl { height: auto; }
    }
    """

    def __init__(self, entry: Entry, base_url: str | None) -> None:
        super().__init__()
        self.entry = entry
        self.command = curl(entry, base_url)
        """With its comments, each on a line of its own."""

    def compose(self) -> ComposeResult:
        yield Static(Content(visible(f"{self.entry.method} {self.entry.path}")), id="title")
        yield Static(Content(answer(self.entry, self.app.clock)), id="answer")
        with VerticalScroll():
            yield Static(Content("\n".join(map(visible, self.command.split("\n")))), id="curl")
        yield KeyBar()

    def on_mount(self) -> None:
        self.show_keys()
