"""Moments as the platform writes them in key management: UTC, to the second, without a zone."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


def shown(seconds: float) -> str:
    """Seconds since the epoch as `2024-09-01T10:00:00`."""
    return datetime.fromtimestamp(math.floor(seconds), UTC).replace(tzinfo=None).isoformat()


def shown_exactly(seconds: float) -> str:
    """Seconds since the epoch as other families write them: `2024-09-01T10:00:00.123Z`."""
    moment = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="milliseconds") + "Z"


def parsed(text: str) -> float:
    """Seconds since the epoch of an ISO 8601 date and time, which is UTC unless it says otherwise.

    Raises:
        ValueError: it is none, or none that could be shown again.
    """
    if not text.isascii() or "T" not in text:
        raise ValueError
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC).timestamp()
    except OverflowError:
        raise ValueError from None


def day(seconds: float) -> date:
    """The day in UTC."""
    return datetime.fromtimestamp(math.floor(seconds), UTC).date()


def a_year_after(seconds: float) -> float:
    """The same day and time of the next year; the last of February stands in for a 29th that it has not."""
    now = datetime.fromtimestamp(math.floor(seconds), UTC)
    try:
        later = now.replace(year=now.year + 1)
    except ValueError:
        later = now.replace(year=now.year + 1, day=28)
    return later.timestamp()
