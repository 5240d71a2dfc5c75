"""Between ASGI and the sandbox: bodies as they come in, replies as they go out."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from entitree.sandbox.wire.replies import Reply

MAX_BODY = 1024 * 1024
"""Bytes of a request body; more is 413."""

_MAX_DRAINED = 16 * MAX_BODY
"""How much of a body that is too large is read nevertheless, so that the sender lives to see the answer."""

_CHUNK = 256 * 1024

_ADDRESS = re.compile(rb"^https?://[^/]*", re.IGNORECASE)


def raw_path(scope: Scope) -> bytes:
    """The path as it was sent, still encoded; without the address that clients of a proxy put before it."""
    sent: bytes = scope.get("raw_path") or scope["path"].encode()
    return _ADDRESS.sub(b"", sent)


def only(headers: list[str]) -> str | None:
    """The value of a header that may come once; None where it is absent, or nobody knows which is meant."""
    return headers[0] if len(headers) == 1 else None


async def body(request: Request) -> bytes | None:
    """The whole body, or None when it is too large."""
    read = 0
    chunks = []
    async for chunk in request.stream():
        read += len(chunk)
        if read <= MAX_BODY:
            chunks.append(chunk)
        elif read > _MAX_DRAINED:
            break
    return b"".join(chunks) if read <= MAX_BODY else None


def response(reply: Reply) -> Response:
    """The reply as ASGI sends it."""
    return Response(
        reply.encoded(),
        reply.status,
        dict(reply.headers),
        media_type=None if reply.body is None else "application/json",
    )


class FileResponse:
    """An open file of any size, sent from where it stands and then closed."""

    def __init__(self, file: BinaryIO, media_type: str) -> None:
        self._file = file
        left = os.fstat(file.fileno()).st_size - file.tell()
        self._head = Response(media_type=media_type, headers={"Content-Length": str(left)})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._file as file:
            await send({"type": "http.response.start", "status": 200, "headers": self._head.raw_headers})
            while chunk := await run_in_threadpool(file.read, _CHUNK):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
