"""A field for the id of an application or entity, which finds what is there while one types."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.containers import Vertical
from textual.widgets import Input

from entitree.inventory.find import Field, Query, Sort, Term
from entitree.text import typed, visible
from entitree.tui.modals.dialog import labelled
from entitree.tui.widgets.bound import bound
from entitree.tui.widgets.columns import Column
from entitree.tui.widgets.entry import Entry
from entitree.tui.widgets.fixed_rows import FixedRows
from entitree.tui.widgets.item_list import ItemList
from entitree.tui.widgets.rows import Line

if TYPE_CHECKING:
    from collections.abc import Container

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from entitree.inventory.model import Item, Kind
    from entitree.inventory.store import Store

OFFERED = 5
"""Ids that stand below the field at a time."""


class IdEntry(Entry):
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("down", "offer(1)", "offer-next", "Take the next id that fits what is typed."),
        bound("up", "offer(-1)", "offer-previous", "Take the id before that."),
    ]

    def action_offer(self, by: int) -> None:
        for above in self.ancestors:
            if isinstance(above, IdField):
                above.move(by)


class IdField(Vertical):
    """What is typed is looked for in ids and aliases; Down chooses among what is found, Enter takes it."""

    DEFAULT_CSS = """
    IdField {
        height: auto;
        ItemList { height: auto; max-height: 6; margin-left: 14; display: none; background: $surface; }
        &.-offering:focus-within ItemList { display: block; }
    }
    """

    def __init__(
        self,
        label: str,
        kind: Kind,
        store: Store,
        *,
        id: str,
        value: str = "",
        placeholder: str = "",
        but: Container[str] = (),
    ) -> None:
        """`value` is there from the start; of ids in `but` none is offered."""
        super().__init__(id=f"{id}-field")
        self._label = label
        self.kind = kind
        self._store = store
        self._but = but
        self._entry = IdEntry(value, id=id, placeholder=placeholder)
        self._chosen = False
        self._found: list[Item] = []

    def compose(self) -> ComposeResult:
        yield labelled(self._label, self._entry)
        yield ItemList((Column("Id", weight=3, minimum=12), Column("Alias", weight=2, minimum=6, quiet=True)))

    def on_mount(self) -> None:
        self.query_one(ItemList).can_focus = False

    @property
    def value(self) -> str:
        """What is typed."""
        return self._entry.value

    def move(self, by: int) -> None:
        """Chooses another of what is found."""
        rows = self.query_one(ItemList)
        if not self.has_class("-offering"):
            self.look()
        elif not self._chosen and by > 0:
            self._chosen = True
            rows.refresh()
        else:
            rows.move_to(rows.cursor + by)

    @on(Input.Changed)
    def look(self) -> None:
        """Looks for what is typed."""
        self._chosen = False
        self._look(self.value)

    @work(exclusive=True, group="look")
    async def _look(self, text: str) -> None:
        found: list[Item] = []
        if text.strip():
            exact = await self._store.item(self.kind, text)
            found = [exact] if exact is not None else []
        terms = (Term(Field.ANYWHERE, text.strip().casefold()),) if text.strip() else ()
        async with aclosing(self._store.search(self.kind, Query(terms), Sort())) as growing:
            async for listing in growing:
                rows = await self._store.rows(self.kind, listing.keys[: 4 * OFFERED])
                found += [row.item for row in rows if row.item not in found]
                break
        self._found = [each for each in found if each.id not in self._but and typed(each.id) == each.id]
        self.set_class(bool(self._found) and [each.id for each in self._found] != [text], "-offering")
        lines = [
            Line(each.id, (visible(each.id), visible(each.alias or "")), marked=False, locked=False)
            for each in self._found
        ]
        self.query_one(ItemList).set_source(FixedRows(lines), 0)

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        """Takes what was chosen, or completes what is no id by itself; else Enter is for the form."""
        exact = any(each.id == self.value for each in self._found)
        if self.has_class("-offering") and self._found and (self._chosen or (self.value and not exact)):
            message.stop()
            self._take()

    @on(ItemList.Chosen)
    def _clicked(self, message: ItemList.Chosen) -> None:
        message.stop()
        self._take()

    def _take(self) -> None:
        at = self.query_one(ItemList).cursor
        if at < len(self._found):
            self._entry.value = self._found[at].id
            self._entry.cursor_position = len(self._entry.value)
        self._chosen = False
        self.remove_class("-offering")
