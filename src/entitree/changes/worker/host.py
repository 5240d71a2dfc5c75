"""The worker's process from inside: it runs what is asked for, and stays warm while somebody is there."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from entitree.changes.worker.loop import work
from entitree.changes.worker.pace import Pace
from entitree.errors import EntitreeError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from entitree.api.client import PlatformClient
    from entitree.changes.journal import Journal
    from entitree.changes.vault import Vault
    from entitree.inventory.store import Store

PATIENCE = 5.0
"""Seconds that a worker waits for another one to end before it leaves the jobs to that one."""


async def serve(
    journal: Journal,
    client: PlatformClient,
    store: Store,
    vault: Vault,
    lines: asyncio.StreamReader,
    *,
    pace: Pace | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> None:
    """Run jobs for as long as `lines` are open, and then until none is left.

    A line says that something was asked; what other processes ask is found by looking into the journal.
    Raises UsageError where another process runs this account's jobs, and what `work` raises. Cancelled, it
    ends as `work` does.
    """
    chosen = pace or Pace()
    woken = asyncio.Event()
    busy = True

    async def listen() -> None:
        while await lines.readline():
            journal.tell()
            woken.set()
        woken.set()

    async def look() -> None:
        seen: int | None = None
        while True:
            version = await journal.version()
            if version != seen:
                seen = version
                journal.tell()
                woken.set()
            await sleep(chosen.look if busy else chosen.idle)

    async with journal.lease_within(PATIENCE):
        await journal.adopt()
        listening, looking = asyncio.create_task(listen()), asyncio.create_task(look())
        try:
            while True:
                woken.clear()
                busy = True
                await work(journal, client, store, vault, pace=chosen, clock=clock, sleep=sleep)
                busy = False
                if listening.done():
                    return
                await _first(woken, looking)
        finally:
            for each in (listening, looking):
                each.cancel()
            await asyncio.wait((listening, looking))
            # Nobody sweeps more often than workers end, nor needs to.
            with suppress(EntitreeError):
                used = await journal.secrets()
                await asyncio.to_thread(vault.sweep, used)


async def refuse(journal: Journal, reason: str) -> None:
    """Pause every job that is asked for: nobody can be reached who would carry it out."""
    async with journal.lease_within(PATIENCE):
        await journal.adopt()
        while (job := await journal.next_job()) is not None:
            if await journal.start(job.id):
                await journal.pause(job.id, reason)


async def _first(woken: asyncio.Event, looking: asyncio.Task[None]) -> None:
    """Waits to be woken; raises what ended the looking."""
    waiting = asyncio.ensure_future(woken.wait())
    try:
        await asyncio.wait((waiting, looking), return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
    if looking.done():
        looking.result()
