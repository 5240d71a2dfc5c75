"""What a profile signs in with: its `key_command`, then the environment, the keyring, and secrets.toml.

The first of these that has one whole way to sign in is taken, and nothing is added from the others. Each of
them is asked when the account is connected, never before.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from entitree.errors import KeylessError, StorageError
from entitree.settings import environment
from entitree.settings.profile import Secrets, naming
from entitree.settings.written import read_secrets

if TYPE_CHECKING:
    from entitree.settings.profile import Profile
    from entitree.settings.profiles import Settings


async def find_secrets(settings: Settings, profile: Profile) -> Secrets:
    """What `profile`, which a file defines, signs in with at its address.

    May wait for somebody; can be cancelled at any time. Raises KeylessError where there is nothing for that
    address, SettingsError for a key_command or file that is wrong.
    """
    if profile.base_url is None:
        return Secrets()
    if profile.key_command:
        from entitree.settings.key_command import ask

        where = f"{settings.written(profile.name)[1]}: profile.{profile.name}.key_command"
        with naming(where):
            return Secrets(api_key=await ask(profile.key_command), key_from=where)
    if given := secrets_given(settings, profile.base_url):
        return given
    from entitree.settings.aside import aside

    problem = ""
    try:
        kept = await aside(lambda: _in_keyring(profile.name, profile.base_url or ""))
    except StorageError as error:
        kept, problem = None, str(error)
    if kept:
        return kept
    try:
        return await asyncio.to_thread(secrets_written, settings, profile.name, profile.base_url)
    except KeylessError as error:
        raise KeylessError(f"{error.what} {problem}".rstrip(), hint=error.hint) from None


def secrets_given(settings: Settings, base_url: str) -> Secrets | None:
    """Those of the environment; None where it has no whole way to sign in. Raises SettingsError."""
    given = environment.secrets_of(settings.environ)
    # A key that came with a base URL belongs to that one.
    own = environment.base_url_of(settings.environ, settings.address) in (None, base_url)
    return given if given and own else None


def secrets_written(settings: Settings, name: str, base_url: str) -> Secrets:
    """Those of secrets.toml. Raises KeylessError, or SettingsError for a file that is wrong."""
    file = settings.paths.secrets_file
    table = read_secrets(file, settings.names).get(name)
    if table is None:
        raise _keyless(name, f"The profile {name!r} has no key.")
    with naming(f"{file}: {name}.base_url"):
        home = settings.address(table.base_url)
    if home != base_url:
        raise _keyless(name, f"The profile {name!r} has moved to another address, so its key was not used.")
    secrets = Secrets(
        api_key=table.api_key,
        user=table.user,
        password=table.password,
        client_id=table.client_id,
        client_secret=table.client_secret,
        key_from=f"{file}: {name}.api_key",
        user_from=f"{file}: {name}.user, {name}.password",
        client_from=f"{file}: {name}.client_id, {name}.client_secret",
    )
    if not secrets:
        raise _keyless(name, f"The profile {name!r} has no key.")
    return secrets


def _in_keyring(name: str, base_url: str) -> Secrets | None:
    from entitree.settings.session_keyring import open_keyring

    keyring = open_keyring()
    return keyring.read(name, base_url) if keyring is not None else None


def _keyless(name: str, what: str) -> KeylessError:
    return KeylessError(
        what, hint=f"Set {environment.API_KEY}, or open entitree --profile {name}, which asks for it."
    )
