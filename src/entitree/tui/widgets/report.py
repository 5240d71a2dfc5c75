"""A long text in lines: sections, groups, rows of columns, notes; each can be had whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from entitree.tui.widgets.cells import cut, fitted, width_of
from entitree.tui.widgets.columns import GAP, Column, share
from entitree.tui.widgets.line_list import LineList

if TYPE_CHECKING:
    from collections.abc import Sequence

Look = Literal["section", "group", "row", "warning", "note", "blank"]

_INDENT = {"section": 1, "group": 3, "row": 5, "warning": 5, "note": 5, "blank": 0}
_COLUMNS = (
    Column("", weight=3, minimum=16),
    Column("", weight=3, minimum=12),
    # Why comes last and gives way first: what it is tied to must not be cut for it.
    Column("", weight=1, minimum=10, maximum=24, quiet=True),
)


@dataclass(frozen=True, slots=True)
class ReportLine:
    """Inert texts side by side. `tone` colours a section: removal, reset, problem, addition."""

    look: Look
    cells: tuple[str, ...] = ()
    tone: str = ""
    aside: str = ""
    """What stands for all cells but the first where there is room for a whole sentence."""

    @property
    def whole(self) -> str:
        """All that a row says, uncut."""
        told = (self.cells[0], self.aside) if self.aside else self.cells
        return "   ".join(cell for cell in told if cell)


class Report(LineList):
    """Lines to read and to move through."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "report--section",
        "report--removal",
        "report--reset",
        "report--problem",
        "report--addition",
        "report--group",
        "report--warning",
    }
    DEFAULT_CSS = """
    Report {
        & > .report--section { text-style: bold; }
        & > .report--removal { color: $removal; text-style: bold; }
        & > .report--reset { color: $reset; text-style: bold; }
        & > .report--problem { color: $problem; text-style: bold; }
        & > .report--addition { color: $addition; text-style: bold; }
        & > .report--group { text-style: bold; }
        & > .report--warning { color: $reset; }
    }
    """

    @dataclass
    class Highlighted(Message):
        """The cursor is on another line."""

        line: ReportLine | None

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: Sequence[ReportLine] = ()
        self._needed: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        return len(self._lines)

    @property
    def line(self) -> ReportLine | None:
        """The line under the cursor."""
        return self._lines[self.cursor] if self._lines else None

    def show(self, lines: Sequence[ReportLine]) -> None:
        """Shows other lines; the cursor stays on the same words where they are still there."""
        before = self.line
        self._lines = lines
        rows = [line for line in lines if line.look == "row"]
        self._needed = tuple(
            max((width_of(line.cells[at]) for line in rows if at < len(line.cells)), default=0)
            for at in range(len(_COLUMNS))
        )
        try:
            at = lines.index(before) if before is not None else 0
        except ValueError:
            at = 0
        self.set_reactive(Report.cursor, at)
        self.lines_changed()
        self.show_cursor()
        self.cursor_moved()

    def cursor_moved(self) -> None:
        self.post_message(self.Highlighted(self.line))

    def row_line(self, index: int) -> Strip:
        line = self._lines[index]
        at_cursor = index == self.cursor
        plain = self.paint(cursor=at_cursor)
        indent = _INDENT[line.look]
        segments = [
            Segment("▌" if at_cursor else " ", self.paint("line-list--bar", cursor=at_cursor)),
            Segment(" " * max(0, indent - 1), plain),
        ]
        room = self.line_width - max(1, indent) - 1
        if line.look == "row":
            segments += self._row(line, room, at_cursor=at_cursor)
        else:
            segments += self._words(line, room, at_cursor=at_cursor)
        said = [segment for segment in segments if segment.text]
        return Strip(said).adjust_cell_length(self.line_width, plain)

    def _row(self, line: ReportLine, room: int, *, at_cursor: bool) -> list[Segment]:
        plain = self.paint(cursor=at_cursor)
        quiet = self.paint("line-list--dim", cursor=at_cursor)
        parts = []
        for cell, column, width in zip(
            line.cells, _COLUMNS, share(_COLUMNS, self._needed, room), strict=False
        ):
            parts += [
                Segment(fitted(cell, width, "left"), quiet if column.quiet else plain),
                Segment(" " * GAP, plain),
            ]
        return parts

    def _words(self, line: ReportLine, room: int, *, at_cursor: bool) -> list[Segment]:
        names = {
            "section": (f"report--{line.tone or 'section'}",),
            "group": ("report--group",),
            "warning": ("report--warning",),
            "note": ("line-list--dim",),
        }.get(line.look, ())
        head, *rest = line.cells or ("",)
        head = cut(head, room)
        segments = [Segment(head, self.paint(*names, cursor=at_cursor))]
        aside = "  ".join(rest)
        if aside:
            segments.append(
                Segment(
                    cut(f"  {aside}", room - width_of(head)), self.paint("line-list--dim", cursor=at_cursor)
                )
            )
        return segments
