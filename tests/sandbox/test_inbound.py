"""Inbound configurations: how one is named, what an update keeps, and what each channel takes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from entitree.sandbox.routes.inbound_checks import CHANNELS

if TYPE_CHECKING:
    from tests.sandbox.conftest import AskAt, Asker, OpenIt

PATH = "/resource-management/1/inbound-message-configurations"
NUMBER = "6F0C0D9E2B7A41D3A1F0000000000001"
BARE = "6F0C0D9E2B7A41D3A1F0000000000003"
"""A number without configurations for SMS."""
SHORT = "6F0C0D9E2B7A41D3A1F0000000000005"
SMS = {"channel": "SMS", "numberKey": BARE}
PAIR = {"applicationId": "marketing", "entityId": "big-cola"}
WINDOW = {"from": "00:00", "to": "23:59", "days": ["SUNDAY"]}
FULL: dict[str, Any] = {
    "username": "clerk",
    "platform": PAIR,
    "forwarding": {"type": "HTTP_FORWARD", "url": "https://hooks.example/mo"},
    "conversations": {"enabled": True},
    "answers": {"enabled": True},
    "autoResponse": {"message": "Thanks", "sender": "BigCola", "deliveryTimeWindow": WINDOW},
    "blockListConfiguration": {"type": "BLOCK", "level": "FROM_ANY_SENDER"},
}
SENDERS = {
    "LINE_OA": "OPEN_CHANNEL_RESOURCE",
    "ZALO_ZNS": "OPEN_CHANNEL_RESOURCE",
    "ZALO_FOLLOWER": "OPEN_CHANNEL_RESOURCE",
    "TELEGRAM": "OPEN_CHANNEL_RESOURCE",
    "TIKTOK_BM": "OPEN_CHANNEL_RESOURCE",
    "OPEN_CHANNEL": "OPEN_CHANNEL_RESOURCE",
    "RCS": "RCS_RESOURCE",
    "VIBER_BM": "VIBER_RESOURCE",
    "VIBER_BOT": "VIBER_RESOURCE",
    "APPLE_MB": "APPLE_RESOURCE",
    "KAKAO_SANGDAM": "KAKAO_RESOURCE",
    "MESSENGER": "FACEBOOK_RESOURCE",
    "INSTAGRAM_DM": "FACEBOOK_RESOURCE",
}


def posted(ask: Asker, body: dict[str, Any]) -> dict[str, Any]:
    answer = ask("POST", PATH, body)
    assert answer.status == 200, answer
    found: dict[str, Any] = answer.json()
    return found


def got(ask: Asker, **query: str) -> list[dict[str, Any]]:
    answer = ask("GET", f"{PATH}?{urlencode(query)}")
    assert answer.status == 200, answer
    found: list[dict[str, Any]] = answer.json()
    return found


def settings(shown: dict[str, Any]) -> dict[str, Any]:
    return {name: shown[name] for name in shown if name not in ("configurationKey", "channel", "keyword")}


def place_of(ask: Asker, channel: str) -> dict[str, str]:
    """How to name a resource that serves the channel, made where the account has none."""
    match CHANNELS[channel].resources:
        case "NUMBER":
            return {"numberKey": BARE}
        case "DOMAIN":
            return {"resource": "mail.bigcola.example"}
    with ask.sandbox._state.transaction(writes=True) as db:
        db.execute(
            "INSERT OR IGNORE INTO senders (key, type, name) VALUES ('K', ?, 'new')", (SENDERS[channel],)
        )
    return {"resourceKey": "K"}


def test_a_new_one_has_a_key_of_32_and_is_found_by_it(ask: Asker) -> None:
    shown = posted(ask, {**SMS, "keyword": "HELP", "platform": PAIR})
    assert re.fullmatch("[0-9A-F]{32}", shown["configurationKey"])
    assert shown == {
        "configurationKey": shown["configurationKey"],
        "channel": "SMS",
        "keyword": "HELP",
        "platform": PAIR,
    }
    assert got(ask, configurationKey=shown["configurationKey"]) == [shown]
    assert got(ask, numberKey=BARE, channel="SMS") == [shown]


def test_resource_channel_and_keyword_tell_one_from_another(ask: Asker) -> None:
    bodies = [
        SMS,
        {**SMS, "keyword": "HELP"},
        {**SMS, "keyword": "HELP ME"},
        {**SMS, "channel": "MMS"},
        {**SMS, "numberKey": NUMBER, "keyword": "HELP"},
    ]
    keys = [posted(ask, body)["configurationKey"] for body in bodies]
    assert len(set(keys)) == len(bodies)
    assert [posted(ask, {**body, "username": "x"})["configurationKey"] for body in bodies] == keys
    assert posted(ask, {**SMS, "keyword": ""})["configurationKey"] == keys[0], "an empty keyword is none"


@pytest.mark.parametrize(
    ("query", "keywords"),
    [
        ({"number": "385990000001", "channel": "SMS"}, [None, "STOP"]),
        ({"number": "385990000001", "channel": "SMS", "keyword": "stop"}, ["STOP"]),
        ({"number": "385990000001", "channel": "SMS", "keyword": ""}, [None]),
        ({"number": "385990000001", "channel": "SMS", "keyword": "NO"}, []),
        ({"number": "385990000001", "channel": "SMS", "countryCode": "HR"}, [None, "STOP"]),
        ({"number": "385990000001", "numberKey": NUMBER, "channel": "SMS"}, [None, "STOP"]),
        ({"resource": "385990000001", "resourceKey": NUMBER, "channel": "SMS"}, [None, "STOP"]),
        ({"number": "385990000001", "channel": "WHATSAPP"}, []),
        ({"number": "70105", "channel": "SMS"}, [None]),
        ({"resource": "mail.bigcola.example", "channel": "EMAIL"}, [None]),
        ({"resourceKey": "mail.bigcola.example", "channel": "EMAIL"}, [None]),
        ({"configurationKey": "1B0C0000000000000000000000000002"}, ["STOP"]),
        ({"configurationKey": "1B0C0000000000000000000000000002", "channel": "SMS"}, ["STOP"]),
        ({"configurationKey": "1B0C0000000000000000000000000002", "channel": "MMS"}, []),
        ({"configurationKey": "1B0C0000000000000000000000000002", "keyword": "GO"}, []),
        (
            {
                "configurationKey": "1B0C0000000000000000000000000002",
                "numberKey": NUMBER,
                "channel": "SMS",
            },
            ["STOP"],
        ),
        (
            {"configurationKey": "1B0C0000000000000000000000000002", "numberKey": BARE, "channel": "SMS"},
            [],
        ),
    ],
)
def test_filters_take_away(ask: Asker, query: dict[str, str], keywords: list[str | None]) -> None:
    assert [one.get("keyword") for one in got(ask, **query)] == keywords


@pytest.mark.parametrize(
    "query",
    [
        {"number": "1", "channel": "SMS"},
        {"number": "385990000001", "channel": "RCS"},
        {"number": "385990000001", "numberKey": BARE, "channel": "SMS"},
        {"number": "385990000001", "channel": "SMS", "countryCode": "US"},
        {"resource": "BigCola", "channel": "VIBER_BM"},
        {"resource": "mail.bigcola.example", "channel": "RCS"},
        {"configurationKey": "1B0C"},
        {"configurationKey": "1B0C", "numberKey": NUMBER, "channel": "SMS"},
        {"configurationKey": "1B0C0000000000000000000000000002", "numberKey": "1", "channel": "SMS"},
    ],
)
def test_what_is_not_there_is_not_found(ask: Asker, query: dict[str, str]) -> None:
    answer = ask("GET", f"{PATH}?{urlencode(query)}")
    assert (answer.status, answer.body) == (404, b"")


@pytest.mark.parametrize(
    ("query", "property_"),
    [
        ({"number": "385990000001"}, "channel"),
        ({}, "channel"),
        ({"configurationKey": "1B0C0000000000000000000000000002", "resource": "x"}, "channel"),
        ({"numberKey": NUMBER, "channel": "FAX"}, "channel"),
        ({"numberKey": NUMBER, "channel": "SMS", "countryCode": "HRV"}, "countryCode"),
        ({"numberKey": NUMBER, "channel": "SMS", "keyword": "x" * 51}, "keyword"),
    ],
)
def test_a_query_that_is_wrong(ask: Asker, query: dict[str, str], property_: str) -> None:
    answer = ask("GET", f"{PATH}?{urlencode(query)}")
    assert (answer.status, set(answer.violations())) == (400, {property_})


def test_an_update_keeps_what_it_does_not_send_and_replaces_what_it_does(ask: Asker) -> None:
    first = posted(ask, {**SMS, **FULL})
    changed = posted(
        ask, {**SMS, "username": None, "forwarding": {"type": "PULL"}, "autoResponse": {"message": "Later"}}
    )
    assert changed == {**first, "forwarding": {"type": "PULL"}, "autoResponse": {"message": "Later"}}
    assert got(ask, numberKey=BARE, channel="SMS") == [changed]


@pytest.mark.parametrize(
    ("option", "field"),
    [
        ("USERNAME", "username"),
        ("PLATFORM", "platform"),
        ("FORWARDING", "forwarding"),
        ("CONVERSATIONS", "conversations"),
        ("ANSWERS", "answers"),
        ("AUTORESPONSE", "autoResponse"),
        ("BLOCKLISTCONFIGURATION", "blockListConfiguration"),
    ],
)
def test_unset_removes_one_setting(ask: Asker, option: str, field: str) -> None:
    channel = "OPEN_CHANNEL" if option == "ANSWERS" else "SMS"
    place = {"channel": channel, **place_of(ask, channel)}
    full = posted(ask, {**place, **FULL})
    assert posted(ask, {**place, "unset": [option]}) == {name: full[name] for name in full if name != field}


def test_unset_comes_first_and_the_values_after(ask: Asker) -> None:
    full = posted(ask, {**SMS, **FULL})
    body = {**SMS, "unset": ["PLATFORM", "USERNAME"], "platform": {"applicationId": "staging"}}
    assert posted(ask, body) == {
        name: {"applicationId": "staging"} if name == "platform" else value
        for name, value in full.items()
        if name != "username"
    }


@pytest.mark.parametrize(
    ("channel", "field"),
    [("SMS", "conversations"), ("OPEN_CHANNEL", "conversations"), ("OPEN_CHANNEL", "answers")],
)
def test_switched_off_is_unset(ask: Asker, channel: str, field: str) -> None:
    place = {"channel": channel, **place_of(ask, channel)}
    full = posted(ask, {**place, **FULL})
    off = posted(ask, {**place, field: {"enabled": False}})
    assert off == {name: full[name] for name in full if name != field}


@pytest.mark.parametrize("empty", [{}, {"applicationId": "", "entityId": ""}, {"applicationId": None}])
def test_a_platform_of_nothing_is_none(ask: Asker, empty: dict[str, Any]) -> None:
    posted(ask, {**SMS, "platform": PAIR})
    assert "platform" not in posted(ask, {**SMS, "platform": empty})


CHAT = {"platform", "forwarding", "conversations"}
TAKEN = {
    "SMS": ({*CHAT, "autoResponse", "blockListConfiguration"}, "MO_JSON_2"),
    "MMS": ({"platform", "forwarding", "autoResponse", "blockListConfiguration"}, "MO_MMS_2"),
    "WHATSAPP": ({*CHAT, "autoResponse", "blockListConfiguration"}, "MO_OTT_CONTACT"),
    "RCS": ({*CHAT, "autoResponse", "blockListConfiguration"}, "MO_RCS_JSON"),
    "VIBER_BM": ({*CHAT, "autoResponse"}, "MO_OTT_MSISDN"),
    "VIBER_BOT": (CHAT, "MO_OTT_MSISDN"),
    "APPLE_MB": (CHAT, "MO_OTT_CONTACT"),
    "LINE_OA": ({"forwarding", "conversations"}, "MO_OTT_MSISDN"),
    "KAKAO_SANGDAM": (CHAT, "MO_OTT_MSISDN"),
    "MESSENGER": (CHAT, "MO_OTT_MSISDN"),
    "INSTAGRAM_DM": (CHAT, "MO_OTT_MSISDN"),
    "ZALO_ZNS": (CHAT, "MO_OTT_MSISDN"),
    "ZALO_FOLLOWER": ({"platform", "forwarding"}, "MO_OTT_MSISDN"),
    "TELEGRAM": ({"conversations"}, None),
    "EMAIL": ({"platform", "forwarding"}, "MO_MULTIPART"),
    "OPEN_CHANNEL": ({*CHAT, "answers"}, "MO_OTT_MSISDN"),
    "TIKTOK_BM": (CHAT, "MO_OTT_CONTACT"),
}
"""Channel to the settings that it has, and the format of what is pushed unless another is named."""


def test_there_are_seventeen_channels() -> None:
    assert len(TAKEN) == 17
    assert TAKEN.keys() == CHANNELS.keys()


@pytest.mark.parametrize("channel", TAKEN)
def test_each_channel_takes_its_settings_and_ignores_the_rest(ask: Asker, channel: str) -> None:
    fields, format_ = TAKEN[channel]
    shown = settings(posted(ask, {"channel": channel, **place_of(ask, channel), "keyword": "ALL", **FULL}))
    expected = {name: FULL[name] for name in FULL if name in {"username", *fields}}
    if "forwarding" in fields:
        expected["forwarding"] = {**FULL["forwarding"], "format": format_}
    if "autoResponse" in fields:
        window = {**WINDOW, "deliveryTimeZone": "USER_TIME_ZONE"}
        expected["autoResponse"] = {**FULL["autoResponse"], "deliveryTimeWindow": window}
    assert shown == expected


@pytest.mark.parametrize("channel", ["LINE_OA", "TELEGRAM", "EMAIL"])
def test_a_setting_that_is_ignored_is_not_checked(ask: Asker, channel: str) -> None:
    body = {"channel": channel, **place_of(ask, channel), "answers": 1, "autoResponse": {}}
    if channel != "EMAIL":
        body["platform"] = "x"
    posted(ask, {**body, "unset": ["ANSWERS", "PLATFORM"]})


FORWARDS: list[tuple[str, dict[str, str]]] = [
    ("SMS", {"type": "HTTP_FORWARD", "url": "https://a.example/", "format": "MO_JSON_1"}),
    ("SMS", {"type": "MAIL_FORWARD", "mail": "a@b.example", "description": "To the shop"}),
    ("SMS", {"type": "SMPP_FORWARD"}),
    ("SMS", {"type": "PULL"}),
    ("MMS", {"type": "HTTP_FORWARD", "url": "x", "format": "MO_MMS_2"}),
    ("MMS", {"type": "PULL", "description": "By hand"}),
    ("RCS", {"type": "HTTP_FORWARD", "url": "x", "format": "MO_RCS_JSON"}),
]


@pytest.mark.parametrize(("channel", "forwarding"), FORWARDS)
def test_ways_to_forward(ask: Asker, channel: str, forwarding: dict[str, str]) -> None:
    body = {"channel": channel, **place_of(ask, channel), "forwarding": {**forwarding, "more": 1}}
    assert posted(ask, body)["forwarding"] == forwarding


@pytest.mark.parametrize(
    ("change", "properties"),
    [
        ({"channel": None}, {"channel"}),
        ({"channel": "FAX", "keyword": 1}, {"channel", "keyword"}),
        ({"numberKey": None}, {"numberKey"}),
        ({"numberKey": None, "resourceKey": NUMBER}, {"numberKey"}),
        ({"channel": "RCS"}, {"resourceKey"}),
        ({"numberKey": 5}, {"numberKey"}),
        ({"countryCode": "us"}, {"countryCode"}),
        ({"keyword": "x" * 51}, {"keyword"}),
        ({"username": "x" * 256}, {"username"}),
        ({"username": ""}, {"username"}),
        ({"username": "  "}, {"username"}),
        ({"username": "a\nb"}, {"username"}),
        ({"unset": "PLATFORM"}, {"unset"}),
        ({"unset": ["PLATFORM", "platform", [], "PLATFORM"]}, {"unset[1]", "unset[2]", "unset[3]"}),
        ({"platform": []}, {"platform"}),
        (
            {"platform": {"applicationId": "x" * 256, "entityId": 1}},
            {"platform.applicationId", "platform.entityId"},
        ),
        ({"forwarding": {}}, {"forwarding.type"}),
        ({"forwarding": {"type": "NO_ACTION"}}, {"forwarding.type"}),
        ({"forwarding": {"type": "HTTP_FORWARD"}}, {"forwarding.url"}),
        ({"forwarding": {"type": "HTTP_FORWARD", "url": ""}}, {"forwarding.url"}),
        ({"forwarding": {"type": "HTTP_FORWARD", "url": "x", "format": 2}}, {"forwarding.format"}),
        ({"forwarding": {"type": "MAIL_FORWARD", "mail": ""}}, {"forwarding.mail"}),
        ({"channel": "MMS", "forwarding": {"type": "SMPP_FORWARD"}}, {"forwarding.type"}),
        ({"channel": "WHATSAPP", "forwarding": {"type": "PULL"}}, {"forwarding.type"}),
        ({"conversations": {}}, {"conversations.enabled"}),
        ({"conversations": {"enabled": "yes"}}, {"conversations.enabled"}),
        ({"autoResponse": {"sender": "x"}}, {"autoResponse.message"}),
        ({"autoResponse": {"message": "x" * 1081}}, {"autoResponse.message"}),
        (
            {
                "autoResponse": {
                    "message": "x",
                    "deliveryTimeWindow": {"from": "8:00", "to": "24:00", "days": []},
                }
            },
            {f"autoResponse.deliveryTimeWindow.{name}" for name in ("from", "to", "days")},
        ),
        (
            {"autoResponse": {"message": "x", "deliveryTimeWindow": {"deliveryTimeZone": "CET"}}},
            {
                f"autoResponse.deliveryTimeWindow.{name}"
                for name in ("from", "to", "days", "deliveryTimeZone")
            },
        ),
        (
            {
                "autoResponse": {
                    "message": "x",
                    "deliveryTimeWindow": {**WINDOW, "days": ["SUNDAY", "SUNDAY"]},
                }
            },
            {"autoResponse.deliveryTimeWindow.days[1]"},
        ),
        ({"blockListConfiguration": {}}, {f"blockListConfiguration.{name}" for name in ("type", "level")}),
        (
            {"blockListConfiguration": {"type": "BLOCK", "level": "CUSTOM_NOT_EDITABLE"}},
            {"blockListConfiguration.level"},
        ),
    ],
)
def test_all_that_is_wrong_is_said_and_nothing_done(
    ask: Asker, change: dict[str, Any], properties: set[str]
) -> None:
    before = ask.sandbox.dump()
    refused = ask("POST", PATH, {**SMS, **change})
    assert (refused.status, set(refused.violations())) == (400, properties)
    assert ask.sandbox.dump() == before


def test_bounds_are_within(ask: Asker) -> None:
    message = {"message": "x" * 1080}
    body = {
        "keyword": "x" * 50,
        "username": "x" * 255,
        "autoResponse": message,
        "platform": {"entityId": "x" * 255},
    }
    assert settings(posted(ask, {**SMS, **body})) == {name: body[name] for name in body if name != "keyword"}


@pytest.mark.parametrize(
    "place",
    [
        {"channel": "SMS", "number": "1"},
        {"channel": "SMS", "number": "385990000001", "numberKey": BARE},
        {"channel": "SMS", "number": "385990000001", "countryCode": "US"},
        {"channel": "VIBER_BM", "resource": "BigCola"},
        {"channel": "EMAIL", "resource": "bigcola.example"},
    ],
)
def test_a_resource_that_is_not_there_is_not_configured(ask: Asker, place: dict[str, str]) -> None:
    before = ask.sandbox.dump()
    refused = ask("POST", PATH, place)
    assert (refused.status, refused.body) == (404, b"")
    assert ask.sandbox.dump() == before


def test_resources_of_one_name_are_told_apart(ask: Asker) -> None:
    with ask.sandbox._state.transaction(writes=True) as db:
        db.execute(
            "INSERT INTO numbers (number_key, number, country, type, capabilities)"
            " VALUES ('GB', '70105', 'GB', 'SHORT_CODE', '[\"SMS\"]')"
        )
        db.execute(
            "INSERT INTO senders (key, type, name, country) VALUES ('K', 'RCS_RESOURCE', 'BigCola', 'DE')"
        )
    assert set(ask("POST", PATH, {"channel": "SMS", "number": "70105"}).violations()) == {"countryCode"}
    assert set(ask("POST", PATH, {"channel": "WHATSAPP", "number": "70105"}).violations()) == {"numberKey"}
    assert set(ask("POST", PATH, {"channel": "RCS", "resource": "BigCola"}).violations()) == {"resourceKey"}
    british = posted(ask, {"channel": "SMS", "number": "70105", "countryCode": "GB"})
    german = posted(ask, {"channel": "RCS", "resourceKey": "K"})
    assert british in got(ask, number="70105", channel="SMS"), "a query finds those of both"
    assert len(got(ask, number="70105", channel="SMS")) == 2
    assert got(ask, number="70105", channel="SMS", countryCode="GB") == [british]
    assert got(ask, resource="BigCola", channel="RCS", countryCode="DE") == [german]


def test_deleted_it_is_gone_and_the_others_stay(ask: Asker) -> None:
    _, stop = got(ask, numberKey=NUMBER, channel="SMS")
    deleted = ask("DELETE", f"{PATH}/1B0C0000000000000000000000000001")
    assert (deleted.status, deleted.body) == (204, b"")
    assert got(ask, numberKey=NUMBER, channel="SMS") == [stop]
    assert ask("DELETE", f"{PATH}/1B0C0000000000000000000000000001").status == 404
    again = posted(ask, {"channel": "SMS", "numberKey": NUMBER})
    assert settings(again) == {}
    assert again["configurationKey"] != "1B0C0000000000000000000000000001"


def test_what_becomes_of_the_resource_leaves_it_as_it_is(ask: Asker) -> None:
    shown = posted(ask, {**SMS, "platform": PAIR})
    assert ask("PUT", f"/numbers/1/numbers/{BARE}", {"applicationId": "staging"}).status == 200
    assert ask("DELETE", "/email/1/domains/mail.bigcola.example").status == 204
    assert got(ask, numberKey=BARE, channel="SMS") == [shown]
    (mail,) = got(ask, configurationKey="1B0C0000000000000000000000000007")
    assert mail["platform"] == PAIR
    assert ask("GET", f"{PATH}?resource=mail.bigcola.example&channel=EMAIL").status == 404
    assert ask("DELETE", f"{PATH}/{mail['configurationKey']}").status == 204


def test_every_effect_is_in_the_audit_log(ask: Asker) -> None:
    shown = posted(ask, {**SMS, "username": "a"})
    posted(ask, {**SMS, "username": "a"})
    changed = posted(ask, {**SMS, "username": "b"})
    ask("DELETE", f"{PATH}/{shown['configurationKey']}")
    with ask.sandbox._state.transaction(writes=False) as db:
        rows = db.execute("SELECT * FROM audit ORDER BY seq").fetchall()
    assert {(row["kind"], row["id"]) for row in rows} == {
        ("inbound configuration", shown["configurationKey"])
    }
    first, last = {**shown, "resourceKey": BARE}, {**changed, "resourceKey": BARE}
    assert [[json.loads(row[side] or "null") for side in ("before", "after")] for row in rows] == [
        [None, first],
        [first, last],
        [last, None],
    ], "an update that changes nothing is no effect"


def test_a_number_that_is_fixed(open_it: OpenIt, ask_at: AskAt) -> None:
    for choice, status in (("enforced", 403), ("ignored", 200)):
        ask = ask_at(open_it(seed="docs", rules={"number-edit-permissions": choice}))
        with ask.sandbox._state.transaction(writes=True) as db:
            fixed = '{"editPermissions": {"canEditNumber": true, "canEditConfiguration": false}}'
            db.execute("UPDATE numbers SET body = ? WHERE number_key = ?", (fixed, NUMBER))
        assert ask("POST", PATH, {"channel": "SMS", "numberKey": NUMBER}).status == status
        deleted = ask("DELETE", f"{PATH}/1B0C0000000000000000000000000001").status
        assert deleted == (403 if status == 403 else 204)
        assert ask("GET", f"{PATH}?numberKey={NUMBER}&channel=SMS").status == 200
