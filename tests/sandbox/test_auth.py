"""Who gets in, and how far."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from entitree.api.operations import OPERATIONS, ErrorShape

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandbox.conftest import AskAt, Asker, OpenIt

    from entitree.api.operations import Operation

ENTITIES = "/provisioning/1/entities"


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def target(operation: Operation) -> str:
    return (
        operation.path.replace("{channel}", "SMS")
        .replace("{applicationId}", "marketing")
        .replace("{entityId}", "big-cola")
        .replace("{sendingStrategyId}", "X")
        .replace("{subscriptionId}", "pin-delivery")
    )


def test_key_and_user_may_do_everything(ask: Asker) -> None:
    sandbox = ask.sandbox
    for authorization in (
        f"App {sandbox.api_key}",
        f"app {sandbox.api_key}",
        basic(sandbox.user, sandbox.password),
    ):
        assert ask("GET", ENTITIES, authorization=authorization).status == 200


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
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
        "IBSSO {key}",
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
def test_the_limited_key_knows_nothing_of_provisioning(ask: Asker, operation: Operation) -> None:
    answer = ask(operation.method, target(operation), {}, authorization=f"App {ask.sandbox.limited_key}")
    if operation.scopes == ("application-entity:manage",):
        assert answer.status == 403
        assert answer.json() == {
            "requestError": {"serviceException": {"messageId": "FORBIDDEN", "text": "Forbidden"}}
        }
    else:
        assert answer.status not in (401, 403)


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


def test_secrets_are_different_in_every_account(open_it: OpenIt, tmp_path: Path) -> None:
    one, other = open_it(), open_it(state=tmp_path / "other.db")
    secrets = [(box.api_key, box.limited_key, box.password, box.admin_key) for box in (one, other)]
    assert len({*secrets[0], *secrets[1]}) == 8


def test_no_secret_is_in_a_repr(ask: Asker) -> None:
    sandbox = ask.sandbox
    for secret in (sandbox.api_key, sandbox.password, sandbox.admin_key, str(sandbox.limited_key)):
        assert secret not in repr(sandbox)
