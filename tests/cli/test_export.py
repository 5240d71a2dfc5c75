"""The whole mirror in one document: everything, in an order that two exports share, and no secret."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from entitree.inventory.model import (
    AssociationRow,
    CriterionRow,
    InboundRow,
    Item,
    KeyRow,
    Kind,
    LinkRow,
    NumberRow,
    StrategyRow,
    SubscriptionRow,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Entitree, Mirror

SECRET = "s3cret"
NAMES = {
    "applications": "application",
    "entities": "entity",
    "resources": "resource",
    "keys": "key",
    "associations": "association",
    "strategies": "strategy",
    "subscriptions": "subscription",
    "inbound_configurations": "inbound configuration",
}
ROWS = (
    Item(Kind.APPLICATION, "prod", "Production"),
    *(Item(Kind.ENTITY, f"e{at:04}") for at in range(1100)),
    Item(Kind.ENTITY, "=x\x1b\u202e\n"),
    NumberRow("N1", "14155550100", "US", "SHORT_CODE", ("SMS",), "prod", "e0001"),
    AssociationRow("NUMBER", "SMS", "prod", "e0001", "N1"),
    AssociationRow("NUMBER", "SMS", "prod", None, "N1"),
    StrategyRow("S1", "prod", None, None, "US", json.dumps({"secret": SECRET})),
    SubscriptionRow("SMS", "sub", "Reports", (CriterionRow("prod", None),), "hook", f'"{SECRET}"'),
    InboundRow("I1", "SMS", "N1", "STOP", "prod", None, "HTTP_FORWARD", f"https://a.example/{SECRET}"),
    KeyRow("K1", "gateway", enabled=True, valid_to=None, links=(LinkRow("prod", "e0001", "FILL"),)),
)


def test_everything_that_is_known_is_in_it_and_no_secret(
    entitree: Entitree, mirror: Mirror, tmp_path: Path
) -> None:
    mirror(*ROWS)
    done = entitree("export")
    assert SECRET not in done.out
    assert not set(done.out) & set("\x1b\u202e")
    about, *lines = map(json.loads, done.out.splitlines())
    assert about["kind"] == "about"
    assert about["profile"] == "sandbox"
    assert about["families"]["entities"] == {
        "whole": True,
        "read_at": "2026-01-02T03:04:05+00:00",
        "problem": None,
    }
    assert Counter(line["kind"] for line in lines) == {
        **dict.fromkeys(NAMES.values(), 1),
        "entity": 1101,
        "association": 2,
    }
    ties = [line for line in lines if line["kind"] == "association"]
    assert [line["entity"] for line in ties] == [None, "e0001"]
    (subscription,) = (line for line in lines if line["kind"] == "subscription")
    assert subscription["criteria"] == [{"application": "prod", "entity": None}]
    file = tmp_path / "all.json"
    kept = entitree("export", str(file))
    assert (kept.code, kept.out) == (done.code, "")
    assert f"The account is in {file}." in kept.err
    assert file.stat().st_mode & 0o777 == 0o600
    whole = json.loads(file.read_text("utf-8"))
    assert list(whole) == ["about", *NAMES]
    for plural, singular in NAMES.items():
        assert whole[plural] == [
            {name: value for name, value in line.items() if name != "kind"}
            for line in lines
            if line["kind"] == singular
        ]


def test_a_file_that_is_there_stays_and_what_was_not_read_is_said(
    entitree: Entitree, mirror: Mirror, tmp_path: Path
) -> None:
    mirror(ROWS[0])
    file = tmp_path / "all.jsonl"
    file.write_text("mine")
    refused = entitree("export", str(file))
    assert refused.code == 2
    assert "There is already a file" in refused.err
    assert file.read_text() == "mine"
    empty = entitree("export", "--format", "json")
    assert json.loads(empty.out)["strategies"] == []


def test_an_account_that_was_never_read_is_read_first(entitree: Entitree) -> None:
    done = entitree("export")
    assert done.code == 0
    assert "Reading the account" in done.err
    assert "big-cola" in {json.loads(line).get("id") for line in done.out.splitlines()}
