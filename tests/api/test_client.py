"""Every method of the client against the sandbox, in process, as every program here uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from entitree.api.client import PlatformClient
from entitree.api.gate import LocalGate
from entitree.api.guard import Guard
from entitree.api.models import (
    Application,
    Association,
    Criterion,
    Entity,
    Platform,
    ProfileReference,
    SendingStrategyRequest,
    SubscriptionChange,
)
from entitree.api.transport import Credential, open_transport
from entitree.errors import (
    BadRequestError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    RefusedError,
    UnauthorizedError,
)
from entitree.sandbox import Sandbox, open_sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

NUMBER = "6F0C0D9E2B7A41D3A1F0000000000005"
HOSTILE_IDS = [
    "a/b",
    "a b",
    "a#b",
    "a?x=1",
    "%2F",
    "..x",
    "../../numbers",
    "é",
    "🦊",
    "a+b&c;d",
    "[red]x[/]",
    "\\",
    "x" * 255,
    "é" * 255,
]


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    opened = open_sandbox(tmp_path / "platform.db", seed="docs", limits=None)
    yield opened
    opened.close()


def client_of(sandbox: Sandbox, key: str | None = None, guard: Guard | None = None) -> PlatformClient:
    transport = open_transport("http://127.0.0.1", asgi_app=sandbox.app)
    return PlatformClient(transport, Credential(key or sandbox.api_key), LocalGate(None), guard or Guard())


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[PlatformClient]:
    async with client_of(sandbox) as opened:
        yield opened


async def test_an_application_lives_and_dies(client: PlatformClient) -> None:
    await client.create_application("trial", "Trial run")
    assert await client.get_application("trial") == Application(
        application_id="trial", application_name="Trial run"
    )
    with pytest.raises(ConflictError, match="“trial”: it exists already"):
        await client.create_application("trial")
    await client.modify_application("trial", "Second run")
    assert (await client.get_application("trial")).application_name == "Second run"
    await client.modify_application("trial", None)
    assert (await client.get_application("trial")).application_name is None
    await client.delete_application("trial")
    for act in (client.get_application, client.delete_application):
        with pytest.raises(NotFoundError, match="“trial”"):
            await act("trial")


async def test_an_entity_lives_and_dies(client: PlatformClient) -> None:
    await client.create_entity("shop-17", "Shop seventeen")
    assert await client.get_entity("shop-17") == Entity(entity_id="shop-17", entity_name="Shop seventeen")
    with pytest.raises(ConflictError):
        await client.create_entity("shop-17")
    await client.modify_entity("shop-17", "Shop 17")
    assert (await client.get_entity("shop-17")).entity_name == "Shop 17"
    await client.delete_entity("shop-17")
    with pytest.raises(NotFoundError):
        await client.modify_entity("shop-17", "x")


@pytest.mark.parametrize("identifier", HOSTILE_IDS)
async def test_hostile_ids_go_there_and_back_and_touch_nothing_else(
    client: PlatformClient, identifier: str
) -> None:
    before = [row async for page in client.entities() for row in page.results]
    await client.create_entity("a", "the one that must not be touched")
    await client.create_entity(identifier, "first")
    await client.modify_entity(identifier, "second")
    assert await client.get_entity(identifier) == Entity(entity_id=identifier, entity_name="second")
    assert (await client.get_entity("a")).entity_name == "the one that must not be touched"
    association = Association(
        resource_type="NUMBER",
        channel="SMS",
        application_id="default",
        entity_id=identifier,
        resource_id=NUMBER,
    )
    await client.create_association(association)
    assert await client.get_association(association) == association
    found = [row async for page in client.associations(entity_id=identifier) for row in page.results]
    assert found == [association]
    await client.delete_entity(identifier)
    await client.delete_entity("a")
    assert [row async for page in client.entities() for row in page.results] == before


async def test_an_association_lives_and_dies(client: PlatformClient) -> None:
    association = Association(
        resource_type="NUMBER", channel="SMS", application_id="staging", resource_id=NUMBER
    )
    await client.create_association(association)
    assert await client.get_association(association) == association
    with pytest.raises(ConflictError):
        await client.create_association(association)
    found = [
        row
        async for page in client.associations(
            application_id="staging", resource_type="NUMBER", channel="SMS", resource_id=NUMBER
        )
        for row in page.results
    ]
    assert found == [association]
    await client.delete_association(association)
    with pytest.raises(NotFoundError):
        await client.get_association(association)
    with pytest.raises(NotFoundError):
        await client.delete_association(association)


async def test_a_strategy_lives_and_dies(client: PlatformClient) -> None:
    wanted = SendingStrategyRequest(platform=Platform(application_id="staging"), channel="SMS")
    identifier = await client.create_strategy(wanted)
    [page] = [page async for page in client.strategies(application_id="staging")]
    [strategy] = page.results
    assert (strategy.sending_strategy_id, strategy.platform) == (identifier, wanted.platform)
    await client.delete_strategy(identifier)
    with pytest.raises(NotFoundError):
        await client.delete_strategy(identifier)


async def test_a_subscription_lives_and_dies(client: PlatformClient) -> None:
    body = {
        "subscriptionId": "staging-sms",
        "events": ["DELIVERY"],
        "criteria": [{"applicationId": "staging"}],
        "profile": {"profileId": "main-hook"},
    }
    created = await client.create_subscription("SMS", body)
    assert created.subscription_id == "staging-sms"
    change = SubscriptionChange(
        name="Staging",
        events=["DELIVERY"],
        criteria=[Criterion(application_id="staging", entity_id="big-cola")],
        profile=ProfileReference(profile_id="main-hook"),
    )
    await client.modify_subscription("SMS", "staging-sms", change)
    changed = await client.get_subscription("SMS", "staging-sms")
    assert (changed.name, changed.criteria) == ("Staging", change.criteria)
    found = [
        row async for page in client.subscriptions("SMS", application_id="staging") for row in page.results
    ]
    assert [row.subscription_id for row in found] == ["staging-sms"]
    await client.delete_subscription("SMS", "staging-sms")
    with pytest.raises(NotFoundError):
        await client.get_subscription("SMS", "staging-sms")


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6, 1000])
async def test_pages_come_whole_and_in_order_whatever_their_size(client: PlatformClient, size: int) -> None:
    pages = [page async for page in client.applications(size)]
    ids = [row.application_id for page in pages for row in page.results]
    assert sorted(ids) == ["default", "marketing", "one-time-pin", "production", "staging"]
    assert len(set(ids)) == len(ids)
    assert all(0 < len(page.results) <= size for page in pages)
    assert all(addressable for page in pages for _, addressable in page.rows())


async def test_an_empty_list_is_one_empty_page(client: PlatformClient) -> None:
    [page] = [page async for page in client.subscriptions("ZALO")]
    assert page.results == ()
    assert page.paging is not None
    assert page.paging.total_results == 0


async def test_the_violations_reach_the_form(client: PlatformClient) -> None:
    with pytest.raises(BadRequestError) as caught:
        await client.create_entity("x" * 256)
    assert list(caught.value.violations) == ["entityId"]
    with pytest.raises(BadRequestError) as caught:
        await client.create_strategy(SendingStrategyRequest(channel="x" * 256))
    assert list(caught.value.violations) == ["channel"]


async def test_a_wrong_key_and_a_key_without_the_scope_are_told_apart(sandbox: Sandbox) -> None:
    async with client_of(sandbox, "0123-wrong") as client:
        with pytest.raises(UnauthorizedError, match="does not accept the API key"):
            await client.create_entity("shop-17")
    async with client_of(sandbox, sandbox.limited_key) as client:
        with pytest.raises(ForbiddenError, match="application-entity:manage"):
            await client.create_entity("shop-17")


async def test_a_user_with_password_may_ask_too(sandbox: Sandbox) -> None:
    transport = open_transport("http://127.0.0.1", asgi_app=sandbox.app)
    credential = Credential(user=sandbox.user, password=sandbox.password)
    async with PlatformClient(transport, credential, LocalGate(None)) as client:
        assert (await client.get_application("default")).application_id == "default"


async def test_a_read_only_client_leaves_the_account_as_it_is(sandbox: Sandbox) -> None:
    before = sandbox.dump()
    async with client_of(sandbox, guard=Guard(read_only=True)) as client:
        for write in (
            client.create_entity("x"),
            client.modify_entity("big-cola", "x"),
            client.delete_entity("big-cola"),
        ):
            with pytest.raises(RefusedError):
                await write
        assert (await client.get_entity("big-cola")).entity_name == "BigCola"
    assert sandbox.dump() == before
