"""Where a profile has its key from, in which order, and that each is bound to the profile's address."""

# The library does not say what its backends are made with.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import asyncio
import json
import threading
from typing import TYPE_CHECKING

import pytest
from keyring import core, errors
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail

from entitree.api.urls import base_url
from entitree.errors import KeylessError, SettingsError, StorageError
from entitree.settings.aside import aside
from entitree.settings.credentials import find_secrets
from entitree.settings.profile import Profile, Secrets
from entitree.settings.profiles import load_settings
from entitree.settings.saving import save_profile
from entitree.settings.session_keyring import SessionKeyring, open_keyring
from entitree.settings.written import read_secrets

if TYPE_CHECKING:
    from tests.settings.conftest import Writing

    from entitree.settings.paths import Paths

    Entries = dict[tuple[str, str], str]

URL = "https://acme.example"
ENTRY = ("entitree", f"acme@{URL}")
PROFILE = f'[profile.acme]\nbase_url = "{URL}"\n'
COMMAND = PROFILE + 'key_command = ["/bin/echo", "command-SECRET"]\n'
FILE = f'[acme]\nbase_url = "{URL}"\napi_key = "file-SECRET"\n'


async def found(paths: Paths, **environ: str) -> Secrets:
    settings = load_settings(paths, environ, base_url)
    return await find_secrets(settings, settings.choose("acme"))


async def test_the_order_in_which_they_are_asked(
    paths: Paths, write: Writing, keyring_entries: Entries
) -> None:
    write(paths.config_file, COMMAND)
    write(paths.secrets_file, FILE)
    keyring_entries[ENTRY] = json.dumps({"api_key": "keyring-SECRET"})
    given = {"ENTITREE_API_KEY": "variable-SECRET"}
    secrets = await found(paths, **given)
    assert secrets.api_key == "command-SECRET"
    assert secrets.key_from == f"{paths.config_file}: profile.acme.key_command"
    write(paths.config_file, PROFILE)
    secrets = await found(paths, **given)
    assert (secrets.api_key, secrets.key_from) == ("variable-SECRET", "ENTITREE_API_KEY")
    secrets = await found(paths)
    assert secrets.api_key == "keyring-SECRET"
    assert secrets.key_from == f"the keyring (entitree, acme@{URL})"
    keyring_entries.clear()
    secrets = await found(paths)
    assert (secrets.api_key, secrets.key_from) == ("file-SECRET", f"{paths.secrets_file}: acme.api_key")
    paths.secrets_file.unlink()
    with pytest.raises(
        KeylessError, match=r"^The profile 'acme' has no key\. Set ENTITREE_API_KEY, or open "
    ):
        await found(paths)


async def test_a_program_that_fails_is_not_passed_over(paths: Paths, write: Writing) -> None:
    write(paths.config_file, PROFILE + 'key_command = ["/bin/false", "SECRET"]')
    write(paths.secrets_file, FILE)
    with pytest.raises(SettingsError) as caught:
        await found(paths, ENTITREE_API_KEY="variable-SECRET")
    assert str(caught.value).startswith(
        f"{paths.config_file}: profile.acme.key_command: The program '/bin/false' ended with exit code 1, "
    )
    assert not isinstance(caught.value, KeylessError)
    assert "SECRET" not in str(caught.value)
    settings = load_settings(paths, {}, base_url)
    assert "SECRET" not in repr(settings) + repr(settings.choose("acme"))


async def test_what_is_in_the_keyring_belongs_to_its_address(
    paths: Paths, write: Writing, keyring_entries: Entries
) -> None:
    write(paths.config_file, PROFILE)
    keyring_entries[ENTRY] = json.dumps({"user": "u", "password": "keyring-SECRET"})
    secrets = await found(paths)
    assert (secrets.api_key, secrets.user, secrets.password) == (None, "u", "keyring-SECRET")
    write(paths.config_file, PROFILE.replace("acme.example", "moved.example"))
    with pytest.raises(KeylessError):
        await found(paths)


@pytest.mark.parametrize("text", ["SECRET", '["SECRET"]', '{"api_key": ["SECRET"]}', "[" * 100_000, "{}"])
async def test_an_entry_that_is_none_of_ours_is_told_beside_what_is_missing(
    paths: Paths, write: Writing, keyring_entries: Entries, text: str
) -> None:
    write(paths.config_file, PROFILE)
    keyring_entries[ENTRY] = text
    with pytest.raises(KeylessError) as caught:
        await found(paths)
    said = str(caught.value)
    assert "SECRET" not in said
    assert ("was not written by entitree" in said) == (text != "{}")


