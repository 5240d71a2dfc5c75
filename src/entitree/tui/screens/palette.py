"""The palette: every command by name, and any id to go to."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from entitree.inventory.find import Field as Where, Flag, FlagName, Query, Sort, Term
from entitree.inventory.model import Kind
from entitree.text import visible
from entitree.tui.place import KEY, Place
from entitree.tui.screens.parting import PartingScreen
from entitree.tui.widgets.bound import bound
from entitree.tui.widgets.columns import Column
from entitree.tui.widgets.entry import Entry
from entitree.tui.widgets.item_list import ItemList, Line
from entitree.tui.widgets.item_source import MISSING, ItemShelf
from entitree.tui.widgets.key_source import KeyShelf
from entitree.tui.widgets.resource_source import ResourceShelf, type_words

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from entitree.inventory.model import Item
    from entitree.inventory.store import Store
    from entitree.tui.commands.command import CommandScreen
    from entitree.tui.widgets.row_source import NameT, RowT, Shelf

THEME = "theme"
"""The command that chooses one; with a name behind it, that one."""
SHOWN_IDS = 50
"""Ids of each kind that the palette offers; the filter of the list is for more."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A line of the palette, and what choosing it means: a command's name or a place to go to. `refusal` says
    why a command cannot act now.
    """

    line: Line
    choice: str | Place
    refusal: str = ""


class Offers:
    """A `RowSource` over offers, which may become more."""

    def __init__(self, offers: Iterable[Offer] = ()) -> None:
        self.offers = list(offers)

    @property
    def count(self) -> int:
        return len(self.offers)

    def row(self, index: int) -> Line | None:
        return self.offers[index].line

    def want(self, start: int, stop: int) -> None:
        """Nothing is ever missing."""


class Palette(PartingScreen["str | Place | None"], ModalScreen["str | Place | None"]):
    """Type to narrow, arrows to move, Enter to run. Answers with what was chosen."""

    CSS_PATH = "palette.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("escape", "leave", "palette-close", "Close the palette."),
        bound("down", "move(1)", "palette-down", "To the next line."),
        bound("up", "move(-1)", "palette-up", "To the line before."),
        bound("pagedown", "move(10)", "palette-page-down", "Ten lines down."),
        bound("pageup", "move(-10)", "palette-page-up", "Ten lines up."),
    ]

    def __init__(self, screen: CommandScreen[Any]) -> None:
        super().__init__()
        self._about = screen
        self._offers = Offers()
        self._hasty = False
        """Enter came before anything was found: it is for the first that is."""

    def compose(self) -> ComposeResult:
        with Vertical(id="palette") as frame:
            frame.border_title = "Go"
            ids = "" if self._about.searched is None else ", or an id"
            yield Entry(id="wanted", placeholder=f"a command{ids}")
            yield ItemList(
                (
                    Column("What", weight=2, minimum=14),
                    Column("Key", minimum=4, quiet=True),
                    Column("", weight=5, quiet=True),
                )
            )
            yield Static(id="whole")

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
        else:
            self._hasty = True

    @on(ItemList.Highlighted)
    def _show_whole(self) -> None:
        """All of the line under the cursor, or why it cannot be done now."""
        at = self.query_one(ItemList).cursor
        offer = self._offers.offers[at] if at < len(self._offers.offers) else None
        whole = self.query_one("#whole", Static)
        whole.set_class(offer is not None and bool(offer.refusal), "-refused")
        whole.update(Content("" if offer is None else offer.refusal or offer.line.cells[-1]))

    def action_move(self, by: int) -> None:
        rows = self.query_one(ItemList)
        rows.move_to(rows.cursor + by)

    def action_leave(self) -> None:
        self.dismiss(None)

    def _look(self, text: str) -> None:
        # Commands at once, so that Enter right after the last letter means what is shown; ids as they come.
        self._hasty = False
        self._offers = Offers(self._commands(text.casefold().split()))
        self.query_one(ItemList).set_source(self._offers, 0)
        self._look_for_places(self._offers, text.strip())

    @work(exclusive=True, group="look")
    async def _look_for_places(self, offers: Offers, text: str) -> None:
        store = self._about.searched
        if not text or store is None:
            return
        async for found in _places(store, text):
            offers.offers += found
            self.query_one(ItemList).count_changed()
            if self._hasty and offers.offers:
                self._chosen()
                return

    def _commands(self, wanted: Sequence[str]) -> list[Offer]:
        found = []
        for command in self._about.OFFERED:
            searched = f"{command.name} {command.label} {command.sentence}".casefold()
            if command.name == "palette" or not all(word in searched for word in wanted):
                continue
            reason = self._about.refusal(command)
            line = Line(
                key=command.name,
                cells=(command.name, self._about.sign(command), command.sentence),
                marked=False,
                locked=False,
                dim=reason is not None,
            )
            # Whoever types the beginning of a name means that command.
            begins = bool(wanted) and command.name.startswith(wanted[0])
            found.append((not begins, Offer(line, command.name, reason or "")))
        return [offer for _, offer in sorted(found, key=lambda pair: pair[0])] + self._themes(wanted)

    def _themes(self, wanted: Sequence[str]) -> list[Offer]:
        """Themes by name, where one can be chosen: for who types enough of it to mean one."""
        command = next((each for each in self._about.OFFERED if each.name == THEME), None)
        if command is None or self._about.refusal(command) or not any(len(word) > 2 for word in wanted):
            return []
        return [
            Offer(
                Line(
                    key=f"{THEME} {name}",
                    cells=(visible(name), "", "theme  Try it on; Enter keeps it."),
                    marked=False,
                    locked=False,
                ),
                f"{THEME} {name}",
            )
            for name in self._about.app.theme_switch.names
            # Nobody means all of ours by what they all begin with.
            if all(word in f"{THEME} {name}" for word in wanted)
            and not all(word in "entitree-" for word in wanted)
        ]


async def _places(store: Store, text: str) -> AsyncIterator[list[Offer]]:
    """What holds `text`, a few of each tab; what is called just that comes first."""
    query = Query((Term(Where.ANYWHERE, text.casefold()),))
    for kind, items in [(kind, ItemShelf(kind, store)) for kind in Kind]:
        exact = await store.item(kind, text)
        rows = [row.item for row in await _first(items, query) if row.item != exact]
        named = [row.item for row in await _first(items, Query((Flag(FlagName.ORPHAN), *query.terms)))]
        yield [
            _offer(Place(kind, item.id), item.id, f"{kind.value}  {_called(item)}")
            for item in ([exact] if exact is not None else []) + rows + named
        ]
    yield [
        _offer(
            Place(None, line.resource.id, line.resource.type),
            line.resource.name,
            f"{visible(type_words(line.resource.type))}  {visible(line.detail)}",
        )
        for line in await _first(ResourceShelf(store), query)
    ]
    yield [
        _offer(Place(None, row.id, KEY), row.name, f"API key  {visible(row.id)}")
        for row in await _first(KeyShelf(store), query)
    ]


async def _first(shelf: Shelf[NameT, RowT], query: Query) -> list[RowT]:
    """The first rows that match: the search ends there, whatever the number of those that follow."""
    async with aclosing(shelf.search(query, Sort())) as growing:
        async for listing in growing:
            return [row for row in await shelf.window(listing.keys[:SHOWN_IDS]) if row is not None]
    return []


def _called(item: Item) -> str:
    return visible(item.alias or "") if item.exists else MISSING


def _offer(place: Place, name: str, told: str) -> Offer:
    line = Line(key=place.id, cells=(visible(name), "", told.rstrip()), marked=False, locked=False)
    return Offer(line, place)
