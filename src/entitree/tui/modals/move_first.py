"""The dialog that asks where everything goes that is tied to what will be deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from entitree.changes.moving import UNMOVABLE
from entitree.tui.modals.planning import PlanningDialog
from entitree.tui.widgets.id_field import IdField
from entitree.tui.widgets.row_source import thousands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textual.widget import Widget

    from entitree.account import Account
    from entitree.changes.impact import Impact
    from entitree.changes.plan import Plan
    from entitree.inventory.model import Kind


class MoveFirstDialog(PlanningDialog[str]):
    """Asks for one that stays; the plan ties everything to it, and deletes what has nothing left."""

    heading = "Move everything first, then delete"

    def __init__(
        self,
        account: Account,
        kind: Kind,
        ids: Sequence[str],
        impact: Impact,
        *,
        handed_in: Callable[[int], None],
    ) -> None:
        super().__init__(account, handed_in=handed_in)
        self._kind = kind
        self._ids = tuple(ids)
        self._impact = impact

    def fields(self) -> Iterable[Widget]:
        touched = len(self._impact.removals) + len(self._impact.resets) + len(self._impact.stops)
        yield Static(Content(f"{thousands(touched)} things are tied to what is deleted."), id="tied")
        yield IdField(
            f"To {self._kind.value}",
            self._kind,
            self.account.store,
            id="target",
            placeholder="type to find it",
            but=self._ids,
        )
        yield Static(Content(" ".join(UNMOVABLE)), id="unmovable")

    def on_mount(self) -> None:
        self.query_one("#target").focus()

    async def plan(self) -> Plan | None:
        target = self.query_one(IdField).value
        if not target:
            self.say("Say where to.", kind="problem")
            return None
        return await self.account.desk.plan_delete(self._kind, self._ids, self._impact, move_to=target)
