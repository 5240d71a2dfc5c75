from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from entitree.exports import lists
from entitree.inventory.model import (
    AssociationRow,
    Family,
    FamilyState,
    Item,
    KeyRow,
    Kind,
    LinkRow,
    NumberRow,
    SenderRow,
)
from entitree.inventory.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.cli.conftest import Entitree, Mirror, Platform

    from entitree.inventory.model import Row

HOSTILE = "[/]\x1b[2J\n‮x"
SHOP = Item(Kind.ENTITY, "shop-1", "=Shop")
KEPT = "No account is configured: this is the kept sandbox.\n"
READ = "read 2026-01-02 03:04:05."


def test_the_kept_sandbox_is_read_once(entitree: Entitree) -> None:
    first = entitree("list", "applications")
    assert first.code == 0
    assert first.out.splitlines()[:2] == [
        "ID            ALIAS                ENTITIES  ASSOCIATIONS  CONFIGURATIONS",
        "default                            1         2             1",
    ]
    assert first.err.startswith(KEPT + "Reading the account …\n5 of 5 applications, read 20")
    second = entitree("list", "applications")
    assert second.out == first.out
    assert second.err == first.err.replace("Reading the account …\n", "")
    assert "Reading" in entitree("list", "entities").err, "it was not needed before"
    assert "Reading" in entitree("list", "entities", "--refresh").err


def test_a_refresh_shows_what_is_there_now(entitree: Entitree, platform: Platform) -> None:
    environ = platform.environ()
    before = entitree("list", "entities", "--format", "jsonl", **environ)
    assert before.code == 0
    assert "big-cola" in [json.loads(line)["id"] for line in before.out.splitlines()]


def test_every_format_holds_the_same_rows(entitree: Entitree, mirror: Mirror) -> None:
    tie = AssociationRow("NUMBER", "SMS", "prod", "shop-1", "N1")
    mirror(SHOP, Item(Kind.ENTITY, HOSTILE), tie)
    rows = [
        {"id": HOSTILE, "alias": None, "applications": 0, "associations": 0, "configurations": 0},
        {"id": "shop-1", "alias": "=Shop", "applications": 1, "associations": 1, "configurations": 0},
    ]
    assert json.loads(entitree("list", "entities", "--format", "json").out) == rows
    lines = entitree("list", "entities", "--format", "jsonl").out.splitlines()
    assert [json.loads(line) for line in lines] == rows
    found = list(csv.DictReader(io.StringIO(entitree("list", "entities", "--format", "csv").out)))
    assert [row["id"] for row in found] == ["[/]␛[2J␊‹U+202E›x", "shop-1"]
    assert [row["alias"] for row in found] == ["", "'=Shop"]
    table = entitree("list", "entities")
    assert "\n[/]␛[2J␊‹U+202E›x" in table.out
    assert table.err == f"{KEPT}2 of 2 entities, {READ}\n"


def test_what_was_never_read_is_unknown_and_said(entitree: Entitree, mirror: Mirror) -> None:
    unread = FamilyState(Family.STRATEGIES)
    refused = FamilyState(Family.SUBSCRIPTIONS, problem="This key may not.")
    mirror(SHOP, strategies=unread, subscriptions=refused)
    done = entitree("list", "entities", "--format", "jsonl")
    assert json.loads(done.out)["configurations"] is None
    assert json.loads(done.out)["associations"] == 0
    assert "Strategies: not read yet; use --refresh.\nSubscriptions: This key may not.\n" in done.err
    assert done.code == 0


