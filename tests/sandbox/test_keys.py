"""Key management: defaults, what excludes what, links and what they bring into being, lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.sandbox.conftest import made_key, manage

from entitree.sandbox.account.kinds import ACCOUNT_ID

if TYPE_CHECKING:
    from tests.sandbox.conftest import AskAt, Asker, OpenIt

APPLICATIONS = "/provisioning/1/applications"
ENTITIES = "/provisioning/1/entities"
NOW = 1_725_184_800.0
"""2024-09-01T10:00:00Z."""
PAIR = {"applicationId": "marketing", "entityId": "big-cola"}


def names(ask: Asker, query: str = "") -> list[str]:
    page = manage(ask, "GET", query).json()
    return [one["name"] for one in page["apiKeys"]]


def refused(ask: Asker, method: str, path: str, body: object) -> set[str]:
    """The properties that are wrong; and nothing was done."""
    before = ask.sandbox.dump()
    answer = manage(ask, method, path, body)
    assert answer.status == 400, answer
    assert ask.sandbox.dump() == before
    return set(answer.violations())


def changed(ask: Asker, id_: str, **body: object) -> dict[str, Any]:
    answer = manage(ask, "PUT", f"/{id_}", body)
    assert answer.status == 200, answer
    assert answer.json() == manage(ask, "GET", f"/{id_}").json()
    shown: dict[str, Any] = answer.json()
    return shown


def test_a_key_as_it_was_made_is_got_and_listed(ask: Asker) -> None:
    key = made_key(ask, name="one", allowedIPs=["203.0.113.7"], platform=[PAIR], unknown=1)
    assert re.fullmatch("[0-9A-F]{32}", key["id"])
    assert re.fullmatch("[0-9a-f]{32}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", key["apiKeySecret"])
    assert manage(ask, "GET", f"/{key['id']}").json() == key
    assert manage(ask, "GET", "?name=one").json()["apiKeys"] == [key]
    (dumped,) = (one for one in ask.sandbox.dump()["keys"] if one["id"] == key["id"])
    assert dumped == {name: value for name, value in key.items() if name != "apiKeySecret"}


def test_ids_and_secrets_are_never_the_same(ask: Asker) -> None:
    keys = [made_key(ask, platform=[PAIR]) for _ in range(3)]
    assert len({key["id"] for key in keys}) == len({key["apiKeySecret"] for key in keys}) == 3
    assert len({key["platform"][0]["key"] for key in keys}) == 3


def test_a_new_key_is_enabled_whatever_is_sent(ask: Asker) -> None:
    assert made_key(ask, enabled=False)["enabled"] is True


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"name": None}, {"name"}),
        ({"name": ""}, {"name"}),
        ({"name": 1}, {"name"}),
        ({"accountId": "other"}, {"accountId"}),
        ({"allowedIPs": "203.0.113.7"}, {"allowedIPs"}),
        (
            {"allowedIPs": ["203.0.113.7", "x", 1, "203.0.113.0/33", ""]},
            {f"allowedIPs[{at}]" for at in range(1, 5)},
        ),
        ({"validFrom": "tomorrow"}, {"validFrom"}),
        ({"validFrom": "2025-01-01"}, {"validFrom"}),
        ({"validTo": "2025-02-30T00:00:00"}, {"validTo"}),
        ({"validTo": "9999-12-31T23:59:59-23:59"}, {"validTo"}),
        ({"validTo": 1}, {"validTo"}),
        ({"permissions": ["PUBLIC_API", "WEB_SDK"]}, {"permissions"}),
        ({"permissions": ["ALL"]}, {"permissions[0]"}),
        ({"permissions": [{}, "WEB_SDK", "WEB_SDK"]}, {"permissions[0]", "permissions[2]"}),
        ({"permissions": ["2FA_CLIENT"], "platform": [PAIR]}, {"permissions"}),
        ({"permissions": [], "platform": [PAIR]}, {"permissions"}),
        ({"scopeGuids": ["sms:manage", "sms:manage"]}, {"scopeGuids[1]"}),
        ({"scopeGuids": [1, {}]}, {"scopeGuids[0]", "scopeGuids[1]"}),
        ({"scopeGuids": ["sms:manage"], "platform": [PAIR]}, {"scopeGuids"}),
        ({"platform": PAIR}, {"platform"}),
        ({"platform": ["marketing"]}, {"platform[0]"}),
        ({"platform": [{"entityId": "big-cola"}]}, {"platform[0].applicationId"}),
        ({"platform": [{"applicationId": " "}]}, {"platform[0].applicationId"}),
        ({"platform": [{"applicationId": "x" * 256}]}, {"platform[0].applicationId"}),
        ({"platform": [{**PAIR, "entityId": ""}]}, {"platform[0].entityId"}),
        ({"platform": [{**PAIR, "action": "KEEP"}]}, {"platform[0].action"}),
        ({"platform": [PAIR, {**PAIR, "action": "FILL"}]}, {"platform[1].applicationId"}),
    ],
)
def test_what_is_wrong_is_said_all_at_once(ask: Asker, body: dict[str, object], wrong: set[str]) -> None:
    assert refused(ask, "POST", "", {"name": "made", **body}) == wrong
    if wrong != {"name"} or body["name"] is not None:
        assert refused(ask, "PUT", f"/{made_key(ask)['id']}", body) == wrong


def test_everything_wrong_is_said(ask: Asker) -> None:
    body = {"allowedIPs": ["x"], "platform": [{}], "permissions": ["x"], "enabled": "ignored"}
    wrong = {"name", "allowedIPs[0]", "platform[0].applicationId", "permissions[0]"}
    assert refused(ask, "POST", "", body) == wrong
    assert refused(ask, "PUT", f"/{made_key(ask)['id']}", {"enabled": "yes", "name": ""}) == {
        "enabled",
        "name",
    }


@pytest.mark.parametrize(
    ("dates", "wrong"),
    [
        ({"validFrom": "2024-09-01T00:00:00"}, set()),
        ({"validFrom": "2024-08-31T23:59:59"}, {"validFrom"}),
        ({"validTo": "2024-09-01T09:59:59"}, {"validTo"}),
        ({"validFrom": "2024-10-01T00:00:00", "validTo": "2024-09-30T00:00:00"}, {"validTo"}),
        ({"validFrom": "2026-01-01T00:00:00"}, {"validTo"}),
    ],
)
def test_a_new_key_is_for_the_future(
    open_it: OpenIt, ask_at: AskAt, dates: dict[str, str], wrong: set[str]
) -> None:
    for rule in ("checked", "free"):
        ask = ask_at(open_it(clock=lambda: NOW, rules={"key-dates": rule}))
        if wrong and rule == "checked":
            assert refused(ask, "POST", "", {"name": "made", **dates}) == wrong
        else:
            assert made_key(ask, **dates).items() >= dates.items()


def test_dates_may_have_a_zone_and_are_shown_without(ask: Asker) -> None:
    key = made_key(ask)
    for sent in ("2030-05-01T12:00:00.250+02:00", "2030-05-01T10:00:00Z", "2030-05-01T10:00:00.000+0000"):
        assert changed(ask, key["id"], validTo=sent)["validTo"] == "2030-05-01T10:00:00"


def test_a_leap_day_has_a_year_too(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(clock=lambda: 1_709_164_800.0))
    key = made_key(ask)
    assert (key["validFrom"], key["validTo"]) == ("2024-02-29T00:00:00", "2025-02-28T00:00:00")


def test_what_is_not_sent_stays(ask: Asker) -> None:
    key = made_key(ask, allowedIPs=["127.0.0.1"], permissions=["2FA_CLIENT"], scopeGuids=["sms:manage"])
    changes: list[dict[str, Any]] = [
        {"name": "other"},
        {"enabled": False},
        {"validFrom": "2025-01-01T00:00:00"},
        {"validTo": "2024-01-01T00:00:00"},
        {"allowedIPs": ["203.0.113.0/24"]},
        {"permissions": ["WEB_SDK"]},
        {"scopeGuids": []},
        {"accountId": ACCOUNT_ID},
        {"name": None, "permissions": None, "platform": None},
        {},
    ]
    for change in changes:
        key |= {name: value for name, value in change.items() if value is not None}
        assert changed(ask, key["id"], **change) == key


def test_no_permissions_are_the_default_ones(ask: Asker) -> None:
    key = made_key(ask, permissions=["WEB_SDK"])
    assert changed(ask, key["id"], permissions=[])["permissions"] == ["PUBLIC_API"]


def test_what_a_link_names_is_made(ask: Asker) -> None:
    links = [
        {"applicationId": "new", "entityId": "one"},
        {"applicationId": "new", "entityId": "two", "action": "FILL"},
        {"applicationId": "default"},
        {"applicationId": "marketing", "entityId": "three", "action": "FORCE"},
    ]
    shown = made_key(ask, platform=links)["platform"]
    assert [{name: value for name, value in one.items() if name != "key"} for one in shown] == links
    assert ask("GET", f"{APPLICATIONS}/new").json() == {"applicationId": "new"}
    found = [one["entityId"] for one in ask("GET", ENTITIES).results()]
    assert found[-3:] == ["one", "two", "three"]
    with ask.sandbox._state.transaction(writes=False) as db:
        audit = db.execute("SELECT operation, kind, id FROM audit ORDER BY seq").fetchall()
    assert [tuple(row) for row in audit[:4]] == [
        ("create-api-key", "application", "new"),
        ("create-api-key", "entity", "one"),
        ("create-api-key", "entity", "two"),
        ("create-api-key", "entity", "three"),
    ]
    assert audit[4]["kind"] == "API key"


@pytest.mark.parametrize(("rule", "alias"), [("none", {}), ("id", {"entityName": "new"})])
def test_what_a_link_makes_may_have_an_alias(
    open_it: OpenIt, ask_at: AskAt, rule: str, alias: dict[str, str]
) -> None:
    ask = ask_at(open_it(rules={"linked-id-alias": rule}))
    made_key(ask, platform=[{"applicationId": "default", "entityId": "new"}])
    assert ask("GET", f"{ENTITIES}/new").json() == {"entityId": "new", **alias}


@pytest.mark.parametrize("rules", [{"recreation": "refused"}, {"most-objects": "1000"}])
def test_what_cannot_be_made_cannot_be_linked(open_it: OpenIt, ask_at: AskAt, rules: dict[str, str]) -> None:
    ask = ask_at(open_it(seed="scale:1000", rules=rules))
    assert ask("POST", ENTITIES, {"entityId": "gone"}).status == (400 if "most-objects" in rules else 201)
    ask("DELETE", f"{ENTITIES}/gone")
    body = {"name": "x", "platform": [{"applicationId": "new"}, {"applicationId": "new", "entityId": "gone"}]}
    assert refused(ask, "POST", "", body) == {"platform[1].entityId"}


def test_a_link_has_the_accounts_spelling(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(rules={"id-case": "insensitive"}))
    (link,) = made_key(ask, platform=[{"applicationId": "Marketing", "entityId": "BIG-COLA"}])["platform"]
    assert (link["applicationId"], link["entityId"]) == ("marketing", "big-cola")


def test_links_are_replaced_as_a_whole_and_what_stays_keeps_its_key(ask: Asker) -> None:
    first, second = made_key(ask, platform=[PAIR, {"applicationId": "staging"}])["platform"]
    (key,) = manage(ask, "GET", "?name=made").json()["apiKeys"]
    links = changed(ask, key["id"], platform=[{"applicationId": "default"}, {**PAIR, "action": "FILL"}])
    assert [link["applicationId"] for link in links["platform"]] == ["default", "marketing"]
    assert links["platform"][1] == {**first, "action": "FILL"}
    again = changed(ask, key["id"], platform=[{"applicationId": "staging"}])
    assert again["platform"][0]["key"] != second["key"]


def test_linking_takes_permissions_and_scopes(ask: Asker) -> None:
    key = made_key(ask, permissions=["WEB_SDK"], scopeGuids=["sms:manage"])
    linked = changed(ask, key["id"], platform=[PAIR])
    assert not {"permissions", "scopeGuids"} & linked.keys()
    unlinked = changed(ask, key["id"], platform=[])
    assert "platform" not in unlinked
    assert unlinked["permissions"] == ["PUBLIC_API"]
    assert "scopeGuids" not in unlinked, "of everything that is public"


def test_unlinking_may_come_with_permissions_and_scopes(ask: Asker) -> None:
    key = made_key(ask, platform=[PAIR])
    assert refused(ask, "PUT", f"/{key['id']}", {"permissions": []}) == {"permissions"}
    assert refused(ask, "PUT", f"/{key['id']}", {"scopeGuids": ["x"]}) == {"scopeGuids"}
    unlinked = changed(ask, key["id"], platform=[], permissions=["WEB_SDK"], scopeGuids=["sms:manage"])
    assert (unlinked["permissions"], unlinked["scopeGuids"]) == (["WEB_SDK"], ["sms:manage"])


def test_scopes_and_links_may_go_together_by_rule(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(rules={"key-scopes-with-links": "refused"}))
    body: dict[str, Any] = {"scopeGuids": ["sms:logs:read"], "platform": [PAIR]}
    assert refused(ask, "POST", "", {"name": "both", **body}) == {"scopeGuids"}
    ask = ask_at(open_it(rules={"key-scopes-with-links": "accepted"}))
    both = made_key(ask, **body)
    assert both["scopeGuids"] == body["scopeGuids"]
    secret = f"App {both['apiKeySecret']}"
    assert ask("GET", "/sms/3/logs", authorization=secret).status == 200
    assert ask("GET", "/messenger/1/logs", authorization=secret).status == 403
    assert changed(ask, both["id"], scopeGuids=["messenger:manage"])["platform"] == both["platform"]
    assert ask("GET", "/messenger/1/logs", authorization=secret).status == 200


def test_nothing_is_changed_by_the_same_again(ask: Asker) -> None:
    key = made_key(ask, platform=[PAIR])
    with ask.sandbox._state.transaction(writes=False) as db:
        before = db.execute("SELECT count(*) FROM audit").fetchone()[0]
    changed(ask, key["id"], name="made", platform=[PAIR])
    with ask.sandbox._state.transaction(writes=False) as db:
        assert db.execute("SELECT count(*) FROM audit").fetchone()[0] == before


def test_there_is_no_deletion(ask: Asker) -> None:
    key = made_key(ask)
    answer = manage(ask, "DELETE", f"/{key['id']}")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, PUT")


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize("id_", ["nothing", "c0de0000000000000000000000000001", "%F0%9F%8D%94"])
def test_an_unknown_key_is_not_found(ask: Asker, method: str, id_: str) -> None:
    before = ask.sandbox.dump()
    assert manage(ask, method, f"/{id_}", {"name": "x"} if method == "PUT" else None).status == 404
    assert ask.sandbox.dump() == before


def test_filters(ask: Asker) -> None:
    off, other = made_key(ask, name="off"), made_key(ask, name="off")
    manage(ask, "PUT", f"/{off['id']}", {"enabled": False})
    assert len(names(ask)) == 7
    assert names(ask, "?name=off") == ["off", "off"]
    assert names(ask, "?name=of") == names(ask, "?name=OFF") == []
    assert names(ask, "?name=off&enabled=false") == names(ask, "?enabled=false") == ["off"]
    assert len(names(ask, "?enabled=true")) == 6
    assert names(ask, f"?apiKeySecret={other['apiKeySecret']}") == ["off"]
    assert names(ask, "?apiKeySecret=wrong") == names(ask, "?accountId=other") == []
    assert len(names(ask, f"?accountId={ACCOUNT_ID}")) == 7


def test_order(ask: Asker) -> None:
    made_key(ask, name="A", validTo="2099-01-01T00:00:00")
    ids = [one["id"] for one in manage(ask, "GET").json()["apiKeys"]]
    assert ids == sorted(ids)
    backwards = manage(ask, "GET", "?orderDirection=desc").json()
    assert [one["id"] for one in backwards["apiKeys"]] == ids[::-1]
    assert names(ask, "?orderBy=name") == ["A", "Key1", "Key2", "Key3", "full", "limited"]
    assert names(ask, "?orderBy=NAME&orderDirection=DESC")[0] == "limited"
    assert names(ask, "?orderBy=validTo&orderDirection=desc")[0] == "A"
    paging = manage(ask, "GET", "?orderBy=NAME&orderDirection=DESC&size=4").json()["paging"]
    assert paging == {
        "page": 0,
        "pageSize": 4,
        "orderDirection": "desc",
        "orderBy": "name",
        "totalCount": 6,
        "totalPages": 2,
    }


def test_pages(ask: Asker) -> None:
    whole = names(ask)
    assert [names(ask, f"?size=2&page={page}") for page in range(4)] == [whole[:2], whole[2:4], whole[4:], []]
    assert names(ask, "?page=100") == []


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("page=-1", "page"),
        ("page=101", "page"),
        ("page=x", "page"),
        ("size=0", "size"),
        ("size=101", "size"),
        ("orderBy=secret", "orderBy"),
        ("orderBy=", "orderBy"),
        ("orderDirection=up", "orderDirection"),
        ("enabled=yes", "enabled"),
        ("enabled=", "enabled"),
    ],
)
def test_a_wrong_query(ask: Asker, query: str, wrong: str) -> None:
    answer = manage(ask, "GET", f"?{query}")
    assert answer.status == 400
    assert set(answer.violations()) == {wrong}


def test_forty_a_day_of_each(open_it: OpenIt, ask_at: AskAt) -> None:
    now = [NOW]
    ask = ask_at(open_it(limits=1.0, clock=lambda: now[0]))
    ids = []
    for _ in range(40):
        ids.append(made_key(ask)["id"])
        now[0] += 1
    assert manage(ask, "POST", body={"name": "one too many"}).status == 429
    for id_ in ids:
        assert manage(ask, "PUT", f"/{id_}", {"enabled": False}).status == 200
    assert manage(ask, "PUT", f"/{ids[0]}", {"enabled": True}).status == 429
    assert manage(ask, "GET", f"/{ids[0]}").status == 200
    now[0] += 86_400
    assert manage(ask, "POST", body={"name": "the next day"}).status == 200
