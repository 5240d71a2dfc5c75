"""Delivery reports and inboxes: each item is handed out once, the newest first (platform.md 7.2).

Handing out is a change of the account. A message has a report once its outcome is final.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from entitree.api import operations
from entitree.sandbox.account.kinds import MESSAGE
from entitree.sandbox.account.messages import INBOUND, OUTCOMES, SENT
from entitree.sandbox.account.reading import read
from entitree.sandbox.routes.traffic import filters, shapes
from entitree.sandbox.wire.call import Call, Route
from entitree.sandbox.wire.checks import Checks
from entitree.sandbox.wire.replies import Reply

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping

    from entitree.sandbox.routes.traffic.filters import Filter

_FINAL = ", ".join(f"'{group}'" for group, outcome in OUTCOMES.items() if outcome.final)
_WAITING = {SENT: f"reported = 0 AND status IN ({_FINAL})", INBOUND: "reported = 0"}


@dataclass(frozen=True, slots=True)
class _Queue:
    direction: str
    channel: str
    filters: Mapping[str, Filter]
    shown: Callable[[sqlite3.Row], dict[str, Any]]
    counted: bool = False
    """The reply tells how many it holds, and how many such are left."""

    def hand_out(self, call: Call) -> Reply:
        checks = Checks({})
        condition, values = filters.selected(call, checks, self.direction, self.channel, self.filters)
        limit = filters.limit(call, checks, bounded=self.direction == SENT)
        checks.done()
        waiting = f"FROM messages WHERE {condition} AND {_WAITING[self.direction]}"
        rows = read(call.db, f"SELECT * {waiting} ORDER BY at_ms DESC, seq DESC LIMIT ?", [*values, limit])
        for row in rows:
            call.ledger.change(MESSAGE, row["seq"], {"reported": 1})
        body: dict[str, Any] = {"results": [self.shown(row) for row in rows]}
        if self.counted:
            left: int = call.db.execute(f"SELECT count(*) {waiting}", values).fetchone()[0]
            body |= {"messageCount": len(rows), "pendingMessageCount": left}
        return Reply(200, body)


_SMS_INBOX = _Queue(INBOUND, "SMS", filters.INBOX, shapes.sms_inbound, counted=True)
_MMS_INBOX = _Queue(INBOUND, "MMS", {}, shapes.mms_inbound)
_SMS = _Queue(SENT, "SMS", filters.REPORTS, shapes.sms_report)
_MMS = _Queue(SENT, "MMS", filters.REPORTS, shapes.mms_report)
_EMAIL = _Queue(SENT, "EMAIL", filters.REPORTS, shapes.email_report)

ROUTES = (
    Route(operations.GET_SMS_REPORTS, _SMS.hand_out, refuses=(400,)),
    Route(operations.GET_MMS_REPORTS, _MMS.hand_out, refuses=(400,)),
    Route(operations.GET_EMAIL_REPORTS, _EMAIL.hand_out, refuses=(400,)),
    Route(operations.GET_SMS_INBOX, _SMS_INBOX.hand_out, refuses=(400,)),
    Route(operations.GET_MMS_INBOX, _MMS_INBOX.hand_out, refuses=(400,)),
)
