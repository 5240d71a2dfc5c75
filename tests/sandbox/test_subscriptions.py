"""Subscriptions: one channel each, profiles made on the way or used again, filters that may be repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from entitree.api.names import SUBSCRIPTION_CHANNELS
from entitree.sandbox.account import records
from entitree.sandbox.routes.events import EVENTS
from entitree.sandbox.wire.replies import ProblemError

if TYPE_CHECKING:
    from tests.sandbox.conftest import AskAt, Asker, OpenIt

ROOT = "/subscriptions/1/subscription"
SMS = f"{ROOT}/SMS"
BODY: dict[str, Any] = {
    "subscriptionId": "new",
    "name": "New",
    "events": ["DELIVERY", {"event": "CLICK", "format": "JSON_1"}],
    "criteria": [{"applicationId": "marketing", "entityId": "big-cola"}, {"callsConfigurationId": "calls"}],
    "resources": ["1234"],
    "users": ["ann"],
    "profile": {"profileId": "main-hook"},
}
MAIN = {"profileId": "main-hook", "security": {"authId": "hook-login"}}
OWN = {"authId": "own", "type": "HMAC", "credentials": {"secretKey": "k", "algorithm": "HMAC_SHA_256"}}
DEFINED = {
    "profileId": "own-hook",
    "webhook": {"notifyUrl": "https://own.example/", "contentType": "application/json"},
    "maxBucketSize": 10,
    "windowSize": 100,
    "connectTimeout": 300,
    "readTimeout": 1000,
    "rateLimit": 1,
    "enabledSSLProtocols": ["TLSv1.3"],
    "headers": {"X-Ours": "1"},
    "security": OWN,
}


def test_created_shows_ids_only_and_where_it_is(ask: Asker) -> None:
    created = ask("POST", SMS, BODY)
    assert (created.status, created.headers["location"]) == (201, f"{SMS}/new")
    assert created.json() == {"subscriptionId": "new", "profile": MAIN}
    assert ask("GET", created.headers["location"]).json() == {**BODY, "profile": MAIN}


@pytest.mark.parametrize("channel", SUBSCRIPTION_CHANNELS)
def test_every_channel_takes_them_and_keeps_them_apart(ask: Asker, channel: str) -> None:
    event = min(EVENTS[channel])
    least = {"subscriptionId": "new", "events": [event], "profile": {"profileId": "retail-hook"}}
    assert ask("POST", f"{ROOT}/{channel}", least).status == 201
    read = ask("GET", f"{ROOT}/{channel}/new").json()
    assert read == {**least, "profile": {"profileId": "retail-hook"}}
    other = next(one for one in SUBSCRIPTION_CHANNELS if one != channel)
    assert ask("GET", f"{ROOT}/{other}/new").status == 404


def test_there_is_no_such_channel(ask: Asker) -> None:
    for method, path, body in (
        ("GET", f"{ROOT}/PIGEON", None),
        ("POST", f"{ROOT}/PIGEON", BODY),
        ("GET", f"{ROOT}/sms/new", None),
        ("DELETE", f"{ROOT}/PIGEON/new", None),
    ):
        refused = ask(method, path, body)
        assert (refused.status, set(refused.violations())) == (400, {"channel"})


def test_a_full_definition_makes_profile_and_security(ask: Asker) -> None:
    created = ask("POST", SMS, {**BODY, "profile": DEFINED})
    assert created.json()["profile"] == {"profileId": "own-hook", "security": {"authId": "own"}}
    again = {**BODY, "subscriptionId": "second", "profile": {"profileId": "own-hook"}}
    assert ask("POST", SMS, again).status == 201
    kept = ask.sandbox.dump()
    assert OWN in kept["securities"]
    assert any(
        profile["profileId"] == "own-hook" and profile["windowSize"] == 100 for profile in kept["profiles"]
    )


@pytest.mark.parametrize(
    ("profile", "property_"),
    [
        ({"profileId": "nobody"}, "profileId"),
        ({"profileId": "main-hook", "webhook": {"notifyUrl": "https://other.example"}}, "profileId"),
        ({**DEFINED, "security": {"authId": "nobody"}}, "security.authId"),
        ({**DEFINED, "security": {"authId": "hook-login", "type": "CUSTOM"}}, "security.authId"),
    ],
)
def test_a_profile_is_used_again_or_new(ask: Asker, profile: dict[str, Any], property_: str) -> None:
    before = ask.sandbox.dump()
    refused = ask("POST", SMS, {**BODY, "profile": profile})
    assert (refused.status, set(refused.violations())) == (400, {f"profile.{property_}"})
    assert ask.sandbox.dump() == before


def test_a_new_profile_may_use_security_that_is_there(ask: Asker) -> None:
    created = ask("POST", SMS, {**BODY, "profile": {**DEFINED, "security": {"authId": "hook-login"}}})
    assert created.json()["profile"] == {"profileId": "own-hook", "security": {"authId": "hook-login"}}


def test_a_refusal_after_the_profile_was_made_unmakes_it(ask: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ProblemError(400)

    monkeypatch.setattr(records, "write_terms", refuse)
    before = ask.sandbox.dump()
    assert ask("POST", SMS, {**BODY, "profile": DEFINED}).status == 400
    assert ask.sandbox.dump() == before


def test_a_taken_id_is_refused(ask: Asker) -> None:
    before = ask.sandbox.dump()
    refused = ask("POST", SMS, {**BODY, "subscriptionId": "pin-delivery", "profile": DEFINED})
    assert (refused.status, set(refused.violations())) == (400, {"subscriptionId"})
    assert ask.sandbox.dump() == before


@pytest.mark.parametrize(
    ("change", "property_"),
    [
        ({"subscriptionId": None}, "subscriptionId"),
        ({"subscriptionId": "x" * 256}, "subscriptionId"),
        ({"subscriptionId": "a b"}, "subscriptionId"),
        ({"subscriptionId": "a/b"}, "subscriptionId"),
        ({"name": ""}, "name"),
        ({"events": None}, "events"),
        ({"events": ["DELIVERY"] * 256}, "events"),
        ({"events": [5]}, "events[0]"),
        ({"events": [{"event": "DELIVERY"}]}, "events[0]"),
        ({"criteria": [{}] * 256}, "criteria"),
        ({"criteria": ["marketing"]}, "criteria[0]"),
        ({"criteria": [{"applicationId": "x" * 256}]}, "criteria[0].applicationId"),
        ({"resources": [1]}, "resources[0]"),
        ({"users": ["x" * 256]}, "users[0]"),
        ({"profile": None}, "profile"),
        ({"profile": {}}, "profile.profileId"),
        ({"profile": {"profileId": "a b"}}, "profile.profileId"),
        ({"profile": {**DEFINED, "webhook": {}}}, "profile.webhook.notifyUrl"),
        ({"profile": {**DEFINED, "webhook": {"notifyUrl": "x" * 513}}}, "profile.webhook.notifyUrl"),
        ({"profile": {**DEFINED, "windowSize": 19}}, "profile.windowSize"),
        ({"profile": {**DEFINED, "rateLimit": 5001}}, "profile.rateLimit"),
        ({"profile": {**DEFINED, "enabledSSLProtocols": ["TLSv1.2"] * 2}}, "profile.enabledSSLProtocols[1]"),
        ({"profile": {**DEFINED, "headers": {"X": 1}}}, "profile.headers.X"),
        ({"profile": {**DEFINED, "security": {"authId": "own", "type": "PIN"}}}, "profile.security.type"),
        (
            {
                "profile": {
                    **DEFINED,
                    "security": {"authId": "own", "type": "BASIC", "credentials": {"username": "u"}},
                }
            },
            "profile.security.credentials.password",
        ),
    ],
)
def test_limits_of_the_documents(ask: Asker, change: dict[str, Any], property_: str) -> None:
    before = ask.sandbox.dump()
    refused = ask("POST", SMS, {**BODY, **change})
    assert (refused.status, set(refused.violations())) == (400, {property_})
    assert ask.sandbox.dump() == before


def test_formats_are_for_some_channels_only(ask: Asker) -> None:
    body = {**BODY, "events": [{"event": "DELIVERY", "format": "X"}]}
    assert ask("POST", f"{ROOT}/MMS", body).status == 201
    assert ask("POST", f"{ROOT}/EMAIL", body).status == 400


@pytest.mark.parametrize(("choice", "left"), [("dropped", ["CLICK"]), ("kept", ["SEEN", "CLICK"])])
def test_events_that_the_channel_has_not(
    open_it: OpenIt, ask_at: AskAt, choice: str, left: list[str]
) -> None:
    ask = ask_at(open_it(rules={"unavailable-events": choice}))
    body = {**BODY, "subscriptionId": "new", "events": ["SEEN", {"event": "OPEN", "format": "X"}, "CLICK"]}
    assert ask("POST", SMS, body).status == 201
    stored = ask("GET", f"{SMS}/new").json()["events"]
    assert [event for event in stored if isinstance(event, str)] == left
    assert len(stored) == len(left) + (choice == "kept")


def test_the_newest_is_listed_first(ask: Asker) -> None:
    ask("POST", SMS, BODY)
    ids = [row["subscriptionId"] for row in ask("GET", SMS).results()]
    assert ids == ["new", "pin-delivery", "marketing-delivery"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("applicationId=marketing", ["new", "marketing-delivery"]),
        ("applicationId=marketing&applicationId=staging", ["new"]),
        ("applicationId=staging&entityId=big-cola", ["new"]),
        ("entityId=big-cola&entityId=mc-burger", ["marketing-delivery"]),
        ("applicationId=marketing&applicationId=one-time-pin", []),
        ("callsConfigurationId=calls", ["new"]),
        ("resource=1234&user=ann", ["new"]),
        ("user=bob", []),
        ("applicationId=MARKETING", []),
    ],
)
def test_filters_may_be_repeated_and_are_all_and(ask: Asker, query: str, found: list[str]) -> None:
    ask("POST", SMS, {**BODY, "criteria": [*BODY["criteria"], {"applicationId": "staging"}]})
    page = ask("GET", f"{SMS}?{query}").json()
    assert [row["subscriptionId"] for row in page["results"]] == found
    assert page["paging"]["totalResults"] == len(found)


def test_a_change_replaces_all_but_the_id(ask: Asker) -> None:
    ask("POST", SMS, BODY)
    change = {"events": [], "criteria": [{"entityId": "mc-burger"}], "profile": {"profileId": "retail-hook"}}
    changed = ask("PUT", f"{SMS}/new", {**change, "subscriptionId": "other"})
    assert (changed.status, changed.json()) == (200, {"subscriptionId": "new", "profile": change["profile"]})
    assert ask("GET", f"{SMS}/new").json() == {"subscriptionId": "new", **change}
    assert ask("GET", f"{SMS}?entityId=big-cola&resource=1234").results() == []
    assert len(ask("GET", f"{SMS}?entityId=mc-burger").results()) == 2


def test_a_change_takes_a_profile_by_its_id_only(ask: Asker) -> None:
    before = ask.sandbox.dump()
    for profile in (
        {"profileId": "nobody"},
        {"profileId": "own-hook", "webhook": {"notifyUrl": "https://x"}},
    ):
        assert ask("PUT", f"{SMS}/pin-delivery", {"events": [], "profile": profile}).status == 400
    assert ask("PUT", f"{SMS}/pin-delivery", {"events": []}).status == 400
    assert ask("PUT", f"{SMS}/nobody", {"events": [], "profile": {"profileId": "main-hook"}}).status == 404
    assert ask.sandbox.dump() == before


def test_deleted_shows_ids_and_leaves_the_profile(ask: Asker) -> None:
    deleted = ask("DELETE", f"{SMS}/pin-delivery")
    assert (deleted.status, deleted.json()) == (200, {"subscriptionId": "pin-delivery", "profile": MAIN})
    assert ask("GET", f"{SMS}/pin-delivery").status == 404
    assert ask("DELETE", f"{SMS}/pin-delivery").status == 404
    assert "main-hook" in [profile["profileId"] for profile in ask.sandbox.dump()["profiles"]]


@pytest.mark.parametrize(
    ("choice", "found"), [("any-criterion", {"apart", "pair"}), ("one-criterion", {"pair"})]
)
def test_the_filter_by_a_pair(open_it: OpenIt, ask_at: AskAt, choice: str, found: set[str]) -> None:
    ask = ask_at(open_it(rules={"subscription-filter": choice}))
    criteria = {
        "apart": [{"applicationId": "a", "entityId": "x"}, {"applicationId": "b"}],
        "pair": [{"applicationId": "b", "entityId": "x"}],
        "none": [{"applicationId": "b"}],
    }
    for id_, named in criteria.items():
        assert ask("POST", SMS, {**BODY, "subscriptionId": id_, "criteria": named}).status == 201
    page = ask("GET", f"{SMS}?applicationId=b&entityId=x").json()
    assert {one["subscriptionId"] for one in page["results"]} == found
    assert page["paging"]["totalResults"] == len(found)


@pytest.mark.parametrize(("choice", "status"), [("per-channel", 201), ("per-account", 400)])
def test_one_id_on_two_channels(open_it: OpenIt, ask_at: AskAt, choice: str, status: int) -> None:
    ask = ask_at(open_it(rules={"subscription-ids": choice}))
    path = "/subscriptions/1/subscription/MMS"
    assert ask("POST", path, {**BODY, "subscriptionId": "pin-delivery"}).status == status
