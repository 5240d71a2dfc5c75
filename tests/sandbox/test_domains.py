"""Email domains: registered for a pair that is never shown, twenty a page, a thousand new ones a day."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import AskAt, Asker, OpenIt

DOMAINS = "/email/1/domains"
ASSOCIATIONS = "/provisioning/1/associations"
COLA = "mail.bigcola.example"
NEW: dict[str, Any] = {"domainName": "new.example", "targetedDailyTraffic": 1000}
DAY = 86_400


def links(ask: Asker) -> dict[str, tuple[str, str | None]]:
    """Every domain's own link, which only the account itself tells."""
    return {
        one["domainName"]: (one["applicationId"], one["entityId"]) for one in ask.sandbox.dump()["domains"]
    }


def test_registered_is_shown_whole_and_waits_for_its_records(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(clock=lambda: 1_609_549_200.123))
    created = ask("POST", DOMAINS, NEW).json()
    assert (created["domainName"], created["active"], created["blocked"]) == ("new.example", False, False)
    assert created["createdAt"] == "2021-01-02T01:00:00.123Z"
    assert created["tracking"] == {"clicks": True, "opens": True, "unsubscribe": True}
    assert {record["verified"] for record in created["dnsRecords"]} == {False}
    assert ask("GET", f"{DOMAINS}/new.example").json() == created
    assert ask("GET", DOMAINS).results()[-1] == created


