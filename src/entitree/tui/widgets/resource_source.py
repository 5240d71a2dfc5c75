"""Resources as rows of the list: numbers, senders and domains, and what associations name beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.api.names import DEFAULT_APPLICATION
from entitree.inventory.find import Column as SortColumn
from entitree.inventory.model import ResourceLine
from entitree.text import visible
from entitree.tui.place import ResourceName
from entitree.tui.widgets.columns import Column
from entitree.tui.widgets.row_source import UNKNOWN, Shelf, count
from entitree.tui.widgets.rows import Line

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection, Sequence

    from entitree.inventory.find import Query, Sort
    from entitree.inventory.listing import Listing
    from entitree.inventory.store import Store

NOT_OWNED = "not owned"
UNUSED = "unused"


class ResourceShelf(Shelf[ResourceName, ResourceLine]):
    """Resources, named by type and id. Whether one is owned is told only where that was read."""

    plural = "resources"
    # A narrow screen drops columns from the right. The store sorts resources by type where items are sorted
    # by alias, and by whether they are owned where those are by applications.
    columns = (
        Column("Resource", weight=3, minimum=11, key=SortColumn.ID.value),
        Column("Type", key=SortColumn.ALIAS.value, quiet=True),
        Column("Pairs", align="right", quiet=True),
        Column("State", key=SortColumn.APPLICATIONS.value),
        Column("Own link", weight=2, minimum=12, quiet=True),
        Column("Channels", weight=1, minimum=16, quiet=True),
        Column("Where", weight=2, minimum=16, quiet=True),
    )

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.sorts = {
            SortColumn.ID: "resource",
            SortColumn.ALIAS: "type",
            SortColumn.ASSOCIATIONS: "associations",
            SortColumn.APPLICATIONS: "owned",
        }

    def search(self, query: Query, sort: Sort) -> AsyncGenerator[Listing, None]:
        return self.store.search_resources(query, sort)

    async def window(self, keys: Sequence[int]) -> Sequence[ResourceLine | None]:
        return await self.store.resource_window(keys)

    async def position(self, listing: Listing, name: ResourceName) -> int | None:
        return await self.store.resource_position(listing, *name)

    async def names(self, keys: Sequence[int]) -> Collection[ResourceName]:
        return [self.name(line) for line in await self.store.resource_window(keys) if line is not None]

    def name(self, row: ResourceLine) -> ResourceName:
        return row.resource.type, row.resource.id

    def line(self, row: ResourceLine, *, marked: bool) -> Line:
        resource = row.resource
        return Line(
            key=f"{resource.type} {resource.id}",
            cells=(
                visible(resource.name),
                visible(type_words(resource.type)),
                count(row.pairs),
                self._state(row),
                visible(_link(row)),
                visible(" ".join(row.channels)),
                visible(row.detail),
            ),
            marked=marked,
            locked=False,
            dim=row.owned is False,
        )

    def _state(self, row: ResourceLine) -> str:
        if not row.owned:
            return NOT_OWNED if row.owned is False else ""
        # A number that is linked to nothing is the default application's.
        linked = row.link not in (None, (None, None), (DEFAULT_APPLICATION, None))
        return UNUSED if row.associations == 0 and not linked and not row.inbound else ""


def type_words(constant: str) -> str:
    """The type of a resource as people read it; that it is a resource goes without saying."""
    return constant.removesuffix("_RESOURCE").replace("_", " ").lower()


def _link(row: ResourceLine) -> str:
    if row.link is None:
        return UNKNOWN
    application, entity = row.link
    return " + ".join([application or DEFAULT_APPLICATION, *([entity] if entity else [])])
