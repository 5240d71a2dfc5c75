"""What every key does where one is, made from what is bound there: commands, and the parts of the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from entitree.tui.commands.command import CommandScreen, Group, sign_of
from entitree.tui.commands.key_names import signs
from entitree.tui.screens.parting import PartingScreen
from entitree.tui.widgets.bound import bindings_of, bound, keys_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.dom import DOMNode
    from textual.screen import Screen
    from textual.widget import Widget

    from entitree.tui.app import EntitreeApp
    from entitree.tui.commands.command import Command

    Rows = list[tuple[str, str]]

PARTS = {
    "list": "In a list",
    "tree": "In the tree",
    "filter": "While filtering",
    "offer": "In a field for an id",
    "scroll": "On a button",
    "dialog": "In a dialog",
}
"""Headings, by the word that the names of a part's bindings begin with."""
NEXT_PART = ("Tab", "To the next part of the screen: list, tree, filter, buttons.")
_COLUMNS = (
    ("Ents  Apps", "How many entities, or applications, it is tied to."),
    ("Assoc", "Resource associations that name it."),
    ("Conf", "Strategies, subscriptions, keys and inbound configurations that name it, as far as read."),
    ("–", "Not known: it could not be read, or was not yet."),
)
_FILTER = (
    ("acme", "Id or alias holds “acme”, small or capital. Several words must all match."),
    ("id: alias:", "Only the id, only the alias."),
    ("app: entity:", "Tied to an application, to an entity whose id holds the word."),
    ("channel: type:", "Something tied to it is of that channel, of that resource type."),
    ("resource:", "Such a number, domain or sender is tied to it."),
    ("has:strategy", "One names it; also subscription, association, number, inbound, key."),
    ("assoc:>5", "So many; also config:, apps:, ents:, and <, <=, >=, =."),
    ("orphan", "What configurations name and does not exist."),
    ("unused unowned", "Tied to nothing; of resources: not yours."),
    ("/re/", "A regular expression, also behind id:, alias:, resource:."),
    ("!word", "Not this."),
    ("“two words”", "Quotes keep words together."),
)


class HelpScreen(PartingScreen[None], ModalScreen[None]):
    """Keys by what they are for. Any of Escape, q, ? and F1 closes it."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("escape,q,question_mark", "dismiss", "help-close", "Close the help."),
        bound("j", "scroll(1)", "list-down", "One line down."),
        bound("k", "scroll(-1)", "list-up", "One line up."),
    ]

    def __init__(self, screen: Screen[Any]) -> None:
        super().__init__()
        self._about = screen
        self._app = cast("EntitreeApp", screen.app)

    def compose(self) -> ComposeResult:
        with Vertical(id="help") as frame:
            frame.border_title = "Keys"
            frame.border_subtitle = f"{sign_of(self._app, 'help-close', 'Esc')} closes"
            with VerticalScroll():
                for title, rows in self.sections():
                    yield from _section(title, rows)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def action_scroll(self, by: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def sections(self) -> list[tuple[str, Sequence[tuple[str, str]]]]:
        """Headings, and under each the keys as shown with what they do."""
        screen = self._about
        commands = screen.OFFERED if isinstance(screen, CommandScreen) else ()
        by_group: list[tuple[str, Rows]] = []
        for group in Group:
            rows = [(self._keys(each), each.sentence) for each in commands if each.group is group]
            if group is Group.MOVE:
                rows.append(NEXT_PART)
            if rows:
                by_group.append((group.value, rows))
        here, elsewhere = self._parts({each.name for each in commands})
        searching = isinstance(screen, CommandScreen) and screen.searched is not None
        return [
            *here,
            *by_group,
            *elsewhere,
            *((("Words of the filter", _FILTER), ("Columns", _COLUMNS)) if searching else ()),
        ]

    def _keys(self, command: type[Command[Any]]) -> str:
        keys = self._app.changed_keys.get(command.name, command.keys)
        return " ".join(signs(keys)) or (command.shown_key if not command.keys else "") or f": {command.name}"

    def _parts(self, told: set[str]) -> tuple[list[tuple[str, Rows]], list[tuple[str, Rows]]]:
        """What is bound in the parts of the screen: in what has the keyboard, and in the others. Of what is
        in nearly every list it goes without saying that it has the keyboard.
        """
        screen, focused = self._about, self._about.focused
        chain = () if focused is None else focused.ancestors_with_self
        inside = [each for each in screen.walk_children() if each.display]
        near = self._bound([each for each in chain if each not in (screen, self._app)], told)
        lists = near.pop(PARTS["list"], [])
        far = self._bound([*inside, screen, self._app], told)
        if lists:
            far = {PARTS["list"]: lists} | far
        return list(near.items()), list(far.items())

    def _bound(self, nodes: Iterable[DOMNode], told: set[str]) -> dict[str, Rows]:
        sections: dict[str, Rows] = {}
        for node in nodes:
            for name, binding in bindings_of(type(node)).items():
                if name not in told:
                    told.add(name)
                    keys = self._app.changed_keys.get(name, keys_of(binding))
                    heading = PARTS.get(name.partition("-")[0], "Everywhere" if node is self._app else "Here")
                    sections.setdefault(heading, []).append((" ".join(signs(keys)) or "–", binding.tooltip))
        return sections


def _section(title: str, rows: Iterable[tuple[str, str]]) -> Iterable[Widget]:
    yield Static(Content(title), classes="group")
    for keys, sentence in rows:
        yield Horizontal(
            Static(Content(keys), classes="keys"),
            Static(Content(sentence), classes="sentence"),
            classes="row",
        )
