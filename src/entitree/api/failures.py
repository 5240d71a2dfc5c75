"""Error answers of the platform as errors of ours: which, in whose words, and what to do next.

The HTTP status alone decides (platform.md 0.3); the body, in whichever shape it comes, only adds words.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from html import unescape
from typing import TYPE_CHECKING, Any

from entitree.api.credentials import Form
from entitree.api.replies import parse_json
from entitree.errors import (
    BadReplyError,
    BadRequestError,
    ConflictError,
    EntitreeError,
    ForbiddenError,
    NotFoundError,
    ServerError,
    StatusError,
    TooManyRequestsError,
    UnauthorizedError,
    UnreachableError,
)
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from entitree.api.operations import Operation
    from entitree.api.transport import Reply

LONGEST_RETRY_AFTER = 86_400.0
"""Seconds; a platform that asks for more than a day is taken to mean a day."""

IN_DOUBT = "Whether it took effect is unknown: read it back before trying again."

_LONGEST_TEXT = 300
_CLOCK_TIME_FROM = 60.0
_MOST_VIOLATIONS = 50
_ONLY_HEAD = 65_536
_SIGNING = {
    "create-session": "sign in",
    "create-oauth2-token": "sign in",
    "destroy-session": "sign out",
}
_NUMBER = re.compile(r"\d+(\.\d*)?|\.\d+", re.ASCII)
_XML_TEXT = re.compile(r"<(text|description|title)>([^<]+)</\1>", re.IGNORECASE)


def in_doubt(error: EntitreeError) -> bool:
    """Whether the platform may have carried out the write that ended in this error (hazards: writes)."""
    if isinstance(error, UnreachableError):
        return error.sent
    if isinstance(error, StatusError):
        return error.status >= 500 or error.status == 408
    return isinstance(error, BadReplyError)


def means_absent(reply: Reply) -> bool:
    """Whether a 404 comes from the platform itself, and not from something else that answers there.

    Some operations have no body for it (platform.md 0.3), others one of the two error bodies.
    """
    if reply.status != 404:
        return False
    try:
        return not reply.body.strip() or isinstance(parse_json(reply.body[:_ONLY_HEAD]), dict)
    except BadReplyError:
        return False


def title(operation: Operation, subject: str) -> str:
    """What was tried, as the rest of a sentence: `delete entity “shop-17”`."""
    if operation.name in _SIGNING:
        return _SIGNING[operation.name]
    words = re.sub(r"(-by-.*)?(-v\d+)?$", "", operation.name).split("-")
    words[0] = {"get": "read"}.get(words[0], words[0])
    return " ".join(words) + (f" “{_cut(visible(subject), 80)}”" if subject else "")


def status_error(
    operation: Operation, subject: str, reply: Reply, form: Form = Form.KEY
) -> StatusError | BadReplyError:
    """The error for a reply whose status is not the operation's success; `form` is how it was asked."""
    status, doing = reply.status, title(operation, subject)
    doubt = "" if operation.reads else IN_DOUBT
    if 300 <= status < 400:
        return BadReplyError(
            f"Could not {doing}: the platform redirected the request elsewhere.",
            hint="Check the base URL; redirects are never followed, because the key would travel along.",
        )
    if status < 300:
        return BadReplyError(
            f"Could not {doing} for sure: the platform answered {status} instead of {operation.success}.",
            hint=doubt or "Try again; if it stays so, the platform has changed.",
        )
    said, violations = words_of(reply.body)
    quoted = f" It says: “{said}”." if said else ""
    retry_after = parse_retry_after(reply.headers.get("retry-after"))
    kind, what, hint = _sentences(operation, doing, status, retry_after, form)
    return kind(
        what + quoted,
        hint=(doubt or hint) if status >= 500 or status == 408 else hint,
        status=status,
        violations=violations,
        retry_after=retry_after,
    )


def throttled(operation: Operation, subject: str, seconds: float) -> TooManyRequestsError:
    """The error for a request that is not even sent, because after a 429 there are `seconds` left to wait."""
    _, what, hint = _sentences(operation, title(operation, subject), 429, seconds)
    return TooManyRequestsError(what, hint=hint, status=429, retry_after=seconds)


def _wait(seconds: float | None) -> str:
    if not seconds:
        return "Wait a little"
    if seconds < _CLOCK_TIME_FROM:
        return f"Wait {math.ceil(seconds)} s"
    now = datetime.now().astimezone()
    # Rounded up: who comes back at that minute is not too early.
    until = now + timedelta(seconds=seconds + 59)
    day = "" if until.date() == now.date() else f"{until:%Y-%m-%d} "
    return f"Wait {math.ceil(seconds)} s, until {day}{until:%H:%M},"


