"""Signed in for a while: sessions and OAuth2 tokens, when they begin, end and refuse."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import httpx
import pytest
from tests.sandbox.conftest import basic

from entitree.sandbox.access import credentials

if TYPE_CHECKING:
    from tests.sandbox.conftest import Answer, AskAt, Asker, OpenIt

ENTITIES = "/provisioning/1/entities"
SESSION = "/auth/1/session"
TOKEN = "/auth/1/oauth2/token"
NOW = 1_725_184_800.0
MINUTE = 60.0


def sign_in(ask: Asker, *, address: str = "127.0.0.1", **more: object) -> str:
    body = {"username": ask.sandbox.user, "password": ask.sandbox.password, **more}
    answer = ask("POST", SESSION, body, authorization=None, address=address)
    assert answer.status == 200
    return str(answer.json()["token"])


def status(ask: Asker, token: str, *, path: str = ENTITIES, address: str = "127.0.0.1") -> int:
    return ask("GET", path, authorization=f"IBSSO {token}", address=address).status


def post_form(ask: Asker, **fields: str) -> Answer:
    sent = {"content-type": "application/x-www-form-urlencoded"}
    return ask("POST", TOKEN, urlencode(fields).encode(), authorization=None, headers=sent)


def grant(ask: Asker, **fields: str) -> Answer:
    box = ask.sandbox
    known = {"client_id": box.client_id, "client_secret": box.client_secret}
    return post_form(ask, **{**known, "grant_type": "client_credentials", **fields})


def test_a_session_may_do_what_its_user_may(ask: Asker) -> None:
    token = sign_in(ask)
    assert status(ask, token) == status(ask, token, path="/settings/2/api-keys") == 200
    with ask.sandbox._state.transaction(writes=True) as db:
        credentials.add_user(db, "reader", "secret", ["application-entity:manage"])
    limited = sign_in(ask, username="reader", password="secret")
    assert status(ask, limited) == 200
    assert status(ask, limited, path="/settings/2/api-keys") == 403


def test_a_session_ends(ask: Asker) -> None:
    token = sign_in(ask)
    answer = ask("DELETE", SESSION, authorization=f"IBSSO {token}")
    assert (answer.status, answer.body) == (200, b"")
    assert status(ask, token) == 401
    assert ask("DELETE", SESSION, authorization=f"IBSSO {token}").status == 401
    assert status(ask, sign_in(ask)) == 200


@pytest.mark.parametrize(("expiry", "used"), [("absolute", 401), ("idle", 200)])
def test_a_session_expires(open_it: OpenIt, ask_at: AskAt, expiry: str, used: int) -> None:
    now = [NOW]
    ask = ask_at(open_it(clock=lambda: now[0], rules={"session-expiry": expiry, "second-session": "another"}))
    token, left_alone = sign_in(ask), sign_in(ask)
    for minutes in (30, 59):
        now[0] = NOW + minutes * MINUTE
        assert status(ask, token) == 200
    now[0] = NOW + 60 * MINUTE
    assert status(ask, left_alone) == 401
    assert status(ask, token) == used


def test_what_is_refused_uses_the_session_too(open_it: OpenIt, ask_at: AskAt) -> None:
    now = [NOW]
    ask = ask_at(open_it(clock=lambda: now[0], rules={"session-expiry": "idle"}))
    token = sign_in(ask)
    for _ in range(3):
        now[0] += 59 * MINUTE
        assert status(ask, token, path=f"{ENTITIES}/nobody") == 404


def test_sessions_are_shared_and_kept_with_the_account(open_it: OpenIt, ask_at: AskAt) -> None:
    token = sign_in(ask_at(open_it()))
    assert status(ask_at(open_it()), token) == 200


def test_a_session_reads_many_times_at_once(ask: Asker) -> None:
    sent = {"authorization": f"IBSSO {sign_in(ask)}"}
    transport = httpx.ASGITransport(ask.sandbox.app)

    async def read() -> int:
        request = httpx.Request("GET", f"http://sandbox.test{ENTITIES}", headers=sent)
        return (await transport.handle_async_request(request)).status_code

    async def reads() -> set[int]:
        return set(await asyncio.gather(*(read() for _ in range(50))))

    assert asyncio.run(reads()) == {200}


def test_a_session_is_bound_to_an_address_unless_unsafe(ask: Asker) -> None:
    home, away = "203.0.113.7", "198.51.100.7"
    bound = sign_in(ask, address=home)
    assert [status(ask, bound, address=address) for address in (home, away)] == [200, 401]
    unsafe = sign_in(ask, address=home, unsafe=True)
    assert [status(ask, unsafe, address=address) for address in (home, away)] == [200, 200]
    assert status(ask, sign_in(ask, address=away, unsafe=False), address=home) == 401


@pytest.mark.parametrize(("rule", "same"), [("same", True), ("another", False)])
def test_a_second_session(open_it: OpenIt, ask_at: AskAt, rule: str, same: bool) -> None:
    now = [NOW]
    ask = ask_at(open_it(clock=lambda: now[0], rules={"second-session": rule}))
    first, second = sign_in(ask), sign_in(ask)
    assert (first == second) == same
    assert status(ask, first) == status(ask, second) == 200
    ask("DELETE", SESSION, authorization=f"IBSSO {first}")
    assert (status(ask, second) == 401) == same
    third = sign_in(ask)
    now[0] += 60 * MINUTE
    assert status(ask, third) == 401
    assert sign_in(ask) != third, "what has expired is not handed out again"


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"username", "password"}),
        ({"username": None, "password": "x"}, {"username"}),
        ({"username": 1, "password": "x"}, {"username"}),
        ({"username": "x", "password": ["x"], "unsafe": "yes"}, {"password", "unsafe"}),
    ],
)
def test_what_is_wrong_with_a_sign_in_is_said(ask: Asker, body: object, wrong: set[str]) -> None:
    refused = ask("POST", SESSION, body, authorization=None)
    assert refused.status == 400
    assert set(refused.violations()) == wrong


@pytest.mark.parametrize("rule", ["400", "401"])
def test_who_is_unknown_is_not_signed_in(open_it: OpenIt, ask_at: AskAt, rule: str) -> None:
    ask = ask_at(open_it(rules={"sign-in-refusal": rule}))
    user, password = ask.sandbox.user, ask.sandbox.password
    for name, secret in (("nobody", password), (user, "wrong"), (user, ""), ("", ""), (user, "ž")):
        answer = ask("POST", SESSION, {"username": name, "password": secret}, authorization=None)
        assert (answer.status, "token" in answer.json()) == (int(rule), False)
        answer = grant(ask, client_id=name, client_secret=secret)
        assert (answer.status, answer.json()["error"]) == (int(rule), "invalid_client")


def test_a_token_may_do_what_its_client_may(ask: Asker) -> None:
    reply = grant(ask).json()
    assert (reply["token_type"], reply["expires_in"]) == ("Bearer", 3600)
    token = f"Bearer {reply['access_token']}"
    for path in (ENTITIES, "/settings/2/api-keys"):
        assert ask("GET", path, authorization=token).status == 200
    with ask.sandbox._state.transaction(writes=True) as db:
        db.execute("INSERT INTO oauth_clients VALUES ('reader', 'secret', '[\"numbers:manage\"]')")
    token = f"Bearer {grant(ask, client_id='reader', client_secret='secret').json()['access_token']}"
    assert ask("GET", ENTITIES, authorization=token).status == 403


def test_user_and_password_are_a_client_too(ask: Asker) -> None:
    reply = grant(ask, client_id=ask.sandbox.user, client_secret=ask.sandbox.password).json()
    assert ask("GET", ENTITIES, authorization=f"Bearer {reply['access_token']}").status == 200


def test_a_client_is_no_user(ask: Asker) -> None:
    client = basic(ask.sandbox.client_id, ask.sandbox.client_secret)
    assert ask("GET", ENTITIES, authorization=client).status == 401


def test_a_token_expires_however_often_it_is_used(open_it: OpenIt, ask_at: AskAt) -> None:
    now = [NOW]
    ask = ask_at(open_it(clock=lambda: now[0]))
    token = f"Bearer {grant(ask).json()['access_token']}"
    for minutes, wanted in ((30, 200), (59, 200), (60, 401)):
        now[0] = NOW + minutes * MINUTE
        assert ask("GET", ENTITIES, authorization=token).status == wanted
    later = f"Bearer {grant(ask).json()['access_token']}"
    assert ask("GET", ENTITIES, authorization=later).status == 200


def test_tokens_are_good_beside_each_other(ask: Asker) -> None:
    tokens = [grant(ask).json()["access_token"] for _ in range(2)]
    assert len(set(tokens)) == 2
    assert {ask("GET", ENTITIES, authorization=f"Bearer {token}").status for token in tokens} == {200}


def test_a_token_is_asked_for_with_a_form(ask: Asker) -> None:
    body = {"client_id": ask.sandbox.client_id, "client_secret": ask.sandbox.client_secret}
    refused = ask("POST", TOKEN, {**body, "grant_type": "client_credentials"}, authorization=None)
    assert refused.status == 415
    nothing = ask("POST", TOKEN, authorization=None)
    for wrong in (nothing, post_form(ask, **body)):
        assert (wrong.status, wrong.json()["error"]) == (400, "invalid_request")
    # Published with a space at its end; there is nobody here who gives codes out.
    for known in ("authorization_code", "authorization_code "):
        assert grant(ask, grant_type=known, code="x").json()["error"] == "invalid_grant"
    assert grant(ask, grant_type="password").json()["error"] == "unsupported_grant_type"


def test_opening_again_keeps_the_client(open_it: OpenIt) -> None:
    one, other = open_it(), open_it()
    assert (one.client_id, one.client_secret) == (other.client_id, other.client_secret)
    assert one.client_id
