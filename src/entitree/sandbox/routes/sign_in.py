"""Signing in for a while: sessions of users, and OAuth2 by client credentials (platform.md 0.2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from entitree.api import operations
from entitree.sandbox.access import credentials, sessions
from entitree.sandbox.rules.keys import SIGN_IN_REFUSAL
from entitree.sandbox.wire.call import Call, Route, Takes
from entitree.sandbox.wire.checks import Checks
from entitree.sandbox.wire.replies import ProblemError, Reply, problem_reply

_LONG = 4096
"""Most characters of a text for which the documents name no limit."""

_UNKNOWN = "Invalid login details"
"""Whichever half is wrong: who asks learns nothing about the other."""

_GRANTS = ("client_credentials", "authorization_code")


def _create_session(call: Call) -> Reply:
    checks = Checks(call.body)
    name, password = _required(checks, "username"), _required(checks, "password")
    unsafe = checks.flag("unsafe")
    checks.done()
    try:
        user = credentials.user(call.db, name, password)
    except LookupError:
        raise ProblemError(_refusal(call), text=_UNKNOWN) from None
    address = None if unsafe else call.address
    token = sessions.start(call.db, user["name"], address=address, now=call.now, rules=call.rules)
    return Reply(200, {"token": token})


def _destroy_session(call: Call) -> Reply:
    if call.caller.session is not None:
        sessions.end(call.db, call.caller.session)
    return Reply(200)


def _create_token(call: Call) -> Reply:
    """Refusals have `error` beside the usual body, with the word that OAuth has for it."""
    try:
        client = _client(call)
    except _TokenProblemError as problem:
        reply = problem_reply(problem, call.operation.errors, call.rules)
        return replace(reply, body={"error": problem.error, **reply.body})
    token = sessions.grant(call.db, client, call.now)
    return Reply(200, {"access_token": token, "expires_in": sessions.SECONDS, "token_type": "Bearer"})


class _TokenProblemError(ProblemError):
    def __init__(self, error: str, status: int = 400, **what: Any) -> None:  # noqa: ANN401 - passed on
        super().__init__(status, **what)
        self.error = error


def _client(call: Call) -> str:
    """The client that proved who it is.

    Raises:
        _TokenProblemError: it did not.
    """
    checks = Checks(call.body)
    name, secret = _required(checks, "client_id"), _required(checks, "client_secret")
    # One of the two grants is published with a space at its end.
    grant = _required(checks, "grant_type").rstrip()
    try:
        checks.done()
    except ProblemError as problem:
        raise _TokenProblemError("invalid_request", violations=problem.violations) from None
    if grant not in _GRANTS:
        wrong = {"grant_type": [f"must be one of {', '.join(_GRANTS)}"]}
        raise _TokenProblemError("unsupported_grant_type", violations=wrong)
    try:
        client = credentials.client(call.db, name, secret)
    except LookupError:
        raise _TokenProblemError("invalid_client", _refusal(call), text=_UNKNOWN) from None
    if grant == "authorization_code":
        # Codes come from a page of the platform, which is no part of this API.
        raise _TokenProblemError("invalid_grant", violations={"code": ["must be one that was given out"]})
    return str(client["name"])


def _required(checks: Checks, name: str) -> str:
    if name not in checks.names():
        checks.wrong(name, "must not be null")
    return checks.text(name, high=_LONG) or ""


def _refusal(call: Call) -> int:
    return int(call.rules[SIGN_IN_REFUSAL])


ROUTES = (
    Route(operations.CREATE_SESSION, _create_session, Takes.JSON, (400, 401)),
    Route(operations.DESTROY_SESSION, _destroy_session, refuses=(403,)),
    Route(operations.CREATE_TOKEN, _create_token, Takes.FORM, (400, 401)),
)
