"""How a 404 is answered where the documents list it without a body (platform.md 0.3)."""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING

from entitree.sandbox.account.state import savepoint
from entitree.sandbox.rules.numbers import NOT_FOUND_BODY
from entitree.sandbox.wire.replies import ProblemError, Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from entitree.sandbox.wire.call import Call


def not_found_without_body(handle: Callable[[Call], Reply]) -> Callable[[Call], Reply]:
    """The handler of a route, whose 404 has no body unless the rules say so."""

    @wraps(handle)
    def handled(call: Call) -> Reply:
        try:
            with savepoint(call.db):
                return handle(call)
        except ProblemError as problem:
            if problem.status == HTTPStatus.NOT_FOUND and call.rules[NOT_FOUND_BODY] == "empty":
                return Reply(problem.status)
            raise

    return handled
