"""API keys, which users and OAuth2 clients manage, and no key does (platform.md 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entitree.api import operations as ops
from entitree.api.client.family import Family
from entitree.api.models import ApiKey, CreatedApiKey
from entitree.api.replies import parse_json, parse_object
from entitree.api.shapes import KEYS
from entitree.errors import BadReplyError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from entitree.api.replies import Page
    from entitree.api.transport import Reply


class Keys(Family):
    """Besides what `Exchange.call` raises: RefusedError where there is neither user nor OAuth2 client."""

    def api_keys(self, size: int = 100, *, first: int = 0) -> AsyncIterator[Page[ApiKey]]:
        """`size` is 1 to 100, and no page beyond number 100 can be read (platform.md 0.5)."""
        return self._pages(ops.GET_API_KEYS, ApiKey, size, first, shape=KEYS)

    async def get_api_key(self, api_key_id: str) -> ApiKey:
        return await self._read(ops.GET_API_KEY, ApiKey, path={"apiKeyId": api_key_id})

    async def create_api_key(self, body: dict[str, Any]) -> CreatedApiKey:
        """Create a key; `name` is required. At most 40 a day (platform.md 0.4)."""
        return await self._exchange(ops.CREATE_API_KEY, _created, body=body)

    async def update_api_key(self, api_key_id: str, body: dict[str, Any]) -> ApiKey:
        """Change what is sent and leave the rest; at most 40 a day (platform.md 0.4).

        An empty `platform` makes of a key that is tied to something one that may do everything (platform.md
        6); `{"enabled": false}` revokes it, as nothing deletes one.
        """
        return await self._read(ops.UPDATE_API_KEY, ApiKey, path={"apiKeyId": api_key_id}, body=body)


def _created(reply: Reply) -> CreatedApiKey:
    key, value = parse_object(reply.body, ApiKey), parse_json(reply.body)
    secret = value.get("apiKeySecret") if isinstance(value, dict) else None
    if not isinstance(secret, str) or not secret:
        raise BadReplyError("the answer holds no secret")
    return CreatedApiKey(key, secret)
