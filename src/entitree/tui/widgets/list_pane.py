"""Filter line over a list: what is asked for, what is on show, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Generic

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from entitree.inventory.find import Column as SortColumn, FilterError, Query, Sort, parse
from entitree.text import visible
from entitree.tui.widgets.filter_line import FilterLine
from entitree.tui.widgets.item_list import ItemList
from entitree.tui.widgets.row_source import UNKNOWN, NameT, RowT, Shelf, StoreRows, thousands

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from entitree.inventory.listing import Listing
    from entitree.inventory.model import Family, Item


class Until(Enum):
    """When a listing takes the place of the one on show."""

    FIRST = auto()
    """At once, with its first screenful."""
    FOUND = auto()
    """When what the cursor is to be on is found, or is known not to be in it."""
    WHOLE = auto()
    """When it is complete."""


class ListPane(Vertical, Generic[NameT, RowT]):
    """What a `Shelf` holds, filtered and sorted. How that is found is a matter of `FoundPane`."""

    DEFAULT_CSS = """
    ListPane { height: 1fr; }
    ListPane ItemList { height: 1fr; }
    """

    @dataclass
    class Highlighted(Message):
        """Another row is under the cursor, or none."""

        pane: ListPane[Any, Any]

    @dataclass
    class Chosen(Message):
        """Enter on a row."""

        pane: ListPane[Any, Any]

    class Listed(Message):
        """Other rows are shown, or none."""

    def __init__(self, shelf: Shelf[NameT, RowT], *, id: str) -> None:
        super().__init__(id=id)
        self.shelf = shelf
        self.marks: set[NameT] = set()
        self.sort = Sort()
        """What is asked for; the rows on show may still be in the order before."""
        self.rows: StoreRows[NameT, RowT] | None = None
        """What is on show; None before anything was found."""
        self._query = Query()
        self._shown = (Query(), Sort())
        self._goal: NameT | None = None
        self._problem = ""
        self.known = True
        """Whether no rows means that there are none."""

    def compose(self) -> ComposeResult:
        yield FilterLine()
        yield ItemList(self.shelf.columns)

    def on_mount(self) -> None:
        self._draw_sort(self.sort)

    @property
    def table(self) -> ItemList:
        return self.query_one(ItemList)

    @property
    def filter_line(self) -> FilterLine:
        return self.query_one(FilterLine)

    @property
    def row(self) -> RowT | None:
        """What is under the cursor, where it is here."""
        return self.rows.at(self.table.cursor) if self.rows is not None and self.rows.count else None

    @property
    def highlighted(self) -> Item | None:
        """The application or entity under the cursor that there is: what commands act on."""
        return None

    @property
    def filtered(self) -> bool:
        """Whether a filter stands before the rows on show."""
        return bool(self._shown[0].terms)

    @property
    def looked_for(self) -> tuple[Query, Sort]:
        """The filter that the rows on show match, and their order."""
        return self._shown

    @property
    def unread(self) -> frozenset[Family]:
        """What the filter asks about and nobody has read: nothing can match for its sake."""
        return self.rows.listing.unread if self.rows is not None else frozenset()

    # Asking

    def find(self, until: Until, *, rest: bool = False) -> None:
        """Looks for what is asked for, and shows it; with `rest` as soon as that is due."""
        raise NotImplementedError

    def open_filter(self) -> None:
        self.filter_line.open()

    def clear_filter(self) -> None:
        """Shows everything again; the cursor stays on its item."""
        self._set_filter("")
        self.find(Until.FOUND)

    def sort_by_next(self) -> None:
        order = list(self.shelf.sorts)
        self._sort(Sort(order[(order.index(self.sort.column) + 1) % len(order)]))

    def turn_sort(self) -> None:
        self._sort(Sort(self.sort.column, not self.sort.reverse))

    @on(ItemList.HeaderChosen)
    def _header_chosen(self, message: ItemList.HeaderChosen) -> None:
        message.stop()
        column = SortColumn(message.key)
        self._sort(Sort(column, column is self.sort.column and not self.sort.reverse))

    def _sort(self, sort: Sort) -> None:
        self.sort = sort
        self.find(Until.FOUND)

    @on(FilterLine.Changed)
    def _filter_changed(self, message: FilterLine.Changed) -> None:
        message.stop()
        try:
            query = parse(message.value)
        except FilterError as error:
            # The list goes on showing what the last filter that could be understood found.
            self._say_problem(error)
            return
        self._problem = ""
        if query != self._query:
            self._query, self._goal = query, None
            # Nothing typed any more: the cursor stays on its item, wherever that is among all.
            self.find(Until.FIRST if query.terms else Until.FOUND)
        self.tell_truth()

    @on(FilterLine.Kept)
    def _kept(self, message: FilterLine.Kept) -> None:
        if self._problem:
            # Beside the field there may be no room for all of it.
            message.stop()
            self.filter_line.open()
            self.app.clear_notifications()
            self.notify(self._problem[0].upper() + self._problem[1:], severity="warning", timeout=10)
        else:
            self._to_the_list(message)

    @on(FilterLine.Leave)
    @on(FilterLine.Cleared)
    def _to_the_list(self, message: Message) -> None:
        message.stop()
        self.screen.set_focus(self.table)

    def _set_filter(self, text: str) -> None:
        self.filter_line.value = text
        self._problem = ""
        self._query = parse(text)

    # Telling

    def told(self, name: NameT) -> str:
        """What something is called, as text to show."""
        return visible(str(name))

    def listing_changed(self, listing: Listing) -> None:
        """Other rows are on show, or all of them are there now."""

    def more_truth(self) -> list[str]:
        """What else there is to say beside the filter."""
        return []

    def counted(self, listing: Listing) -> str:
        """How many of how many are shown."""
        if not (self.known or listing.total):
            return UNKNOWN
        if not self.filtered:
            return thousands(listing.total)
        more = "" if listing.complete else "+"
        return f"{thousands(listing.count)}{more} of {thousands(listing.total)}"

    def tell_truth(self) -> None:
        """Says what is shown: how many of how many, marks, order; or what is wrong with the filter."""
        counted = self.counted(self.rows.listing) if self.rows is not None else UNKNOWN
        sort = self._shown[1]
        order = f"{self.shelf.sorts[sort.column]} {'↓' if sort.reverse else '↑'}"
        self.filter_line.truth = " · ".join([counted, *self.more_truth(), order])
        unread = f"{counted} · never read: {', '.join(sorted(family.value for family in self.unread))}"
        self.filter_line.problem = self._problem or (unread if self.unread else "")

    def show_placeholder(self, text: str, *, known: bool) -> None:
        """What stands where there are no rows; `known`: some of what is listed here was read."""
        self.table.placeholder = Content(text)
        if known != self.known:
            self.known = known
            self.tell_truth()

    def _say_problem(self, error: FilterError) -> None:
        # The place first: it is never cut.
        self._problem = visible(f"at {error.at + 1}: {error}")
        self.tell_truth()

    def _draw_sort(self, sort: Sort) -> None:
        self.table.set_sort(sort.column.value, descending=sort.reverse)

    # News from the list

    @on(ItemList.Highlighted)
    def _row_highlighted(self, message: ItemList.Highlighted) -> None:
        message.stop()
        self.post_message(self.Highlighted(self))

    @on(ItemList.Chosen)
    def _row_chosen(self, message: ItemList.Chosen) -> None:
        message.stop()
        self.post_message(self.Chosen(self))
