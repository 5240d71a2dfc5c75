"""Random accounts on a sandbox, as `worlds` draws them, and what is tied to what in them."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections import Counter
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.changes.near import Near, at_once, folder
from tests.changes.test_impact_against_sandbox import _fill, worlds
from tests.changes.working import Between

from entitree.api.client import PlatformClient
from entitree.api.gate import LocalGate
from entitree.api.transport import Credential
from entitree.changes.desk import JobDesk
from entitree.changes.journal import Journal
from entitree.changes.planning import Planner
from entitree.changes.vault import Vault
from entitree.inventory import walk
from entitree.inventory.store import Store
from entitree.inventory.sync import refresh
from entitree.sandbox import open_sandbox
from entitree.sandbox.account.state import State

if TYPE_CHECKING:
    import tempfile
    from collections.abc import AsyncIterator

    from entitree.inventory.model import Kind
    from entitree.sandbox import Sandbox
    from entitree.sandbox.seeds.world import World

__all__ = ["Opened", "facts", "opened", "pairs", "worlds"]

APPLICATIONS = ("prod", "Prod", "test")
ENTITIES = ("default", "cola", "burger", "a/b", "é")


@dataclass
class Opened:
    """An account with its mirror, which was just read."""

    sandbox: Sandbox
    client: PlatformClient
    store: Store
    journal: Journal
    desk: JobDesk
    planner: Planner
    between: Between

    def facts(self) -> Counter[str]:
        return facts(self.sandbox.dump())


@asynccontextmanager
async def opened(world: World) -> AsyncIterator[Opened]:
    with folder() as name:
        home = Path(name)
        for empty in (await _empty()).iterdir():
            shutil.copyfile(empty, home / empty.name)
        with closing(sqlite3.connect(home / "sandbox.db")) as db:
            _fill(db, world)
            db.commit()
        sandbox = open_sandbox(home / "sandbox.db", limits=None, api_key="key")
        between = Between(Near(sandbox))
        credential = Credential(api_key="key", user="sandbox", password="password")
        with at_once():
            async with (
                PlatformClient(between, credential, LocalGate(None)) as client,
                Store(home / "mirror.db") as store,
                Journal(home / "journal.db") as journal,
            ):
                await refresh(client, store)
                await walk.walk(client, store)
                vault = Vault(home)
                desk = JobDesk(journal, client, store, vault=vault)
                planner = Planner(client, store, journal, vault)
                yield Opened(sandbox, client, store, journal, desk, planner, between)
                await desk.aclose()
        sandbox.close()


async def _empty() -> Path:
    """The files of an account that holds nothing: made once, since that takes longer than most else."""
    if not _EMPTY:
        made = folder()
        home = Path(made.name)
        State(home / "sandbox.db", fill=lambda _: None).close()
        for each in (Store(home / "mirror.db"), Journal(home / "journal.db")):
            await each.open()
            await each.aclose()
        _EMPTY.append(made)
    return Path(_EMPTY[0].name)


_EMPTY: list[tempfile.TemporaryDirectory[str]] = []
_NAMED_BY_PLATFORM = ("sendingStrategyId", "configurationKey", "key")


def facts(account: dict[str, list[dict[str, Any]]]) -> Counter[str]:
    """All that a dump tells of an account, in no order, but for what the platform itself calls things."""
    return Counter(fact for family, rows in account.items() for row in rows for fact in _facts(family, row))


def _facts(family: str, row: dict[str, Any]) -> list[str]:
    shown = {name: each for name, each in row.items() if each and name not in _NAMED_BY_PLATFORM}
    for name in ("criteria", "platform"):
        if isinstance(shown.get(name), list):
            shown[name] = sorted(json.dumps(_plain(each), sort_keys=True) for each in shown[name])
        elif isinstance(shown.get(name), dict):
            shown[name] = _plain(shown[name])
    if shown.get("platform") in ({}, {"applicationId": "default"}) and family == "inboundConfigurations":
        # Both say nothing (platform.md 3).
        del shown["platform"]
    return [f"{family} {json.dumps(shown, sort_keys=True)}"]


def _plain(pair: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in pair.items() if each is not None and name != "key"}


def pairs(account: dict[str, list[dict[str, Any]]], kind: Kind) -> Counter[str]:
    """How often each id of a kind is named in what may be tied to it, by family and id."""
    found: Counter[str] = Counter()
    name = f"{kind.value}Id"
    for family in ("associations", "strategies", "subscriptions", "numbers", "inboundConfigurations", "keys"):
        for row in account[family]:
            platform = row.get("platform") or ()
            tied = [row, *(row.get("criteria") or ())]
            tied += [platform] if isinstance(platform, dict) else platform
            found.update(f"{family} {each[name]}" for each in tied if each.get(name))
    return found
