"""The dialog that connects an account: checked with one request, then saved."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import on, work
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
    from textual.worker import Worker

    from entitree.accounts import Accounts


_IN_FILE = "The key is kept in secrets.toml: readable by you alone, not encrypted."
# As wide as the narrowest form.
_IN_KEYRING = "Keyring: the key is kept in that of this session"
_NOT_IN_KEYRING = "Keyring: no; kept in secrets.toml, not encrypted"


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

    def __init__(self, accounts: Accounts, profile: Profile | None = None, *, why: str = "") -> None:
        """For `profile` its name and base URL are filled in; `why` says what it is asked for."""
        super().__init__()
        self._accounts = accounts
        self._called = profile.name if profile is not None else ""
        self._base_url = (profile.base_url if profile is not None else None) or ""
        names = accounts.settings.names
        # As it is written: what the environment adds is nothing to save.
        self._written = accounts.settings.written(self._called)[0] if self._called in names else None
        self._why = why
        self._asking: Worker[None] | None = None
        self._known = asyncio.Event()
        """Set once it stands there where the key will be kept."""

    def fields(self) -> Iterable[Widget]:
        # One line a field, and a gap between the ways to sign in: so all of it fits a small terminal.
        yield _group(
            labelled(
                "Name",
                Entry(self._called, id="name", placeholder="what this profile is called here"),
            ),
            labelled(
                "Base URL",
                Entry(
                    self._base_url,
                    id="base-url",
                    placeholder="https://abc123.api.infobip.com",
                ),
            ),
        )
        yield _group(
            labelled(
                "API key", Entry(id="api-key", password=True, placeholder="one way to sign in is enough")
            )
        )
        yield _group(
            labelled("User", Entry(id="user", placeholder="or a user, who can manage keys too")),
            labelled("Password", Entry(id="password", password=True)),
            Tick(
                "Session: sends the password once, not every time",
                self._written is not None and self._written.sign_in == "session",
                id="session",
                compact=True,
            ),
        )
        yield _group(
            labelled("Client ID", Entry(id="client-id", placeholder="or an OAuth2 client, which can too")),
            labelled("Client secret", Entry(id="client-secret", password=True)),
        )
        yield Tick(
            "Read-only: this profile can change nothing",
            self._written is not None and self._written.read_only,
            id="read-only",
            compact=True,
        )

    def on_mount(self) -> None:
        super().on_mount()
        self._say_where(self._why)
        if self._called:
            self.set_focus(self.query_one("#api-key"))
        self._find_keyring()

    @work(group="keyring")
    async def _find_keyring(self) -> None:
        """Offers the keyring where there is one: nothing is written in plain text unless somebody says so."""
        if await self._accounts.has_keyring():
            tick = Tick(_IN_KEYRING, value=True, id="in-keyring", compact=True)
            await self.query_one("#fields").mount(tick, after="#read-only")
        elif not self.busy:
            self._say_where(f"{self._why} {_IN_FILE}".lstrip())
        self._known.set()

    def _say_where(self, text: str) -> None:
        self.say(text, kind="warning" if self._why else "")

    @on(Checkbox.Changed, "#in-keyring")
    def _choose_place(self, event: Checkbox.Changed) -> None:
        event.checkbox.label = _IN_KEYRING if event.value else _NOT_IN_KEYRING

    def submit(self) -> None:
        in_keyring = any(tick.value for tick in self.query("#in-keyring").results(Checkbox))
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
            in_keyring=in_keyring,
        )
        self.busy = True
        self._asking = self._connect(draft)

    def action_leave(self) -> None:
        """Leaves; while the platform is asked, only breaks that off."""
        if self.busy and self._asking is not None:
            self._asking.cancel()
            self._asking = None
            self.busy = False
            self.say("It was broken off.")
        else:
            super().action_leave()

    @work(group="send")
    async def _connect(self, draft: Draft) -> None:
        if not self._known.is_set():
            self.say("Looking for a keyring …")
            await self._known.wait()
            if self.query("#in-keyring"):
                self.busy = False
                self.say("There is a keyring: see where the key is kept, then connect.", kind="warning")
                return
        self.say("Asking the platform …" if draft.in_keyring else f"Asking the platform … {_IN_FILE}")
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
