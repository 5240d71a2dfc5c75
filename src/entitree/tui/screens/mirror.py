"""What was read of the account: each family, when, how well, and what reading it again costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from entitree.inventory.listings import cost
from entitree.inventory.model import Family
from entitree.text import visible
from entitree.tui.commands.command import Command, CommandScreen, Group
from entitree.tui.commands.program import Help, Palette, Screenshot
from entitree.tui.pace import Pace
from entitree.tui.screens.news import state_of
from entitree.tui.screens.reading_time import lasting, seconds_left
from entitree.tui.widgets.bound import said
from entitree.tui.widgets.columns import Column
from entitree.tui.widgets.item_list import ItemList
from entitree.tui.widgets.key_bar import KeyBar
from entitree.tui.widgets.row_source import thousands
from entitree.tui.widgets.rows import Line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult

    from entitree.inventory.model import FamilyState
    from entitree.inventory.walk import Walk
    from entitree.tui.app import EntitreeApp
    from entitree.tui.screens.reading import ReadingScreen

_COLUMNS = (
    Column("What", weight=3, minimum=12),
    Column("Here", align="right"),
    Column("State", weight=2, minimum=11),
    Column("Read"),
    Column("Again costs", quiet=True),
)
_UNLISTED = (
    "No list holds all inbound configurations: they are read for what you look at. {walk} reads all of them,"
    " one request for each number and channel; stopped, it goes on there later."
)


class _Read(Command["MirrorScreen"]):
    name = "read"
    keys = ("r", "enter")
    label = "Read it"
    sentence = "Read the highlighted family from the platform again."
    group = Group.FIND
    rank = 10

    @classmethod
    def disabled_reason(cls, screen: MirrorScreen) -> str | None:
        if screen.family in screen.reading.progress:
            return "It is being read just now."
        return None

    @classmethod
    def run(cls, screen: MirrorScreen) -> None:
        if screen.family is Family.INBOUND:
            screen.reading.walk()
        else:
            screen.reading.read((screen.family,))


class _ReadAll(Command["MirrorScreen"]):
    name = "read-all"
    keys = ("R", "upper_r")
    label = "Read all"
    sentence = "Read the whole account again, all that can be listed."
    group = Group.FIND
    rank = 20

    @classmethod
    def run(cls, screen: MirrorScreen) -> None:
        screen.reading.refresh_all()


class _Walk(Command["MirrorScreen"]):
    name = "walk"
    keys = ("w",)
    label = "Walk inbound"
    sentence = "Read the inbound configurations of every number and channel; pressed again, stop."
    group = Group.FIND
    rank = 30

    @classmethod
    def run(cls, screen: MirrorScreen) -> None:
        screen.reading.walk()


class _Stop(Command["MirrorScreen"]):
    name = "stop-reading"
    keys = ("c",)
    label = "Stop"
    sentence = "Stop reading; read again soon, it goes on there."
    group = Group.FIND
    rank = 35

    @classmethod
    def disabled_reason(cls, screen: MirrorScreen) -> str | None:
        return None if screen.reading.progress else "Nothing is being read just now."

    @classmethod
    def run(cls, screen: MirrorScreen) -> None:
        screen.reading.stop_reading()


class _Close(Command["MirrorScreen"]):
    name = "close"
    keys = ("escape", "q")
    shown_key = "Esc"
    label = "Back"
    sentence = "Back to the lists; what is being read goes on."
    group = Group.MOVE
    rank = 40

    @classmethod
    def run(cls, screen: MirrorScreen) -> None:
        screen.dismiss()


class MirrorScreen(CommandScreen[None]):
    """The families, and below them whatever there is to say of the highlighted one."""

    OFFERED = (_Read, _ReadAll, _Walk, _Stop, _Close, Palette, Screenshot, Help)
    app: EntitreeApp
    DEFAULT_CSS: ClassVar[str] = """
    MirrorScreen {
        #title { height: 1; padding: 0 1; background: $panel; text-style: bold; }
        ItemList { height: 1fr; margin-top: 1; }
        #why { height: auto; min-height: 3; max-height: 6; padding: 0 1; border-top: solid $panel; }
    }
    """

    def __init__(self, reading: ReadingScreen) -> None:
        super().__init__()
        self.reading = reading
        self._states: Mapping[Family, FamilyState] = {}
        self._sizes: Mapping[Family, int] = {}
        self._walk: Walk | None = None
        self._pace = Pace()
        self._stale = self._showing = False

    def compose(self) -> ComposeResult:
        yield Static("What was read of the account", id="title")
        with Vertical():
            yield ItemList(_COLUMNS)
            yield Static(id="why")
        yield KeyBar()

    def on_mount(self) -> None:
        self.reading.on_news = self.show_state
        self._unsubscribe = self.reading.account.store.subscribe(self.show_state)
        self.query_one(ItemList).focus()
        self.show_state()
        self.show_keys()

    def on_unmount(self) -> None:
        self.reading.on_news = None
        self._unsubscribe()

    @property
    def family(self) -> Family:
        """The highlighted one."""
        return tuple(Family)[self.query_one(ItemList).cursor]

    def show_state(self) -> None:
        """Brings every line up to date."""
        self._stale = True
        if self.is_attached and not self.app.leaving and not self._showing:
            self._showing = True
            self._show_state()

    @work(group="state")
    async def _show_state(self) -> None:
        store = self.reading.account.store
        try:
            # Pages may arrive faster than everything is counted.
            while self._stale:
                self._stale = False
                with self._pace.work():
                    self._states, self._sizes = await store.families(), await store.sizes()
                    self._walk = await self.reading.account.plan_walk()
                table = self.query_one(ItemList)
                table.set_source(_Lines([self._line(family) for family in Family]), table.cursor)
                self._say_why()
                await self._pace.rest()
        finally:
            self._showing = False

    def _line(self, family: Family) -> Line:
        state = self._states[family]
        clock = "–" if state.read_at is None else self.app.clock(state.read_at)
        here = "–" if state.read_at is None and not self._sizes[family] else thousands(self._sizes[family])
        cells = (family.value.capitalize(), here, self._state(family, state), clock, self._cost(family))
        return Line(family.name, cells, marked=False, locked=False)

    def _state(self, family: Family, state: FamilyState) -> str:
        if family in self.reading.progress:
            done, total = self.reading.progress[family]
            if not done and total is None:
                return "reading …"
            left = seconds_left({family: (done, total)}, self.reading.account.profile.limits)
            of = "" if total is None else f" of {thousands(total)}"
            return f"reading {thousands(done)}{of}{f', {lasting(left)}' if left >= 1 else ''}"
        if family is Family.INBOUND and self._walk is not None and not state.refused and not state.failed:
            asked = self._walk.total - len(self._walk.targets)
            if self._walk.targets:
                return f"{thousands(asked)} of {thousands(self._walk.total)} walked"
        return state_of(state)

    def _cost(self, family: Family) -> str:
        requests = len(self._walk.targets) if self._walk else 0
        if family is Family.INBOUND and self._states[Family.NUMBERS].read_at is None:
            # What there is to walk is not known yet.
            return "–"
        if family is not Family.INBOUND:
            requests = cost(family, self._sizes[family]).requests
        pace = cost(family, 0).seconds / (self.reading.account.profile.limits or float("inf"))
        words = "1 request" if requests == 1 else f"{thousands(requests)} requests"
        return ", ".join(filter(None, (words, _time(max(0, requests - 1) * pace)))) if requests else "nothing"

    @on(ItemList.Highlighted)
    def _say_why(self) -> None:
        if not self._states:
            return
        state = self._states[self.family]
        told = visible(state.problem) if state.problem else ""
        if not told and self.family is Family.INBOUND:
            told = _UNLISTED.format(walk=said("walk", "w"))
        elif not told and state.read_at is None:
            reading = self.family in self.reading.progress
            told = (
                "It is being read for the first time."
                if reading
                else f"It was never read. {said('read', 'r')} reads it."
            )
        self.query_one("#why", Static).update(Content(told or "Nothing was wrong when it was last read."))
        self.show_keys()


class _Lines:
    """Lines that are all here."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self.count = len(lines)

    def row(self, index: int) -> Line | None:
        return self._lines[index] if index < self.count else None

    def want(self, start: int, stop: int) -> None:
        """Nothing is ever missing."""


def _time(seconds: float) -> str:
    if seconds < 1:
        return ""
    if seconds < 100:
        return f"{round(seconds)} s"
    return f"{round(seconds / 60)} min"
