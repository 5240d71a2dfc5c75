"""The tabs, in one line and without animation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message
from textual.reactive import reactive

from entitree.record import record
from entitree.tui.widgets.one_line import OneLine, Piece

if TYPE_CHECKING:
    from collections.abc import Sequence


@record
class Tab:
    """`name` for the program; `label` and `note` (a number, a state) for the reader; `key` opens it."""

    name: str
    label: str
    key: str = ""
    note: str = ""


class TabLine(OneLine):
    """` 1 Applications 12   2 Entities 240 `; the active one stands out.

    Where room is short the tabs move together, then the notes go, from the last on, the active one's at the
    end, then the labels of those that are not active.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "tab-line--key",
        "tab-line--label",
        "tab-line--active",
        "tab-line--note",
    }
    DEFAULT_CSS = """
    TabLine {
        background: $background;
        color: $foreground;
        & > .tab-line--key { color: $dim; text-style: $dim-style; }
        & > .tab-line--label { color: $foreground; }
        & > .tab-line--note { color: $dim; text-style: $dim-style; }
        & > .tab-line--active { color: $accent; text-style: bold underline; }
    }
    """

    tabs: reactive[tuple[Tab, ...]] = reactive(())
    active: reactive[str] = reactive("")

    @dataclass
    class Chosen(Message):
        """A tab was clicked. `active` stays as it is until it is set."""

        tab_line: TabLine
        name: str

        @property
        def control(self) -> TabLine:
            return self.tab_line

    def show(self, tabs: Sequence[Tab]) -> None:
        """Shows `tabs`. Nothing is repainted where they are the same as before."""
        self.tabs = tuple(tabs)

    def pieces(self, width: int) -> list[Piece]:
        names = [tab.name for tab in self.tabs]
        fewer = [{self.active, *names[:count]} for count in range(len(names), -1, -1)]
        for notes in (*fewer, set[str]()):
            for gap in (" ", ""):
                pieces = self._laid_out(set(names), notes, gap)
                if sum(piece.width for piece in pieces) <= width:
                    return pieces
        return self._laid_out({self.active}, set(), " ")

    def pressed(self, hit: object) -> None:
        if isinstance(hit, Tab):
            self.post_message(self.Chosen(self, hit.name))

    def _laid_out(self, labels: set[str], notes: set[str], gap: str) -> list[Piece]:
        pieces: list[Piece] = []
        for tab in self.tabs:
            active = tab.name == self.active
            parts = [Piece(tab.key, "tab-line--key", tab)] if tab.key else []
            if tab.name in labels or not tab.key:
                parts.append(Piece(tab.label, "tab-line--active" if active else "tab-line--label", tab))
            if tab.note and tab.name in notes:
                parts.append(Piece(tab.note, "tab-line--note", tab))
            pieces.append(Piece(" ", hit=tab))
            for part in parts:
                pieces += [part, Piece(" ", hit=tab)]
            pieces.append(Piece(gap))
        return pieces
