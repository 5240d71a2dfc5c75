"""The dialog that takes resources away from the selected rows: what it shows is what goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.widgets import Input

from entitree.changes.edits import Dissociate
from entitree.inventory.model import Family, Kind
from entitree.inventory.records import RECORDS
from entitree.text import visible
from entitree.tui.commands.selecting import resource_names
from entitree.tui.modals.dialog import labelled
from entitree.tui.modals.planning import PlanningDialog
from entitree.tui.widgets.columns import Column
from entitree.tui.widgets.entry import Entry
from entitree.tui.widgets.fixed_rows import FixedRows
from entitree.tui.widgets.item_list import ItemList
from entitree.tui.widgets.resource_source import type_words
from entitree.tui.widgets.row_source import thousands
from entitree.tui.widgets.rows import Line
from entitree.tui.widgets.selection import SelectionLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from sqlite3 import Connection

    from textual.widget import Widget

    from entitree.account import Account
    from entitree.changes.plan import Plan
    from entitree.inventory.model import AssociationRow
    from entitree.tui.widgets.selection import Selection


class DissociateDialog(PlanningDialog[Any]):
    """Lists the associations of applications, entities or resources; those on show go into the plan."""

    heading = "Dissociate: what is listed goes, type to list less"
    big = True

    def __init__(
        self, account: Account, kind: Kind | None, selection: Selection[Any], *, done: Callable[[], None]
    ) -> None:
        """`kind` None: resources are selected."""
        super().__init__(account, selection, done=done)
        self._kind = kind
        self._all: list[tuple[AssociationRow, Line, str]] = []
        self._shown: list[AssociationRow] = []

    def fields(self) -> Iterable[Widget]:
        yield SelectionLine()
        yield labelled("Only with", Entry(id="narrow", placeholder="a resource, channel, entity …"))
        yield ItemList(
            (
                Column("Resource", weight=3, minimum=12),
                Column("Type", quiet=True),
                Column("Channel"),
                Column("Application", weight=2, minimum=8),
                Column("Entity", weight=2, minimum=8),
            )
        )

    def on_mount(self) -> None:
        self.query_one("#narrow").focus()
        self._read()

    def selection_changed(self) -> None:
        self._read()

    @work(exclusive=True, group="read")
    async def _read(self) -> None:
        """What the mirror has of the selected rows."""
        names = self.selection.names if self.selection is not None else ()
        store = self.account.store
        if self._kind is not None:
            rows = list((await store.links(self._kind, names)).associations)
        else:
            rows = await store.ask(lambda db: _of_resources(db, names))
        called = await resource_names(store, {(row.resource_type, row.resource_id) for row in rows})
        self._all = []
        for row in rows:
            name = called.get((row.resource_type, row.resource_id), row.resource_id)
            cells = (
                visible(name),
                visible(type_words(row.resource_type)),
                visible(row.channel),
                visible(row.application_id),
                visible(row.entity_id or ""),
            )
            self._all.append(
                (row, Line(repr(row), cells, marked=False, locked=False), " ".join(cells).casefold())
            )
        self._all.sort(key=lambda each: each[1].cells)
        self.check()

    @on(Input.Changed, "#narrow")
    def check(self) -> None:
        words = self.value("narrow").casefold().split()
        kept = [each for each in self._all if all(word in each[2] for word in words)]
        self._shown = [row for row, _, _ in kept]
        self.query_one(ItemList).set_source(FixedRows([line for _, line, _ in kept]), 0)
        if not self._all:
            self.say("No resource is associated, as far as the mirror knows.")
        else:
            of = f" of {thousands(len(self._all))}" if len(kept) < len(self._all) else ""
            self.say(f"{thousands(len(kept))}{of} associations go; the resources themselves stay.")

    @on(ItemList.Chosen)
    def _chosen(self, message: ItemList.Chosen) -> None:
        message.stop()
        self.action_submit()

    async def plan(self) -> Plan | None:
        if not self._shown:
            self.say("Nothing is listed, so nothing would go.", kind="problem")
            return None
        return await self.account.desk.plan([Dissociate(row) for row in self._shown])


def _of_resources(connection: Connection, names: Iterable[tuple[str, str]]) -> list[AssociationRow]:
    record = RECORDS[Family.ASSOCIATIONS]
    rows: list[Any] = []
    for type_, id_ in names:
        rows += record.read(connection, "resource_type = ? AND resource_id = ?", (type_, id_))
    return rows
