"""Filter line and list over the mirror: what was looked for, in order, the cursor staying on its item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on, work
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from entitree.errors import StorageError
from entitree.inventory.find import Column as SortColumn, FilterError, Listing, Sort, parse
from entitree.inventory.model import Kind
from entitree.text import visible
from entitree.tui.widgets.columns import Column
from entitree.tui.widgets.filter_line import FilterLine
from entitree.tui.widgets.item_list import ItemList
from entitree.tui.widgets.row_source import AROUND, StoreRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from entitree.inventory.model import Item
    from entitree.inventory.store import Store

PLURAL = {Kind.APPLICATION: "applications", Kind.ENTITY: "entities"}


def columns(kind: Kind) -> tuple[Column, ...]:
    """The columns of a tab; `key` is the sort column's name."""
    other = "Ents" if kind is Kind.APPLICATION else "Apps"
    return (
        Column("ID", weight=3, minimum=12, key=SortColumn.ID.value),
        Column("Alias", weight=2, minimum=6, key=SortColumn.ALIAS.value),
        Column(other, align="right", key=SortColumn.APPLICATIONS.value, quiet=True),
        Column("Assoc", align="right", key=SortColumn.ASSOCIATIONS.value, quiet=True),
        Column("Conf", align="right", key=SortColumn.CONFIGURATIONS.value, quiet=True),
    )


def thousands(number: int) -> str:
    """`number` with its thousands apart."""
    return f"{number:,}".replace(",", " ")


