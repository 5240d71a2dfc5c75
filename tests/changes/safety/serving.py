"""A sandbox on loopback in a process of its own: `serving.py STATE PORT`.

It prints what `entitree sandbox` prints, and besides the platform's answers `GET /_idle` as soon as nothing
that was asked before is under way any more, whether or not anybody waits for it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from entitree.sandbox import open_sandbox, serve

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Message = MutableMapping[str, Any]
    App = Callable[
        [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
    ]


def watched(app: App) -> App:
    """`app` and `GET /_idle`."""
    idle = asyncio.Condition()
    active = 0

    async def answer(
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        nonlocal active
        if scope["path"] == "/_idle":
            async with idle:
                await idle.wait_for(lambda: active == 0)
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
            return
        active += 1
        try:
            await app(scope, receive, send)
        finally:
            active -= 1
            async with idle:
                idle.notify_all()

    return answer


def main(state: Path, port: int) -> None:
    box = open_sandbox(state, limits=None)
    told = {
        "api_key": box.api_key,
        "user": box.user,
        "password": box.password,
        "admin_key": box.admin_key,
    }
    box.app = watched(box.app)
    serve(box, port, ready=lambda url: print(json.dumps({"base_url": url, **told}), flush=True))  # noqa: T201
    box.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
