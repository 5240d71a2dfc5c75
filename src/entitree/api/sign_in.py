"""Signing in: which way an operation is asked, and the tokens for those that have to be fetched first.

Sessions and OAuth2 tokens (platform.md 0.2) are got when they are first needed, by one request for all who
wait for it, and renewed a little before they end. They are in memory only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from entitree.api import operations as ops
from entitree.api.credentials import Credential, Form, fits_header
from entitree.api.operations import Access, Operation
from entitree.api.replies import parse_json
from entitree.errors import (
    BadReplyError,
    PlatformError,
    RefusedError,
    StatusError,
    TooManyRequestsError,
    UnauthorizedError,
    UnreachableError,
)

if TYPE_CHECKING:
    from entitree.api.transport import Reply

SESSION_SECONDS = 3600.0
"""How long a session lasts, and a token that does not say (platform.md 0.2)."""

_LONGEST = 86_400.0
_MARGIN = 60.0
_REFUSALS = (400, 401, 403)
"""No document says which of them a wrong password gets."""


@dataclass(frozen=True, slots=True)
class Token:
    header: str = field(repr=False)
    seconds: float
    """How long it is good for, from when it was asked for."""


Ask: TypeAlias = Callable[[Operation, Callable[["Reply"], Token], dict[str, str]], Awaitable[Token]]
"""Sends a sign-in with these fields, and returns what is made of the reply."""


class SignInDesk:
    """Knows for each operation what its Authorization header is."""

    def __init__(self, credential: Credential, ask: Ask, clock: Callable[[], float]) -> None:
        self._credential = credential
        self._ask = ask
        self._clock = clock
        self._held: Token | None = None
        self._until = 0.0
        self._pending: asyncio.Task[Token] | None = None

    def form(self, operation: Operation) -> Form:
        """How the operation is asked.

        Raises:
            RefusedError: by nothing that the credential has.
            SettingsError: the credential has nothing at all.
        """
        if operation.access is Access.OPEN:
            return Form.NOBODY
        form = self._credential.form(key=operation.access is Access.ANY)
        if operation.access is Access.NO_KEY and form is Form.NOBODY:
            done = "read" if operation.reads else "changed"
            raise RefusedError(
                f"API keys can only be {done} by a user or OAuth2 client.",
                hint="Add one to the profile.",
            )
        if operation.access is Access.SESSION and form is not Form.SESSION:
            raise RefusedError("Only who has a session can end one.", hint="There is nothing to do.")
        if form is Form.NOBODY:
            self._credential.authorization()
        return form

    async def header(self, operation: Operation) -> str | None:
        """The header to send, signing in first where that is needed; None where there is to be none.

        Raises:
            RefusedError, SettingsError: as `form`.
            UnauthorizedError: the platform takes neither user nor client.
            PlatformError: it could not be asked. None of these leaves in doubt what was to be done next.
        """
        form = self.form(operation)
        if not form.signs_in:
            return None if form is Form.NOBODY else self._credential.authorization(key=form is Form.KEY)
        if self._held is not None and self._clock() < self._until:
            return self._held.header
        if self._pending is None:
            # A task of its own: who waits may be cancelled, and the others still want the token.
            self._pending = asyncio.create_task(self._sign_in(form))
            self._pending.add_done_callback(self._done)
        return (await asyncio.shield(self._pending)).header

    def newest(self, operation: Operation, header: str | None) -> str | None:
        """`header`, or what has replaced it since."""
        return self._held.header if self._held is not None and self.form(operation).signs_in else header

    def refused(self, operation: Operation, header: str | None) -> bool:
        """The platform answered 401 to this header. Returns whether signing in anew may help."""
        if not self.form(operation).signs_in:
            return False
        if self._held is not None and self._held.header == header:
            self._held = None
        return True

    def leave(self) -> str | None:
        """Forget the token. Returns the header of a session, which is then to be ended."""
        if self._pending is not None:
            self._pending.cancel()
        held, self._held = self._held, None
        is_session = self._credential.form(key=False) is Form.SESSION
        return held.header if held is not None and is_session else None

    async def _sign_in(self, form: Form) -> Token:
        asked = self._clock()
        try:
            if form is Form.SESSION:
                fields = {"username": self._credential.user, "password": self._credential.password}
                token = await self._ask(ops.CREATE_SESSION, _session, _texts(fields))
            else:
                fields = {
                    "client_id": self._credential.client_id,
                    "client_secret": self._credential.client_secret,
                    "grant_type": "client_credentials",
                }
                token = await self._ask(ops.CREATE_TOKEN, _granted, _texts(fields))
        except PlatformError as error:
            raise _told(error, form) from None
        # Not counted from the answer, which may have been long under way.
        self._until = asked + token.seconds - min(_MARGIN, token.seconds / 10)
        self._held = token
        return token

    def _done(self, task: asyncio.Task[Token]) -> None:
        self._pending = None
        if not task.cancelled():
            # Whoever waited has seen it; if nobody did any more, nobody needs to.
            task.exception()


def _session(reply: Reply) -> Token:
    value = parse_json(reply.body)
    token = value.get("token") if isinstance(value, dict) else None
    if not isinstance(token, str) or not fits_header(token):
        raise BadReplyError("the answer holds no session")
    return Token(f"IBSSO {token}", SESSION_SECONDS)


def _granted(reply: Reply) -> Token:
    value = parse_json(reply.body)
    value = value if isinstance(value, dict) else {}
    token, seconds = value.get("access_token"), value.get("expires_in")
    if not isinstance(token, str) or not fits_header(token):
        raise BadReplyError("the answer holds no token")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds <= 0:
        seconds = SESSION_SECONDS
    return Token(f"Bearer {token}", float(min(seconds, _LONGEST)))


def _texts(fields: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value is not None}


def _told(error: PlatformError, form: Form) -> PlatformError:
    """The failure so that nobody takes what was to be done after signing in for begun."""
    if isinstance(error, TooManyRequestsError):
        return error
    if isinstance(error, StatusError) and error.status in _REFUSALS:
        what, check = (
            ("user name or the password", "both")
            if form is Form.SESSION
            else ("OAuth2 client", "its id and its secret")
        )
        return UnauthorizedError(
            f"The platform does not accept the {what}.",
            hint=f"Check {check} with :connect; it may also be locked.",
            status=error.status,
        )
    return UnreachableError(
        error.what, hint="Nothing else was sent: check the base URL, then try again.", sent=False
    )
