"""The dialog that makes one application or entity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.message import Message

from entitree.changes.edits import Create, check_alias, check_id
from entitree.tui.modals.change import ChangeDialog
from entitree.tui.modals.dialog import labelled
from entitree.tui.widgets.bound import bound
from entitree.tui.widgets.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual import events
    from textual.binding import BindingType
    from textual.widget import Widget

    from entitree.account import Account
    from entitree.inventory.model import Kind


class _IdEntry(Entry):
    """One id; several lines that are pasted are a list."""

    @dataclass
    class Pasted(Message):
        """A text of several lines."""

        text: str

    def _on_paste(self, event: events.Paste) -> None:
        if len(event.text.strip().splitlines()) < 2:
            super()._on_paste(event)
            return
        event.stop()
        event.prevent_default()
        self.post_message(self.Pasted(event.text))


class NewDialog(ChangeDialog[Create]):
    """Asks for id and alias, both checked as they are typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("f3", "to_list", "new-from-list", "Make many, from a list."),
    ]
    submit_label = "Create"

    def __init__(self, kind: Kind, account: Account, *, id: str = "") -> None:
        """`id` is filled in; it holds nothing but what can be typed."""
        super().__init__(account)
        self._kind = kind
        self._filled = id

    def title_text(self) -> str:
        return f"New {self._kind.value} (F3: many from a list)"

    def fields(self) -> Iterable[Widget]:
        yield labelled("Id", _IdEntry(self._filled, id="id", placeholder="fixed for good; a list opens more"))
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

    @on(_IdEntry.Pasted)
    def _pasted(self, message: _IdEntry.Pasted) -> None:
        self._open_list(message.text)

    def action_to_list(self) -> None:
        """Goes on with a list, whose first line is what is typed."""
        typed = "\t".join(filter(None, (self.value("id"), self.value("alias"))))
        self._open_list(f"{typed}\n" if typed else "")

    def _open_list(self, text: str) -> None:
        from entitree.tui.modals.create_many import CreateManyDialog

        app, dialog = self.app, CreateManyDialog(self._kind, self.account, text)
        self.dismiss(None)
        app.call_later(app.push_screen, dialog)
