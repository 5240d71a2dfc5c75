"""What a request to the control plane works with: the state, in threads, and the JSON it was sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.concurrency import run_in_threadpool

from entitree.sandbox.account.records import packed
from entitree.sandbox.wire.asgi import body
from entitree.sandbox.wire.call import json_object
from entitree.sandbox.wire.replies import ProblemError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from entitree.sandbox.account.state import State

    Handler = Callable[["Desk", Request], Awaitable[ASGIApp]]

T = TypeVar("T")

ADMIN = "admin"
"""As the audit log calls who holds the admin key."""


@dataclass(frozen=True, slots=True)
class Desk:
    state: State
    clock: Callable[[], float]

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What `work` makes of the state as it is at one moment."""
        return await run_in_threadpool(self._transacted, work, writes=False)

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What `work` returns; all that it did is in the state, or nothing when it raised."""
        return await run_in_threadpool(self._transacted, work, writes=True)

    def _transacted(self, work: Callable[[sqlite3.Connection], T], *, writes: bool) -> T:
        with self.state.transaction(writes=writes) as db:
            return work(db)


def note(db: sqlite3.Connection, *, now: float, operation: str, after: Mapping[str, Any]) -> int:
    """Writes into the audit log that the account as a whole was replaced; returns the entry's sequence."""
    entry = (now, ADMIN, operation, "account", "", packed(after))
    written = db.execute(
        "INSERT INTO audit (at, key, operation, kind, id, after) VALUES (?, ?, ?, ?, ?, ?)", entry
    )
    return int(written.lastrowid or 0)


async def sent_object(request: Request) -> dict[str, Any]:
    """The JSON object that was sent.

    Raises:
        ProblemError: 413, 415 or 400.
    """
    raw = await body(request)
    if raw is None:
        raise ProblemError(413)
    return json_object(request.headers.get("content-type"), raw)
