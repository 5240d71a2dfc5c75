"""A text of many lines that is typed, pasted or opened, and beside it what is wrong with its lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import TextArea

from entitree.text import typed, visible
from entitree.tui.widgets.bound import bound
from entitree.tui.widgets.columns import Column
from entitree.tui.widgets.fixed_rows import FixedRows
from entitree.tui.widgets.item_list import ItemList
from entitree.tui.widgets.rows import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from entitree.changes.edits.tables import LineError


def clean(text: str) -> str:
    """`text` without what a screen cannot bear; lines and tabs stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if text.isascii() and all(line.replace("\t", " ").isprintable() for line in lines):
        return "\n".join(lines)
    return "\n".join("\t".join(map(typed, line.split("\t"))) for line in lines)


class _Text(TextArea):
    BINDINGS: ClassVar[list[BindingType]] = [
        # Else it would only leave the field.
        bound("escape", "screen.leave", "dialog-leave", "Leave, and do nothing."),
    ]

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.insert_clean(event.text)

    def insert_clean(self, text: str) -> None:
        """Puts `text` in place of what is selected; what falls away is said."""
        kept = clean(text)
        if lost := len(text.replace("\r\n", "\n")) - len(kept):
            what = "A character" if lost == 1 else f"{lost} characters"
            self.notify(f"{what} that cannot be shown fell away.", severity="warning")
        result = self.replace(kept, *self.selection)
        self.move_cursor(result.end_location)


class PastedList(Horizontal):
    """The text, and the errors of its lines; Enter on an error goes to its line."""

    DEFAULT_CSS = """
    PastedList {
        height: 1fr;
        & > TextArea {
            width: 1fr;
            height: 1fr;
            border: none;
            padding: 0;
            background: $background;
            & .text-area--cursor-line { background: $panel; }
        }
        & > ItemList { width: 1fr; height: 1fr; margin-left: 1; display: none; background: $surface; }
        &.-errors > ItemList { display: block; }
        &.-narrow { layout: vertical; }
        &.-narrow > ItemList { margin-left: 0; height: 40%; }
    }
    """

    @dataclass
    class Changed(Message):
        """Another text stands there."""

        text: str

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._area = _Text(
            clean(text), soft_wrap=False, show_line_numbers=True, tab_behavior="focus", compact=True
        )
        self._area.cursor_blink = False
        self._errors: Sequence[LineError] = ()

    def compose(self) -> ComposeResult:
        yield self._area
        yield ItemList((Column("Line", align="right"), Column("What is wrong", weight=1, minimum=20)))

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width < 84, "-narrow")

    @property
    def text(self) -> str:
        """All that is typed."""
        return self._area.text

    def put(self, text: str) -> None:
        """Puts another text in place of all."""
        self._area.select_all()
        self._area.insert_clean(text)
        self._area.move_cursor((0, 0))

    def open(self) -> None:
        """Gives the keys to the text."""
        self.screen.set_focus(self._area)

    def show_errors(self, errors: Sequence[LineError]) -> None:
        """Shows what is wrong, in the order of lines."""
        self._errors = errors
        self.set_class(bool(errors), "-errors")
        lines = [
            Line(str(each.line), (str(each.line), visible(each.text)), marked=False, locked=False)
            for each in errors
        ]
        self.query_one(ItemList).set_source(FixedRows(lines))

    @on(TextArea.Changed)
    def _changed(self, message: TextArea.Changed) -> None:
        message.stop()
        self.post_message(self.Changed(self.text))

    @on(ItemList.Highlighted)
    def _highlighted(self, message: ItemList.Highlighted) -> None:
        message.stop()

    @on(ItemList.Chosen)
    def _chosen(self, message: ItemList.Chosen) -> None:
        message.stop()
        at = self.query_one(ItemList).cursor
        if at < len(self._errors):
            self._area.move_cursor((self._errors[at].line - 1, 0))
            self.open()
