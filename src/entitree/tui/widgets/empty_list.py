"""What stands in a list that has no lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.strip import Strip
from textual.visual import Visual

if TYPE_CHECKING:
    from rich.style import Style
    from textual.content import Content

    from entitree.tui.widgets.line_list import LineList


def placeholder_lines(over: LineList, text: Content, width: int, style: Style) -> list[Strip]:
    """`text` as lines of `width` cells; a blank one first, to set it apart from what is pinned above."""
    indent = over.PLACEHOLDER_INDENT
    dim = over.get_visual_style("line-list--dim")
    blank = Segment(" " * indent, style)
    told = Visual.to_strips(over, text, max(1, width - indent - 1), None, dim)
    return [
        Strip.blank(width, style),
        *(Strip([blank, *strip]).adjust_cell_length(width, style) for strip in told),
    ]
