"""The dialog that gives many rows new aliases by a rule, and shows what it does to each while it is typed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.containers import Horizontal
from textual.widgets import Checkbox, Input, Label

from entitree.changes.edits.rules import Case, Replace, RuleError, Template, edits, preview
from entitree.text import visible
from entitree.tui.modals.dialog import labelled
from entitree.tui.modals.planning import PlanningDialog
from entitree.tui.pace import Pace
from entitree.tui.widgets.columns import Column
from entitree.tui.widgets.entry import Entry
from entitree.tui.widgets.item_list import ItemList
from entitree.tui.widgets.row_source import thousands
from entitree.tui.widgets.rows import Line
from entitree.tui.widgets.selection import SelectionLine
from entitree.tui.widgets.tick import Tick

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textual.widget import Widget

    from entitree.account import Account
    from entitree.changes.edits.rules import Preview, Rule
    from entitree.changes.plan import Plan
    from entitree.inventory.model import Item, Kind
    from entitree.tui.widgets.selection import Selection

_CASES = {
    Case.LOWER: "lower",
    Case.UPPER: "UPPER",
    Case.TITLE: "Every Word",
    Case.SENTENCE: "First letter",
}


class _Previews:
    """A `RowSource` of previews: a row is made when it is looked at."""

    def __init__(self, previews: Sequence[Preview] = ()) -> None:
        self._previews = previews

    @property
    def count(self) -> int:
        return len(self._previews)

    def row(self, index: int) -> Line | None:
        each = self._previews[index]
        sign = "!" if each.problems else "~" if each.changes else ""
        after = " ".join(each.problems) if each.problems else each.alias or "(none)"
        return Line(
            each.item.id,
            (sign, visible(each.item.id), visible(each.item.alias or ""), visible(after)),
            marked=False,
            locked=False,
            dim=not each.changes,
        )

    def want(self, start: int, stop: int) -> None:
        """Nothing is ever missing."""


class AliasRuleDialog(PlanningDialog[str]):
    """A template, then a regular expression, then another case: what is empty does nothing."""

    heading = "Aliases by a rule"
    big: ClassVar[bool] = True

    def __init__(
        self, account: Account, kind: Kind, selection: Selection[str], *, done: Callable[[], None]
    ) -> None:
        super().__init__(account, selection, done=done)
        self._kind = kind
        self._items: list[Item] = []
        self._previews: list[Preview] = []
        self._pace = Pace()

    def fields(self) -> Iterable[Widget]:
        yield SelectionLine()
        yield labelled("Template", Entry(id="template", placeholder="{id} {alias}; braces are written twice"))
        yield labelled("Replace", Entry(id="pattern", placeholder="a regular expression"))
        yield labelled("by", Entry(id="replacement", placeholder=r"\1 is its first group"))
        yield Horizontal(
            Label("Case"),
            *[Tick(text, id=f"case-{case.value}", compact=True) for case, text in _CASES.items()],
            classes="ticks",
        )
        yield ItemList(
            (
                Column(""),
                Column("Id", weight=3, minimum=10),
                Column("Alias now", weight=3, minimum=8, quiet=True),
                Column("Alias then", weight=3, minimum=8),
            )
        )

    def on_mount(self) -> None:
        self.query_one("#template").focus()

    def selection_changed(self) -> None:
        self._items = []

    def rules(self) -> list[Rule]:
        """What is filled in."""
        rules: list[Rule] = []
        if template := self.value("template"):
            rules.append(Template(template))
        if pattern := self.value("pattern"):
            rules.append(Replace(pattern, self.value("replacement")))
        rules += [case for case in _CASES if self.query_one(f"#case-{case.value}", Tick).value]
        return rules

    @on(Checkbox.Changed)
    def _ticked(self, message: Checkbox.Changed) -> None:
        if message.value:
            # One case at a time.
            for tick in self.query(Tick):
                if tick is not message.checkbox:
                    with tick.prevent(Checkbox.Changed):
                        tick.value = False
        self.check()

    @on(Input.Changed)
    def check(self) -> None:
        self._look()

    @work(exclusive=True, group="look")
    async def _look(self) -> None:
        await self._pace.rest()
        with self._pace.work():
            await self._preview()

    async def _preview(self) -> bool:
        """Shows what the rules do; whether they make sense."""
        names = self.selection.names if self.selection is not None else ()
        if not self._items:
            there = await self.account.store.items(self._kind, names)
            self._items = [there[name] for name in names if name in there]
        try:
            rules, items = self.rules(), self._items
            self._previews = await asyncio.to_thread(lambda: list(preview(rules, items)))
        except RuleError as error:
            self.complain(error)
            return False
        rows = self.query_one(ItemList)
        rows.set_source(_Previews(self._previews), rows.cursor)
        self._tell()
        return True

    def _tell(self) -> None:
        wrong = sum(bool(each.problems) for each in self._previews)
        changes = sum(each.changes and not each.problems for each in self._previews)
        cannot = f"; {thousands(wrong)} cannot be" if wrong else ""
        self.say(
            f"{thousands(changes)} of {thousands(len(self._previews))} aliases change{cannot}.",
            kind="warning" if wrong else "",
        )

    async def plan(self) -> Plan | None:
        if not await self._preview():
            return None
        wanted = edits(self._previews)
        if not wanted:
            self.say("The rule changes no alias.", kind="problem")
            return None
        return await self.account.desk.plan(wanted)
