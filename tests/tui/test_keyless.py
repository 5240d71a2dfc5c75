"""A profile without a key opens on its mirror and asks for one; where it will be kept is said first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Static

from entitree.accounts import Accounts
from entitree.api import transport
from entitree.demos.scenario import settled, typed
from entitree.sandbox import Sandbox, open_sandbox
from entitree.settings.paths import Paths, find_paths, private_folder
from entitree.tui.app import EntitreeApp
from entitree.tui.modals.connect import ConnectDialog
from entitree.tui.screens.main import MainScreen
from entitree.tui.widgets.entry import Entry
from entitree.tui.widgets.tick import Tick
from entitree.way import desk_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from textual.pilot import Pilot

    from entitree.api.transport import ASGIApp, Transport

URL = "https://acme.example"
CONFIG = f"""
default = "acme"
[profile.acme]
base_url = "{URL}"
read_only = true
"""
IN_FILE = "The key is kept in secrets.toml: readable by you alone, not encrypted."


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """The sandbox that answers at every base URL."""
    sandbox = open_sandbox(tmp_path / "elsewhere.db", limits=None)
    real = transport.open_transport

    def opening(base_url: str, *, asgi_app: ASGIApp | None = None, **_: Any) -> Transport:  # noqa: ANN401
        return real("http://127.0.0.1", asgi_app=asgi_app or sandbox.app)

    monkeypatch.setattr(transport, "open_transport", opening)
    monkeypatch.setattr(
        "entitree.account.desk_of",
        lambda handover, client, store, here: desk_of(handover, client, store, here=True),
    )
    yield sandbox
    sandbox.close()


@pytest.fixture
def paths(home: Path) -> Paths:
    found = find_paths({"ENTITREE_HOME": str(home)})
    private_folder(found.config)
    found.config_file.write_text(CONFIG)
    return found


def app_of(paths: Paths, **environ: str) -> EntitreeApp:
    accounts = Accounts(paths, environ)
    return EntitreeApp(accounts, partial(accounts.open, accounts.choose()), toast_seconds=3600)


async def press(pilot: Pilot[int], *keys: str) -> None:
    await pilot.press(*keys)
    await settled(pilot)


def give(dialog: ConnectDialog, name: str, text: str) -> None:
    field = dialog.query_one(f"#{name}", Entry)
    field.value = text
    field.focus()


def said(dialog: ConnectDialog) -> str:
    return str(dialog.query_one("#message", Static).content)


async def test_it_opens_and_asks_for_the_key(paths: Paths, platform: Sandbox) -> None:
    app = app_of(paths, ENTITREE_SIGN_IN="session")
    async with app.run_test() as pilot:
        await settled(pilot)
        dialog = app.screen
        assert isinstance(dialog, ConnectDialog)
        assert said(dialog) == f"The profile 'acme' has no key. {IN_FILE}"
        assert (dialog.value("name"), dialog.value("base-url")) == ("acme", URL)
        ticks = {tick.id: tick.value for tick in dialog.query(Tick)}
        assert ticks == {"session": False, "read-only": True}, "as the file has it"
        assert dialog.focused is not None
        assert dialog.focused.id == "api-key"
        await press(pilot, "escape")
        assert isinstance(app.screen, MainScreen), "what was read before can be looked at"
        assert app.account is not None
        assert not app.account.connected
        await press(pilot, "colon", *typed("connect"), "enter")
        assert isinstance(app.screen, ConnectDialog)
        assert app.screen.value("name") == "acme", "it is asked for again"
        give(app.screen, "api-key", "wrong")
        await press(pilot, "enter")
        assert isinstance(app.screen, ConnectDialog)
        assert not paths.secrets_file.exists()
        give(app.screen, "api-key", platform.api_key)
        await press(pilot, "enter")
        assert isinstance(app.screen, MainScreen)
        assert app.account.connected
        assert app.account.profile.read_only
    assert platform.api_key in paths.secrets_file.read_text()


async def test_a_program_that_fails_is_told_and_can_be_asked_again(
    paths: Paths, platform: Sandbox, tmp_path: Path
) -> None:
    key = tmp_path / "key"
    paths.config_file.write_text(f'{CONFIG}key_command = ["/bin/cat", "{key}"]')
    app = app_of(paths)
    async with app.run_test() as pilot:
        await settled(pilot)
        assert isinstance(app.screen, MainScreen)
        (toast,) = (each.message for each in app._notifications)
        assert "The program '/bin/cat' ended with exit code 1, so there is no key." in toast
        assert app.account is not None
        key.write_text(platform.api_key)
        await press(pilot, "r")
        assert app.account.connected
        assert await app.account.store.families()
        assert app.screen.progress == {}


async def test_the_keyring_is_offered_and_may_be_refused(
    paths: Paths, platform: Sandbox, keyring_entries: dict[tuple[str, str], str]
) -> None:
    app = app_of(paths)
    async with app.run_test(size=(60, 20)) as pilot:
        await settled(pilot)
        dialog = app.screen
        assert isinstance(dialog, ConnectDialog)
        assert said(dialog) == "The profile 'acme' has no key."
        tick = dialog.query_one("#in-keyring", Tick)
        assert tick.value
        assert str(tick.label) == "Keyring: the key is kept in that of this session"
        tick.focus()
        await press(pilot, "space")
        assert str(tick.label) == "Keyring: no; kept in secrets.toml, not encrypted"
        assert "…" not in "".join(strip.text for strip in tick.render_lines(tick.size.region))
        await press(pilot, "space")
        give(dialog, "api-key", platform.api_key)
        await press(pilot, "enter")
        assert isinstance(app.screen, MainScreen)
    assert not paths.secrets_file.exists()
    assert platform.api_key in keyring_entries["entitree", f"acme@{URL}"]
