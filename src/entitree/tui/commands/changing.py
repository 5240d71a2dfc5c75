"""Commands that change the account. Each ends in a plan that is shown before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entitree.api.names import DEFAULT_APPLICATION
from entitree.text import typed, visible
from entitree.tui.commands.command import Command, Group
from entitree.tui.commands.selecting import with_selection
from entitree.tui.widgets.item_pane import ItemPane

if TYPE_CHECKING:
    from entitree.changes import edits
    from entitree.changes.edits import Create
    from entitree.tui.screens.main import MainScreen
    from entitree.tui.widgets.selection import Selection

READ_ONLY = "This profile is read-only: nothing can be changed with it."
NOT_CONNECTED = "The account is still being opened. Try again in a moment."


class Change(Command["MainScreen"]):
    """What needs a connected account that may be written to."""

    group = Group.CHANGE

    @classmethod
    def disabled_reason(cls, screen: MainScreen) -> str | None:
        if screen.account.profile.read_only:
            return READ_ONLY
        return None if screen.account.connected else NOT_CONNECTED


class New(Change):
    name = "new"
    keys = ("n",)
    label = "New"
    sentence = (
        "Make a new application or entity, or many from a list; of an id that does not exist, that one."
    )
    rank = 10

    @classmethod
    def disabled_reason(cls, screen: MainScreen) -> str | None:
        return screen.pane.no_new or super().disabled_reason(screen)

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        from entitree.tui.modals.create import NewDialog

        def made(edit: Create | None) -> None:
            if edit is not None:
                screen.notify(f"{visible(edit.id)} is there now.", title="Created")
                screen.pane_of(edit.kind).go_to(edit.id)

        # An id that configurations name and that does not exist is what is to be made.
        pane = screen.pane
        wanted = pane.item.id if isinstance(pane, ItemPane) and pane.item and not pane.item.exists else ""
        if typed(wanted) != wanted:
            screen.notify("This id holds characters that cannot be typed: it cannot be filled in.")
            wanted = ""
        screen.app.push_screen(NewDialog(pane.kind, screen.account, id=wanted), made)


class Alias(Change):
    name = "alias"
    keys = ("e",)
    label = "Alias"
    sentence = "Give the row another alias, an empty one removes it; give marked rows theirs by a rule."
    rank = 20

    @classmethod
    def disabled_reason(cls, screen: MainScreen) -> str | None:
        reason = screen.pane.no_change or super().disabled_reason(screen)
        if reason is not None:
            return reason
        if not screen.pane.selected:
            return "There is no row to give an alias to."
        item = screen.pane.highlighted
        if screen.pane.marks or item is None or item.addressable:
            return None
        return "No request can name this id, so it cannot be changed."

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        from entitree.tui.modals.alias import AliasDialog

        def given(edit: edits.Alias | None) -> None:
            if edit is not None:
                what = f"is now called {visible(edit.alias)}" if edit.alias else "has no alias any more"
                screen.notify(f"{visible(edit.id)} {what}.", title="Alias changed")

        pane = screen.pane
        item = pane.highlighted
        if not pane.marks or pane.marks == {item and item.id}:
            if item is not None:
                screen.app.push_screen(AliasDialog(item, screen.account), given)
            return

        async def one(item_id: str) -> None:
            there = await screen.account.store.item(pane.kind, item_id)
            if there is not None and screen.app.screen is screen:
                screen.app.push_screen(AliasDialog(there, screen.account), given)

        def ask(selection: Selection[Any]) -> None:
            from entitree.tui.modals.alias_rule import AliasRuleDialog

            if len(selection.names) == 1:
                screen.run_worker(one(selection.names[0]), exclusive=True, group="act")
                return
            dialog = AliasRuleDialog(screen.account, pane.kind, selection, done=pane.clear_marks)
            screen.app.push_screen(dialog)

        with_selection(screen, ask)


class Delete(Change):
    name = "delete"
    keys = ("d",)
    label = "Delete"
    sentence = "See everything a deletion removes, then delete the marked rows or the highlighted one."
    rank = 30

    @classmethod
    def disabled_reason(cls, screen: MainScreen) -> str | None:
        reason = screen.pane.no_change or super().disabled_reason(screen)
        return reason or _nothing_selected(screen) or cls._all_protected(screen)

    @classmethod
    def _all_protected(cls, screen: MainScreen) -> str | None:
        pane = screen.pane
        if not isinstance(pane, ItemPane):
            return None
        if not screen.account.protected(pane.kind).issuperset(pane.selected):
            return None
        if screen.pane.selected == (DEFAULT_APPLICATION,):
            return "The default application always exists and cannot be deleted."
        return "What is selected is protected by the profile and cannot be deleted."

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        _open_impact(screen, look_only=False)


class Impact(Command["MainScreen"]):
    name = "impact"
    keys = ("i",)
    label = "Impact"
    sentence = "See what a deletion would remove, without deleting."
    group = Group.CHANGE
    rank = 35

    @classmethod
    def disabled_reason(cls, screen: MainScreen) -> str | None:
        if screen.pane.no_change:
            return screen.pane.no_change
        return _nothing_selected(screen) if screen.account.connected else NOT_CONNECTED

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        _open_impact(screen, look_only=True)


def _open_impact(screen: MainScreen, *, look_only: bool) -> None:
    """Shows what deleting the selected items takes with it."""
    pane = screen.pane
    if not isinstance(pane, ItemPane):
        return

    def show(selection: Selection[Any]) -> None:
        from entitree.tui.screens.impact import ImpactScreen

        screen.app.push_screen(
            ImpactScreen(
                screen.account,
                pane.kind,
                selection.names,
                hidden=selection.hidden,
                look_only=look_only,
                gone=pane.forget_marks,
            )
        )

    with_selection(screen, show)


def _nothing_selected(screen: MainScreen) -> str | None:
    if screen.pane.highlighted is None and not screen.pane.marks:
        return "There is no row to delete."
    return None
