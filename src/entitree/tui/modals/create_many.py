"""The dialog that makes many applications or entities from a pasted or opened list."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.widgets import Input

from entitree.changes.edits import Create
from entitree.changes.edits.lists import Verb, read_list
from entitree.changes.edits.tables import LineError, decoded
from entitree.errors import UsageError
from entitree.text import visible
from entitree.tui.modals.dialog import labelled
from entitree.tui.modals.planning import PlanningDialog
from entitree.tui.pace import Pace
from entitree.tui.widgets.bound import bound
from entitree.tui.widgets.entry import Entry
from entitree.tui.widgets.item_source import PLURAL
from entitree.tui.widgets.pasted_list import PastedList
from entitree.tui.widgets.row_source import thousands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.binding import BindingType
    from textual.widget import Widget

    from entitree.account import Account
    from entitree.changes.plan import Plan
    from entitree.inventory.model import Kind

LARGEST = 5_000_000
"""Bytes of a file that is opened here; for more there is `entitree create`."""


class CreateManyDialog(PlanningDialog[str]):
    """A list to paste, type or open. What is wrong stands beside it by line, the rest goes into the plan."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("f3", "to_file", "new-from-file", "Open a file with the list."),
    ]
    big = True

    def __init__(
        self, kind: Kind, account: Account, text: str = "", *, done: Callable[[], None] | None = None
    ) -> None:
        super().__init__(account, done=done)
        self._kind = kind
        self._begun_with = text
        self._pace = Pace()
        self._good: list[Create] = []
        self._looked_at: str | None = None

    def title_text(self) -> str:
        return f"New {PLURAL[self._kind]} from a list: an id a line, or CSV, TSV or JSON with aliases"

    def fields(self) -> Iterable[Widget]:
        yield labelled("File (F3)", Entry(id="file", placeholder="a path to open, or paste below"))
        yield PastedList(self._begun_with)

    def on_mount(self) -> None:
        self.query_one(PastedList).open()

    def action_to_file(self) -> None:
        self.set_focus(self.query_one("#file"))

    # Opening

    @on(Input.Submitted, "#file")
    def _opened(self, message: Input.Submitted) -> None:
        message.stop()
        if message.value.strip():
            self._open(message.value.strip())

    @work(exclusive=True, group="open")
    async def _open(self, name: str) -> None:
        try:
            text = await asyncio.to_thread(_content, name)
        except OSError as error:
            why = error.strerror or type(error).__name__
            self.say(f"{visible(name)} could not be opened: {why}.", kind="problem")
            return
        except UsageError as error:
            self.complain(error)
            return
        pasted = self.query_one(PastedList)
        pasted.put(text)
        pasted.open()

    # Checking

    @on(PastedList.Changed)
    def _changed(self) -> None:
        self.check()

    def check(self) -> None:
        self._look()

    @work(exclusive=True, group="look")
    async def _look(self) -> None:
        await self._pace.rest()
        with self._pace.work():
            await self._read(self.query_one(PastedList).text)

    async def _read(self, text: str) -> None:
        """Takes the text apart, and looks which ids are taken."""
        listed = await asyncio.to_thread(read_list, Verb.CREATE, text, self._kind)
        wanted = [edit for edit in listed.edits if isinstance(edit, Create)]
        there = await self.account.store.items(self._kind, [edit.id for edit in wanted])
        taken = [
            LineError(line, f"There is already an {self._kind.value} “{visible(edit.id)}”.")
            for edit, line in zip(wanted, listed.lines, strict=True)
            if edit.id in there
        ]
        errors = sorted((*listed.errors, *taken), key=lambda each: each.line)
        self._good = [edit for edit in wanted if edit.id not in there]
        self._looked_at = text
        self.query_one(PastedList).show_errors(errors)
        if not text.strip():
            self.say("")
            return
        wrong = (
            f"; {thousands(len(errors))} {'line' if len(errors) == 1 else 'lines'} cannot be"
            if errors
            else ""
        )
        self.say(
            f"{listed.understood}. {thousands(len(self._good))} to make{wrong}.",
            kind="warning" if errors else "",
        )

    async def plan(self) -> Plan | None:
        text = self.query_one(PastedList).text
        if text != self._looked_at:
            await self._read(text)
        if not self._good:
            self.say("The list has nothing that can be made.", kind="problem")
            return None
        return await self.account.desk.plan(self._good)


def _content(name: str) -> str:
    with Path(name).expanduser().open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise UsageError(
            f"{visible(name)} is larger than {thousands(LARGEST)} bytes.",
            hint="entitree create reads larger ones.",
        )
    return decoded(content)
