"""Rows of the mirror for the list: an order from the store, and the rows around what is on screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.api.names import DEFAULT_APPLICATION
from entitree.inventory.model import Kind
from entitree.text import visible
from entitree.tui.widgets.item_list import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from entitree.inventory.find import Listing
    from entitree.inventory.model import Item, Row

AROUND = 100
"""Rows read beyond both ends of what is asked for, so that a held key finds them there."""
KEPT = 2_000
"""Rows kept; the order may be of any length."""

UNKNOWN = "–"


class StoreRows:
    """A `RowSource` over one `Listing`. `fetch(start, stop)` brings what is missing, to `arrived`."""

    def __init__(
        self, kind: Kind, listing: Listing, marks: Container[str], fetch: Callable[[int, int], None]
    ) -> None:
        self.listing = listing
        self._kind = kind
        self._marks = marks
        self._fetch = fetch
        self._rows: dict[int, Row] = {}

    @property
    def count(self) -> int:
        return self.listing.count

    def item(self, index: int) -> Item | None:
        """The application or entity at `index`, where it is here."""
        row = self._rows.get(index)
        return row.item if row else None

    def row(self, index: int) -> Line | None:
        row = self._rows.get(index)
        if row is None:
            return None
        item = row.item
        return Line(
            key=item.id,
            cells=(
                visible(item.id),
                visible(item.alias or ""),
                _count(row.applications),
                _count(row.associations),
                _count(row.configurations),
            ),
            marked=item.id in self._marks,
            locked=self._kind is Kind.APPLICATION and item.id == DEFAULT_APPLICATION,
            dim=not item.addressable,
        )

    def want(self, start: int, stop: int) -> None:
        self._fetch(max(0, start - AROUND), min(self.count, stop + AROUND))

    def arrived(self, start: int, rows: Sequence[Row]) -> None:
        """Takes in the rows from `start` on."""
        if len(self._rows) + len(rows) > KEPT:
            self._rows.clear()
        self._rows.update(enumerate(rows, start))


def _count(number: int | None) -> str:
    return UNKNOWN if number is None else str(number)
