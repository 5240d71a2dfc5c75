"""Requests a second of the sandbox at 100,000 entities, against a bare route and plain sqlite3."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from tests.benchmarks.table import Line

from entitree.sandbox import open_sandbox

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from starlette.requests import Request
    from starlette.types import ASGIApp

    Answers = Callable[["Ask"], Awaitable[bytes]]

ENTITIES = 100_000
PAGE = 1_000
ROUNDS = 15
BATCH = 20
"""Requests in a row of each contender before the next has its turn."""
PATH = "/provisioning/1/entities"


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, and the statement that does the same."""

    method: str
    sql: str
    values: tuple[object, ...]
    status: int
    path: str = PATH
    query: str = ""
    body: bytes = b""


def listing(page: int) -> Ask:
    sql = "SELECT id, name FROM entities ORDER BY seq LIMIT ? OFFSET ?"
    return Ask("GET", sql, (PAGE, page * PAGE), 200, query=f"page={page}&size={PAGE}")


def create(id_: str) -> Ask:
    body = json.dumps({"entityId": id_, "entityName": "A new one"}).encode()
    return Ask("POST", "INSERT INTO entities (id, name) VALUES (?, ?)", (id_, "A new one"), 201, body=body)


def delete(id_: str) -> Ask:
    return Ask("DELETE", "DELETE FROM entities WHERE id = ?", (id_,), 200, path=f"{PATH}/{id_}")


def batches() -> Iterator[tuple[str, list[Ask]]]:
    """What a round asks, by name; at its end the account is as it was."""
    # Spread over the index of ids, as they come in life.
    ids = [f"shop-{at * ENTITIES // BATCH:06}-new" for at in range(BATCH)]
    yield f"list of {PAGE:,}, first page", [listing(0)] * BATCH
    yield f"list of {PAGE:,}, last page", [listing(ENTITIES // PAGE - 1)] * BATCH
    yield "create", [create(id_) for id_ in ids]
    yield "delete", [delete(id_) for id_ in ids]


class Asker:
    """Asks an ASGI application, past any HTTP library."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self._app = app
        self._headers = [(b"authorization", f"App {key}".encode()), (b"content-type", b"application/json")]

    async def __call__(self, ask: Ask) -> bytes:
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": ask.body, "more_body": False}

        async def send(message: Any) -> None:  # noqa: ANN401 - ASGI wants it so
            sent.append(message)

        scope = {
            "type": "http",
            "method": ask.method,
            "path": ask.path,
            "raw_path": ask.path.encode(),
            "query_string": ask.query.encode(),
            "headers": self._headers,
        }
        await self._app(scope, receive, send)
        assert sent[0]["status"] == ask.status, (ask, sent)
        return b"".join(message["body"] for message in sent[1:])


class Plain:
    """Does the same to a file of the same content, with the pragmas of the sandbox and nothing around it."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA synchronous = NORMAL")

    async def __call__(self, ask: Ask) -> bytes:
        if ask.method == "GET":
            rows = self._db.execute(ask.sql, ask.values)
            return json.dumps([{"entityId": id_, "entityName": name} for id_, name in rows]).encode()
        self._db.execute("BEGIN IMMEDIATE")
        assert self._db.execute(ask.sql, ask.values).rowcount == 1
        self._db.execute("COMMIT")
        return b""


def bare(page: bytes) -> Starlette:
    """Routes that answer what is there already."""

    async def listed(_: Request) -> Response:
        return Response(page, media_type="application/json")

    async def created(_: Request) -> Response:
        return Response(status_code=201)

    async def deleted(_: Request) -> Response:
        return Response()

    return Starlette(
        routes=[
            Route(PATH, listed, methods=["GET"]),
            Route(PATH, created, methods=["POST"]),
            Route(f"{PATH}/{{id}}", deleted, methods=["DELETE"]),
        ]
    )


def fill(db: sqlite3.Connection) -> None:
    db.execute("BEGIN")
    db.executemany(
        "INSERT INTO entities (id, name) VALUES (?, ?)",
        ((f"shop-{at:06}", f"Shop {at}") for at in range(ENTITIES)),
    )
    db.execute("COMMIT")
    # Nothing stays in the log, so that the file can be copied alone.
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def timed(asker: Answers, asks: list[Ask]) -> float:
    """Milliseconds of each request, on average."""
    begin = time.perf_counter()
    for ask in asks:
        await asker(ask)
    return (time.perf_counter() - begin) * 1_000 / len(asks)


async def rounds(ours: Asker, plain: Plain) -> list[Line]:
    page = await ours(listing(0))
    contenders: dict[str, Answers] = {
        "ours": ours,
        "a bare route": Asker(bare(page), ""),
        "plain sqlite3": plain,
    }
    took: dict[tuple[str, str], list[float]] = {}
    for _ in range(ROUNDS):
        for what, asks in batches():
            for who, asker in contenders.items():
                took.setdefault((what, who), []).append(await timed(asker, asks))
    return [
        Line(
            f"sandbox, {what}, {ENTITIES:,} entities, against {who}",
            tuple(took[what, "ours"]),
            tuple(values),
            per_second=True,
        )
        for (what, who), values in took.items()
        if who != "ours"
    ]


def measure() -> list[Line]:
    with TemporaryDirectory() as folder:
        state, copy = Path(folder, "state.db"), Path(folder, "copy.db")
        sandbox = open_sandbox(state, seed="empty", limits=None)
        with closing(sqlite3.connect(state, isolation_level=None)) as db:
            fill(db)
        shutil.copyfile(state, copy)
        with closing(sandbox), closing(sqlite3.connect(copy, isolation_level=None)) as db:
            return asyncio.run(rounds(Asker(sandbox.app, sandbox.api_key), Plain(db)))
