"""Who gets in, and how far."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from tests.sandbox.conftest import basic, made_key, manage, signed_in, target

from entitree.api.operations import OPERATIONS, Access, ErrorShape
from entitree.sandbox.access import credentials
from entitree.sandbox.account.schema import MIGRATIONS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandbox.conftest import AskAt, Asker, OpenIt

    from entitree.api.operations import Operation

ENTITIES = "/provisioning/1/entities"
NOW = 1_725_184_800.0
"""2024-09-01T10:00:00Z."""

CLOSED = [one for one in OPERATIONS.values() if one.access is not Access.OPEN]
FOR_KEYS = [one for one in OPERATIONS.values() if one.access is Access.ANY]
NOT_FOR_KEYS = [one for one in OPERATIONS.values() if one.access in (Access.NO_KEY, Access.SESSION)]


def gets_in(ask: Asker, secret: str, address: str = "127.0.0.1") -> bool:
    status = ask("GET", ENTITIES, authorization=f"App {secret}", address=address).status
    assert status in (200, 401)
    return status == 200


def test_key_and_user_may_do_everything(ask: Asker) -> None:
    sandbox = ask.sandbox
    for authorization in (
        f"App {sandbox.api_key}",
        f"app {sandbox.api_key}",
        basic(sandbox.user, sandbox.password),
    ):
        assert ask("GET", ENTITIES, authorization=authorization).status == 200


@pytest.mark.parametrize("operation", CLOSED, ids=lambda one: one.name)
def test_every_operation_asks_who_it_is(ask: Asker, operation: Operation) -> None:
    before = ask.sandbox.dump()
    refused = ask(operation.method, target(operation), {}, authorization=None)
    assert refused.status == 401
    if operation.errors is ErrorShape.EXCEPTION:
        assert refused.json() == {
            "requestError": {"serviceException": {"messageId": "UNAUTHORIZED", "text": "Unauthorized"}}
        }
    else:
        assert refused.json()["errorCode"] == "E401"
    assert ask.sandbox.dump() == before


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "App",
        "App ",
        "App wrong",
        "App  {key}",
        "App {key} ",
        "App {KEY}",
        "Bearer {key}",
        "Bearer",
        "IBSSO {key}",
        "IBSSO",
        "{key}",
        "Basic {key}",
        "Basic !",
        "Basic /w==",
        "Basic",
    ],
)
def test_nobody(ask: Asker, authorization: str) -> None:
    key = ask.sandbox.api_key
    sent = authorization.format(key=key, KEY=key.upper())
    assert ask.raw("GET", ENTITIES.encode(), headers=[(b"authorization", sent.encode())]).status == 401


def test_a_password_belongs_to_its_user(ask: Asker) -> None:
    user, password = ask.sandbox.user, ask.sandbox.password
    wrong = ((user, "x"), ("x", password), (user, ""), ("", ""), (user, password + ":"), (user, "ž\x00"))
    for pair in wrong:
        assert ask("GET", ENTITIES, authorization=basic(*pair)).status == 401


def test_two_headers_are_nobody(ask: Asker) -> None:
    sent = (b"authorization", f"App {ask.sandbox.api_key}".encode())
    assert ask.raw("GET", ENTITIES.encode(), headers=[sent, sent]).status == 401


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_the_limited_key_goes_as_far_as_its_scopes(ask: Asker, operation: Operation) -> None:
    answer = ask(operation.method, target(operation), {}, authorization=f"App {ask.sandbox.limited_key}")
    allowed = operation.access is Access.OPEN or (
        operation.access is Access.ANY and set(operation.scopes) & set(credentials.LIMITED_SCOPES)
    )
    assert (answer.status not in (401, 403)) == bool(allowed)
    if operation.scopes == ("application-entity:manage",):
        assert answer.json() == {
            "requestError": {"serviceException": {"messageId": "FORBIDDEN", "text": "Forbidden"}}
        }


@pytest.mark.parametrize("operation", FOR_KEYS, ids=lambda one: one.name)
def test_any_one_of_its_scopes_is_enough_for_an_operation(ask: Asker, operation: Operation) -> None:
    for scopes in ([operation.scopes[0]], ["other:manage", operation.scopes[-1]]):
        key = f"App {made_key(ask, scopeGuids=scopes)['apiKeySecret']}"
        assert ask(operation.method, target(operation), {}, authorization=key).status not in (401, 403)
    key = f"App {made_key(ask, scopeGuids=[])['apiKeySecret']}"
    assert ask(operation.method, target(operation), {}, authorization=key).status == 403


@pytest.mark.parametrize("operation", NOT_FOR_KEYS, ids=lambda one: one.name)
@pytest.mark.parametrize("status", ["403", "401"])
def test_keys_are_not_managed_by_keys(
    open_it: OpenIt, ask_at: AskAt, operation: Operation, status: str
) -> None:
    ask = ask_at(open_it(rules={"keys-by-key": status}))
    before = ask.sandbox.dump()
    refused = ask(operation.method, target(operation), {"name": "x"})
    assert refused.status == int(status)
    assert ("errorCode" in refused.json()) == (operation.errors is ErrorShape.ERROR)
    assert ask.sandbox.dump() == before
    good = signed_in(ask, operation)
    assert ask(operation.method, target(operation), {}, authorization=good).status not in (401, 403)


def test_a_session_is_ended_by_a_session(ask: Asker) -> None:
    user = basic(ask.sandbox.user, ask.sandbox.password)
    assert ask("DELETE", "/auth/1/session", authorization=user).status == 403


def test_users_have_scopes_too(ask: Asker) -> None:
    with ask.sandbox._state.transaction(writes=True) as db:
        credentials.add_user(db, "reader", "secret", ["application-entity:manage"])
    reader = basic("reader", "secret")
    assert ask("GET", ENTITIES, authorization=reader).status == 200
    assert ask("GET", "/settings/2/api-keys", authorization=reader).status == 403
    assert ask("GET", "/provisioning/2/sending-strategies", authorization=reader).status == 403


def test_a_disabled_key_is_nobody_until_it_is_enabled(ask: Asker) -> None:
    key = made_key(ask)
    for enabled in (True, False, True):
        assert manage(ask, "PUT", f"/{key['id']}", {"enabled": enabled}).status == 200
        assert gets_in(ask, key["apiKeySecret"]) == enabled


def test_a_key_has_its_time(open_it: OpenIt, ask_at: AskAt) -> None:
    now = [NOW]
    ask = ask_at(open_it(clock=lambda: now[0]))
    span = {"validFrom": "2024-09-02T00:00:00Z", "validTo": "2024-09-03T02:00:00+02:00"}
    secret = made_key(ask, **span)["apiKeySecret"]
    day, begin = 86_400.0, 1_725_235_200.0
    for moment, good in (
        (begin - 0.1, False),
        (begin, True),
        (begin + day - 0.1, True),
        (begin + day, False),
    ):
        now[0] = moment
        assert gets_in(ask, secret) == good


def test_a_new_key_is_good_at_once_and_for_a_year(open_it: OpenIt, ask_at: AskAt) -> None:
    now = [NOW + 0.9]
    ask = ask_at(open_it(clock=lambda: now[0]))
    secret = made_key(ask)["apiKeySecret"]
    for moment, good in ((NOW + 0.9, True), (NOW + 364 * 86_400, True), (NOW + 365 * 86_400 + 1, False)):
        now[0] = moment
        assert gets_in(ask, secret) == good


@pytest.mark.parametrize(
    ("allowed", "address", "good"),
    [
        (["203.0.113.7"], "203.0.113.7", True),
        (["203.0.113.7"], "203.0.113.70", False),
        (["198.51.100.1", "203.0.113.0/24"], "203.0.113.255", True),
        (["203.0.113.9/24"], "203.0.113.1", True),
        (["203.0.113.0/24"], "203.0.112.1", False),
        (["2001:db8::/32"], "2001:db8::1", True),
        (["2001:db8::/32"], "203.0.113.7", False),
        (["0.0.0.0/0"], "2001:db8::1", False),
        (["0.0.0.0/0"], "unix", False),
    ],
)
def test_a_key_has_its_places(ask: Asker, allowed: list[str], address: str, good: bool) -> None:
    key = made_key(ask, allowedIPs=allowed)
    assert key["allowedIPs"] == allowed
    assert gets_in(ask, key["apiKeySecret"], address) == good
    everywhere = made_key(ask)
    assert gets_in(ask, everywhere["apiKeySecret"], address)


@pytest.mark.parametrize(("rule", "good"), [("anywhere", True), ("nowhere", False)])
def test_no_places_are_all_or_none(open_it: OpenIt, ask_at: AskAt, rule: str, good: bool) -> None:
    ask = ask_at(open_it(rules={"key-empty-addresses": rule}))
    key = made_key(ask, allowedIPs=["203.0.113.7"])
    assert manage(ask, "PUT", f"/{key['id']}", {"allowedIPs": []}).status == 200
    assert gets_in(ask, key["apiKeySecret"]) == good


@pytest.mark.parametrize(
    ("permissions", "status"),
    [
        (["PUBLIC_API"], 200),
        (["2FA_CLIENT", "PUBLIC_API"], 200),
        ([], 200),
        (["WEB_SDK"], 403),
        (["2FA_CLIENT"], 403),
    ],
)
def test_the_public_api_is_a_permission(ask: Asker, permissions: list[str], status: int) -> None:
    key = made_key(ask, permissions=permissions)
    assert ask("GET", ENTITIES, authorization=f"App {key['apiKeySecret']}").status == status


def test_an_empty_account_has_no_limited_key(open_it: OpenIt) -> None:
    assert open_it(seed="empty").limited_key is None


def test_a_given_key_is_good_and_kept(open_it: OpenIt, ask_at: AskAt) -> None:
    given = open_it(api_key="given-key")
    assert given.api_key == "given-key"
    again = open_it()
    assert again.api_key == "given-key"
    later = open_it(api_key="later-key")
    assert later.api_key == "later-key"
    for key in ("given-key", "later-key"):
        assert ask_at(again)("GET", ENTITIES, authorization=f"App {key}").status == 200


def test_the_accounts_own_keys_are_ordinary_ones(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it())
    (full,) = manage(ask, "GET", f"?apiKeySecret={ask.sandbox.api_key}").json()["apiKeys"]
    assert manage(ask, "PUT", f"/{full['id']}", {"name": "renamed", "enabled": False}).status == 200
    assert made_key(ask, name="full")["apiKeySecret"] != ask.sandbox.api_key
    assert not gets_in(ask, ask.sandbox.api_key)
    assert open_it().api_key == ask.sandbox.api_key


def test_an_older_account_keeps_its_keys_and_gets_a_client(
    open_it: OpenIt, ask_at: AskAt, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "state.db")) as db:
        db.executescript(MIGRATIONS[0])
        db.executescript(
            """
            INSERT INTO account VALUES ('admin_key', 'old-admin');
            INSERT INTO api_keys (name, secret, scopes) VALUES
                ('full', 'old-full', NULL), ('limited', 'old-limited', '["message:send"]');
            INSERT INTO users (name, password) VALUES ('sandbox', 'old');
            PRAGMA application_id = 0x656E7469;
            PRAGMA user_version = 1;
            """
        )
    ask = ask_at(open_it())
    box = ask.sandbox
    assert (box.api_key, box.limited_key, box.password) == ("old-full", "old-limited", "old")
    assert gets_in(ask, "old-full")
    assert ask("GET", ENTITIES, authorization="App old-limited").status == 403
    keys = [(one["name"], one["enabled"]) for one in manage(ask, "GET").json()["apiKeys"]]
    assert keys == [("full", True), ("limited", True)]
    assert box.client_id
    assert box.client_secret


def every_secret(sandbox: Any) -> list[str]:  # noqa: ANN401 - read by names
    names = ("api_key", "limited_key", "password", "client_secret", "admin_key")
    return [getattr(sandbox, name) for name in names]


def test_secrets_are_different_in_every_account(open_it: OpenIt, tmp_path: Path) -> None:
    one, other = open_it(), open_it(state=tmp_path / "other.db")
    assert len({*every_secret(one), *every_secret(other)}) == 10


def test_no_secret_is_shown(ask: Asker) -> None:
    listed = manage(ask, "GET").json()["apiKeys"]
    made = made_key(ask)
    manage(ask, "PUT", f"/{made['id']}", {"name": "other"})
    secrets = {*every_secret(ask.sandbox), made["apiKeySecret"], *(one["apiKeySecret"] for one in listed)}
    with ask.sandbox._state.transaction(writes=False) as db:
        audit = repr([tuple(row) for row in db.execute("SELECT * FROM audit").fetchall()])
    assert made["id"] in audit
    for place in (repr(ask.sandbox), repr(ask.sandbox.dump()), audit):
        assert not [secret for secret in secrets if secret in place]