@pytest.mark.parametrize(
    ("asked", "bits"), [({}, 2048), ({"dkimKeyLength": 2048}, 2048), ({"dkimKeyLength": 1024}, 1024)]
)
def test_the_key_has_the_length_asked_for(ask: Asker, asked: dict[str, int], bits: int) -> None:
    signature = ask("POST", DOMAINS, {**NEW, **asked}).json()["dnsRecords"][0]["expectedValue"]
    key = base64.b64decode(signature.partition("p=")[2], validate=True)
    # The modulus lies before a three-byte exponent and its two bytes of type and length.
    modulus = key[-5 - bits // 8 : -5]
    assert (modulus[0] >> 7, modulus[-1] & 1, key[-5:]) == (1, 1, bytes.fromhex("0203010001"))
    assert key[-5 - bits // 8 - 1] == 0


def test_registered_again_it_asks_for_another_key(open_it: OpenIt, ask_at: AskAt) -> None:
    now = [1_700_000_000.0]
    ask = ask_at(open_it(clock=lambda: now[0]))
    keys = []
    for _ in range(2):
        keys.append(ask("POST", DOMAINS, NEW).json()["dnsRecords"][0]["expectedValue"])
        ask("DELETE", f"{DOMAINS}/new.example")
        now[0] += 1
    assert keys[0] != keys[1]


@pytest.mark.parametrize(
    ("ids", "link"),
    [
        ({}, ("default", None)),
        ({"applicationId": "marketing"}, ("marketing", None)),
        ({"applicationId": "default", "entityId": "big-cola"}, ("default", "big-cola")),
        ({"applicationId": "marketing", "entityId": None}, ("marketing", None)),
        # Where sends have their ids, which is not where this operation looks for them.
        ({"platform": {"applicationId": "marketing", "entityId": "big-cola"}}, ("default", None)),
    ],
)
def test_what_it_is_registered_for_is_kept_and_never_shown(
    ask: Asker, ids: dict[str, Any], link: tuple[str, str | None]
) -> None:
    created = ask("POST", DOMAINS, {**NEW, **ids})
    assert created.status == 200
    assert links(ask)["new.example"] == link
    assert not {"applicationId", "entityId", "platform", "targetedDailyTraffic"} & created.json().keys()


def test_an_entity_never_comes_alone(ask: Asker) -> None:
    before = ask.sandbox.dump()
    refused = ask("POST", DOMAINS, {**NEW, "entityId": "big-cola"})
    assert refused.status == 400
    assert b"Illegal combination of arguments: id: null, externalId: null" in refused.body
    assert ask.sandbox.dump() == before


@pytest.mark.parametrize(
    ("change", "property_"),
    [
        ({"domainName": None}, "domainName"),
        ({"domainName": 5}, "domainName"),
        ({"domainName": ""}, "domainName"),
        ({"domainName": "new"}, "domainName"),
        ({"domainName": "new example.example"}, "domainName"),
        ({"domainName": "-new.example"}, "domainName"),
        ({"domainName": "new..example"}, "domainName"),
        ({"domainName": "new.example."}, "domainName"),
        ({"domainName": "new.example\n"}, "domainName"),
        ({"domainName": "203.0.113.7"}, "domainName"),
        ({"domainName": f"{'x' * 64}.example"}, "domainName"),
        ({"domainName": f"{'x' * 62}.{'x' * 30}.example"}, "domainName"),
        ({"targetedDailyTraffic": None}, "targetedDailyTraffic"),
        ({"targetedDailyTraffic": 0}, "targetedDailyTraffic"),
        ({"targetedDailyTraffic": "1000"}, "targetedDailyTraffic"),
        ({"targetedDailyTraffic": 2**63}, "targetedDailyTraffic"),
        ({"dkimKeyLength": 1536}, "dkimKeyLength"),
        ({"dkimKeyLength": 4096}, "dkimKeyLength"),
        ({"dkimKeyLength": True}, "dkimKeyLength"),
        ({"applicationId": ""}, "applicationId"),
        ({"applicationId": "marketing", "entityId": 5}, "entityId"),
    ],
)
def test_limits_of_the_documents(ask: Asker, change: dict[str, Any], property_: str) -> None:
    before = ask.sandbox.dump()
    refused = ask("POST", DOMAINS, {**NEW, **change})
    assert (refused.status, set(refused.violations())) == (400, {property_})
    assert ask.sandbox.dump() == before


@pytest.mark.parametrize(
    "name", ["x.co", "xn--bcher-kva.example", "A-1.B-2.example", f"{'x' * 63}.{'x' * 28}.example"]
)
def test_names_that_are_taken(ask: Asker, name: str) -> None:
    assert ask("POST", DOMAINS, {"domainName": name, "targetedDailyTraffic": 2**63 - 1}).status == 200
    assert ask("GET", f"{DOMAINS}/{name}").json()["domainName"] == name


def test_pages_of_ten_and_of_twenty_at_most(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(seed="empty"))
    names = [f"d{at}.example" for at in range(25)]
    for name in names:
        assert ask("POST", DOMAINS, {**NEW, "domainName": name}).status == 200
    for query, found in (("", names[:10]), ("?page=2", names[20:]), ("?size=20&page=1", names[20:])):
        assert [one["domainName"] for one in ask("GET", DOMAINS + query).results()] == found
    assert ask("GET", f"{DOMAINS}?size=20").json()["paging"] == {
        "page": 0,
        "size": 20,
        "totalPages": 2,
        "totalResults": 25,
    }
    for query in ("size=21", "size=0", "size=x", "page=-1"):
        assert ask("GET", f"{DOMAINS}?{query}").status == 400


def test_deleted_is_gone_once(ask: Asker) -> None:
    assert (ask("DELETE", f"{DOMAINS}/{COLA}").status, ask("DELETE", f"{DOMAINS}/{COLA}").status) == (
        204,
        404,
    )
    assert ask("GET", f"{DOMAINS}/{COLA}").status == 404
    assert ask("POST", DOMAINS, {**NEW, "domainName": COLA}).status == 200


@pytest.mark.parametrize("name", ["a/b", "..", "东京.example", "x" * 5000, "%"])
def test_what_is_no_domain_is_not_there(ask: Asker, name: str) -> None:
    for method in ("GET", "DELETE"):
        assert ask.raw(method, f"{DOMAINS}/{quote(name, safe='')}".encode()).status == 404


def test_one_that_is_there_can_be_associated(ask: Asker) -> None:
    tie = {
        "resourceType": "DOMAIN",
        "channel": "EMAIL",
        "applicationId": "staging",
        "resourceId": "new.example",
    }
    assert ask("POST", ASSOCIATIONS, tie).status == 404
    assert ask("POST", DOMAINS, NEW).status == 200
    assert ask("POST", ASSOCIATIONS, tie).status == 201


@pytest.mark.parametrize("choice", ["removed", "kept"])
def test_the_associations_of_one_that_is_deleted(open_it: OpenIt, ask_at: AskAt, choice: str) -> None:
    ask = ask_at(open_it(rules={"domain-deletion-associations": choice}))
    before = ask.sandbox.dump()["associations"]
    others = [one for one in before if one["resourceId"] != COLA]
    assert ask("DELETE", f"{DOMAINS}/{COLA}").status == 204
    assert ask.sandbox.dump()["associations"] == {"removed": others, "kept": before}[choice]
    assert len(others) < len(before)


def test_names_that_differ_in_case_are_one(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(rules={"domain-name-case": "insensitive"}))
    assert ask("POST", DOMAINS, {**NEW, "domainName": "Mail.BIGCOLA.example"}).status == 409
    assert ask("POST", DOMAINS, {**NEW, "domainName": "New.Example"}).status == 200
    assert ask("GET", f"{DOMAINS}/NEW.example").json()["domainName"] == "New.Example"
    assert ask("DELETE", f"{DOMAINS}/{COLA.upper()}").status == 204
    assert all(one["resourceId"] != COLA for one in ask.sandbox.dump()["associations"])


def test_names_that_differ_in_case_are_two(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(rules={"domain-name-case": "sensitive"}))
    assert ask("GET", f"{DOMAINS}/{COLA.upper()}").status == 404
    assert ask("POST", DOMAINS, {**NEW, "domainName": COLA.upper()}).status == 200
    assert ask("DELETE", f"{DOMAINS}/{COLA.upper()}").status == 204
    assert any(one["resourceId"] == COLA for one in ask.sandbox.dump()["associations"])


@pytest.mark.parametrize(("choice", "status"), [("refused", 400), ("accepted", 200)])
@pytest.mark.parametrize(
    ("ids", "unknown"),
    [
        ({"applicationId": "nothing"}, {"applicationId"}),
        ({"applicationId": "nothing", "entityId": "nobody"}, {"applicationId", "entityId"}),
    ],
)
def test_what_a_domain_is_registered_for(
    open_it: OpenIt, ask_at: AskAt, choice: str, status: int, ids: dict[str, str], unknown: set[str]
) -> None:
    ask = ask_at(open_it(rules={"domain-unknown-ids": choice}))
    answer = ask("POST", DOMAINS, {**NEW, **ids})
    assert answer.status == status
    if status == 400:
        assert set(answer.violations()) == unknown
    else:
        assert links(ask)["new.example"] == ("nothing", ids.get("entityId"))


def test_ids_are_kept_as_the_account_spells_them(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(rules={"id-case": "insensitive"}))
    assert ask("POST", DOMAINS, {**NEW, "applicationId": "MARKETING", "entityId": "Big-Cola"}).status == 200
    assert links(ask)["new.example"] == ("marketing", "big-cola")


def test_five_at_once_and_one_a_second(open_it: OpenIt, ask_at: AskAt) -> None:
    now = [1_700_000_000.0]
    ask = ask_at(open_it(limits=1.0, clock=lambda: now[0]))
    assert [ask("GET", DOMAINS).status for _ in range(6)] == [200] * 5 + [429]
    now[0] += 2
    assert [ask("GET", DOMAINS).status for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize(("limits", "most"), [(0.003, 3), (None, 12)])
def test_so_many_new_ones_a_day(open_it: OpenIt, ask_at: AskAt, limits: float | None, most: int) -> None:
    """A factor makes three of the thousand, and off is off."""
    now = [float(DAY * 19_000)]
    ask = ask_at(open_it(limits=limits, clock=lambda: now[0]))

    def register(number: int, **change: object) -> int:
        # Enough for the bucket to have a token again, however small the factor.
        now[0] += 400
        return ask("POST", DOMAINS, {**NEW, "domainName": f"d{number}.example", **change}).status

    assert [register(number) for number in range(3)] == [200] * 3
    for refused in ({"targetedDailyTraffic": 0}, {"domainName": COLA}, {"entityId": "alone"}):
        assert register(3, **refused) in (400, 409)
    assert [register(number) for number in range(3, 12)] == [200 if at < most else 429 for at in range(3, 12)]
    now[0] += DAY
    assert register(12) == 200


def test_what_is_refused_is_not_one_of_the_days_new_ones(open_it: OpenIt, ask_at: AskAt) -> None:
    now = [float(DAY * 19_000)]
    ask = ask_at(open_it(limits=0.001, clock=lambda: now[0]))
    for name, status in ((COLA, 409), ("new", 400), ("new.example", 200), ("newer.example", 429)):
        now[0] += 1000
        assert ask("POST", DOMAINS, {**NEW, "domainName": name}).status == status
    assert ask("GET", f"{DOMAINS}/newer.example").status == 404
