"""The tree of what is tied to an item: lines like the list's, made only for branches that are open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.message import Message

from entitree.tui.widgets.cells import cut, folded, width_of
from entitree.tui.widgets.line_list import LineList
from entitree.tui.widgets.strips import line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.strip import Strip

    from entitree.inventory.links import Node
    from entitree.inventory.model import Kind

OPEN = "▾"
SHUT = "▸"
BAR = "▌"
_INDENT = 2

Path = tuple[tuple[str, str], ...]
"""Kind and label of each node from the top: the same place in the tree of another item."""

_GROUP = Binding.Group("Tree")


@dataclass(frozen=True, slots=True)
class _Twig:
    node: Node
    path: Path

    @property
    def depth(self) -> int:
        return len(self.path) - 1


class LinkTree(LineList):
    """A lazily expanded tree of `Node`s under a title. The first level is open until somebody shuts it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "expand", "Open branch", show=False, id="tree.expand", group=_GROUP),
        Binding("left,h", "collapse", "Shut branch", show=False, id="tree.collapse", group=_GROUP),
        Binding("space", "turn", "Open or shut", show=False, id="tree.toggle", group=_GROUP),
        Binding("enter", "choose", "Jump", show=False, id="tree.choose", group=_GROUP),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"link-tree--title", "link-tree--branch", "link-tree--marker"}
    DEFAULT_CSS = """
    LinkTree {
        & > .link-tree--title { color: $foreground; text-style: bold; }
        & > .link-tree--marker { color: $dim; }
        &:focus > .link-tree--title { color: $accent; text-style: bold; }
    }
    """

    @dataclass
    class Highlighted(Message):
        """The cursor is on another node; None: there are none."""

        link_tree: LinkTree
        node: Node | None

        @property
        def control(self) -> LinkTree:
            return self.link_tree

    @dataclass
    class Jump(Message):
        """Enter, or a double click, on a node that leads somewhere."""

        link_tree: LinkTree
        target: tuple[Kind, str]

        @property
        def control(self) -> LinkTree:
            return self.link_tree

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._title = self._note = ""
        self._roots: tuple[Node, ...] = ()
        self._twigs: list[_Twig] = []
        self._turned: dict[Path, bool] = {}

    @property
    def count(self) -> int:
        return len(self._twigs)

    @property
    def head_height(self) -> int:
        return len(self._title_lines())

    @property
    def node(self) -> Node | None:
        """The node under the cursor."""
        return self._twigs[self.cursor].node if self._twigs else None

    def show(self, title: str, nodes: Sequence[Node], *, note: str = "") -> None:
        """Shows another tree under `title`, with a quieter `note` below that.

        Branches at the same path stay open or shut; the cursor stays at its path, or goes to the top.
        """
        path = self._twigs[self.cursor].path if self._twigs else ()
        before = self.node
        same = title == self._title
        self._title, self._note, self._roots = title, note, tuple(nodes)
        self._twigs = list(self._grown(self._roots, ()))
        found = next((at for at, twig in enumerate(self._twigs) if twig.path == path), 0)
        self.set_reactive(LinkTree.cursor, found)
        self.lines_changed()
        if not same:
            self.scroll_lines_to(0)
        self.show_cursor()
        if self.node != before:
            self.cursor_moved()

    def cursor_moved(self) -> None:
        self.post_message(self.Highlighted(self, self.node))

    def choose(self) -> None:
        node = self.node
        if node is None:
            return
        if node.target is not None:
            self.post_message(self.Jump(self, node.target))
        else:
            self.action_turn()

    def action_choose(self) -> None:
        self.choose()

    def action_turn(self) -> None:
        if self.node and self.node.children:
            self._turn(open_=not self._is_open(self._twigs[self.cursor].path))

    def action_expand(self) -> None:
        """Opens the branch; on an open one goes to its first child."""
        if self.node is None or not self.node.children:
            return
        if self._is_open(self._twigs[self.cursor].path):
            self.move_to(self.cursor + 1)
        else:
            self._turn(open_=True)

    def action_collapse(self) -> None:
        """Shuts the branch; on a leaf or a shut one goes to its parent."""
        if self.node is None:
            return
        path = self._twigs[self.cursor].path
        if self.node.children and self._is_open(path):
            self._turn(open_=False)
        elif len(path) > 1:
            at = self.cursor
            while len(self._twigs[at].path) >= len(path):
                at -= 1
            self.move_to(at)

    def head_line(self, y: int) -> Strip:
        title = self._title_lines()
        quiet = y >= len(title) - self._note_height(len(title))
        style = self.paint("line-list--dim" if quiet else "link-tree--title")
        return line([Segment(f" {title[y]}", style)], self.line_width, style)

    def row_line(self, index: int) -> Strip:
        at_cursor = index == self.cursor and self.has_focus
        twig = self._twigs[index]
        node = twig.node
        plain = self.paint(cursor=at_cursor)
        dim = self.paint("line-list--dim", cursor=at_cursor)
        marker = "  "
        if node.children:
            marker = f"{OPEN if self._is_open(twig.path) else SHUT} "
        segments = [
            Segment(BAR, self.paint("line-list--bar", cursor=True)) if at_cursor else Segment(" ", plain),
            Segment(" " * (twig.depth * _INDENT), plain),
            Segment(marker, self.paint("link-tree--marker", cursor=at_cursor) if node.children else plain),
        ]
        room = self.line_width - 1 - twig.depth * _INDENT - 2
        label = cut(node.label, room)
        segments.append(Segment(label, plain))
        aside = "  ".join(filter(None, (node.detail, str(node.count) if node.children else "")))
        if aside:
            segments.append(Segment(cut(f"  {aside}", room - width_of(label)), dim))
        return line(segments, self.line_width, plain)

    def _title_lines(self) -> tuple[str, ...]:
        """Title and note, whole, in as many lines as they take, as long as two are left for the tree."""
        if not self._title:
            return ()
        lines = (*self._folded(self._title), *self._folded(self._note))
        most = max(1, self.size.height - 2)
        if len(lines) <= most:
            return lines
        return (*lines[: most - 1], cut("".join(lines[most - 1 :]), self.line_width - 2))

    def _folded(self, text: str) -> tuple[str, ...]:
        return folded(text, max(1, self.line_width - 2)) if text else ()

    def _note_height(self, shown: int) -> int:
        return max(0, shown - len(self._folded(self._title)))

    def _is_open(self, path: Path) -> bool:
        return self._turned.get(path, len(path) == 1)

    def _turn(self, *, open_: bool) -> None:
        """Opens or shuts the branch under the cursor: what lies above it stays where it is."""
        twig = self._twigs[self.cursor]
        self._turned[twig.path] = open_
        at = self.cursor + 1
        if open_:
            self._twigs[at:at] = self._grown(twig.node.children, twig.path)
        else:
            stop = at
            while stop < len(self._twigs) and len(self._twigs[stop].path) > len(twig.path):
                stop += 1
            del self._twigs[at:stop]
        self.lines_changed()

    def _grown(self, nodes: Iterable[Node], above: Path) -> Iterable[_Twig]:
        for node in nodes:
            path = (*above, (node.kind.value, node.label))
            yield _Twig(node, path)
            if node.children and self._is_open(path):
                yield from self._grown(node.children, path)
