"""One tab: what was found in the mirror, and the marks on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import work
from textual.message import Message

from entitree.tui.widgets.found_pane import FoundPane

if TYPE_CHECKING:
    from collections.abc import Collection

    from entitree.inventory.model import Kind
    from entitree.inventory.store import Store


class ItemPane(FoundPane):
    """Applications or entities. Marks are ids, so they survive filter, sort and refresh."""

    @dataclass
    class Marked(Message):
        """The marks changed."""

        pane: ItemPane

    def __init__(self, kind: Kind, store: Store, *, id: str) -> None:
        super().__init__(kind, store, id=id)
        self._range_from: str | None = None

    def more_truth(self) -> list[str]:
        return ["range: v ends it"] if self._range_from is not None else []

    def toggle_mark(self) -> None:
        item = self.highlighted
        if item is None:
            return
        self.marks.symmetric_difference_update({item.id})
        self._marks_changed(range(self.table.cursor, self.table.cursor + 1))
        self.table.move_to(self.table.cursor + 1)

    def mark_range(self) -> None:
        item = self.highlighted
        if item is None:
            return
        if self._range_from is None:
            self._range_from = item.id
            self.tell_truth()
        else:
            self._mark_from_to(self._range_from, self.table.cursor)
            self._range_from = None

    def mark_all(self) -> None:
        self._mark_matching(invert=False)

    def invert_marks(self) -> None:
        self._mark_matching(invert=True)

    def clear_marks(self) -> None:
        self.marks.clear()
        self._range_from = None
        self._marks_changed(None)

    def forget_marks(self, ids: Collection[str]) -> None:
        """Takes the marks of `ids` away: they are gone."""
        self.marks.difference_update(ids)
        self._marks_changed(None)

    @work(exclusive=True, group="mark")
    async def _mark_matching(self, *, invert: bool) -> None:
        if self.rows is None:
            return
        matching = await self.ids_of(self.rows.listing.keys)
        if invert:
            self.marks.symmetric_difference_update(matching)
        else:
            self.marks.update(matching)
        self._marks_changed(None)

    @work(exclusive=True, group="mark")
    async def _mark_from_to(self, begin: str, end: int) -> None:
        if self.rows is None:
            return
        keys = self.rows.listing.keys
        at = await self.store.position(self.rows.listing, begin)
        first, last = sorted((end if at is None else at, end))
        self.marks.update(await self.ids_of(keys[first : last + 1]))
        self._marks_changed(None)

    def _marks_changed(self, rows: range | None) -> None:
        self.table.invalidate(rows)
        self.tell_truth()
        self.post_message(self.Marked(self))
