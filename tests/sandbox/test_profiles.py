"""Notification profiles by themselves, and the rules that they share with subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import AskAt, Asker, OpenIt

PROFILES = "/subscriptions/1/profiles"
SMS = "/subscriptions/1/subscription/SMS"
WHOLE: dict[str, Any] = {
    "profileId": "new-hook",
    "webhook": {"notifyUrl": "https://new.example/", "contentType": "application/json"},
    "security": {"authId": "hook-login"},
    "clientCertificateId": "certificate-1",
    "maxBucketSize": 2000,
    "windowSize": 10_000,
    "connectTimeout": 30_000,
    "readTimeout": 90_000,
    "rateLimit": 5000,
    "enabledSSLProtocols": ["TLSv1.3", "TLSv1.2"],
    "headers": {"X-Ours": "1"},
    "responseRegex": "[1-9][0-9]",
    "responseBodyRegex": "ok",
}
CREDENTIALS: dict[str, dict[str, Any]] = {
    "BASIC": {"username": "u", "password": "p"},
    "HMAC": {"secretKey": "k", "algorithm": "HMAC_SHA_256"},
    "OAUTH": {
        "tokenUrl": "https://login.example/token",
        "grantType": "client_credentials",
        "clientId": "id",
        "clientSecret": "secret",
        "scope": "events",
        "username": "u",
        "password": "p",
        "resource": "hooks",
        "refreshToken": "r",
        "headers": {"X-Ours": "1"},
    },
}
MAIN = {"profileId": "main-hook", "security": {"authId": "hook-login"}}


def test_created_is_where_it_says_and_shows_all_that_was_sent(ask: Asker) -> None:
    created = ask("POST", PROFILES, WHOLE)
    assert (created.status, created.headers["location"]) == (201, f"{PROFILES}/new-hook")
    assert created.json() == {"profileId": "new-hook", "security": {"authId": "hook-login"}}
    assert ask("GET", created.headers["location"]).json() == WHOLE
    assert ask("GET", PROFILES).results()[-1] == WHOLE


def test_an_id_is_enough(ask: Asker) -> None:
    assert ask("POST", PROFILES, {"profileId": "bare", "unknown": 1, "webhook": None}).status == 201
    assert ask("GET", f"{PROFILES}/bare").json() == {"profileId": "bare"}


@pytest.mark.parametrize("type_", CREDENTIALS)
def test_security_may_be_defined_with_it_and_is_shown_by_its_id_alone(ask: Asker, type_: str) -> None:
    security = {"authId": "own", "type": type_, "credentials": CREDENTIALS[type_]}
    created = ask("POST", PROFILES, {"profileId": "new-hook", "security": security})
    assert created.json() == {"profileId": "new-hook", "security": {"authId": "own"}}
    assert ask("GET", f"{PROFILES}/new-hook").json() == created.json()
    assert security in ask.sandbox.dump()["securities"]
    assert ask("POST", PROFILES, {"profileId": "other", "security": {"authId": "own"}}).status == 201


@pytest.mark.parametrize(
    ("type_", "change", "property_"),
    [
        ("BASIC", {"password": None}, ".password"),
        ("BASIC", {"username": ""}, ".username"),
        ("BASIC", {"username": "x" * 256}, ".username"),
        ("HMAC", {"secretKey": None}, ".secretKey"),
        ("HMAC", {"algorithm": None}, ".algorithm"),
        ("HMAC", {"algorithm": "HMAC_SHA_3"}, ".algorithm"),
        ("OAUTH", {"tokenUrl": ""}, ".tokenUrl"),
        ("OAUTH", {"grantType": None}, ".grantType"),
        ("OAUTH", {"refreshToken": "x" * 256}, ".refreshToken"),
        ("OAUTH", {"headers": {"X": 1}}, ".headers.X"),
    ],
)
def test_credentials_are_those_of_their_type(
    ask: Asker, type_: str, change: dict[str, Any], property_: str
) -> None:
    before = ask.sandbox.dump()
    security = {"authId": "own", "type": type_, "credentials": CREDENTIALS[type_] | change}
    refused = ask("POST", PROFILES, {"profileId": "new-hook", "security": security})
    assert (refused.status, set(refused.violations())) == (400, {f"security.credentials{property_}"})
    assert ask.sandbox.dump() == before


def test_credentials_of_another_type_are_ignored(ask: Asker) -> None:
    mixed = CREDENTIALS["OAUTH"] | CREDENTIALS["BASIC"]
    security = {"authId": "own", "type": "BASIC", "credentials": mixed}
    assert ask("POST", PROFILES, {"profileId": "new-hook", "security": security}).status == 201
    kept = next(one for one in ask.sandbox.dump()["securities"] if one["authId"] == "own")
    assert kept["credentials"] == CREDENTIALS["BASIC"]


@pytest.mark.parametrize(
    ("change", "property_"),
    [
        ({"webhook": {}}, "webhook.notifyUrl"),
        ({"webhook": {"notifyUrl": "x" * 513}}, "webhook.notifyUrl"),
        ({"webhook": {"notifyUrl": "x", "contentType": "x" * 256}}, "webhook.contentType"),
        ({"webhook": "https://new.example/"}, "webhook"),
        ({"security": {}}, "security.authId"),
        ({"security": {"authId": "nobody"}}, "security.authId"),
        ({"security": {"authId": "a b"}}, "security.authId"),
        ({"clientCertificateId": "x" * 256}, "clientCertificateId"),
        ({"maxBucketSize": 0}, "maxBucketSize"),
        ({"maxBucketSize": 2001}, "maxBucketSize"),
        ({"windowSize": 19}, "windowSize"),
        ({"windowSize": 10_001}, "windowSize"),
        ({"connectTimeout": 299}, "connectTimeout"),
        ({"connectTimeout": 30_001}, "connectTimeout"),
        ({"readTimeout": 999}, "readTimeout"),
        ({"readTimeout": 90_001}, "readTimeout"),
        ({"rateLimit": 0}, "rateLimit"),
        ({"rateLimit": 5001}, "rateLimit"),
        ({"enabledSSLProtocols": ["TLSv1.1"]}, "enabledSSLProtocols[0]"),
        ({"enabledSSLProtocols": ["TLSv1.3", "TLSv1.3"]}, "enabledSSLProtocols[1]"),
        ({"enabledSSLProtocols": "TLSv1.3"}, "enabledSSLProtocols"),
        ({"headers": {"X": 1}}, "headers.X"),
        ({"responseRegex": 1}, "responseRegex"),
    ],
)
def test_limits_of_the_documents(ask: Asker, change: dict[str, Any], property_: str) -> None:
    """New and changed ones have the same."""
    before = ask.sandbox.dump()
    for method, path in (("POST", PROFILES), ("PUT", f"{PROFILES}/main-hook")):
        refused = ask(method, path, {**WHOLE, **change})
        assert (refused.status, set(refused.violations())) == (400, {property_})
    assert ask.sandbox.dump() == before


@pytest.mark.parametrize("id_", [None, "", "a b", "a/b", "é", "x" * 256, 5])
def test_ids_that_no_profile_has(ask: Asker, id_: object) -> None:
    refused = ask("POST", PROFILES, {**WHOLE, "profileId": id_})
    assert (refused.status, set(refused.violations())) == (400, {"profileId"})


def test_security_that_is_there_is_not_defined_again(ask: Asker) -> None:
    before = ask.sandbox.dump()
    security = {"authId": "hook-login", "type": "BASIC", "credentials": CREDENTIALS["BASIC"]}
    refused = ask("POST", PROFILES, {**WHOLE, "security": security})
    assert (refused.status, set(refused.violations())) == (400, {"security.authId"})
    assert ask.sandbox.dump() == before


def test_pages_of_twenty_and_of_a_hundred_at_most(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(seed="empty"))
    ids = [f"p{at}" for at in range(21)]
    for id_ in ids:
        assert ask("POST", PROFILES, {"profileId": id_}).status == 201
    for query, found in (("", ids[:20]), ("?page=1", ids[20:]), ("?size=100", ids)):
        assert [one["profileId"] for one in ask("GET", PROFILES + query).results()] == found
    for query in ("size=101", "size=0", "page=-1"):
        assert ask("GET", f"{PROFILES}?{query}").status == 400


def test_a_change_takes_security_by_its_id_only(ask: Asker) -> None:
    security = {"authId": "hook-login", "type": "HMAC", "credentials": CREDENTIALS["HMAC"]}
    changed = ask("PUT", f"{PROFILES}/retail-hook", {"security": security, "profileId": "other"})
    assert changed.json() == {"profileId": "retail-hook", "security": {"authId": "hook-login"}}
    (kept,) = ask.sandbox.dump()["securities"]
    assert kept["type"] == "BASIC"


def test_a_change_is_a_change_for_its_subscriptions(ask: Asker) -> None:
    assert ask("GET", f"{SMS}/pin-delivery").json()["profile"] == MAIN
    assert ask("PUT", f"{PROFILES}/main-hook", {}).status == 200
    assert ask("GET", f"{SMS}/pin-delivery").json()["profile"] == {"profileId": "main-hook"}


@pytest.mark.parametrize("choice", ["replace", "merge"])
def test_what_a_change_leaves_out(open_it: OpenIt, ask_at: AskAt, choice: str) -> None:
    ask = ask_at(open_it(rules={"subscription-put": choice}))
    ask("POST", PROFILES, WHOLE)
    sent: dict[str, Any] = {"webhook": {"notifyUrl": "https://other.example/"}, "windowSize": 20}
    answered = ask("PUT", f"{PROFILES}/new-hook", {**sent, "headers": None}).json()
    wanted = {"replace": {"profileId": "new-hook"} | sent, "merge": WHOLE | sent}[choice]
    assert ask("GET", f"{PROFILES}/new-hook").json() == wanted
    assert answered == {name: wanted[name] for name in ("profileId", "security") if name in wanted}

    before = ask("GET", f"{SMS}/pin-delivery").json()
    change: dict[str, Any] = {"events": ["CLICK"], "profile": {"profileId": "new-hook"}, "users": ["ann"]}
    assert ask("PUT", f"{SMS}/pin-delivery", change).status == 200
    after = ask("GET", f"{SMS}/pin-delivery").json()
    assert (after["events"], after["users"]) == (["CLICK"], ["ann"])
    assert (after.get("name") == before["name"]) == (choice == "merge")
    assert (after.get("criteria") == before["criteria"]) == (choice == "merge")
    found = ask("GET", f"{SMS}?applicationId=one-time-pin&user=ann").results()
    assert bool(found) == (choice == "merge")


def test_deleted_shows_ids_and_leaves_its_security(ask: Asker) -> None:
    ask("POST", PROFILES, WHOLE)
    deleted = ask("DELETE", f"{PROFILES}/new-hook")
    assert (deleted.status, deleted.json()) == (200, MAIN | {"profileId": "new-hook"})
    assert ask("DELETE", f"{PROFILES}/new-hook").status == 404
    assert ask("GET", f"{PROFILES}/new-hook").status == 404
    assert [one["authId"] for one in ask.sandbox.dump()["securities"]] == ["hook-login"]


@pytest.mark.parametrize(("choice", "status"), [("refused", 400), ("cascade", 200)])
def test_a_profile_that_subscriptions_have(open_it: OpenIt, ask_at: AskAt, choice: str, status: int) -> None:
    ask = ask_at(open_it(rules={"profile-in-use": choice}))
    before = ask.sandbox.dump()
    assert ask("DELETE", f"{PROFILES}/main-hook").status == status
    after = ask.sandbox.dump()
    if choice == "refused":
        assert after == before
        return
    left = [one for one in before["subscriptions"] if one["profile"]["profileId"] != "main-hook"]
    assert (after["subscriptions"], len(left)) == (left, 1)
    assert ask("GET", f"{SMS}?applicationId=marketing").results() == []
    assert [one["profileId"] for one in after["profiles"]] == ["retail-hook"]


def test_one_that_no_subscription_has_any_more_can_go(ask: Asker) -> None:
    other = {"events": [], "profile": {"profileId": "main-hook"}}
    assert ask("DELETE", f"{PROFILES}/retail-hook").status == 400
    assert ask("PUT", "/subscriptions/1/subscription/WHATSAPP/retail-chat", other).status == 200
    assert ask("DELETE", f"{PROFILES}/retail-hook").status == 200


@pytest.mark.parametrize("choice", ["400", "409"])
@pytest.mark.parametrize(
    ("path", "field", "body"),
    [
        (PROFILES, "profileId", {"profileId": "main-hook"}),
        (SMS, "subscriptionId", {"subscriptionId": "pin-delivery", "events": [], "profile": MAIN}),
    ],
)
def test_an_id_that_is_taken(
    open_it: OpenIt, ask_at: AskAt, choice: str, path: str, field: str, body: dict[str, Any]
) -> None:
    ask = ask_at(open_it(rules={"subscription-duplicate": choice}))
    before = ask.sandbox.dump()
    refused = ask("POST", path, body)
    assert refused.status == int(choice)
    assert set(refused.violations()) == ({field} if choice == "400" else set())
    assert ask.sandbox.dump() == before


@pytest.mark.parametrize("choice", ["accepted", "refused"])
def test_criteria_that_name_what_is_not_there(open_it: OpenIt, ask_at: AskAt, choice: str) -> None:
    ask = ask_at(open_it(rules={"criteria-unknown-ids": choice}))
    body = {
        "events": ["DELIVERY"],
        "criteria": [
            {"applicationId": "marketing", "entityId": "nobody", "callsConfigurationId": "nothing"},
            {"applicationId": "nothing"},
            {"entityId": "big-cola"},
        ],
        "profile": {"profileId": "main-hook"},
    }
    unknown = {"criteria[0].entityId", "criteria[1].applicationId"}
    for method, path, sent, success in (
        ("POST", SMS, {**body, "subscriptionId": "new"}, 201),
        ("PUT", f"{SMS}/pin-delivery", body, 200),
    ):
        answer = ask(method, path, sent)
        if choice == "accepted":
            assert answer.status == success
        else:
            assert (answer.status, set(answer.violations())) == (400, unknown)


@pytest.mark.parametrize(("choice", "shown"), [("as-sent", None), ("filled", "application/json")])
def test_a_content_type_that_nobody_gave(
    open_it: OpenIt, ask_at: AskAt, choice: str, shown: str | None
) -> None:
    ask = ask_at(open_it(rules={"profile-content-type": choice}))
    ask("POST", PROFILES, {"profileId": "xml", "webhook": {"notifyUrl": "x", "contentType": "text/xml"}})
    ask("POST", PROFILES, {"profileId": "bare"})
    for profiles in (
        ask("GET", PROFILES).results(),
        [ask("GET", f"{PROFILES}/{id_}").json() for id_ in ("main-hook", "retail-hook", "xml", "bare")],
    ):
        types = [one["webhook"].get("contentType") if "webhook" in one else "no webhook" for one in profiles]
        assert types == [shown, shown, "text/xml", "no webhook"]


def test_every_effect_is_in_the_audit_log(ask: Asker) -> None:
    security = {"authId": "own", "type": "CUSTOM"}
    ask("POST", PROFILES, {"profileId": "new-hook", "security": security})
    ask("PUT", f"{PROFILES}/new-hook", {"windowSize": 20})
    ask("PUT", f"{PROFILES}/new-hook", {"windowSize": 20})
    ask("DELETE", f"{PROFILES}/new-hook")
    with ask.sandbox._state.transaction(writes=False) as db:
        log = db.execute("SELECT operation, kind, id FROM audit ORDER BY seq").fetchall()
    assert [tuple(row) for row in log] == [
        ("create-profile", "security setting", "own"),
        ("create-profile", "notification profile", "new-hook"),
        ("update-profile", "notification profile", "new-hook"),
        ("delete-profile", "notification profile", "new-hook"),
    ]