def test_a_reading_that_was_not_whole_is_not_told_as_whole(entitree: Entitree, mirror: Mirror) -> None:
    state = FamilyState(Family.ENTITIES, whole=False, read_at=datetime.now(UTC), problem="It moved.")
    mirror(SHOP, entities=state)
    done = entitree("list", "entities")
    assert done.code == 1
    assert "Entities: It moved.\n" in done.err
    assert done.err.endswith(", not whole.\n")


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_rows_are_taken_a_chunk_at_a_time(
    entitree: Entitree, mirror: Mirror, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    mirror(*(Item(Kind.ENTITY, f"e{number:02}", "x" * number) for number in range(25)))
    asked: list[int] = []
    real = Store.window

    async def window(self: Store, kind: Kind, keys: Sequence[int]) -> list[Row | None]:
        asked.append(len(keys))
        return await real(self, kind, keys)

    monkeypatch.setattr(Store, "window", window)
    monkeypatch.setattr(lists, "CHUNK", 10)
    done = entitree("list", "entities", "--format", form)
    assert asked == [10, 10, 5] * (2 if form == "table" else 1)
    assert [done.out.count(f"e{number:02}") for number in range(25)] == [1] * 25
    if form == "table":
        assert len({line.rindex("0") for line in done.out.splitlines()[1:]}) == 1, "aligned over all of them"


def test_a_filter_as_in_the_app(entitree: Entitree, mirror: Mirror) -> None:
    tie = AssociationRow("NUMBER", "SMS", "prod", "shop-1", "N1")
    mirror(SHOP, Item(Kind.ENTITY, "other", "Two words"), tie)

    def found(expression: str) -> list[str]:
        done = entitree("list", "entities", "--format", "jsonl", "--filter", expression)
        assert done.code == 0
        assert done.err.startswith(f"{KEPT}{done.out.count(chr(10))} of 2 entities")
        return [json.loads(line)["id"] for line in done.out.splitlines()]

    assert found("app:prod") == ["shop-1"]
    assert found("!shop") == ["other"]
    assert found('"two words"') == ["other"]
    assert found("nothing") == []


@pytest.mark.parametrize(
    ("expression", "shown", "caret"),
    [
        ("shop bogus:x", "shop bogus:x", 5),
        ("東京 bogus:x", "東京 bogus:x", 5),
        ("a\x1b bogus:x", "a␛ bogus:x", 3),
        ("app:/a.*/", "app:/a.*/", 4),
    ],
)
def test_a_wrong_filter_is_pointed_at(
    entitree: Entitree, home: object, expression: str, shown: str, caret: int
) -> None:
    done = entitree("list", "entities", "--filter", expression)
    text, pointer, sentence = done.err.splitlines()
    assert (done.code, done.out) == (2, "")
    assert text == f"  {shown}"
    assert pointer == f"  {' ' * caret}^"
    assert sentence.startswith("entitree: ")


def test_who_may_not_read_is_told_and_gets_no_data(entitree: Entitree, platform: Platform) -> None:
    wrong = entitree("list", "entities", **platform.environ("SECRET-wrong-key"))
    assert (wrong.code, wrong.out) == (3, "")
    assert "does not accept the API key" in wrong.err.splitlines()[-1]
    limited = entitree("list", "entities", **platform.environ(platform.limited_key))
    assert (limited.code, limited.out) == (3, "")
    assert "This key may not" in limited.err.splitlines()[-1]
    for done in (wrong, limited):
        assert "SECRET" not in done.err
        assert platform.limited_key not in done.err
        assert done.err.count("\n") == 2, "the narration and one sentence"


def test_a_refresh_that_fails_does_not_pass_off_the_old_list(entitree: Entitree, platform: Platform) -> None:
    assert entitree("list", "entities", **platform.environ()).code == 0
    failed = entitree("list", "entities", "--refresh", **platform.environ("wrong"))
    assert (failed.code, failed.out) == (3, "")
    assert "Without --refresh" in failed.err
    kept = entitree("list", "entities", **platform.environ("wrong"))
    assert kept.code == 0
    assert "big-cola" in kept.out
    assert "does not accept the API key" in kept.err


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ('"unclosed \x1b', 'The filter has an open quote: “"unclosed ␛” was taken to reach to its end.\n'),
        ('shop !alias:"a b', 'The filter has an open quote: “!alias:"a b” was taken to reach to its end.\n'),
        ("app: shop", "The filter says nothing with “app:”: that was left out.\n"),
        ("!", "The filter says nothing with “!”: that was left out.\n"),
        ('"', 'The filter says nothing with “"”: that was left out.\n'),
        ("", ""),
        ('"two words" a"b app:"x"', ""),
    ],
)
def test_a_filter_that_was_not_finished_is_told(
    entitree: Entitree, mirror: Mirror, expression: str, said: str
) -> None:
    mirror(SHOP)
    done = entitree("list", "entities", "--filter", expression)
    assert done.code == 0
    assert done.err.startswith(said)
    assert ("The filter" in done.err) == bool(said)


def test_resources_with_the_pairs_they_serve(entitree: Entitree, mirror: Mirror) -> None:
    mirror(
        NumberRow("K1", "14155550100", "US", "SHORT_CODE", ("SMS",), "prod", "shop-1"),
        SenderRow("ALPHA", "BigCola", "HR"),
        AssociationRow("NUMBER", "SMS", "prod", "shop-1", "K1"),
        AssociationRow("NUMBER", "MMS", "prod", None, "K1"),
        AssociationRow("DOMAIN", "EMAIL", "prod", None, "mail.example"),
    )
    done = entitree("list", "resources", "--format", "json")
    number, alpha, domain = json.loads(done.out)
    assert (number["name"], number["channels"], number["pairs"], number["entity"]) == (
        "14155550100", "MMS SMS", 2, "shop-1",
    )  # fmt: skip
    assert (alpha["name"], alpha["owned"], alpha["associations"]) == ("BigCola", "yes", 0)
    assert (domain["name"], domain["owned"]) == ("mail.example", "no")
    for flag, name in (("unowned", "mail.example"), ("unused", "BigCola"), ("1415", "14155550100")):
        line = json.loads(entitree("list", "resources", "--filter", flag, "--format", "jsonl").out)
        assert line["name"] == name


def test_a_filter_on_what_was_never_read_says_so(entitree: Entitree, mirror: Mirror) -> None:
    mirror(SHOP, keys=FamilyState(Family.KEYS))
    done = entitree("list", "entities", "--filter", "has:key")
    assert "never read, so nothing can match: keys.\n" in done.err
    assert done.err.endswith(f"0 of 1 entities, {READ}\n")


def test_an_open_regular_expression_is_told_apart_from_a_quote(entitree: Entitree, mirror: Mirror) -> None:
    mirror(SHOP)
    done = entitree("list", "entities", "--filter", "/shop")
    assert "open regular expression: “/shop”" in done.err


def test_api_keys_are_listed_with_what_they_are_bound_to(entitree: Entitree, mirror: Mirror) -> None:
    links = (LinkRow("prod", "shop-1", "FILL"), LinkRow("prod", None))
    mirror(KeyRow("K1", "=gateway", enabled=False, valid_to="2033-01-01", links=links))
    done = entitree("list", "keys", "--format", "jsonl")
    assert json.loads(done.out) == {
        "id": "K1",
        "name": "=gateway",
        "enabled": "no",
        "valid_to": "2033-01-01",
        "links": [
            {"application": "prod", "entity": "shop-1", "action": "FILL"},
            {"application": "prod", "entity": None, "action": None},
        ],
    }
    comma = entitree("list", "key", "--filter", "entity:shop", "--format", "csv")
    assert comma.out.splitlines()[1] == 'K1,\'=gateway,no,2033-01-01,"prod + shop-1 FILL, prod"'
    assert comma.err.endswith(f"1 of 1 keys, {READ}\n")
