"""What is wrong with a list that came back from the editor: open it again, or go on without those lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.widgets import Checkbox

from entitree.text import visible
from entitree.tui.modals.dialog import Dialog
from entitree.tui.widgets.columns import Column
from entitree.tui.widgets.fixed_rows import FixedRows
from entitree.tui.widgets.item_list import ItemList
from entitree.tui.widgets.row_source import thousands
from entitree.tui.widgets.rows import Line
from entitree.tui.widgets.tick import Tick

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from entitree.changes.edits.editor import Edited


class EditedSheetDialog(Dialog["bool | None"]):
    """Answers True to open the list again, False to go on with what is right, None to leave it."""

    heading = "Some lines cannot be understood"
    submit_label = "Open it again"

    def __init__(self, sheet: Edited) -> None:
        super().__init__()
        self._sheet = sheet

    def fields(self) -> Iterable[Widget]:
        yield ItemList((Column("Line", align="right"), Column("What is wrong", weight=1, minimum=20)))
        right = len(self._sheet.edits)
        if right:
            words = "alias that is right" if right == 1 else "aliases that are right"
            yield Tick(f"Go on with the {thousands(right)} {words}", id="go-on", compact=True)

    def on_mount(self) -> None:
        lines = [
            Line(str(each.line), (str(each.line), visible(each.text)), marked=False, locked=False)
            for each in self._sheet.errors
        ]
        self.query_one(ItemList).set_source(FixedRows(lines), 0)
        self.query_one("#submit").focus()

    @on(Checkbox.Changed)
    @on(ItemList.Highlighted)
    def _nothing_to_check(self) -> None:
        """Neither changes what Enter does to the form."""

    @on(ItemList.Chosen)
    def _chosen(self) -> None:
        self.action_submit()

    def submit(self) -> None:
        ticks = self.query(Tick)
        self.dismiss(not any(tick.value for tick in ticks))
