"""The command that moves what is tied to one application or entity to another. It ends in a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.tui.commands.changing import Change
from entitree.tui.widgets.bound import said
from entitree.tui.widgets.item_pane import ItemPane

if TYPE_CHECKING:
    from entitree.inventory.model import Kind
    from entitree.tui.screens.main import MainScreen


class Move(Change):
    name = "move"
    keys = ("m",)
    label = "Move"
    sentence = "Tie everything linked to this application or entity to another one instead."
    rank = 46

    @classmethod
    def disabled_reason(cls, screen: MainScreen) -> str | None:
        pane = screen.pane
        if not isinstance(pane, ItemPane):
            return "What is moved is what is tied to an application or entity: tabs 1 and 2."
        reason = pane.no_change or super().disabled_reason(screen)
        if reason is not None:
            return reason
        if len(pane.selected) > 1:
            unmark = said("unmark", "u")
            return f"One is moved at a time: take the marks away with {unmark} and move the highlighted one."
        return None if pane.selected else "There is no row to move from."

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        pane = screen.pane
        if isinstance(pane, ItemPane):
            screen.run_worker(
                _ask_where_to(screen, pane.kind, pane.selected[0]), exclusive=True, group="select"
            )


async def _ask_where_to(screen: MainScreen, kind: Kind, item_id: str) -> None:
    from entitree.tui.modals.move import MoveDialog

    item = await screen.account.store.item(kind, item_id)
    if item is not None and screen.app.screen is screen:
        screen.app.push_screen(MoveDialog(screen.account, item))
