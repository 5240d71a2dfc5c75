"""What one operation is: how it is called, what it costs and answers, and how it is settled."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class ErrorShape(Enum):
    """Which of the two error bodies a family answers with (platform.md 0.3)."""

    EXCEPTION = "A"
    ERROR = "B"


class Settle(Enum):
    """How to tell, after a lost reply, whether a write took effect (hazards: writes)."""

    NOTHING = "a read: ask again"
    EXISTS = "read the object: it is there and equals what was sent"
    EQUALS = "read the object: it equals what was sent"
    GONE = "read the object: it is not there"
    LISTED = "list: an object equal to what was sent was not there before"
    LOST = "nothing tells: what the reply held is handed out once"


class Access(Enum):
    """Which forms of sign-in an operation takes (platform.md 0.2)."""

    ANY = "API key, Basic, session or OAuth2"
    NO_KEY = "Basic, session or OAuth2"
    SESSION = "session"
    OPEN = "none"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `requests` in each window of `seconds`.

    With a `burst` it is a token bucket instead: so many at once, refilled at `requests` per `seconds`.
    """

    requests: int
    seconds: float = 1.0
    burst: int | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    name: str
    method: str
    path: str
    """Template with `{camelCase}` segments, to be filled in percent-encoded, one segment each."""
    success: int
    limit: Limit | None
    scopes: tuple[str, ...]
    """Any one of them is enough."""
    documented: tuple[int, ...]
    """The refusals that its document lists."""
    errors: ErrorShape = ErrorShape.EXCEPTION
    settle: Settle = Settle.NOTHING
    read_with: str = ""
    """Name of the operation that settles a write."""
    idempotent: bool = True
    """Sending it twice leaves the account as sending it once does."""
    access: Access = Access.ANY
    linked: bool = False
    """A key linked to applications and entities may call it (platform.md 7.1)."""

    @property
    def reads(self) -> bool:
        """Changes nothing on the platform: what a read-only profile may send."""
        return self.settle is Settle.NOTHING


ONE_A_SECOND = Limit(1)
LISTED = (401, 403, 429, 500)
READ = (401, 403, 404, 429, 500)
"""What documents list for a collection, and for one object of it."""
