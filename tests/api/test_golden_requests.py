"""Every request byte for byte as the published documents have it, written by hand.

The sandbox shares models with the client, so that an error in both would go unseen without these.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib.metadata import version

import pytest

from entitree.api.client import PlatformClient
from entitree.api.credentials import SignIn
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
from entitree.api.operations import OPERATIONS, Access
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


DOMAIN = b'{"domainId":1,"domainName":"mail.shop-17.example"}'
INBOUND = b'{"configurationKey":"E9823A7F","channel":"SMS"}'
KEY = b'{"id":"b6a7","apiKeySecret":"hush","name":"prod-shop-17"}'
KEY_BODY = {
    "name": "prod-shop-17",
    "platform": [{"applicationId": "prod", "entityId": "shop-17", "action": "FILL"}],
}
INBOUND_BODY = {
    "channel": "SMS",
    "numberKey": "6F0C0D9E",
    "keyword": None,
    "platform": {"applicationId": "prod", "entityId": "shop-17"},
}

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
    (
        "list-owned-numbers",
        first(lambda client: client.numbers()),
        "200",
        b'{"numbers":[],"numberCount":0}',
        "GET /numbers/1/numbers?page=0&limit=1000",
        None,
    ),
    (
        "list-owned-numbers",
        first(lambda client: client.numbers(50, number="+385 99", first=3)),
        "200",
        b'{"numbers":[],"numberCount":0}',
        "GET /numbers/1/numbers?page=3&limit=50&number=%2B385%2099",
        None,
    ),
    (
        "get-single-owned-number",
        lambda client: client.get_number("6F0C/0D9E"),
        "200",
        b'{"numberKey":"6F0C/0D9E"}',
        "GET /numbers/1/numbers/6F0C%2F0D9E",
        None,
    ),
    (
        "update-owned-number",
        lambda client: client.update_number("6F0C0D9E", "prod", "shop-17"),
        "200",
        b'{"numberKey":"6F0C0D9E"}',
        "PUT /numbers/1/numbers/6F0C0D9E",
        b'{"applicationId":"prod","entityId":"shop-17"}',
    ),
    (
        "update-owned-number",
        lambda client: client.update_number("6F0C0D9E", "default"),
        "200",
        b'{"numberKey":"6F0C0D9E"}',
        "PUT /numbers/1/numbers/6F0C0D9E",
        b'{"applicationId":"default"}',
    ),
    (
        "list-resources",
        first(lambda client: client.resources("NUMBER")),
        "200",
        PAGE,
        "POST /resources/1/resources?page=0&size=1000",
        b'{"resourceType":"NUMBER"}',
    ),
    (
        "list-resources",
        first(
            lambda client: client.resources(
                "NUMBER", 100, number="385990000001", country_code="HR", capabilities=("SMS", "MMS"), first=2
            )
        ),
        "200",
        PAGE,
        "POST /resources/1/resources?page=2&size=100",
        b'{"resourceType":"NUMBER","number":"385990000001","countryCode":"HR","capabilities":["SMS","MMS"]}',
    ),
    (
        "list-resources",
        first(lambda client: client.resources("ALPHANUMERIC", sender_name="Café")),
        "200",
        PAGE,
        "POST /resources/1/resources?page=0&size=1000",
        b'{"resourceType":"ALPHANUMERIC","senderName":"Caf\xc3\xa9"}',
    ),
    (
        "list-resources",
        first(lambda client: client.resources("VIBER_RESOURCE", resource="Shop")),
        "200",
        PAGE,
        "POST /resources/1/resources?page=0&size=1000",
        b'{"resourceType":"VIBER_RESOURCE","resource":"Shop"}',
    ),
    (
        "get-inbound-configurations",
        first(lambda client: client.inbound_configurations(channel="SMS", number_key="6F0C0D9E")),
        "200",
        b"[]",
        "GET /resource-management/1/inbound-message-configurations?channel=SMS&numberKey=6F0C0D9E",
        None,
    ),
    (
        "get-inbound-configurations",
        first(
            lambda client: client.inbound_configurations(
                channel="VIBER_BM", number="1", resource_key="2", resource="a b", configuration_key="3"
            )
        ),
        "404",
        b"",
        "GET /resource-management/1/inbound-message-configurations?channel=VIBER_BM&number=1&resourceKey=2"
        "&resource=a%20b&configurationKey=3",
        None,
    ),
    (
        "manage-inbound-configuration",
        lambda client: client.set_inbound(INBOUND_BODY),
        "200",
        INBOUND,
        "POST /resource-management/1/inbound-message-configurations",
        b'{"channel":"SMS","numberKey":"6F0C0D9E","keyword":null,'
        b'"platform":{"applicationId":"prod","entityId":"shop-17"}}',
    ),
    (
        "delete-inbound-configuration",
        lambda client: client.delete_inbound("E9823A7F"),
        "204",
        b"",
        "DELETE /resource-management/1/inbound-message-configurations/E9823A7F",
        None,
    ),
    (
        "get-all-domains",
        first(lambda client: client.domains()),
        "200",
        PAGE,
        "GET /email/1/domains?page=0&size=20",
        None,
    ),
    (
        "get-domain-details",
        lambda client: client.get_domain("mail.shop-17.example"),
        "200",
        DOMAIN,
        "GET /email/1/domains/mail.shop-17.example",
        None,
    ),
    (
        "add-domain",
        lambda client: client.create_domain(
            {"domainName": "mail.shop-17.example", "targetedDailyTraffic": 1000, "applicationId": "prod"}
        ),
        "200",
        DOMAIN,
        "POST /email/1/domains",
        b'{"domainName":"mail.shop-17.example","targetedDailyTraffic":1000,"applicationId":"prod"}',
    ),
    (
        "delete-domain",
        lambda client: client.delete_domain("mail.shop-17.example"),
        "204",
        b"",
        "DELETE /email/1/domains/mail.shop-17.example",
        None,
    ),
    (
        "get-api-keys-by-filter",
        first(lambda client: client.api_keys()),
        "200",
        b'{"apiKeys":[],"paging":{"page":0,"pageSize":100,"totalCount":0,"totalPages":0}}',
        "GET /settings/2/api-keys?page=0&size=100",
        None,
    ),
    (
        "get-api-key",
        lambda client: client.get_api_key("b6a7"),
        "200",
        KEY,
        "GET /settings/2/api-keys/b6a7",
        None,
    ),
    (
        "create-api-key",
        lambda client: client.create_api_key(KEY_BODY),
        "200",
        KEY,
        "POST /settings/2/api-keys",
        b'{"name":"prod-shop-17","platform":[{"applicationId":"prod","entityId":"shop-17","action":"FILL"}]}',
    ),
    (
        "update-api-key",
        lambda client: client.update_api_key("b6a7", {"enabled": False}),
        "200",
        KEY,
        "PUT /settings/2/api-keys/b6a7",
        b'{"enabled":false}',
    ),
    (
        "get-outbound-sms-message-logs-v3",
        first(lambda client: client.logs("SMS", application_id="prod", entity_id="a&b", limit=50)),
        "200",
        PAGE,
        "GET /sms/3/logs?limit=50&applicationId=prod&entityId=a%26b&useCursor=true",
        None,
    ),
    (
        "get-email-logs",
        first(lambda client: client.logs("EMAIL", entity_id="shop-17")),
        "200",
        PAGE,
        "GET /email/1/logs?limit=1000&entityId=shop-17",
        None,
    ),
    (
        "get-outbound-apple-mfb-message-logs",
        first(lambda client: client.logs("APPLE_MB")),
        "200",
        PAGE,
        "GET /apple-mfb/1/logs?limit=1000&useCursor=true",
        None,
    ),
    (
        "get-outbound-instagram-message-logs",
        first(lambda client: client.logs("INSTAGRAM")),
        "200",
        PAGE,
        "GET /instagram/1/logs?limit=1000&useCursor=true",
        None,
    ),
    (
        "get-outbound-messenger-message-logs",
        first(lambda client: client.logs("MESSENGER")),
        "200",
        PAGE,
        "GET /messenger/1/logs?limit=1000&useCursor=true",
        None,
    ),
]

BY_KEY = "App 0a1b-key"
BY_USER = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="


class Listener:
    """Answers each connection's request in turn, and keeps what it heard."""

    def __init__(self, *answers: tuple[str, bytes]) -> None:
        self.answers = list(answers)
        self.heard: list[bytes] = []
        self.left = asyncio.Event()

    async def listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError as cut:
                # Whatever was sent beyond the expected body would be heard too.
                self.heard.append(cut.partial)
                break
            lengths = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
            body = await reader.readexactly(int(lengths[0].split(b":")[1])) if lengths else b""
            self.heard += [head, body]
            status, answer = self.answers.pop(0)
            length = b"" if status == "204" else b"Content-Length: %d\r\n" % len(answer)
            writer.write(b"HTTP/1.1 %s X\r\n%s\r\n%s" % (status.encode(), length, answer))
        writer.close()
        self.left.set()


