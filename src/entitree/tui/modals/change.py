"""A dialog that makes one change: its form is the preview of a plan of one step."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from textual import work

from entitree.changes.edits import Alias, Create, Finding, Severity
from entitree.errors import EntitreeError
from entitree.tui.modals.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from entitree.account import Account

EditT = TypeVar("EditT", Create, Alias)


class ChangeDialog(Dialog[EditT | None]):
    """Answers with the edit when it took effect; until then it stays, with what was typed."""

    def __init__(self, account: Account) -> None:
        super().__init__()
        self.account = account

    def on_mount(self) -> None:
        self._stand_by()

    @work(group="stand-by")
    async def _stand_by(self) -> None:
        # Who carries changes out is started while one types. If that fails, sending says why.
        with suppress(EntitreeError):
            await self.account.desk.warm()

    def say_findings(self, findings: Iterable[Finding]) -> None:
        """Shows the first thing that is wrong, or else everything that is doubtful."""
        found = list(findings)
        errors = [each.text for each in found if each.severity is Severity.ERROR]
        if errors:
            self.say(errors[0], kind="problem")
        else:
            self.say(" ".join(each.text for each in found), kind="warning")

    @work(group="send")
    async def send(self, edit: EditT) -> None:
        """Makes the change, then answers; or says why not."""
        self.busy = True
        self.say("Asking the platform …")
        failure = await self._failure(edit)
        self.busy = False
        if failure:
            self.say(failure, kind="problem")
        else:
            self.dismiss(edit)

    async def _failure(self, edit: EditT) -> str:
        try:
            made = await self.account.desk.plan([edit])
            if made.conflicts:
                return made.conflicts[0].text
            result = await self.app.perform(made)
        except EntitreeError as error:
            return str(error)
        return "" if result.ok else result.sentence
