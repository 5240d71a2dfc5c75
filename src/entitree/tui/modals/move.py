"""The dialog that moves all that is tied to one application or entity to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.content import Content
from textual.widgets import Static

from entitree.changes.moving import UNMOVABLE
from entitree.text import visible
from entitree.tui.modals.planning import PlanningDialog
from entitree.tui.widgets.id_field import IdField
from entitree.tui.widgets.row_source import thousands

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from entitree.account import Account
    from entitree.changes.plan import Plan
    from entitree.inventory.model import Item


class MoveDialog(PlanningDialog[str]):
    """Asks where to; what names either is read again for the plan."""

    def __init__(self, account: Account, item: Item) -> None:
        super().__init__(account)
        self._item = item

    def title_text(self) -> str:
        return f"Move what is tied to {visible(self._item.id)}"

    def fields(self) -> Iterable[Widget]:
        yield Static(id="tied")
        kind = self._item.kind
        yield IdField(
            f"To {kind.value}",
            kind,
            self.account.store,
            id="target",
            placeholder="type to find it",
            but=(self._item.id,),
        )
        yield Static(Content(" ".join(UNMOVABLE)), id="unmovable")

    def on_mount(self) -> None:
        self.query_one("#target").focus()
        self._count()

    @work(group="count")
    async def _count(self) -> None:
        links = await self.account.store.links(self._item.kind, (self._item.id,))
        parts = [
            (len(links.associations), "association", "associations"),
            (len(links.strategies), "strategy", "strategies"),
            (len(links.subscriptions), "subscription", "subscriptions"),
            (len(links.numbers), "number", "numbers"),
            (len(links.inbound), "inbound configuration", "inbound configurations"),
            (len(links.keys), "key", "keys"),
        ]
        told = [f"{thousands(count)} {one if count == 1 else many}" for count, one, many in parts if count]
        words = f"Tied to it, as the mirror knows: {', '.join(told) or 'nothing'}."
        self.query_one("#tied", Static).update(Content(words))

    async def plan(self) -> Plan | None:
        target = self.query_one(IdField).value
        if not target:
            self.say("Say where to.", kind="problem")
            return None
        return await self.account.desk.plan_move(self._item.kind, self._item.id, target)
