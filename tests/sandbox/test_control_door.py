"""Who gets into the control plane, and what it says to all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.sandbox.control import control, go_wrong

if TYPE_CHECKING:
    from tests.sandbox.conftest import Answer, AskAt, Asker, OpenIt

ENTITIES = "/provisioning/1/entities"
STATE = "/_sandbox/state"


def said(answer: Answer) -> tuple[int, str]:
    """Status and messageId, which only the older shape has."""
    return answer.status, answer.json()["requestError"]["serviceException"]["messageId"]


def test_the_admin_key_opens_it(ask: Asker) -> None:
    assert control(ask, "GET", "state").status == 200


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Bearer",
        "Bearer wrong",
        "App {admin}",
        "Bearer {full}",
        "App {full}",
        "Bearer  {admin}",
        "{admin}",
        "Bearer \xe9",
    ],
)
def test_nothing_else_does(ask: Asker, authorization: str | None) -> None:
    if authorization is not None:
        authorization = authorization.format(admin=ask.sandbox.admin_key, full=ask.sandbox.api_key)
    sent = [] if authorization is None else [(b"authorization", authorization.encode("latin-1"))]
    assert said(ask.raw("GET", STATE.encode(), headers=sent)) == (401, "UNAUTHORIZED")


def test_two_keys_are_none(ask: Asker) -> None:
    right = (b"authorization", f"Bearer {ask.sandbox.admin_key}".encode())
    assert ask.raw("GET", STATE.encode(), headers=[right, right]).status == 401
    assert ask.raw("GET", STATE.encode(), headers=[right]).status == 200


def test_the_admin_key_opens_nothing_else(ask: Asker) -> None:
    for scheme in ("App", "Bearer"):
        assert ask("GET", ENTITIES, authorization=f"{scheme} {ask.sandbox.admin_key}").status == 401


@pytest.mark.parametrize(
    ("address", "status"),
    [
        *(("127.0.0.1", 200), ("127.8.9.1", 200), ("::1", 200), ("::ffff:127.0.0.1", 200)),
        *(("10.0.0.1", 403), ("::ffff:10.0.0.1", 403), ("2001:db8::1", 403), ("example", 403), ("", 403)),
    ],
)
def test_only_this_machine_gets_in(ask: Asker, address: str, status: int) -> None:
    key = f"Bearer {ask.sandbox.admin_key}"
    answer = ask("GET", STATE, authorization=key, address=address)
    assert answer.status == status
    if status == 403:
        assert said(answer) == (403, "FORBIDDEN")
        assert ask("GET", ENTITIES, address=address).status == 200, "the platform is another matter"


def test_who_may_not_get_in_learns_nothing(ask: Asker) -> None:
    assert ask("GET", "/_sandbox/nothing", address="10.0.0.1").status == 403
    assert ask("GET", "/_sandbox/nothing", authorization=None).status == 401
    assert ask("PATCH", STATE, authorization=None).status == 401


@pytest.mark.parametrize("name", ["", "nothing", "state/", "State", "%73tate", "state/x", "../state"])
def test_what_is_not_there(ask: Asker, name: str) -> None:
    sent = [(b"authorization", f"Bearer {ask.sandbox.admin_key}".encode())]
    assert said(ask.raw("GET", f"/_sandbox/{name}".encode(), headers=sent)) == (404, "NOT_FOUND")


@pytest.mark.parametrize("path", [b"/_sandbox", b"/%5Fsandbox/state", b"/x/_sandbox/state"])
def test_other_paths_are_the_platforms(ask: Asker, path: bytes) -> None:
    assert said(ask.raw("GET", path)) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "name", "allowed"),
    [
        ("POST", "state", "GET"),
        ("DELETE", "audit", "GET"),
        ("GET", "reset", "POST"),
        ("GET", "restore", "POST"),
        ("GET", "traffic", "POST"),
        ("POST", "faults", "GET, PUT"),
    ],
)
def test_another_method(ask: Asker, method: str, name: str, allowed: str) -> None:
    answer = control(ask, method, name)
    assert said(answer) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize("name", ["faults", "rules"])
def test_bodies_it_does_not_take(ask: Asker, name: str) -> None:
    before = control(ask, "GET", name).body
    key = (b"authorization", f"Bearer {ask.sandbox.admin_key}".encode())
    for body, kind, status in (
        (b"{}", b"text/plain", 415),
        (b"{", b"application/json", 400),
        (b"[]", b"application/json", 400),
        (b"{}", b"application/json", 400),
        (b" " * (1 << 20) + b"{}", b"application/json", 413),
    ):
        sent = [key, (b"content-type", kind)]
        assert ask.raw("PUT", f"/_sandbox/{name}".encode(), body=body, headers=sent).status == status
    assert control(ask, "GET", name).body == before


def test_a_large_body_is_heard_out_before_it_is_refused(ask: Asker) -> None:
    answer = ask("POST", "/_sandbox/restore", b"x" * (2 << 20), authorization=None)
    assert said(answer) == (401, "UNAUTHORIZED")


def test_no_rate_holds_it_and_no_fault_hits_it(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(limits=1.0, clock=lambda: 0.5))
    go_wrong(ask, {"kind": "status", "status": 503})
    assert {control(ask, "GET", "audit").status for _ in range(50)} == {200}
    assert {control(ask, "GET", "faults").json()["faults"][0]["seen"] for _ in range(5)} == {0}
    go_wrong(ask)
    assert ask("GET", ENTITIES).status == 200, "it is counted for none of the platform's rates"


def test_a_closed_sandbox_says_so(ask: Asker) -> None:
    ask.sandbox.close()
    assert said(control(ask, "GET", "state")) == (500, "GENERAL_ERROR")
