"""What every key does on the main screen, made from the commands themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from entitree.tui.commands.command import Group

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult
    from textual.widget import Widget

    from entitree.tui.commands.command import Command, CommandScreen

_LISTS = (
    ("↑ ↓  j k", "One row up or down."),
    ("PgUp PgDn", "One page up or down."),
    ("g G  Home End", "First row, last row."),
    ("Tab", "To the next part of the screen: list, tree, filter."),
    ("Enter", "On a row: to its tree. On a line of the tree: open it, or jump there."),
    ("← →  h l", "In the tree: shut or open a branch. In a list that is cut: read on to the side."),
    ("/", "In the tree: find among everything that is tied to it."),
)
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
    ("Esc  Enter  ↓", "Clear the filter; keep it; go to the list."),
)


class HelpScreen(ModalScreen[None]):
    """Keys by what they are for. Any of Escape, q and ? closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", "Close", show=False, id="help.close"),
        Binding("j", "scroll(1)", "Down", show=False),
        Binding("k", "scroll(-1)", "Up", show=False),
    ]

    def __init__(self, screen: CommandScreen[Any]) -> None:
        super().__init__()
        self._commands = screen.OFFERED

    def compose(self) -> ComposeResult:
        with Vertical(id="help") as frame:
            frame.border_title = "Keys"
            frame.border_subtitle = "Esc closes"
            with VerticalScroll():
                for group in Group:
                    rows = [(_keys(each), each.sentence) for each in self._commands if each.group is group]
                    if group is Group.MOVE:
                        rows += _LISTS
                    yield from _section(group.value, rows)
                yield from _section("In the filter", _FILTER)
                yield from _section("In the list", _COLUMNS)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def action_scroll(self, by: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)


def _keys(command: type[Command[Any]]) -> str:
    return command.key_sign() or f": {command.name}"


def _section(title: str, rows: Iterable[tuple[str, str]]) -> Iterable[Widget]:
    yield Static(Content(title), classes="group")
    for keys, sentence in rows:
        yield Horizontal(
            Static(Content(keys), classes="keys"),
            Static(Content(sentence), classes="sentence"),
            classes="row",
        )
