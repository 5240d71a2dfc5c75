"""The sandbox against the published documents, where there are any at hand."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest
from tests.sandbox.conftest import Exchange, golden, signed_in

from entitree.api.operations import OPERATIONS, Limit, Operation

if TYPE_CHECKING:
    from tests.sandbox.conftest import AskAt, OpenIt

FOLDER = os.environ.get("ENTITREE_PLATFORM_SPEC", "")

pytestmark = pytest.mark.skipif(
    not FOLDER, reason="ENTITREE_PLATFORM_SPEC does not name the folder of the published documents"
)

FILES = {
    "/provisioning/1/": "application-entity.json",
    "/provisioning/2/": "sending-strategy.json",
    "/subscriptions/": "subscriptions-api.json",
}


@cache
def document(path: str) -> dict[str, Any]:
    name = next(name for prefix, name in FILES.items() if path.startswith(prefix))
    found: dict[str, Any] = json.loads((Path(FOLDER) / name).read_text("utf-8"))
    return found


def published(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = document(operation.path)["paths"][operation.path][operation.method.lower()]
    return found


def response(operation: Operation, status: int) -> dict[str, Any]:
    found: dict[str, Any] = published(operation)["responses"][str(status)]
    if "$ref" in found:
        name = found["$ref"].rpartition("/")[2]
        found = document(operation.path)["components"]["responses"][name]
    return found


def validate(instance: object, schema: dict[str, Any], operation: Operation) -> None:
    root = {**schema, "components": document(operation.path)["components"]}
    jsonschema.Draft202012Validator(root).validate(instance)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_the_table_says_what_is_published(operation: Operation) -> None:
    found = published(operation)
    assert found["operationId"] == operation.name
    assert tuple(found["x-scopes"]) == operation.scopes
    assert [status for status in found["responses"] if status < "300"] == [str(operation.success)]
    throttling = found.get("x-throttling-info")
    if throttling is None:
        assert operation.limit is None
    else:
        (limit,) = throttling
        assert (limit["type"], limit["timeUnit"]) == ("time", "s")
        assert operation.limit == Limit(limit["numberOfRequests"])


@pytest.mark.parametrize("exchange", golden(), ids=lambda one: f"{one.operation}-{one.status}")
def test_exchanges_are_as_published(open_it: OpenIt, ask_at: AskAt, exchange: Exchange) -> None:
    ask = ask_at(open_it(rules=exchange.rules))
    operation = OPERATIONS[exchange.operation]
    if exchange.body is not None and exchange.status < 300 and "/subscriptions/" not in operation.path:
        # The documents say a subscription matches exactly one of 22 schemas; most of those are alike.
        schema = published(operation)["requestBody"]["content"]["application/json"]["schema"]
        body = json.loads(exchange.body)
        # They also say that entityId is a string, and that null is sent where there is none.
        validate({name: value for name, value in body.items() if value is not None}, schema, operation)
    content = None if exchange.body is None else exchange.body.encode()
    reply = ask(operation.method, exchange.target, content, authorization=signed_in(ask, operation))
    promised = response(operation, reply.status)
    schema = promised.get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        assert reply.body == b""
    else:
        validate(reply.json(), schema, operation)
    assert set(promised.get("headers", {})) == {name.title() for name in reply.headers if name == "location"}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_refusals_are_the_published_examples(open_it: OpenIt, ask_at: AskAt, operation: Operation) -> None:
    ask = ask_at(open_it(limits=1.0, clock=lambda: 0.0))
    target = operation.path.format(
        applicationId="marketing",
        entityId="big-cola",
        sendingStrategyId="X",
        channel="SMS",
        subscriptionId="x",
    )
    refusals = {401: ask(operation.method, target, authorization=None)}
    if operation.limit is not None:
        refusals[429] = ask(operation.method, target)
    if operation.scopes == ("application-entity:manage",):
        unlimited = ask_at(open_it())
        limited_key = f"App {unlimited.sandbox.limited_key}"
        refusals[403] = unlimited(operation.method, target, authorization=limited_key)
    for status, refusal in refusals.items():
        assert refusal.status == status
        assert refusal.json() == response(operation, status)["content"]["application/json"]["example"]


@pytest.mark.parametrize("seed", ["docs", "demo"])
@pytest.mark.parametrize(
    "operation",
    [one for one in OPERATIONS.values() if one.reads and one.name.endswith(("s", "s-v2"))],
    ids=lambda one: one.name,
)
def test_whole_lists_are_as_published(
    open_it: OpenIt, ask_at: AskAt, seed: str, operation: Operation
) -> None:
    ask = ask_at(open_it(seed=seed))
    for channel in ("SMS", "EMAIL", "WHATSAPP"):
        page = ask("GET", f"{operation.path.format(channel=channel)}?size=100").json()
        assert page["results"]
        schema = response(operation, 200)["content"]["application/json"]["schema"]
        validate(page, schema, operation)
        if "{channel}" not in operation.path:
            break
