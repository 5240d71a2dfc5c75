"""The list over the mirror: what was looked for, in order, the cursor staying on its item.

A search yields one listing that grows. What was typed is answered with the first screenful, and the rest only
makes the count grow. Where the list is found anew without anybody having typed (the mirror changed, another
order), the old rows stay until the item under the cursor is found, so that nothing jumps.
"""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from textual import work

from entitree.errors import StorageError
from entitree.inventory.find import FilterError
from entitree.text import visible
from entitree.tui.pace import Pace
from entitree.tui.widgets.item_source import PLURAL
from entitree.tui.widgets.list_pane import ListPane, Until
from entitree.tui.widgets.row_source import AROUND, NameT, RowT, Shelf, StoreRows, thousands
from entitree.tui.widgets.seeker import Seeker

if TYPE_CHECKING:
    from textual.worker import Worker

    from entitree.inventory.listing import Listing

__all__ = ["PLURAL", "FoundPane", "thousands"]


class FoundPane(ListPane[NameT, RowT]):
    """What a `Shelf` holds, found and sorted. What is marked it shows; `MarkingPane` marks."""

    def __init__(self, shelf: Shelf[NameT, RowT], *, id: str) -> None:
        super().__init__(shelf, id=id)
        self._shown_revision = -1
        self._pace = Pace()
        self._finding: Worker[None] | None = None

    @property
    def outdated(self) -> bool:
        """Whether the mirror has changed since the rows on show were looked for."""
        return self._shown_revision != self.shelf.store.revision

    def reload(self) -> None:
        """Asks the mirror again where it has changed, as soon as that is due; the cursor stays on its item.

        A pane that is not on show waits until it is.
        """
        if self.outdated and self.display and (self._finding is None or self._finding.is_finished):
            self.find(Until.WHOLE if self.rows is not None else Until.FIRST, rest=True)

    def go_to(self, name: NameT) -> None:
        """Puts the cursor on what is called so. A filter that hides it gives way to one that shows it."""
        self._goal = name
        self.find(Until.FOUND)

    def find(self, until: Until, *, rest: bool = False) -> None:
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

    async def filter_showing(self, name: NameT) -> str:
        """The filter under which `name` is listed; empty where it needs none, or is nowhere."""
        return ""

    async def _search(self, until: Until, *, last: bool = False) -> None:
        """`last`: where the goal is not listed either, it is nowhere."""
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
                hidden = at is None and self._goal is not None and listing.complete and not last
                if hidden:
                    break
                shown = at is not None or listing.complete or until is Until.FIRST or not self._aims
                if shown:
                    to_first = until is Until.FIRST and self._goal is None
                    await self._show(seeker, listing, at, to_first=to_first)
                    self._shown, self._shown_revision = (query, sort), revision
                    self._told_rows(listing)
        if hidden and self._goal is not None:
            self._set_filter(await self.filter_showing(self._goal))
            await self._search(until, last=True)

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
        page, head = self.table.page, rows.listing.head
        if at == 0 and min(page, rows.count) <= len(head):
            # Nobody has looked further, and a search takes them along.
            rows.arrived(0, head)
            return
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
