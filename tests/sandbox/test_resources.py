"""The search over owned resources: one type at a time, by POST."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.sandbox.test_published import FOLDER, response, validate

from entitree.api.operations import OPERATIONS

if TYPE_CHECKING:
    from tests.sandbox.conftest import AskAt, Asker, OpenIt

PATH = "/resources/1/resources"
LISTED = {
    "NUMBER": "number",
    "ALPHANUMERIC": "senderName",
    "RCS_RESOURCE": "senderName",
    "VIBER_RESOURCE": "resource",
    "APPLE_RESOURCE": "resource",
    "OPEN_CHANNEL_RESOURCE": "resource",
}
"""Type to the field with the name of one."""
ONLY_SHOWN = {"KAKAO_RESOURCE": "resource", "FACEBOOK_RESOURCE": "resource"}


@pytest.fixture
def demo(open_it: OpenIt, ask_at: AskAt) -> Asker:
    return ask_at(open_it(seed="demo"))


def found(ask: Asker, type_: str, query: str = "", **filters: object) -> list[dict[str, Any]]:
    answer = ask("POST", f"{PATH}?{query}", {"resourceType": type_, **filters})
    assert answer.status == 200
    return answer.results()


@pytest.mark.parametrize(("type_", "field"), LISTED.items())
def test_one_is_found_by_its_name_and_whole_names_alone(demo: Asker, type_: str, field: str) -> None:
    everything = found(demo, type_)
    assert everything
    assert {one["resourceType"] for one in everything} == {type_}
    for name in {one[field] for one in everything}:
        wanted = [one for one in everything if one[field] == name]
        assert found(demo, type_, **{field: name}) == wanted
        assert found(demo, type_, **{field: name[:-1]}) == []
        with_null: dict[str, Any] = {field: None}
        assert found(demo, type_, **with_null) == everything, "null is no filter"


def test_the_filters_of_another_type_are_ignored(demo: Asker) -> None:
    everything = found(demo, "VIBER_RESOURCE")
    assert found(demo, "VIBER_RESOURCE", senderName="nobody", countryCode="no country") == everything
    by_name = found(demo, "RCS_RESOURCE", senderName="BigCola", countryCode="DE", resource="x")
    assert {one["countryCode"] for one in by_name} == {"HR", "DE"}


@pytest.mark.parametrize("type_", ["NUMBER", "ALPHANUMERIC"])
def test_countries_are_a_filter(demo: Asker, type_: str) -> None:
    everything = found(demo, type_)
    countries = {one["countryCode"] for one in everything}
    assert len(countries) > 3
    for code in countries:
        wanted = [one for one in everything if one["countryCode"] == code]
        assert found(demo, type_, countryCode=code) == wanted
        assert len({one["countryName"] for one in wanted}) == 1
    assert found(demo, type_, countryCode="ZZ") == []


def test_a_name_may_be_registered_in_several_countries(demo: Asker) -> None:
    everywhere = found(demo, "ALPHANUMERIC", senderName="BigCola")
    assert len({one["countryCode"] for one in everywhere}) == len(everywhere) > 1
    (one,) = found(demo, "ALPHANUMERIC", senderName="BigCola", countryCode=everywhere[0]["countryCode"])
    assert one == everywhere[0]


@pytest.mark.parametrize(("choice", "both"), [("all", 1), ("any", 5)])
def test_numbers_by_what_they_can_do(open_it: OpenIt, ask_at: AskAt, choice: str, both: int) -> None:
    ask = ask_at(open_it(rules={"search-capabilities": choice}))
    assert len(found(ask, "NUMBER", capabilities=["SMS", "MMS"])) == both
    assert len(found(ask, "NUMBER", capabilities=["MMS"])) == 1
    assert len(found(ask, "NUMBER", capabilities=[])) == 5


def test_filters_are_and(ask: Asker) -> None:
    assert len(found(ask, "NUMBER", countryCode="US")) == 2
    (one,) = found(ask, "NUMBER", countryCode="US", capabilities=["MMS"])
    assert one["number"] == "12025550103"
    assert found(ask, "NUMBER", countryCode="US", number="385990000001") == []


def test_numbers_that_are_of_another_type_are_not_found(demo: Asker) -> None:
    owned = demo("GET", "/numbers/1/numbers").json()["numbers"]
    others = {one["number"] for one in owned if one["type"] not in ("VIRTUAL_LONG_NUMBER", "SHORT_CODE")}
    assert others
    assert {one["number"] for one in found(demo, "NUMBER")} == {one["number"] for one in owned} - others


def test_a_number_can_do_what_the_search_knows(demo: Asker) -> None:
    owned = {
        one["number"]: one["capabilities"] for one in demo("GET", "/numbers/1/numbers").json()["numbers"]
    }
    assert any("VOICE" in one for one in owned.values())
    for one in found(demo, "NUMBER"):
        assert one["capabilities"] == [each for each in owned[one["number"]] if each != "VOICE"]


def test_numbers_alone_say_what_they_are_linked_to(demo: Asker) -> None:
    for type_ in LISTED:
        assert all(("platform" in one) == (type_ == "NUMBER") for one in found(demo, type_))
    links = [one["platform"] for one in found(demo, "NUMBER")]
    assert any(one.keys() == {"applicationId", "entityId"} for one in links)
    assert any(one == {"applicationId": "default"} for one in links)


@pytest.mark.parametrize(("choice", "status"), [("listed", 400), ("shown", 200)])
@pytest.mark.parametrize("type_", ONLY_SHOWN)
def test_types_that_only_replies_are_said_to_have(
    open_it: OpenIt, ask_at: AskAt, choice: str, status: int, type_: str
) -> None:
    ask = ask_at(open_it(seed="demo", rules={"search-types": choice}))
    answer = ask("POST", PATH, {"resourceType": type_})
    assert answer.status == status
    if status == 200:
        (one,) = answer.results()
        assert found(ask, type_, resource=one["resource"]) == [one]
        assert found(ask, type_, resource="another") == []


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"resourceType"}),
        ({"resourceType": None}, {"resourceType"}),
        ({"resourceType": ["NUMBER"]}, {"resourceType"}),
        # What associations call it, what is found elsewhere, and what is spelled otherwise.
        *(({"resourceType": type_}, {"resourceType"}) for type_ in ("ALPHA", "DOMAIN", "number", "")),
        ({"resourceType": "ALPHA", "number": 5}, {"resourceType"}),
        ({"resourceType": "NUMBER", "number": ""}, {"number"}),
        ({"resourceType": "NUMBER", "number": "1" * 256}, {"number"}),
        ({"resourceType": "NUMBER", "number": 385990000001}, {"number"}),
        *(
            ({"resourceType": "NUMBER", "countryCode": code}, {"countryCode"})
            for code in ("hr", "HRV", "", "H\n")
        ),
        ({"resourceType": "NUMBER", "countryCode": "HR\n"}, {"countryCode"}),
        ({"resourceType": "NUMBER", "capabilities": "SMS"}, {"capabilities"}),
        ({"resourceType": "NUMBER", "capabilities": ["SMS", "VOICE"]}, {"capabilities[1]"}),
        ({"resourceType": "NUMBER", "capabilities": [{}]}, {"capabilities[0]"}),
        ({"resourceType": "ALPHANUMERIC", "senderName": "", "countryCode": 1}, {"senderName", "countryCode"}),
        ({"resourceType": "ALPHANUMERIC", "senderName": "x" * 256}, {"senderName"}),
        ({"resourceType": "RCS_RESOURCE", "senderName": 1}, {"senderName"}),
        ({"resourceType": "APPLE_RESOURCE", "resource": {}}, {"resource"}),
    ],
)
def test_what_is_wrong_with_a_search(ask: Asker, body: object, wrong: set[str]) -> None:
    refused = ask("POST", PATH, body)
    assert (refused.status, set(refused.violations())) == (400, wrong)


@pytest.mark.parametrize(
    "query", ["page=-1", "page=x", "size=0", "size=-1", "size=2147483648", "page=&size=1"]
)
def test_what_is_no_page(ask: Asker, query: str) -> None:
    assert ask("POST", f"{PATH}?{query}", {"resourceType": "NUMBER"}).status == 400


def test_without_page_and_size_all_of_it_is_one_page(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(seed="scale:3000"))
    whole = ask("POST", PATH, {"resourceType": "NUMBER"}).json()
    assert whole["paging"] == {"page": 0, "size": 60, "totalPages": 1, "totalResults": 60}
    assert len({one["numberKey"] for one in whole["results"]}) == 60
    for query, start in (("page=0", 0), ("page=1", 20), ("page=2", 40), ("page=3", 60)):
        page = ask("POST", f"{PATH}?{query}", {"resourceType": "NUMBER"}).json()
        assert page["results"] == whole["results"][start : start + 20], "twenty, once either is sent"
        assert page["paging"] == {"page": start // 20, "size": 20, "totalPages": 3, "totalResults": 60}
    page = ask("POST", f"{PATH}?size=2147483647", {"resourceType": "NUMBER"}).json()
    assert page["results"] == whole["results"]


def test_it_reads_though_it_is_a_post(ask: Asker) -> None:
    before = ask.sandbox.dump()
    found(ask, "NUMBER")
    assert ask.sandbox.dump() == before
    with ask.sandbox._state.transaction(writes=False) as db:
        assert db.execute("SELECT count(*) FROM audit").fetchone()[0] == 0


@pytest.mark.parametrize(
    ("resource_type", "channel", "searched"),
    [
        ("ALPHA", "SMS", "ALPHANUMERIC"),
        ("RCS_RESOURCE", "RCS", "RCS_RESOURCE"),
        ("APPLE_RESOURCE", "APPLE", "APPLE_RESOURCE"),
        ("NUMBER", "SMS", "NUMBER"),
    ],
)
def test_what_is_found_can_be_associated(ask: Asker, resource_type: str, channel: str, searched: str) -> None:
    field = "numberKey" if searched == "NUMBER" else LISTED[searched]
    association = {"resourceType": resource_type, "channel": channel, "applicationId": "staging"}
    for one in found(ask, searched):
        body = {**association, "resourceId": one[field]}
        assert ask("POST", "/provisioning/1/associations", body).status == 201
    absent = {**association, "resourceId": "nobody"}
    assert ask("POST", "/provisioning/1/associations", absent).status == 404


@pytest.mark.parametrize("seed", ["docs", "demo", "scale:100"])
@pytest.mark.skipif(
    not FOLDER, reason="ENTITREE_PLATFORM_SPEC does not name the folder of the published documents"
)
def test_whole_accounts_are_as_published(open_it: OpenIt, ask_at: AskAt, seed: str) -> None:
    ask = ask_at(open_it(seed=seed))
    operation = OPERATIONS["list-resources"]
    schema = response(operation, 200)["content"]["application/json"]["schema"]
    for type_ in LISTED:
        validate(ask("POST", PATH, {"resourceType": type_}).json(), schema, operation)
