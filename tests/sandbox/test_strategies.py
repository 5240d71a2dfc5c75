"""Sending strategies, in the newer error shape."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import AskAt, Asker, OpenIt

PATH = "/provisioning/2/sending-strategies"
FULL = {
    "platform": {"applicationId": "marketing", "entityId": "big-cola"},
    "channel": "SMS",
    "destinationCountryCode": "US",
    "useStickySender": True,
    "useGeolocatedSender": True,
    "priorities": [{"senderType": "VIRTUAL_LONG_NUMBER", "priority": 1}],
}


def created(ask: Asker, body: object) -> str:
    answer = ask("POST", PATH, body)
    assert answer.status == 201
    (name, id_), *more = answer.json().items()
    assert (name, more) == ("sendingStrategyId", [])
    return str(id_)


def test_created_has_an_id_of_32_and_can_be_found(ask: Asker) -> None:
    id_ = created(ask, FULL)
    assert re.fullmatch("[A-Z0-9]{32}", id_)
    assert ask("GET", f"{PATH}?sendingStrategyId={id_}").results() == [{"sendingStrategyId": id_, **FULL}]


def test_nothing_is_required_and_two_flags_are_always_shown(ask: Asker) -> None:
    id_ = created(ask, {"somethingElse": 1, "platform": None})
    assert ask("GET", PATH).results()[-1] == {
        "sendingStrategyId": id_,
        "useStickySender": False,
        "useGeolocatedSender": False,
    }


def test_ids_it_names_need_not_exist(ask: Asker) -> None:
    platform = {"applicationId": "nobody", "entityId": "no-one"}
    id_ = created(ask, {"platform": platform})
    assert [row["sendingStrategyId"] for row in ask("GET", f"{PATH}?entityId=no-one").results()] == [id_]


def test_filters_are_and(ask: Asker) -> None:
    assert len(ask("GET", f"{PATH}?applicationId=marketing").results()) == 2
    (only,) = ask("GET", f"{PATH}?applicationId=marketing&entityId=big-cola").results()
    assert only["platform"] == {"applicationId": "marketing", "entityId": "big-cola"}
    assert ask("GET", f"{PATH}?applicationId=default&entityId=big-cola").results() == []


def test_deleted_is_empty_and_gone(ask: Asker) -> None:
    id_ = created(ask, FULL)
    deleted = ask("DELETE", f"{PATH}/{id_}")
    assert (deleted.status, deleted.body) == (204, b"")
    assert ask("GET", f"{PATH}?sendingStrategyId={id_}").results() == []
    again = ask("DELETE", f"{PATH}/{id_}")
    assert (again.status, again.json()["errorCode"]) == (404, "E404")


@pytest.mark.parametrize(
    ("body", "property_"),
    [
        ({"channel": ""}, "channel"),
        ({"channel": 4}, "channel"),
        ({"useStickySender": "yes"}, "useStickySender"),
        ({"useGeolocatedSender": 1}, "useGeolocatedSender"),
        ({"platform": []}, "platform"),
        ({"platform": {"entityId": "x" * 256}}, "platform.entityId"),
        ({"priorities": {}}, "priorities"),
        ({"priorities": [1]}, "priorities[0]"),
        ({"priorities": [{"senderType": "FAX", "priority": 1}]}, "priorities[0].senderType"),
        ({"priorities": [{"senderType": "SHORT_CODE", "priority": 5}]}, "priorities[0].priority"),
        ({"priorities": [{"senderType": "SHORT_CODE", "priority": True}]}, "priorities[0].priority"),
        ({"priorities": [{"senderType": "SHORT_CODE"}]}, "priorities[0].priority"),
    ],
)
def test_what_is_wrong_is_said_in_the_newer_shape(ask: Asker, body: object, property_: str) -> None:
    before = ask.sandbox.dump()
    refused = ask("POST", PATH, body)
    assert refused.status == 400
    assert refused.json().keys() == {"errorCode", "description", "action", "violations", "resources"}
    assert set(refused.violations()) == {property_}
    assert ask.sandbox.dump() == before


@pytest.mark.parametrize(("choice", "status"), [("accepted", 201), ("400", 400)])
def test_a_strategy_for_what_is_not_there(open_it: OpenIt, ask_at: AskAt, choice: str, status: int) -> None:
    ask = ask_at(open_it(rules={"strategy-unknown-ids": choice}))
    answer = ask("POST", PATH, {"platform": {"applicationId": "nothing", "entityId": "big-cola"}})
    assert answer.status == status
    assert status == 201 or set(answer.violations()) == {"platform.applicationId"}
    assert ask("POST", PATH, {"platform": {"entityId": "big-cola"}}).status == 201
    assert ask("POST", PATH, {}).status == 201
