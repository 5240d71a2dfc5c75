"""An opened profile: client, mirror and job desk in one object. Terminal app and command line start here."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from entitree.api.client import PlatformClient
from entitree.api.gate import LocalGate
from entitree.api.guard import Guard
from entitree.api.models import DEFAULT_APPLICATION
from entitree.api.transport import Credential, Transport, open_transport
from entitree.api.urls import base_url as checked_base_url
from entitree.changes.desk import JobDesk
from entitree.changes.journal import Journal
from entitree.errors import UsageError
from entitree.inventory.store import Store
from entitree.settings.paths import Paths, private_folder
from entitree.settings.profile import SANDBOX_PROFILE, Profile, Secrets
from entitree.settings.profiles import Settings, load_settings, save_profile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

    from entitree.sandbox import Sandbox

KEPT_SEED = "docs"
DEMO_SEED = "demo"
DEMO_LIMITS = 10.0
"""The demo runs at ten times the real limits."""

_IN_PROCESS = "http://127.0.0.1"


class Account:
    """One account, opened. The mirror can be read at once; `connect` opens the way to the platform.

    Until then nothing imports the HTTP library, so that the first frame does not wait for it.
    """

    def __init__(
        self, profile: Profile, folder: Path, store: Store, journal: Journal, *, seed: str, throw_away: bool
    ) -> None:
        self.profile = profile
        self.store = store
        self.journal = journal
        self.throw_away = throw_away
        """Whether all of it is gone when it closes."""
        self._folder = folder
        self._seed = seed
        self._sandbox: Sandbox | None = None
        self._client: PlatformClient | None = None
        self._desk: JobDesk | None = None
        self._connecting = asyncio.Lock()

    @classmethod
    async def open(cls, profile: Profile, folder: Path, *, seed: str, throw_away: bool = False) -> Self:
        """Opens mirror and journal in `folder`. Raises StorageError."""
        private_folder(folder)
        store = await Store(folder / "mirror.db").open()
        try:
            journal = await Journal(folder / "journal.db").open()
        except BaseException:
            await store.aclose()
            raise
        return cls(profile, folder, store, journal, seed=seed, throw_away=throw_away)

    @property
    def protected(self) -> frozenset[str]:
        """Ids that are never deleted."""
        return self.profile.protected | {DEFAULT_APPLICATION}

    @property
    def client(self) -> PlatformClient:
        """The way to the platform; opened by `connect`."""
        if self._client is None:
            raise UsageError("The account is not connected yet.")
        return self._client

    @property
    def desk(self) -> JobDesk:
        """Where plans are handed in; opened by `connect`."""
        if self._desk is None:
            raise UsageError("The account is not connected yet.")
        return self._desk

    @property
    def connected(self) -> bool:
        return self._client is not None

    async def connect(self) -> None:
        """Opens the way to the platform; does nothing where it is open. Sends nothing yet.

        Raises SettingsError for a base URL or key that cannot be right, StorageError for the sandbox's state.
        """
        async with self._connecting:
            if self._client is not None:
                return
            # In a thread: the HTTP library and the sandbox take a quarter of a second to import.
            transport, credential = await asyncio.to_thread(self._open_way)
            self._client = _client(transport, credential, self.profile)
            self._desk = JobDesk(
                self.journal,
                self._client,
                self.store,
                account=self.profile.name,
                protected=self.profile.protected,
            )

    async def close(self) -> None:
        """Closes everything; safe to call twice."""
        if self._client is not None:
            await self._client.aclose()
        if self._sandbox is not None:
            await asyncio.to_thread(self._sandbox.close)
            self._sandbox = None
        await self.journal.aclose()
        await self.store.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _open_way(self) -> tuple[Transport, Credential]:
        if self.profile.base_url is not None:
            return open_transport(checked_base_url(self.profile.base_url)), _credential(self.profile.secrets)
        from entitree.sandbox import open_sandbox

        sandbox = open_sandbox(self._folder / "platform.db", seed=self._seed, limits=self.profile.limits)
        self._sandbox = sandbox
        return open_transport(_IN_PROCESS, asgi_app=sandbox.app), Credential(api_key=sandbox.api_key)


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed to connect an account."""

    name: str
    base_url: str
    api_key: str = ""
    user: str = ""
    password: str = ""
    read_only: bool = False


class Accounts:
    """Every account this user can open, and the way to add one."""

    def __init__(self, paths: Paths, environ: Mapping[str, str]) -> None:
        self.paths = paths
        self._environ = environ
        self.settings: Settings = load_settings(paths, environ)

    def choose(self, name: str | None = None) -> Profile:
        """The profile called `name`, or the one that opens by itself. Raises SettingsError."""
        return self.settings.choose(name)

    async def open(self, profile: Profile) -> Account:
        """Opens `profile`. Raises StorageError."""
        if profile.base_url is None:
            return await Account.open(profile, self.paths.sandbox, seed=KEPT_SEED)
        return await Account.open(profile, self.paths.account(profile.folder), seed=KEPT_SEED)

    async def add(self, draft: Draft) -> Profile:
        """Checks `draft` with one request, then saves it as the profile that opens by itself.

        Nothing is saved unless the platform answered. Raises SettingsError, PlatformError or StorageError.
        """
        profile = Profile(
            name=draft.name.strip(),
            base_url=checked_base_url(draft.base_url),
            secrets=Secrets(
                api_key=draft.api_key.strip() or None,
                user=draft.user.strip() or None,
                password=draft.password or None,
            ),
            read_only=draft.read_only,
        )
        await check_profile(profile)
        await asyncio.to_thread(save_profile, self.paths, profile)
        self.settings = load_settings(self.paths, self._environ)
        return profile


async def check_profile(profile: Profile) -> None:
    """Asks the platform for one application. Raises what stands in the way."""
    transport = await asyncio.to_thread(open_transport, checked_base_url(profile.base_url or ""))
    client = _client(transport, _credential(profile.secrets), profile)
    try:
        async for _ in client.applications(size=1):
            break
    finally:
        await client.aclose()


async def open_demo(folder: Path, *, seed: str = DEMO_SEED) -> Account:
    """A throw-away account on a sandbox filled as a real one is, at ten times the real limits.

    All of it lives in `folder`, which is the caller's to remove.
    """
    profile = replace(SANDBOX_PROFILE, name="demo", limits=DEMO_LIMITS)
    return await Account.open(profile, folder, seed=seed, throw_away=True)


def _client(transport: Transport, credential: Credential, profile: Profile) -> PlatformClient:
    guard = Guard(read_only=profile.read_only, protected=profile.protected)
    return PlatformClient(transport, credential, LocalGate(profile.limits), guard)


def _credential(secrets: Secrets) -> Credential:
    return Credential(api_key=secrets.api_key, user=secrets.user, password=secrets.password)
