"""A sandbox on loopback in a process of its own: `serving.py STATE PORT SEED`.

It prints what `entitree sandbox` prints, and answers besides what the platform does:

- `GET /_idle` as soon as nothing that was asked before is under way any more, whoever waits for it;
- `PUT /_sever` with `{"seed": N, "share": S}`: from then on connections break for that share of requests,
  before or after they took effect, or in the middle of the answer.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from entitree.sandbox import open_sandbox, serve

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    App = Callable[[Message, Receive, Send], Awaitable[None]]


class Watched:
    """`app`, and what only tests ask."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._idle = asyncio.Condition()
        self._active = 0
        self._chance = random.Random(0)  # noqa: S311 - accidents, not secrets
        self._share = 0.0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path == "/_idle":
            async with self._idle:
                await self._idle.wait_for(lambda: self._active == 0)
            await _done(send)
        elif path == "/_sever":
            told = json.loads((await receive())["body"])
            self._chance.seed(told["seed"])
            self._share = told["share"]
            await _done(send)
        else:
            self._active += 1
            try:
                await self._answered(scope, receive, send)
            finally:
                self._active -= 1
                async with self._idle:
                    self._idle.notify_all()

    async def _answered(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["path"].startswith("/_") or self._chance.random() >= self._share:
            await self._app(scope, receive, send)
            return
        how = self._chance.choice(("before", "after", "cut"))
        if how != "before":
            await self._app(scope, receive, _cut(send) if how == "cut" else _lost)
        _break(send)


async def _lost(_: Message) -> None:
    """Nobody hears it."""


def _cut(send: Send) -> Send:
    """The head of an answer, and half of its body."""

    async def some(message: Message) -> None:
        body = message.get("body", b"")
        if message["type"] == "http.response.start" or body:
            await send({**message, "body": body[: len(body) // 2], "more_body": True} if body else message)

    return some


def _break(send: Any) -> None:  # noqa: ANN401 - of the server, which has no other door
    send.__self__.transport.abort()


async def _done(send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


def main(state: Path, port: int, seed: str) -> None:
    box = open_sandbox(state, seed=seed, limits=None)
    told = {
        "api_key": box.api_key,
        "user": box.user,
        "password": box.password,
        "admin_key": box.admin_key,
    }
    box.app = Watched(box.app)
    serve(box, port, ready=lambda url: print(json.dumps({"base_url": url, **told}), flush=True))  # noqa: T201
    box.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
