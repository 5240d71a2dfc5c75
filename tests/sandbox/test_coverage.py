"""Every row of `entitree sandbox coverage` is answered: by a written exchange, or by what is done here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.sandbox.conftest import basic, golden, signed_in, target, used_up

from entitree.api.operations import OPERATIONS, Access
from entitree.sandbox.coverage import OBSERVED, Answer, Tag, coverage
from entitree.sandbox.routes import ROUTES
from entitree.sandbox.wire.asgi import MAX_BODY

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.conftest import AskAt, Asker, OpenIt

    from entitree.api.operations import Operation

WRITTEN = {(one.operation, one.status) for one in golden()}
"""What test_golden.py proves, byte for byte."""
LEFT = [answer for answer in coverage() if (answer.operation.name, answer.status) not in WRITTEN]


def malformed(ask: Asker, operation: Operation) -> int:
    return ask.raw(
        operation.method, target(operation).encode(), query=b"x=%FF", headers=headers(ask, operation)
    ).status


def unsigned(ask: Asker, operation: Operation) -> int:
    return ask(operation.method, target(operation), authorization=None).status


def unscoped(ask: Asker, operation: Operation) -> int:
    """A key without any scope; where no key is taken, the full one."""
    if operation.access is Access.ANY:
        with ask.sandbox._state.transaction(writes=True) as db:
            db.execute("INSERT INTO api_keys (id, name, secret, scopes) VALUES ('N', 'N', 'none', '[]')")
        return ask(operation.method, target(operation), {}, authorization="App none").status
    return ask(operation.method, target(operation), {}).status


def heavy(ask: Asker, operation: Operation) -> int:
    return ask.raw(
        operation.method,
        target(operation).encode(),
        body=b" " * (MAX_BODY + 1),
        headers=headers(ask, operation),
    ).status


def odd(ask: Asker, operation: Operation) -> int:
    credential = signed_in(ask, operation)
    sent = {"content-type": "text/plain"}
    return ask(operation.method, target(operation), b"x", authorization=credential, headers=sent).status


def hurried(ask: Asker, operation: Operation) -> int:
    return used_up(ask, operation).status


def contested(ask: Asker, operation: Operation) -> int:
    """Another has changed it a moment ago."""
    path = target(operation)
    assert ask(operation.method, path, {}).status == operation.success
    other = basic(ask.sandbox.user, ask.sandbox.password)
    change = {"applicationName": "Name", "entityName": "Name"}
    assert ask(operation.method, path, change, authorization=other).status == 409
    return 409


def headers(ask: Asker, operation: Operation) -> list[tuple[bytes, bytes]]:
    credential = signed_in(ask, operation)
    return [] if credential is None else [(b"authorization", credential.encode())]


RECIPES: dict[int, Callable[[Asker, Operation], int]] = {
    400: malformed,
    401: unsigned,
    403: unscoped,
    409: contested,
    413: heavy,
    415: odd,
    429: hurried,
}


@pytest.mark.parametrize("answer", LEFT, ids=lambda answer: f"{answer.operation.name}-{answer.status}")
def test_a_row_that_is_not_written_down_is_answered(open_it: OpenIt, ask_at: AskAt, answer: Answer) -> None:
    limits = 1.0 if answer.status == 429 else None
    rules = {"concurrent-put": "conflict"} if answer.status == 409 else {}
    ask = ask_at(open_it(limits=limits, rules=rules, clock=lambda: 1_700_000_000.0))
    assert RECIPES[answer.status](ask, answer.operation) == answer.status


def test_every_operation_has_its_rows() -> None:
    rows = coverage()
    assert {row.operation.name for row in rows} == set(OPERATIONS) == {one.operation.name for one in ROUTES}
    assert len({(row.operation.name, row.status) for row in rows}) == len(rows)
    for row in rows:
        known = (row.operation.success, *row.operation.documented)
        assert (row.tag is Tag.ASSUMED) == (
            row.status not in known and (row.operation.name, row.status) not in OBSERVED
        )
    assert {(row.operation.name, row.status) for row in rows if row.tag is Tag.OBSERVED} == OBSERVED


def test_what_is_documented_is_answered() -> None:
    """But for 500, which stands for a platform that is broken, and rates that no document declares."""
    answered = {(row.operation.name, row.status) for row in coverage()}
    silent = {
        (operation.name, status)
        for operation in OPERATIONS.values()
        for status in operation.documented
        if (operation.name, status) not in answered and status != 500
    }
    assert {status for _, status in silent} <= {429, 400, 403, 404}
    assert all(OPERATIONS[name].limit is None for name, status in silent if status == 429)
