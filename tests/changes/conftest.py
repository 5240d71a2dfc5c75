from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from entitree.api.client import PlatformClient
from entitree.api.gate import LocalGate
from entitree.api.transport import Credential, open_transport
from entitree.changes.desk import JobDesk
from entitree.changes.journal import Journal
from entitree.inventory.store import Store
from entitree.inventory.sync import refresh
from entitree.sandbox import Sandbox, open_sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


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
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    async with Journal(tmp_path / "journal.db") as opened:
        yield opened


@pytest.fixture
def desk(journal: Journal, client: PlatformClient, store: Store) -> JobDesk:
    return JobDesk(journal, client, store, account="acme", protected=("mc-burger",))
