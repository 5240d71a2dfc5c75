"""Named rules: they are known, kept with the account, and each of them is tried somewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from entitree.errors import UsageError
from entitree.sandbox.rules import RULES, Rule

if TYPE_CHECKING:
    from tests.sandbox.conftest import AskAt, OpenIt

ENTITIES = "/provisioning/1/entities"


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_says_what_is_open_and_where(rule: Rule) -> None:
    assert rule.name == rule.name.lower()
    assert len(set(rule.choices)) == len(rule.choices) > 1
    assert rule.why.endswith(".")
    assert rule.source.startswith("platform.md ")


def test_every_choice_of_every_rule_is_tried() -> None:
    here = Path(__file__)
    tests = "".join(file.read_text("utf-8") for file in here.parent.glob("test_*.py") if file != here)
    untried = [
        (rule.name, choice)
        for rule in RULES.values()
        for choice in rule.choices
        if f'"{rule.name}"' not in tests or f'"{choice}"' not in tests
    ]
    assert untried == []


def test_rules_are_kept_with_the_account(open_it: OpenIt, ask_at: AskAt) -> None:
    body = {"entityId": "big-cola"}
    first = ask_at(open_it(rules={"conflict-message-id": "ALREADY_EXISTS", "error-wording": "observed"}))
    other = ask_at(open_it())
    for ask in (first, other):
        assert b"ALREADY_EXISTS" in ask("POST", ENTITIES, body).body
        assert b"Requested resource not found" in ask("GET", f"{ENTITIES}/nobody").body
    # Opened with a choice, the others stay; and who has it open already lives by it at once.
    open_it(rules={"conflict-message-id": "CONFLICT"})
    assert b"CONFLICT" in first("POST", ENTITIES, body).body
    assert b"Requested resource not found" in first("GET", f"{ENTITIES}/nobody").body


@pytest.mark.parametrize("rules", [{"no-such-rule": "on"}, {"retry-after": "sometimes"}])
def test_rules_and_choices_must_be_known(open_it: OpenIt, rules: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        open_it(rules=rules)
