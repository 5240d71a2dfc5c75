"""Logs of the messages that were sent in the last 48 hours; they can be read again (platform.md 7).

Delivery reports and inboxes are not here: they hand out each item once, so that reading them takes it away
from whoever it is for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.api import operations as ops
from entitree.api.client.family import Family, given
from entitree.api.models import LogEntry
from entitree.api.replies import Page, parse_rows
from entitree.api.shapes import LOGS as SHAPE
from entitree.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from entitree.api.operations import Operation

LOGS: Mapping[str, Operation] = {
    "SMS": ops.GET_SMS_LOGS,
    "EMAIL": ops.GET_EMAIL_LOGS,
    "APPLE_MB": ops.GET_APPLE_LOGS,
    "INSTAGRAM": ops.GET_INSTAGRAM_LOGS,
    "MESSENGER": ops.GET_MESSENGER_LOGS,
}
"""Channels with logs. Of the others there are none that this program reads."""

_IN_ONE_STEP = frozenset({"EMAIL"})


class Logs(Family):
    async def logs(
        self,
        channel: str,
        *,
        application_id: str | None = None,
        entity_id: str | None = None,
        limit: int = 1000,
    ) -> AsyncIterator[Page[LogEntry]]:
        """Messages of one channel in `LOGS` that match every filter, newest first, up to `limit` a page.

        `limit` is 1 to 1,000. Each page after the first costs a request of its own, and begins where the one
        before ended; of EMAIL there is one page. Raises UsageError for another channel.
        """
        operation = LOGS.get(channel)
        if operation is None:
            raise UsageError(
                f"There are no logs of {channel}.", hint=f"Channels with logs: {', '.join(LOGS)}."
            )
        query = [
            (SHAPE.size, str(limit)),
            *given((("applicationId", application_id), ("entityId", entity_id))),
        ]
        if channel not in _IN_ONE_STEP:
            query.append(("useCursor", "true"))
        passed: set[str] = set()
        number, cursor = 0, ""
        while True:
            step = [*query, ("cursor", cursor)] if cursor else query
            page, rest = await self._exchange(
                operation, lambda reply: parse_rows(reply.body, LogEntry, SHAPE), query=step
            )
            yield Page(page.results, page.odd, None, page.unaddressable, number)
            passed.add(cursor)
            cursor = _next_cursor(rest)
            if not cursor or cursor in passed or not (page.results or page.odd):
                return
            number += 1


def _next_cursor(rest: Mapping[str, object]) -> str:
    found = rest.get("cursor")
    cursor = found.get("nextCursor") if isinstance(found, dict) else None
    return cursor if isinstance(cursor, str) else ""
