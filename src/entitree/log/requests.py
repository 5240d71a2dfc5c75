"""Requests as lines of a log: who sent what, when, and what came back. Never a secret."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from entitree.api.operations import (
    CREATE_APPLICATION,
    CREATE_ASSOCIATION,
    CREATE_ENTITY,
    CREATE_STRATEGY,
    DELETE_ASSOCIATION,
    MODIFY_APPLICATION,
    MODIFY_ENTITY,
    SEARCH_RESOURCES,
    UPDATE_NUMBER,
)
from entitree.log.files import LogFile
from entitree.log.writer import LogWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from entitree.api.observing import Sent

Role = Literal["app", "worker", "cli"]

BODIES = frozenset(
    each.name
    for each in (
        CREATE_APPLICATION,
        MODIFY_APPLICATION,
        CREATE_ENTITY,
        MODIFY_ENTITY,
        CREATE_ASSOCIATION,
        DELETE_ASSOCIATION,
        CREATE_STRATEGY,
        SEARCH_RESOURCES,
        UPDATE_NUMBER,
    )
)
"""Operations whose bodies are kept: they hold ids, aliases and names, and nothing else. Those of keys,
profiles, inbound configurations and sign-ins may hold secrets.
"""
LONGEST_BODY = 16 * 1024
"""Bytes; of a longer one only its length is kept."""


class Entry(NamedTuple):
    """One line of the log. Paths and texts are as they were sent: to be shown through `visible`."""

    number: int
    """Place in what was read of the log; the newest has the highest."""
    time: datetime
    who: str
    operation: str
    method: str
    path: str
    """With its query, percent-encoded as it was sent."""
    signed: str
    attempt: int
    ms: int
    status: int | None
    failure: str
    retry_after: float | None
    body: str | None
    body_bytes: int
    """How long the body was, also where it is not kept; 0: there was none."""


class RequestLog:
    """An observer of requests that writes them down, soon and in order."""

    def __init__(
        self,
        path: Path,
        who: Role,
        *,
        complain: Callable[[str], None] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`complain` is told once, in another thread, if the log cannot be written."""
        self._writer = LogWriter(LogFile(path), complain)
        self._who = who
        self._clock = clock

    def __call__(self, sent: Sent) -> None:
        self._writer.put(line_of(sent, self._who, self._clock() - timedelta(seconds=sent.seconds)))

    def flush(self) -> None:
        """Returns when all that was told is written. Blocks."""
        self._writer.flush()

    def close(self) -> None:
        """Writes what is left and lets go of the file. Blocks; again does nothing."""
        self._writer.close()


def line_of(sent: Sent, who: str, when: datetime) -> bytes:
    """One line of JSON, in ASCII: nothing in it can be taken for anything but text."""
    body = sent.body or b""
    value: dict[str, object] = {
        "time": when.astimezone(UTC).isoformat(timespec="milliseconds"),
        "who": who,
        "operation": sent.operation.name,
        "method": sent.method,
        "path": sent.target,
        "signed": sent.signed,
        "attempt": sent.attempt,
        "ms": round(sent.seconds * 1000),
    }
    if sent.status is not None:
        value["status"] = sent.status
    if sent.failure:
        value["failure"] = sent.failure
    if sent.retry_after is not None:
        value["retry_after"] = sent.retry_after
    if body:
        value["body_bytes"] = len(body)
        if sent.operation.name in BODIES and len(body) <= LONGEST_BODY:
            value["body"] = body.decode(errors="replace")
    return json.dumps(value, separators=(",", ":")).encode("ascii") + b"\n"


def entry_of(line: bytes, number: int) -> Entry | None:
    """What `line_of` wrote; None for anything else."""
    try:
        value: dict[str, Any] = json.loads(line)
        get = value.get
        status, retry_after, body = get("status"), get("retry_after"), get("body")
        return Entry(
            number,
            datetime.fromisoformat(value["time"]),
            str(value["who"]),
            str(value["operation"]),
            str(value["method"]),
            str(value["path"]),
            str(get("signed", "")),
            int(get("attempt", 1)),
            int(value["ms"]),
            None if status is None else int(status),
            str(get("failure", "")),
            None if retry_after is None else float(retry_after),
            None if body is None else str(body),
            int(get("body_bytes", 0)),
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return None
