"""Filter line and list over the mirror: what was looked for, in order, the cursor staying on its item.

A search yields one listing that grows. What was typed is answered with the first screenful, and the rest only
makes the count grow. Where the list is found anew without anybody having typed (the mirror changed, another
order), the old rows stay until the item under the cursor is found, so that nothing jumps.
"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Generic

from textual import on, work
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from entitree.errors import StorageError
from entitree.inventory.find import Column as SortColumn, FilterError, Query, Sort, parse
from entitree.text import visible
from entitree.tui.pace import Pace
from entitree.tui.widgets.filter_line import FilterLine
from entitree.tui.widgets.item_list import ItemList
from entitree.tui.widgets.item_source import PLURAL
from entitree.tui.widgets.row_source import AROUND, NameT, RowT, Shelf, StoreRows
from entitree.tui.widgets.seeker import Seeker

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.worker import Worker

    from entitree.inventory.listing import Listing
    from entitree.inventory.model import Family, Item

__all__ = ["PLURAL", "FoundPane", "thousands"]


class Until(Enum):
    """When a listing takes the place of the one on show."""

    FIRST = auto()
    """At once, with its first screenful."""
    FOUND = auto()
    """When what the cursor is to be on is found, or is known not to be in it."""
    WHOLE = auto()
    """When it is complete."""


def thousands(number: int) -> str:
    """`number` with its thousands apart."""
    return f"{number:,}".replace(",", " ")


class FoundPane(Vertical, Generic[NameT, RowT]):
    """What a `Shelf` holds, found and sorted. What is marked it shows; `MarkingPane` marks."""

    DEFAULT_CSS = """
    FoundPane { height: 1fr; }
    FoundPane ItemList { height: 1fr; }
    """

    @dataclass
    class Highlighted(Message):
        """Another row is under the cursor, or none."""

        pane: FoundPane[Any, Any]

    @dataclass
    class Chosen(Message):
        """Enter on a row."""

        pane: FoundPane[Any, Any]

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
        self._shown_revision = -1
        self._goal: NameT | None = None
        self._problem = ""
        self._pace = Pace()
        self._finding: Worker[None] | None = None

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
    def unread(self) -> frozenset[Family]:
        """What the filter asks about and nobody has read: nothing can match for its sake."""
        return self.rows.listing.unread if self.rows is not None else frozenset()

    @property
    def outdated(self) -> bool:
        """Whether the mirror has changed since the rows on show were looked for."""
        return self._shown_revision != self.shelf.store.revision

    # Finding

    def open_filter(self) -> None:
        self.filter_line.open()

    def clear_filter(self) -> None:
        """Shows everything again; the cursor stays on its item."""
        self._drop_filter()
        self._find(Until.FOUND)

    def reload(self) -> None:
        """Asks the mirror again where it has changed, as soon as that is due; the cursor stays on its item.

        A pane that is not on show waits until it is.
        """
        if self.outdated and self.display and (self._finding is None or self._finding.is_finished):
            self._find(Until.WHOLE if self.rows is not None else Until.FIRST, rest=True)

    def go_to(self, name: NameT) -> None:
        """Puts the cursor on what is called so. A filter that hides it is cleared."""
        self._goal = name
        self._find(Until.FOUND)

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
        self._find(Until.FOUND)

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
            self._find(Until.FIRST if query.terms else Until.FOUND)
        self.tell_truth()

    @on(FilterLine.Kept)
    @on(FilterLine.Leave)
    @on(FilterLine.Cleared)
    def _to_the_list(self, message: Message) -> None:
        message.stop()
        self.table.focus()

    def _drop_filter(self) -> None:
        self.filter_line.value = ""
        self._problem = ""
        self._query = Query()

    def _find(self, until: Until, *, rest: bool = False) -> None:
        self._finding = self._keep_finding(until, rest=rest)

    @work(exclusive=True, group="find")
    async def _keep_finding(self, until: Until, *, rest: bool) -> None:
        """Finds what is asked for, and again as long as the mirror changes meanwhile."""
        try:
            if rest:
                await self._pace.rest()
            with self._pace.work():
                await self._search(until)
            while self.outdated and self.display:
                await self._pace.rest()
                with self._pace.work():
                    await self._search(Until.WHOLE)
        except FilterError as error:
            self._say_problem(error)
        except StorageError as error:
            self.notify(visible(str(error)), severity="error", timeout=8)

    async def _search(self, until: Until) -> None:
        if self._goal is not None and await self._jump(self._goal):
            return
        query, sort, revision = self._query, self.sort, self.shelf.store.revision
        seeker = Seeker(self.shelf.position)
        shown = hidden = False
        async with aclosing(self.shelf.search(query, sort)) as growing:
            async for listing in growing:
                if not self.children:
                    # The pane is being taken down: there is nothing left to show it in.
                    return
                if shown:
                    self._grown(listing)
                    continue
                if until is Until.WHOLE and not listing.complete:
                    continue
                at = await self._seek(seeker, listing)
                hidden = at is None and self._goal is not None and listing.complete and bool(query.terms)
                if hidden:
                    break
                shown = at is not None or listing.complete or until is Until.FIRST or not self._aims
                if shown:
                    to_first = until is Until.FIRST and self._goal is None
                    await self._show(seeker, listing, at, to_first=to_first)
                    self._shown, self._shown_revision = (query, sort), revision
                    self._told_rows(listing)
        if hidden:
            self._drop_filter()
            await self._search(until)

    @property
    def _aims(self) -> bool:
        """Whether there is a row that the cursor is to be on."""
        return self._goal is not None or self._cursor_key is not None

    @property
    def _cursor_key(self) -> int | None:
        """Row number of what is under the cursor, also where the row itself is not here."""
        if self.rows is None or not self.rows.count:
            return None
        return self.rows.listing.keys[self.table.cursor]

    async def _seek(self, seeker: Seeker[NameT], listing: Listing) -> int | None:
        if self._goal is not None:
            return await seeker.index(listing, key=None, name=self._goal)
        name = None if self.row is None else self.shelf.name(self.row)
        return await seeker.index(listing, key=self._cursor_key, name=name, near=self.table.cursor)

    async def _jump(self, goal: NameT) -> bool:
        """Goes to what is in the list already, without finding the list anew."""
        rows = self.rows
        if rows is None or self._shown != (self._query, self.sort):
            return False
        at = await self.shelf.position(rows.listing, goal)
        if at is None:
            return False
        await self._fetch_around(rows, at)
        self._goal = None
        self.table.move_to(at)
        self.post_message(self.Highlighted(self))
        return True

    async def _show(self, seeker: Seeker[NameT], listing: Listing, at: int | None, *, to_first: bool) -> None:
        """Shows the rows of `listing`, the cursor on `at`; None where its row is gone."""
        rows = StoreRows(self.shelf, listing, self.marks, self._fetch)
        if to_first and at is None:
            # Where another filter hides the row under the cursor, the first match is what was looked for.
            at = 0
        await self._fetch_around(rows, self.table.cursor if at is None else at)
        while not (to_first or self._goal is not None) and (now := await self._seek(seeker, listing)) != at:
            # Keys have moved the cursor meanwhile.
            at = now
            await self._fetch_around(rows, self.table.cursor if at is None else at)
        if at is None and self._goal is not None:
            self.notify(f"{self.told(self._goal)} is not in the list.", severity="warning")
        self._goal, self.rows = None, rows
        self.table.set_source(rows, at)

    def _told_rows(self, listing: Listing) -> None:
        self._draw_sort(self._shown[1])
        self._found(listing)
        self.post_message(self.Highlighted(self))

    def _grown(self, listing: Listing) -> None:
        self.table.count_changed()
        if listing.complete:
            self._found(listing)
        else:
            self.tell_truth()

    def _found(self, listing: Listing) -> None:
        self.listing_changed(listing)
        self.tell_truth()
        self.post_message(self.Listed())

    async def _fetch_around(self, rows: StoreRows[NameT, RowT], at: int) -> None:
        # The rows on screen are there before the list is drawn: nothing flickers. A tab that is not on show
        # yet knows nothing of its height: enough for any screen.
        page = self.table.page
        start = max(0, min(at, rows.count - 1) - page)
        stop = min(rows.count, start + page + max(page, AROUND))
        rows.arrived(start, await self.shelf.window(rows.listing.keys[start:stop]))

    def _fetch(self, start: int, stop: int) -> None:
        if self.rows is not None:
            self._fetch_rows(self.rows, start, stop)

    @work(group="rows")
    async def _fetch_rows(self, rows: StoreRows[NameT, RowT], start: int, stop: int) -> None:
        rows.arrived(start, await self.shelf.window(rows.listing.keys[start:stop]))
        if rows is self.rows:
            self.table.rows_arrived(start, stop)

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
        if not self.filtered:
            return thousands(listing.total)
        more = "" if listing.complete else "+"
        return f"{thousands(listing.count)}{more} of {thousands(listing.total)}"

    def tell_truth(self) -> None:
        """Says what is shown: how many of how many, marks, order; or what is wrong with the filter."""
        counted = self.counted(self.rows.listing) if self.rows is not None else thousands(0)
        sort = self._shown[1]
        order = f"{self.shelf.sorts[sort.column]} {'↓' if sort.reverse else '↑'}"
        self.filter_line.truth = " · ".join([counted, *self.more_truth(), order])
        unread = f"{counted} · never read: {', '.join(sorted(family.value for family in self.unread))}"
        self.filter_line.problem = self._problem or (unread if self.unread else "")

    def show_placeholder(self, text: str) -> None:
        """What stands where there are no rows."""
        self.table.placeholder = Content(text)

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
