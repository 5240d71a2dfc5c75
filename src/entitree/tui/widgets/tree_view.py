"""How a tree of what is tied to something is laid out and drawn: its lines under a title, and the cursor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.message import Message

from entitree.inventory.links import NodeKind
from entitree.tui.widgets.cells import cut, folded, width_of
from entitree.tui.widgets.line_list import LineList
from entitree.tui.widgets.row_source import thousands
from entitree.tui.widgets.strips import line
from entitree.tui.widgets.tree_twigs import Twigs

if TYPE_CHECKING:
    from textual.strip import Strip

    from entitree.inventory.links import Node, Path
    from entitree.inventory.ties import Tree
    from entitree.tui.widgets.tree_twigs import Twig

OPEN = "▾"
SHUT = "▸"
BAR = "▌"
_INDENT = 2
_DETAIL = 6
"""Cells that a detail takes at least, its gap with it, where it is cut."""


class TreeView(LineList):
    """A tree as far as it was read."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"tree-view--title", "tree-view--marker", "tree-view--gone"}
    DEFAULT_CSS = """
    TreeView {
        height: 1fr;
        & > .tree-view--title { color: $foreground; text-style: bold; }
        & > .tree-view--marker { color: $dim; }
        & > .tree-view--gone { color: $problem; }
        &:focus > .tree-view--title { color: $accent; text-style: bold; }
    }
    """

    @dataclass
    class Highlighted(Message):
        """The cursor is on another node; None: there are none."""

        node: Node | None

    def __init__(self) -> None:
        super().__init__()
        self.tree_title = ""
        self.tree_note = ""
        self.twigs = Twigs()
        self._lines: list[Twig] = []

    @property
    def count(self) -> int:
        return len(self._lines)

    @property
    def head_height(self) -> int:
        return len(self._title_lines())

    @property
    def node(self) -> Node | None:
        """The node under the cursor."""
        return self._lines[self.cursor].node if self._lines else None

    @property
    def twig(self) -> Twig | None:
        """The line under the cursor."""
        return self._lines[self.cursor] if self._lines else None

    def index_of(self, path: Path) -> int:
        """The line at `path`, the top where there is none."""
        return next((index for index, twig in enumerate(self._lines) if twig.path == path), 0)

    def cursor_moved(self) -> None:
        self.post_message(self.Highlighted(self.node))

    def show_tree(self, title: str, tree: Tree, turned: dict[Path, bool], *, fresh: bool) -> None:
        """Draws another tree, if it differs from what is drawn.

        The cursor stays at its path; without one, on its line, or in a `fresh` tree at the top. While it was
        never moved it stays at the top.
        """
        same_head = (title, tree.note) == (self.tree_title, self.tree_note)
        self.tree_title, self.tree_note = title, tree.note
        self.twigs = Twigs(tree, turned)
        self.lay_out(fresh=fresh, same_head=same_head)

    def lay_out(self, *, fresh: bool = False, same_head: bool = True) -> None:
        """Makes the lines anew of what was read and is open."""
        lines = list(self.twigs.lines())
        if same_head and lines == self._lines and not fresh:
            return
        # Whoever never left the top stays there, whatever comes to stand above what stood there.
        left = self._lines and (self.cursor or self.has_focus)
        at = self._lines[self.cursor].path if left else ()
        before = self.node
        self._lines = lines
        gone = 0 if fresh else min(self.cursor, max(0, len(lines) - 1))
        found = next((index for index, twig in enumerate(lines) if twig.path == at), gone)
        self.set_reactive(LineList.cursor, found)
        self.lines_changed()
        if fresh:
            self.scroll_lines_to(0)
        self.show_cursor()
        if self.node != before:
            self.cursor_moved()

    def head_line(self, y: int) -> Strip:
        title = self._title_lines()
        quiet = y >= len(title) - self._note_height(len(title))
        style = self.paint("line-list--dim" if quiet else "tree-view--title")
        # Without the blank, or dot, at which a line was broken.
        text = title[y].strip(" ").removesuffix(" ·") if y else title[y]
        return line([Segment(f" {text}", style)], self.line_width, style)

    def row_line(self, index: int) -> Strip:
        at_cursor = index == self.cursor and self.has_focus
        twig = self._lines[index]
        node = twig.node
        plain = self.paint(cursor=at_cursor)
        dim = self.paint("line-list--dim", cursor=at_cursor)
        marker = "  "
        if node.count:
            marker = f"{OPEN if self.twigs.is_open(twig.path) else SHUT} "
        segments = [
            Segment(BAR, self.paint("line-list--bar", cursor=True)) if at_cursor else Segment(" ", plain),
            Segment(" " * (twig.depth * _INDENT), plain),
            Segment(marker, self.paint("tree-view--marker", cursor=at_cursor) if node.count else plain),
        ]
        room = self.line_width - 1 - twig.depth * _INDENT - 2
        # The count is never what is cut off; and of a detail less than a beginning says nothing.
        count = f"  {thousands(node.count)}" if node.count else ""
        label = cut(node.label, room - len(count))
        room -= width_of(label) + len(count)
        segments.append(Segment(label, dim if node.kind is NodeKind.MORE else plain))
        segments.append(Segment(count, dim))
        if node.detail and room >= min(_DETAIL, 2 + width_of(node.detail)):
            look = dim if node.exists else self.paint("tree-view--gone", cursor=at_cursor)
            segments.append(Segment(cut(f"  {node.detail}", room), look))
        return line(segments, self.line_width, plain)

    def _title_lines(self) -> tuple[str, ...]:
        """Title and note, whole, in as many lines as they take, as long as two are left for the tree."""
        title = self.tree_title
        if not title:
            return ()
        lines = (*self._folded(title), *self._folded(self.tree_note))
        most = max(1, self.size.height - 2)
        if len(lines) <= most:
            return lines
        return (*lines[: most - 1], cut("".join(lines[most - 1 :]), self.line_width - 2))

    def _folded(self, text: str) -> tuple[str, ...]:
        lines = folded(text, max(1, self.line_width - 2))
        return tuple(each for each in lines if not each.isspace()) if text else ()

    def _note_height(self, shown: int) -> int:
        return max(0, shown - len(self._folded(self.tree_title)))