async def heard(credential: Credential, act: Act, *answers: tuple[str, bytes]) -> tuple[list[bytes], int]:
    """What came over one connection: heads and bodies in turn, then the rest; and the port it came to."""
    listener = Listener(*answers)
    server = await asyncio.start_server(listener.listen, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    transport = open_transport(f"http://127.0.0.1:{port}")
    async with PlatformClient(transport, credential, LocalGate(None)) as client:
        await act(client)
    await listener.left.wait()
    server.close()
    return listener.heard, port


def headers(port: int, *more: str) -> set[str]:
    return {
        f"Host: 127.0.0.1:{port}",
        f"User-Agent: entitree/{version('entitree')}",
        "Accept: application/json",
        "Accept-Encoding: gzip",
        "Connection: keep-alive",
        *more,
    }


@pytest.mark.parametrize(
    ("name", "act", "status", "answer", "line", "body"),
    [pytest.param(*row, id=f"{number}-{row[0]}") for number, row in enumerate(GOLDEN)],
)
async def test_the_bytes_on_the_wire(
    name: str, act: Act, status: str, answer: bytes, line: str, body: bytes | None
) -> None:
    both = Credential("0a1b-key", "Aladdin", "open sesame")
    (head, sent, rest), port = await heard(both, act, (status, answer))
    lines = head.decode("ascii").split("\r\n")
    assert lines[0] == f"{line} HTTP/1.1"
    by = BY_USER if OPERATIONS[name].access is Access.NO_KEY else BY_KEY
    of_body = () if body is None else ("Content-Type: application/json", f"Content-Length: {len(body)}")
    assert set(lines[1:-2]) == headers(port, f"Authorization: {by}", *of_body)
    assert (sent, rest) == (body or b"", b"")


async def test_a_session_on_the_wire() -> None:
    user = Credential(user="Aladdin", password="open “sesame”", sign_in=SignIn.SESSION)
    answers = (("200", b'{"token":"8d5f-token"}'), ("200", b'{"entityId":"x"}'), ("200", b""))
    came, port = await heard(user, lambda client: client.get_entity("x"), *answers)
    opening, fields, asking, _, closing, _, rest = came
    body = '{"username":"Aladdin","password":"open “sesame”"}'.encode()
    lines = opening.decode("ascii").split("\r\n")
    assert lines[0] == "POST /auth/1/session HTTP/1.1"
    of_body = ("Content-Type: application/json", f"Content-Length: {len(body)}")
    assert set(lines[1:-2]) == headers(port, *of_body)
    assert (fields, rest) == (body, b"")
    for head, line in ((asking, "GET /provisioning/1/entities/x"), (closing, "DELETE /auth/1/session")):
        lines = head.decode("ascii").split("\r\n")
        assert lines[0] == f"{line} HTTP/1.1"
        assert set(lines[1:-2]) == headers(port, "Authorization: IBSSO 8d5f-token")


async def test_an_oauth2_token_on_the_wire() -> None:
    client_ = Credential(client_id="my app", client_secret="p&q=é+%")
    answers = (("200", b'{"access_token":"t0k","expires_in":3600}'), ("200", b'{"entityId":"x"}'))
    came, port = await heard(client_, lambda client: client.get_entity("x"), *answers)
    opening, fields, asking, _, rest = came
    body = b"client_id=my+app&client_secret=p%26q%3D%C3%A9%2B%25&grant_type=client_credentials"
    lines = opening.decode("ascii").split("\r\n")
    assert lines[0] == "POST /auth/1/oauth2/token HTTP/1.1"
    of_body = ("Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}")
    assert set(lines[1:-2]) == headers(port, *of_body)
    assert (fields, rest) == (body, b"")
    assert "Authorization: Bearer t0k" in asking.decode("ascii").split("\r\n")


def test_every_operation_that_the_client_speaks_stands_here() -> None:
    by_itself = {"create-session", "destroy-session", "create-oauth2-token"}
    unspoken = {
        *(name for name in OPERATIONS if name.endswith(("-profile", "-profiles"))),
        # They hand out each item once, and so take it away from whoever it is for.
        "get-outbound-sms-message-delivery-reports",
        "get-outbound-mms-message-delivery-reports",
        "get-email-delivery-reports",
        "get-inbound-sms-messages",
        "get-inbound-mms-messages",
    }
    assert {row[0] for row in GOLDEN} == OPERATIONS.keys() - by_itself - unspoken
