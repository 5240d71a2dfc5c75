"""The dialog that connects an account: checked with one request, then saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.containers import Vertical
from textual.widgets import Checkbox

from entitree.accounts import Draft
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
from entitree.tui.widgets.tick import Tick

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from entitree.accounts import Accounts


class ConnectDialog(Dialog[Profile | None]):
    """Asks where and who, tries it, saves it, and answers with the profile."""

    CSS = """
    ConnectDialog {
        .group {
            height: auto;
            margin-bottom: 1;
        }
        &.-short .group, &.-tiny .group {
            margin-bottom: 0;
        }
        &.-tiny #dialog {
            height: 100%;
            padding: 0 2;
        }
        &.-tiny #fields {
            height: 1fr;
            max-height: 100%;
        }
        .field {
            margin-bottom: 0;
        }
        .field Label {
            width: 15;
        }
    }
    """

    # The form scrolls where sentence and buttons would no longer fit below it.
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (18, "-short"), (24, "-tall")]  # noqa: RUF012 - as in Dialog

    submit_label = "Connect"
    heading = "Connect an account"

    def __init__(self, accounts: Accounts) -> None:
        super().__init__()
        self._accounts = accounts

    def fields(self) -> Iterable[Widget]:
        # One line a field, and a gap between the ways to sign in: so all of it fits a small terminal.
        yield _group(
            labelled("Name", Entry(id="name", placeholder="what this profile is called here")),
            labelled("Base URL", Entry(id="base-url", placeholder="https://abc123.api.infobip.com")),
        )
        yield _group(
            labelled(
                "API key", Entry(id="api-key", password=True, placeholder="one way to sign in is enough")
            )
        )
        yield _group(
            labelled("User", Entry(id="user", placeholder="or a user, who can manage keys too")),
            labelled("Password", Entry(id="password", password=True)),
            Tick("Session: sends the password once, not every time", id="session", compact=True),
        )
        yield _group(
            labelled("Client ID", Entry(id="client-id", placeholder="or an OAuth2 client, which can too")),
            labelled("Client secret", Entry(id="client-secret", password=True)),
        )
        yield Tick("Read-only: this profile can change nothing", id="read-only", compact=True)

    def submit(self) -> None:
        draft = Draft(
            name=self.value("name"),
            base_url=self.value("base-url"),
            api_key=self.value("api-key"),
            user=self.value("user"),
            password=self.value("password"),
            client_id=self.value("client-id"),
            client_secret=self.value("client-secret"),
            session=self.query_one("#session", Checkbox).value,
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
            self._point_at(error, draft)
            return
        self.dismiss(profile)

    def complain(self, error: EntitreeError) -> None:
        # Its hint says to come here.
        self.say(error.what if isinstance(error, StatusError) else str(error), kind="problem")

    def _point_at(self, error: EntitreeError, draft: Draft) -> None:
        """Puts the keys where the fault most likely is, ready to be typed over."""
        match error:
            case UnauthorizedError() | ForbiddenError():
                # In the order in which one of them is chosen to ask with.
                used = "api-key" if draft.api_key else "password" if draft.user else "client-secret"
                entry = self.query_one(f"#{used}", Entry)
            case PlatformError():
                entry = self.query_one("#base-url", Entry)
            case _:
                return
        self.set_focus(entry)
        entry.select_all()


def _group(*parts: Widget) -> Vertical:
    return Vertical(*parts, classes="group")
