"""Sending strategies (platform.md 5)."""

from __future__ import annotations

from entitree.api.operations.operation import LISTED, ONE_A_SECOND, ErrorShape, Operation, Settle

_STRATEGIES = "/provisioning/2/sending-strategies"
_SENDING = ("sending-strategy:manage",)

GET_STRATEGIES = Operation(
    "get-sending-strategies-v2",
    "GET",
    _STRATEGIES,
    200,
    ONE_A_SECOND,
    _SENDING,
    LISTED,
    errors=ErrorShape.ERROR,
)
CREATE_STRATEGY = Operation(
    "create-sending-strategy-v2",
    "POST",
    _STRATEGIES,
    201,
    ONE_A_SECOND,
    _SENDING,
    (400, 401, 403, 429, 500),
    errors=ErrorShape.ERROR,
    settle=Settle.LISTED,
    read_with="get-sending-strategies-v2",
    idempotent=False,
)
DELETE_STRATEGY = Operation(
    "delete-sending-strategy-by-sending-strategy-id-v2",
    "DELETE",
    _STRATEGIES + "/{sendingStrategyId}",
    204,
    ONE_A_SECOND,
    _SENDING,
    (400, 401, 403, 404, 429, 500),
    errors=ErrorShape.ERROR,
    settle=Settle.GONE,
    read_with="get-sending-strategies-v2",
)
