from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from entitree.api.client import PlatformClient
from entitree.api.gate import LocalGate
from entitree.api.transport import Credential, open_transport
from entitree.inventory.store import Store
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
    credential = Credential(api_key=sandbox.api_key, user=sandbox.user, password=sandbox.password)
    async with PlatformClient(transport, credential, LocalGate(None)) as opened:
        yield opened


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with Store(tmp_path / "mirror.db") as opened:
        yield opened
