"""The dialog that connects an account: checked with one request, then saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.widgets import Checkbox

from entitree.account import Draft
from entitree.errors import (
    EntitreeError,
    ForbiddenError,
    PlatformError,
    StatusError,
    UnauthorizedError,
)
from entitree.settings.profile import Profile
from entitree.tui.modals.dialog import Dialog, labelled
from entitree.tui.widgets.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from entitree.account import Accounts


class Tick(Checkbox):
    """A checkbox that tells its state by a sign: Textual's own tells it by colour alone."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # In every other field of a form Enter submits; ticking here instead would undo what Space did.
        Binding("enter", "screen.submit", "Submit", show=False),
    ]
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
        yield labelled("Name", Entry(id="name", placeholder="what this profile is called here"))
        yield labelled("Base URL", Entry(id="base-url", placeholder="https://abc123.api.infobip.com"))
        yield labelled("API key", Entry(id="api-key", password=True))
        yield labelled("User", Entry(id="user", placeholder="only for managing keys"))
        yield labelled("Password", Entry(id="password", password=True))
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
            self._point_at(error)
            return
        self.dismiss(profile)

    def complain(self, error: EntitreeError) -> None:
        # Its hint says to come here.
        self.say(error.what if isinstance(error, StatusError) else str(error), kind="problem")

    def _point_at(self, error: EntitreeError) -> None:
        """Puts the keys where the fault most likely is, ready to be typed over."""
        match error:
            case UnauthorizedError() | ForbiddenError():
                entry = self.query_one("#api-key", Entry)
            case PlatformError():
                entry = self.query_one("#base-url", Entry)
            case _:
                return
        self.set_focus(entry)
        entry.select_all()
