"""A command, and the screen that offers commands."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from textual import on
from textual.screen import Screen
from textual.widgets import Input

from entitree.tui.screens.parting import PartingScreen
from entitree.tui.widgets.bound import UNBOUND, bound
from entitree.tui.widgets.key_bar import KeyBar, KeyHint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from entitree.inventory.store import Store
    from entitree.tui.app import EntitreeApp
    from entitree.tui.place import Place

ScreenT = TypeVar("ScreenT", bound=Screen[Any])
ResultT = TypeVar("ResultT")


class Group(Enum):
    """Where help lists a command."""

    CHANGE = "Change"
    FIND = "Find"
    MARK = "Mark"
    MOVE = "Move about"
    JOBS = "Jobs"
    PROGRAM = "Program"


class Command(Generic[ScreenT]):
    """Something the user can do on a screen of type `ScreenT`. A class, never an instance.

    It stays enabled in Textual's sense even where it cannot act: pressed, it then says why.
    """

    name: ClassVar[str]
    """What configuration, tests and bindings call it."""
    keys: ClassVar[tuple[str, ...]]
    """Textual's names of the keys, the one shown first; none where the palette is the only way."""
    shown_key: ClassVar[str] = ""
    """How the first key is written, where its name is not its sign."""
    label: ClassVar[str]
    """One or two words, for the footer."""
    sentence: ClassVar[str]
    """What it does, for palette and help."""
    group: ClassVar[Group]
    rank: ClassVar[int | None] = None
    """Place in the footer, lowest first; None keeps it out of there."""
    for_jobs: ClassVar[bool] = False
    """Whether it acts on the tab of the jobs too, where there are no rows of the account."""

    @classmethod
    def key_sign(cls) -> str:
        return cls.shown_key or next(iter(cls.keys), "")

    @classmethod
    def disabled_reason(cls, screen: ScreenT) -> str | None:
        """One sentence, or None where it can act now."""
        return None

    @classmethod
    def run(cls, screen: ScreenT) -> None:
        """Does it. Called on the event loop; whatever takes time is a worker's business."""
        raise NotImplementedError


def sign_of(app: EntitreeApp, name: str, own: str) -> str:
    """How the key of what is bound as `name` is shown: `own`, or the one that the user gave it instead."""
    keys = app.changed_keys.get(name)
    if keys is None:
        return own
    from entitree.tui.commands.key_names import sign

    return sign(keys[0]) if keys else ""


class CommandScreen(PartingScreen[ResultT]):
    """A screen whose keys, footer, palette and help come from `OFFERED`."""

    OFFERED: ClassVar[Sequence[type[Command[Any]]]] = ()

    app: EntitreeApp

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401 - Textual's signature
        cls.BINDINGS = [
            *cls.__dict__.get("BINDINGS", ()),
            *(
                bound(
                    ",".join(command.keys) or UNBOUND,
                    f"command('{command.name}')",
                    command.name,
                    command.sentence,
                )
                for command in cls.OFFERED
            ),
        ]
        super().__init_subclass__(**kwargs)

    def action_command(self, name: str) -> None:
        """Runs the command called `name`, or says why it cannot act now."""
        command = next(command for command in self.OFFERED if command.name == name)
        self.app.clear_notifications()
        reason = self.refusal(command)
        if reason is not None:
            self.app.notify(reason, severity="warning", timeout=4)
            return
        command.run(self)

    def refusal(self, command: type[Command[Any]]) -> str | None:
        """Why a command cannot act now, in one sentence; None where it can."""
        return command.disabled_reason(self)

    @property
    def searched(self) -> Store | None:
        """Where the palette looks for ids to go to; None where there is nowhere to go."""
        return None

    def go_to(self, place: Place) -> None:
        """Goes to what the palette found in `searched`."""

    def sign(self, command: type[Command[Any]]) -> str:
        """How the key of `command` is shown, the user's if there is one; empty where it has none."""
        return sign_of(self.app, command.name, command.key_sign())

    def hint(self, name: str, key: str, label: str, *, enabled: bool = True) -> KeyHint:
        """A footer's hint for what is bound as `name`, by itself to `key`."""
        offered = any(command.name == name for command in self.OFFERED)
        return KeyHint(sign_of(self.app, name, key), label, enabled, name if offered else "")

    def letter_hints(self, *names: str) -> list[KeyHint]:
        """Hints for commands whose keys are text while a field has the keyboard: then none."""
        if isinstance(self.focused, Input):
            return []
        wanted = [command for name in names for command in self.OFFERED if command.name == name]
        return [self.hint(command.name, command.key_sign(), command.label) for command in wanted]

    def is_offered(self, key: str, names: Iterable[str]) -> bool:
        """Whether `key` is one of those of the commands called `names`."""
        return any(
            key in self.app.changed_keys.get(command.name, command.keys)
            for command in self.OFFERED
            if command.name in names
        )

    @property
    def help_hint(self) -> KeyHint:
        """The way to help: a letter is text while a field has the keys."""
        if isinstance(self.focused, Input):
            return KeyHint(sign_of(self.app, "help-anywhere", "F1"), "? Help", action="help")
        return self.hint("help", "?", "Help")

    def filter_hints(self) -> list[KeyHint]:
        """The footer of whoever types in a filter line."""
        return [
            self.hint("filter-keep", "Enter", "Keep"),
            self.hint("filter-clear", "Esc", "Clear"),
            self.hint("filter-leave", "↓", "List"),
            self.help_hint,
        ]

    def in_footer(self) -> Iterable[type[Command[Any]]]:
        """The commands that matter here and now, in any order."""
        return self.OFFERED

    def key_hints(self) -> list[KeyHint]:
        """What the footer shows now, most useful first."""
        ranked = sorted(
            (command for command in self.in_footer() if command.rank is not None), key=lambda c: c.rank or 0
        )
        return [
            KeyHint(self.sign(command), command.label, self.refusal(command) is None, command.name)
            for command in ranked
        ]

    def show_keys(self) -> None:
        """Brings the footer up to date, where the screen has one and is on show."""
        for bar in self.query(KeyBar):
            bar.show(self.key_hints())

    @on(KeyBar.Pressed)
    def _key_clicked(self, message: KeyBar.Pressed) -> None:
        message.stop()
        if message.key_hint.action:
            self.action_command(message.key_hint.action)
