"""What the documents leave open on deletion: every reading of each rule, and nothing else touched by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import AskAt, Asker, OpenIt

APPLICATIONS = "/provisioning/1/applications"
ENTITIES = "/provisioning/1/entities"
INBOUND = "/resource-management/1/inbound-message-configurations"
COLA = f"{ENTITIES}/big-cola"
COLA_PAIR = {"applicationId": "marketing", "entityId": "big-cola"}
NUMBER = "6F0C0D9E2B7A41D3A1F0000000000001"
DEFAULT: dict[str, Any] = {"applicationId": "default", "entityId": None}

Account = dict[str, list[dict[str, Any]]]


def deleted(ask: Asker) -> tuple[Account, Account]:
    """The account before and after the entity big-cola is deleted."""
    before = ask.sandbox.dump()
    assert ask("DELETE", COLA).status == 200
    return before, ask.sandbox.dump()


def names_cola(one: dict[str, Any]) -> bool:
    platform = one.get("platform", one)
    return isinstance(platform, dict) and platform.get("entityId") == "big-cola"


@pytest.mark.parametrize("choice", ["removed", "reset", "kept"])
def test_associations(open_it: OpenIt, ask_at: AskAt, choice: str) -> None:
    before, after = deleted(ask_at(open_it(rules={"deletion-associations": choice})))
    others = [one for one in before["associations"] if not names_cola(one)]
    named = [one for one in before["associations"] if names_cola(one)]
    reset = {(one["resourceType"], one["channel"], one["resourceId"], "default", None) for one in named}
    wanted = {
        "removed": identities(others),
        "reset": identities(others) | reset,
        "kept": identities(before["associations"]),
    }
    assert identities(after["associations"]) == wanted[choice]
    assert named


def identities(associations: list[dict[str, Any]]) -> set[tuple[str | None, ...]]:
    fields = ("resourceType", "channel", "resourceId", "applicationId", "entityId")
    return {tuple(one.get(field) for field in fields) for one in associations}


def test_an_association_that_is_reset_onto_another_is_one(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(rules={"deletion-associations": "reset"}))
    one = {"resourceType": "ALPHA", "channel": "SMS", "resourceId": "BigCola"}
    ask("POST", "/provisioning/1/associations", {**one, "applicationId": "default"})
    _, after = deleted(ask)
    assert sum(row["resourceId"] == "BigCola" for row in after["associations"]) == 1


@pytest.mark.parametrize("choice", ["removed", "kept"])
def test_strategies(open_it: OpenIt, ask_at: AskAt, choice: str) -> None:
    before, after = deleted(ask_at(open_it(rules={"deletion-strategies": choice})))
    gone = [one for one in before["strategies"] if one not in after["strategies"]]
    assert bool(gone) == (choice == "removed")
    assert all(names_cola(one) for one in gone)


@pytest.mark.parametrize("choice", ["whole", "prune", "kept"])
def test_subscriptions(open_it: OpenIt, ask_at: AskAt, choice: str) -> None:
    ask = ask_at(open_it(rules={"deletion-subscriptions": choice}))
    before, after = deleted(ask)
    left = {one["subscriptionId"]: one["criteria"] for one in after["subscriptions"]}
    criteria = {one["subscriptionId"]: one["criteria"] for one in before["subscriptions"]}
    named = {id_ for id_, found in criteria.items() if any(names_cola(one) for one in found)}
    assert named == {"marketing-delivery", "big-cola-mail"}
    if choice == "whole":
        assert left == {id_: found for id_, found in criteria.items() if id_ not in named}
    elif choice == "kept":
        assert left == criteria
    else:
        assert left == {id_: [one for one in found if not names_cola(one)] for id_, found in criteria.items()}
        assert left["big-cola-mail"] == []
        filtered = "/subscriptions/1/subscription/EMAIL?entityId=big-cola"
        assert ask("GET", filtered).results() == [], "it is found by what it still names alone"


@pytest.mark.parametrize(
    ("choice", "link"),
    [
        ("both", DEFAULT),
        ("half", {"applicationId": "marketing", "entityId": None}),
        ("kept", {"applicationId": "marketing", "entityId": "big-cola"}),
    ],
)
@pytest.mark.parametrize(("family", "id_"), [("numbers", "numberKey"), ("domains", "domainName")])
def test_resources(
    open_it: OpenIt, ask_at: AskAt, choice: str, link: dict[str, str | None], family: str, id_: str
) -> None:
    before, after = deleted(ask_at(open_it(rules={"deletion-numbers": choice})))
    wanted = {one[id_]: one | link if names_cola(one) else one for one in before[family]}
    assert {one[id_]: one for one in after[family]} == wanted
    assert any(names_cola(one) for one in before[family])


def test_half_of_a_numbers_link_when_the_application_goes(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(rules={"deletion-numbers": "half"}))
    assert ask("DELETE", f"{APPLICATIONS}/marketing").status == 200
    links = {one["number"]: (one["applicationId"], one["entityId"]) for one in ask.sandbox.dump()["numbers"]}
    assert links["385990000001"] == ("default", "big-cola")


@pytest.mark.parametrize(("choice", "status"), [("allowed", 200), ("refused", 400)])
def test_what_is_in_use(open_it: OpenIt, ask_at: AskAt, choice: str, status: int) -> None:
    ask = ask_at(open_it(rules={"deletion-in-use": choice}))
    ask("POST", ENTITIES, {"entityId": "unused"})
    before = ask.sandbox.dump()
    assert ask("DELETE", COLA).status == status
    assert (ask.sandbox.dump() == before) == (status == 400)
    assert ask("DELETE", f"{ENTITIES}/unused").status == 200


@pytest.mark.parametrize(("choice", "status"), [("allowed", 201), ("refused", 409)])
def test_the_same_id_once_more(open_it: OpenIt, ask_at: AskAt, choice: str, status: int) -> None:
    ask = ask_at(open_it(rules={"recreation": choice}))
    deleted(ask)
    assert ask("POST", ENTITIES, {"entityId": "big-cola"}).status == status
    assert ask("POST", ENTITIES, {"entityId": "another"}).status == 201
    assert ask("GET", "/provisioning/1/associations?entityId=big-cola").results() == []


@pytest.mark.parametrize("choice", ["kept", "dropped"])
def test_keys(open_it: OpenIt, ask_at: AskAt, choice: str) -> None:
    ask = ask_at(open_it(rules={"deletion-keys": choice}))
    pair, other = COLA_PAIR, {"applicationId": "staging"}
    with ask.sandbox._state.transaction(writes=True) as db:
        for id_, links in (("BOTH", (pair, other)), ("ONE", (pair,)), ("OTHER", (other,))):
            db.execute("INSERT INTO api_keys (id, name, secret, linked) VALUES (?, ?, ?, 1)", (id_, id_, id_))
            seq = db.execute("SELECT seq FROM api_keys WHERE id = ?", (id_,)).fetchone()[0]
            db.executemany(
                "INSERT INTO key_links (api_key, key, application_id, entity_id) VALUES (?, ?, ?, ?)",
                [(seq, str(at), one["applicationId"], one.get("entityId")) for at, one in enumerate(links)],
            )
    before, after = deleted(ask)
    keys = {one["id"]: one for one in after["keys"]}
    if choice == "kept":
        assert after["keys"] == before["keys"]
        return
    assert {id_: (keys[id_]["enabled"], len(keys[id_]["platform"])) for id_ in ("BOTH", "ONE", "OTHER")} == {
        "BOTH": (True, 1),
        "ONE": (False, 0),
        "OTHER": (True, 1),
    }
    assert "permissions" not in keys["ONE"], "it never becomes a key for everything"


@pytest.mark.parametrize("choice", ["reset", "removed", "kept"])
def test_inbound_configurations(open_it: OpenIt, ask_at: AskAt, choice: str) -> None:
    ask = ask_at(open_it(rules={"deletion-inbound": choice}))
    configured = {}
    for keyword, platform in (("COLA", COLA_PAIR), ("PIN", {"applicationId": "one-time-pin"})):
        body = {"channel": "SMS", "numberKey": NUMBER, "keyword": keyword, "platform": platform}
        configured[keyword] = ask("POST", INBOUND, body).json()
    _, after = deleted(ask)
    left = {one["keyword"]: one for one in after["inboundConfigurations"] if one.get("keyword") in configured}
    assert left["PIN"]["platform"] == {"applicationId": "one-time-pin"}
    if choice == "removed":
        assert "COLA" not in left
    else:
        reset = {"applicationId": "default"}
        assert left["COLA"]["platform"] == (COLA_PAIR if choice == "kept" else reset)
        assert left["COLA"]["configurationKey"] == configured["COLA"]["configurationKey"]
