"""What a linked key may ask for: links, actions, and what becomes of links whose objects are gone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from tests.sandbox.conftest import made_key, manage, target

from entitree.api.operations import OPERATIONS, Access, ErrorShape
from entitree.sandbox.access.auth import Caller, Link
from entitree.sandbox.access.links import Pairs, condition, pairs_allowed
from entitree.sandbox.rules import Rules
from entitree.sandbox.wire.replies import ProblemError

if TYPE_CHECKING:
    from tests.sandbox.conftest import AskAt, Asker, OpenIt

    from entitree.api.operations import Operation

SHOP = Link("shop", None, None)
SHOP_COLA = Link("shop", "cola", None)
SHOP_BURGER = Link("shop", "burger", None)
PIN = Link("pin", None, None)
GONE = Link("shop", "gone", None, stands=False)


def linked(*links: Link) -> Caller:
    return Caller("app", "key test", None, links)


def acting(link: Link, action: str) -> Link:
    return Link(link.application, link.entity, action, link.stands)


@pytest.mark.parametrize("asked", [(None, None), ("shop", None), (None, "cola"), ("nobody", "no-one")])
def test_who_is_not_linked_gets_what_was_asked(asked: tuple[str | None, str | None]) -> None:
    assert pairs_allowed(Caller("app", "key full", None), *asked, Rules()) == (Pairs(*asked),)


@pytest.mark.parametrize(
    ("links", "asked", "allowed"),
    [
        # Everything that is linked, when nothing in particular was asked.
        ((SHOP_COLA, PIN), (None, None), [Pairs("shop", "cola"), Pairs("pin", None)]),
        # Of what was asked that which is linked.
        ((SHOP_COLA, SHOP_BURGER, PIN), ("shop", None), [Pairs("shop", "cola"), Pairs("shop", "burger")]),
        ((SHOP_COLA, PIN), (None, "cola"), [Pairs("shop", "cola"), Pairs("pin", "cola")]),
        ((SHOP_COLA,), ("shop", "cola"), [Pairs("shop", "cola")]),
        # The whole application holds the pair, too.
        ((SHOP, SHOP_COLA), ("shop", "cola"), [Pairs("shop", "cola")]),
        ((SHOP,), ("shop", "any"), [Pairs("shop", "any")]),
        # A link whose object is gone takes nothing from the others.
        ((GONE, PIN), (None, None), [Pairs("pin", None)]),
    ],
)
def test_limited_to_the_links(
    links: tuple[Link, ...], asked: tuple[str | None, str | None], allowed: list[Pairs]
) -> None:
    assert list(pairs_allowed(linked(*links), *asked, Rules())) == allowed


@pytest.mark.parametrize(
    ("links", "asked"),
    [
        ((SHOP_COLA,), ("pin", None)),
        ((SHOP_COLA,), ("shop", "burger")),
        ((SHOP_COLA,), (None, "burger")),
        ((SHOP_COLA,), ("pin", "cola")),
        ((GONE,), (None, None)),
        ((GONE,), ("shop", "gone")),
        ((GONE, PIN), ("shop", "gone")),
        # Left without any link a key is not left without limits.
        ((), (None, None)),
        ((), ("shop", None)),
    ],
)
def test_beyond_the_links(links: tuple[Link, ...], asked: tuple[str | None, str | None]) -> None:
    for status, rules in ((403, Rules()), (401, Rules({"linked-key-refusal": "401"}))):
        with pytest.raises(ProblemError) as refused:
            pairs_allowed(linked(*links), *asked, rules)
        assert refused.value.status == status


@pytest.mark.parametrize(
    ("links", "asked", "allowed"),
    [
        ((PIN, acting(SHOP_COLA, "FILL")), (None, None), Pairs("shop", "cola")),
        ((PIN, acting(SHOP_COLA, "FILL")), ("shop", None), Pairs("shop", "cola")),
        ((PIN, acting(SHOP, "FILL")), (None, "cola"), Pairs("shop", "cola")),
        # What contradicts it, or is complete, stays as it is.
        ((PIN, acting(SHOP_COLA, "FILL")), ("pin", None), Pairs("pin", None)),
        ((PIN, acting(SHOP_COLA, "FILL")), ("pin", "burger"), Pairs("pin", "burger")),
        # The first one that fits.
        ((acting(SHOP_COLA, "FILL"), acting(SHOP_BURGER, "FILL")), (None, None), Pairs("shop", "cola")),
        ((acting(SHOP_COLA, "FILL"), acting(SHOP_BURGER, "FILL")), (None, "burger"), Pairs("shop", "burger")),
        ((acting(SHOP_COLA, "FORCE"), PIN), (None, None), Pairs("shop", "cola")),
        ((PIN, acting(SHOP_COLA, "FORCE")), ("pin", None), Pairs("shop", "cola")),
        ((acting(SHOP_COLA, "FORCE"),), ("nobody", "no-one"), Pairs("shop", "cola")),
        ((acting(SHOP, "FORCE"),), ("pin", "cola"), Pairs("shop", "cola")),
    ],
)
@pytest.mark.parametrize("logs", ["limited", "must-filter"])
def test_actions_change_the_request(
    links: tuple[Link, ...], asked: tuple[str | None, str | None], allowed: Pairs, logs: str
) -> None:
    assert pairs_allowed(linked(*links), *asked, Rules({"linked-key-logs": logs})) == (allowed,)


@pytest.mark.parametrize("action", ["FILL", "FORCE"])
def test_what_is_put_in_must_be_there(action: str) -> None:
    with pytest.raises(ProblemError):
        pairs_allowed(linked(acting(GONE, action), SHOP, PIN), None, None, Rules())


@pytest.mark.parametrize(
    ("link", "application", "entity"),
    [
        (SHOP_COLA, None, None),
        (SHOP_COLA, "shop", None),
        (SHOP_COLA, None, "cola"),
        (SHOP, None, None),
        (SHOP, None, "cola"),
    ],
)
def test_a_filter_may_be_demanded(link: Link, application: str | None, entity: str | None) -> None:
    rules = Rules({"linked-key-logs": "must-filter"})
    with pytest.raises(ProblemError):
        pairs_allowed(linked(link), application, entity, rules)
    named = Pairs(link.application, link.entity)
    assert pairs_allowed(linked(link), named.application, named.entity, rules) == (named,)


def test_an_application_alone_may_cover_no_entity() -> None:
    rules = Rules({"application-link-covers": "no-entity"})
    alone = (Pairs("shop", None, without_entity=True),)
    assert pairs_allowed(linked(SHOP), None, None, rules) == alone
    assert pairs_allowed(linked(SHOP), "shop", None, rules) == alone
    assert pairs_allowed(linked(acting(SHOP, "FORCE")), "pin", "cola", rules) == alone
    for link, application in ((SHOP, "shop"), (acting(SHOP, "FILL"), None)):
        with pytest.raises(ProblemError):
            pairs_allowed(linked(link), application, "cola", rules)
    rules = Rules({"application-link-covers": "any-entity"})
    assert pairs_allowed(linked(SHOP), "shop", "cola", rules) == (Pairs("shop", "cola"),)


def test_ids_may_differ_in_case_by_rule() -> None:
    with pytest.raises(ProblemError):
        pairs_allowed(linked(SHOP_COLA), "Shop", "COLA", Rules())
    insensitive = Rules({"id-case": "insensitive"})
    assert pairs_allowed(linked(SHOP_COLA), "Shop", "COLA", insensitive) == (Pairs("shop", "cola"),)


@pytest.mark.parametrize(
    ("allowed", "seen"),
    [
        ([Pairs(None, None)], "abcde"),
        ([Pairs("shop", None)], "ab"),
        ([Pairs("shop", "cola")], "b"),
        ([Pairs(None, "cola")], "bd"),
        ([Pairs("shop", None, without_entity=True)], "a"),
        ([Pairs("shop", "cola"), Pairs("pin", None)], "bc"),
        ([Pairs("default", None)], "de"),
        ([Pairs("'", "cola")], ""),
    ],
)
def test_the_condition_finds_the_messages(allowed: list[Pairs], seen: str) -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE messages (name, application_id, entity_id)")
        db.executemany(
            "INSERT INTO messages VALUES (?, ?, ?)",
            [
                ("a", "shop", None),
                ("b", "shop", "cola"),
                ("c", "pin", None),
                ("d", None, "cola"),
                ("e", "default", None),
            ],
        )
        where, values = condition(allowed, Rules())
        # Beside another condition it keeps to itself.
        rows = db.execute(f"SELECT name FROM messages WHERE {where} AND name <> 'x' ORDER BY name", values)
        assert "".join(name for (name,) in rows) == seen


LOGS = "/sms/3/logs"
MARKETING = [("marketing", "big-cola"), ("marketing", "big-cola"), ("marketing", "mc-burger")]


def key_of_guide(ask: Asker, name: str) -> str:
    """Authorization by one of the guide's keys."""
    (key,) = manage(ask, "GET", f"?name={name}").json()["apiKeys"]
    return f"App {key['apiKeySecret']}"


