"""The dialog that exports rows: which, in what form, into what file."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.widgets import Button, Static

from entitree.errors import EntitreeError
from entitree.exports.files import save_rows
from entitree.exports.lists import MISSING, Listed
from entitree.inventory.find import Query
from entitree.text import visible
from entitree.tui.breaking_off import break_off
from entitree.tui.modals.dialog import Dialog, labelled
from entitree.tui.widgets.choice import Choice
from entitree.tui.widgets.entry import Entry
from entitree.tui.widgets.row_source import thousands

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterable, Sequence
    from datetime import datetime
    from typing import Any

    from textual.widget import Widget
    from textual.worker import Worker

    from entitree.exports.forms import Row
    from entitree.exports.lists import Shape
    from entitree.inventory.find import Sort
    from entitree.inventory.store import Store

FORMS = {"csv": "CSV", "json": "JSON", "jsonl": "JSON lines"}


class Rows:
    """What can be exported of a list, as it is when the dialog opens."""

    def __init__(
        self,
        store: Store,
        shape: Shape[Any],
        *,
        shown: Query,
        sort: Sort,
        marked: Collection[Any],
        ghosts: bool,
        hidden: int,
        counts: tuple[str, str],
    ) -> None:
        """`shown` is the filter, `ghosts` whether something marked does not exist, and `hidden` how many of
        the marked it does not show. `counts` tell how many match and how many there are.
        """
        self.shape = shape
        self._store = store
        self._shown = shown
        self._sort = sort
        self._marked = marked
        self._ghosts = ghosts
        matching, every = counts
        self.answers = {"all": f"all {every}"}
        """What there is to choose from, the likeliest first, in words."""
        if shown.terms:
            self.answers = {"filter": f"{matching} that match the filter", **self.answers}
        if marked:
            unseen = f", {thousands(hidden)} of them not shown" if hidden else ""
            self.answers = {"marked": f"{thousands(len(marked))} marked{unseen}", **self.answers}

    async def chunks(self, which: str) -> AsyncIterator[Sequence[Row]]:
        """The rows of one of the answers, in the order of the list."""
        only: frozenset[int] | None = None
        queries = [self._shown if which == "filter" else Query()]
        if which == "marked":
            only = await self.shape.keys(self._store, self._marked)
            if self._ghosts:
                queries.append(MISSING)
        for query in queries:
            async for rows in Listed(self._store, self.shape, query, self._sort, only=only).chunks():
                yield rows


class ExportDialog(Dialog[None]):
    """Writes rows as `entitree list` prints them. Left while it writes, it breaks off and leaves no file."""

    submit_label = "Export"

    def __init__(self, rows: Rows, now: datetime, remark: str = "") -> None:
        """`remark` is what the file does not say of itself, such as that not all was read."""
        super().__init__()
        self._rows = rows
        self._name = f"{rows.shape.name}-{now:%Y%m%d-%H%M%S}"
        self._remark = remark
        self._writing: Worker[None] | None = None

    def title_text(self) -> str:
        return f"Export {self._rows.shape.name}"

    def fields(self) -> Iterable[Widget]:
        answers = self._rows.answers
        yield Choice("", answers, next(iter(answers)), id="which")
        yield Choice("Form", FORMS, "csv", id="form")
        yield labelled("File", Entry(f"{self._name}.csv", id="file"))
        yield Static(id="where")

    def on_mount(self) -> None:
        self.query_one("#file").focus()
        self.check()

    @property
    def form(self) -> str:
        """csv, json or jsonl."""
        return self.query_one("#form", Choice).value

    @on(Choice.Changed)
    def _chosen(self) -> None:
        """The ending follows the form."""
        entry = self.query_one("#file", Entry)
        before, dot, ending = entry.value.rpartition(".")
        if dot and ending in FORMS:
            entry.value = f"{before}.{self.form}"
        self.check()

    def check(self) -> None:
        self.say(self._remark, kind="warning")
        path = self._path()
        self.query_one("#where", Static).update(f"In {visible(str(path.parent))}" if path else "")

    def _path(self) -> Path | None:
        typed = self.value("file").strip()
        with suppress(RuntimeError):
            # Nobody's home folder is known by that name.
            return Path(typed).expanduser().absolute() if typed else None
        return None

    def submit(self) -> None:
        path = self._path()
        if path is None:
            self.say("Say what the file is to be called.", kind="problem")
            return
        self.busy = True
        self.query_one("#cancel", Button).label = "Break off"
        self._writing = self._write(path)

    def action_leave(self) -> None:
        if self._writing is not None and self._writing.is_running:
            break_off(self._writing)
        else:
            self.dismiss(None)

    def _settle(self) -> None:
        self._writing = None
        self.query_one("#cancel", Button).label = "Cancel"
        self.busy = False

    @work(exclusive=True, group="export")
    async def _write(self, path: Path) -> None:
        which = self.query_one("#which", Choice).value
        written = 0

        def told(count: int) -> None:
            nonlocal written
            written = count
            self.say(f"{thousands(count)} rows written. Escape breaks off.")

        try:
            there = await save_rows(
                path, self._rows.shape.columns, lambda: self._rows.chunks(which), self.form, told
            )
        except asyncio.CancelledError:
            if self.is_attached:
                self._settle()
                self.say(_broken_off(path), kind="warning")
            raise
        except EntitreeError as error:
            self._settle()
            self.say(str(error), kind="problem")
            return
        rows = "1 row is" if written == 1 else f"{thousands(written)} rows are"
        self.app.notify(visible(f"{rows} in {there}. {self._remark}".rstrip()))
        self.dismiss(None)


def _broken_off(path: Path) -> str:
    return f"{path} was whole already." if path.exists() else "Broken off: there is no file."
