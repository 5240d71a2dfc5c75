"""The dialog that gives one application or entity another alias."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from entitree.changes.edits import Alias, check_alias
from entitree.text import visible
from entitree.tui.modals.change import ChangeDialog
from entitree.tui.modals.dialog import labelled
from entitree.tui.widgets.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from entitree.account import Account
    from entitree.inventory.model import Item


class AliasDialog(ChangeDialog[Alias]):
    """Asks for an alias. An empty one removes it."""

    submit_label = "Save"

    def __init__(self, item: Item, account: Account) -> None:
        super().__init__(account)
        self._item = item
        self._shown = visible(item.alias or "")

    def title_text(self) -> str:
        return f"Alias of {self._item.kind.value}"

    def fields(self) -> Iterable[Widget]:
        yield Static(Content(visible(self._item.id)), id="whole-id")
        yield labelled("Alias", Entry(id="alias", value=self._shown, placeholder="none"))

    def check(self) -> None:
        if self._shown != (self._item.alias or "") and self.value("alias") == self._shown:
            self.say(
                "It holds characters that cannot be shown; saved, it would be as you see it.", kind="warning"
            )
        else:
            self.say_findings(check_alias(self.value("alias")))

    def submit(self) -> None:
        edit = Alias(self._item.kind, self._item.id, self.value("alias") or None)
        if edit.alias == self._item.alias:
            self.say("That is the alias it has.")
        else:
            self.send(edit)
