"""The way into the control plane: who may, and what is where."""

from __future__ import annotations

import hmac
import logging
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect, Request

from entitree.api.operations import ErrorShape
from entitree.errors import StorageError, UsageError
from entitree.sandbox.control import account, faults, rules, snapshots, traffic
from entitree.sandbox.control.desk import Desk
from entitree.sandbox.wire.asgi import body, only, raw_path, response
from entitree.sandbox.wire.replies import ProblemError, problem_reply

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from entitree.sandbox.account.state import State
    from entitree.sandbox.control.desk import Handler

PREFIX = b"/_sandbox/"

_HANDLERS: dict[bytes, dict[str, Handler]] = {
    b"state": {"GET": account.state},
    b"audit": {"GET": account.audit},
    b"reset": {"POST": account.reset},
    b"snapshot": {"GET": snapshots.snapshot},
    b"restore": {"POST": snapshots.restore},
    b"faults": {"GET": faults.listed, "PUT": faults.replaced},
    b"traffic": {"POST": traffic.injected},
    b"rules": {"GET": rules.listed, "PUT": rules.changed},
}

_log = logging.getLogger(__name__)


class Control:
    """The ASGI application for every path that begins with `PREFIX`."""

    def __init__(self, state: State, clock: Callable[[], float]) -> None:
        self._desk = Desk(state, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answered = await self._answered(Request(scope, receive))
        await answered(scope, receive, send)

    async def _answered(self, request: Request) -> ASGIApp:
        name = raw_path(request.scope).removeprefix(PREFIX)
        try:
            try:
                handler = await self._handler(request, name)
            except ProblemError:
                # Who is still sending would not live to see the answer.
                await body(request)
                raise
            return await handler(self._desk, request)
        except ClientDisconnect:
            raise
        except ProblemError as refused:
            problem = refused
        except UsageError as error:
            problem = ProblemError(400, text=str(error))
        except StorageError as error:
            _log.error("%s failed: %s", name, error)
            problem = ProblemError(500, text=str(error))
        except Exception:  # noqa: BLE001 - logged, and a 500 to the one who asked
            _log.exception("%s failed", name)
            problem = ProblemError(500)
        return response(problem_reply(problem, ErrorShape.EXCEPTION))

    async def _handler(self, request: Request, name: bytes) -> Handler:
        """
        Raises:
            ProblemError: 403 from elsewhere than loopback, 401 without the admin key, 404 for what is not
                there, 405 for a method it has not; in this order, so that strangers learn nothing.
        """
        if request.client is not None and not _is_loopback(request.client.host):
            raise ProblemError(403, text="The control plane answers this machine only")
        if not await self._is_admin(only(request.headers.getlist("authorization"))):
            raise ProblemError(401, text="Send the header Authorization: Bearer, with the admin key")
        methods = _HANDLERS.get(name)
        if methods is None:
            raise ProblemError(404)
        if request.method not in methods:
            raise ProblemError(405, headers={"Allow": ", ".join(sorted(methods))})
        return methods[request.method]

    async def _is_admin(self, authorization: str | None) -> bool:
        scheme, _, key = (authorization or "").partition(" ")
        wanted = await self._desk.read(_admin_key)
        return scheme.lower() == "bearer" and hmac.compare_digest(wanted.encode(), key.encode())


def _admin_key(db: sqlite3.Connection) -> str:
    (key,) = db.execute("SELECT value FROM account WHERE name = 'admin_key'").fetchone()
    return str(key)


def _is_loopback(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_loopback
