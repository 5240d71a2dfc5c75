"""API keys, which no API key may manage (platform.md 6), and the two ways to sign in for a while (0.2)."""

from __future__ import annotations

from entitree.api.operations.operation import Access, ErrorShape, Limit, Operation, Settle

_KEYS = "/settings/2/api-keys"
_TEN_A_SECOND = Limit(10)
_FORTY_A_DAY = Limit(40, 86_400.0)
_MANAGE = ("account-management:manage",)

GET_API_KEYS = Operation(
    "get-api-keys-by-filter",
    "GET",
    _KEYS,
    200,
    _TEN_A_SECOND,
    _MANAGE,
    (400, 401, 403, 429, 500),
    errors=ErrorShape.ERROR,
    access=Access.NO_KEY,
)
CREATE_API_KEY = Operation(
    "create-api-key",
    "POST",
    _KEYS,
    200,
    _FORTY_A_DAY,
    _MANAGE,
    (400, 401, 403, 429, 500),
    errors=ErrorShape.ERROR,
    settle=Settle.LISTED,
    read_with="get-api-keys-by-filter",
    idempotent=False,
    access=Access.NO_KEY,
)
GET_API_KEY = Operation(
    "get-api-key",
    "GET",
    _KEYS + "/{apiKeyId}",
    200,
    _TEN_A_SECOND,
    _MANAGE,
    (400, 401, 403, 404, 429, 500),
    errors=ErrorShape.ERROR,
    access=Access.NO_KEY,
)
UPDATE_API_KEY = Operation(
    "update-api-key",
    "PUT",
    _KEYS + "/{apiKeyId}",
    200,
    _FORTY_A_DAY,
    _MANAGE,
    (400, 401, 403, 404, 429, 500),
    errors=ErrorShape.ERROR,
    settle=Settle.EQUALS,
    read_with="get-api-key",
    access=Access.NO_KEY,
)
"""There is no deletion: a key is revoked by disabling it."""

CREATE_SESSION = Operation(
    "create-session",
    "POST",
    "/auth/1/session",
    200,
    _TEN_A_SECOND,
    (),
    (400, 429, 500),
    settle=Settle.LOST,
    idempotent=False,
    access=Access.OPEN,
)
DESTROY_SESSION = Operation(
    "destroy-session",
    "DELETE",
    "/auth/1/session",
    200,
    _TEN_A_SECOND,
    (),
    (401, 403, 429, 500),
    settle=Settle.LOST,
    access=Access.SESSION,
)
CREATE_TOKEN = Operation(
    "create-oauth2-token",
    "POST",
    "/auth/1/oauth2/token",
    200,
    _TEN_A_SECOND,
    (),
    (400, 429, 500),
    settle=Settle.LOST,
    idempotent=False,
    access=Access.OPEN,
)
