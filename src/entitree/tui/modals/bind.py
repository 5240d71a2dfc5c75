"""The dialog that binds API keys to an application, alone or with an entity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Checkbox, Input, Label, Static

from entitree.api.names import DEFAULT_APPLICATION
from entitree.changes.edits import LinkKey
from entitree.changes.rewiring import KEY_CHANGES
from entitree.inventory.model import Kind, LinkRow
from entitree.text import visible
from entitree.tui.modals.planning import PlanningDialog
from entitree.tui.widgets.id_field import IdField
from entitree.tui.widgets.key_source import bound
from entitree.tui.widgets.row_source import thousands
from entitree.tui.widgets.selection import SelectionLine
from entitree.tui.widgets.tick import Tick

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textual.widget import Widget

    from entitree.account import Account
    from entitree.changes.plan import Plan
    from entitree.inventory.model import KeyRow
    from entitree.tui.widgets.selection import Selection

BUDGET = f"API keys may be changed {KEY_CHANGES} times a day, all of the account's together."


class BindDialog(PlanningDialog[str]):
    """Asks for one link more, or with “keep” unticked for the only one; what comes of each key is shown."""

    heading = "Bind API keys"

    def __init__(
        self,
        account: Account,
        selection: Selection[str],
        keys: Sequence[KeyRow],
        *,
        done: Callable[[], None],
    ) -> None:
        super().__init__(account, selection, done=done)
        self._keys = {key.id: key for key in keys}

    def fields(self) -> Iterable[Widget]:
        yield SelectionLine()
        store = self.account.store
        yield IdField("Application", Kind.APPLICATION, store, id="application", value=DEFAULT_APPLICATION)
        yield IdField("Entity", Kind.ENTITY, store, id="entity", placeholder="none: the whole application")
        yield Horizontal(
            Label("Ids sent"),
            Tick("FILL if missing", id="FILL", compact=True),
            Tick("FORCE always", id="FORCE", compact=True),
            classes="ticks",
        )
        yield Tick("Keep what it is bound to now", value=True, id="keep", compact=True)
        yield Static(id="outcome")
        yield Static(Content(BUDGET), id="budget")

    def on_mount(self) -> None:
        self.query_one("#entity").focus()

    @property
    def action(self) -> str | None:
        """FILL, FORCE or None."""
        return next((each for each in ("FILL", "FORCE") if self.query_one(f"#{each}", Tick).value), None)

    def link(self) -> LinkRow:
        """What is typed."""
        application = self.query_one("#application-field", IdField).value or DEFAULT_APPLICATION
        return LinkRow(application, self.query_one("#entity-field", IdField).value or None, self.action)

    def links_of(self, key: KeyRow) -> tuple[LinkRow, ...]:
        """What it would be bound to."""
        link = self.link()
        kept = key.links if self.query_one("#keep", Tick).value else ()
        pair = (link.application_id, link.entity_id)
        return (*(each for each in kept if (each.application_id, each.entity_id) != pair), link)

    @on(Checkbox.Changed)
    def _ticked(self, message: Checkbox.Changed) -> None:
        if message.value and message.checkbox.id in ("FILL", "FORCE"):
            other = self.query_one("#FORCE" if message.checkbox.id == "FILL" else "#FILL", Tick)
            with other.prevent(Checkbox.Changed):
                other.value = False
        self.check()

    @on(Input.Changed)
    def check(self) -> None:
        keys = self._selected()
        if len(keys) == 1:
            told = f"Then bound to: {', '.join(visible(bound(each)) for each in self.links_of(keys[0]))}"
        else:
            also = ", beside what each is bound to now" if self.query_one("#keep", Tick).value else " alone"
            told = f"Then bound to: {visible(bound(self.link()))}{also}"
        free = [key for key in keys if not key.links]
        warnings = []
        if free:
            who = "It is" if len(keys) == 1 else f"{thousands(len(free))} of them are"
            warnings.append(
                f"{who} bound to nothing now and may do everything: then only what its links say."
            )
        if len(keys) > KEY_CHANGES:
            warnings.append(f"{thousands(len(keys))} keys take more than a day.")
        self.query_one("#outcome", Static).update(Content(told))
        self.say(" ".join(warnings), kind="warning")

    def _selected(self) -> list[KeyRow]:
        names = self.selection.names if self.selection is not None else ()
        return [self._keys[name] for name in names if name in self._keys]

    async def plan(self) -> Plan | None:
        wanted = [
            LinkKey(key, links)
            for key in self._selected()
            if set(links := self.links_of(key)) != set(key.links)
        ]
        if not wanted:
            self.say("That is what it is bound to.")
            return None
        return await self.account.desk.plan(wanted)