class FoundPane(Vertical):
    """Applications or entities of the mirror, found and sorted. What is marked it shows; `ItemPane` marks."""

    DEFAULT_CSS = """
    FoundPane { height: 1fr; }
    FoundPane ItemList { height: 1fr; }
    """

    @dataclass
    class Highlighted(Message):
        """Another item is under the cursor, or none."""

        pane: FoundPane
        item: Item | None

    @dataclass
    class Chosen(Message):
        """Enter on a row."""

        pane: FoundPane

    class Listed(Message):
        """Other rows are shown, or none."""

    def __init__(self, kind: Kind, store: Store, *, id: str) -> None:
        super().__init__(id=id)
        self.kind = kind
        self.marks: set[str] = set()
        self.sort = Sort()
        self.total = 0
        self.store = store
        self._query = parse("")
        self.rows: StoreRows | None = None
        """What is on show; None before anything was found."""
        self._goal: str | None = None
        self._hidden: frozenset[str] = frozenset()
        self._to_first = False

    def compose(self) -> ComposeResult:
        yield FilterLine()
        yield ItemList(columns(self.kind))

    def on_mount(self) -> None:
        self.table.set_sort(self.sort.column.value, descending=self.sort.reverse)

    @property
    def table(self) -> ItemList:
        return self.query_one(ItemList)

    @property
    def filter_line(self) -> FilterLine:
        return self.query_one(FilterLine)

    @property
    def highlighted(self) -> Item | None:
        """The application or entity under the cursor."""
        return self.rows.item(self.table.cursor) if self.rows is not None and self.rows.count else None

    @property
    def selected(self) -> tuple[str, ...]:
        """What a command acts on: the marked ids, or the highlighted one where none is marked."""
        if self.marks:
            return tuple(sorted(self.marks))
        item = self.highlighted
        return (item.id,) if item else ()

    @property
    def filtered(self) -> bool:
        return bool(self._query.terms)

    # Finding

    def open_filter(self) -> None:
        self.filter_line.open()

    def clear_filter(self) -> None:
        """Shows everything again; the cursor stays on its item."""
        self.filter_line.value = ""
        self.filter_line.problem = ""
        self._query = parse("")
        self.reload()

    def reload(self) -> None:
        """Asks the mirror again; the cursor stays on its item."""
        self._find()

    def go_to(self, id: str) -> None:
        """Puts the cursor on `id`. A filter that hides it is cleared."""
        self._goal = id
        self._find()

    def sort_by_next(self) -> None:
        order = list(SortColumn)
        self._sort(Sort(order[(order.index(self.sort.column) + 1) % len(order)]))

    def turn_sort(self) -> None:
        self._sort(Sort(self.sort.column, not self.sort.reverse))

    def _sort(self, sort: Sort) -> None:
        self.sort = sort
        self.table.set_sort(sort.column.value, descending=sort.reverse)
        self.reload()

    @on(FilterLine.Changed)
    def _filter_changed(self, message: FilterLine.Changed) -> None:
        message.stop()
        try:
            query = parse(message.value)
        except FilterError as error:
            # The list goes on showing what the last filter that could be understood found.
            self.filter_line.problem = str(error)
            return
        self.filter_line.problem = ""
        if query != self._query:
            self._query = query
            self._to_first = True
            self.reload()

    @on(FilterLine.Kept)
    @on(FilterLine.Leave)
    @on(FilterLine.Cleared)
    def _to_the_list(self, message: Message) -> None:
        message.stop()
        self.table.focus()

    @work(exclusive=True, group="find")
    async def _find(self) -> None:
        before = self.highlighted
        try:
            listing = await self.store.find(self.kind, self._query, self.sort)
            goal = self._goal or (before.id if before else None)
            at = await self.store.position(listing, goal) if goal is not None else None
            if at is None and self._goal is not None and self.filtered:
                self.filter_line.value = ""
                self._query = parse("")
                listing = await self.store.find(self.kind, self._query, self.sort)
                at = await self.store.position(listing, self._goal)
            if at is None and self._goal is not None:
                self.notify(f"{visible(self._goal)} is not in the list.", severity="warning")
        except StorageError as error:
            self.notify(visible(str(error)), severity="error", timeout=8)
            return
        self._goal = None
        await self._show(listing, at)

    async def _show(self, listing: Listing, at: int | None) -> None:
        rows = StoreRows(self.kind, listing, self.marks, self._fetch)
        window = self.table.visible_range()
        if at is not None:
            # The row under the cursor is there before the list is drawn: nothing flickers.
            start = max(0, at - self.table.page)
        else:
            start = max(0, min(window.start, listing.count - self.table.page))
        # A tab that is not on show yet knows nothing of its height: enough for any screen.
        stop = min(listing.count, start + max(2 * self.table.page, AROUND))
        rows.arrived(start, await self.store.rows(self.kind, listing.keys[start:stop]))
        self.rows = rows
        self.total = listing.total
        # Where another filter hides the row under the cursor, the first match is what was looked for.
        self.table.set_source(rows, 0 if at is None and self._to_first else at)
        self._to_first = False
        self._hidden = await self._not_shown(listing)
        self.tell_truth()
        self.post_message(self.Listed())
        self.post_message(self.Highlighted(self, self.highlighted))

    def _fetch(self, start: int, stop: int) -> None:
        if self.rows is not None:
            self._fetch_rows(self.rows, start, stop)

    @work(group="rows")
    async def _fetch_rows(self, rows: StoreRows, start: int, stop: int) -> None:
        found = await self.store.rows(self.kind, rows.listing.keys[start:stop])
        rows.arrived(start, found)
        if rows is self.rows:
            self.table.rows_arrived(start, stop)

    def more_truth(self) -> list[str]:
        """What else there is to say beside the filter."""
        return []

    def tell_truth(self) -> None:
        """Says what is shown: how many of how many, marks, order."""
        shown = self.rows.count if self.rows else 0
        words = [f"{thousands(shown)} of {thousands(self.total)}" if self.filtered else thousands(self.total)]
        if self.marks:
            hidden = len(self.hidden_marks)
            words.append(
                f"{thousands(len(self.marks))} marked" + (f", {thousands(hidden)} hidden" if hidden else "")
            )
        words += self.more_truth()
        words.append(f"{self.sort.column.value} {'↓' if self.sort.reverse else '↑'}")
        self.filter_line.truth = " · ".join(words)

    def show_placeholder(self, text: str) -> None:
        """What stands where there are no rows."""
        self.table.placeholder = Content(text)

    @property
    def hidden_marks(self) -> frozenset[str]:
        """Marked ids that the filter does not show."""
        return self._hidden & self.marks

    async def _not_shown(self, listing: Listing) -> frozenset[str]:
        if not self.marks or not self.filtered:
            return frozenset()
        return frozenset(self.marks - await self.ids_of(listing.keys))

    async def ids_of(self, keys: Sequence[int]) -> set[str]:
        return {row.item.id for row in await self.store.rows(self.kind, keys)}

    # News from the list

    @on(ItemList.Highlighted)
    def _row_highlighted(self, message: ItemList.Highlighted) -> None:
        message.stop()
        self.post_message(self.Highlighted(self, self.highlighted))

    @on(ItemList.Chosen)
    def _row_chosen(self, message: ItemList.Chosen) -> None:
        message.stop()
        self.post_message(self.Chosen(self))
