"""What the app saves is found again; what it cannot save, it says before anything is written."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import pytest
import tomli_w
from hypothesis import given, settings, strategies as st

from entitree.api.urls import base_url
from entitree.errors import SettingsError, StorageError
from entitree.settings.credentials import find_secrets
from entitree.settings.profile import AccountKind, Profile, Secrets
from entitree.settings.profiles import Settings, load_settings
from entitree.settings.saving import check_savable, save_preference, save_profile
from entitree.settings.written import read_secrets

if TYPE_CHECKING:
    from pathlib import Path

    from tests.settings.conftest import Writing

    from entitree.settings.paths import Paths

ACME = Profile("acme", "https://acme.example", Secrets("key-SECRET", "user", "pass-SECRET"), read_only=True)
CONFIG = '# mine\n[profile.acme]\nbase_url = "HTTPS://acme.example/"\nprotected = ["prod"]\n'


def save(paths: Paths, profile: Profile) -> None:
    check_savable(paths, profile, base_url)
    save_profile(paths, profile, base_url)


class Loaded(NamedTuple):
    settings: Settings

    @property
    def names(self) -> tuple[str, ...]:
        return self.settings.names

    def choose(self, name: str | None = None) -> Profile:
        """The profile as it is when its account is connected."""
        profile = self.settings.choose(name)
        return replace(profile, secrets=asyncio.run(find_secrets(self.settings, profile)))


def load(paths: Paths) -> Loaded:
    return Loaded(load_settings(paths, {}, base_url))


def test_what_was_saved_opens_by_itself(paths: Paths) -> None:
    save(paths, ACME)
    assert load(paths).choose() == ACME
    other = replace(
        ACME,
        name="acme.two",
        base_url="http://127.0.0.1:1",
        secrets=Secrets("other", client_id="c", client_secret="s-SECRET"),
        kind=AccountKind.SANDBOX,
        protected=frozenset({"b", "a"}),
        limits=None,
        theme="dark",
        sign_in="session",
        refresh_minutes=15,
        cursor="gutter",
        colour="blue",
        lean=True,
    )
    save(paths, other)
    assert load(paths).choose() == other
    assert load(paths).choose("acme") == ACME, "the earlier one is still there"
    assert load(paths).names == ("acme", "acme.two")


def test_keys_are_in_one_file_that_is_private(paths: Paths) -> None:
    save(paths, ACME)
    assert "SECRET" in paths.secrets_file.read_text()
    assert "SECRET" not in paths.profiles_file.read_text()
    assert sorted(each.name for each in paths.config.iterdir()) == ["profiles.toml", "secrets.toml"]
    assert all(stat.S_IMODE(each.stat().st_mode) == 0o600 for each in paths.config.iterdir())
    assert stat.S_IMODE(paths.config.stat().st_mode) == 0o700


def test_saving_again_keeps_what_was_not_asked(paths: Paths, write: Writing) -> None:
    save(paths, replace(ACME, protected=frozenset({"prod"}), limits=0.5, theme="light"))
    write(paths.profiles_file, 'theme = "dark"\n' + paths.profiles_file.read_text())
    save(paths, replace(ACME, base_url="https://moved.example", secrets=Secrets("new"), read_only=False))
    profile = load(paths).choose()
    assert (profile.base_url, profile.secrets.api_key) == ("https://moved.example", "new")
    assert profile.secrets.password is None
    assert not profile.read_only
    assert (profile.protected, profile.limits, profile.theme) == (frozenset({"prod"}), 0.5, "light")
    assert load(paths).settings.theme == "dark"


def test_saving_again_keeps_what_is_preferred_and_changes_how_to_sign_in(
    paths: Paths, write: Writing
) -> None:
    save(paths, replace(ACME, refresh_minutes=15, cursor="gutter", sign_in="session"))
    save(paths, ACME)
    profile = load(paths).choose()
    assert (profile.refresh_minutes, profile.cursor, profile.sign_in) == (15, "gutter", "basic")
    write(paths.profiles_file, paths.profiles_file.read_text().replace("refresh = 15", 'refresh = "off"'))
    write(paths.config_file, "refresh = 30")
    save(paths, replace(ACME, sign_in="session"))
    profile = load(paths).choose()
    assert (profile.refresh_minutes, profile.sign_in) == (None, "session")


def test_a_preference_is_kept_beside_the_profiles(paths: Paths, write: Writing) -> None:
    save_preference(paths, theme="dark")
    save_preference(paths, lean=True)
    assert paths.profiles_file.read_text() == 'theme = "dark"\nlean = true\n'
    save(paths, ACME)
    save_preference(paths, lean=False)
    settings = load(paths).settings
    assert (settings.theme, settings.lean, load(paths).choose()) == ("dark", False, ACME)
    write(paths.config_file, '# mine\nlean = true\ntheme = "light"')
    save_preference(paths, theme="other", lean=False)
    assert paths.config_file.read_text() == '# mine\nlean = true\ntheme = "light"'
    settings = load(paths).settings
    assert (settings.theme, settings.lean) == ("light", True), "the user's file wins"


def test_what_was_not_said_is_left_to_config(paths: Paths, write: Writing) -> None:
    save(paths, ACME)
    write(paths.config_file, 'refresh = 30\ncursor = "gutter"')
    profile = load(paths).choose()
    assert (profile.refresh_minutes, profile.cursor) == (30, None)


def test_a_client_alone_is_kept_where_it_is_private(paths: Paths) -> None:
    client = replace(ACME, secrets=Secrets(client_id="client-SECRET", client_secret="its-SECRET"))
    save(paths, client)
    assert load(paths).choose() == client
    assert "SECRET" not in paths.profiles_file.read_text()
    save(paths, ACME)
    assert load(paths).choose().secrets.client_id is None, "replaced, not mixed"


def test_how_a_profile_of_the_user_signs_in_is_the_user_s(paths: Paths, write: Writing) -> None:
    write(paths.config_file, CONFIG + 'sign_in = "session"')
    save(paths, replace(ACME, read_only=False))
    assert load(paths).choose().sign_in == "session"


def test_of_a_profile_of_the_user_only_the_key_is_kept(paths: Paths, write: Writing) -> None:
    write(paths.config_file, CONFIG)
    save(paths, replace(ACME, read_only=False))
    assert paths.config_file.read_text() == CONFIG
    assert "acme.example" not in paths.profiles_file.read_text()
    profile = load(paths).choose()
    assert (profile.name, profile.protected, profile.secrets) == ("acme", frozenset({"prod"}), ACME.secrets)


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        (
            replace(ACME, base_url="https://b.example"),
            "The profile 'acme' stands in {} with another address.",
        ),
        (ACME, "The profile 'acme' stands in {} with leave to write."),
        (
            replace(ACME, read_only=False, sign_in="session"),
            "The profile 'acme' stands in {} with another way to sign in.",
        ),
        (replace(ACME, name="sandbox"), "'sandbox' names the embedded sandbox."),
        (replace(ACME, name="b", base_url=None), "'b' names the embedded sandbox."),
        (replace(ACME, name="../x"), "'../x' cannot name a profile."),
    ],
)
def test_what_cannot_be_saved_writes_nothing(
    paths: Paths, write: Writing, profile: Profile, said: str
) -> None:
    write(paths.config_file, CONFIG)
    for attempt in (check_savable, save_profile):
        with pytest.raises(SettingsError) as caught:
            attempt(paths, profile, base_url)
        assert str(caught.value).startswith(said.format(paths.config_file))
    assert list(paths.config.iterdir()) == [paths.config_file]


@pytest.mark.parametrize("which", ["config_file", "profiles_file", "secrets_file"])
def test_a_file_that_is_wrong_already_stops_it_first(paths: Paths, write: Writing, which: str) -> None:
    save(paths, ACME)
    write(getattr(paths, which), "x = = SECRET")
    before = {each.name: each.read_text() for each in paths.config.iterdir()}
    for attempt in (check_savable, save_profile):
        with pytest.raises(SettingsError, match=f"{getattr(paths, which).name} is not TOML"):
            attempt(paths, ACME, base_url)
    assert {each.name: each.read_text() for each in paths.config.iterdir()} == before


@pytest.mark.parametrize("writes", [0, 1])
def test_a_disk_that_fills_up_leaves_both_files_whole(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    save(paths, ACME)
    real, left = os.fsync, [writes]

    def fsync(descriptor: int) -> None:
        if not left[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        left[0] -= 1
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(StorageError, match=r"cannot be written: No space left on device\."):
        save_profile(paths, replace(ACME, name="new"), base_url)
    monkeypatch.undo()
    assert load(paths).choose() == ACME
    assert load(paths).names == ("acme",)
    assert set(read_secrets(paths.secrets_file, ())) == ({"acme", "new"} if writes else {"acme"})
    assert set(paths.config.iterdir()) == {paths.profiles_file, paths.secrets_file}


secret = st.text(st.characters(codec="utf-8"), min_size=8).map(lambda text: f"SECRET{text}")
odd = st.one_of(
    secret,
    st.lists(secret, max_size=2),
    st.dictionaries(st.sampled_from(["base_url", "user", "password", "client_secret"]), secret),
)


keys = st.sampled_from(
    ["base_url", "api_key", "user", "password", "client_id", "client_secret", "extra-SECRET"]
)


@given(odd | st.dictionaries(keys, odd | st.integers() | st.booleans()))
@settings(max_examples=60)
def test_no_error_of_a_secret_file_shows_what_stands_in_it(
    tmp_path_factory: pytest.TempPathFactory, table: object
) -> None:
    file = _private(tmp_path_factory.getbasetemp() / "secrets-of-hypothesis.toml", {"acme": table})
    try:
        said = repr(replace(read_secrets(file, {"acme"})["acme"], base_url=""))
    except SettingsError as error:
        said = "".join(traceback.format_exception(error))
        located = str(error).startswith(f"{file}: acme")
    else:
        located = True
    assert "SECRET" not in said
    assert located


def _private(file: Path, tables: dict[str, object]) -> Path:
    file.touch(mode=0o600)
    file.write_bytes(tomli_w.dumps(tables).encode())
    return file
