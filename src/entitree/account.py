"""An opened profile: mirror, client and job desk in one object. Terminal app and command line start here."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from entitree.api.credentials import Credential
from entitree.api.names import DEFAULT_APPLICATION
from entitree.errors import SettingsError, UsageError
from entitree.inventory.model import Kind
from entitree.inventory.store import Store
from entitree.mirrored import Mirrored
from entitree.settings.paths import private_folder
from entitree.way import JOURNAL, client_of, credential_of, desk_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path
    from types import TracebackType
    from typing import Any, TypeAlias

    from entitree.api.client import PlatformClient
    from entitree.api.transport import Transport
    from entitree.changes.desk import JobDesk
    from entitree.changes.gate import SharedGate
    from entitree.changes.journal import Journal
    from entitree.changes.worker import Pace
    from entitree.log.requests import RequestLog, Role
    from entitree.sandbox import Sandbox
    from entitree.settings.profile import Profile, Secrets

    SignIn: TypeAlias = Callable[[Profile], Coroutine[Any, Any, Secrets]]

REQUESTS = "requests.log"
_IN_PROCESS = "http://127.0.0.1"


class Account(Mirrored):
    """One account, opened. The mirror can be read at once; `connect` opens the way to the platform.

    Until then nothing imports the HTTP library, so that the first frame does not wait for it. Jobs run in a
    process of their own, which goes on when this is closed; those of a throw-away account run in this one.
    """

    pace: Pace | None = None
    """How patient its jobs are, if not as usual."""
    who: Role = "app"
    """What its log of requests calls the one who sends."""
    on_gap: Callable[[str], None] | None = None
    """Is told once, in a sentence and in another thread, if that log cannot be written."""

    def __init__(
        self,
        profile: Profile,
        folder: Path,
        store: Store,
        *,
        seed: str,
        throw_away: bool,
        pace_file: Path | None = None,
    ) -> None:
        self.profile = profile
        self.store = store
        self.throw_away = throw_away
        """Whether all of it is gone when it closes."""
        self._folder = folder
        self._pace_file = pace_file or folder / "pace.db"
        self._seed = seed
        self._sandbox: Sandbox | None = None
        self._client: PlatformClient | None = None
        self._desk: JobDesk | None = None
        self._log: RequestLog | None = None
        self._journal: Journal | None = None
        self.ends_at_logout: str | None = None
        """What to tell a user of this host whose jobs end with the session; known once it is connected."""
        self._ways = AsyncExitStack()
        self._sign_in: SignIn | None = None
        self._asking: asyncio.Task[Secrets] | None = None
        self._opening: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        profile: Profile,
        folder: Path,
        *,
        seed: str,
        throw_away: bool = False,
        pace_file: Path | None = None,
        sign_in: SignIn | None = None,
    ) -> Self:
        """Opens the mirror in `folder`. `pace_file` is shared by all that ask the same account; without it
        there is one in `folder`. `sign_in` finds out, when it is connected, what a profile signs in with that
        does not say itself. Raises StorageError.
        """
        private_folder(folder)
        store = Store(folder / "mirror.db")
        try:
            await store.open()
        except BaseException:
            # Also what was still being opened when this was cancelled.
            await store.aclose()
            raise
        account = cls(profile, folder, store, seed=seed, throw_away=throw_away, pace_file=pace_file)
        account._sign_in = sign_in
        return account

    def protected(self, kind: Kind) -> frozenset[str]:
        """Ids that are never deleted. An entity that is called as the default application is any entity."""
        always = frozenset([DEFAULT_APPLICATION]) if kind is Kind.APPLICATION else frozenset[str]()
        return self.profile.protected | always

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
    def requests(self) -> Path:
        """The log of all requests to the account, whoever of this program sends them; see `log.requests`."""
        return self._folder / REQUESTS

    @property
    def connected(self) -> bool:
        return self._client is not None

    async def connect(self) -> None:
        """Opens journal and way to the platform; does nothing where they are open. Sends nothing yet.

        May wait for somebody who has to unlock a key. Raises KeylessError where the profile has nothing to
        sign in with, SettingsError for a base URL or key that cannot be right, StorageError for the files; it
        may then be tried again. Raises UsageError once the account is closed.
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

    async def serve(self, lines: asyncio.StreamReader, pace: Pace | None = None) -> None:
        """Runs the account's jobs in this process; see `host.serve`. Jobs of an account that cannot be
        connected are paused with the reason, which is then raised.
        """
        from entitree.changes.journal import Journal
        from entitree.changes.vault import Vault
        from entitree.changes.worker import host

        try:
            await self.connect()
        except SettingsError as error:
            async with Journal(self._folder / JOURNAL) as journal:
                await host.refuse(journal, str(error))
            raise
        if self._journal is None:
            raise UsageError("The account is closed.")
        await host.serve(
            self._journal, self.client, self.store, Vault(self._folder), lines, pace=pace or self.pace
        )

    async def _connect(self) -> None:
        # A stack: all that was opened so far is closed where the rest cannot be.
        async with AsyncExitStack() as ways:
            ways.push_async_callback(self._close_sandbox)
            await self._find_secrets()
            client, gate = await asyncio.to_thread(self._open_client)
            if self._log is not None:
                ways.push_async_callback(asyncio.to_thread, self._log.close)
            ways.push_async_callback(gate.aclose)
            ways.push_async_callback(client.aclose)
            journal, desk = await asyncio.to_thread(self._open_desk, client)
            ways.push_async_callback(journal.aclose)
            await journal.open()
            ways.push_async_callback(desk.aclose)
            self._ways = ways.pop_all()
        self._client, self._desk, self._journal = client, desk, journal

    async def _find_secrets(self) -> None:
        profile, find = self.profile, self._sign_in
        if find is None or profile.base_url is None or profile.secrets or self._closing is not None:
            return
        # A task of its own: who closes the account does not wait until somebody has unlocked a key.
        self._asking = asyncio.create_task(find(profile))
        try:
            self.profile = replace(profile, secrets=await self._asking)
        except asyncio.CancelledError:
            raise UsageError("The account is closed.") from None

    def _open_client(self) -> tuple[PlatformClient, SharedGate]:
        # In a thread: the HTTP library and the sandbox take a quarter of a second to import.
        from entitree.changes.gate import SharedGate
        from entitree.log.requests import RequestLog

        transport, credential = self._open_way()
        self._log = RequestLog(self.requests, self.who, complain=self._tell_gap)
        gate = SharedGate(self._pace_file, self.profile.limits)
        return client_of(self.profile, transport, credential, gate, self._log), gate

    def _open_desk(self, client: PlatformClient) -> tuple[Journal, JobDesk]:
        from entitree.changes.worker.logout import ends_at_logout
        from entitree.handover import Handover

        if not self.throw_away:
            self.ends_at_logout = ends_at_logout()
        handover = Handover(
            self.profile, self._folder.absolute(), self._seed, self.pace, self._pace_file.absolute()
        )
        return desk_of(handover, client, self.store, here=self.throw_away)

    def _open_way(self) -> tuple[Transport, Credential]:
        from entitree.api.transport import open_transport

        if self.profile.base_url is not None:
            credential = credential_of(self.profile)
            return open_transport(self.profile.base_url), credential
        from entitree.sandbox import open_sandbox

        sandbox = open_sandbox(self._folder / "platform.db", seed=self._seed, limits=self.profile.limits)
        self._sandbox = sandbox
        # The user besides the key: no key may read keys.
        credential = Credential(sandbox.api_key, sandbox.user, sandbox.password)
        return open_transport(_IN_PROCESS, asgi_app=sandbox.app), credential

    def _tell_gap(self, told: str) -> None:
        if self.on_gap is not None:
            self.on_gap(told)

    async def _close_sandbox(self) -> None:
        sandbox, self._sandbox = self._sandbox, None
        if sandbox is not None:
            await asyncio.to_thread(sandbox.close)

    async def _close(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
        if self._opening is not None:
            await asyncio.gather(self._opening, return_exceptions=True)
        try:
            await self._ways.aclose()
        finally:
            await self.store.aclose()
