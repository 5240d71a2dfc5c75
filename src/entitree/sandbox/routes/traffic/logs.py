"""Logs of what was sent in the last 48 hours, newest first; they can be read again (platform.md 0.5, 7).

All but email's can be read in steps: with `useCursor` a reply tells where the next one goes on. Filters are
sent anew with every step; what was sent meanwhile is newer, and so in none of the later steps.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from entitree.api import operations
from entitree.sandbox.account.messages import SENT
from entitree.sandbox.account.reading import read
from entitree.sandbox.routes.traffic import filters, shapes
from entitree.sandbox.wire.call import Call, Route
from entitree.sandbox.wire.checks import Checks
from entitree.sandbox.wire.replies import Reply

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping

    from entitree.sandbox.routes.traffic.filters import Condition, Filter

_POSITION = re.compile(rb"(-?[0-9]{1,18})\.([0-9]{1,18})")
_NOWHERE: Condition = ("FALSE", ())
_START: Condition = ("TRUE", ())


@dataclass(frozen=True, slots=True)
class _Logs:
    channel: str
    filters: Mapping[str, Filter]
    shown: Callable[[sqlite3.Row], dict[str, Any]]
    cursors: bool = True

    def list(self, call: Call) -> Reply:
        checks = Checks({})
        condition, values = filters.selected(call, checks, SENT, self.channel, self.filters)
        limit = filters.limit(call, checks, bounded=True)
        stepwise = self.cursors and _uses_cursor(call, checks)
        after, position = _after(call, checks) if stepwise else _START
        checks.done()
        rows = read(
            call.db,
            f"SELECT * FROM messages WHERE {condition} AND {after} ORDER BY at_ms DESC, seq DESC LIMIT ?",
            # One more tells whether there are more.
            [*values, *position, limit + 1],
        )
        body: dict[str, Any] = {"results": [self.shown(row) for row in rows[:limit]]}
        if stepwise:
            next_ = {"nextCursor": _cursor(rows[limit - 1])} if len(rows) > limit else {}
            body["cursor"] = {"limit": limit, **next_}
        return Reply(200, body)


def _uses_cursor(call: Call, checks: Checks) -> bool:
    text = (call.query.first("useCursor") or "false").lower()
    if text not in ("true", "false"):
        checks.wrong("useCursor", "must be a boolean")
    return text == "true"


def _cursor(row: sqlite3.Row) -> str:
    return base64.urlsafe_b64encode(f"{row['at_ms']}.{row['seq']}".encode()).decode()


def _after(call: Call, checks: Checks) -> Condition:
    """What comes after the cursor that was sent; without one, everything."""
    cursor = call.query.first("cursor")
    if cursor is None:
        return _START
    try:
        found = _POSITION.fullmatch(base64.b64decode(cursor, altchars=b"-_", validate=True))
    except ValueError:
        found = None
    if found is not None:
        return "(at_ms, seq) < (?, ?)", (int(found[1]), int(found[2]))
    if filters.strict(call):
        checks.wrong("cursor", "must be the nextCursor of a previous reply")
    return _NOWHERE


_SMS = _Logs("SMS", filters.SMS_LOGS, shapes.log)
_EMAIL = _Logs("EMAIL", filters.OLD_LOGS, shapes.email_log, cursors=False)
_APPLE = _Logs("APPLE_MB", filters.LOGS, shapes.log)
_INSTAGRAM = _Logs("INSTAGRAM_DM", filters.LOGS, shapes.log)
_MESSENGER = _Logs("MESSENGER", filters.LOGS, shapes.log)

ROUTES = (
    Route(operations.GET_SMS_LOGS, _SMS.list, refuses=(400,)),
    Route(operations.GET_EMAIL_LOGS, _EMAIL.list, refuses=(400,)),
    Route(operations.GET_APPLE_LOGS, _APPLE.list, refuses=(400,)),
    Route(operations.GET_INSTAGRAM_LOGS, _INSTAGRAM.list, refuses=(400,)),
    Route(operations.GET_MESSENGER_LOGS, _MESSENGER.list, refuses=(400,)),
)
