"""A field with a few answers, one of which is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.containers import Container
from textual.message import Message
from textual.widgets import Checkbox, Label

from entitree.tui.widgets.tick import Tick

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult


class Choice(Container):
    """Ticks, of which one is set: beside each other behind a label, or without one below each other."""

    class Changed(Message):
        """Another answer is given."""

    def __init__(self, label: str, answers: Mapping[str, str], value: str, *, id: str) -> None:
        """`answers` are the names of the ticks and what stands beside each, inert text."""
        super().__init__(id=id, classes="ticks" if label else "ticks -stacked")
        self._label = label
        self._answers = answers
        self.value = value
        """The name of the answer given."""

    def compose(self) -> ComposeResult:
        if self._label:
            yield Label(self._label)
        for name, told in self._answers.items():
            yield Tick(told, value=name == self.value, id=f"{self.id}-{name}", compact=True)

    @on(Checkbox.Changed)
    def _ticked(self, message: Checkbox.Changed) -> None:
        message.stop()
        name = (message.checkbox.id or "").removeprefix(f"{self.id}-")
        self.value = name
        for tick in self.query(Tick):
            # One is always set: unticked it stays.
            with tick.prevent(Checkbox.Changed):
                tick.value = tick is message.checkbox
        self.post_message(self.Changed())
