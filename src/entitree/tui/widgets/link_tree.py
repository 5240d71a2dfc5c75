"""The tree pane: what is tied to an item, to several, or to a resource, and a filter of its own above it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive

from entitree.inventory.ties import words_of
from entitree.tui.widgets.bound import bound
from entitree.tui.widgets.filter_line import FilterLine
from entitree.tui.widgets.row_source import thousands
from entitree.tui.widgets.tree_lines import TreeLines

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from entitree.inventory.links import Node
    from entitree.inventory.store import Store
    from entitree.inventory.ties import Subject
    from entitree.tui.place import Place

NO_MATCH = Content("Nothing here matches.")


class LinkTree(Vertical):
    """Shows what is tied to the subject that it looks at, read from the mirror as far as it is open.

    Attributes:
        placeholder: shown in place of lines when nothing is tied to the subject.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("slash", "open_filter", "tree-filter", "Find among everything that is tied to it."),
        bound("escape", "clear_filter", "tree-clear", "Clear the filter of the tree."),
    ]
    DEFAULT_CSS = """
    LinkTree {
        FilterLine {
            display: none;
            & > _Truth { width: 12; }
        }
        &.-filtering FilterLine { display: block; }
    }
    """

    placeholder: reactive[Content] = reactive(Content(""), init=False)

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
        target: Place

        @property
        def control(self) -> LinkTree:
            return self.link_tree

    def __init__(self, store: Store, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.lines = TreeLines(store)
        self.filter_line = FilterLine()

    def compose(self) -> ComposeResult:
        yield self.filter_line
        yield self.lines

    @property
    def node(self) -> Node | None:
        """The node under the cursor."""
        return self.lines.node

    @property
    def subject(self) -> Subject | None:
        """What it looks at."""
        return self.lines.subject

    @property
    def count(self) -> int:
        """How many lines there are."""
        return self.lines.count

    @property
    def has_keys(self) -> bool:
        """Whether the lines have the keyboard."""
        return self.lines.has_focus

    @property
    def filtering(self) -> bool:
        """Whether only what matches typed words is shown."""
        return bool(self.lines.words)

    def look_at(self, subject: Subject | None) -> None:
        """Shows what is tied to another subject as soon as that is read, until then what there was.

        None shows nothing. Open branches and the cursor stay by their path, typed words stay.
        """
        self.lines.look_at(subject)

    def reload(self) -> None:
        """Asks the mirror again, once however often this is called meanwhile; draws nothing where nothing has
        changed.
        """
        self.lines.reload()

    def focus(self, scroll_visible: bool = True) -> Self:
        """Gives the keys to the lines."""
        self.lines.focus(scroll_visible)
        return self

    # Filtering

    def action_open_filter(self) -> None:
        self.add_class("-filtering")
        self.filter_line.open()

    def action_clear_filter(self) -> None:
        self.filter_line.value = ""
        self.remove_class("-filtering")
        self.lines.search(())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "clear_filter":
            # Without a filter, Escape leads out of the tree.
            return self.has_class("-filtering")
        return super().check_action(action, parameters)

    @on(FilterLine.Changed)
    def _typed(self, message: FilterLine.Changed) -> None:
        message.stop()
        self.lines.search(words_of(message.value))

    @on(FilterLine.Cleared)
    def _cleared(self, message: FilterLine.Cleared) -> None:
        message.stop()
        self.action_clear_filter()
        self.screen.set_focus(self.lines)

    @on(FilterLine.Kept)
    @on(FilterLine.Leave)
    def _to_the_lines(self, message: Message) -> None:
        message.stop()
        self.screen.set_focus(self.lines)
        if not self.filtering:
            self.remove_class("-filtering")

    # News from the lines

    def watch_placeholder(self) -> None:
        self._say()

    def on_mount(self) -> None:
        self._say()

    @on(TreeLines.Shown)
    def _shown(self, message: TreeLines.Shown) -> None:
        message.stop()
        self._say()

    def _say(self) -> None:
        if not self.is_mounted:
            return
        self.lines.placeholder = NO_MATCH if self.filtering else self.placeholder
        self.filter_line.truth = f"{thousands(self.lines.matches)} found" if self.filtering else ""

    @on(TreeLines.Highlighted)
    def _highlighted(self, message: TreeLines.Highlighted) -> None:
        message.stop()
        self.post_message(self.Highlighted(self, message.node))

    @on(TreeLines.Jump)
    def _jump(self, message: TreeLines.Jump) -> None:
        message.stop()
        self.post_message(self.Jump(self, message.target))
