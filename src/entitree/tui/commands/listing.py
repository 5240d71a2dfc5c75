"""Commands that take many lines at once: new ones from a list, aliases by a rule or in the user's editor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entitree.errors import EntitreeError
from entitree.tui.commands.bulk import plan_at_once
from entitree.tui.commands.changing import Change
from entitree.tui.commands.selecting import with_selection
from entitree.tui.widgets.item_pane import ItemPane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entitree.inventory.model import Item
    from entitree.tui.screens.main import MainScreen
    from entitree.tui.widgets.selection import Selection


class NewList(Change):
    name = "new-list"
    keys = ("N", "upper_n")
    label = "New list"
    sentence = "Make many applications or entities: paste or open a list with an id a line, CSV, TSV or JSON."

    @classmethod
    def disabled_reason(cls, screen: MainScreen) -> str | None:
        return screen.pane.no_new or super().disabled_reason(screen)

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        open_list(screen, "")


def open_list(screen: MainScreen, text: str) -> None:
    """Opens the dialog for many new ones, with `text` in it."""
    from entitree.tui.modals.create_many import CreateManyDialog

    screen.app.push_screen(CreateManyDialog(screen.pane.kind, screen.account, text))


class EditList(Change):
    name = "edit-list"
    keys = ("E", "upper_e")
    label = "Edit list"
    sentence = "Open ids and aliases of the marked rows in $EDITOR; what is saved becomes a plan."

    @classmethod
    def disabled_reason(cls, screen: MainScreen) -> str | None:
        pane = screen.pane
        reason = pane.no_change or super().disabled_reason(screen)
        if reason is not None:
            return reason
        return None if pane.selected else "There is no row to edit."

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        from entitree.tui.modals.hidden import ask_if_hidden

        pane = screen.pane
        if not isinstance(pane, ItemPane):
            return
        kind = pane.kind

        def gathered(selection: Selection[Any]) -> None:
            async def read() -> None:
                there = await screen.account.store.items(kind, selection.names)
                _edit(screen, [there[name] for name in selection.names if name in there])

            screen.run_worker(read(), exclusive=True, group="act")

        with_selection(screen, lambda selection: ask_if_hidden(screen.app, selection, gathered))


def _edit(screen: MainScreen, items: Sequence[Item], text: str | None = None) -> None:
    """Hands the list to the editor, again as long as something is wrong with it and that is wanted."""
    from entitree.changes.edits.editor import read_sheet, sheet
    from entitree.tui.editor import edited
    from entitree.tui.modals.edited_sheet import EditedSheetDialog

    ids = frozenset(item.id for item in items)
    before = text or screen.kept_sheets.get(ids) or sheet(items)
    try:
        found = read_sheet(edited(screen.app, before), items)
    except EntitreeError as error:
        screen.app.complain(error)
        return
    finally:
        screen.refresh(repaint=True, layout=True)

    # Until it is handed in: whoever cancels the plan, and presses E again, goes on from there.
    screen.kept_sheets[ids] = found.text

    def handed_in(_: int) -> None:
        screen.kept_sheets.pop(ids, None)

    def plan() -> None:
        if found.edits:
            planning = plan_at_once(screen, list(found.edits), then=handed_in)
            screen.run_worker(planning, exclusive=True, group="select")
        else:
            screen.kept_sheets.pop(ids, None)
            screen.notify("No alias was changed.")

    def answered(again: bool | None) -> None:
        if again:
            _edit(screen, items, found.text)
        elif again is False:
            plan()

    if found.errors:
        screen.app.push_screen(EditedSheetDialog(found), answered)
    else:
        plan()
