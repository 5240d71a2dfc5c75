"""The tab of the applications, or of the entities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.inventory.find import Flag, FlagName
from entitree.inventory.model import Family, Kind, Row
from entitree.text import visible
from entitree.tui.place import Place
from entitree.tui.widgets.item_source import ItemShelf
from entitree.tui.widgets.marking_pane import MarkingPane
from entitree.tui.widgets.row_source import thousands

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entitree.inventory.listing import Listing
    from entitree.inventory.model import Item
    from entitree.inventory.store import Store


class ItemPane(MarkingPane[str, Row]):
    """Applications or entities, or with `orphan` the ids that configurations name and that do not exist."""

    no_new: str | None = None
    """Why nothing can be made here, in a sentence."""

    def __init__(self, kind: Kind, store: Store, *, id: str) -> None:
        super().__init__(ItemShelf(kind, store), id=id)
        self.kind = kind
        self.families = (Family.APPLICATIONS if kind is Kind.APPLICATION else Family.ENTITIES,)
        """What is read for this tab."""
        self._selected: tuple[str, ...] | None = None

    @property
    def item(self) -> Item | None:
        """The application or entity under the cursor, also one that does not exist."""
        return self.row.item if self.row is not None else None

    @property
    def highlighted(self) -> Item | None:
        item = self.item
        return item if item is not None and item.exists else None

    @property
    def place(self) -> Place | None:
        """Where the cursor is."""
        return Place(self.kind, self.item.id) if self.item is not None else None

    @property
    def selected(self) -> tuple[str, ...]:
        """What a command acts on, in any order: the marked ids, or the highlighted one if none is marked."""
        if self._selected is not None:
            return self._selected
        if self.marks:
            # A million of them are gone through once, not with every key.
            self._selected = tuple(self.marks)
            return self._selected
        item = self.highlighted
        return (item.id,) if item else ()

    @property
    def ids_on_screen(self) -> tuple[str, ...]:
        """The ids of the rows on screen, of those that exist."""
        rows = [] if self.rows is None else [self.rows.at(index) for index in self.table.visible_range()]
        return tuple(row.item.id for row in rows if row is not None and row.item.exists)

    @property
    def no_change(self) -> str | None:
        """Why what is selected cannot be changed, in a sentence."""
        if self.marks or self.item is None or self.item.exists:
            return None
        return f"{visible(self.item.id)} does not exist: only configurations name it."

    @property
    def no_mark(self) -> str | None:
        if self.item is not None and not self.item.exists:
            return "What does not exist cannot be marked."
        return super().no_mark

    def marks_changed(self, rows: Sequence[int] | None = None) -> None:
        self._selected = None
        super().marks_changed(rows)

    @property
    def of_missing(self) -> bool:
        """Whether the rows on show are ids that do not exist."""
        return any(
            isinstance(term, Flag) and term.which is FlagName.ORPHAN and not term.negated
            for term in self._shown[0].terms
        )

    def counted(self, listing: Listing) -> str:
        if not self.of_missing:
            return super().counted(listing)
        more = "" if listing.complete else "+"
        return f"{thousands(listing.count)}{more} that {'does' if listing.count == 1 else 'do'} not exist"
