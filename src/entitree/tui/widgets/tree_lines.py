"""The lines of the tree of what is tied to something: read from the mirror branch by branch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from textual import work
from textual.message import Message

from entitree.errors import StorageError
from entitree.inventory.links import NodeKind
from entitree.inventory.ties import LEVEL, ItemTies, level, look, unfold
from entitree.text import visible
from entitree.tui.pace import Pace
from entitree.tui.widgets.bound import bound
from entitree.tui.widgets.item_source import PLURAL
from entitree.tui.widgets.row_source import thousands
from entitree.tui.widgets.tree_jumps import place_of, whereabouts
from entitree.tui.widgets.tree_twigs import NOTHING, Twigs
from entitree.tui.widgets.tree_view import TreeView

if TYPE_CHECKING:
    from textual.binding import BindingType

    from entitree.inventory.links import Path
    from entitree.inventory.store import Store
    from entitree.inventory.ties import Subject, Tree
    from entitree.tui.place import Place

Goal = Literal["", "child", "next", "end"]
"""Where the cursor goes when what it waits for is there."""


class TreeLines(TreeView):
    """The tree of a subject, under its title. Where the top is short, it is open until somebody shuts it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("right,l", "expand", "tree-open", "Open the branch; where it is open, go into it."),
        bound("left,h", "collapse", "tree-shut", "Shut the branch; where it is shut, go to the one above."),
        bound("space", "turn", "tree-turn", "Open or shut the branch."),
        bound("enter", "choose", "tree-jump", "Jump to what the line names, or open it."),
    ]

    @dataclass
    class Jump(Message):
        """Enter, or a double click, on a node that leads somewhere."""

        target: Place

    class Shown(Message):
        """Another answer of the mirror is on show."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self._subject: Subject | None = None
        self._words: tuple[str, ...] = ()
        self._shown: tuple[Subject | None, tuple[str, ...]] = (None, ())
        self._unfiltered = self.twigs.turned
        # What is still to be asked: everything, or some levels, from their beginning or for what follows.
        self._due = False
        self._wanted: dict[Path, Goal] = {}
        self._asking = self._resting = False
        self._pace = Pace()

    @property
    def subject(self) -> Subject | None:
        return self._subject

    @property
    def words(self) -> tuple[str, ...]:
        return self._words

    @property
    def matches(self) -> int:
        """How many configurations match the words."""
        return self.twigs.levels[()].matches

    # What is asked of the mirror

    def look_at(self, subject: Subject | None) -> None:
        """Shows another tree as soon as it is there.

        Branches at the same path stay open or shut; the cursor stays at its path, or goes to the top.
        """
        if subject == self._subject:
            return
        self._subject = subject
        self._wanted.clear()
        if subject is None:
            self._due = False
            self._show(NOTHING, self.twigs.turned)
        else:
            self._ask_all()

    def search(self, words: tuple[str, ...]) -> None:
        """Shows only what leads to a match of every word, with such branches open."""
        if words == self._words:
            return
        if not self._words:
            self._unfiltered = self.twigs.turned
        self._words = words
        self._wanted.clear()
        self._ask_all()

    def reload(self) -> None:
        """Asks the mirror again, once however often this is called meanwhile, and at a bearable pace."""
        if not self._resting and self.is_attached:
            self._resting = True
            self._reload()

    @work(group="reload")
    async def _reload(self) -> None:
        try:
            await self._pace.rest()
        finally:
            self._resting = False
        self._ask_all()

    def _ask_all(self) -> None:
        if self._subject is not None:
            self._due = True
            self._ask_on()

    def _ask_for(self, path: Path, goal: Goal = "") -> None:
        self._wanted[path] = goal
        self._ask_on()

    def _ask_on(self) -> None:
        if not self._asking and self.is_attached:
            self._asking = True
            self._ask()

    def on_mount(self) -> None:
        if self._due:
            self._ask_on()

    @work(group="tree")
    async def _ask(self) -> None:
        # One question at a time: of those that come meanwhile only the last matters.
        try:
            while self._due or self._wanted:
                if self._due:
                    self._due = False
                    await self._ask_tree()
                else:
                    path = next(iter(self._wanted))
                    await self._ask_level(path, self._wanted.pop(path))
        except StorageError as error:
            self._due = False
            self._wanted.clear()
            self.notify(visible(str(error)), severity="error", timeout=8)
        finally:
            self._asking = False

    async def _ask_tree(self) -> None:
        subject = self._subject
        asked = (subject, self._words)
        if subject is None:
            return
        turned = self._turned_for(asked)
        anew = asked != self._shown
        wish = Twigs(self.twigs.tree, turned).wish(self._words, anew=anew)
        with self._pace.work():
            tree = await self._store.ask(lambda db: look(db, subject, wish))
        if asked == (self._subject, self._words):
            self._show(tree, turned)

    def _turned_for(self, asked: tuple[Subject | None, tuple[str, ...]]) -> dict[Path, bool]:
        """With other words, what was opened or shut before says nothing; without any, all is as it was."""
        if asked[1] == self._shown[1]:
            return self.twigs.turned
        return {} if asked[1] else self._unfiltered

    async def _ask_level(self, path: Path, goal: Goal) -> None:
        subject, words = asked = (self._subject, self._words)
        if subject is None or asked != self._shown:
            return
        if goal in ("next", "end"):
            known = self.twigs.levels.get(path)
            if known is None:
                return
            offset = len(known.nodes)
            more = await self._store.ask(
                lambda db: level(db, subject, path, words, offset=offset, limit=LEVEL)
            )
            # A reload does not come between: it is asked by the same task.
            if asked == (self._subject, self._words) == self._shown:
                self.twigs.lengthen(path, more)
                self._grow(goal)
            return
        wish = self.twigs.wish(words, anew=True)
        levels = await self._store.ask(lambda db: unfold(db, subject, wish, path))
        if asked == (self._subject, self._words) == self._shown:
            self.twigs.add(levels)
            self._grow(goal if self.twig is not None and self.twig.path == path else "")

    # What is on show

    def _show(self, tree: Tree, turned: dict[Path, bool]) -> None:
        fresh = self._shown != (self._subject, self._words)
        self._shown = (self._subject, self._words)
        self.show_tree(_title(self._subject, tree), tree, turned, fresh=fresh)
        self.post_message(self.Shown())

    def _grow(self, goal: Goal) -> None:
        at = self.cursor
        self.lay_out()
        if goal == "child":
            self.move_to(at + 1)
        elif goal == "next":
            self.move_to(at)
        elif goal == "end":
            self.move_to(self.count - 1)

    # Keys

    def choose(self) -> None:
        twig = self.twig
        if twig is None:
            return
        node = twig.node
        if node.kind is NodeKind.MORE:
            self._ask_for(twig.level, "next")
        elif (place := place_of(node)) is not None:
            self.post_message(self.Jump(place))
        elif node.count:
            self.action_turn()
        elif told := whereabouts(node):
            self.app.clear_notifications()
            self.notify(told, timeout=8)

    def action_choose(self) -> None:
        self.choose()

    def action_last(self) -> None:
        """To the last line; if that stands for more, what follows is read."""
        super().action_last()
        twig = self.twig
        if twig is not None and twig.node.kind is NodeKind.MORE:
            self._ask_for(twig.level, "end")

    def action_turn(self) -> None:
        twig = self.twig
        if twig is not None and twig.node.count:
            self._turn(twig.path, open_=not self.twigs.is_open(twig.path))

    def action_expand(self) -> None:
        """Opens the branch; on an open one goes to its first child."""
        twig = self.twig
        if twig is None:
            return
        if twig.node.kind is NodeKind.MORE:
            self.choose()
        elif not twig.node.count:
            pass
        elif self.twigs.is_open(twig.path):
            self.move_to(self.cursor + 1)
        elif self.twigs.turned.get(twig.path):
            # It is on its way: a second key does what it would have done after the first.
            self._ask_for(twig.path, "child")
        else:
            self._turn(twig.path, open_=True)

    def action_collapse(self) -> None:
        """Shuts the branch; on a leaf or a shut one goes to its parent."""
        twig = self.twig
        if twig is None:
            return
        if twig.node.count and self.twigs.is_open(twig.path):
            self._turn(twig.path, open_=False)
        elif twig.level:
            self.move_to(self.index_of(twig.level))

    def _turn(self, path: Path, *, open_: bool) -> None:
        self.twigs.turned[path] = open_
        if open_ and path not in self.twigs.levels:
            self._ask_for(path)
            return
        self._wanted.pop(path, None)
        self.lay_out()


def _title(subject: Subject | None, tree: Tree) -> str:
    if isinstance(subject, ItemTies) and len(subject.ids) != 1:
        return f"{thousands(len(subject.ids))} marked {PLURAL[subject.kind]}"
    return tree.title