def linked_key(ask: Asker, *links: dict[str, str]) -> tuple[str, str]:
    """Id of a new key, and authorization by it."""
    made = made_key(ask, platform=links)
    return str(made["id"]), f"App {made['apiKeySecret']}"


def seen(ask: Asker, authorization: str, query: str = "") -> list[tuple[str | None, str | None]] | int:
    """The pairs of the messages in the log, or the status of a refusal."""
    answer = ask("GET", f"{LOGS}{query}", authorization=authorization)
    if answer.status != 200:
        return answer.status
    found = [one.get("platform") or {} for one in answer.results()]
    return sorted((one.get("applicationId"), one.get("entityId")) for one in found)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_a_linked_key_is_closed_to_management(ask: Asker, operation: Operation) -> None:
    before = ask.sandbox.dump()
    answer = ask(operation.method, target(operation), {}, authorization=key_of_guide(ask, "Key1"))
    if operation.linked:
        assert answer.status == 200
    elif operation.access is not Access.OPEN:
        assert answer.status == 403
        assert ("errorCode" in answer.json()) == (operation.errors is ErrorShape.ERROR)
        assert ask.sandbox.dump() == before


@pytest.mark.parametrize("status", ["403", "401"])
def test_the_refusal_of_a_linked_key(open_it: OpenIt, ask_at: AskAt, status: str) -> None:
    ask = ask_at(open_it(rules={"linked-key-refusal": status}))
    key = key_of_guide(ask, "Key1")
    assert ask("GET", "/provisioning/1/entities", authorization=key).status == int(status)
    assert seen(ask, key, "?applicationId=production") == int(status)
    assert seen(ask, key) == MARKETING


