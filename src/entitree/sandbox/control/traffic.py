"""Messages put into the account, as if they had been sent or had come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.sandbox import rules
from entitree.sandbox.account import traffic
from entitree.sandbox.account.ledger import Ledger
from entitree.sandbox.control.desk import ADMIN, sent_object
from entitree.sandbox.wire.asgi import response
from entitree.sandbox.wire.replies import Reply

if TYPE_CHECKING:
    import sqlite3

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from entitree.sandbox.control.desk import Desk


async def injected(desk: Desk, request: Request) -> ASGIApp:
    """`POST /traffic`: adds the messages of the body, all or none (see `sandbox.traffic`)."""
    body = await sent_object(request)

    def write(db: sqlite3.Connection) -> Reply:
        now = desk.clock()
        ledger = Ledger(db, operation="traffic", key=ADMIN, now=now)
        return Reply(200, traffic.inject(db, ledger, rules.kept(db), now, body))

    return response(await desk.write(write))
