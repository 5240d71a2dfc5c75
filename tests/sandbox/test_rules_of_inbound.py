"""What the documents leave open on inbound configurations: every reading of each rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import AskAt, OpenIt

PATH = "/resource-management/1/inbound-message-configurations"
BARE = "6F0C0D9E2B7A41D3A1F0000000000003"
SMS = {"channel": "SMS", "numberKey": BARE}
PAIR = {"applicationId": "marketing", "entityId": "big-cola"}


@pytest.mark.parametrize(("choice", "status"), [("optional", 200), ("required", 400)])
def test_a_key_without_a_channel(open_it: OpenIt, ask_at: AskAt, choice: str, status: int) -> None:
    ask = ask_at(open_it(rules={"inbound-channel-with-key": choice}))
    by_key = f"{PATH}?configurationKey=1B0C0000000000000000000000000001"
    assert ask("GET", by_key).status == status
    assert ask("GET", f"{by_key}&channel=SMS").status == 200


@pytest.mark.parametrize(("choice", "status"), [("404", 404), ("400", 400)])
def test_a_query_for_nothing(open_it: OpenIt, ask_at: AskAt, choice: str, status: int) -> None:
    ask = ask_at(open_it(rules={"inbound-without-resource": choice}))
    assert ask("GET", f"{PATH}?channel=SMS&countryCode=HR").status == status
    assert ask("GET", f"{PATH}?channel=SMS&countryCode=HR&number=385990000001").status == 200


@pytest.mark.parametrize(("choice", "kept"), [("merges", {"platform": PAIR}), ("replaces", {})])
def test_what_an_update_does_not_send(
    open_it: OpenIt, ask_at: AskAt, choice: str, kept: dict[str, Any]
) -> None:
    ask = ask_at(open_it(rules={"inbound-update": choice}))
    key = ask("POST", PATH, {**SMS, "platform": PAIR}).json()["configurationKey"]
    changed = ask("POST", PATH, {**SMS, "username": "clerk"}).json()
    assert changed == {"configurationKey": key, "channel": "SMS", "username": "clerk", **kept}


@pytest.mark.parametrize(("choice", "entity"), [("replaced", None), ("merged", "big-cola")])
def test_half_a_platform(open_it: OpenIt, ask_at: AskAt, choice: str, entity: str | None) -> None:
    ask = ask_at(open_it(rules={"inbound-platform-update": choice}))
    ask("POST", PATH, {**SMS, "platform": PAIR})
    half = {"applicationId": "staging"}
    platform = ask("POST", PATH, {**SMS, "platform": half}).json()["platform"]
    assert (platform["applicationId"], platform.get("entityId")) == ("staging", entity)
    emptied = ask("POST", PATH, {**SMS, "platform": half, "unset": ["PLATFORM"]}).json()
    assert emptied["platform"] == half, "unset comes first"


@pytest.mark.parametrize(("choice", "shown"), [("omitted", None), ("default", {"applicationId": "default"})])
def test_no_platform(open_it: OpenIt, ask_at: AskAt, choice: str, shown: dict[str, str] | None) -> None:
    ask = ask_at(open_it(rules={"inbound-platform-shown": choice}))
    assert ask("POST", PATH, SMS).json().get("platform") == shown
    assert [one.get("platform") for one in ask("GET", f"{PATH}?channel=SMS&numberKey={BARE}").json()] == [
        shown
    ]
    assert ask("POST", PATH, {**SMS, "platform": PAIR}).json()["platform"] == PAIR


@pytest.mark.parametrize("choice", ["accepted", "400", "404"])
@pytest.mark.parametrize("field", ["applicationId", "entityId"])
def test_ids_that_name_nothing(open_it: OpenIt, ask_at: AskAt, choice: str, field: str) -> None:
    ask = ask_at(open_it(rules={"inbound-unknown-ids": choice}))
    answer = ask("POST", PATH, {**SMS, "platform": {**PAIR, field: "nothing"}})
    assert answer.status == (200 if choice == "accepted" else int(choice))
    if choice == "400":
        assert set(answer.violations()) == {f"platform.{field}"}
    assert ask("POST", PATH, {**SMS, "platform": PAIR}).status == 200
    assert "nothing" not in [one[f"{kind}Id"] for kind, one in named(ask.sandbox.dump())], "nothing is made"


def named(account: dict[str, list[dict[str, Any]]]) -> list[tuple[str, dict[str, Any]]]:
    return [
        *(("application", one) for one in account["applications"]),
        *(("entity", one) for one in account["entities"]),
    ]


@pytest.mark.parametrize(("choice", "status"), [("ignored", 200), ("refused", 400)])
def test_a_setting_that_the_channel_has_not(open_it: OpenIt, ask_at: AskAt, choice: str, status: int) -> None:
    ask = ask_at(open_it(rules={"inbound-foreign-fields": choice}))
    body = {"channel": "EMAIL", "resource": "mail.bigcola.example", "username": "clerk", "unset": ["ANSWERS"]}
    answer = ask("POST", PATH, {**body, "conversations": {"enabled": True}})
    assert answer.status == status
    if status == 400:
        assert set(answer.violations()) == {"conversations"}
    assert ask("POST", PATH, {**body, "conversations": None, "unknown": 1}).status == 200


@pytest.mark.parametrize(("choice", "status"), [("required", 400), ("optional", 200)])
def test_a_short_code_without_its_country(open_it: OpenIt, ask_at: AskAt, choice: str, status: int) -> None:
    ask = ask_at(open_it(rules={"inbound-short-code-country": choice}))
    body = {"channel": "SMS", "number": "70105"}
    assert ask("POST", PATH, body).status == status
    assert ask("POST", PATH, {**body, "countryCode": "US"}).status == 200
    assert ask("POST", PATH, {**body, "numberKey": "6F0C0D9E2B7A41D3A1F0000000000005"}).status == 200
    assert ask("POST", PATH, {"channel": "SMS", "number": "385990000001"}).status == 200


@pytest.mark.parametrize(("choice", "found"), [("insensitive", 1), ("sensitive", 2)])
def test_keywords_that_differ_in_case(open_it: OpenIt, ask_at: AskAt, choice: str, found: int) -> None:
    ask = ask_at(open_it(rules={"inbound-keyword-case": choice}))
    for keyword in ("Help", "HELP"):
        assert ask("POST", PATH, {**SMS, "keyword": keyword}).status == 200
    shown = ask("GET", f"{PATH}?numberKey={BARE}&channel=SMS").json()
    assert [one["keyword"] for one in shown] == ["Help", "HELP"][:found]
    by_keyword = ask("GET", f"{PATH}?numberKey={BARE}&channel=SMS&keyword=HELP").json()
    assert [one["keyword"] for one in by_keyword] == ["Help" if found == 1 else "HELP"]


@pytest.mark.parametrize(("choice", "empty"), [("empty", True), ("exception", False)])
def test_the_body_of_what_is_not_found(open_it: OpenIt, ask_at: AskAt, choice: str, empty: bool) -> None:
    ask = ask_at(open_it(rules={"not-found-body": choice}))
    answers = [
        ask("GET", f"{PATH}?configurationKey=x"),
        ask("POST", PATH, {"channel": "SMS", "number": "1"}),
        ask("DELETE", f"{PATH}/x"),
    ]
    for answer in answers:
        assert answer.status == 404
        assert (answer.body == b"") == empty
        assert empty or answer.json()["requestError"]["serviceException"]["messageId"] == "NOT_FOUND"
