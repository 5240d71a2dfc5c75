"""Numbers with their own link, the search over owned resources, inbound configurations (platform.md 2, 3)."""

from __future__ import annotations

from entitree.api.operations.operation import ONE_A_SECOND, READ, Limit, Operation, Settle

_NUMBERS = "/numbers/1/numbers"
_INBOUND = "/resource-management/1/inbound-message-configurations"
_MANAGE = ("numbers:manage",)

GET_NUMBERS = Operation(
    "list-owned-numbers", "GET", _NUMBERS, 200, Limit(1, burst=2), _MANAGE, (401, 403, 404, 429, 500)
)
GET_NUMBER = Operation(
    "get-single-owned-number", "GET", _NUMBERS + "/{numberKey}", 200, Limit(10), _MANAGE, READ
)
UPDATE_NUMBER = Operation(
    "update-owned-number",
    "PUT",
    _NUMBERS + "/{numberKey}",
    200,
    ONE_A_SECOND,
    _MANAGE,
    (400, 401, 403, 404, 429, 500),
    settle=Settle.EQUALS,
    read_with="get-single-owned-number",
)

SEARCH_RESOURCES = Operation(
    "list-resources",
    "POST",
    "/resources/1/resources",
    200,
    Limit(10),
    _MANAGE,
    (400, 401, 403, 404, 429, 500),
)
"""A search by POST: it reads, whatever its method says."""

GET_INBOUND = Operation(
    "get-inbound-configurations", "GET", _INBOUND, 200, Limit(2), _MANAGE, (401, 403, 404, 500)
)
SET_INBOUND = Operation(
    "manage-inbound-configuration",
    "POST",
    _INBOUND,
    200,
    Limit(2, burst=10),
    _MANAGE,
    (400, 401, 403, 404, 429, 500),
    settle=Settle.EQUALS,
    read_with="get-inbound-configurations",
)
"""Creates, or updates what has the same resource, channel and keyword."""
DELETE_INBOUND = Operation(
    "delete-inbound-configuration",
    "DELETE",
    _INBOUND + "/{configurationKey}",
    204,
    ONE_A_SECOND,
    _MANAGE,
    READ,
    settle=Settle.GONE,
    read_with="get-inbound-configurations",
)
