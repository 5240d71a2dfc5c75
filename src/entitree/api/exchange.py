"""The one way a request is made: guard, gate, send, status, and for reads another try."""

from __future__ import annotations

import asyncio
import json
import random
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Self, TypeVar
from urllib.parse import urlencode

from entitree.api.failures import IN_DOUBT, in_doubt, parse_retry_after, status_error, throttled, title
from entitree.api.gate import LONGEST_PAUSE, HeldError
from entitree.api.guard import SIGN_IN, Guard
from entitree.api.observing import Sent
from entitree.api.operations import CREATE_TOKEN, DESTROY_SESSION
from entitree.api.sign_in import SignInDesk, Token
from entitree.api.transport import Reply, Request
from entitree.api.urls import target
from entitree.errors import (
    BadReplyError,
    EntitreeError,
    PlatformError,
    RefusedError,
    ServerError,
    StatusError,
    TooManyRequestsError,
    UnreachableError,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from entitree.api.credentials import Credential
    from entitree.api.gate import RateGate
    from entitree.api.observing import Observer
    from entitree.api.operations import Operation
    from entitree.api.transport import Transport

T = TypeVar("T")

DEADLINE = 30.0
"""Seconds for one call: its tries and what is waited between them, but not queueing before the first."""

TRIES = 5
UNSENT_TRIES = 2
BAD_REPLY_TRIES = 2
_FIRST_PAUSE = 0.5
_GOODBYE = 2.0
"""Seconds for ending a session, which ends by itself after an hour."""
_SUBJECTS = ("entityId", "applicationId", "subscriptionId")

_OPEN = Guard()


def _nothing_else(_: Reply) -> bool:
    return False


class Exchange:
    """Sends operations over a transport, which it closes with itself; closing twice does nothing more.

    `observe` is told of every request that goes out, each try by itself.
    """

    def __init__(
        self,
        transport: Transport,
        credential: Credential,
        gate: RateGate,
        guard: Guard = _OPEN,
        *,
        deadline: float = DEADLINE,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
        observe: Observer | None = None,
    ) -> None:
        self._transport = transport
        self._desk = SignInDesk(credential, self._sign_in, clock)
        self._gate = gate
        self._guard = guard
        self._deadline = deadline
        self._sleep = sleep
        self._clock = clock
        self._jitter = jitter
        self._observe = observe

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Ends the session if there is one, for up to two seconds, and closes the transport."""
        try:
            if (header := self._desk.leave()) is not None:
                goodbye = Request(DESTROY_SESSION.method, DESTROY_SESSION.path, {"Authorization": header})
                with suppress(EntitreeError):
                    await self._send(DESTROY_SESSION, goodbye, deadline=_GOODBYE, attempt=1)
        finally:
            await self._transport.aclose()

    async def call(
        self,
        operation: Operation,
        *,
        path: Mapping[str, str] | None = None,
        query: Sequence[tuple[str, str]] = (),
        body: object = None,
    ) -> Reply:
        """Carry out one operation; the reply has the documented success status.

        A read is tried up to five times (twice where no connection is made or an answer makes no sense),
        with growing pauses. A write is sent once, and again only after a 429, which certainly was not carried
        out. `Retry-After` is honoured up to 120 s. All of it ends within the deadline, which counts tries and
        pauses but not the queue before the first try. Where an earlier 429 forbids to send for longer than
        the deadline, that is told at once.

        How it is asked is chosen by its `access`: with the key where there is one and it may be used, else as
        the user or the OAuth2 client. After a 401 to a session or token it is sent once more with a new one.

        Raises:
            RefusedError: nothing was sent: read-only, protected, an id no request can name, or nothing that
                the operation can be asked with.
            SettingsError: there is nothing to ask with at all.
            PlatformError: the last try's failure; `failures.in_doubt` says whether a write may have happened.
        """
        return await self._exchange(operation, lambda reply: reply, path=path, query=query, body=body)

    async def _exchange(
        self,
        operation: Operation,
        parse: Callable[[Reply], T],
        *,
        path: Mapping[str, str] | None = None,
        query: Sequence[tuple[str, str]] = (),
        body: object = None,
        accept: Callable[[Reply], bool] = _nothing_else,
    ) -> T:
        """As `call`, for what `parse` makes of the reply; `accept` says which others are no failures."""
        path = path or {}
        self._guard.check(operation, path.values())
        request = self._request(operation, path, query, body)
        subject = _subject(path, body)
        form = self._desk.form(operation)
        left = self._deadline
        attempt = 0
        renewed = False
        failure: PlatformError | None = None
        while True:
            # Before the gate, which is passed to send at once; a long queue may outlast the token.
            header = await self._desk.header(operation)
            asked = self._clock()
            try:
                await self._gate.enter(operation, left)
            except HeldError as held:
                raise throttled(operation, subject, held.seconds) from None
            started = self._clock()
            if failure is not None:
                left -= started - asked
                if left <= 0:
                    raise _told(failure, operation, subject)
            attempt += 1
            header = self._desk.newest(operation, header)
            try:
                signed = _signed(request, header)
                reply = await self._send(operation, signed, deadline=left, attempt=attempt)
                if reply.status == 401 and not renewed and self._desk.refused(operation, header):
                    # A token that ended early; the request was certainly not carried out.
                    renewed = True
                    left -= self._clock() - started
                    continue
                if reply.status != operation.success and not accept(reply):
                    raise status_error(operation, subject, reply, form)
                return parse(reply)
            except PlatformError as error:
                failure = error
                left -= self._clock() - started
                pause = self._pause(operation, error, attempt)
                if isinstance(error, TooManyRequestsError):
                    self._gate.throttled(operation, error.retry_after)
                if pause is None or pause >= left:
                    raise _told(error, operation, subject) from None
                if not isinstance(error, TooManyRequestsError):
                    # After a 429 the gate itself holds the next try back.
                    left -= pause
                    await self._sleep(pause)

    async def _send(self, operation: Operation, request: Request, *, deadline: float, attempt: int) -> Reply:
        """One request over the transport, of which the observer is told."""
        if self._observe is None:
            return await self._transport.send(request, deadline=deadline)
        started = self._clock()
        status: int | None = None
        # What there is to tell where whoever asked is cancelled.
        failure = "given up before an answer came"
        retry_after: float | None = None
        gone = True
        try:
            reply = await self._transport.send(request, deadline=deadline)
            status, failure = reply.status, ""
            retry_after = parse_retry_after(reply.headers.get("retry-after"))
            return reply
        except PlatformError as error:
            failure = error.what
            raise
        except RefusedError:
            gone = False
            raise
        finally:
            if gone:
                signed = request.headers.get("Authorization", "").partition(" ")[0]
                sent = Sent(
                    operation=operation,
                    method=request.method,
                    target=request.target,
                    body=request.body,
                    signed=signed,
                    attempt=attempt,
                    seconds=self._clock() - started,
                    status=status,
                    failure=failure,
                    retry_after=retry_after,
                )
                self._observe(sent)

    async def _sign_in(
        self, operation: Operation, parse: Callable[[Reply], Token], fields: dict[str, str]
    ) -> Token:
        return await self._exchange(operation, parse, body=fields)

    def _request(
        self, operation: Operation, path: Mapping[str, str], query: Sequence[tuple[str, str]], body: object
    ) -> Request:
        headers: dict[str, str] = {}
        content: bytes | None = None
        if operation == CREATE_TOKEN and isinstance(body, dict):
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            content = urlencode(body).encode()
        elif body is not None:
            headers["Content-Type"] = "application/json"
            try:
                content = json.dumps(
                    body, ensure_ascii=False, allow_nan=False, separators=(",", ":")
                ).encode()
            except ValueError:
                raise RefusedError(
                    f"Could not {title(operation, _subject(path, body))}: a value cannot be written as JSON.",
                    hint="Type it again: it holds half a character or an endless number.",
                ) from None
        return Request(operation.method, target(operation.path, path, query), headers, content)

    def _pause(self, operation: Operation, error: PlatformError, attempt: int) -> float | None:
        """Seconds before the next try, None where there is to be none."""
        if isinstance(error, TooManyRequestsError):
            tries = TRIES
        elif not operation.reads and operation not in SIGN_IN:
            # To sign in twice does no harm.
            tries = 1
        elif isinstance(error, BadReplyError):
            tries = BAD_REPLY_TRIES
        elif isinstance(error, UnreachableError) and not error.sent:
            # A mistyped host should say so while someone is still looking.
            tries = UNSENT_TRIES
        else:
            tries = TRIES if isinstance(error, UnreachableError | ServerError) else 1
        if attempt >= tries:
            return None
        if isinstance(error, StatusError) and error.retry_after is not None:
            return error.retry_after if error.retry_after <= LONGEST_PAUSE else None
        pause: float = _FIRST_PAUSE * 2 ** (attempt - 1)
        return pause * (0.5 + self._jitter() / 2)


def _told(error: PlatformError, operation: Operation, subject: str) -> EntitreeError:
    """The error as a whole sentence; those of the way to the platform come as a clause."""
    if not isinstance(error, UnreachableError | BadReplyError) or error.hint:
        return error
    what = f"Could not {title(operation, subject)}: {error.what}."
    if not operation.reads and in_doubt(error):
        hint = IN_DOUBT
    elif isinstance(error, UnreachableError):
        hint = "Check the network and the base URL, then try again."
    else:
        hint = "Check the base URL: something else may be answering there."
    if isinstance(error, UnreachableError):
        return UnreachableError(what, hint=hint, sent=error.sent)
    return BadReplyError(what, hint=hint)


def _signed(request: Request, header: str | None) -> Request:
    if header is None:
        return request
    return replace(request, headers={"Authorization": header, **request.headers})


def _subject(path: Mapping[str, str], body: object) -> str:
    if path:
        return " ".join(path.values())
    if isinstance(body, dict):
        return next((value for name in _SUBJECTS if isinstance(value := body.get(name), str)), "")
    return ""
