"""Numbers, resources, domains and inbound configurations against the sandbox, by its rules for what the
documents leave open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.api.conftest import client_of

from entitree.api.models import ApiKey, KeyLink, Number, Platform
from entitree.api.transport import Reply
from entitree.errors import BadReplyError, BadRequestError, ConflictError, NotFoundError, RefusedError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.api.conftest import Open

    from entitree.api.replies import Page

COLA = "6F0C0D9E2B7A41D3A1F0000000000001"


async def all_of(pages: AsyncIterator[Page[Number]]) -> list[str]:
    return [row.number_key async for page in pages for row in page.results]


@pytest.mark.parametrize("count", ["total", "page"])
@pytest.mark.parametrize("beyond", ["empty", "not-found"])
@pytest.mark.parametrize("size", [1, 7, 22, 43, 44, 45, 1000])
async def test_all_numbers_are_read_whatever_is_counted(
    opened: Open, count: str, beyond: str, size: int
) -> None:
    async with client_of(opened(seed="demo", number_count=count, beyond_last_page=beyond)) as (client, wire):
        keys = await all_of(client.numbers(size))
        assert len(keys) == len(set(keys)) == 44
        assert len(wire.requests) <= 44 // size + 2


async def test_the_count_of_numbers_is_a_total_only_where_it_cannot_be_anything_else(opened: Open) -> None:
    async with client_of(opened(seed="demo")) as (client, _):
        pages = [page async for page in client.numbers(20)]
        assert [page.paging.total_results if page.paging else None for page in pages] == [44, 44, 44]
        [page] = [page async for page in client.numbers(44)]
        assert page.paging is None
    async with client_of(opened(seed="demo", number_count="page")) as (client, _):
        assert [page.paging async for page in client.numbers(20)] == [None, None, None]


@pytest.mark.parametrize("beyond", ["empty", "not-found"])
async def test_a_reading_that_broke_off_goes_on_where_it_was(opened: Open, beyond: str) -> None:
    async with client_of(opened(seed="demo", beyond_last_page=beyond)) as (client, wire):
        whole = [page async for page in client.entities(50)]
        assert [page.number for page in whole] == [0, 1, 2, 3, 4]
        asked = len(wire.requests)
        rest = [page async for page in client.entities(50, first=3)]
        assert [(page.number, page.results) for page in rest] == [
            (page.number, page.results) for page in whole[3:]
        ]
        assert len(wire.requests) - asked == len(rest)
        [nothing] = [page async for page in client.entities(50, first=99)]
        assert (nothing.number, nothing.results) == (99, ())
        for first, pages in (
            (1, client.applications(5, first=1)),
            (2, client.associations(200, first=2)),
            (1, client.strategies(20, first=1)),
            (4, client.numbers(10, first=4)),
            (2, client.resources("NUMBER", 20, first=2)),
            (1, client.domains(4, first=1)),
            (1, client.api_keys(5, first=1)),
        ):
            numbers = [page.number async for page in pages]
            assert numbers[0] == first
        with pytest.raises(NotFoundError):
            await client.get_number("nope")


async def test_a_number_is_linked_and_unlinked(opened: Open) -> None:
    async with client_of(opened()) as (client, _):
        before = await client.get_number(COLA)
        assert (before.application_id, before.entity_id) == ("marketing", "big-cola")
        changed = await client.update_number(COLA, "staging", "mc-burger")
        assert (changed.application_id, changed.entity_id) == ("staging", "mc-burger")
        assert await client.get_number(COLA) == changed
        alone = await client.update_number(COLA, "default")
        assert (alone.application_id, alone.entity_id) == ("default", None)
        with pytest.raises(BadRequestError) as caught:
            await client.update_number(COLA, "nope")
        assert list(caught.value.violations) == ["applicationId"]
        assert [row.number_key async for page in client.numbers(number=before.number) for row in page.results]


async def test_every_type_of_resource_is_found(opened: Open) -> None:
    async with client_of(opened(seed="demo")) as (client, _):
        types = ("NUMBER", "ALPHANUMERIC", "RCS_RESOURCE", "VIBER_RESOURCE", "APPLE_RESOURCE")
        for resource_type in types:
            rows = [row async for page in client.resources(resource_type, 7) for row in page.results]
            assert {row.resource_type for row in rows} <= {resource_type}
        numbers = [row async for page in client.resources("NUMBER") for row in page.results]
        linked = [row for row in numbers if row.platform and row.platform.entity_id]
        assert linked
        [again] = [
            row
            async for page in client.resources(
                "NUMBER", number=linked[0].number, country_code=linked[0].country_code
            )
            for row in page.results
        ]
        assert again == linked[0]
        names = [
            row.sender_name
            async for page in client.resources("ALPHANUMERIC", country_code="AE")
            for row in page.results
        ]
        assert "BigCola" in names
        both = [
            row
            async for page in client.resources("NUMBER", capabilities=["SMS", "MMS"])
            for row in page.results
        ]
        assert both
        assert all(set(row.capabilities) >= {"SMS", "MMS"} for row in both)


async def test_a_domain_lives_and_dies(opened: Open) -> None:
    async with client_of(opened()) as (client, _):
        body = {"domainName": "mail.shop-17.example", "targetedDailyTraffic": 100, "applicationId": "staging"}
        made = await client.create_domain(body)
        assert (made.domain_name, made.active) == ("mail.shop-17.example", False)
        assert made.dns_records
        assert await client.get_domain("mail.shop-17.example") == made
        with pytest.raises(ConflictError):
            await client.create_domain(body)
        names = [row.domain_name async for page in client.domains(1) for row in page.results]
        assert names == ["mail.bigcola.example", "mail.shop-17.example"]
        await client.delete_domain("mail.shop-17.example")
        with pytest.raises(NotFoundError):
            await client.get_domain("mail.shop-17.example")
        with pytest.raises(RefusedError):
            await client.create_domain({"domainName": ".."})


async def test_an_inbound_configuration_lives_and_dies(opened: Open) -> None:
    async with client_of(opened(seed="docs")) as (client, _):
        number = "6F0C0D9E2B7A41D3A1F0000000000002"
        platform = {"applicationId": "staging", "entityId": "big-cola"}
        made = await client.set_inbound(
            {"channel": "SMS", "numberKey": number, "keyword": "JOIN", "platform": platform}
        )
        assert made.platform == Platform(application_id="staging", entity_id="big-cola")
        [page] = [page async for page in client.inbound_configurations(channel="SMS", number_key=number)]
        assert made in page.results
        [page] = [
            page async for page in client.inbound_configurations(configuration_key=made.configuration_key)
        ]
        assert page.results == (made,)
        await client.delete_inbound(made.configuration_key)
        with pytest.raises(NotFoundError):
            await client.delete_inbound(made.configuration_key)


@pytest.mark.parametrize("body", ["empty", "exception"])
async def test_a_resource_without_inbound_configurations_is_an_empty_page(opened: Open, body: str) -> None:
    async with client_of(opened(not_found_body=body)) as (client, wire):
        for key in ("nope", "6F0C0D9E2B7A41D3A1F0000000000004"):
            pages = [page async for page in client.inbound_configurations(channel="MMS", number_key=key)]
            assert [page.results for page in pages] == [()]
        # Whatever else answers there says nothing about the account.
        wire.instead = Reply(404, {}, b"<html>Not here</html>")
        with pytest.raises(NotFoundError):
            await anext(client.inbound_configurations(channel="MMS", number_key="nope"))
        wire.instead = Reply(200, {}, b'{"results":[]}')
        with pytest.raises(BadReplyError):
            await anext(client.inbound_configurations(channel="MMS", number_key="nope"))


def test_lists_that_are_null_are_empty() -> None:
    number = Number.model_validate({"numberKey": "1", "capabilities": None, "keywords": None})
    assert (number.capabilities, number.keywords) == ([], [])
    assert ApiKey(id="1").platform == []
    assert ApiKey(id="1", platform=[KeyLink(application_id="prod")]).platform[0].entity_id is None
