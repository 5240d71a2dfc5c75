"""Every operation, byte for byte: the sandbox and the client share models, these they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.sandbox.conftest import Exchange, golden

from entitree.api.operations import OPERATIONS

if TYPE_CHECKING:
    from tests.sandbox.conftest import AskAt, OpenIt


def test_every_operation_has_its_success_written_down() -> None:
    assert {one.operation for one in golden() if one.status < 300} == set(OPERATIONS)


@pytest.mark.parametrize("exchange", golden(), ids=lambda one: f"{one.operation}-{one.status}")
def test_the_reply_is_the_one_written_down(
    open_it: OpenIt, ask_at: AskAt, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secrets.choice", lambda _: "A")
    reply = exchange.asked_of(ask_at(open_it(rules=exchange.rules, clock=lambda: exchange.now)))
    assert (reply.status, reply.body.decode()) == (exchange.status, exchange.reply)
    assert reply.headers.get("location") == exchange.location
    assert reply.headers.get("content-type") == ("application/json" if exchange.reply else None)
