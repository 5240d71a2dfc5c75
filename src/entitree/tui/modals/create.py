"""The dialog that makes one application or entity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from entitree.changes.edits import Create, check_alias, check_id
from entitree.tui.modals.change import ChangeDialog
from entitree.tui.modals.dialog import labelled
from entitree.tui.widgets.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from entitree.account import Account
    from entitree.inventory.model import Kind


class NewDialog(ChangeDialog[Create]):
    """Asks for id and alias, both checked as they are typed."""

    submit_label = "Create"

    def __init__(self, kind: Kind, account: Account, *, id: str = "") -> None:
        """`id` is filled in; it holds nothing but what can be typed."""
        super().__init__(account)
        self._kind = kind
        self._filled = id

    def title_text(self) -> str:
        return f"New {self._kind.value}"

    def fields(self) -> Iterable[Widget]:
        yield labelled("Id", Entry(self._filled, id="id", placeholder="fixed for good"))
        yield labelled("Alias", Entry(id="alias", placeholder="optional"))

    def check(self) -> None:
        if self.value("id") or self.value("alias"):
            self._check(self.value("id"), self.value("alias"))
        else:
            self.say("")

    @work(exclusive=True, group="check")
    async def _check(self, id: str, alias: str) -> None:
        taken = await self.account.store.items(self._kind, (id,)) if id else {}
        self.say_findings([*check_id(self._kind, id, taken), *check_alias(alias)])

    def submit(self) -> None:
        self.send(Create(self._kind, self.value("id"), self.value("alias") or None))
