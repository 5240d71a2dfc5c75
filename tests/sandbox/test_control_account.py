"""The whole account: looked at, told effect by effect, begun anew."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.sandbox.conftest import Exchange, basic, golden
from tests.sandbox.control import control, effects
from tests.sandbox.replay import replayed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandbox.conftest import AskAt, Asker, OpenIt

APPLICATIONS = "/provisioning/1/applications"
ENTITIES = "/provisioning/1/entities"
ASSOCIATIONS = "/provisioning/1/associations"


@pytest.mark.parametrize("seed", ["empty", "docs", "demo"])
def test_the_state_is_the_dump_as_sorted_json(open_it: OpenIt, ask_at: AskAt, seed: str) -> None:
    ask = ask_at(open_it(seed=seed))
    ask("POST", ENTITIES, {"entityId": 'é\n"\\', "entityName": "東京 \U0001f600"})
    answer = control(ask, "GET", "state")
    assert answer.headers["content-type"] == "application/json"
    wanted = json.dumps(ask.sandbox.dump(), sort_keys=True, separators=(",", ":"))
    assert answer.body.decode() == wanted


def test_equal_accounts_have_equal_states(open_it: OpenIt, ask_at: AskAt, tmp_path: Path) -> None:
    one = ask_at(open_it(state=tmp_path / "one.db", clock=lambda: 1e9))
    other = ask_at(open_it(state=tmp_path / "other.db", clock=lambda: 2e9))
    for ask, ids in ((one, "ab"), (other, "ba")):
        for id_ in ids:
            ask("POST", ENTITIES, {"entityId": id_})
    assert control(one, "GET", "state").body == control(other, "GET", "state").body
    one("DELETE", f"{ENTITIES}/a")
    assert control(one, "GET", "state").body != control(other, "GET", "state").body


def test_every_effect_is_told(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(clock=lambda: 1_700_000_000.5))
    ask("POST", ENTITIES, {"entityId": "new"})
    ask("PUT", f"{ENTITIES}/new", {"entityName": "New"})
    ask("PUT", f"{ENTITIES}/new", {"entityName": "New"})
    user = basic(ask.sandbox.user, ask.sandbox.password)
    ask("DELETE", f"{ENTITIES}/new", authorization=user)
    shared = {"time": 1_700_000_000.5, "object": {"kind": "entity", "id": "new"}}
    by_key = {**shared, "key": "key full"}
    assert effects(ask) == [
        {**by_key, "sequence": 1, "operation": "create-entity", "before": None, "after": {"entityId": "new"}},
        {
            **by_key,
            "sequence": 2,
            "operation": "modify-entity",
            "before": {"entityId": "new"},
            "after": {"entityId": "new", "entityName": "New"},
        },
        {
            **shared,
            "key": "user sandbox",
            "sequence": 3,
            "operation": "delete-entity",
            "before": {"entityId": "new", "entityName": "New"},
            "after": None,
        },
    ]


def test_what_was_refused_is_no_effect(ask: Asker) -> None:
    for method, target, body in (
        ("POST", ENTITIES, {"entityId": "big-cola"}),
        ("DELETE", f"{ENTITIES}/nobody", None),
        ("GET", ENTITIES, None),
    ):
        ask(method, target, body)
    assert effects(ask) == []


def test_the_log_comes_in_portions(ask: Asker) -> None:
    for number in range(25):
        ask("POST", ENTITIES, {"entityId": f"new-{number}"})
    whole = effects(ask)
    assert [one["sequence"] for one in whole] == list(range(1, 26))
    first = control(ask, "GET", "audit?since=0&limit=10").json()
    assert (len(first["entries"]), first["last"], first["more"]) == (10, 10, True)
    last = control(ask, "GET", "audit?since=15&limit=10").json()
    assert (len(last["entries"]), last["last"], last["more"]) == (10, 25, False)
    assert control(ask, "GET", "audit?since=25").json() == {"entries": [], "last": 25, "more": False}
    assert effects(ask, limit=7) == whole


def test_a_million_effects_do_not_come_at_once(ask: Asker) -> None:
    with ask.sandbox._state.transaction(writes=True) as db:
        db.executemany(
            "INSERT INTO audit (at, key, operation, kind, id) VALUES (0, '', '', 'entity', ?)",
            [(str(number),) for number in range(1500)],
        )
    page = control(ask, "GET", "audit").json()
    assert (len(page["entries"]), page["more"]) == (1000, True)


@pytest.mark.parametrize("query", ["since=x", "since=-1", "limit=0", "limit=10001", "limit=", "since=%FF"])
def test_portions_there_are_none_of(ask: Asker, query: str) -> None:
    assert control(ask, "GET", f"audit?{query}").status == 400


@pytest.mark.parametrize(
    "exchange", [one for one in golden() if one.status < 300], ids=lambda one: one.operation
)
def test_the_log_tells_all_that_an_operation_did(open_it: OpenIt, ask_at: AskAt, exchange: Exchange) -> None:
    ask = ask_at(open_it(rules=exchange.rules, clock=lambda: exchange.now))
    before = ask.sandbox.dump()
    assert exchange.asked_of(ask).status == exchange.status
    assert replayed(before, effects(ask)) == ask.sandbox.dump()


def test_the_log_tells_all_of_a_deletion(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(seed="demo"))
    before = ask.sandbox.dump()
    for kind, collection in (("application", APPLICATIONS), ("entity", ENTITIES)):
        for one in before["applications" if kind == "application" else "entities"][:8]:
            ask("DELETE", f"{collection}/{one[f'{kind}Id']}")
    assert ask.sandbox.dump() != before
    assert replayed(before, effects(ask)) == ask.sandbox.dump()


def test_a_reset_account_is_as_it_was_made(ask: Asker) -> None:
    before = ask.sandbox.dump()
    ask("DELETE", f"{ENTITIES}/big-cola")
    ask("POST", ENTITIES, {"entityId": "new"})
    assert control(ask, "POST", "reset").json()["seed"] == "docs"
    assert ask.sandbox.dump() == before


@pytest.mark.parametrize("seed", ["demo", "scale:50"])
def test_a_reset_to_another_seed(open_it: OpenIt, ask_at: AskAt, tmp_path: Path, seed: str) -> None:
    ask = ask_at(open_it(seed="docs"))
    assert control(ask, "POST", f"reset?seed={seed}").json()["seed"] == seed
    assert ask.sandbox.dump() == open_it(state=tmp_path / "other.db", seed=seed).dump()
    ask("DELETE", f"{ENTITIES}/{ask.sandbox.dump()['entities'][0]['entityId']}")
    control(ask, "POST", "reset")
    assert ask.sandbox.dump() == open_it(state=tmp_path / "other.db").dump(), "it is made from that one now"


@pytest.mark.parametrize("seed", ["nothing", "", "scale:0"])
def test_a_seed_that_is_none(ask: Asker, seed: str) -> None:
    ask("DELETE", f"{ENTITIES}/big-cola")
    before = ask.sandbox.dump()
    answer = control(ask, "POST", f"reset?seed={seed}")
    assert answer.status == 400
    assert "seed" in answer.json()["requestError"]["serviceException"]["text"]
    assert ask.sandbox.dump() == before


def test_what_lets_one_in_survives_a_reset(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(api_key="more"))
    box = ask.sandbox
    control(ask, "POST", "reset?seed=empty")
    token = ask(
        "POST",
        "/auth/1/oauth2/token",
        f"client_id={box.client_id}&client_secret={box.client_secret}&grant_type=client_credentials".encode(),
        authorization=None,
        headers={"content-type": "application/x-www-form-urlencoded"},
    ).json()["access_token"]
    for credential in ("App more", basic(box.user, box.password), f"Bearer {token}"):
        assert ask("GET", ENTITIES, authorization=credential).status == 200
    assert ask("GET", ENTITIES, authorization=f"App {box.limited_key}").status == 403
    again = open_it()
    assert (again.limited_key, again.password, again.admin_key) == (
        box.limited_key,
        box.password,
        box.admin_key,
    )


def test_a_key_that_was_disabled_and_renamed_is_good_after_a_reset(ask: Asker) -> None:
    user = basic(ask.sandbox.user, ask.sandbox.password)
    keys = ask("GET", "/settings/2/api-keys", authorization=user).json()["apiKeys"]
    (full,) = (one["id"] for one in keys if one["name"] == "full")
    changed = {"name": "renamed", "enabled": False}
    assert ask("PUT", f"/settings/2/api-keys/{full}", changed, authorization=user).status == 200
    assert ask("GET", ENTITIES).status == 401
    control(ask, "POST", "reset")
    assert ask("GET", ENTITIES).status == 200


def test_sessions_end_with_a_reset(ask: Asker) -> None:
    body = {"username": ask.sandbox.user, "password": ask.sandbox.password}
    session = f"IBSSO {ask('POST', '/auth/1/session', body, authorization=None).json()['token']}"
    assert ask("GET", ENTITIES, authorization=session).status == 200
    control(ask, "POST", "reset")
    assert ask("GET", ENTITIES, authorization=session).status == 401


def test_windows_and_buckets_are_empty_after_a_reset(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(limits=1.0, clock=lambda: 1e9))
    for target in (ENTITIES, "/numbers/1/numbers"):
        while ask("GET", target).status == 200:
            pass
        assert ask("GET", target).status == 429
    control(ask, "POST", "reset")
    for target in (ENTITIES, "/numbers/1/numbers"):
        assert ask("GET", target).status == 200


def test_rules_survive_a_reset(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(rules={"conflict-message-id": "ALREADY_EXISTS"}))
    control(ask, "POST", "reset")
    answer = ask("POST", ENTITIES, {"entityId": "big-cola"})
    assert answer.json()["requestError"]["serviceException"]["messageId"] == "ALREADY_EXISTS"


def test_the_log_goes_on_over_a_reset(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(clock=lambda: 5.0))
    before = ask.sandbox.dump()
    ask("POST", ENTITIES, {"entityId": "one"})
    answer = control(ask, "POST", "reset?seed=demo")
    assert answer.json() == {"seed": "demo", "sequence": 2}
    ask("POST", ENTITIES, {"entityId": "two"})
    entries = effects(ask)
    assert [one["sequence"] for one in entries] == [1, 2, 3]
    assert entries[1] == {
        "sequence": 2,
        "time": 5.0,
        "key": "admin",
        "operation": "reset",
        "object": {"kind": "account", "id": ""},
        "before": None,
        "after": {"seed": "demo"},
    }
    assert replayed(before, entries) == ask.sandbox.dump()


def test_an_account_that_was_reset_knows_nothing_of_what_was_deleted(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(rules={"recreation": "refused"}))
    ask("POST", ENTITIES, {"entityId": "new"})
    ask("DELETE", f"{ENTITIES}/new")
    assert ask("POST", ENTITIES, {"entityId": "new"}).status == 409
    control(ask, "POST", "reset")
    assert ask("POST", ENTITIES, {"entityId": "new"}).status == 201


def test_another_process_sees_a_reset_at_once(open_it: OpenIt, ask_at: AskAt) -> None:
    one, other = ask_at(open_it()), ask_at(open_it())
    assert other("POST", ENTITIES, {"entityId": "new"}).status == 201
    control(one, "POST", "reset")
    assert other("GET", f"{ENTITIES}/new").status == 404
    assert one.sandbox.dump() == other.sandbox.dump()


def test_messages_are_put_in(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(seed="empty"))
    before = ask.sandbox.dump()
    sent = {"channel": "SMS", "sender": "A", "destination": "385910000001", "entityId": "cola"}
    answer = control(ask, "POST", "traffic", {"sent": [sent]})
    (id_,) = answer.json()["messageIds"]
    assert {(one["key"], one["operation"]) for one in effects(ask)} == {("admin", "traffic")}
    assert [one["messageId"] for one in ask("GET", "/sms/1/reports").results()] == [id_]
    assert replayed(before, effects(ask)) == ask.sandbox.dump() != before
    refused = control(ask, "POST", "traffic", {"sent": [sent, {}]})
    assert refused.status == 400
    assert len(ask.sandbox.dump()["messages"]) == 1


def test_messages_of_a_seed_are_dated_once_more_by_a_reset(open_it: OpenIt, ask_at: AskAt) -> None:
    now = [1e9]
    ask = ask_at(open_it(clock=lambda: now[0]))
    recent = ask("GET", "/sms/3/logs").body
    now[0] += 30 * 86_400
    assert ask("GET", "/sms/3/logs").results() == []
    control(ask, "POST", "reset")
    assert len(ask("GET", "/sms/3/logs").results()) == len(json.loads(recent)["results"]) > 0
