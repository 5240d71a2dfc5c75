"""An opened profile: mirror, client and job desk in one object. Terminal app and command line start here."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from entitree.api.credentials import Credential, SignIn
from entitree.api.names import DEFAULT_APPLICATION
from entitree.api.urls import base_url as checked_base_url, is_loopback
from entitree.errors import UsageError
from entitree.inventory.model import Family
from entitree.inventory.store import Store
from entitree.settings.paths import Paths, private_folder
from entitree.settings.profile import SANDBOX_PROFILE, AccountKind, Profile, Secrets, naming
from entitree.settings.profiles import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path
    from types import TracebackType

    from entitree.api.client import PlatformClient
    from entitree.api.transport import Transport
    from entitree.changes.desk import JobDesk
    from entitree.changes.journal import Journal
    from entitree.inventory.model import FamilyState, Kind, Resource
    from entitree.inventory.sync import NotChecked, Progress, Reading
    from entitree.inventory.walk import Walk
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

    def __init__(self, profile: Profile, folder: Path, store: Store, *, seed: str, throw_away: bool) -> None:
        self.profile = profile
        self.store = store
        self.throw_away = throw_away
        """Whether all of it is gone when it closes."""
        self._folder = folder
        self._seed = seed
        self._sandbox: Sandbox | None = None
        self._client: PlatformClient | None = None
        self._desk: JobDesk | None = None
        self._ways = AsyncExitStack()
        self._opening: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, profile: Profile, folder: Path, *, seed: str, throw_away: bool = False) -> Self:
        """Opens the mirror in `folder`. Raises StorageError."""
        private_folder(folder)
        store = Store(folder / "mirror.db")
        try:
            await store.open()
        except BaseException:
            # Also what was still being opened when this was cancelled.
            await store.aclose()
            raise
        return cls(profile, folder, store, seed=seed, throw_away=throw_away)

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
        """Opens journal and way to the platform; does nothing where they are open. Sends nothing yet.

        Raises SettingsError for a base URL or key that cannot be right, StorageError for the files; it may
        then be tried again. Raises UsageError once the account is closed.
        """
        if self._closing is not None:
            raise UsageError("The account is closed.")
        if self._opening is None:
            # A task of its own: who waits for it may be cancelled, the thread in it may not.
            self._opening = asyncio.create_task(self._connect())
        opening = self._opening
        try:
            await asyncio.shield(opening)
        except Exception:
            if self._opening is opening:
                self._opening = None
            raise

    async def refresh(
        self, families: Collection[Family] | None = None, *, progress: Progress | None = None
    ) -> dict[Family, FamilyState]:
        """Reads families from the platform into the mirror, None: all that can be listed whole; see
        `inventory.sync.refresh`.

        What went wrong with a family stands in its state. Raises StorageError; UsageError before `connect`.
        """
        # Wire models take a tenth of a second to build: not before the first frame.
        from entitree.inventory.sync import ALL, refresh

        return await refresh(
            self.client, self.store, ALL if families is None else families, progress=progress
        )

    async def refresh_links(self, kind: Kind, ids: Collection[str]) -> Reading:
        """Reads again what names `ids`; see `inventory.sync.refresh_links`."""
        from entitree.inventory.sync import refresh_links

        return await refresh_links(self.client, self.store, kind, ids)

    async def refresh_rows(self, kind: Kind, ids: Collection[str]) -> Reading:
        """Reads again these items alone, ahead of all else; see `inventory.sync.refresh_items`."""
        from entitree.api.gate import ahead
        from entitree.inventory.sync import refresh_items

        with ahead():
            return await refresh_items(self.client, self.store, kind, ids)

    async def look_at(self, kind: Kind, item_id: str) -> tuple[NotChecked, ...]:
        """Reads again one item and what is tied to it, ahead of all else, also inbound configurations of its
        numbers. Returns what could not be read. Raises StorageError; UsageError before `connect`.
        """
        from entitree.api.gate import ahead
        from entitree.inventory import walk
        from entitree.inventory.sync import NotChecked, refresh_links

        with ahead():
            reading = await refresh_links(self.client, self.store, kind, (item_id,))
            problem = await walk.look_at(self.client, self.store, kind, (item_id,))
        unread = () if problem is None else (NotChecked(Family.INBOUND.value, problem),)
        return (*reading.not_checked, *unread)

    async def look_at_resource(self, resource: Resource) -> tuple[NotChecked, ...]:
        """Reads again the inbound configurations of a resource, ahead of all else."""
        from entitree.api.gate import ahead
        from entitree.inventory import walk
        from entitree.inventory.sync import NotChecked

        with ahead():
            problem = await walk.look_at_resource(self.client, self.store, resource)
        return () if problem is None else (NotChecked(Family.INBOUND.value, problem),)

    async def walk_inbound(self, progress: Callable[[int, int], None]) -> FamilyState:
        """Reads every inbound configuration, resource by resource; see `inventory.walk.walk`."""
        from entitree.inventory import walk

        return await walk.walk(self.client, self.store, progress=progress)

    async def plan_walk(self) -> Walk:
        """What `walk_inbound` would cost now. Sends nothing."""
        from entitree.inventory import walk

        return await walk.plan(self.store)

    async def close(self) -> None:
        """Closes everything, also what is still being opened; safe to call twice.

        Cancelled meanwhile, it finishes first.
        """
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        try:
            await asyncio.shield(self._closing)
        except asyncio.CancelledError:
            await asyncio.wait([self._closing])
            raise

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _connect(self) -> None:
        # A stack: all that was opened so far is closed where the rest cannot be.
        async with AsyncExitStack() as ways:
            ways.push_async_callback(self._close_sandbox)
            client, desk, journal = await asyncio.to_thread(self._open_all)
            ways.push_async_callback(client.aclose)
            ways.push_async_callback(journal.aclose)
            await journal.open()
            ways.push_async_callback(desk.aclose)
            self._ways = ways.pop_all()
        self._client, self._desk = client, desk

    def _open_all(self) -> tuple[PlatformClient, JobDesk, Journal]:
        # In a thread: the HTTP library and the sandbox take a quarter of a second to import.
        from entitree.changes.desk import JobDesk
        from entitree.changes.journal import Journal

        client = _client(*self._open_way(), self.profile)
        journal = Journal(self._folder / "journal.db")
        name, protected = self.profile.name, self.profile.protected
        desk = JobDesk(journal, client, self.store, account=name, protected=protected)
        return client, desk, journal

    def _open_way(self) -> tuple[Transport, Credential]:
        from entitree.api.transport import open_transport

        if self.profile.base_url is not None:
            credential = _credential(self.profile)
            return open_transport(self.profile.base_url), credential
        from entitree.sandbox import open_sandbox

        sandbox = open_sandbox(self._folder / "platform.db", seed=self._seed, limits=self.profile.limits)
        self._sandbox = sandbox
        # The user besides the key: no key may read keys.
        credential = Credential(sandbox.api_key, sandbox.user, sandbox.password)
        return open_transport(_IN_PROCESS, asgi_app=sandbox.app), credential

    async def _close_sandbox(self) -> None:
        sandbox, self._sandbox = self._sandbox, None
        if sandbox is not None:
            await asyncio.to_thread(sandbox.close)

    async def _close(self) -> None:
        if self._opening is not None:
            await asyncio.gather(self._opening, return_exceptions=True)
        try:
            await self._ways.aclose()
        finally:
            await self.store.aclose()


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

        Base URL and key are checked for what can be told without asking anybody.
        """
        profile = self.settings.choose(name)
        if profile.base_url is None:
            return profile
        _credential(profile)
        # A profile of the files says itself what it is.
        written = profile.name in self.settings.names
        return profile if written else replace(profile, kind=_kind(profile.base_url))

    async def open(self, profile: Profile) -> Account:
        """Opens `profile`. Raises StorageError."""
        if profile.base_url is None:
            return await Account.open(profile, self.paths.sandbox, seed=KEPT_SEED)
        return await Account.open(profile, self.paths.account(profile.folder), seed=KEPT_SEED)

    async def add(self, draft: Draft) -> Profile:
        """Checks `draft` with one request, then saves it as the profile that opens by itself.

        Nothing is asked before all else is right, and nothing is saved unless the platform answered. What is
        returned obeys the environment too. Raises SettingsError, PlatformError or StorageError.
        """
        from entitree.settings.saving import check_savable, save_profile

        profile = draft.profile()
        _credential(profile).authorization()
        await asyncio.to_thread(check_savable, self.paths, profile, checked_base_url)
        await check_profile(profile)
        await asyncio.to_thread(save_profile, self.paths, profile, checked_base_url)
        self.settings = self._load()
        return self.settings.configured(profile.name, profile.secrets)

    def _load(self) -> Settings:
        return load_settings(self.paths, self._environ, checked_base_url)


