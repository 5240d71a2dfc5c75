"""Bad input of every kind: 4xx in the family's shape, never 5xx, never half done."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from tests.sandbox.conftest import Asker, signed_in, target

from entitree.api.operations import OPERATIONS, ErrorShape, Operation
from entitree.sandbox import open_sandbox
from entitree.sandbox.routes import ROUTES
from entitree.sandbox.wire.asgi import MAX_BODY
from entitree.sandbox.wire.call import Takes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox.conftest import Answer

WITH_BODY = [route.operation for route in ROUTES if route.takes is Takes.JSON]
HOSTILE = {
    "nothing": b"",
    "no JSON": b"hello",
    "half": b'{"entityId":',
    "two": b"{}{}",
    "array": b"[]",
    "string": b'"x"',
    "number": b"1",
    "null": b"null",
    "NaN": b'{"x":NaN}',
    "Infinity": b'{"x":-Infinity}',
    "single quotes": b"{'entityId':'x'}",
    "bad UTF-8": b'{"entityId":"\xff"}',
    "UTF-16": '{"entityId":"x"}'.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf{}",
    "lone surrogate": rb'{"entityId":"\ud800","applicationId":"\ud800"}',
    "lone surrogate in a name": rb'{"\ud800":1}',
    "lone surrogate deep inside": rb'{"x":[{"y":"\udfff"}]}',
    "surrogate as bytes": b'{"entityId":"\xed\xa0\x80"}',
    "NUL": rb'{"entityId":"a\u0000b"}',
    "raw NUL": b'{"entityId":"a\x00b"}',
    "deep arrays": b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep objects": b'{"x":' * 5_000 + b"1" + b"}" * 5_000,
    "not so deep": b'{"x":' * 100 + b"1" + b"}" * 100,
    "huge integer": b'{"x":' + b"9" * 5_000 + b"}",
    "HTML": b"<html></html>",
    "many arrays": b'{"x":[' + b"[]," * 300_000 + b"[]]}",
}


def refused_properly(answer: Answer, operation: Operation) -> bool:
    body = answer.json()
    if operation.errors is ErrorShape.ERROR:
        assert body.keys() == {"errorCode", "description", "action", "violations", "resources"}
        assert body["errorCode"] == f"E{answer.status}"
    else:
        assert body["requestError"]["serviceException"].keys() >= {"messageId", "text"}
    return 400 <= answer.status < 500


def ask_raw(
    ask: Asker,
    operation: Operation,
    body: bytes,
    *,
    query: bytes = b"",
    content_type: bytes = b"application/json",
) -> Answer:
    credential = signed_in(ask, operation)
    headers = [(b"content-type", content_type)]
    if credential is not None:
        headers.append((b"authorization", credential.encode()))
    path = target(operation).encode()
    return ask.raw(operation.method, path, query=query, body=body, headers=headers)


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_bodies_no_family_takes(ask: Asker, body: bytes) -> None:
    before = ask.sandbox.dump()
    for operation in WITH_BODY:
        answer = ask_raw(ask, operation, body)
        assert answer.status == 400
        assert refused_properly(answer, operation)
    assert ask.sandbox.dump() == before


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
        "application/jsonp",
        "application/json; charset=utf-16",
        "",
        "ÿ",
    ],
)
def test_another_media_type(ask: Asker, content_type: str) -> None:
    before = ask.sandbox.dump()
    for operation in WITH_BODY:
        answer = ask_raw(ask, operation, b'{"entityId":"x"}', content_type=content_type.encode("latin-1"))
        assert answer.status == 415
        assert refused_properly(answer, operation)
    assert ask.sandbox.dump() == before


@pytest.mark.parametrize(
    "content_type", ["application/json;charset=UTF-8", "Application/JSON", "application/json ; x=1"]
)
def test_the_same_media_type_spelled_otherwise(ask: Asker, content_type: str) -> None:
    sent = {"content-type": content_type}
    assert ask("POST", "/provisioning/1/entities", {"entityId": "x"}, headers=sent).status == 201


def test_a_body_over_the_limit(ask: Asker) -> None:
    before = ask.sandbox.dump()
    for operation in WITH_BODY:
        answer = ask_raw(ask, operation, b" " * MAX_BODY + b"{}")
        assert answer.status == 413
        assert refused_properly(answer, operation)
    assert ask.sandbox.dump() == before
    padding = b" " * (MAX_BODY - len(b'{"entityId":"x"}'))
    assert ask.raw("POST", b"/provisioning/1/entities", body=b'{"entityId":"x"}' + padding).status == 201


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        (b"application/json", b"{}", 415),
        (b"", b"client_id=x", 415),
        (b"application/x-www-form-urlencoded", b"client_id=%FF", 400),
        (b"application/x-www-form-urlencoded", b"client_id=a%00b", 400),
        (b"application/x-www-form-urlencoded", b"\xff", 400),
        (b"application/x-www-form-urlencoded", b"a=1&" * 2000, 400),
        (b"application/x-www-form-urlencoded", b"", 400),
    ],
)
def test_forms_no_family_takes(ask: Asker, content_type: bytes, body: bytes, status: int) -> None:
    (operation,) = (route.operation for route in ROUTES if route.takes is Takes.FORM)
    answer = ask_raw(ask, operation, body, content_type=content_type)
    assert answer.status == status
    assert refused_properly(answer, operation)


def test_who_may_not_ask_is_told_that_first(ask: Asker) -> None:
    path = b"/provisioning/1/entities"
    assert ask.raw("POST", path, body=b" " * (MAX_BODY + 1), headers=[]).status == 401
    assert ask.raw("POST", path, body=b"rubbish", headers=[]).status == 401


def test_operations_without_a_body_do_not_look_at_one(ask: Asker) -> None:
    assert ask("GET", "/provisioning/1/entities", b"rubbish", headers={"content-type": "x/y"}).status == 200
    assert ask("DELETE", "/provisioning/1/entities/big-cola", b"rubbish").status == 200


@pytest.mark.parametrize(
    "query",
    [
        *(b"page=%FF", b"x=%ED%A0%80", b"entityId=a%00b", b"\xff=1"),
        pytest.param(b"&".join([b"a=1"] * 2000), id="2000 parameters"),
    ],
)
def test_queries_no_family_takes(ask: Asker, query: bytes) -> None:
    for operation in OPERATIONS.values():
        answer = ask_raw(ask, operation, b"{}", query=query)
        assert answer.status == 400
        assert refused_properly(answer, operation)


def test_an_integer_without_end_in_a_field_that_counts(ask: Asker) -> None:
    for size in (10**18, 10**4000):
        body = {"priorities": [{"senderType": "SHORT_CODE", "priority": size}]}
        assert ask("POST", "/provisioning/2/sending-strategies", body).status == 400


def test_numbers_that_are_ignored_are_ignored(ask: Asker) -> None:
    assert ask("POST", "/provisioning/1/entities", b'{"entityId":"x","more":1e999}').status == 201


FIELDS = st.sampled_from(
    [
        *(
            "applicationId",
            "applicationName",
            "entityId",
            "entityName",
            "resourceType",
            "channel",
            "resourceId",
        ),
        *("platform", "priorities", "senderType", "priority", "useStickySender", "destinationCountryCode"),
        *("subscriptionId", "name", "events", "criteria", "resources", "users", "profile", "profileId"),
        *(
            "number",
            "numberKey",
            "resource",
            "resourceKey",
            "keyword",
            "forwarding",
            "url",
            "unset",
            "answers",
        ),
        *("domainName", "targetedDailyTraffic", "dkimKeyLength", "permissions", "scopeGuids", "allowedIPs"),
        *("action", "validFrom", "validTo", "enabled", "username", "password", "unsafe", "capabilities"),
        *("webhook", "notifyUrl", "security", "authId", "type", "credentials", "headers", "maxBucketSize"),
    ]
)
WORDS = st.sampled_from(
    ["marketing", "big-cola", "NUMBER", "ALPHA", "DOMAIN", "SMS", "EMAIL", "main-hook", "BASIC", "hook-login"]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | WORDS
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FIELDS | st.text(), inner, max_size=6)
)
BODIES = (
    st.binary()
    | TREES.map(lambda tree: json.dumps(tree).encode())
    | st.dictionaries(FIELDS, TREES).map(lambda tree: json.dumps(tree).encode())
)


@pytest.fixture(scope="module")
def ask_on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    sandbox = open_sandbox(tmp_path_factory.mktemp("sandbox") / "state.db", seed="docs", limits=None)
    with asyncio.Runner() as runner:
        yield Asker(sandbox, runner)
    sandbox.close()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(WITH_BODY), BODIES)
def test_any_body_at_all(ask_on: Asker, operation: Operation, body: bytes) -> None:
    answer = ask_raw(ask_on, operation, body)
    assert answer.status == operation.success or refused_properly(answer, operation)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH"]),
    st.lists(
        st.sampled_from(
            [b"provisioning", b"1", b"2", b"entities", b"associations", b"single", b"subscriptions"]
        )
        | st.sampled_from([b"subscription", b"SMS", b"sending-strategies", b"..", b"", b"%2F", b"%"])
        | st.binary(max_size=8),
        max_size=6,
    ),
    st.binary(max_size=20) | st.sampled_from([b"page=0&size=1", b"page=&size", b"applicationId=%20"]),
)
def test_any_path_at_all(ask_on: Asker, method: str, segments: list[bytes], query: bytes) -> None:
    answer = ask_on.raw(method, b"/" + b"/".join(segments), query=query, body=b"{}")
    assert answer.status < 500


def test_what_is_wrong_is_said_in_its_own_words(ask: Asker) -> None:
    entities = "/provisioning/1/entities"
    missing = ask.raw("PUT", f"{entities}/big-cola".encode())
    assert b"has no body" in missing.body
    assert ask("GET", f"{entities}?page=x").violations() == {"page": ["must be an integer"]}
    wide = ask("GET", f"{entities}?page=99999999999")
    assert wide.violations() == {"page": ["must be between 0 and 2147483647"]}
    assert ask("GET", f"{entities}?size=-1").violations() == {"size": ["must be between 1 and 1000"]}
