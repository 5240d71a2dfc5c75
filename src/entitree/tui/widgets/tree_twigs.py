"""Which nodes of a tree are lines on screen: what is read and open, in order, and where each stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from entitree.inventory.links import Node, NodeKind
from entitree.inventory.ties import Level, Tree, Wish
from entitree.tui.widgets.row_source import thousands

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from entitree.inventory.links import Path

NOTHING = Tree("", "", {(): Level()})


@dataclass(frozen=True, slots=True)
class Twig:
    """A line: a node and where it stands."""

    node: Node
    path: Path

    @property
    def depth(self) -> int:
        return len(self.path) - 1

    @property
    def level(self) -> Path:
        """The branch it stands below."""
        return self.path[:-1]


@dataclass(slots=True)
class Twigs:
    """What was read of a tree, and which of its branches somebody opened or shut.

    A branch is open once its level is read: nothing is drawn open that has nothing below it yet.
    """

    tree: Tree = NOTHING
    turned: dict[Path, bool] = field(default_factory=dict)

    @property
    def levels(self) -> Mapping[Path, Level]:
        return self.tree.levels

    def is_open(self, path: Path) -> bool:
        return path in self.levels and self.turned.get(path, True)

    def wish(self, words: tuple[str, ...], *, anew: bool = False) -> Wish:
        """As much as there is now; `anew`: the first piece of each level that is to be open."""
        sizes = {} if anew else {path: len(level.nodes) for path, level in self.levels.items()}
        return Wish(words, dict(self.turned), sizes)

    def add(self, levels: Mapping[Path, Level]) -> None:
        self.tree = Tree(self.tree.title, self.tree.note, {**self.levels, **levels})

    def lengthen(self, path: Path, more: Level) -> None:
        """Adds what follows the nodes of a level."""
        nodes = (*self.levels[path].nodes, *more.nodes)
        # Where nothing follows, there is no more than that, whatever was said before.
        total = more.total if more.nodes else len(nodes)
        self.add({path: Level(nodes, total, self.levels[path].matches)})

    def lines(self, path: Path = ()) -> Iterator[Twig]:
        """The lines below `path`."""
        level = self.levels.get(path)
        if level is None:
            return
        for node in level.nodes:
            below = (*path, node.step)
            yield Twig(node, below)
            if node.count and self.is_open(below):
                yield from self.lines(below)
        left = level.total - len(level.nodes)
        if left > 0:
            more = Node(f"and {thousands(left)} more", NodeKind.MORE, key="more")
            yield Twig(more, (*path, more.step))
