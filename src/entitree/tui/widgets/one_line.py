"""The ground of the bars: one line, put together from styled pieces, some of which can be clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from entitree.record import record
from entitree.tui.widgets.cells import cut, width_of
from entitree.tui.widgets.strips import line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual import events


@record
class Piece:
    """Text under a component class; `hit` is what a click on it means."""

    text: str
    style: str = ""
    hit: object = None

    @property
    def width(self) -> int:
        return width_of(self.text)


class OneLine(Widget):
    """A line that is always exactly as wide as the widget, whatever its texts hold."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    OneLine { height: 1; }
    """

    def pieces(self, width: int) -> Sequence[Piece]:
        """What the line says in `width` cells; what goes beyond is cut."""
        raise NotImplementedError

    def pressed(self, hit: object) -> None:
        """A piece with a `hit` was clicked."""

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        plain = self.rich_style
        if y:
            return Strip.blank(width, plain)
        segments = [
            Segment(text, self.get_component_rich_style(piece.style) if piece.style else plain)
            for _start, piece, text in self._placed(width)
        ]
        return line(segments, width, plain)

    def on_click(self, event: events.Click) -> None:
        for start, piece, text in self._placed(self.size.width):
            if piece.hit is not None and start <= event.x < start + width_of(text):
                event.stop()
                self.pressed(piece.hit)

    def _placed(self, width: int) -> Iterable[tuple[int, Piece, str]]:
        """Every piece that is at least partly on the line, with its first cell and its text made visible."""
        at = 0
        for piece in self.pieces(width):
            text = piece.text[: width - at] if piece.text.isspace() else cut(piece.text, width - at)
            if text:
                yield at, piece, text
            at += width_of(text)


def spread(left: Sequence[Piece], right: Sequence[Piece], width: int) -> list[Piece]:
    """`left` and `right` at either end of a line of `width` cells, with at least one blank between them."""
    free = width - sum(piece.width for piece in (*left, *right))
    return [*left, Piece(" " * max(1, free)), *right]
