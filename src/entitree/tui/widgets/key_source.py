"""API keys as rows of the list: what they are bound to, whether they may be used and until when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from entitree.inventory.find import Column as SortColumn
from entitree.inventory.model import KeyRow
from entitree.text import visible
from entitree.tui.widgets.columns import Column
from entitree.tui.widgets.row_source import UNKNOWN, Shelf, count
from entitree.tui.widgets.rows import Line

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection, Sequence

    from entitree.inventory.find import Query, Sort
    from entitree.inventory.listing import Listing
    from entitree.inventory.model import LinkRow
    from entitree.inventory.store import Store

ENABLED, DISABLED, EXPIRED = "enabled", "disabled", "expired"
UNBOUND = "nothing: it may do everything it has scopes for"


class KeyShelf(Shelf[str, KeyRow]):
    """API keys, named by their ids."""

    plural = "keys"
    # A narrow screen drops columns from the right. The store sorts keys by how long they are valid where
    # items are sorted by alias, and by whether they are enabled where those are by applications.
    columns = (
        Column("Key", weight=2, minimum=12, key=SortColumn.ID.value),
        Column("State", key=SortColumn.APPLICATIONS.value),
        Column("Until", key=SortColumn.ALIAS.value, quiet=True),
        Column("Links", align="right", key=SortColumn.ASSOCIATIONS.value, quiet=True),
        Column("Bound to", weight=3, minimum=12),
        Column("Id", quiet=True),
    )

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.sorts = {
            SortColumn.ID: "name",
            SortColumn.APPLICATIONS: "enabled",
            SortColumn.ALIAS: "until",
            SortColumn.ASSOCIATIONS: "links",
        }

    def search(self, query: Query, sort: Sort) -> AsyncGenerator[Listing, None]:
        return self.store.search_keys(query, sort)

    async def window(self, keys: Sequence[int]) -> Sequence[KeyRow | None]:
        return await self.store.key_window(keys)

    async def position(self, listing: Listing, name: str) -> int | None:
        return await self.store.key_position(listing, name)

    async def names(self, keys: Sequence[int]) -> Collection[str]:
        return [row.id for row in await self.store.key_window(keys) if row is not None]

    def name(self, row: KeyRow) -> str:
        return row.id

    def line(self, row: KeyRow, *, marked: bool) -> Line:
        state = state_of(row)
        return Line(
            key=row.id,
            cells=(
                visible(row.name),
                state,
                visible(until(row)),
                count(len(row.links)),
                visible(", ".join(map(bound, row.links)) or UNBOUND),
                visible(row.id),
            ),
            marked=marked,
            locked=False,
            dim=state != ENABLED,
        )


def bound(link: LinkRow) -> str:
    """A link in words; raw text."""
    pair = " + ".join(filter(None, (link.application_id, link.entity_id)))
    return f"{pair} {link.action}" if link.action else pair


def state_of(row: KeyRow) -> str:
    """Whether it may be used."""
    if not row.enabled:
        return DISABLED
    end = _end(row.valid_to)
    return EXPIRED if end is not None and end < datetime.now(UTC) else ENABLED


def until(row: KeyRow) -> str:
    """The day on which it ends; raw text where that is no time."""
    if row.valid_to is None:
        return UNKNOWN
    end = _end(row.valid_to)
    return row.valid_to if end is None else end.date().isoformat()


def _end(text: str | None) -> datetime | None:
    try:
        end = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return end if end.tzinfo is not None else end.replace(tzinfo=UTC)
