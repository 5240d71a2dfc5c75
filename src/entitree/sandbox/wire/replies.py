"""What the sandbox answers: replies, and both error bodies with their canonical words (platform.md 0.3)."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from entitree.api.operations import ErrorShape
from entitree.sandbox.rules import Rules, replies as rules_of_replies

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Reply:
    """`body` None is an empty one, without a content type."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        if self.body is None:
            return b""
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode()


class ProblemError(Exception):
    """A request that is refused. Nothing it did stays, except that it was counted.

    `violations` maps a property path to what is wrong with it; `text` replaces the canonical one of shape A
    and the description of shape B; `wait` is how many seconds would help against a 429.
    """

    def __init__(
        self,
        status: int,
        *,
        violations: Mapping[str, Sequence[str]] | None = None,
        text: str | None = None,
        headers: Mapping[str, str] | None = None,
        wait: float = 0.0,
    ) -> None:
        super().__init__(status)
        self.status = status
        self.violations: Mapping[str, Sequence[str]] = violations or {}
        self.text = text
        self.headers: Mapping[str, str] = headers or {}
        self.wait = wait


@dataclass(frozen=True, slots=True)
class _Words:
    message_id: str
    text: str
    description: str
    action: str
    resources: tuple[tuple[str, str], ...] = ()


_GUIDE = "https://www.infobip.com/docs/essentials"

# 409 and the three after 429 are in no document: the words are ours, in the manner of the others.
_WORDS = {
    400: _Words(
        "BAD_REQUEST",
        "Bad request",
        "Request cannot be processed.",
        "Check the syntax, violations and adjust the request.",
    ),
    401: _Words(
        "UNAUTHORIZED",
        "Unauthorized",
        "The request lacks valid authentication credentials for the requested resource.",
        "Check the resources and adjust authentication credentials.",
        (("API Authentication", f"{_GUIDE}/api-authentication"),),
    ),
    403: _Words(
        "FORBIDDEN",
        "Forbidden",
        "Insufficient permissions to access the requested resource.",
        "Repeat the request with new or different credentials.",
        (("API Scopes", f"{_GUIDE}/api-essentials/api-authorization#api-scopes"),),
    ),
    404: _Words(
        "NOT_FOUND",
        "Not found",
        "Not found - request URL doesn't exist on the API server or resource is not found.",
        "Check the resources and adjust your request.",
    ),
    409: _Words(
        "CONFLICT",
        "Conflict",
        "The resource already exists.",
        "Use another identifier, or the existing resource.",
    ),
    429: _Words(
        "TOO_MANY_REQUESTS",
        "Too many requests",
        "Too many requests sent.",
        "Check request rate limit specified in the API endpoint documentation resource.",
        (("Throttling handling errors", f"{_GUIDE}/integration-best-practices#throttling-handling-errors"),),
    ),
    405: _Words(
        "METHOD_NOT_ALLOWED",
        "Method not allowed",
        "The method is not supported here.",
        "Use a listed method.",
    ),
    413: _Words(
        "PAYLOAD_TOO_LARGE",
        "Payload too large",
        "The request body is too large.",
        "Send less in one request.",
    ),
    415: _Words(
        "UNSUPPORTED_MEDIA_TYPE",
        "Unsupported media type",
        "The media type is not supported.",
        "Send JSON with the content type application/json.",
    ),
    500: _Words(
        "GENERAL_ERROR",
        "Something went wrong. Please contact support.",
        "Something went wrong.",
        "Contact the support.",
    ),
}


_OBSERVED = {
    401: ("UNAUTHORIZED", "Invalid login details"),
    403: ("UNAUTHORIZED", "Unauthorized access"),
    404: ("NOT_FOUND", "Requested resource not found"),
}
"""What integrators were told in shape A instead (platform.md 0.3)."""


def problem_reply(problem: ProblemError, shape: ErrorShape, rules: Rules | None = None) -> Reply:
    """The problem as the family says it, under these rules (by default the defaults)."""
    rules = rules or Rules()
    status, headers = problem.status, dict(problem.headers)
    words = _WORDS.get(status) or _unlisted(status)
    if status == HTTPStatus.CONFLICT:
        words = replace(words, message_id=rules[rules_of_replies.CONFLICT_ID])
    if status in _OBSERVED and rules[rules_of_replies.WORDING] == "observed":
        message_id, text = _OBSERVED[status]
        words = replace(words, message_id=message_id, text=text)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        if rules[rules_of_replies.THROTTLED_SHAPE] == "newer":
            shape = ErrorShape.ERROR
        if rules[rules_of_replies.RETRY_AFTER] == "seconds":
            headers["Retry-After"] = str(max(1, math.ceil(problem.wait)))
    body = _exception(words, problem) if shape is ErrorShape.EXCEPTION else _error(words, problem)
    return Reply(status, body, headers)


def _unlisted(status: int) -> _Words:
    """For a status that no family lists; only faults have it."""
    alike = _WORDS[HTTPStatus.INTERNAL_SERVER_ERROR if status >= 500 else HTTPStatus.BAD_REQUEST]
    try:
        known = HTTPStatus(status)
    except ValueError:
        return replace(alike, message_id=f"STATUS_{status}", text=f"Status {status}")
    return replace(alike, message_id=known.name, text=known.phrase)


def _exception(words: _Words, problem: ProblemError) -> dict[str, Any]:
    details: dict[str, Any] = {"messageId": words.message_id, "text": problem.text or words.text}
    if problem.violations:
        details["validationErrors"] = {path: list(found) for path, found in problem.violations.items()}
    return {"requestError": {"serviceException": details}}


def _error(words: _Words, problem: ProblemError) -> dict[str, Any]:
    return {
        "errorCode": f"E{problem.status}",
        "description": problem.text or words.description,
        "action": words.action,
        "violations": [
            {"property": path, "violation": violation}
            for path, found in problem.violations.items()
            for violation in found
        ],
        "resources": [{"name": name, "url": url} for name, url in words.resources],
    }
