"""Every request byte for byte as the published documents have it, written by hand.

The sandbox shares models with the client, so that an error in both would go unseen without these.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib.metadata import version

import pytest

from entitree.api.client import PlatformClient
from entitree.api.gate import LocalGate
from entitree.api.models import (
    Association,
    Criterion,
    Platform,
    ProfileReference,
    SenderPriority,
    SendingStrategyRequest,
    SubscriptionChange,
)
from entitree.api.operations import OPERATIONS
from entitree.api.transport import Credential, open_transport

Act = Callable[[PlatformClient], Awaitable[object]]

PAGE = b'{"results":[],"paging":{"page":0,"size":20,"totalPages":0,"totalResults":0}}'
PAIR = Association(
    resource_type="NUMBER", channel="SMS", application_id="prod", entity_id="shop-17", resource_id="6F0C0D9E"
)
ALONE = PAIR.model_copy(update={"entity_id": None})
STRATEGY = SendingStrategyRequest(
    platform=Platform(application_id="prod", entity_id="shop-17"),
    channel="SMS",
    destination_country_code="US",
    use_sticky_sender=True,
    priorities=[SenderPriority(sender_type="VIRTUAL_LONG_NUMBER", priority=1)],
)
CHANGE = SubscriptionChange(
    name="Prod SMS",
    events=["DELIVERY"],
    criteria=[Criterion(application_id="prod", entity_id="shop-17"), Criterion(application_id="prod")],
    profile=ProfileReference(profile_id="main-hook"),
)
SUBSCRIPTION = {
    "subscriptionId": "prod-sms",
    "name": "Prod SMS",
    "events": ["DELIVERY"],
    "criteria": [{"applicationId": "prod"}],
    "profile": {"profileId": "main-hook", "webhook": {"notifyUrl": "https://hooks.example/dlr"}},
}


def first(pages: Callable[[PlatformClient], AsyncIterator[object]]) -> Act:
    async def act(client: PlatformClient) -> object:
        return [page async for page in pages(client)]

    return act


GOLDEN: list[tuple[str, Act, str, bytes, str, bytes | None]] = [
    (
        "get-applications",
        first(lambda client: client.applications()),
        "200",
        PAGE,
        "GET /provisioning/1/applications?page=0&size=1000",
        None,
    ),
    (
        "create-application",
        lambda client: client.create_application("prod", "Production"),
        "201",
        b"",
        "POST /provisioning/1/applications",
        b'{"applicationId":"prod","applicationName":"Production"}',
    ),
    (
        "create-application",
        lambda client: client.create_application("prod"),
        "201",
        b"",
        "POST /provisioning/1/applications",
        b'{"applicationId":"prod"}',
    ),
    (
        "get-application",
        lambda client: client.get_application("prod eu/1"),
        "200",
        b'{"applicationId":"prod eu/1"}',
        "GET /provisioning/1/applications/prod%20eu%2F1",
        None,
    ),
    (
        "modify-application",
        lambda client: client.modify_application("prod", "Production"),
        "204",
        b"",
        "PUT /provisioning/1/applications/prod",
        b'{"applicationName":"Production"}',
    ),
    (
        "modify-application",
        lambda client: client.modify_application("prod", None),
        "204",
        b"",
        "PUT /provisioning/1/applications/prod",
        b"{}",
    ),
    (
        "delete-application",
        lambda client: client.delete_application("prod"),
        "200",
        b"",
        "DELETE /provisioning/1/applications/prod",
        None,
    ),
    (
        "get-entities",
        first(lambda client: client.entities(50)),
        "200",
        PAGE,
        "GET /provisioning/1/entities?page=0&size=50",
        None,
    ),
    (
        "create-entity",
        lambda client: client.create_entity("shop-17", "Shop seventeen ✓"),
        "201",
        b"",
        "POST /provisioning/1/entities",
        b'{"entityId":"shop-17","entityName":"Shop seventeen \xe2\x9c\x93"}',
    ),
    (
        "get-entity",
        lambda client: client.get_entity("a#b?c=%2F"),
        "200",
        b'{"entityId":"a#b?c=%2F"}',
        "GET /provisioning/1/entities/a%23b%3Fc%3D%252F",
        None,
    ),
    (
        "modify-entity",
        lambda client: client.modify_entity("shop-17", ""),
        "204",
        b"",
        "PUT /provisioning/1/entities/shop-17",
        b'{"entityName":""}',
    ),
    (
        "delete-entity",
        lambda client: client.delete_entity("é"),
        "200",
        b"",
        "DELETE /provisioning/1/entities/%C3%A9",
        None,
    ),
    (
        "get-resource-associations",
        first(lambda client: client.associations()),
        "200",
        PAGE,
        "GET /provisioning/1/associations?page=0&size=1000",
        None,
    ),
    (
        "get-resource-associations",
        first(
            lambda client: client.associations(
                100,
                application_id="prod",
                entity_id="a&b",
                resource_type="NUMBER",
                channel="SMS",
                resource_id="6F0C0D9E",
            )
        ),
        "200",
        PAGE,
        "GET /provisioning/1/associations?page=0&size=100&resourceType=NUMBER&channel=SMS"
        "&applicationId=prod&entityId=a%26b&resourceId=6F0C0D9E",
        None,
    ),
    (
        "create-resource-association",
        lambda client: client.create_association(PAIR),
        "201",
        b"",
        "POST /provisioning/1/associations",
        b'{"resourceType":"NUMBER","channel":"SMS","applicationId":"prod","entityId":"shop-17",'
        b'"resourceId":"6F0C0D9E"}',
    ),
    (
        "delete-resource-association",
        lambda client: client.delete_association(ALONE),
        "204",
        b"",
        "DELETE /provisioning/1/associations",
        b'{"resourceType":"NUMBER","channel":"SMS","applicationId":"prod","entityId":null,'
        b'"resourceId":"6F0C0D9E"}',
    ),
    (
        "get-resource-association",
        lambda client: client.get_association(PAIR),
        "200",
        b'{"resourceType":"NUMBER","channel":"SMS","applicationId":"prod","entityId":"shop-17","resourceId":"6"}',
        "GET /provisioning/1/associations/single?resourceType=NUMBER&channel=SMS&applicationId=prod"
        "&entityId=shop-17&resourceId=6F0C0D9E",
        None,
    ),
    (
        "get-resource-association",
        lambda client: client.get_association(ALONE),
        "200",
        b'{"resourceType":"NUMBER","channel":"SMS","applicationId":"prod","resourceId":"6F0C0D9E"}',
        "GET /provisioning/1/associations/single?resourceType=NUMBER&channel=SMS&applicationId=prod"
        "&resourceId=6F0C0D9E",
        None,
    ),
    (
        "get-sending-strategies-v2",
        first(lambda client: client.strategies(application_id="prod", entity_id="shop-17")),
        "200",
        PAGE,
        "GET /provisioning/2/sending-strategies?page=0&size=1000&applicationId=prod&entityId=shop-17",
        None,
    ),
    (
        "create-sending-strategy-v2",
        lambda client: client.create_strategy(STRATEGY),
        "201",
        b'{"sendingStrategyId":"78D8394AC3EG0460B4CF0E723FC31B49"}',
        "POST /provisioning/2/sending-strategies",
        b'{"platform":{"applicationId":"prod","entityId":"shop-17"},"channel":"SMS",'
        b'"destinationCountryCode":"US","useStickySender":true,"useGeolocatedSender":false,'
        b'"priorities":[{"senderType":"VIRTUAL_LONG_NUMBER","priority":1}]}',
    ),
    (
        "delete-sending-strategy-by-sending-strategy-id-v2",
        lambda client: client.delete_strategy("78D8394AC3EG0460B4CF0E723FC31B49"),
        "204",
        b"",
        "DELETE /provisioning/2/sending-strategies/78D8394AC3EG0460B4CF0E723FC31B49",
        None,
    ),
    (
        "get-subscriptions",
        first(lambda client: client.subscriptions("SMS", entity_id="a b")),
        "200",
        PAGE,
        "GET /subscriptions/1/subscription/SMS?page=0&size=100&entityId=a%20b",
        None,
    ),
    (
        "create-subscription",
        lambda client: client.create_subscription("SMS", SUBSCRIPTION),
        "201",
        b'{"subscriptionId":"prod-sms","profile":{"profileId":"main-hook"}}',
        "POST /subscriptions/1/subscription/SMS",
        b'{"subscriptionId":"prod-sms","name":"Prod SMS","events":["DELIVERY"],'
        b'"criteria":[{"applicationId":"prod"}],"profile":{"profileId":"main-hook",'
        b'"webhook":{"notifyUrl":"https://hooks.example/dlr"}}}',
    ),
    (
        "get-subscription",
        lambda client: client.get_subscription("SMS", "prod-sms"),
        "200",
        b'{"subscriptionId":"prod-sms","events":["DELIVERY"]}',
        "GET /subscriptions/1/subscription/SMS/prod-sms",
        None,
    ),
    (
        "update-subscription",
        lambda client: client.modify_subscription("SMS", "prod-sms", CHANGE),
        "200",
        b'{"subscriptionId":"prod-sms"}',
        "PUT /subscriptions/1/subscription/SMS/prod-sms",
        b'{"name":"Prod SMS","events":["DELIVERY"],'
        b'"criteria":[{"applicationId":"prod","entityId":"shop-17"},{"applicationId":"prod"}],'
        b'"profile":{"profileId":"main-hook"}}',
    ),
    (
        "delete-subscription",
        lambda client: client.delete_subscription("SMS", "prod-sms"),
        "200",
        b'{"subscriptionId":"prod-sms"}',
        "DELETE /subscriptions/1/subscription/SMS/prod-sms",
        None,
    ),
]


@pytest.mark.parametrize(
    ("act", "status", "answer", "line", "body"),
    [pytest.param(*row[1:], id=f"{number}-{row[0]}") for number, row in enumerate(GOLDEN)],
)
async def test_the_bytes_on_the_wire(
    act: Act, status: str, answer: bytes, line: str, body: bytes | None
) -> None:
    heard: list[bytes] = []
    left = asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        if body is not None:
            heard.append(await reader.readexactly(len(body)))
        length = b"" if status == "204" else b"Content-Length: %d\r\n" % len(answer)
        writer.write(b"HTTP/1.1 %s X\r\n%s\r\n%s" % (status.encode(), length, answer))
        # Whatever was sent beyond the expected body would be heard too.
        heard.append(await reader.read())
        writer.close()
        left.set()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    transport = open_transport(f"http://127.0.0.1:{port}")
    async with PlatformClient(transport, Credential("0a1b-key"), LocalGate(None)) as client:
        await act(client)
    await left.wait()
    server.close()

    lines = heard[0].decode("ascii").split("\r\n")
    assert lines[0] == f"{line} HTTP/1.1"
    expected = {
        f"Host: 127.0.0.1:{port}",
        f"User-Agent: entitree/{version('entitree')}",
        "Accept: application/json",
        "Accept-Encoding: gzip",
        "Connection: keep-alive",
        "Authorization: App 0a1b-key",
    }
    if body is not None:
        expected |= {"Content-Type: application/json", f"Content-Length: {len(body)}"}
    assert set(lines[1:-2]) == expected
    assert heard[1:] == ([b""] if body is None else [body, b""])


def test_every_operation_that_the_client_speaks_stands_here() -> None:
    spoken = ("/provisioning/", "/subscriptions/1/subscription/")
    assert {row[0] for row in GOLDEN} == {
        operation.name for operation in OPERATIONS.values() if operation.path.startswith(spoken)
    }
