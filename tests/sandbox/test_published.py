"""The sandbox against the published documents, where there are any at hand."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest
from tests.sandbox.conftest import Exchange, golden, signed_in, target, used_up

from entitree.api.operations import OPERATIONS, Access, Limit, Operation
from entitree.sandbox.routes.events import EVENTS

if TYPE_CHECKING:
    from tests.sandbox.conftest import AskAt, OpenIt

JSON = "application/json"
FOLDER = os.environ.get("ENTITREE_PLATFORM_SPEC", "")

pytestmark = pytest.mark.skipif(
    not FOLDER, reason="ENTITREE_PLATFORM_SPEC does not name the folder of the published documents"
)

FILES = {
    "/provisioning/1/": "application-entity.json",
    "/provisioning/2/": "sending-strategy.json",
    "/subscriptions/": "subscriptions-api.json",
    "/numbers/": "numbers.json",
    "/resources/": "resources.json",
    "/resource-management/": "resources.json",
    "/settings/": "account-management.json",
    "/auth/": "account-management.json",
    "/email/1/domains": "email-domains.json",
    "/email/1/": "traffic/email.json",
    "/sms/": "traffic/sms.json",
    "/mms/": "traffic/mms.json",
    "/apple-mfb/": "traffic/apple-mfb.json",
    "/instagram/": "traffic/instagram.json",
    "/messenger/": "traffic/messenger.json",
}


@cache
def document(path: str) -> dict[str, Any]:
    name = next(name for prefix, name in FILES.items() if path.startswith(prefix))
    found: dict[str, Any] = json.loads((Path(FOLDER) / name).read_text("utf-8"))
    tell_resources_apart(found["components"]["schemas"])
    return found


def tell_resources_apart(schemas: dict[str, Any]) -> None:
    """A resource is to match exactly one of six schemas, none of which demands or forbids a field, so that it
    matches all. Which one is meant its type says, by the names that requests have for it."""
    named = {name.rpartition(".")[2]: schema for name, schema in schemas.items()}
    if "IbResourceInfo" in named:
        del named["IbResourceInfo"]["oneOf"]
        mapping = named["IbResourcesFilter"]["discriminator"]["mapping"]
        named["IbResourceInfo"] |= {
            "required": ["resourceType"],
            "properties": {"resourceType": {"enum": list(mapping)}},
            "allOf": [
                {
                    "if": {"properties": {"resourceType": {"const": type_}}},
                    "then": {"$ref": filter_.replace("Filter", "Info")},
                }
                for type_, filter_ in mapping.items()
            ],
        }


def published(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = document(operation.path)["paths"][operation.path][operation.method.lower()]
    return found


def response(operation: Operation, status: int) -> dict[str, Any]:
    found: dict[str, Any] = published(operation)["responses"][str(status)]
    if "$ref" in found:
        name = found["$ref"].rpartition("/")[2]
        found = document(operation.path)["components"]["responses"][name]
    return found


def schema_of(described: dict[str, Any], media_type: str = JSON) -> Any:  # noqa: ANN401 - a schema or None
    """Of a request's or a reply's body; in key management replies are of any type."""
    content = described.get("content", {})
    return content.get(media_type, content.get("*/*", {})).get("schema")


def validate(instance: object, schema: dict[str, Any], operation: Operation) -> None:
    root = {**schema, "components": document(operation.path)["components"]}
    jsonschema.Draft202012Validator(root).validate(instance)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_the_table_says_what_is_published(operation: Operation) -> None:
    found = published(operation)
    assert found["operationId"] == operation.name
    assert set(found.get("x-scopes", ())) == set(operation.scopes)
    assert [status for status in found["responses"] if status < "300"] == [str(operation.success)]
    assert operation.documented == tuple(
        int(status) for status in found["responses"] if status.isdigit() and status >= "400"
    )
    assert operation.limit == limit_of(found.get("x-throttling-info"))
    assert operation.access is ACCESS[tuple(next(iter(one)) for one in found.get("security", ()))]


ACCESS = {
    ("IBSSOTokenHeader", "APIKeyHeader", "Basic", "OAuth2"): Access.ANY,
    ("IBSSOTokenHeader", "Basic", "OAuth2"): Access.NO_KEY,
    ("IBSSOTokenHeader",): Access.SESSION,
    (): Access.OPEN,
}
SECONDS = {"s": 1.0, "m": 60.0, "d": 86_400.0}


def limit_of(throttling: list[dict[str, Any]] | None) -> Limit | None:
    if throttling is None:
        return None
    (found,) = throttling
    if found["type"] == "token":
        assert found["requestedTokens"] == 1
        return Limit(found["replenishRate"], burst=found["burstCapacity"])
    return Limit(found["numberOfRequests"], SECONDS[found["timeUnit"]])


def test_the_table_says_which_keys_are_linked() -> None:
    listed = json.loads((Path(FOLDER) / "linked-key-endpoints.json").read_text("utf-8"))["endpoints"]
    linked = {(one["method"], one["path"]) for one in listed}
    for operation in OPERATIONS.values():
        assert operation.linked == ((operation.method, operation.path) in linked)


@pytest.mark.parametrize("exchange", golden(), ids=lambda one: f"{one.operation}-{one.status}")
def test_exchanges_are_as_published(open_it: OpenIt, ask_at: AskAt, exchange: Exchange) -> None:
    ask = ask_at(open_it(rules=exchange.rules, clock=lambda: exchange.now))
    operation = OPERATIONS[exchange.operation]
    if exchange.body is not None and exchange.status < 300 and "/subscriptions/" not in operation.path:
        # The documents say a subscription matches exactly one of 22 schemas; most of those are alike.
        schema = schema_of(published(operation)["requestBody"], exchange.type)
        body = json.loads(exchange.body) if exchange.type == JSON else dict(parse_qsl(exchange.body))
        # They also say that entityId is a string, and that null is sent where there is none.
        validate({name: value for name, value in body.items() if value is not None}, schema, operation)
    reply = exchange.asked_of(ask)
    # What is refused beyond the document is said in the body of the other refusals.
    documented = reply.status in (operation.success, *operation.documented)
    promised = response(operation, reply.status if documented else 500)
    schema = schema_of(promised)
    if schema is None:
        assert reply.body == b""
    else:
        validate(reply.json(), schema, operation)
    assert set(promised.get("headers", {})) == {name.title() for name in reply.headers if name == "location"}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_refusals_are_the_published_examples(open_it: OpenIt, ask_at: AskAt, operation: Operation) -> None:
    ask = ask_at(open_it(limits=1.0, clock=lambda: 1_700_000_000.0))
    refusals = {}
    if 401 in operation.documented:
        refusals[401] = ask(operation.method, target(operation), authorization=None)
    if operation.limit is not None and 429 in operation.documented:
        refusals[429] = used_up(ask, operation)
    if operation.scopes == ("application-entity:manage",):
        unlimited = ask_at(open_it())
        limited_key = f"App {unlimited.sandbox.limited_key}"
        refusals[403] = unlimited(operation.method, target(operation), authorization=limited_key)
    for status, refusal in refusals.items():
        assert refusal.status == status
        assert refusal.json() == example(response(operation, status)["content"]["application/json"])


def example(content: dict[str, Any]) -> object:
    """The one example of a body, whichever of the two ways it is written down."""
    if "example" in content:
        return content["example"]
    (found,) = content["examples"].values()
    return found["value"]


LISTS = {
    "/provisioning/1/applications?size=100": "get-applications",
    "/provisioning/1/entities?size=100": "get-entities",
    "/provisioning/1/associations?size=100": "get-resource-associations",
    "/provisioning/2/sending-strategies": "get-sending-strategies-v2",
    "/subscriptions/1/subscription/SMS?size=100": "get-subscriptions",
    "/subscriptions/1/subscription/EMAIL?size=100": "get-subscriptions",
    "/subscriptions/1/subscription/WHATSAPP?size=100": "get-subscriptions",
    "/subscriptions/1/profiles?size=100": "get-profiles",
    "/numbers/1/numbers": "list-owned-numbers",
    "/email/1/domains?size=20": "get-all-domains",
    "/settings/2/api-keys": "get-api-keys-by-filter",
}


@pytest.mark.parametrize("seed", ["docs", "demo"])
@pytest.mark.parametrize("path", LISTS)
def test_whole_lists_are_as_published(open_it: OpenIt, ask_at: AskAt, seed: str, path: str) -> None:
    operation = OPERATIONS[LISTS[path]]
    ask = ask_at(open_it(seed=seed))
    page = ask("GET", path, authorization=signed_in(ask, operation)).json()
    assert any(isinstance(rows, list) and rows for rows in page.values())
    validate(page, schema_of(response(operation, 200)), operation)


def test_the_events_of_each_channel_are_the_published_ones() -> None:
    schemas = document("/subscriptions/")["components"]["schemas"]
    listed = {name.rpartition(".")[2]: schema["enum"] for name, schema in schemas.items() if "enum" in schema}
    for channel, events in EVENTS.items():
        assert events == set(listed[f"Simple{channel.title().replace('_', '')}Events"])
    assert list(EVENTS) == listed["SubscriptionChannel"]