def test_the_keys_of_the_guide_see_what_they_are_linked_to(ask: Asker) -> None:
    application, pair, entity = (key_of_guide(ask, f"Key{at}") for at in (1, 2, 3))
    assert seen(ask, application) == MARKETING
    assert seen(ask, application, "?applicationId=marketing&entityId=mc-burger") == MARKETING[2:]
    assert seen(ask, pair) == MARKETING[:2]
    assert seen(ask, pair, "?entityId=mc-burger") == 403
    assert seen(ask, entity) == seen(ask, entity, "?applicationId=marketing") == []
    assert seen(ask, f"App {ask.sandbox.api_key}") == sorted(
        [*MARKETING, ("one-time-pin", None), ("default", None)], key=str
    )


def test_of_all_links_what_was_asked(ask: Asker) -> None:
    _, key = linked_key(
        ask, {"applicationId": "marketing", "entityId": "mc-burger"}, {"applicationId": "default"}
    )
    assert seen(ask, key) == [("default", None), MARKETING[2]]
    assert seen(ask, key, "?applicationId=default") == [("default", None)]
    assert seen(ask, key, "?applicationId=one-time-pin") == 403


@pytest.mark.parametrize(("kind", "id_"), [("applications", "marketing"), ("entities", "big-cola")])
@pytest.mark.parametrize("action", [{}, {"action": "FILL"}, {"action": "FORCE"}])
def test_what_is_deleted_stays_linked_and_refused(
    ask: Asker, kind: str, id_: str, action: dict[str, str]
) -> None:
    pair = {"applicationId": "marketing", "entityId": "big-cola", **action}
    id_of_key, key = linked_key(ask, pair)
    assert seen(ask, key) == MARKETING[:2]
    assert ask("DELETE", f"/provisioning/1/{kind}/{id_}").status == 200
    shown = manage(ask, "GET", f"/{id_of_key}").json()
    assert shown["enabled"]
    assert shown["platform"][0].items() >= pair.items()
    for query in ("", "?applicationId=marketing", "?applicationId=marketing&entityId=big-cola"):
        assert seen(ask, key, query) == 403
    # Made again it starts empty, but is what the link names.
    body = {"applicationId": id_} if kind == "applications" else {"entityId": id_}
    assert ask("POST", f"/provisioning/1/{kind}", body).status == 201
    assert seen(ask, key) == MARKETING[:2]


def test_the_other_links_stand(ask: Asker) -> None:
    _, key = linked_key(ask, {"applicationId": "marketing"}, {"applicationId": "default"})
    ask("DELETE", "/provisioning/1/applications/marketing")
    assert seen(ask, key) == [("default", None)]
    assert seen(ask, key, "?applicationId=marketing") == 403


def test_a_key_without_a_link_left_is_never_one_for_everything(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(rules={"deletion-keys": "dropped"}))
    id_, key = linked_key(ask, {"applicationId": "marketing"})
    ask("DELETE", "/provisioning/1/applications/marketing")
    assert seen(ask, key) == 401
    enabled = manage(ask, "PUT", f"/{id_}", {"enabled": True}).json()
    assert (enabled["enabled"], enabled["platform"]) == (True, [])
    assert seen(ask, key) == 403
    assert ask("GET", "/provisioning/1/entities", authorization=key).status == 403
    # Only who asks for it makes it one.
    manage(ask, "PUT", f"/{id_}", {"platform": []})
    assert ask("GET", "/provisioning/1/entities", authorization=key).status == 200
