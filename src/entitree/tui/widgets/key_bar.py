"""Our own footer: the keys that matter here and now, in one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message
from textual.reactive import reactive

from entitree.record import record
from entitree.tui.widgets.cells import width_of
from entitree.tui.widgets.one_line import OneLine, Piece

if TYPE_CHECKING:
    from collections.abc import Sequence

HELP_KEY = "?"
_GAP = 2


@record
class KeyHint:
    """A key as it is shown, what it does, and whether it can now. `action` is for whoever answers a click."""

    key: str
    label: str
    enabled: bool = True
    action: str = ""

    @property
    def width(self) -> int:
        return width_of(self.key) + 1 + width_of(self.label)

    @property
    def stays(self) -> bool:
        """Whether it is there however little room there is: the way to help."""
        return self.key == HELP_KEY or self.action == "help"


class KeyBar(OneLine):
    """As many hints as fit, in the order given; the one for help never falls off."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-bar--key", "key-bar--label", "key-bar--disabled"}
    DEFAULT_CSS = """
    KeyBar {
        background: $panel;
        color: $foreground;
        & > .key-bar--key { color: $accent; text-style: bold; }
        & > .key-bar--label { color: $foreground; }
        & > .key-bar--disabled { color: $dim; text-style: $dim-style; }
    }
    """

    hints: reactive[tuple[KeyHint, ...]] = reactive(())

    @dataclass
    class Pressed(Message):
        """A hint was clicked, enabled or not: a key that cannot act says why."""

        key_bar: KeyBar
        key_hint: KeyHint

        @property
        def control(self) -> KeyBar:
            return self.key_bar

    def show(self, hints: Sequence[KeyHint]) -> None:
        """Shows `hints`, most useful first. Nothing is repainted where they are the same as before."""
        self.hints = tuple(hints)

    def fitting(self, width: int) -> list[KeyHint]:
        """The hints that `width` cells hold. What has no key is in the palette only."""
        hints = [hint for hint in self.hints if hint.key]
        room = width - 1 - sum(hint.width + _GAP for hint in hints if hint.stays)
        shown = []
        for hint in hints:
            if not hint.stays:
                if hint.width + _GAP > room:
                    room = 0  # What is less useful must not take the place of what did not fit.
                    continue
                room -= hint.width + _GAP
            shown.append(hint)
        return shown

    def pieces(self, width: int) -> list[Piece]:
        pieces = [Piece(" ")]
        for hint in self.fitting(width):
            key, label = ("key-bar--key", "key-bar--label") if hint.enabled else ("key-bar--disabled",) * 2
            pieces += [
                Piece(hint.key, key, hint),
                Piece(f" {hint.label}", label, hint),
                Piece(" " * _GAP),
            ]
        return pieces

    def pressed(self, hit: object) -> None:
        if isinstance(hit, KeyHint):
            self.post_message(self.Pressed(self, hit))
