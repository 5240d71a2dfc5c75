"""The filter: one line to type in, and beside it the truth about what is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Horizontal
from textual.getters import query_one
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input

from entitree.tui.widgets.bound import bound
from entitree.tui.widgets.entry import Entry
from entitree.tui.widgets.one_line import OneLine, Piece, spread

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType


class _Sign(OneLine):
    DEFAULT_CSS = """
    _Sign { width: 3; color: $dim; }
    """

    def pieces(self, width: int) -> list[Piece]:
        return [Piece(" / ")]


class _Truth(OneLine):
    COMPONENT_CLASSES: ClassVar[set[str]] = {"truth--problem"}
    DEFAULT_CSS = """
    _Truth {
        width: 2fr;
        color: $dim;
        & > .truth--problem { color: $problem; }
    }
    """

    text: reactive[str] = reactive("")
    problem: reactive[str] = reactive("")

    def pieces(self, width: int) -> list[Piece]:
        said = Piece(self.problem, "truth--problem") if self.problem else Piece(self.text)
        return spread([], [said, Piece(" ")], width)


class FilterLine(Horizontal):
    """A one-line field after ` / `. It says what is typed; others tell it what that means.

    Attributes:
        truth: what is shown of what ("42 of 10 432 · 3 marked · id ↑"), at the right end.
        problem: what is wrong with the filter; while there is something it stands in place of the truth.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("enter", "keep", "filter-keep", "Keep the filter, and go to the list."),
        bound("escape", "clear", "filter-clear", "Clear the filter, and go to the list."),
        bound("down", "leave", "filter-leave", "Go to the list."),
    ]
    DEFAULT_CSS = """
    FilterLine {
        height: 1;
        background: $background;
        & > Input {
            width: 1fr;
            background: $background;
            color: $foreground;
            &:focus { background-tint: $background 0%; }
            & > .input--placeholder { color: $dim; }
        }
        &:focus-within > _Sign { color: $accent; text-style: bold; }
    }
    """

    truth: reactive[str] = reactive("", init=False)
    problem: reactive[str] = reactive("", init=False)

    _input = query_one(Input)
    _truth = query_one(_Truth)

    @dataclass
    class Changed(Message):
        """Other text was typed."""

        filter_line: FilterLine
        value: str

        @property
        def control(self) -> FilterLine:
            return self.filter_line

    @dataclass
    class _Plain(Message):
        filter_line: FilterLine

        @property
        def control(self) -> FilterLine:
            return self.filter_line

    class Kept(_Plain):
        """Enter: the filter stays, and the list has the keys."""

    class Cleared(_Plain):
        """Escape: the filter is gone (a `Changed` came before, if there was one)."""

    class Leave(_Plain):
        """Down: to the list."""

    def __init__(self, *, placeholder: str = "", id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._placeholder = placeholder

    @property
    def value(self) -> str:
        """What is typed. Setting it posts no `Changed`."""
        return self._input.value

    @value.setter
    def value(self, text: str) -> None:
        with self._input.prevent(Input.Changed):
            self._input.value = text
        self._input.cursor_position = len(text) if self._input.has_focus else 0

    def open(self) -> None:
        """Puts the keyboard into the field; what is there is selected, so that typing replaces it."""
        # At once: `focus()` would let keys typed meanwhile go to the list.
        self.screen.set_focus(self._input)
        self._input.select_all()

    def compose(self) -> ComposeResult:
        yield _Sign()
        yield Entry(placeholder=self._placeholder)
        yield _Truth()

    def watch_truth(self, text: str) -> None:
        self._truth.text = text

    def watch_problem(self, text: str) -> None:
        self._truth.problem = text
        self.set_class(bool(text), "-problem")

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(self, event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_keep()

    def action_keep(self) -> None:
        self._show_beginning()
        self.post_message(self.Kept(self))

    def action_clear(self) -> None:
        if self.value:
            self.value = ""
            self.post_message(self.Changed(self, ""))
        self.post_message(self.Cleared(self))

    def action_leave(self) -> None:
        self._show_beginning()
        self.post_message(self.Leave(self))

    def _show_beginning(self) -> None:
        """Of a text that is longer than the field; `open` goes to its end."""
        self._input.cursor_position = 0
