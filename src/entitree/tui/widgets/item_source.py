"""Applications or entities as rows of the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.api.names import DEFAULT_APPLICATION
from entitree.inventory.find import Column as SortColumn
from entitree.inventory.model import Kind, Row
from entitree.text import visible
from entitree.tui.widgets.columns import Column
from entitree.tui.widgets.row_source import Shelf, count
from entitree.tui.widgets.rows import Line

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection, Sequence

    from entitree.inventory.find import Query, Sort
    from entitree.inventory.listing import Listing
    from entitree.inventory.store import Store

PLURAL = {Kind.APPLICATION: "applications", Kind.ENTITY: "entities"}
MISSING = "does not exist"
"""Stands for the alias of an id that configurations name and that is not there."""


class ItemShelf(Shelf[str, Row]):
    """Applications or entities, named by their ids."""

    def __init__(self, kind: Kind, store: Store) -> None:
        super().__init__(store)
        self.kind = kind
        self.plural = PLURAL[kind]
        self.columns = columns(kind)
        self.sorts = {
            **{column: column.value for column in SortColumn},
            SortColumn.APPLICATIONS: PLURAL[kind.other],
        }

    def search(self, query: Query, sort: Sort) -> AsyncGenerator[Listing, None]:
        return self.store.search(self.kind, query, sort)

    async def window(self, keys: Sequence[int]) -> Sequence[Row | None]:
        return await self.store.window(self.kind, keys)

    async def position(self, listing: Listing, name: str) -> int | None:
        return await self.store.position(listing, name)

    async def names(self, keys: Sequence[int]) -> Collection[str]:
        return await self.store.ids(self.kind, keys)

    def name(self, row: Row) -> str:
        return row.item.id

    def line(self, row: Row, *, marked: bool) -> Line:
        item = row.item
        return Line(
            key=item.id,
            cells=(
                visible(item.id),
                visible(item.alias or "") if item.exists else MISSING,
                count(row.applications),
                count(row.associations),
                count(row.configurations),
            ),
            marked=marked,
            locked=self.kind is Kind.APPLICATION and item.id == DEFAULT_APPLICATION,
            dim=not (item.addressable and item.exists),
        )


def columns(kind: Kind) -> tuple[Column, ...]:
    """The columns of a tab."""
    other = "Ents" if kind is Kind.APPLICATION else "Apps"
    return (
        Column("ID", weight=3, minimum=12, key=SortColumn.ID.value),
        Column("Alias", weight=2, minimum=6, key=SortColumn.ALIAS.value),
        Column(other, align="right", key=SortColumn.APPLICATIONS.value, quiet=True),
        Column("Assoc", align="right", key=SortColumn.ASSOCIATIONS.value, quiet=True),
        Column("Conf", align="right", key=SortColumn.CONFIGURATIONS.value, quiet=True),
    )
