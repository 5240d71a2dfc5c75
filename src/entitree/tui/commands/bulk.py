"""Commands that tie many things at once, take them apart, or move them. Each ends in a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entitree.errors import EntitreeError
from entitree.text import visible
from entitree.tui.commands.changing import Change
from entitree.tui.commands.selecting import picked, with_selection
from entitree.tui.widgets.item_pane import ItemPane
from entitree.tui.widgets.key_pane import KeyPane
from entitree.tui.widgets.resource_pane import ResourcePane

if TYPE_CHECKING:
    from collections.abc import Callable

    from entitree.changes.edits import Edit
    from entitree.tui.screens.main import MainScreen
    from entitree.tui.widgets.selection import Selection

_KEYS = "API keys are bound, not associated: b binds, and x on a line of the tree takes a link away."


class Associate(Change):
    name = "associate"
    keys = ("a",)
    label = "Associate"
    sentence = "Associate resources with the marked rows; on the Resources tab the other way round."
    rank = 42

    @classmethod
    def disabled_reason(cls, screen: MainScreen) -> str | None:
        return super().disabled_reason(screen) or _no_rows(screen)

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        from entitree.tui.modals.associate import AssociateDialog, ServeDialog

        pane = screen.pane

        def ask(selection: Selection[Any]) -> None:
            if isinstance(pane, ItemPane):
                screen.app.push_screen(
                    AssociateDialog(screen.account, pane.kind, selection, done=pane.clear_marks)
                )
            else:
                screen.app.push_screen(ServeDialog(screen.account, selection, done=pane.clear_marks))

        with_selection(screen, ask)


class Dissociate(Change):
    name = "dissociate"
    keys = ("x",)
    label = "Dissociate"
    sentence = "Take resources away from the marked rows; in the tree, untie the line under the cursor."
    rank = 44

    @classmethod
    def disabled_reason(cls, screen: MainScreen) -> str | None:
        if reason := super().disabled_reason(screen):
            return reason
        if screen.in_tree:
            return None if screen.link_tree.node is not None else "There is nothing here to untie."
        return _no_rows(screen)

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        if screen.in_tree:
            _untie(screen)
            return
        from entitree.tui.modals.dissociate import DissociateDialog

        pane = screen.pane
        kind = pane.kind if isinstance(pane, ItemPane) else None

        def ask(selection: Selection[Any]) -> None:
            dialog = DissociateDialog(screen.account, kind, selection, done=pane.clear_marks)
            screen.app.push_screen(dialog)

        with_selection(screen, ask)


def _no_rows(screen: MainScreen) -> str | None:
    pane = screen.pane
    if isinstance(pane, KeyPane):
        return _KEYS
    if isinstance(pane, ItemPane) and pane.no_change:
        return pane.no_change
    if not picked(pane):
        return f"There is no {'resource' if isinstance(pane, ResourcePane) else 'row'} to act on."
    return None


def _untie(screen: MainScreen) -> None:
    """Plans the removal of the one configuration under the cursor of the tree."""
    from entitree.tui.commands.untying import untied

    lines = screen.link_tree.lines
    twig = lines.twig
    if twig is None:
        return
    try:
        edit = untied(lines.subject, twig.path, twig.node)
    except EntitreeError as error:
        screen.notify(visible(str(error)), severity="warning", timeout=8)
        return
    screen.run_worker(plan_at_once(screen, [edit]), exclusive=True, group="select")


async def plan_at_once(
    screen: MainScreen, edits: list[Edit], *, then: Callable[[int], None] = lambda job_id: None
) -> None:
    """Shows the plan for edits that nothing more has to be asked about; `then` as in `show_plan`."""
    from entitree.tui.modals.planning import show_plan

    try:
        made = await screen.account.desk.plan(edits)
    except EntitreeError as error:
        screen.app.complain(error)
        return
    if screen.app.screen is screen:
        show_plan(screen.app, screen.account, made, then=then)
