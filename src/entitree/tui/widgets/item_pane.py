"""The tab of the applications, or of the entities."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from textual import work

from entitree.inventory.find import Flag, FlagName, Query, Sort
from entitree.inventory.model import Family, Kind, Row
from entitree.inventory.subjects import ItemTies
from entitree.text import visible
from entitree.tui.place import Place
from entitree.tui.widgets.bound import said
from entitree.tui.widgets.item_source import ItemShelf
from entitree.tui.widgets.marking_pane import MarkingPane
from entitree.tui.widgets.row_source import thousands

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from entitree.inventory.listing import Listing
    from entitree.inventory.model import Item
    from entitree.inventory.store import Store

_MISSING = Query((Flag(FlagName.ORPHAN),))


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
        self._ghosts: set[str] = set()

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
        """What a command acts on, in any order: the marked ids that exist, or the highlighted one if none is
        marked.
        """
        if self._selected is not None:
            return self._selected
        if self.marks:
            # A million of them are gone through once, not with every key.
            self._selected = tuple(self.marks - self._ghosts if self._ghosts else self.marks)
            return self._selected
        item = self.highlighted
        return (item.id,) if item else ()

    @property
    def looked_at(self) -> tuple[str, ...]:
        """The ids whose ties are shown: as `selected`, and those that do not exist."""
        if not self.marks:
            return (self.item.id,) if self.item is not None else ()
        return (*self.selected, *self.ghosts)

    @property
    def subject(self) -> ItemTies | None:
        """What the tree shows."""
        ids = self.looked_at
        return ItemTies(self.kind, ids) if ids else None

    @property
    def ghosts(self) -> frozenset[str]:
        """What is marked and does not exist: only configurations name it."""
        return frozenset(self._ghosts & self.marks)

    @property
    def hidden_marks(self) -> frozenset[str]:
        return super().hidden_marks - self._ghosts

    @property
    def ids_on_screen(self) -> tuple[str, ...]:
        """The ids of the rows on screen, of those that exist."""
        rows = [] if self.rows is None else [self.rows.at(index) for index in self.table.visible_range()]
        return tuple(row.item.id for row in rows if row is not None and row.item.exists)

    @property
    def no_change(self) -> str | None:
        """Why what is selected cannot be changed, in a sentence."""
        if self.marks:
            return None if self.selected else self.left_out
        if self.item is None or self.item.exists:
            return None
        make = said("new", "n")
        return f"{visible(self.item.id)} does not exist: only configurations name it. {make} makes it."

    @property
    def left_out(self) -> str | None:
        """Which of the marks no command can act on, and why, in a sentence."""
        ghosts, marks = len(self.ghosts), len(self.marks)
        if not ghosts:
            return None
        if ghosts == marks:
            only = "Nothing that is marked exists: only configurations name it."
            return f"{only} {said('new', 'n')} makes the highlighted one."
        does, is_ = ("does", "is") if ghosts == 1 else ("do", "are")
        return f"{thousands(ghosts)} of {thousands(marks)} marked ids {does} not exist and {is_} left out."

    def names_marked(self, names: Collection[str], found_by: Query) -> None:
        # Of what a search finds either all exist or none.
        if _of_missing(found_by):
            self._ghosts.update(names)
        elif self._ghosts:
            self._ghosts.difference_update(names)

    def marks_changed(self, rows: Sequence[int] | None = None) -> None:
        self._selected = None
        super().marks_changed(rows)

    def listing_changed(self, listing: Listing) -> None:
        super().listing_changed(listing)
        if self._ghosts:
            self._look_for_ghosts()

    @work(exclusive=True, group="ghosts")
    async def _look_for_ghosts(self) -> None:
        """Whatever was made meanwhile exists now."""
        there = await self.shelf.store.items(self.kind, self.ghosts)
        if there:
            self._ghosts.difference_update(there)
            self.marks_changed()

    async def filter_showing(self, name: str) -> str:
        async with aclosing(self.shelf.search(_MISSING, Sort())) as growing:
            async for listing in growing:
                if listing.complete:
                    at = await self.shelf.position(listing, name)
                    return "" if at is None else FlagName.ORPHAN.value
        return ""

    @property
    def of_missing(self) -> bool:
        """Whether the rows on show are ids that do not exist."""
        return _of_missing(self._shown[0])

    def counted(self, listing: Listing) -> str:
        if not self.of_missing:
            return super().counted(listing)
        more = "" if listing.complete else "+"
        return f"{thousands(listing.count)}{more} that {'does' if listing.count == 1 else 'do'} not exist"


def _of_missing(query: Query) -> bool:
    return any(
        isinstance(term, Flag) and term.which is FlagName.ORPHAN and not term.negated for term in query.terms
    )
