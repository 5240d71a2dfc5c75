"""An app over a sandbox without limits, its clock stopped, and platforms that fail in known ways."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from tests.stillness import Stillness

from entitree.account import Account
from entitree.accounts import Accounts
from entitree.api.transport import Credential, Reply, Request, Transport
from entitree.sandbox import Sandbox, open_sandbox
from entitree.settings.paths import find_paths
from entitree.settings.profile import SANDBOX_PROFILE, Profile
from entitree.tui.app import EntitreeApp

if TYPE_CHECKING:
    from pathlib import Path

    from entitree.api.client import PlatformClient
    from entitree.changes.gate import SharedGate

Fault = Callable[[Request], Reply | Exception | asyncio.Event | None]
"""An answer, a failure, or an event to wait for before the platform is asked; None asks it at once."""


@dataclass
class Wire(Transport):
    """What goes to the platform: counted, and answered by `fault` where that has an answer."""

    inner: Transport
    fault: Fault | None
    seen: list[Request] = field(default_factory=list)

    async def send(self, request: Request, *, deadline: float) -> Reply:
        self.seen.append(request)
        answer = self.fault(request) if self.fault else None
        if isinstance(answer, asyncio.Event):
            await answer.wait()
            answer = None
        if isinstance(answer, Exception):
            raise answer
        return answer or await self.inner.send(request, deadline=deadline)

    async def aclose(self) -> None:
        await self.inner.aclose()


async def at_once(_seconds: float) -> None:
    """What is tried again is tried at once: how long to wait before that is the matter of tests/api."""


class WatchedAccount(Account):
    """An account whose wire can be watched, broken, or used with another key."""

    wire: Wire
    platform: Sandbox
    fault: Fault | None = None
    key: str = ""

    def _open_client(self) -> tuple[PlatformClient, SharedGate]:
        client, gate = super()._open_client()
        client._sleep = at_once
        return client, gate

    def _open_way(self) -> tuple[Transport, Credential]:
        transport, credential = super()._open_way()
        assert self._sandbox is not None
        self.platform = self._sandbox
        self.wire = Wire(transport, self.fault)
        key = {"": credential.api_key, "limited": self._sandbox.limited_key}.get(self.key, self.key)
        return self.wire, Credential(api_key=key) if self.key else credential


@dataclass
class Stage:
    """Makes apps, and keeps the last account one of them opened."""

    folder: Path
    account: WatchedAccount | None = None

    def app(
        self,
        seed: str = "demo",
        *,
        fault: Fault | None = None,
        key: str = "",
        theme: str = "entitree-dark",
        profile_theme: str | None = None,
        rows: Callable[[Sandbox], None] | None = None,
        **profile: Any,  # noqa: ANN401 - fields of Profile
    ) -> EntitreeApp:
        account = replace(SANDBOX_PROFILE, limits=None, theme=profile_theme, **profile)
        opener = partial(self._open, seed, fault, key, rows, account)
        accounts = Accounts(find_paths({"ENTITREE_HOME": str(self.folder / "home")}), {})
        return EntitreeApp(accounts, opener, theme=theme, clock=lambda _: "14:02:11", toast_seconds=3600)

    async def _open(
        self,
        seed: str,
        fault: Fault | None,
        key: str,
        rows: Callable[[Sandbox], None] | None,
        profile: Profile,
    ) -> Account:
        folder = self.folder / "account"
        if rows is not None:
            folder.mkdir(parents=True)
            with_rows = open_sandbox(folder / "platform.db", seed=seed, limits=None)
            rows(with_rows)
            with_rows.close()
        account = await WatchedAccount.open(profile, folder, seed=seed, throw_away=True)
        account.fault, account.key = fault, key
        self.account = account
        return account

    @property
    def watched(self) -> WatchedAccount:
        assert self.account is not None
        return self.account


@pytest.fixture(autouse=True)
def _stillness(monkeypatch: pytest.MonkeyPatch) -> None:
    stillness = Stillness()
    stillness.watch(monkeypatch)
    stillness.hold_paint(monkeypatch)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)
