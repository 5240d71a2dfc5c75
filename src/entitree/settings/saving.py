"""Keeping what `:connect` learned: profiles in profiles.toml, keys in secrets.toml."""

from __future__ import annotations

from dataclasses import fields, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from entitree.errors import SettingsError
from entitree.settings.files import alone, write_toml
from entitree.settings.profile import SANDBOX_PROFILE, Profile, check_name, naming, word_for_limits
from entitree.settings.written import Config, ProfileEntry, SecretEntry, read_config, read_secrets

if TYPE_CHECKING:
    from entitree.settings.paths import Paths
    from entitree.settings.profile import Address
    from entitree.settings.session_keyring import SessionKeyring


def check_savable(paths: Paths, profile: Profile, address: Address) -> None:
    """Raises SettingsError where `save_profile` would, so that nothing needs to be asked of anybody first."""
    config = read_config(paths.config_file)
    _check(paths, profile, config, address)
    saved = read_config(paths.profiles_file)
    read_secrets(paths.secrets_file, {*config.profile, *saved.profile})


def save_profile(
    paths: Paths, profile: Profile, address: Address, keyring: SessionKeyring | None = None
) -> None:
    """Keeps `profile`, and its secrets in `keyring`, or without one in secrets.toml; makes it the one that
    opens by itself.

    Of a profile that config.toml defines, only the key is kept. Of one that was saved before, what the app
    does not ask for stays as it was. The key is written first: a profile without its key is worse than a key
    without a profile. What goes to the keyring is in no file any more. Raises SettingsError or StorageError;
    each file is then still whole.
    """
    with alone(paths.config):
        config = read_config(paths.config_file)
        base_url = _check(paths, profile, config, address)
        saved = read_config(paths.profiles_file)
        secrets = read_secrets(paths.secrets_file, {*config.profile, *saved.profile})
        written = secrets.pop(profile.name, None)
        if keyring is None:
            secrets[profile.name] = _secret(profile, base_url)
        else:
            keyring.keep(profile.name, base_url, profile.secrets)
        profiles = dict(saved.profile)
        if profile.name not in config.profile:
            profiles[profile.name] = _table(profile, base_url, profiles.get(profile.name))
        fresh = replace(saved, default=profile.name, profile=profiles)
        if keyring is None or written is not None:
            write_toml(paths.secrets_file, {name: _plain(table) for name, table in secrets.items()})
        write_toml(paths.profiles_file, _plain(fresh))


def save_preference(paths: Paths, *, theme: str | None = None, lean: bool | None = None) -> None:
    """Keeps what is not None, for every profile that does not say otherwise.

    What config.toml says wins over it: `Settings.config` tells. Raises SettingsError or StorageError; the
    file is then still whole.
    """
    with alone(paths.config):
        saved = read_config(paths.profiles_file)
        fresh = replace(
            saved,
            theme=saved.theme if theme is None else theme,
            lean=saved.lean if lean is None else lean,
        )
        write_toml(paths.profiles_file, _plain(fresh))


def _check(paths: Paths, profile: Profile, config: Config, address: Address) -> str:
    name = check_name(profile.name)
    if profile.base_url is None or name == SANDBOX_PROFILE.name:
        raise SettingsError(f"{name!r} names the embedded sandbox.", hint="Choose another name.")
    table = config.profile.get(name)
    if table is not None:
        with naming(f"{paths.config_file}: profile.{name}.base_url"):
            base_url = address(table.base_url)
        if other := _otherwise(profile, base_url, table):
            raise SettingsError(
                f"The profile {name!r} stands in {paths.config_file} with {other}.",
                hint="Change it there, which only you can do, or choose another name.",
            )
    return profile.base_url


def _secret(profile: Profile, base_url: str) -> SecretEntry:
    return SecretEntry(
        base_url=base_url,
        api_key=profile.secrets.api_key,
        user=profile.secrets.user,
        password=profile.secrets.password,
        client_id=profile.secrets.client_id,
        client_secret=profile.secrets.client_secret,
    )


def _otherwise(profile: Profile, base_url: str, table: ProfileEntry) -> str:
    """What `table` says that is less than what `profile` asks for; nothing where that is granted."""
    if base_url != profile.base_url:
        return "another address"
    if table.key_command:
        return "a program that is asked for its key"
    if profile.read_only and not table.read_only:
        return "leave to write"
    # Who wants to sign in once does not want the password sent with every request.
    return "another way to sign in" if (profile.sign_in, table.sign_in) == ("session", "basic") else ""


def _table(profile: Profile, base_url: str, before: ProfileEntry | None) -> ProfileEntry:
    if before is not None:
        # What was typed holds from now on, and a program knows a key for the old address.
        return replace(
            before,
            base_url=base_url,
            read_only=profile.read_only,
            sign_in=profile.sign_in,
            key_command=None,
        )
    return ProfileEntry(
        base_url=base_url,
        read_only=profile.read_only,
        kind=profile.kind,
        protected=tuple(sorted(profile.protected)),
        limits=word_for_limits(profile.limits),
        theme=profile.theme,
        sign_in=profile.sign_in,
        refresh=profile.refresh_minutes,
        cursor=profile.cursor,
        colour=profile.colour,
        lean=profile.lean,
    )


def _plain(entry: Config | ProfileEntry | SecretEntry) -> dict[str, Any]:
    """The table that `entry` is read from again."""
    return {
        each.name: _told(value)
        for each in fields(entry)
        if (value := getattr(entry, each.name)) is not None and value != {}
    }


def _told(value: object) -> object:
    match value:
        case Config() | ProfileEntry() | SecretEntry():
            return _plain(value)
        case Enum():
            return value.value
        case dict():
            return {name: _told(each) for name, each in value.items()}
        case tuple():
            return list(value)
        case _:
            return value
