"""Rows of the mirror for the list: an order from the store, and the rows around what is on screen."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, TypeVar

from entitree.tui.widgets.rows import LOADING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Collection, Container, Mapping, Sequence

    from entitree.inventory.find import Column as SortColumn, Query, Sort
    from entitree.inventory.listing import Listing
    from entitree.inventory.store import Store
    from entitree.tui.widgets.columns import Column
    from entitree.tui.widgets.rows import Line

AROUND = 100
"""Rows read beyond both ends of what is asked for, so that a held key finds them there."""
KEPT = 2_000
"""Rows kept; the order may be of any length."""

UNKNOWN = "–"

NameT = TypeVar("NameT")
RowT = TypeVar("RowT")


class Shelf(ABC, Generic[NameT, RowT]):
    """One sort of things in the mirror, as a tab lists it: by names that stay, in rows of `columns`."""

    plural: str
    """What they are called in a sentence."""
    columns: tuple[Column, ...]
    """The key of a column is the name of the `SortColumn` it is sorted by."""
    sorts: Mapping[SortColumn, str]
    """What they can be sorted by, in the order of the columns, and what that is called."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @abstractmethod
    def search(self, query: Query, sort: Sort) -> AsyncGenerator[Listing, None]:
        """What matches, as `Store.search`: one listing, yielded again each time it has grown."""

    @abstractmethod
    async def window(self, keys: Sequence[int]) -> Sequence[RowT | None]:
        """The rows of `keys`; None for what has gone since the listing was made."""

    @abstractmethod
    async def position(self, listing: Listing, name: NameT) -> int | None:
        """Index of what is called so, None where it is not in the listing."""

    @abstractmethod
    async def names(self, keys: Sequence[int]) -> Collection[NameT]:
        """What those of `keys` are called that are there still, in any order."""

    @abstractmethod
    def name(self, row: RowT) -> NameT:
        """What it is called."""

    @abstractmethod
    def line(self, row: RowT, *, marked: bool) -> Line:
        """What the list shows of it."""


class StoreRows(Generic[NameT, RowT]):
    """A `RowSource` over one `Listing`, growing with it. `fetch(start, stop)` brings what is missing, to
    `arrived`.
    """

    def __init__(
        self,
        shelf: Shelf[NameT, RowT],
        listing: Listing,
        marks: Container[NameT],
        fetch: Callable[[int, int], None],
    ) -> None:
        self.listing = listing
        self._shelf = shelf
        self._marks = marks
        self._fetch = fetch
        self._rows: dict[int, RowT | None] = {}

    @property
    def count(self) -> int:
        return self.listing.count

    def at(self, index: int) -> RowT | None:
        """The row at `index`, where it is here and there is such a thing still."""
        return self._rows.get(index)

    def row(self, index: int) -> Line | None:
        row = self._rows.get(index)
        if row is not None:
            return self._shelf.line(row, marked=self._shelf.name(row) in self._marks)
        # What has gone keeps its place until the list is found anew: asking again would not bring it.
        return LOADING if index in self._rows else None

    def want(self, start: int, stop: int) -> None:
        self._fetch(max(0, start - AROUND), min(self.count, stop + AROUND))

    def arrived(self, start: int, rows: Sequence[RowT | None]) -> None:
        """Takes in the rows from `start` on."""
        if len(self._rows) + len(rows) > KEPT:
            self._rows.clear()
        self._rows.update(enumerate(rows, start))


def count(number: int | None) -> str:
    """A count in its column: what is unknown is never 0."""
    return UNKNOWN if number is None else str(number)


def thousands(number: int) -> str:
    """`number` with its thousands apart."""
    return f"{number:,}".replace(",", " ")
