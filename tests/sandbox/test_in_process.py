"""Living in the caller's process: its event loop goes on, whatever the state file is waiting for."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandbox.conftest import OpenIt

    from entitree.sandbox import Sandbox


def create(sandbox: Sandbox, id_: str) -> httpx.Request:
    return httpx.Request(
        "POST",
        "http://sandbox.test/provisioning/1/entities",
        headers={"authorization": f"App {sandbox.api_key}"},
        json={"entityId": id_},
    )


async def test_the_loop_turns_while_another_holds_the_file(open_it: OpenIt, tmp_path: Path) -> None:
    sandbox = open_it()
    transport = httpx.ASGITransport(sandbox.app)
    with closing(sqlite3.connect(tmp_path / "state.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        asked = asyncio.create_task(transport.handle_async_request(create(sandbox, "new")))
        # Were the request to wait on the loop, this one could never let go of the file.
        for _ in range(100):
            await asyncio.sleep(0)
        assert not asked.done()
        other.execute("ROLLBACK")
    assert (await asked).status_code == 201


async def test_many_at_once_are_all_answered_once(open_it: OpenIt) -> None:
    sandbox = open_it()
    transport = httpx.ASGITransport(sandbox.app)
    asked = [transport.handle_async_request(create(sandbox, f"new-{at % 60}")) for at in range(120)]
    statuses = sorted(reply.status_code for reply in await asyncio.gather(*asked))
    assert statuses == [201] * 60 + [409] * 60


async def test_a_caller_who_gives_up_leaves_all_or_nothing(open_it: OpenIt) -> None:
    sandbox = open_it()
    transport = httpx.ASGITransport(sandbox.app)
    asked = asyncio.create_task(transport.handle_async_request(create(sandbox, "new")))
    await asyncio.sleep(0)
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    there = {"entityId": "new"} in sandbox.dump()["entities"]
    assert (await transport.handle_async_request(create(sandbox, "new"))).status_code == (
        409 if there else 201
    )


async def test_a_reader_finds_a_thread_however_many_writers_wait(open_it: OpenIt) -> None:
    sandbox = open_it()
    transport = httpx.ASGITransport(sandbox.app)
    headers = {"authorization": f"App {sandbox.api_key}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=headers) as client:
        with sandbox._state._writing:
            writes = [
                asyncio.create_task(client.post("/provisioning/1/entities", json={"entityId": f"new-{at}"}))
                for at in range(60)
            ]
            for _ in range(500):
                # Until each of them has a thread, or waits for one.
                await asyncio.sleep(0)
            async with asyncio.timeout(20):
                assert (await client.get("/provisioning/1/entities")).status_code == 200
            assert not any(write.done() for write in writes)
        assert {(await write).status_code for write in writes} == {201}
