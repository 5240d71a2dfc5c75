"""Choosing the account to work on: every profile there is, and the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from entitree.errors import EntitreeError
from entitree.settings.profile import SANDBOX_PROFILE, Profile
from entitree.text import visible
from entitree.tui.commands.command import sign_of
from entitree.tui.screens import news
from entitree.tui.screens.parting import PartingScreen
from entitree.tui.widgets.bound import bound
from entitree.tui.widgets.profile_list import ProfileLine, ProfileList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from entitree.account import Account
    from entitree.accounts import Accounts
    from entitree.tui.app import EntitreeApp

EMBEDDED = "in this program, kept between starts"
THROWN_AWAY = "in this program, thrown away when it is left"


class ProfileChooser(PartingScreen["Profile | None"], ModalScreen["Profile | None"]):
    """Arrows to move, Enter to switch. Answers with the profile to open; None: the one that is open."""

    CSS_PATH = "profiles.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("escape,q", "leave", "profile-leave", "Leave; the account stays open."),
    ]

    app: EntitreeApp

    def __init__(self, accounts: Accounts, opened: Account) -> None:
        super().__init__()
        self._opened = opened.profile
        self._choices: list[Profile | EntitreeError] = []
        lines = [_line(opened.profile, THROWN_AWAY if opened.throw_away else EMBEDDED, here=True)]
        self._choices.append(opened.profile)
        for name in dict.fromkeys((*accounts.settings.names, SANDBOX_PROFILE.name)):
            if name == opened.profile.name:
                continue
            try:
                profile = accounts.choose(name)
            except EntitreeError as error:
                self._choices.append(error)
                lines.append(ProfileLine(visible(name), None, (), visible(str(error)), wrong=True))
            else:
                self._choices.append(profile)
                lines.append(_line(profile, EMBEDDED, here=False))
        self._lines = lines

    def compose(self) -> ComposeResult:
        with Vertical(id="profiles") as frame:
            frame.border_title = "Profile"
            chosen, left = (
                sign_of(self.app, "list-choose", "Enter"),
                sign_of(self.app, "profile-leave", "Esc"),
            )
            frame.border_subtitle = f"{chosen} switches · {left} leaves"
            yield ProfileList(self._lines)
            yield Static(id="told")

    def on_mount(self) -> None:
        rows = self.query_one(ProfileList)
        rows.styles.height = min(12, len(self._lines))
        rows.cursor_style = self._opened.cursor or self.app.accounts.settings.cursor
        alone = "There is no other profile. :connect makes one, and so does config.toml."
        self._say(self._lines[rows.cursor].told if len(self._lines) > 1 else alone)

    @on(ProfileList.Highlighted)
    def _highlighted(self, message: ProfileList.Highlighted) -> None:
        self._say(self._lines[message.index].told)

    @on(ProfileList.Chosen)
    def _chosen(self, message: ProfileList.Chosen) -> None:
        choice = self._choices[message.index]
        if isinstance(choice, EntitreeError):
            self._say(str(choice))
        else:
            self.dismiss(None if choice is self._opened else choice)

    def action_leave(self) -> None:
        self.dismiss(None)

    def _say(self, text: str) -> None:
        self.query_one("#told", Static).update(Content(visible(text)))


def _line(profile: Profile, embedded: str, *, here: bool) -> ProfileLine:
    where = embedded if profile.base_url is None else urlsplit(profile.base_url).netloc
    return ProfileLine(
        visible(profile.name),
        profile.colour,
        news.badges(profile),
        f"{'open · ' if here else ''}{visible(where)}",
        here=here,
    )
