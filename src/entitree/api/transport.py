"""The way to the platform: one request out, one reply back, every failure told as one of ours.

The only file that knows the HTTP library, which is loaded when a transport is opened, not before.
"""

from __future__ import annotations

import asyncio
import logging
import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from socket import gaierror
from ssl import SSLCertVerificationError, SSLError
from typing import TYPE_CHECKING, Any, Protocol

from entitree.api.credentials import Credential
from entitree.api.urls import base_url as checked_base_url, is_loopback
from entitree.errors import BadReplyError, RefusedError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import httpx

__all__ = [
    "LARGEST_BODY",
    "ASGIApp",
    "Credential",
    "Message",
    "Reply",
    "Request",
    "Transport",
    "open_transport",
]

Message = MutableMapping[str, Any]
ASGIApp = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]

LARGEST_BODY = 32 * 1024 * 1024
"""Bytes of a reply, unpacked; a page of 1,000 objects has a few hundred thousand."""


@dataclass(frozen=True, slots=True)
class Request:
    """`target` is path and query, already encoded. Headers and body hold secrets and are in no repr."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came; header names in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Transport(Protocol):
    async def send(self, request: Request, *, deadline: float) -> Reply:
        """The reply to one request, whatever its status.

        Raises:
            UnreachableError: no answer within `deadline` seconds; `sent` says whether the request may have
                arrived.
            BadReplyError: an answer that is cut, wrongly packed, or over `LARGEST_BODY`.
            RefusedError: the request would not go where it says.
        """

    async def aclose(self) -> None:
        """Let go of all connections; again does nothing."""


def open_transport(base_url: str, *, asgi_app: ASGIApp | None = None) -> Transport:
    """A transport to the platform at `base_url`, or to one living in this process.

    Loads the HTTP library, which takes a while. Proxies of the environment serve all but loopback.

    Raises:
        SettingsError: a base URL that breaks the rules of `urls.base_url`.
    """
    return _HttpxTransport(checked_base_url(base_url), asgi_app)


class _HttpxTransport:
    def __init__(self, base: str, asgi_app: ASGIApp | None) -> None:
        from http.cookiejar import CookieJar, DefaultCookiePolicy
        from importlib.metadata import version

        import httpx

        # At INFO they print whole URLs, ids and filters included.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self._base = base
        self._local = asgi_app is not None
        self._closed = False
        self._client = httpx.AsyncClient(
            transport=None if asgi_app is None else httpx.ASGITransport(asgi_app, raise_app_exceptions=False),
            headers={
                "User-Agent": f"entitree/{version('entitree')}",
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
            },
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            follow_redirects=False,
            trust_env=not is_loopback(base),
            # The deadline is for the whole exchange, and ASGITransport knows no time-outs.
            timeout=None,  # noqa: S113 - `send` has a deadline of its own
        )

    async def send(self, request: Request, *, deadline: float) -> Reply:
        import httpx

        if self._closed:
            raise UnreachableError("the connection was closed", sent=False)
        progress = _Progress(sent=self._local)
        outgoing = self._outgoing(request, progress)
        try:
            async with asyncio.timeout(deadline):
                response = await self._client.send(outgoing, stream=True)
                progress.answered = True
                try:
                    body = await _read(response)
                finally:
                    await response.aclose()
        except TimeoutError:
            raise UnreachableError(f"no answer came within {deadline:.3g} s", sent=progress.sent) from None
        except httpx.ProxyError:
            raise UnreachableError("the proxy does not let it through", sent=False) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            # Without the original: its text may quote headers, and its frames hold the request.
            if progress.answered:
                raise BadReplyError("the answer was cut off or garbled") from None
            raise UnreachableError(_reason(error, progress.sent), sent=progress.sent) from None
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, headers, body)

    def _outgoing(self, request: Request, progress: _Progress) -> httpx.Request:
        import httpx

        try:
            url = httpx.URL(self._base + request.target)
        except httpx.InvalidURL:
            raise RefusedError(
                "The address of the request is longer than any platform takes.",
                hint="Search for something shorter.",
            ) from None
        if url.raw_path.decode("ascii") != request.target:
            raise RefusedError("The address of the request would change on its way.")
        return self._client.build_request(
            request.method,
            url,
            headers=dict(request.headers),
            content=request.body,
            extensions={"trace": progress.note},
        )

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            await self._client.aclose()


@dataclass(slots=True)
class _Progress:
    """How far a request came, by what the HTTP library reports of it."""

    sent: bool
    answered: bool = False

    async def note(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith("send_request_headers.started"):
            self.sent = True


async def _read(response: httpx.Response) -> bytes:
    """The body, unpacked here and not by the library, which would blow up a small bomb in memory first."""
    packing = response.headers.get("content-encoding", "identity").strip().lower()
    if packing not in ("", "identity", "gzip", "x-gzip"):
        raise BadReplyError("the answer is packed in a way nobody asked for")
    unpack = zlib.decompressobj(wbits=31) if packing.endswith("gzip") else None
    pieces: list[bytes] = []
    size = 0
    async for chunk in response.aiter_raw():
        try:
            piece = unpack.decompress(chunk, LARGEST_BODY - size + 1) if unpack else chunk
        except zlib.error:
            raise BadReplyError("the answer cannot be unpacked") from None
        size += len(piece)
        if size > LARGEST_BODY:
            raise BadReplyError(f"the answer is larger than {LARGEST_BODY >> 20} MiB")
        pieces.append(piece)
    if unpack and size and not unpack.eof:
        raise BadReplyError("the answer was cut off or garbled")
    return b"".join(pieces)


def _reason(error: BaseException, sent: bool) -> str:
    for cause in _causes(error):
        if isinstance(cause, gaierror):
            return "its host name is not known here"
        if isinstance(cause, SSLCertVerificationError):
            return f"its certificate is not trusted ({cause.verify_message})"
        if isinstance(cause, SSLError):
            return "no TLS connection could be agreed on"
        if isinstance(cause, ConnectionRefusedError):
            return "the connection was refused"
    return "the connection broke before an answer came" if sent else "no connection could be made"


def _causes(error: BaseException | None, depth: int = 0) -> Iterator[BaseException]:
    if error is None or depth > 8:
        return
    yield error
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _causes(inner, depth + 1)
    yield from _causes(error.__cause__ or error.__context__, depth + 1)
