"""Associations: five fields that are one identity, and resources that must be owned."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.conftest import Asker

PATH = "/provisioning/1/associations"
NUMBER = "6F0C0D9E2B7A41D3A1F0000000000001"
THERE = {
    "resourceType": "NUMBER",
    "channel": "SMS",
    "applicationId": "marketing",
    "entityId": "big-cola",
    "resourceId": NUMBER,
}
NEW = {**THERE, "applicationId": "staging"}


def single(association: Mapping[str, str | None]) -> str:
    return f"{PATH}/single?" + urlencode(
        {name: value for name, value in association.items() if value is not None}
    )


def test_created_is_empty_and_can_be_read_back(ask: Asker) -> None:
    created = ask("POST", PATH, NEW)
    assert (created.status, created.body) == (201, b"")
    assert ask("GET", single(NEW)).json() == NEW
    assert ask("GET", f"{PATH}?size=1000").results()[-1] == NEW


@pytest.mark.parametrize("without", [{}, {"entityId": None}])
def test_without_entity_by_null_or_by_absence(ask: Asker, without: dict[str, None]) -> None:
    body = {name: value for name, value in NEW.items() if name != "entityId"} | without
    assert ask("POST", PATH, body).status == 201
    read = ask("GET", single(body))
    assert (read.status, "entityId" in read.json()) == (200, False)
    assert ask("POST", PATH, {**body, "entityId": None}).status == 409


def test_the_same_five_fields_are_a_conflict(ask: Asker) -> None:
    before = ask.sandbox.dump()
    assert ask("POST", PATH, THERE).status == 409
    assert ask.sandbox.dump() == before


def test_a_resource_may_serve_several_pairs_and_channels(ask: Asker) -> None:
    for change in ({"entityId": "mc-burger"}, {"applicationId": "default"}, {"channel": "MMS"}):
        assert ask("POST", PATH, {**THERE, **change}).status == 201


@pytest.mark.parametrize(
    "change",
    [
        {"applicationId": "nobody"},
        {"entityId": "nobody"},
        {"resourceId": "nobody"},
        {"resourceId": "385990000001"},
        {"resourceType": "ALPHA"},
        {"resourceType": "RCS_RESOURCE", "channel": "RCS"},
        {"resourceType": "DOMAIN", "channel": "EMAIL", "resourceId": "elsewhere.example"},
    ],
)
def test_what_it_ties_must_be_there(ask: Asker, change: dict[str, str]) -> None:
    before = ask.sandbox.dump()
    assert ask("POST", PATH, {**NEW, **change}).status == 404
    assert ask.sandbox.dump() == before


def test_domains_are_for_email_only(ask: Asker) -> None:
    domain = {**NEW, "resourceType": "DOMAIN", "resourceId": "mail.bigcola.example"}
    assert set(ask("POST", PATH, domain).violations()) == {"channel"}
    assert ask("POST", PATH, {**domain, "channel": "EMAIL"}).status == 201


def test_senders_go_by_their_name(ask: Asker) -> None:
    assert ask("POST", PATH, {**NEW, "resourceType": "ALPHA", "resourceId": "BigCola"}).status == 201


@pytest.mark.parametrize("field", ["resourceType", "channel", "applicationId", "resourceId"])
@pytest.mark.parametrize("wrong", [None, "", " ", 5])
def test_four_fields_must_be_given(ask: Asker, field: str, wrong: object) -> None:
    for method in ("POST", "DELETE"):
        refused = ask(method, PATH, {**NEW, field: wrong})
        assert (refused.status, set(refused.violations())) == (400, {field})


def test_single_asks_for_four_fields(ask: Asker) -> None:
    assert set(ask("GET", f"{PATH}/single").violations()) == {
        "resourceType",
        "channel",
        "applicationId",
        "resourceId",
    }


def test_deleted_by_a_body_and_gone(ask: Asker) -> None:
    deleted = ask("DELETE", PATH, THERE)
    assert (deleted.status, deleted.body) == (204, b"")
    assert ask("GET", single(THERE)).status == 404
    assert ask("DELETE", PATH, THERE).status == 404


def test_deletion_needs_all_five_to_match(ask: Asker) -> None:
    before = ask.sandbox.dump()
    assert ask("DELETE", PATH, {**THERE, "entityId": None}).status == 404
    assert ask("DELETE", PATH).status == 400
    assert ask.sandbox.dump() == before


@pytest.mark.parametrize(
    "query",
    [
        {"entityId": "big-cola"},
        {"applicationId": "marketing"},
        {"channel": "SMS"},
        {"resourceType": "ALPHA"},
        {"resourceId": NUMBER},
        {"applicationId": "marketing", "entityId": "big-cola"},
        {"channel": "SMS", "resourceType": "NUMBER", "entityId": "mc-burger"},
        {"entityId": "nobody"},
        {"entityId": ""},
    ],
)
def test_filters_are_all_and(ask: Asker, query: dict[str, str]) -> None:
    whole = ask("GET", f"{PATH}?size=1000").results()
    wanted = [row for row in whole if all(row.get(name) == value for name, value in query.items())]
    page = ask("GET", f"{PATH}?size=1000&{urlencode(query)}").json()
    assert page["results"] == wanted
    assert page["paging"]["totalResults"] == len(wanted) < len(whole)


def test_a_filter_of_no_known_kind(ask: Asker) -> None:
    refused = ask("GET", f"{PATH}?resourceType=FAX&channel=PIGEON")
    assert (refused.status, set(refused.violations())) == (400, {"resourceType", "channel"})
