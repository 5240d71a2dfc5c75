"""Resources named by a pasted list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work

from entitree.changes.edits.tables import LineError
from entitree.inventory.resource_reading import called
from entitree.text import visible
from entitree.tui.modals.dialog import Dialog
from entitree.tui.widgets.pasted_list import PastedList
from entitree.tui.widgets.resource_source import type_words
from entitree.tui.widgets.row_source import thousands

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from entitree.inventory.model import Resource
    from entitree.inventory.store import Store
    from entitree.tui.place import ResourceName


class ResourceListDialog(Dialog["frozenset[ResourceName] | None"]):
    """Answers with the resources that a text names, one a line; what it does not find it says by line."""

    heading = "Resources by a list: one a line, a number, sender or domain"
    submit_label = "Mark them"

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self._found: frozenset[ResourceName] = frozenset()
        self.add_class("-big")

    def fields(self) -> Iterable[Widget]:
        yield PastedList()

    def on_mount(self) -> None:
        self.query_one(PastedList).open()

    def check(self) -> None:
        self._look(self.query_one(PastedList).text)

    @on(PastedList.Changed)
    def _pasted(self) -> None:
        self.check()

    @work(exclusive=True, group="look")
    async def _look(self, text: str) -> None:
        lines = [line.strip() for line in text.split("\n")]
        wanted = list(dict.fromkeys(filter(None, lines)))
        by_text = await self._store.ask(lambda db: called(db, wanted))
        errors = [
            LineError(number, _problem(line, by_text[line]))
            for number, line in enumerate(lines, 1)
            if line and len(by_text[line]) != 1
        ]
        found = {each for rows in by_text.values() if len(rows) == 1 for each in rows}
        self._found = frozenset((each.type, each.id) for each in found)
        self.query_one(PastedList).show_errors(errors)
        wrong = f", {thousands(len(errors))} lines name none" if errors else ""
        self.say(f"{thousands(len(found))} found{wrong}." if wanted else "", kind="warning" if errors else "")

    def submit(self) -> None:
        if self._found:
            self.dismiss(self._found)
        else:
            self.say("The list names no resource that is known.", kind="problem")


def _problem(line: str, rows: tuple[Resource, ...]) -> str:
    if not rows:
        return f"There is no resource “{visible(line)}” in the mirror."
    types = " and ".join(visible(type_words(each.type)) for each in rows)
    return f"“{visible(line)}” is there more than once, as {types}: mark the one that is meant in the list."
