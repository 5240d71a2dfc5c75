"""Messages as they lie in the state: channels, outcomes, moments (platform.md 7)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from entitree.sandbox.account.records import packed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entitree.sandbox.account.records import Columns

SENT, INBOUND = "sent", "inbound"

SENT_CHANNELS = ("SMS", "MMS", "EMAIL", "APPLE_MB", "INSTAGRAM_DM", "MESSENGER")
"""Those with logs or reports that a linked key may read."""

INBOUND_CHANNELS = ("SMS", "MMS")
"""Those with an inbox."""

KEPT_SECONDS = 48 * 3600
"""How long logs, reports and inboxes show a message."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:?\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message; the words of `pending` and `delivered` are the documents'."""

    group_id: int
    id: int
    name: str
    description: str
    final: bool = True
    """There is a delivery report of it."""
    error: tuple[int, str, int, str, str] = (0, "OK", 0, "NO_ERROR", "No Error")
    """Group id, group, id, name and description."""


OUTCOMES = {
    "ACCEPTED": Outcome(0, 0, "MESSAGE_ACCEPTED", "Message accepted", final=False),
    "PENDING": Outcome(1, 26, "PENDING_ACCEPTED", "Message accepted, pending for delivery.", final=False),
    "UNDELIVERABLE": Outcome(
        2,
        9,
        "UNDELIVERABLE_NOT_DELIVERED",
        "Message sent not delivered",
        error=(1, "HANDSET_ERRORS", 27, "EC_ABSENT_SUBSCRIBER", "Absent Subscriber"),
    ),
    "DELIVERED": Outcome(3, 5, "DELIVERED_TO_HANDSET", "Message delivered to handset"),
    "EXPIRED": Outcome(4, 15, "EXPIRED_EXPIRED", "Message expired"),
    "REJECTED": Outcome(5, 12, "REJECTED_NOT_ENOUGH_CREDITS", "Not enough credits"),
}
"""By the name of their group, which is what logs are filtered by."""


def columns(
    id_: str,
    direction: str,
    channel: str,
    *,
    sender: str,
    destination: str,
    tag: tuple[str | None, str | None],
    at: float,
    status: str | None = None,
    bulk_id: str | None = None,
    body: Mapping[str, Any],
) -> Columns:
    """A row of `messages`.

    Args:
        tag: application and entity.
        at: seconds since the epoch; kept to the millisecond.
        status: a group of `OUTCOMES`, for one that was sent.
        body: of text, campaignReferenceId, mccMnc, callbackData and keyword (the one that an inbound
            configuration is met by) what there is.
    """
    return {
        "id": id_,
        "direction": direction,
        "channel": channel,
        "sender": sender,
        "destination": destination,
        "bulk_id": bulk_id,
        "application_id": tag[0],
        "entity_id": tag[1],
        "status": status,
        "at_ms": milliseconds(at),
        "body": packed(body),
    }


def milliseconds(seconds: float) -> int:
    return math.floor(seconds * 1000 + 0.5)


def shown_moment(ms: int) -> str:
    """Milliseconds since the epoch as `2019-11-09T16:00:00.000+0000`."""
    moment = _EPOCH + timedelta(milliseconds=ms)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03}+0000"


def parsed_moment(text: str) -> int:
    """Microseconds since the epoch of a date and time with a zone, as `shown_moment` or RFC 3339 write it.

    Raises:
        ValueError: it is none.
    """
    found = _DATE_TIME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    day, time, fraction, zone = found.groups()
    moment = datetime.fromisoformat(f"{day}T{time}{fraction or ''}{zone.upper()}")
    return (moment - _EPOCH) // timedelta(microseconds=1)
