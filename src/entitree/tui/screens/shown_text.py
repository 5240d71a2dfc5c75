"""Text for whoever has no clipboard: on the screen, to be selected there, or in a file."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from entitree.errors import EntitreeError
from entitree.text import visible
from entitree.tui.commands.command import Command, CommandScreen, Group
from entitree.tui.commands.program import Help, Palette, Screenshot
from entitree.tui.saving import save_new
from entitree.tui.widgets.key_bar import KeyBar
from entitree.tui.widgets.row_source import thousands

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from entitree.tui.app import EntitreeApp

MOST_SHOWN = 500
"""Lines on the screen; the file has all of them."""


class _Save(Command["ShownText"]):
    name = "save-text"
    keys = ("w",)
    label = "Save to a file"
    sentence = "Write the text into a new file in this folder that only you may read."
    group = Group.PROGRAM
    rank = 10

    @classmethod
    def run(cls, screen: ShownText) -> None:
        screen.save()


class _Close(Command["ShownText"]):
    name = "close"
    keys = ("escape", "q")
    shown_key = "Esc"
    label = "Back"
    sentence = "Back to where you were."
    group = Group.MOVE
    rank = 20

    @classmethod
    def run(cls, screen: ShownText) -> None:
        screen.dismiss(None)


class ShownText(CommandScreen[None]):
    """Plain lines from edge to edge: what the terminal selects is nothing but the text."""

    OFFERED = (_Save, _Close, Palette, Screenshot, Help)
    AUTO_FOCUS = "VerticalScroll"
    app: EntitreeApp
    DEFAULT_CSS: ClassVar[str] = """
    ShownText {
        #why { height: auto; margin-bottom: 1; background: $panel; }
        VerticalScroll { height: 1fr; scrollbar-size-vertical: 0; }
        #text { height: auto; }
    }
    """

    def __init__(self, text: str, what: str, why: str, *, ending: str) -> None:
        """`what` is the text in words, `why` the reason against the clipboard, without a full stop. A file
        of it gets `ending`.
        """
        super().__init__()
        self._text = text
        self._what = what
        self._why = why
        self._ending = ending

    def compose(self) -> ComposeResult:
        lines = self._text.split("\n")
        more = len(lines) - MOST_SHOWN
        rest = (
            f" Here are the first {thousands(MOST_SHOWN)} lines of {thousands(len(lines))}."
            if more > 0
            else ""
        )
        how = "Select it here (in most terminals hold Shift and drag), or w writes it into a file."
        yield Static(Content(f"Not copied: {self._what}. {self._why}. {how}{rest}"), id="why")
        with VerticalScroll():
            yield Static(Content("\n".join(map(visible, lines[:MOST_SHOWN]))), id="text")
        yield KeyBar()

    def on_mount(self) -> None:
        self.show_keys()

    @work(exclusive=True, group="save")
    async def save(self) -> None:
        """Writes the text into a new file, and says which."""

        def write() -> Path:
            return save_new(Path.cwd(), "copied", self._ending, self._text, datetime.now().astimezone())

        try:
            path = await asyncio.to_thread(write)
        except EntitreeError as error:
            self.app.complain(error)
        else:
            self.app.notify(visible(f"It is in {path}."))
