from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from entitree.account import Account
from entitree.accounts import Accounts
from entitree.changes.worker import Pace
from entitree.cli import run
from entitree.inventory.model import Family, FamilyState
from entitree.sandbox import open_sandbox
from entitree.settings.paths import find_paths
from entitree.way import desk_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from entitree.api.client import PlatformClient
    from entitree.changes.desk import JobDesk
    from entitree.changes.journal import Journal
    from entitree.handover import Handover
    from entitree.inventory.records import Stored
    from entitree.inventory.store import Store

    Kept = Callable[[str], list[dict[str, Any]]]
    Entitree = Callable[..., "Outcome"]
    Mirror = Callable[..., None]
    Start = Callable[..., subprocess.Popen[str]]

READ_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Platform:
    """A sandbox on loopback, served by the command line itself."""

    base_url: str
    api_key: str
    limited_key: str
    line: dict[str, str]

    def environ(self, key: str | None = None) -> dict[str, str]:
        """What opens an account on it."""
        return {
            "ENTITREE_BASE_URL": self.base_url,
            "ENTITREE_API_KEY": key or self.api_key,
            "ENTITREE_LIMITS": "off",
        }


@pytest.fixture
def entitree(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Entitree:
    """Runs a command line in this process, on platforms without limits unless told otherwise."""

    def running(*arguments: str, **environ: str) -> Outcome:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {"ENTITREE_LIMITS": "off", **environ}.items():
                patch.setenv(name, value)
            code = run(arguments)
        return Outcome(code, *capsys.readouterr())

    monkeypatch.setenv("COLUMNS", "80")
    return running


@pytest.fixture
def mirror(home: Path) -> Mirror:
    """Fills the mirror of the kept sandbox, as if it had been read on 2 January 2026."""

    async def filling(rows: tuple[Stored, ...], states: dict[Family, FamilyState]) -> None:
        accounts = Accounts(find_paths(os.environ), {})
        async with await accounts.open(accounts.choose()) as account:
            await account.store.put(*rows)
            for family in Family:
                whole = FamilyState(family, whole=True, read_at=READ_AT)
                await account.store.put_family(states.get(family, whole))

    return lambda *rows, **states: asyncio.run(
        filling(rows, {Family(name): state for name, state in states.items()})
    )


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs run in this process, and in a hurry."""

    def opened(
        handover: Handover, client: PlatformClient, store: Store, *, here: bool
    ) -> tuple[Journal, JobDesk]:
        assert not here
        return desk_of(handover, client, store, here=True)

    monkeypatch.setattr("entitree.account.desk_of", opened)
    monkeypatch.setattr(Account, "pace", Pace(quiet=0.05, first=0.01, longest=0.05, look=0.02, idle=0.02))


@pytest.fixture
def kept(home: Path) -> Kept:
    """What is in the kept sandbox, a family at a time."""

    def dumped(family: str) -> list[dict[str, Any]]:
        box = open_sandbox(home / "data" / "sandbox" / "platform.db", limits=None)
        try:
            return box.dump()[family]
        finally:
            box.close()

    return dumped


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts `entitree` as a process of its own, with the warnings of the tests."""
    started = []

    def starting(*arguments: str, **environ: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "entitree", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # As anybody runs it: what is printed waits in a buffer.
            env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"} | environ,
        )
        started.append(process)
        return process

    yield starting
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    state = tmp_path_factory.mktemp("served") / "platform.db"
    arguments = ["sandbox", "--port", "0", "--limits", "off", "--state", str(state)]
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "entitree", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        here = open_sandbox(state)
        try:
            yield Platform(line["base_url"], line["api_key"], here.limited_key or "", line)
        finally:
            here.close()
            process.terminate()
            out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")
