"""Everything that can go wrong, as one tree.

    EntitreeError
    ├── UsageError              what was asked for makes no sense; nothing was tried
    ├── SettingsError           a profile, file or environment variable is wrong
    │   └── KeylessError        a profile has nothing to sign in with, or not for its address
    ├── StorageError            a local file could not be read or written
    │   └── FileThereError      a new file was to have a name that is taken
    ├── RefusedError            this program will not send it: read-only, protected, unaddressable
    └── PlatformError           the platform, or the way to it
        ├── UnreachableError    no answer (`sent` says whether the request may have arrived)
        ├── BadReplyError       an answer that is not what the platform documents
        └── StatusError         an answer that is an error, told apart by HTTP status alone
            ├── BadRequestError     400
            ├── UnauthorizedError   401
            ├── ForbiddenError      403
            ├── NotFoundError       404
            ├── ConflictError       409
            ├── TooManyRequestsError  429
            └── ServerError         5xx

Each says what happened, to what, and what to do next. HTTP status decides, never the `messageId` of the
body: the platform answers 403 with `UNAUTHORIZED` (platform.md 0.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class EntitreeError(Exception):
    """The root. `what` is one sentence: what happened, to what. `hint` is one sentence: what to do."""

    def __init__(self, what: str, *, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.what} {self.hint}".rstrip()


class UsageError(EntitreeError):
    """What was asked for makes no sense; nothing was tried."""


class SettingsError(EntitreeError):
    """A profile, a file or an environment variable is wrong."""


class KeylessError(SettingsError):
    """A profile has nothing to sign in with, or not for the address it has now."""


class StorageError(EntitreeError):
    """A local file could not be read or written."""


class FileThereError(StorageError):
    """A new file was to have a name that is taken."""


class RefusedError(EntitreeError):
    """This program will not send the request: read-only profile, protected id, id no path can address."""


class PlatformError(EntitreeError):
    """The platform, or the way to it."""


class UnreachableError(PlatformError):
    """No answer. `sent` is False only where the request certainly never left this machine."""

    def __init__(self, what: str, *, hint: str = "", sent: bool) -> None:
        super().__init__(what, hint=hint)
        self.sent = sent


class BadReplyError(PlatformError):
    """An answer that is not what the platform documents: cut, too big, no JSON, wrong shape, a redirect."""


class StatusError(PlatformError):
    """An error answer. `violations` maps a property path to what is wrong with it."""

    def __init__(
        self,
        what: str,
        *,
        hint: str = "",
        status: int,
        violations: Mapping[str, tuple[str, ...]] | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(what, hint=hint)
        self.status = status
        self.violations: Mapping[str, tuple[str, ...]] = violations or {}
        self.retry_after = retry_after
        """Seconds the platform asks to wait, where it said so."""


class BadRequestError(StatusError):
    """400: the platform does not take what was sent."""


class UnauthorizedError(StatusError):
    """401: the key is absent, wrong, expired, disabled, or not allowed from this address."""


class ForbiddenError(StatusError):
    """403: the key is known but may not do this."""


class NotFoundError(StatusError):
    """404: the object does not exist (any more)."""


class ConflictError(StatusError):
    """409: it exists already."""


class TooManyRequestsError(StatusError):
    """429: the documented rate was exceeded."""


class ServerError(StatusError):
    """5xx: the platform failed. Whether the request took effect is unknown."""
