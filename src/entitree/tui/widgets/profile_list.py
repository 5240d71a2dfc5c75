"""The list of profiles: each under its colour, with what kind of account it is in words, and its host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.message import Message

from entitree.record import record
from entitree.tui.widgets.bound import bound
from entitree.tui.widgets.cells import cut, fitted, width_of
from entitree.tui.widgets.line_list import LineList
from entitree.tui.widgets.status_line import GROUNDS, badge_styles
from entitree.tui.widgets.strips import line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.binding import BindingType
    from textual.strip import Strip

    from entitree.tui.widgets.status_line import Badge

_WIDEST = 24
"""Cells for names."""


@record
class ProfileLine:
    """Inert texts. `told` is where it is, or why it cannot be opened: then it is `wrong`."""

    name: str
    colour: str | None
    badges: tuple[Badge, ...]
    told: str
    here: bool = False
    wrong: bool = False


class ProfileList(LineList):
    """One of them is open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("enter", "choose", "list-choose", "Choose the row."),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "profile-list--problem",
        *(f"profile-list--{word}" for word in GROUNDS),
    }
    DEFAULT_CSS = """
    ProfileList {
        & > .profile-list--problem { color: $problem; }
        BADGES
    }
    """.replace("BADGES", badge_styles("profile-list"))

    @dataclass
    class Highlighted(Message):
        """The cursor rests on the line at `index`."""

        index: int

    @dataclass
    class Chosen(Message):
        """Enter, or a double click, on the line at `index`."""

        index: int

    def __init__(self, lines: Sequence[ProfileLine]) -> None:
        super().__init__()
        self._lines = lines
        self._names = min(_WIDEST, max(width_of(each.name) for each in lines))
        self._badges = max(sum(width_of(badge.word) + 3 for badge in each.badges) for each in lines)
        self.set_reactive(LineList.cursor, next((at for at, each in enumerate(lines) if each.here), 0))

    @property
    def count(self) -> int:
        return len(self._lines)

    def row_line(self, index: int) -> Strip:
        shown, at_cursor = self._lines[index], index == self.cursor
        plain, quiet = self.paint(cursor=at_cursor), self.paint("line-list--dim", cursor=at_cursor)
        name = f" {fitted(shown.name, self._names, 'left')} "
        look = plain if shown.colour is None else self.paint(f"profile-list--{shown.colour}")
        segments = [
            Segment("▌" if at_cursor else " ", self.paint("line-list--bar", cursor=at_cursor)),
            Segment("● " if shown.here else "  ", quiet),
            Segment(name, look),
            Segment(" ", plain),
        ]
        taken = 0
        for badge in shown.badges:
            segments += [
                Segment(" ", plain),
                Segment(f" {badge.word} ", self.paint(f"profile-list--{badge.kind}")),
            ]
            taken += width_of(badge.word) + 3
        segments.append(Segment(" " * (self._badges - taken + 2), plain))
        room = self.line_width - sum(width_of(each.text) for each in segments) - 1
        told = self.paint("profile-list--problem", cursor=at_cursor) if shown.wrong else quiet
        segments.append(Segment(cut(shown.told, max(0, room)), told))
        return line(segments, self.line_width, plain)

    def cursor_moved(self) -> None:
        self.post_message(self.Highlighted(self.cursor))

    def choose(self) -> None:
        self.post_message(self.Chosen(self.cursor))

    def action_choose(self) -> None:
        self.choose()
