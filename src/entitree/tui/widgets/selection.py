"""What a dialog acts on: the marked rows, or the highlighted one; what the filter hides comes first."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static

from entitree.text import visible
from entitree.tui.widgets.row_source import NameT, thousands

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from textual.app import ComposeResult

_NAMED = 6
"""Names that a sentence holds; of more it says how many."""


@dataclass(frozen=True)
class Selection(Generic[NameT]):
    """Names of rows."""

    names: tuple[NameT, ...]
    """What is not shown by the filter first."""
    hidden: frozenset[NameT]
    """Those of them that the filter does not show."""
    one: str
    many: str
    """What one is called, and several."""
    called: Mapping[NameT, str] = field(default_factory=dict)
    """What people call them, where that is not the name itself; raw text."""

    @classmethod
    def of(
        cls,
        names: Collection[NameT],
        hidden: Collection[NameT],
        one: str,
        many: str,
        called: Mapping[NameT, str] | None = None,
    ) -> Selection[NameT]:
        unseen = frozenset(hidden).intersection(names)
        ordered = tuple(sorted(names, key=lambda each: (each not in unseen, each)))
        return cls(ordered, unseen, one, many, called or {})

    @property
    def shown(self) -> Selection[NameT]:
        """Without what the filter hides."""
        return replace(
            self, names=tuple(each for each in self.names if each not in self.hidden), hidden=frozenset()
        )

    @property
    def count(self) -> str:
        """`12 entities`."""
        return f"{thousands(len(self.names))} {self.one if len(self.names) == 1 else self.many}"

    def told(self, name: NameT) -> str:
        """What one is called, fit to be shown."""
        return visible(self.called.get(name) or str(name))

    @property
    def sentence(self) -> str:
        """Who it is: those that nobody sees first."""
        names = ", ".join(self.told(each) for each in self.names[:_NAMED])
        more = f" and {thousands(len(self.names) - _NAMED)} more" if len(self.names) > _NAMED else ""
        if not self.hidden:
            return f"{self.count}: {names}{more}"
        is_ = "is" if len(self.hidden) == 1 else "are"
        return f"{self.count}, {thousands(len(self.hidden))} of which {is_} not shown: {names}{more}"


class SelectionLine(Horizontal):
    """Says what a dialog acts on, with a button to leave out what the filter hides."""

    DEFAULT_CSS = """
    SelectionLine {
        height: auto;
        max-height: 3;
        & > Static { width: 1fr; height: auto; max-height: 3; text-style: bold; }
        & > Button { margin-left: 2; }
    }
    """

    class LeftOut(Message):
        """Hidden rows are to be left out."""

    def __init__(self) -> None:
        super().__init__(id="selection")

    def compose(self) -> ComposeResult:
        yield Static(id="selected")
        yield Button("Leave those out (F2)", id="leave-out", compact=True)

    def show(self, selection: Selection[NameT]) -> None:
        """Says what is acted on."""
        self.query_one("#selected", Static).update(Content(selection.sentence))
        several = bool(selection.hidden) and len(selection.hidden) < len(selection.names)
        self.query_one("#leave-out").display = several

    @on(Button.Pressed, "#leave-out")
    def _pressed(self, message: Button.Pressed) -> None:
        message.stop()
        self.post_message(self.LeftOut())