async def check_profile(profile: Profile) -> None:
    """Asks the platform for one application. Raises what stands in the way."""
    client = await asyncio.to_thread(_remote_client, profile)
    try:
        await anext(client.applications(size=1))
    finally:
        await client.aclose()


async def open_demo(folder: Path, *, seed: str = DEMO_SEED) -> Account:
    """A throw-away account on a sandbox filled as a real one is, at ten times the real limits.

    All of it lives in `folder`, which is the caller's to remove.
    """
    profile = replace(SANDBOX_PROFILE, name="demo", limits=DEMO_LIMITS)
    return await Account.open(profile, folder, seed=seed, throw_away=True)


def _remote_client(profile: Profile) -> PlatformClient:
    from entitree.api.transport import open_transport

    credential = _credential(profile)
    return _client(open_transport(profile.base_url or ""), credential, profile)


def _client(transport: Transport, credential: Credential, profile: Profile) -> PlatformClient:
    from entitree.api.client import PlatformClient
    from entitree.api.gate import LocalGate
    from entitree.api.guard import Guard

    guard = Guard(read_only=profile.read_only, protected=profile.protected)
    return PlatformClient(transport, credential, LocalGate(profile.limits), guard)


def _kind(base_url: str) -> AccountKind:
    # Nobody runs the real platform on loopback.
    return AccountKind.SANDBOX if is_loopback(base_url) else AccountKind.PROD


def _credential(profile: Profile) -> Credential:
    """Raises SettingsError that names the variable, or the file and key, but nothing of the secret."""
    secrets = profile.secrets
    with naming(secrets.key_from):
        Credential(api_key=secrets.api_key)
    with naming(secrets.user_from):
        Credential(user=secrets.user, password=secrets.password)
    with naming(secrets.client_from):
        Credential(client_id=secrets.client_id, client_secret=secrets.client_secret)
    return Credential(
        api_key=secrets.api_key,
        user=secrets.user,
        password=secrets.password,
        client_id=secrets.client_id,
        client_secret=secrets.client_secret,
        sign_in=SignIn(profile.sign_in),
    )
