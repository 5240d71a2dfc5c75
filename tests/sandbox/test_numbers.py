"""Numbers, and the link of each to an application and an entity."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from tests.sandbox.test_published import FOLDER, response, validate

from entitree.api.operations import OPERATIONS
from entitree.sandbox.account.schema import MIGRATIONS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandbox.conftest import AskAt, Asker, OpenIt

PATH = "/numbers/1/numbers"
COLA, BURGER, PIN, SHARED, SHORT = (f"6F0C0D9E2B7A41D3A1F000000000000{at}" for at in range(1, 6))
NOBODY = "58B3840032C7774BAC840EEEA2C23A44"


def keys(ask: Asker, query: str = "") -> list[str]:
    answer = ask("GET", f"{PATH}?{query}")
    assert answer.status == 200
    return [one["numberKey"] for one in answer.json()["numbers"]]


def link(ask: Asker, key: str) -> tuple[str | None, str | None]:
    """As it is read back; an entity that is not there is not shown."""
    number = ask("GET", f"{PATH}/{key}").json()
    assert "entityId" not in number or number["entityId"] is not None
    return number.get("applicationId"), number.get("entityId")


def test_the_list_has_all_numbers_in_order_of_creation(ask: Asker) -> None:
    page = ask("GET", PATH).json()
    assert page.keys() == {"numbers", "numberCount"}
    assert [one["numberKey"] for one in page["numbers"]] == [COLA, BURGER, PIN, SHARED, SHORT]
    assert page["numberCount"] == 5


def test_one_number_is_shown_as_in_the_list(ask: Asker) -> None:
    for one in ask("GET", PATH).json()["numbers"]:
        assert ask("GET", f"{PATH}/{one['numberKey']}").json() == one


def test_a_page_holds_fifty_unless_told_otherwise(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(seed="scale:3000"))
    whole = keys(ask, "limit=1000")
    assert len(whole) == len(set(whole)) == 60
    assert [keys(ask), keys(ask, "page=1"), keys(ask, "page=2")] == [whole[:50], whole[50:], []]
    assert [key for page in range(9) for key in keys(ask, f"limit=7&page={page}")] == whole


def test_beyond_the_last_page(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it())
    assert keys(ask, "page=2147483647&limit=2147483647") == []
    open_it(rules={"beyond-last-page": "not-found"})
    assert ask("GET", f"{PATH}?page=1&limit=5").status == 404
    assert keys(ask, "page=1&limit=4") == [SHORT]
    assert keys(ask, "number=0") == [], "the first page is there even when it is empty"


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        *((query, {"page"}) for query in ("page=x", "page=", "page=1.0", "page=%2B1", "page=%D9%A1")),
        *((f"limit={text}", {"limit"}) for text in ("ten", "1e3", "%205", "2147483648", "-2147483649")),
        pytest.param("limit=" + "9" * 5000, {"limit"}, id="limit of 5000 digits"),
        ("page=x&limit=y", {"page", "limit"}),
    ],
)
def test_what_is_no_page(ask: Asker, query: str, wrong: set[str]) -> None:
    refused = ask("GET", f"{PATH}?{query}")
    assert (refused.status, set(refused.violations())) == (400, wrong)


def test_other_filters_are_ignored(ask: Asker) -> None:
    assert len(keys(ask, "entityId=big-cola&applicationId=marketing&country=HR")) == 5


def test_keywords_are_those_that_something_is_configured_for(ask: Asker) -> None:
    # Of the account of the guide none is known here: other seeds may have configured some.
    configured = [("SMS", "STOP"), ("MMS", "STOP"), ("SMS", "HELP"), ("SMS", None)]
    with ask.sandbox._state.transaction(writes=True) as db:
        db.execute("DELETE FROM inbound_configurations")
        db.executemany(
            "INSERT INTO inbound_configurations (key, channel, resource_key, keyword, body)"
            " VALUES (?, ?, ?, ?, '{}')",
            [(str(at), channel, COLA, keyword) for at, (channel, keyword) in enumerate(configured)],
        )
    assert ask("GET", f"{PATH}/{COLA}").json()["keywords"] == ["HELP", "STOP"]
    assert ask("GET", f"{PATH}/{BURGER}").json()["keywords"] == []


def test_a_link_is_set_and_shown_everywhere(ask: Asker) -> None:
    before = {one["numberKey"]: one for one in ask("GET", PATH).json()["numbers"]}
    wanted = {"applicationId": "production", "entityId": "cost-center-200"}
    answer = ask("PUT", f"{PATH}/{COLA}", {**wanted, "number": "1", "note": "ignored"})
    assert (answer.status, answer.json()) == (200, {**before[COLA], **wanted})
    after = {one["numberKey"]: one for one in ask("GET", PATH).json()["numbers"]}
    assert after == {**before, COLA: answer.json()}
    search = {"resourceType": "NUMBER", "number": "385990000001"}
    assert ask("POST", "/resources/1/resources", search).results()[0]["platform"] == wanted


def test_a_link_that_was_set_is_in_the_books(ask: Asker) -> None:
    for _ in range(2):
        assert ask("PUT", f"{PATH}/{COLA}", {"applicationId": "staging"}).status == 200
    with ask.sandbox._state.transaction(writes=False) as db:
        written = db.execute("SELECT * FROM audit WHERE kind = 'number'").fetchall()
    assert [(row["id"], row["operation"]) for row in written] == [(COLA, "update-owned-number")]
    links = [json.loads(written[0][when]) for when in ("before", "after")]
    assert [(one["applicationId"], one["entityId"]) for one in links] == [
        ("marketing", "big-cola"),
        ("staging", None),
    ]


def test_the_default_application_with_an_entity_is_a_pair(ask: Asker) -> None:
    body = {"applicationId": "default", "entityId": "mc-burger"}
    assert ask("PUT", f"{PATH}/{SHORT}", body).status == 200
    assert link(ask, SHORT) == ("default", "mc-burger")


def test_a_link_is_spelled_as_the_account_does(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(rules={"id-case": "insensitive"}))
    body = {"applicationId": "STAGING", "entityId": "Mc-Burger"}
    assert ask("PUT", f"{PATH}/{COLA}", body).status == 200
    assert link(ask, COLA) == ("staging", "mc-burger")


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"applicationId"}),
        ({"applicationId": None, "entityId": "big-cola"}, {"applicationId"}),
        ({"applicationId": ""}, {"applicationId"}),
        ({"applicationId": "x" * 256, "entityId": "x" * 256}, {"applicationId", "entityId"}),
        ({"applicationId": 5, "entityId": ["big-cola"]}, {"applicationId", "entityId"}),
        ({"applicationId": "staging", "entityId": ""}, {"entityId"}),
        ({"applicationId": "staging", "entityId": " "}, {"entityId"}),
    ],
)
def test_what_is_wrong_with_a_link(ask: Asker, body: object, wrong: set[str]) -> None:
    before = ask.sandbox.dump()
    refused = ask("PUT", f"{PATH}/{COLA}", body)
    assert (refused.status, set(refused.violations())) == (400, wrong)
    assert ask.sandbox.dump() == before


def test_an_id_of_255_characters_is_not_too_long(ask: Asker) -> None:
    ask("POST", "/provisioning/1/entities", {"entityId": "x" * 255})
    body = {"applicationId": "staging", "entityId": "x" * 255}
    assert ask("PUT", f"{PATH}/{COLA}", body).status == 200
    assert link(ask, COLA) == ("staging", "x" * 255)


@pytest.mark.parametrize("path", ["applications/production", "entities/cost-center-100"])
def test_deleting_either_half_resets_both(ask: Asker, path: str) -> None:
    body = {"applicationId": "production", "entityId": "cost-center-100"}
    assert ask("PUT", f"{PATH}/{SHORT}", body).status == 200
    assert ask("DELETE", f"/provisioning/1/{path}").status == 200
    assert link(ask, SHORT) == ("default", None)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", PATH, "GET"),
        ("DELETE", f"{PATH}/{COLA}", "GET, PUT"),
        ("PATCH", f"{PATH}/{COLA}", "GET, PUT"),
    ],
)
def test_none_is_bought_or_given_back(ask: Asker, method: str, path: str, allowed: str) -> None:
    before = ask.sandbox.dump()
    refused = ask(method, path, {"numberKey": NOBODY})
    assert (refused.status, refused.headers["allow"]) == (405, allowed)
    assert ask.sandbox.dump() == before


def test_demo_has_numbers_of_every_sort(open_it: OpenIt, ask_at: AskAt) -> None:
    numbers: list[dict[str, Any]] = ask_at(open_it(seed="demo"))("GET", PATH).json()["numbers"]
    assert {field for one in numbers for field in one} >= {
        *("countryName", "network", "note", "voiceSetup", "reservationStatus", "entityId"),
    }
    for field in ("type", "shared", "additionalSetupRequired", "price", "network"):
        assert len({str(one.get(field)) for one in numbers}) > 1, field


OLD_ACCOUNT = (
    "INSERT INTO account VALUES ('admin_key', 'admin'), ('seed', 'docs')",
    "INSERT INTO users (name, password) VALUES ('sandbox', 'word')",
    "INSERT INTO api_keys (name, secret) VALUES ('full', 'secret')",
    "INSERT INTO applications (id) VALUES ('default'), ('staging')",
    "INSERT INTO entities (id) VALUES ('big-cola')",
    "INSERT INTO numbers VALUES (1, 'K1', '70105', 'US', 'SHORT_CODE', '[\"SMS\"]', 'default', NULL),"
    " (2, 'K2', '35', 'ZZ', 'VIRTUAL_LONG_NUMBER', '[\"SMS\",\"MMS\"]', 'staging', 'big-cola')",
    "INSERT INTO senders (type, name) VALUES ('ALPHA', 'BigCola')",
    "PRAGMA application_id = 0x656E7469",
    "PRAGMA user_version = 1",
)
"""What the first version wrote, as little of it as opens."""


def write_old(file: Path) -> Path:
    with closing(sqlite3.connect(file)) as db:
        db.executescript(";".join((MIGRATIONS[0], *OLD_ACCOUNT)))
    return file


@pytest.fixture
def old(tmp_path: Path, open_it: OpenIt, ask_at: AskAt) -> Asker:
    """Asks an account of the first version."""
    return ask_at(open_it(state=write_old(tmp_path / "old.db")))


def test_numbers_of_an_old_account_are_listed(old: Asker) -> None:
    page = old("GET", PATH).json()
    plain: dict[str, Any] = {
        "shared": False,
        "keywords": [],
        "additionalSetupRequired": False,
        "editPermissions": {"canEditNumber": True, "canEditConfiguration": True},
    }
    assert page == {
        "numbers": [
            plain
            | {"numberKey": "K1", "number": "70105", "country": "US", "countryName": "United States"}
            | {"type": "SHORT_CODE", "capabilities": ["SMS"], "applicationId": "default"}
            | {"price": {"pricePerMonth": 500, "setupPrice": 0, "currency": "EUR"}},
            plain
            | {"numberKey": "K2", "number": "35", "country": "ZZ", "type": "VIRTUAL_LONG_NUMBER"}
            | {"capabilities": ["SMS", "MMS"], "applicationId": "staging", "entityId": "big-cola"}
            | {"price": {"pricePerMonth": 5, "setupPrice": 0, "currency": "EUR"}},
        ],
        "numberCount": 2,
    }
    assert old("PUT", f"{PATH}/K2", {"applicationId": "default"}).status == 200
    assert link(old, "K2") == ("default", None)


def test_equal_old_accounts_stay_equal(old: Asker, tmp_path: Path, open_it: OpenIt) -> None:
    assert open_it(state=write_old(tmp_path / "other.db")).dump() == old.sandbox.dump()


def test_senders_of_an_old_account_are_found(old: Asker) -> None:
    found = old("POST", "/resources/1/resources", {"resourceType": "ALPHANUMERIC"}).results()
    assert found == [{"senderName": "BigCola", "capabilities": ["SMS"], "resourceType": "ALPHANUMERIC"}]
    association = {"resourceType": "ALPHA", "channel": "SMS", "applicationId": "staging"}
    body = {**association, "resourceId": "BigCola"}
    assert old("POST", "/provisioning/1/associations", body).status == 201


@pytest.mark.skipif(
    not FOLDER, reason="ENTITREE_PLATFORM_SPEC does not name the folder of the published documents"
)
def test_numbers_of_an_old_account_are_as_published(old: Asker) -> None:
    operation = OPERATIONS["list-owned-numbers"]
    schema = response(operation, 200)["content"]["application/json"]["schema"]
    validate(old("GET", PATH).json(), schema, operation)