def _sentences(
    operation: Operation, doing: str, status: int, retry_after: float | None, form: Form = Form.KEY
) -> tuple[type[StatusError], str, str]:
    scopes = " or ".join(operation.scopes)
    asker = {Form.KEY: "key", Form.CLIENT: "OAuth2 client"}.get(form, "user")
    match status:
        case 400:
            return (
                BadRequestError,
                f"The platform refuses to {doing} as it was sent.",
                "Correct it and send it again.",
            )
        case 401:
            return (
                UnauthorizedError,
                f"The platform does not accept the {form.value}, so it did not {doing}.",
                "Check the key with :connect: it may be wrong, expired, disabled or bound to an address."
                if form is Form.KEY
                else "Check it with :connect: it may be wrong, locked or bound to an address.",
            )
        case 403:
            return (
                ForbiddenError,
                f"This {asker} may not {doing}: most likely it lacks the scope {scopes}.",
                f"Give the {asker} that scope in the portal, or use another with :connect.",
            )
        case 404:
            return (
                NotFoundError,
                f"Could not {doing}: the platform does not know it, or something it refers to.",
                "Refresh: it may have been deleted meanwhile.",
            )
        case 409:
            return (
                ConflictError,
                f"Could not {doing}: it exists already.",
                "Choose another, or refresh to see it.",
            )
        case 429:
            return (
                TooManyRequestsError,
                f"Could not {doing}: the account sends more than the platform allows.",
                f"{_wait(retry_after)} and try again; something else may be using the same account.",
            )
        case _ if status >= 500:
            return (
                ServerError,
                f"The platform failed ({status}) when asked to {doing}.",
                "Try again in a while.",
            )
        case _:
            return StatusError, f"Could not {doing}: the platform answered {status}.", "Check the base URL."


def words_of(body: bytes) -> tuple[str, dict[str, tuple[str, ...]]]:
    """What an error body says, and its violations by property; inert, and cut to a length that fits a dialog.

    Takes both documented shapes, their XML, an HTML page with a title, and anything else as silence.
    """
    head = body[:_ONLY_HEAD]
    try:
        value = parse_json(head)
    except BadReplyError:
        found = _XML_TEXT.search(head.decode("utf-8", "replace"))
        return (_inert(unescape(found[2])) if found else ""), {}
    if not isinstance(value, dict):
        return "", {}
    exception = _dig(value, "requestError", "serviceException")
    texts = (exception.get("text"), value.get("description"), value.get("error_description"))
    said = next((_inert(text) for text in texts if isinstance(text, str) and text.strip()), "")
    violations: dict[str, tuple[str, ...]] = {}
    for name, problem in (*_exception_violations(exception), *_error_violations(value)):
        if len(violations) < _MOST_VIOLATIONS or name in violations:
            violations[name] = (*violations.get(name, ()), problem)[:_MOST_VIOLATIONS]
    return said, violations


def parse_retry_after(value: str | None, *, now: datetime | None = None) -> float | None:
    """Seconds to wait as a Retry-After header says: a number or an HTTP date; None for anything else.

    Never negative, never above `LONGEST_RETRY_AFTER`.
    """
    if value is None:
        return None
    value = value.strip()
    if _NUMBER.fullmatch(value):
        return min(float(value), LONGEST_RETRY_AFTER)
    try:
        date = parsedate_to_datetime(value)
        seconds = (date.replace(tzinfo=date.tzinfo or UTC) - (now or datetime.now(UTC))).total_seconds()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return min(max(0.0, seconds), LONGEST_RETRY_AFTER) if math.isfinite(seconds) else None


def _exception_violations(exception: dict[str, Any]) -> Iterator[tuple[str, str]]:
    errors = exception.get("validationErrors")
    if not isinstance(errors, dict):
        return
    for name, problems in errors.items():
        for problem in problems if isinstance(problems, list) else [problems]:
            if isinstance(problem, str):
                yield _inert(name), _inert(problem)


def _error_violations(value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    violations = value.get("violations")
    for entry in violations if isinstance(violations, list) else []:
        if not isinstance(entry, dict):
            continue
        match entry.get("property", ""), entry.get("violation", ""):
            case str(name), str(problem):
                yield _inert(name), _inert(problem)


def _dig(value: dict[str, Any], *names: str) -> dict[str, Any]:
    for name in names:
        inner = value.get(name)
        if not isinstance(inner, dict):
            return {}
        value = inner
    return value


def _inert(text: str) -> str:
    return _cut(visible(" ".join(text[: 4 * _LONGEST_TEXT].split())).rstrip("."), _LONGEST_TEXT)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