class Locked(KeyringBackend):
    priority = 5

    def get_password(self, service: str, username: str) -> str | None:
        raise errors.KeyringLocked(f"{username} SECRET")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise errors.PasswordSetError(password)

    def delete_password(self, service: str, username: str) -> None:
        raise errors.PasswordDeleteError("SECRET")


async def test_a_locked_keyring_is_told_where_nothing_else_is_there(
    paths: Paths, write: Writing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core, "_keyring_backend", Locked())
    write(paths.config_file, PROFILE)
    with pytest.raises(KeylessError) as caught:
        await found(paths)
    said = (
        "The keyring of this session could not be read: KeyringLocked. Unlock it, or keep the key elsewhere."
    )
    assert said in str(caught.value)
    assert "SECRET" not in str(caught.value)
    write(paths.secrets_file, FILE)
    assert (await found(paths)).api_key == "file-SECRET"
    keyring = SessionKeyring(Locked())
    with pytest.raises(StorageError) as failed:
        keyring.keep("acme", URL, Secrets("SECRET"))
    assert str(failed.value).startswith(
        "The keyring of this session could not keep anything: PasswordSetError."
    )
    assert failed.value.__cause__ is None


class Plain(Locked):
    """As those that keep plain text in a file."""

    priority = 0.5  # type: ignore[assignment]  # as there


class Chain(chainer.ChainerBackend):
    backends = (Plain(), fail.Keyring())


class SafeChain(chainer.ChainerBackend):
    backends = (Plain(), Locked())


@pytest.mark.parametrize(
    ("backend", "safe"), [(fail.Keyring(), False), (Plain(), False), (Chain(), False), (SafeChain(), True)]
)
def test_what_keeps_plain_text_is_no_keyring(
    monkeypatch: pytest.MonkeyPatch, backend: KeyringBackend, safe: bool
) -> None:
    monkeypatch.setattr(core, "_keyring_backend", backend)
    keyring = open_keyring()
    assert (keyring is not None) == safe
    assert keyring is None or type(keyring._backend) is Locked


def test_without_the_library_there_is_no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    assert open_keyring() is None


async def test_what_goes_to_the_keyring_is_in_no_file(paths: Paths, keyring_entries: Entries) -> None:
    profile = Profile("acme", URL, Secrets("first-SECRET"))
    other = Profile("other", URL, Secrets("other-SECRET"))
    for each in (other, profile):
        save_profile(paths, each, base_url)
    keyring = open_keyring()
    save_profile(paths, Profile("acme", URL, Secrets("second-SECRET", "u", "p-SECRET")), base_url, keyring)
    assert set(read_secrets(paths.secrets_file, ())) == {"other"}, "the old key is gone"
    assert "second-SECRET" not in paths.profiles_file.read_text()
    assert set(keyring_entries) == {ENTRY}
    secrets = await found(paths)
    assert secrets == Secrets("second-SECRET", "u", "p-SECRET")
    assert keyring is not None
    keyring.forget("acme", URL)
    keyring.forget("acme", URL)
    assert keyring_entries == {}


async def test_a_typed_key_replaces_the_program_of_a_saved_profile(paths: Paths, write: Writing) -> None:
    write(paths.profiles_file, COMMAND)
    save_profile(paths, Profile("acme", URL, Secrets("typed-SECRET")), base_url)
    assert (await found(paths)).api_key == "typed-SECRET"
    write(paths.config_file, COMMAND)
    with pytest.raises(SettingsError, match="with a program that is asked for its key"):
        save_profile(paths, Profile("acme", URL, Secrets("typed-SECRET")), base_url)


async def test_a_keyring_that_never_answers_keeps_nobody_waiting() -> None:
    entered, never = threading.Event(), threading.Event()

    def wait() -> None:
        entered.set()
        never.wait()

    waiting = asyncio.create_task(aside(wait))
    await asyncio.to_thread(entered.wait)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert all(each.daemon for each in threading.enumerate() if each.name.endswith("(run)"))
    never.set()
