"""Ids of any characters, encoded, reach the object they name; other paths reach nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given, strategies as st

from entitree.api.operations import OPERATIONS, Operation
from entitree.sandbox.routes import ROUTES
from entitree.sandbox.wire.call import Route
from entitree.sandbox.wire.replies import Reply
from entitree.sandbox.wire.routing import Router, decoded

if TYPE_CHECKING:
    from tests.sandbox.conftest import Asker

ENTITIES = "/provisioning/1/entities"
STORABLE = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=255
)


@pytest.mark.parametrize(
    "id_",
    [
        "a/b",
        "a#b",
        "a?x=1",
        "100%",
        "%2F",
        "a b",
        "a+b",
        "..",
        ".",
        "a..b",
        "東京",
        "🍔",
        "a\nb",
        "\x1b[0m",
        "a\\b",
        ";",
        ":",
    ],
)
def test_an_id_reaches_its_object(ask: Asker, id_: str) -> None:
    assert ask("POST", ENTITIES, {"entityId": id_}).status == 201
    path = f"{ENTITIES}/{quote(id_, safe='')}".encode()
    assert ask.raw("PUT", path, body=b'{"entityName":"N"}').status == 204
    assert ask.raw("GET", path).json() == {"entityId": id_, "entityName": "N"}
    assert ask.raw("DELETE", path).status == 200
    assert ask("GET", ENTITIES).json()["paging"]["totalResults"] == 5


@given(STORABLE)
def test_every_id_finds_its_route(id_: str) -> None:
    for operation in OPERATIONS.values():
        path = operation.path
        while "{" in path:
            path = path[: path.index("{")] + quote(id_, safe="") + path[path.index("}") + 1 :]
        route, values = Router(ROUTES).find(operation.method, path.encode())
        assert route.operation is operation
        assert set(decoded(values).values()) <= {id_}


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "",
        "//",
        "/provisioning/1/applications/",
        "/provisioning/1//applications",
        "//provisioning/1/applications",
        "/provisioning/1/applications/a/b",
        "/provisioning/1/Applications",
        "/provisioning/2/applications",
        "/provisioning/1/associations/other",
        "/provisioning/1/associations/single/",
        "/provisioning/2/sending-strategies/",
        "/subscriptions/1/subscription",
        "/subscriptions/1/subscription/",
        "/subscriptions/1/subscription/SMS/",
        "/provisioning%2F1/applications",
        "/provisioning/1/applications%2Fmarketing",
        "*",
    ],
)
def test_nothing_is_there(ask: Asker, path: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        absent = ask.raw(method, path.encode(), body=b"{}")
        assert (absent.status, "location" in absent.headers) == (404, False)
        assert absent.json()["requestError"]["serviceException"]["messageId"] == "NOT_FOUND"


def test_a_path_spelled_out_wins_over_one_with_a_blank() -> None:
    spelled, blank = (
        Route(Operation(path, "GET", path, 200, None, ("scope",), ()), lambda _: Reply(200))
        for path in ("/a/b", "/a/{x}")
    )
    for routes in ((spelled, blank), (blank, spelled)):
        assert Router(routes).find("GET", b"/a/b") == (spelled, {})
        assert Router(routes).find("GET", b"/a/c") == (blank, {"x": b"c"})


def test_a_slash_that_is_not_encoded_parts_segments(ask: Asker) -> None:
    ask("POST", ENTITIES, {"entityId": "a/b"})
    assert ask("GET", f"{ENTITIES}/a/b").status == 404


def test_fixed_segments_may_be_encoded_too(ask: Asker) -> None:
    assert ask.raw("GET", b"/provisioning/1/%65ntities").status == 200


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/provisioning/1/entities", "GET, POST"),
        ("/provisioning/1/entities/x", "DELETE, GET, PUT"),
        ("/provisioning/1/associations", "DELETE, GET, POST"),
        ("/provisioning/1/associations/single", "GET"),
        ("/provisioning/2/sending-strategies", "GET, POST"),
        ("/provisioning/2/sending-strategies/x", "DELETE"),
        ("/subscriptions/1/subscription/SMS/x", "DELETE, GET, PUT"),
    ],
)
@pytest.mark.parametrize("method", ["PATCH", "HEAD", "OPTIONS", "TRACE", "get", "BREW"])
def test_a_method_that_is_not_for_it(ask: Asker, path: str, allowed: str, method: str) -> None:
    refused = ask.raw(method, path.encode())
    assert (refused.status, refused.headers["allow"]) == (405, allowed)
    assert ("errorCode" in refused.json()) == path.startswith("/provisioning/2/")


@pytest.mark.parametrize("segment", [b"%FF", b"%ED%A0%80", b"a%00b", b"\xff", b"%C3"])
def test_what_is_no_text_is_no_id(ask: Asker, segment: bytes) -> None:
    for path in (b"/provisioning/1/entities/", b"/provisioning/2/sending-strategies/"):
        assert ask.raw("DELETE", path + segment).status == 400


def test_an_id_that_is_too_long_is_nobodys(ask: Asker) -> None:
    assert ask("GET", f"{ENTITIES}/{'x' * 5000}").status == 404


def test_a_path_with_the_address_before_it(ask: Asker) -> None:
    """As clients send it that believe in a proxy (RFC 9112, 3.2.2)."""
    for address in (b"http://127.0.0.1:8090", b"HTTP://localhost"):
        assert ask.raw("GET", address + b"/provisioning/1/entities/big-cola").status == 200
        assert ask.raw("GET", address + b"/nowhere").status == 404
