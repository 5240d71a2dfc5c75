from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.changes.working import Between, Clock, opened_desk

from entitree.api.client import PlatformClient
from entitree.api.gate import LocalGate
from entitree.api.transport import Credential, open_transport
from entitree.changes.journal import Journal
from entitree.changes.worker import Door
from entitree.inventory.store import Store
from entitree.inventory.sync import refresh
from entitree.sandbox import Sandbox, open_sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from entitree.changes.desk import JobDesk


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    opened = open_sandbox(tmp_path / "sandbox.db", seed="docs", limits=None)
    yield opened
    opened.close()


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[PlatformClient]:
    transport = open_transport("http://127.0.0.1", asgi_app=sandbox.app)
    async with PlatformClient(transport, Credential(api_key=sandbox.api_key), LocalGate(None)) as opened:
        yield opened


@pytest.fixture
async def store(tmp_path: Path, client: PlatformClient) -> AsyncIterator[Store]:
    """The mirror of the sandbox, just read."""
    async with Store(tmp_path / "mirror.db") as opened:
        await refresh(client, opened)
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def journal(tmp_path: Path, clock: Clock) -> AsyncIterator[Journal]:
    async with Journal(tmp_path / "journal.db", clock=clock, sleep=clock.sleep) as opened:
        yield opened


@pytest.fixture
async def desk(
    journal: Journal, client: PlatformClient, store: Store, clock: Clock
) -> AsyncIterator[JobDesk]:
    async with opened_desk(journal, client, store, clock, protected=("mc-burger",)) as opened:
        yield opened


@pytest.fixture
def between(sandbox: Sandbox) -> Between:
    return Between(open_transport("http://127.0.0.1", asgi_app=sandbox.app))


@pytest.fixture
async def wired(sandbox: Sandbox, between: Between, clock: Clock) -> AsyncIterator[PlatformClient]:
    """A client through `between`, whose pauses take no time."""
    credential = Credential(api_key=sandbox.api_key)
    gate = Door(LocalGate(None, clock=clock.seconds, sleep=clock.sleep))
    async with PlatformClient(between, credential, gate, clock=clock.seconds, sleep=clock.sleep) as opened:
        yield opened


@pytest.fixture
async def at(journal: Journal, wired: PlatformClient, store: Store, clock: Clock) -> AsyncIterator[JobDesk]:
    """A desk whose platform is `between`."""
    async with opened_desk(journal, wired, store, clock) as opened:
        yield opened
