"""API keys, whose secrets are not kept, and logs, whose tags stand in two places."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.api.conftest import client_of

from entitree.api.client import LOGS
from entitree.api.models import ApiKey, LogEntry
from entitree.api.replies import parse_page
from entitree.api.shapes import KEYS
from entitree.api.transport import Reply, Request
from entitree.errors import UsageError

if TYPE_CHECKING:
    from tests.api.conftest import Open


async def test_a_key_lives_and_its_secret_is_held_once(opened: Open) -> None:
    async with client_of(opened()) as (client, _):
        link = {"applicationId": "staging", "entityId": "big-cola", "action": "FILL"}
        made = await client.create_api_key({"name": "staging-cola", "platform": [link]})
        assert made.secret
        assert (
            made.secret not in repr(made) + repr(made.key) + repr(vars(made.key)) + made.key.model_dump_json()
        )
        [held] = made.key.platform
        assert (held.application_id, held.entity_id, held.action) == ("staging", "big-cola", "FILL")
        assert held.key
        rows = [row async for page in client.api_keys(2) for row in page.results]
        assert made.key in rows
        shown = repr(rows) + "".join(row.model_dump_json() for row in rows)
        assert made.secret not in shown
        assert client._desk._credential.api_key is not None
        assert client._desk._credential.api_key not in shown
        disabled = await client.update_api_key(made.key.id, {"enabled": False})
        assert (disabled.enabled, disabled.platform) == (False, made.key.platform)
        assert await client.get_api_key(made.key.id) == disabled


def test_no_secret_survives_the_parsing_of_keys() -> None:
    rows = [
        {"id": "1", "apiKeySecret": "hushhush", "name": "good"},
        {"id": "2", "apiKeySecret": "hushhush", "name": 7},
        {"id": 3, "apiKeySecret": {"deep": "hushhush"}, "name": ["hushhush"]},
        {"id": "4", "api_key_secret": "hushhush", "allowedIPs": None, "platform": None, "new": True},
        "hushhush",
        ["hushhush"],
    ]
    page = parse_page(json.dumps({"apiKeys": rows}).encode(), ApiKey, KEYS)
    assert [row.id for row in page.results] == ["1", "4"]
    assert [row.position for row in page.odd] == [1, 2, 4, 5]
    assert "hush" not in repr(page)
    assert "hush" not in "".join(row.model_dump_json() + repr(row.model_extra) for row in page.results)
    assert "hush" not in repr(ApiKey.model_validate(rows[0])) + repr(ApiKey(**rows[0]))  # type: ignore[arg-type] # as it came
    assert page.results[1].platform == []
    assert page.results[1].model_extra == {"new": True}


async def test_no_page_of_keys_is_asked_for_that_the_platform_does_not_have(opened: Open) -> None:
    async with client_of(opened()) as (client, wire):
        inner = wire.inner
        asked: list[str] = []

        async def endless(request: Request, *, deadline: float) -> Reply:
            asked.append(request.target)
            body = {
                "apiKeys": [{"id": request.target}],
                "paging": {"page": 0, "pageSize": 1, "totalCount": 999},
            }
            return Reply(200, {}, json.dumps(body).encode())

        inner.send = endless  # type: ignore[method-assign] # a platform with more keys than it lists
        pages = [page async for page in client.api_keys(1)]
        assert (len(pages), asked[-1]) == (101, "/settings/2/api-keys?page=100&size=1")


@pytest.mark.parametrize("channel", list(LOGS))
async def test_logs_are_read_to_their_end_and_again(opened: Open, channel: str) -> None:
    async with client_of(opened(seed="demo")) as (client, _):
        whole = [row async for page in client.logs(channel) for row in page.results]
        assert whole
        assert all(row.message_id and row.sent_at and row.application_id for row in whole)
        steps = [page async for page in client.logs(channel, limit=5)]
        assert [page.number for page in steps] == list(range(len(steps)))
        read = [row for page in steps for row in page.results]
        assert read == (whole[:5] if channel == "EMAIL" else whole)
        tag = next(row for row in whole if row.entity_id)
        found = [
            row
            async for page in client.logs(channel, application_id=tag.application_id, entity_id=tag.entity_id)
            for row in page.results
        ]
        assert tag in found
        assert {(row.application_id, row.entity_id) for row in found} == {(tag.application_id, tag.entity_id)}


async def test_logs_that_lead_in_a_circle_are_left(opened: Open) -> None:
    async with client_of(opened()) as (client, wire):
        wire.instead = Reply(200, {}, b'{"results":[{"messageId":"1"}],"cursor":{"nextCursor":"again"}}')
        assert len([page async for page in client.logs("SMS")]) == 2
        assert len(wire.requests) == 2
        with pytest.raises(UsageError, match="no logs of VIBER"):
            await anext(client.logs("VIBER"))


@pytest.mark.parametrize(
    "raw",
    [
        {"messageId": "1", "applicationId": "prod", "entityId": "shop-17"},
        {"messageId": "1", "platform": {"applicationId": "prod", "entityId": "shop-17"}},
        {
            "messageId": "1",
            "platform": {"applicationId": "x", "entityId": "shop-17"},
            "applicationId": "prod",
        },
    ],
)
def test_a_tag_is_read_from_wherever_it_stands(raw: dict[str, object]) -> None:
    entry = LogEntry.model_validate(raw)
    assert (entry.application_id, entry.entity_id) == ("prod", "shop-17")


@pytest.mark.parametrize("platform", [None, [], "x", {}, {"applicationId": None}])
def test_a_log_without_a_tag_is_a_log(platform: object) -> None:
    entry = LogEntry.model_validate({"messageId": "1", "platform": platform, "sender": "Shop17"})
    assert (entry.application_id, entry.entity_id) == (None, None)
    assert entry.model_extra is not None
    assert entry.model_extra["sender"] == "Shop17"
