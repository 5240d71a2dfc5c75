"""The palette: every command by name, and any id to go to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from entitree.inventory.find import Field as Where, Query, Term
from entitree.inventory.model import Kind
from entitree.text import visible
from entitree.tui.place import Place
from entitree.tui.widgets.columns import Column
from entitree.tui.widgets.entry import Entry
from entitree.tui.widgets.item_list import ItemList, Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from entitree.tui.screens.main import MainScreen

SHOWN_IDS = 50
"""Ids of each kind that the palette offers; the filter of the list is for more."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A line of the palette, and what choosing it means: a command's name or a place to go to."""

    line: Line
    choice: str | Place


class Offers:
    """A `RowSource` over offers that are all here."""

    def __init__(self, offers: Sequence[Offer] = ()) -> None:
        self.offers = offers

    @property
    def count(self) -> int:
        return len(self.offers)

    def row(self, index: int) -> Line | None:
        return self.offers[index].line

    def want(self, start: int, stop: int) -> None:
        """Nothing is ever missing."""


class Palette(ModalScreen["str | Place | None"]):
    """Type to narrow, arrows to move, Enter to run. Answers with what was chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", show=False, id="palette.close"),
        Binding("down", "move(1)", "Down", show=False, priority=True),
        Binding("up", "move(-1)", "Up", show=False, priority=True),
        Binding("pagedown", "move(10)", "Page down", show=False, priority=True),
        Binding("pageup", "move(-10)", "Page up", show=False, priority=True),
    ]

    def __init__(self, main: MainScreen) -> None:
        super().__init__()
        self._main = main
        self._offers = Offers()

    def compose(self) -> ComposeResult:
        with Vertical(id="palette") as frame:
            frame.border_title = "Go"
            yield Entry(id="wanted", placeholder="a command, or an id")
            yield ItemList(
                (
                    Column("What", weight=2, minimum=14),
                    Column("Key", minimum=4, quiet=True),
                    Column("", weight=5, quiet=True),
                )
            )

    def on_mount(self) -> None:
        self.query_one(ItemList).can_focus = False
        self.query_one(ItemList).placeholder = Content("Nothing is called that.")
        self._look("")

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        self._look(message.value)

    @on(Input.Submitted)
    @on(ItemList.Chosen)
    def _chosen(self) -> None:
        at = self.query_one(ItemList).cursor
        if at < len(self._offers.offers):
            self.dismiss(self._offers.offers[at].choice)

    def action_move(self, by: int) -> None:
        rows = self.query_one(ItemList)
        rows.move_to(rows.cursor + by)

    def action_leave(self) -> None:
        self.dismiss(None)

    @work(exclusive=True, group="look")
    async def _look(self, text: str) -> None:
        words = text.casefold().split()
        offers = [*self._commands(words), *(await self._places(text.strip()) if words else ())]
        self._offers = Offers(offers)
        self.query_one(ItemList).set_source(self._offers, 0)

    def _commands(self, words: Sequence[str]) -> list[Offer]:
        found = []
        for command in self._main.OFFERED:
            searched = f"{command.name} {command.label} {command.sentence}".casefold()
            if command.name == "palette" or not all(word in searched for word in words):
                continue
            reason = command.disabled_reason(self._main)
            line = Line(
                key=command.name,
                cells=(command.name, command.key_sign(), reason or command.sentence),
                marked=False,
                locked=False,
                dim=reason is not None,
            )
            # Whoever types the beginning of a name means that command.
            begins = bool(words) and command.name.startswith(words[0])
            found.append((not begins, Offer(line, command.name)))
        return [offer for _, offer in sorted(found, key=lambda pair: pair[0])]

    async def _places(self, text: str) -> list[Offer]:
        store = self._main.account.store
        query = Query((Term(Where.ANYWHERE, text.casefold()),))
        offers = []
        for kind in Kind:
            listing = await store.find(kind, query)
            for row in await store.rows(kind, listing.keys[:SHOWN_IDS]):
                line = Line(
                    key=row.item.id,
                    cells=(visible(row.item.id), "", f"{kind.value}  {visible(row.item.alias or '')}"),
                    marked=False,
                    locked=False,
                )
                offers.append(Offer(line, Place(kind, row.item.id)))
        return offers
