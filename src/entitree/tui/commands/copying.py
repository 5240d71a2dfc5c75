"""Commands that take something out of the app: to the clipboard, or into a file."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from entitree.errors import EntitreeError
from entitree.text import visible
from entitree.tui.commands.command import Command, Group
from entitree.tui.commands.selecting import picked
from entitree.tui.widgets.bound import said
from entitree.tui.widgets.item_pane import ItemPane
from entitree.tui.widgets.resource_pane import ResourcePane
from entitree.tui.widgets.row_source import thousands

if TYPE_CHECKING:
    from collections.abc import Collection

    from entitree.exports.lists import Shape
    from entitree.inventory.links import Node
    from entitree.tui.app import EntitreeApp
    from entitree.tui.screens.job import JobScreen
    from entitree.tui.screens.main import MainScreen
    from entitree.tui.screens.tabbed import Pane

MOST_ROWS = 2000
"""Rows that may fit into a clipboard at all; of more nothing is read for it."""


def copy_text(app: EntitreeApp, text: str, what: str, *, ending: str = "txt") -> None:
    """Sends `text`, which is `what` in words, to the terminal's clipboard, and says so.

    Where there is none, or not that much room in it, the text is shown instead, to be selected or written
    to a file that gets `ending`.
    """
    from entitree.tui.clipboard import reason_against, remark

    why = reason_against(text, os.environ)
    if why is None:
        app.copy_to_clipboard(text)
        hidden = any(visible(line) != line for line in text.split("\n"))
        mind = " It holds characters that cannot be seen: mind where you paste it." if hidden else ""
        app.notify(visible(f"Sent {what} to the terminal's clipboard{remark(os.environ)}.{mind}"))
        return
    from entitree.tui.screens.shown_text import ShownText

    app.push_screen(ShownText(text, what, why, ending=ending))


class Copy(Command["MainScreen"]):
    name = "copy"
    keys = ("y",)
    label = "Copy id"
    sentence = "Copy the id, or those of the marked rows, to the clipboard of the terminal."
    group = Group.PROGRAM
    for_jobs = True

    @classmethod
    def disabled_reason(cls, screen: MainScreen) -> str | None:
        if screen.on_jobs:
            return screen.no_job if screen.job is None else None
        if screen.in_tree:
            node = screen.link_tree.node
            return None if node is not None and id_of(node) else "This line has no id of its own."
        return None if _named(screen.pane) else "There is no row to copy the id of."

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        if screen.on_jobs:
            if screen.job is not None:
                copy_job(screen.app, screen.job.id)
        elif screen.in_tree:
            if screen.link_tree.node is not None:
                _copy_ids(screen.app, [id_of(screen.link_tree.node)])
        elif screen.pane.marks:
            screen.run_worker(_copy_marked(screen, screen.pane), exclusive=True, group="copy")
        else:
            _copy_ids(screen.app, _ids(screen.pane, _named(screen.pane)))


class CopyJob(Command["JobScreen"]):
    name = "copy"
    keys = ("y",)
    label = "Copy id"
    sentence = "Copy the id of the job, as `entitree jobs` takes it, to the clipboard of the terminal."
    group = Group.PROGRAM

    @classmethod
    def run(cls, screen: JobScreen) -> None:
        copy_job(screen.app, screen.job_id)


class CopyRows(Command["MainScreen"]):
    name = "copy-rows"
    keys = ("Y", "upper_y")
    label = "Copy rows"
    sentence = "Copy the row, or the marked rows, as JSON to the clipboard of the terminal."
    group = Group.PROGRAM

    @classmethod
    def disabled_reason(cls, screen: MainScreen) -> str | None:
        names = _named(screen.pane)
        if len(names) > MOST_ROWS:
            return f"{thousands(len(names))} rows are too many for a clipboard. Export them to a file."
        return None if names else "There is no row to copy."

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        pane = screen.pane
        screen.run_worker(_copy_rows(screen, pane, _named(pane)), exclusive=True, group="copy")


class Export(Command["MainScreen"]):
    name = "export"
    keys = ("W", "upper_w")
    label = "Export"
    sentence = "Write rows to a file, CSV or JSON: the marked ones, those that match the filter, or all."
    group = Group.PROGRAM

    @classmethod
    def disabled_reason(cls, screen: MainScreen) -> str | None:
        pane = screen.pane
        there = pane.marks or (pane.rows is not None and (pane.rows.count or pane.rows.listing.total))
        return None if there else "There is nothing to export yet."

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        from entitree.tui.modals.export import ExportDialog, Rows

        pane = screen.pane
        if pane.rows is None:
            return
        listing, shape = pane.rows.listing, _shape(pane)
        more = "" if listing.complete else "+"
        query, sort = pane.looked_for
        rows = Rows(
            screen.account.store,
            shape,
            shown=query,
            sort=sort,
            marked=frozenset(pane.marks),
            ghosts=isinstance(pane, ItemPane) and bool(pane.ghosts),
            hidden=len(pane.hidden_marks),
            counts=(f"{thousands(listing.count)}{more}", thousands(listing.total)),
        )
        screen.app.push_screen(ExportDialog(rows, datetime.now().astimezone(), _remark(screen, shape)))


def take_screenshot(app: EntitreeApp) -> None:
    """Saves what is on the screen into a new file, and says which."""
    from entitree.tui.saving import save_new

    picture = app.export_screenshot(title=app.title)

    async def save() -> None:
        now = datetime.now().astimezone()
        try:
            path = await asyncio.to_thread(save_new, Path.cwd(), "entitree", "svg", picture, now)
        except EntitreeError as error:
            app.complain(error)
        else:
            app.notify(visible(f"The picture is in {path}."))

    app.run_worker(save(), group="screenshot")


def copy_job(app: EntitreeApp, job_id: int) -> None:
    """Copies the id of a job."""
    copy_text(app, str(job_id), f"the id of job {job_id}")


def id_of(node: Node) -> str:
    """The id of what a line of the tree stands for; raw text, empty where it has none."""
    from entitree.tui.widgets.tree_jumps import place_of

    place = place_of(node)
    return place.id if place is not None else str(getattr(node.reference, "id", ""))


def _named(pane: Pane) -> Collection[Any]:
    """What is marked, or the highlighted row: also what does not exist."""
    return pane.looked_at if isinstance(pane, ItemPane) else picked(pane)


def _ids(pane: Pane, names: Collection[Any]) -> list[str]:
    return sorted(name[1] for name in names) if isinstance(pane, ResourcePane) else sorted(names)


def _shape(pane: Pane) -> Shape[Any]:
    from entitree.exports.lists import SHAPES

    return SHAPES[pane.shelf.plural]


def _copy_ids(app: EntitreeApp, ids: list[str], of_hidden: str = "") -> None:
    what = visible(ids[0]) if len(ids) == 1 else f"{thousands(len(ids))} ids"
    copy_text(app, "\n".join(ids), f"{what}{of_hidden}")


async def _copy_marked(screen: MainScreen, pane: Pane) -> None:
    names = _named(pane)
    ids = await asyncio.to_thread(_ids, pane, names)
    hidden = await _hidden(pane, names)
    if screen.app.screen is screen:
        _copy_ids(screen.app, ids, hidden)


async def _copy_rows(screen: MainScreen, pane: Pane, names: Collection[Any]) -> None:
    from entitree.exports.forms import Writing

    store, shape = screen.account.store, _shape(pane)
    keys = await shape.keys(store, names)
    found = await shape.rows(store, sorted(keys))
    found.sort(key=lambda row: (str(row["id"]), str(row.get("type"))))
    writing = Writing(shape.columns, "json")
    text = writing.begin() + writing.rows(found) + writing.end()
    hidden = await _hidden(pane, names)
    rows = "1 row" if len(found) == 1 else f"{thousands(len(found))} rows"
    if screen.app.screen is screen:
        copy_text(screen.app, text.rstrip("\n"), f"{rows}{hidden} as JSON", ending="json")


async def _hidden(pane: Pane, names: Collection[Any]) -> str:
    """How many of the marked rows the filter does not show, to be said with them."""
    if not pane.marks:
        return ""
    await pane.count_hidden()
    hidden = len(pane.hidden_marks.intersection(names))
    return f", {thousands(hidden)} of them not shown," if hidden else ""


def _remark(screen: MainScreen, shape: Shape[Any]) -> str:
    """What is to be known of rows that are not all there is."""
    states = [screen.families[family] for family in shape.own if family in screen.families]
    if all(state.whole for state in states):
        return ""
    lacking = ", ".join(state.family.value for state in states if not state.whole)
    return f"Not all of these was read: {lacking}. {said('refresh-all', 'R')} reads the whole account."
