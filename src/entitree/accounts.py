"""Every account that this user can open, and the way to add one."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from entitree.account import REQUESTS, Account
from entitree.api.urls import base_url as checked_base_url, is_loopback
from entitree.errors import StorageError
from entitree.settings.profile import SANDBOX_PROFILE, AccountKind, Profile, Secrets
from entitree.settings.profiles import Settings, load_settings
from entitree.way import client_of, credential_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from entitree.api.client import PlatformClient
    from entitree.api.observing import Observer
    from entitree.settings.checking import Names, Problem
    from entitree.settings.paths import Paths

KEPT_SEED = "docs"
DEMO_SEED = "demo"
DEMO_LIMITS = 10.0
"""The demo runs at ten times the real limits."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed to connect an account. Its repr shows none of it but the name."""

    name: str
    base_url: str = field(repr=False)
    api_key: str = field(default="", repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    client_id: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    session: bool = False
    """Whether the user signs in for a session."""
    read_only: bool = False
    in_keyring: bool = False
    """Whether the secrets go to the keyring of this session; else to secrets.toml, which is not encrypted."""

    def profile(self) -> Profile:
        """The profile it describes. Raises SettingsError for a base URL that cannot be right."""
        base_url = checked_base_url(self.base_url)
        return Profile(
            name=self.name.strip(),
            base_url=base_url,
            kind=_kind(base_url),
            secrets=Secrets(
                api_key=self.api_key.strip() or None,
                user=self.user.strip() or None,
                password=self.password or None,
                client_id=self.client_id.strip() or None,
                client_secret=self.client_secret.strip() or None,
            ),
            read_only=self.read_only,
            sign_in="session" if self.session else "basic",
        )


class Accounts:
    """Every account this user can open, and the way to add one. Raises SettingsError for wrong files."""

    def __init__(self, paths: Paths, environ: Mapping[str, str]) -> None:
        self.paths = paths
        self._environ = environ
        self.settings: Settings = self._load()

    def choose(self, name: str | None = None) -> Profile:
        """The profile called `name`, or the one that opens by itself. Raises SettingsError.

        What it signs in with is asked for when its account is connected, unless the environment makes the
        whole profile: that is checked here for what can be told without asking anybody.
        """
        profile = self.settings.choose(name)
        if profile.base_url is None:
            return profile
        if profile.secrets:
            credential_of(profile)
        # A profile of the files says itself what it is.
        written = profile.name in self.settings.names
        return profile if written else replace(profile, kind=_kind(profile.base_url))

    async def open(self, profile: Profile) -> Account:
        """Opens `profile`. Raises StorageError."""
        if profile.base_url is None:
            return await Account.open(profile, self.paths.sandbox, seed=KEPT_SEED)
        folder, pace_file = self.paths.account(profile.folder), self.paths.pace(profile.host)
        return await Account.open(
            profile, folder, seed=KEPT_SEED, pace_file=pace_file, sign_in=self._find_secrets
        )

    async def add(self, draft: Draft) -> Profile:
        """Checks `draft` with one request, then saves it as the profile that opens by itself.

        Nothing is asked before all else is right, and nothing is saved unless the platform answered. What is
        returned obeys the environment too. Raises SettingsError, PlatformError or StorageError.
        """
        from entitree.settings.aside import aside
        from entitree.settings.saving import check_savable

        profile = draft.profile()
        credential_of(profile).authorization()
        await asyncio.to_thread(check_savable, self.paths, profile, checked_base_url)
        await check_profile(profile, self.paths.logs / REQUESTS)
        await aside(partial(self._save, profile, in_keyring=draft.in_keyring))
        self.settings = self._load()
        return self.settings.configured(profile.name, profile.secrets)

    async def has_keyring(self) -> bool:
        """Whether there is a keyring in this session that could keep a key."""
        from entitree.settings.aside import aside
        from entitree.settings.session_keyring import open_keyring

        return await aside(open_keyring) is not None

    def _save(self, profile: Profile, *, in_keyring: bool) -> None:
        from entitree.settings.saving import save_profile
        from entitree.settings.session_keyring import open_keyring

        keyring = open_keyring()
        if in_keyring and keyring is None:
            raise StorageError(
                "There is no keyring in this session any more.", hint="Choose another place for the key."
            )
        save_profile(self.paths, profile, checked_base_url, keyring if in_keyring else None)
        if keyring is not None and not in_keyring:
            # What it holds would be taken first. One that stays locked gives nothing either.
            with suppress(StorageError):
                keyring.forget(profile.name, profile.base_url or "")

    async def _find_secrets(self, profile: Profile) -> Secrets:
        from entitree.settings.credentials import find_secrets

        return await find_secrets(self.settings, profile)

    def _load(self) -> Settings:
        return load_settings(self.paths, self._environ, checked_base_url)


def find_problems(paths: Paths, environ: Mapping[str, str], names: Names | None = None) -> list[Problem]:
    """All that is wrong with settings and environment, as far as it can be told without asking anybody; of
    themes and keys what `names` knows.
    """
    from entitree.settings import checking

    return checking.find_problems(paths, environ, checked_base_url, credential_of, names)


async def check_profile(profile: Profile, log: Path) -> None:
    """Asks the platform for one application, noting in `log` what was sent. Raises what stands in the way."""
    from entitree.log.requests import RequestLog

    observe = RequestLog(log, "app")
    client = await asyncio.to_thread(_remote_client, profile, observe)
    try:
        await anext(client.applications(size=1))
    finally:
        await client.aclose()
        await asyncio.to_thread(observe.close)


async def open_demo(folder: Path, *, seed: str = DEMO_SEED) -> Account:
    """A throw-away account on a sandbox filled as a real one is, at ten times the real limits.

    All of it lives in `folder`, which is the caller's to remove.
    """
    profile = replace(SANDBOX_PROFILE, name="demo", limits=DEMO_LIMITS)
    return await Account.open(profile, folder, seed=seed, throw_away=True)


def _remote_client(profile: Profile, observe: Observer) -> PlatformClient:
    from entitree.api.gate import LocalGate
    from entitree.api.transport import open_transport

    transport, credential = open_transport(profile.base_url or ""), credential_of(profile)
    return client_of(profile, transport, credential, LocalGate(profile.limits), observe)


def _kind(base_url: str) -> AccountKind:
    # Nobody runs the real platform on loopback.
    return AccountKind.SANDBOX if is_loopback(base_url) else AccountKind.PROD
