"""A command, and the screen that offers commands."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from textual import on
from textual.binding import Binding
from textual.screen import Screen

from entitree.tui.widgets.key_bar import KeyBar, KeyHint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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


class CommandScreen(Screen[ResultT]):
    """A screen whose keys, footer, palette and help come from `OFFERED`."""

    OFFERED: ClassVar[Sequence[type[Command[Any]]]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401 - Textual's signature
        cls.BINDINGS = [
            *cls.__dict__.get("BINDINGS", ()),
            *(
                Binding(
                    ",".join(command.keys),
                    f"command('{command.name}')",
                    command.label,
                    id=command.name,
                    tooltip=command.sentence,
                    show=False,
                )
                for command in cls.OFFERED
                if command.keys
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

    def in_footer(self) -> Iterable[type[Command[Any]]]:
        """The commands that matter here and now, in any order."""
        return self.OFFERED

    def key_hints(self) -> list[KeyHint]:
        """What the footer shows now, most useful first."""
        ranked = sorted(
            (command for command in self.in_footer() if command.rank is not None), key=lambda c: c.rank or 0
        )
        return [
            KeyHint(command.key_sign(), command.label, self.refusal(command) is None, command.name)
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
