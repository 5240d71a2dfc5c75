"""Commands for API keys: what they are bound to, and whether they may be used. Each ends in a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entitree.tui.commands.bulk import plan_at_once
from entitree.tui.commands.changing import Change
from entitree.tui.commands.selecting import key_rows, picked, with_selection
from entitree.tui.widgets.key_pane import KeyPane

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from entitree.inventory.model import KeyRow
    from entitree.tui.screens.main import MainScreen
    from entitree.tui.widgets.selection import Selection


class OnKeys(Change):
    """What can be done to API keys, and to nothing else."""

    @classmethod
    def disabled_reason(cls, screen: MainScreen) -> str | None:
        if not isinstance(screen.pane, KeyPane):
            return "This is for API keys: they are in tab 4."
        if reason := super().disabled_reason(screen):
            return reason
        return None if picked(screen.pane) else "There is no key to act on."

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        def selected(selection: Selection[Any]) -> None:
            async def read() -> None:
                keys = await key_rows(screen.account.store, selection.names)
                if screen.app.screen is screen:
                    await cls.act(screen, selection, keys)

            screen.run_worker(read(), exclusive=True, group="act")

        with_selection(screen, lambda found: cls.begin(screen, found, selected))

    @classmethod
    def begin(
        cls, screen: MainScreen, selection: Selection[Any], then: Callable[[Selection[Any]], None]
    ) -> None:
        """Asks what there is to ask about the selection."""
        then(selection)

    @classmethod
    async def act(cls, screen: MainScreen, selection: Selection[Any], keys: Sequence[KeyRow]) -> None:
        """Does it to `keys`, which are those selected."""
        raise NotImplementedError


class Bind(OnKeys):
    name = "bind"
    keys = ("b",)
    label = "Bind"
    sentence = "Bind API keys to an application, alone or with an entity, with FILL, FORCE or neither."
    rank = 10

    @classmethod
    async def act(cls, screen: MainScreen, selection: Selection[Any], keys: Sequence[KeyRow]) -> None:
        from entitree.tui.modals.bind import BindDialog

        dialog = BindDialog(screen.account, selection, keys, done=screen.pane.clear_marks)
        screen.app.push_screen(dialog)


class Enable(OnKeys):
    name = "enable"
    keys = ("o",)
    label = "On/off"
    sentence = "Disable API keys, or enable them again: keys cannot be deleted. 40 changes of keys a day."
    rank = 20

    @classmethod
    def begin(
        cls, screen: MainScreen, selection: Selection[Any], then: Callable[[Selection[Any]], None]
    ) -> None:
        from entitree.tui.modals.hidden import ask_if_hidden

        ask_if_hidden(screen.app, selection, then)

    @classmethod
    async def act(cls, screen: MainScreen, selection: Selection[Any], keys: Sequence[KeyRow]) -> None:
        from entitree.changes.edits import EnableKey

        # Of several, those that may be used are taken away first: nothing is let in by accident.
        off = [key for key in keys if key.enabled]
        wanted = [EnableKey(key, enabled=False) for key in off] or [
            EnableKey(key, enabled=True) for key in keys
        ]
        await plan_at_once(screen, [*wanted])
