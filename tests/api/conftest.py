from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol

import pytest
from tests.api.signing import Clock, Setting

from entitree.api.client import PlatformClient
from entitree.api.gate import LocalGate
from entitree.api.transport import Credential, Reply, Request, Transport, open_transport
from entitree.sandbox import Sandbox, open_sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


class Open(Protocol):
    def __call__(self, *, seed: str = "docs", **rules: str) -> Sandbox:
        """A new sandbox without limits, by these rules, whose names have underscores here."""


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    sandboxes: list[Sandbox] = []

    def make(*, seed: str = "docs", **rules: str) -> Sandbox:
        named = {name.replace("_", "-"): choice for name, choice in rules.items()}
        path = tmp_path / f"{len(sandboxes)}.db"
        sandboxes.append(open_sandbox(path, seed=seed, limits=None, rules=named))
        return sandboxes[-1]

    yield make
    for sandbox in sandboxes:
        sandbox.close()


class Counting:
    """A transport that counts, and may answer in the platform's place."""

    def __init__(self, inner: Transport) -> None:
        self.inner = inner
        self.requests: list[Request] = []
        self.instead: Reply | None = None

    async def send(self, request: Request, *, deadline: float) -> Reply:
        self.requests.append(request)
        return self.instead or await self.inner.send(request, deadline=deadline)

    async def aclose(self) -> None:
        await self.inner.aclose()


@asynccontextmanager
async def client_of(sandbox: Sandbox) -> AsyncIterator[tuple[PlatformClient, Counting]]:
    wire = Counting(open_transport("http://127.0.0.1", asgi_app=sandbox.app))
    credential = Credential(sandbox.api_key, sandbox.user, sandbox.password)
    async with PlatformClient(wire, credential, LocalGate(None)) as client:
        yield client, wire


@pytest.fixture
def setting(tmp_path: Path) -> Iterator[Setting]:
    clock = Clock()
    sandbox = open_sandbox(
        tmp_path / "platform.db", seed="docs", limits=None, clock=clock, rules={"second-session": "another"}
    )
    yield Setting(sandbox, clock)
    sandbox.close()


@pytest.fixture(params=["session", "oauth"])
def signing(request: pytest.FixtureRequest, setting: Setting) -> Credential:
    return setting.session() if request.param == "session" else setting.oauth()
