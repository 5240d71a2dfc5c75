"""The ASGI application: reads a request on the event loop, answers it in a thread, in one transaction."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from entitree.api.operations import Access, ErrorShape
from entitree.errors import StorageError
from entitree.sandbox import auth, limits, rules
from entitree.sandbox.asgi import body, only, raw_path, response
from entitree.sandbox.call import Call, Query, Route, Takes, form, json_object
from entitree.sandbox.ledger import Ledger
from entitree.sandbox.replies import ProblemError, Reply, problem_reply
from entitree.sandbox.routes import ROUTES
from entitree.sandbox.routing import NoRouteError, Router, decoded
from entitree.sandbox.state import ClosedError, State, savepoint

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A request as it came, before anything in it is believed. `body` None: too large."""

    route: Route
    values: dict[str, bytes]
    query: bytes
    authorization: str | None
    content_type: str | None
    address: str
    body: bytes | None


class PlatformApp:
    """The platform over one state file. It needs no lifespan, and blocks nobody's event loop."""

    def __init__(self, state: State, *, factor: float | None, clock: Callable[[], float]) -> None:
        self._state = state
        self._factor = factor
        self._clock = clock
        self._router = Router(ROUTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        request = Request(scope, receive)
        try:
            answered = await self._answered(request)
        except ClientDisconnect:
            return
        await answered(scope, receive, send)

    async def _answered(self, request: Request) -> Response:
        try:
            route, values = self._router.find(request.method, raw_path(request.scope))
        except NoRouteError as nothing:
            return response(problem_reply(nothing.problem, nothing.shape or ErrorShape.EXCEPTION))
        arrived = _Arrived(
            route,
            values,
            request.scope["query_string"],
            only(request.headers.getlist("authorization")),
            request.headers.get("content-type"),
            request.client.host if request.client is not None else "",
            await body(request),
        )
        # A page of a thousand rows takes a while to write down: that too belongs into the thread.
        return await run_in_threadpool(lambda: response(self._answer(arrived)))

    def _answer(self, arrived: _Arrived) -> Reply:
        operation = arrived.route.operation
        counts = self._factor is not None and operation.limit is not None
        writes = counts or not operation.reads or auth.writes(arrived.authorization)
        in_force = rules.Rules()
        try:
            with self._state.transaction(writes=writes) as db:
                in_force = rules.kept(db)
                now = self._clock()
                # Inside the transaction, but outside of what a refusal undoes: refused requests count, and
                # use the session they came with.
                wait = limits.wait(db, operation, self._factor, now, in_force)
                try:
                    caller = _caller(arrived, db, in_force, now)
                    with savepoint(db):
                        return _handled(arrived, db, caller, in_force, now, wait=wait)
                except ProblemError as problem:
                    return problem_reply(problem, operation.errors, in_force)
        except ClosedError:
            # Nobody waits for the answer any more.
            return problem_reply(ProblemError(500), operation.errors)
        except StorageError as error:
            _log.error("%s failed: %s", operation.name, error)
            return problem_reply(ProblemError(500, text=str(error)), operation.errors)
        except Exception:  # noqa: BLE001 - logged, and a 500 to the one who asked
            _log.exception("%s failed", operation.name)
            return problem_reply(ProblemError(500), operation.errors)


def _caller(arrived: _Arrived, db: sqlite3.Connection, in_force: rules.Rules, now: float) -> auth.Caller:
    if arrived.route.operation.access is Access.OPEN:
        return auth.NOBODY
    try:
        return auth.caller(db, arrived.authorization, address=arrived.address, now=now, rules=in_force)
    except LookupError:
        raise ProblemError(401) from None


def _handled(
    arrived: _Arrived,
    db: sqlite3.Connection,
    caller: auth.Caller,
    in_force: rules.Rules,
    now: float,
    *,
    wait: float,
) -> Reply:
    route = arrived.route
    if wait:
        raise ProblemError(429, wait=wait)
    auth.allow(caller, route.operation, in_force)
    if arrived.body is None:
        raise ProblemError(413)
    return route.handle(
        Call(
            route.operation,
            db,
            decoded(arrived.values),
            Query(arrived.query),
            _BODIES[route.takes](arrived.content_type, arrived.body),
            caller,
            Ledger(db, operation=route.operation.name, key=caller.name, now=now),
            in_force,
            now,
            arrived.address,
        )
    )


_BODIES: dict[Takes, Callable[[str | None, bytes], dict[str, Any]]] = {
    Takes.NOTHING: lambda *_: {},
    Takes.JSON: json_object,
    Takes.FORM: form,
}
