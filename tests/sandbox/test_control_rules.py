"""Named rules, read and set while the sandbox runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.sandbox.control import control

from entitree.sandbox.rules import RULES

if TYPE_CHECKING:
    from tests.sandbox.conftest import AskAt, Asker, OpenIt

ENTITIES = "/provisioning/1/entities"


def test_every_rule_is_shown_with_the_choice_in_force(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(rules={"retry-after": "seconds"}))
    shown = control(ask, "GET", "rules").json()["rules"]
    assert shown == {rule.name: rule.default for rule in RULES.values()} | {"retry-after": "seconds"}


def test_a_choice_is_in_force_at_once_in_every_process(open_it: OpenIt, ask_at: AskAt) -> None:
    one, other = ask_at(open_it()), ask_at(open_it())
    answer = control(one, "PUT", "rules", {"rules": {"conflict-message-id": "BAD_REQUEST"}})
    assert (answer.status, answer.json()["rules"]["conflict-message-id"]) == (200, "BAD_REQUEST")
    refused = other("POST", ENTITIES, {"entityId": "big-cola"}).json()
    assert refused["requestError"]["serviceException"]["messageId"] == "BAD_REQUEST"
    control(one, "PUT", "rules", {"rules": {"list-order": "by-id"}})
    assert control(other, "GET", "rules").json()["rules"]["conflict-message-id"] == "BAD_REQUEST"


@pytest.mark.parametrize(
    ("rules", "wrong"),
    [
        ({"retry-after": "seconds", "list-order": "sideways"}, ["rules.list-order"]),
        ({"no-such": "on", "retry-after": {}}, ["rules.no-such", "rules.retry-after"]),
        (["retry-after"], ["rules"]),
        (None, ["rules"]),
    ],
)
def test_rules_and_choices_there_are_none_of(ask: Asker, rules: object, wrong: list[str]) -> None:
    before = control(ask, "GET", "rules").json()
    answer = control(ask, "PUT", "rules", {"rules": rules})
    assert (answer.status, sorted(answer.violations())) == (400, wrong)
    assert control(ask, "GET", "rules").json() == before
