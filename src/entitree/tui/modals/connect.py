"""The dialog that connects an account: checked with one request, then saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.widgets import Checkbox, Label

from entitree.account import Draft
from entitree.errors import EntitreeError
from entitree.settings.profile import Profile
from entitree.tui.modals.dialog import Dialog
from entitree.tui.widgets.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from entitree.account import Accounts


class Tick(Checkbox):
    """A checkbox that tells its state by a sign: Textual's own tells it by colour alone."""

    BUTTON_LEFT = ""
    BUTTON_RIGHT = ""
    BUTTON_INNER = "[ ]"

    def watch_value(self) -> None:
        self.BUTTON_INNER = "[x]" if self.value else "[ ]"
        super().watch_value()


class ConnectDialog(Dialog[Profile | None]):
    """Asks where and who, tries it, saves it, and answers with the profile."""

    submit_label = "Connect"
    heading = "Connect an account"

    def __init__(self, accounts: Accounts) -> None:
        super().__init__()
        self._accounts = accounts

    def fields(self) -> Iterable[Widget]:
        yield Label("Name of the profile")
        yield Entry(id="name", placeholder="acme")
        yield Label("Base URL, from the portal")
        yield Entry(id="base-url", placeholder="https://abc123.api.infobip.com")
        yield Label("API key")
        yield Entry(id="api-key", password=True)
        yield Label("User and password, only for managing keys")
        yield Entry(id="user")
        yield Entry(id="password", password=True)
        yield Tick("Read-only: nothing can be changed with this profile", id="read-only", compact=True)

    def submit(self) -> None:
        draft = Draft(
            name=self.value("name"),
            base_url=self.value("base-url"),
            api_key=self.value("api-key"),
            user=self.value("user"),
            password=self.value("password"),
            read_only=self.query_one("#read-only", Checkbox).value,
        )
        self.busy = True
        self.say("Asking the platform …")
        self._connect(draft)

    @work(group="send")
    async def _connect(self, draft: Draft) -> None:
        try:
            profile = await self._accounts.add(draft)
        except EntitreeError as error:
            self.busy = False
            self.complain(error)
            return
        self.dismiss(profile)
