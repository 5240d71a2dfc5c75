"""What the documents leave open on applications, entities and associations: every reading of each rule."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import AskAt, OpenIt

APPLICATIONS = "/provisioning/1/applications"
ENTITIES = "/provisioning/1/entities"
ASSOCIATIONS = "/provisioning/1/associations"
NUMBER = "6F0C0D9E2B7A41D3A1F0000000000001"
NEW = {"resourceType": "NUMBER", "channel": "SMS", "applicationId": "staging", "resourceId": NUMBER}


@pytest.mark.parametrize(("choice", "alias"), [("clears", None), ("keeps", "BigCola")])
def test_a_modification_without_a_name(
    open_it: OpenIt, ask_at: AskAt, choice: str, alias: str | None
) -> None:
    ask = ask_at(open_it(rules={"put-without-name": choice}))
    assert ask("PUT", f"{ENTITIES}/big-cola", {"name": "wrong field"}).status == 204
    assert ask("GET", f"{ENTITIES}/big-cola").json().get("entityName") == alias


@pytest.mark.parametrize(("choice", "status"), [("allowed", 204), ("conflict", 409)])
def test_a_change_by_another_a_moment_ago(open_it: OpenIt, ask_at: AskAt, choice: str, status: int) -> None:
    now = [1_700_000_000.0]
    ask = ask_at(open_it(rules={"concurrent-put": choice}, clock=lambda: now[0]))
    other = ask_at(open_it(api_key="other"))
    assert ask("PUT", f"{ENTITIES}/big-cola", {"entityName": "A"}).status == 204
    assert ask("PUT", f"{ENTITIES}/big-cola", {"entityName": "B"}).status == 204, "one's own is no conflict"
    by_user = "Basic " + b64encode(f"{other.sandbox.user}:{other.sandbox.password}".encode()).decode()
    change = ("PUT", f"{ENTITIES}/big-cola", {"entityName": "C"})
    assert ask(*change, authorization=by_user).status == status
    now[0] += 1
    assert ask(*change, authorization=by_user).status == 204


@pytest.mark.parametrize(("choice", "status"), [("400", 400), ("403", 403)])
def test_the_default_application_is_not_deleted(
    open_it: OpenIt, ask_at: AskAt, choice: str, status: int
) -> None:
    ask = ask_at(open_it(rules={"default-deletion": choice}))
    before = ask.sandbox.dump()
    assert ask("DELETE", f"{APPLICATIONS}/default").status == status
    assert ask.sandbox.dump() == before


@pytest.mark.parametrize(("choice", "status"), [("allowed", 204), ("refused", 400)])
def test_an_alias_for_the_default_application(
    open_it: OpenIt, ask_at: AskAt, choice: str, status: int
) -> None:
    ask = ask_at(open_it(rules={"default-alias": choice}))
    assert ask("PUT", f"{APPLICATIONS}/default", {"applicationName": "Main"}).status == status
    assert ask("PUT", f"{APPLICATIONS}/staging", {"applicationName": "Main"}).status == 204


@pytest.mark.parametrize(("choice", "status"), [("refused", 400), ("accepted", 201)])
def test_an_id_of_spaces(open_it: OpenIt, ask_at: AskAt, choice: str, status: int) -> None:
    ask = ask_at(open_it(rules={"blank-id": choice}))
    assert ask("POST", ENTITIES, {"entityId": "  "}).status == status
    assert ask("POST", ENTITIES, {"entityId": ""}).status == 400
    assert ask("GET", f"{ENTITIES}/%20%20").status == (200 if status == 201 else 404)


def test_ids_tell_large_letters_from_small(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(rules={"id-case": "sensitive"}))
    assert ask("GET", f"{ENTITIES}/BIG-COLA").status == 404
    assert ask("POST", ENTITIES, {"entityId": "BIG-COLA"}).status == 201
    assert ask("POST", ASSOCIATIONS, {**NEW, "applicationId": "STAGING"}).status == 404


def test_ids_that_differ_in_case_are_one(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(rules={"id-case": "insensitive"}))
    assert ask("GET", f"{ENTITIES}/BIG-Cola").json()["entityId"] == "big-cola"
    assert ask("POST", ENTITIES, {"entityId": "BIG-COLA"}).status == 409
    assert ask("POST", ASSOCIATIONS, {**NEW, "applicationId": "STAGING"}).status == 201
    assert ask("GET", f"{ASSOCIATIONS}?applicationId=Staging&resourceId={NUMBER}").results() == [NEW]
    strategy = {"platform": {"entityId": "Big-Cola"}}
    id_ = ask("POST", "/provisioning/2/sending-strategies", strategy).json()["sendingStrategyId"]
    assert ask("DELETE", f"{ENTITIES}/BIG-COLA").status == 200
    account = ask.sandbox.dump()
    assert all(one["entityId"] != "big-cola" for one in account["entities"])
    assert all(one.get("entityId") != "big-cola" for one in account["associations"])
    assert all(one["sendingStrategyId"] != id_ for one in account["strategies"])


@pytest.mark.parametrize("family", [("application", APPLICATIONS), ("entity", ENTITIES)])
@pytest.mark.parametrize(("choice", "most"), [("unlimited", None), ("1000", 1000), ("10000", 10000)])
def test_how_many_there_may_be(
    open_it: OpenIt, ask_at: AskAt, choice: str, most: int | None, family: tuple[str, str]
) -> None:
    word, path = family
    ask = ask_at(open_it(seed="empty", rules={"most-objects": choice}))
    wanted = 10_001 if most is None else most - 1
    with ask.sandbox._state.transaction(writes=True) as db:
        table = path.rpartition("/")[2]
        there = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        db.executemany(f"INSERT INTO {table} (id) VALUES (?)", [(str(at),) for at in range(wanted - there)])
    assert ask("POST", path, {f"{word}Id": "last"}).status == 201
    assert ask("POST", path, {f"{word}Id": "one more"}).status == (201 if most is None else 400)


def test_how_many_associations_there_may_be(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(rules={"most-objects": "1000"}))
    with ask.sandbox._state.transaction(writes=True) as db:
        (there,) = db.execute("SELECT count(*) FROM associations").fetchone()
        db.executemany(
            "INSERT INTO associations (resource_type, channel, application_id, resource_id)"
            " VALUES ('ALPHA', 'SMS', 'staging', ?)",
            [(str(at),) for at in range(999 - there)],
        )
    assert ask("POST", ASSOCIATIONS, NEW).status == 201
    assert ask("POST", ASSOCIATIONS, {**NEW, "channel": "MMS"}).status == 400


@pytest.mark.parametrize(("choice", "status"), [("1000", 200), ("100", 400)])
def test_the_largest_page(open_it: OpenIt, ask_at: AskAt, choice: str, status: int) -> None:
    ask = ask_at(open_it(rules={"provisioning-page-size": choice}))
    for path in (APPLICATIONS, ENTITIES, ASSOCIATIONS):
        assert ask("GET", f"{path}?size=100").status == 200
        assert ask("GET", f"{path}?size=1000").status == status
        assert ask("GET", f"{path}?size=1001").status == 400


@pytest.mark.parametrize(("choice", "status"), [("accepted", 201), ("refused", 400)])
def test_null_for_no_entity(open_it: OpenIt, ask_at: AskAt, choice: str, status: int) -> None:
    ask = ask_at(open_it(rules={"association-null-entity-sent": choice}))
    assert ask("POST", ASSOCIATIONS, {**NEW, "entityId": None}).status == status
    assert ask("POST", ASSOCIATIONS, NEW).status == (409 if status == 201 else 201)


@pytest.mark.parametrize(("choice", "shown"), [("omitted", {}), ("null", {"entityId": None})])
def test_how_no_entity_is_shown(open_it: OpenIt, ask_at: AskAt, choice: str, shown: dict[str, None]) -> None:
    ask = ask_at(open_it(rules={"association-null-entity-shown": choice}))
    assert ask("POST", ASSOCIATIONS, NEW).status == 201
    assert ask("GET", f"{ASSOCIATIONS}?applicationId=staging&resourceId={NUMBER}").results() == [NEW | shown]
    assert ask("GET", f"{ASSOCIATIONS}/single?{urlencode(NEW)}").json() == NEW | shown


@pytest.mark.parametrize(("choice", "status"), [("closed", 400), ("open", 404)])
def test_a_channel_and_a_resource_type_of_another_year(
    open_it: OpenIt, ask_at: AskAt, choice: str, status: int
) -> None:
    ask = ask_at(open_it(rules={"association-enums": choice}))
    assert ask("POST", ASSOCIATIONS, {**NEW, "resourceType": "PUSH"}).status == status
    of_old = ask("POST", ASSOCIATIONS, {**NEW, "channel": "VOICE_VIDEO"}).status
    assert of_old == (400 if choice == "closed" else 201)
    assert ask("GET", f"{ASSOCIATIONS}?channel=VOICE_VIDEO").status == (400 if choice == "closed" else 200)


@pytest.mark.parametrize(("choice", "status"), [("checked", 404), ("free", 201)])
@pytest.mark.parametrize("unknown", ["applicationId", "entityId", "resourceId"])
def test_what_an_association_names(
    open_it: OpenIt, ask_at: AskAt, choice: str, status: int, unknown: str
) -> None:
    ask = ask_at(open_it(rules={"association-targets": choice}))
    assert ask("POST", ASSOCIATIONS, {**NEW, unknown: "nothing"}).status == status


@pytest.mark.parametrize(("choice", "status"), [("many", 201), ("one", 409)])
def test_a_resource_for_several_pairs(open_it: OpenIt, ask_at: AskAt, choice: str, status: int) -> None:
    ask = ask_at(open_it(rules={"resource-sharing": choice}))
    assert ask("POST", ASSOCIATIONS, NEW).status == status
    assert ask("POST", ASSOCIATIONS, {**NEW, "channel": "MMS"}).status == 201


@pytest.mark.parametrize(("choice", "link"), [("no", ("marketing", "big-cola")), ("yes", ("staging", None))])
def test_an_association_and_the_numbers_own_link(
    open_it: OpenIt, ask_at: AskAt, choice: str, link: tuple[str, str | None]
) -> None:
    ask = ask_at(open_it(rules={"association-links-number": choice}))
    assert ask("POST", ASSOCIATIONS, NEW).status == 201
    number = next(one for one in ask.sandbox.dump()["numbers"] if one["numberKey"] == NUMBER)
    assert (number["applicationId"], number["entityId"]) == link
