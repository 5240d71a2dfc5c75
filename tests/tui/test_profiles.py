"""Switching the account inside the app: what is offered, what is told, and what becomes of the old one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.tui.journeys import main, press, told
from textual.widgets import Static

from entitree.demos.scenario import settled
from entitree.errors import StorageError, UsageError
from entitree.settings.paths import find_paths
from entitree.tui.modals.profiles import ProfileChooser
from entitree.tui.widgets.profile_list import ProfileList
from entitree.tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from tests.tui.conftest import Stage

    from entitree.account import Account
    from entitree.settings.profile import Profile
    from entitree.tui.app import EntitreeApp

CONFIG = """
[profile.acme]
base_url = "http://127.0.0.1:9/"
colour = "red"
read_only = true
theme = "entitree-light"
[profile.broken]
base_url = "ftp://nowhere"
[profile.real]
base_url = "https://abc123.api.infobip.com"
"""
SECRETS = """
[acme]
base_url = "http://127.0.0.1:9/"
api_key = "of-acme"
[real]
base_url = "https://abc123.api.infobip.com"
api_key = "of-real"
"""


def configure(stage: Stage) -> None:
    paths = find_paths({"ENTITREE_HOME": str(stage.folder / "home")})
    paths.config_file.parent.mkdir(parents=True, mode=0o700)
    paths.config_file.write_text(CONFIG)
    paths.secrets_file.touch(0o600)
    paths.secrets_file.write_text(SECRETS)


def lines(app: EntitreeApp) -> list[str]:
    rows = app.screen.query_one(ProfileList)
    return [rows.row_line(at).text.strip() for at in range(rows.count)]


def status(app: EntitreeApp) -> str:
    line = main(app).query_one(StatusLine)
    return "".join(piece.text for piece in line.pieces(120))


async def test_every_profile_is_offered_with_what_it_is_and_switched_to(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(stage)
    app = stage.app("demo", colour="violet")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        assert status(app).startswith(" entitree · sandbox   SANDBOX ")
        looks = {piece.style for piece in main(app).query_one(StatusLine).pieces(120)}
        assert "status-line--violet" in looks
        first = stage.watched

        await press(pilot, "P")
        assert isinstance(app.screen, ProfileChooser)
        shown = lines(app)
        assert [line.split()[0] for line in shown[1:]] == ["acme", "broken", "real"]
        assert "● " in shown[0]
        assert "open · in this program, thrown away" in shown[0]
        assert "SANDBOX" in shown[0]
        assert "READ-ONLY" in shown[1]
        assert "127.0.0.1:9" in shown[1]
        assert "PROD" in shown[3]
        assert "abc123.api.infobip.com" in shown[3]
        # What cannot be opened says why, and the chooser stays.
        await press(pilot, "down", "down", "enter")
        assert isinstance(app.screen, ProfileChooser)
        assert "profile.broken.base_url" in str(app.screen.query_one("#told", Static).render())
        await press(pilot, "escape")
        assert app.account is first

        # Where opening fails the account stays, and goes on being watched.
        failed = StorageError("The mirror cannot be opened.", hint="Look at the disk.")
        opens = app.accounts.open

        async def fail(profile: Profile) -> Account:
            raise failed

        monkeypatch.setattr(app.accounts, "open", fail)
        await press(pilot, "P", "down", "enter")
        assert (app.account, "The mirror cannot be opened." in told(app)) == (first, True)
        assert app.job_watch is not None
        await press(pilot, "2")
        assert main(app).pane.rows is not None

        monkeypatch.setattr(app.accounts, "open", opens)
        await press(pilot, "P", "down", "enter")
        assert app.account is not None
        assert app.account.profile.name == "acme"
        assert main(app).account is app.account
        assert " acme " in status(app)
        assert "READ-ONLY" in status(app)
        assert app.theme == "entitree-light"
        with pytest.raises(UsageError):
            await first.connect()
        # The sandbox that was left is among the others now.
        await press(pilot, "P")
        assert [line.split()[1] for line in lines(app)[:1]] == ["acme"]
        assert any(line.startswith("sandbox") for line in lines(app))
