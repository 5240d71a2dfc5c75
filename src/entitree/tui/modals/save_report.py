"""The dialog that asks where a report is saved."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import work

from entitree.errors import EntitreeError
from entitree.text import visible
from entitree.tui.modals.dialog import Dialog, labelled
from entitree.tui.screens.impact_report import report_text, save_report
from entitree.tui.widgets.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

    from entitree.changes.impact import Impact
    from entitree.tui.widgets.report import ReportLine


class SaveReportDialog(Dialog[None]):
    """Asks for a file name, whose ending says the form; what is there already is never overwritten."""

    heading = "Save report: .md for people, .json for programs"
    submit_label = "Save"

    def __init__(
        self, name: str, title: str, when: str, lines: Sequence[ReportLine], found: Impact | None
    ) -> None:
        """`name` is what is filled in; without `found` there is no JSON."""
        super().__init__()
        self._filled = name
        self._what = title
        self._when = when
        self._lines = lines
        self._found = found

    def fields(self) -> Iterable[Widget]:
        yield labelled("File", Entry(self._filled, id="file"))

    def submit(self) -> None:
        if self.value("file").strip():
            self._save(self.value("file").strip())
        else:
            self.say("Say where to.", kind="problem")

    @work(exclusive=True, group="save")
    async def _save(self, name: str) -> None:
        try:
            text = report_text(name, self._what, self._when, self._lines, self._found)
            path = await asyncio.to_thread(save_report, name, text)
        except EntitreeError as error:
            self.complain(error)
            return
        self.app.notify(visible(f"The report is in {path}."))
        self.dismiss(None)
