"""Marks on what was found. Marks are names, so they survive filter, sort and refresh."""

from __future__ import annotations

from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import work
from textual.message import Message

from entitree.inventory.find import Query
from entitree.tui.pace import Pace
from entitree.tui.widgets.found_pane import FoundPane
from entitree.tui.widgets.row_source import NameT, RowT, Shelf, StoreRows, thousands

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterator, Sequence

    from entitree.inventory.listing import Listing

_AT_ONCE = 20_000
"""Names read in one go: in between, rows that are wanted on screen are read."""


class MarkingPane(FoundPane[NameT, RowT]):
    """A tab whose rows can be marked, one or a million."""

    @dataclass
    class Marked(Message):
        """The marks changed."""

        pane: MarkingPane[Any, Any]

    def __init__(self, shelf: Shelf[NameT, RowT], *, id: str) -> None:
        super().__init__(shelf, id=id)
        self._range_from: NameT | None = None
        self._marking = False
        self._hidden: set[NameT] = set()
        self._hidden_in: StoreRows[NameT, RowT] | None = None
        self._hidden_by = Query()
        self._pace_of_hidden = Pace()

    @property
    def no_mark(self) -> str | None:
        """Why the row under the cursor cannot be marked, in a sentence; None where it can."""
        return None if self.row is not None else "There is no row to mark."

    @property
    def hidden_marks(self) -> frozenset[NameT]:
        """What is marked and not shown by the filter, as far as that was counted: see `count_hidden`."""
        return frozenset(self._hidden)

    @property
    def hidden_counted(self) -> bool:
        """Whether `hidden_marks` tells of the rows on show."""
        return self._hidden_in is self.rows

    def more_truth(self) -> list[str]:
        words = []
        if self.marks:
            hidden = f", {thousands(len(self._hidden))} hidden" if self._hidden else ""
            words.append(f"{thousands(len(self.marks))} marked{hidden}")
        if self._marking:
            words.append("marking …")
        if self._range_from is not None:
            words.append("range: v ends it")
        return words

    def toggle_mark(self) -> None:
        row = self.row
        if row is None:
            return
        name = {self.shelf.name(row)}
        self.marks.symmetric_difference_update(name)
        self.names_marked(name, self._shown[0])
        self.marks_changed([self.table.cursor])
        self.table.move_to(self.table.cursor + 1)

    def mark_range(self) -> None:
        row = self.row
        if row is None or self.rows is None:
            return
        if self._range_from is None:
            self._range_from = self.shelf.name(row)
            self.tell_truth()
        else:
            begin, self._range_from = self._range_from, None
            self._mark_from_to(begin, self.shelf.name(row))

    def mark_all(self) -> None:
        self._mark_matching(invert=False)

    def invert_marks(self) -> None:
        self._mark_matching(invert=True)

    def clear_marks(self) -> None:
        self.marks.clear()
        self._hidden.clear()
        self._hidden_in = self.rows
        self._range_from = None
        self.marks_changed()

    def forget_marks(self, names: Collection[NameT]) -> None:
        """Takes the marks of `names` away: they are gone."""
        self.marks.difference_update(names)
        self._hidden.difference_update(names)
        self.marks_changed()

    def names_marked(self, names: Collection[NameT], found_by: Query) -> None:
        """`names`, which match `found_by`, were marked or lost their mark; `marks_changed` follows."""

    def marks_changed(self, rows: Sequence[int] | None = None) -> None:
        """Says so; `rows` are where it is to be seen, None is everywhere.

        What is hidden stays as it is: only what matches the filter is marked, or loses its mark by itself.
        """
        self.table.invalidate(rows)
        self.tell_truth()
        self.post_message(self.Marked(self))

    async def count_hidden(self) -> None:
        """Finds which of the marks the filter does not show. Reads the names of all that match."""
        while not self.hidden_counted:
            rows = self.rows
            hidden = set(self.marks)
            async for names in self._names(await self._whole()):
                hidden.difference_update(names)
                if not hidden:
                    break
            if rows is self.rows:
                self._hidden, self._hidden_in = hidden & self.marks, rows

    def listing_changed(self, listing: Listing) -> None:
        query = self._shown[0]
        if query != self._hidden_by:
            self._hidden.clear()
            self._hidden_by = query
        if not self.marks or not self.filtered:
            self._hidden.clear()
            self._hidden_in = self.rows
        elif listing.complete:
            self._count_hidden()

    @work(exclusive=True, group="hidden")
    async def _count_hidden(self) -> None:
        await self._pace_of_hidden.rest()
        with self._pace_of_hidden.work():
            await self.count_hidden()
        self.tell_truth()

    @work(exclusive=True, group="mark")
    async def _mark_matching(self, *, invert: bool) -> None:
        query = self._shown[0]
        with self._saying_so():
            matching = await self._all_names(await self._whole())
        self.names_marked(matching, query)
        if invert:
            self.marks.symmetric_difference_update(matching)
        else:
            self.marks.update(matching)
        self.marks_changed()

    @work(exclusive=True, group="mark")
    async def _mark_from_to(self, begin: NameT, end: NameT) -> None:
        query = self._shown[0]
        with self._saying_so():
            whole = await self._whole()
            ends = [await self.shelf.position(whole, name) for name in (begin, end)]
            # Where the filter hides one end by now, the other is all there is.
            shown = sorted(at for at in ends if at is not None)
            if not shown:
                return
            names = await self._all_names(whole, shown[0], shown[-1])
        self.names_marked(names, query)
        self.marks.update(names)
        self.marks_changed()

    @contextmanager
    def _saying_so(self) -> Iterator[None]:
        self._marking = True
        self.tell_truth()
        try:
            yield
        finally:
            self._marking = False
            self.tell_truth()

    async def _whole(self) -> Listing:
        """All that matches what the rows on show match."""
        if self.rows is not None and self.rows.listing.complete:
            return self.rows.listing
        async with aclosing(self.shelf.search(*self._shown)) as growing:
            *_, listing = [each async for each in growing]
        return listing

    async def _all_names(self, listing: Listing, first: int = 0, last: int | None = None) -> set[NameT]:
        found: set[NameT] = set()
        async for names in self._names(listing, first, last):
            found.update(names)
        return found

    async def _names(
        self, listing: Listing, first: int = 0, last: int | None = None
    ) -> AsyncIterator[Collection[NameT]]:
        """Names from index `first` to `last`, which is taken in, piece by piece."""
        stop = listing.count if last is None else last + 1
        for start in range(first, stop, _AT_ONCE):
            yield await self.shelf.names(listing.keys[start : min(stop, start + _AT_ONCE)])
