"""Moments as the platform writes them in key management: UTC, to the second, without a zone."""

from __future__ import annotations

import math
from datetime import UTC, datetime


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
