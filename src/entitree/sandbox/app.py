"""The ASGI application: reads a request on the event loop, answers it in a thread, in one transaction."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from entitree.api.operations import Access, ErrorShape, Operation
from entitree.errors import StorageError
from entitree.sandbox import rules
from entitree.sandbox.access import auth, limits
from entitree.sandbox.account.ledger import Ledger
from entitree.sandbox.account.state import ClosedError, State, savepoint
from entitree.sandbox.control import damage, faults
from entitree.sandbox.control.app import PREFIX, Control
from entitree.sandbox.control.fault import Delay, Fault, NoAnswer
from entitree.sandbox.routes import ROUTES
from entitree.sandbox.rules.replies import REFUSED_COUNTS
from entitree.sandbox.wire.asgi import body, only, raw_path, response
from entitree.sandbox.wire.call import Call, Query, Route, Takes, form, json_object
from entitree.sandbox.wire.replies import ProblemError, Reply, problem_reply
from entitree.sandbox.wire.routing import NoRouteError, Router, decoded

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Awaitable, Callable

    from starlette.types import Receive, Scope, Send

T = TypeVar("T")

_MOST_WRITERS = 20
"""Requests that change the state, or count, and wait in a thread at once."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A request as it came, before anything in it is believed. `body` None: too large."""

    path: str
    """Still encoded."""
    route: Route
    values: dict[str, bytes]
    query: bytes
    authorization: str | None
    content_type: str | None
    address: str
    body: bytes | None


class PlatformApp:
    """The platform over one state file, its control plane, and what goes wrong on purpose.

    It needs no lifespan, and blocks nobody's event loop.
    """

    def __init__(
        self,
        state: State,
        *,
        factor: float | None,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self._state = state
        self._factor = factor
        self._clock = clock
        self._sleep = sleep
        self._router = Router(ROUTES)
        self._control = Control(state, clock)
        # Threads of their own, so that however many writers wait for each other, readers find one.
        self._writers = CapacityLimiter(_MOST_WRITERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        with suppress(ClientDisconnect):
            if raw_path(scope).startswith(PREFIX):
                await self._control(scope, receive, send)
                return
            answered = await self._answered(Request(scope, receive))
            if answered is not None:
                await answered(scope, receive, send)

    async def _answered(self, request: Request) -> Response | None:
        """The answer, or None once a client that was to have none has left."""
        path = raw_path(request.scope)
        try:
            route, values = self._router.find(request.method, path)
        except NoRouteError as nothing:
            # Who is still sending would not live to see the answer.
            await body(request)
            return response(problem_reply(nothing.problem, nothing.shape or ErrorShape.EXCEPTION))
        arrived = _Arrived(
            path.decode("latin-1"),
            route,
            values,
            request.scope["query_string"],
            only(request.headers.getlist("authorization")),
            request.headers.get("content-type"),
            request.client.host if request.client is not None else "",
            await body(request),
        )
        # A page of a thousand rows takes a while to write down: that too belongs into the thread.
        waiting = self._writers if self._writes(arrived) else None
        answered = await to_thread.run_sync(self._tried, arrived, limiter=waiting)
        return answered if isinstance(answered, Response) else await self._harmed(answered, arrived, request)

    async def _harmed(self, fault: Fault, arrived: _Arrived, request: Request) -> Response | None:
        """As `_answered`, for a request that this fault hits."""
        match fault:
            case Delay(after_effect=True):
                answered = await run_in_threadpool(self._plainly, arrived)
                await self._sleep(fault.seconds)
                return answered
            case Delay():
                await self._sleep(fault.seconds)
                return await run_in_threadpool(self._plainly, arrived)
            case NoAnswer():
                if fault.after_effect:
                    await run_in_threadpool(self._plainly, arrived)
                while (await request.receive())["type"] != "http.disconnect":
                    pass
                return None
            case _:
                return await run_in_threadpool(self._damaged, fault, arrived)

    def _tried(self, arrived: _Arrived) -> Response | Fault:
        """The answer, or what is to go wrong before there is one."""
        operation = arrived.route.operation
        answered = self._watched(
            operation,
            lambda: faults.due(self._state, operation, arrived.path, arrived.query) or self._answer(arrived),
        )
        return response(answered) if isinstance(answered, Reply) else answered

    def _plainly(self, arrived: _Arrived) -> Response:
        return response(self._watched(arrived.route.operation, lambda: self._answer(arrived)))

    def _damaged(self, fault: damage.Damaging, arrived: _Arrived) -> Response:
        operation = arrived.route.operation
        if isinstance(fault, damage.Altering):
            asked = replace(arrived, query=damage.query_for(fault, arrived.query))
            reply = self._watched(operation, lambda: self._answer(asked))
            return damage.altered(fault, reply, arrived.query)
        if fault.after_effect:
            self._plainly(arrived)
        with self._state.transaction(writes=False) as db:
            in_force = rules.kept(db)
        return damage.instead(fault, operation, in_force, self._clock())

    def _answer(self, arrived: _Arrived) -> Reply:
        """
        Raises:
            StorageError: the state cannot be used.
        """
        operation = arrived.route.operation
        with self._state.transaction(writes=self._writes(arrived)) as db:
            in_force = rules.kept(db)
            now = self._clock()
            counted = partial(limits.wait, db, operation, self._factor, now, in_force)
            try:
                # Outside of what a refusal undoes: refused requests use the session they came with, and
                # count. Those of nobody do not: a rate is the account's.
                caller = _caller(arrived, db, in_force, now)
                wait = counted() if in_force[REFUSED_COUNTS] == "yes" else None
                with savepoint(db):
                    wait = counted() if wait is None else wait
                    return _handled(arrived, db, caller, in_force, now, wait=wait, factor=self._factor)
            except ProblemError as problem:
                return problem_reply(problem, operation.errors, in_force)

    def _writes(self, arrived: _Arrived) -> bool:
        operation = arrived.route.operation
        counts = self._factor is not None and operation.limit is not None
        return counts or not operation.reads or auth.writes(arrived.authorization)

    def _watched(self, operation: Operation, work: Callable[[], T]) -> T | Reply:
        """What `work` returns, or a reply that says that it failed."""
        try:
            return work()
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
    factor: float | None,
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
            factor,
        )
    )


_BODIES: dict[Takes, Callable[[str | None, bytes], dict[str, Any]]] = {
    Takes.NOTHING: lambda *_: {},
    Takes.JSON: json_object,
    Takes.FORM: form,
}
