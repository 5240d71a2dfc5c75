"""The operations of the platform as a table: what they are called, cost, answer, and how they are settled.

Client, sandbox and worker read the same rows. Names are the `operationId`s of the published documents
(platform-spec/); limits are per account and operation (platform.md 0.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class ErrorShape(Enum):
    """Which of the two error bodies a family answers with (platform.md 0.3)."""

    EXCEPTION = "A"
    ERROR = "B"


class Settle(Enum):
    """How to tell, after a lost reply, whether a write took effect (hazards: writes)."""

    NOTHING = "a read: ask again"
    EXISTS = "read the object: it is there and equals what was sent"
    EQUALS = "read the object: it equals what was sent"
    GONE = "read the object: it is not there"
    LISTED = "list: an object equal to what was sent was not there before"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `requests` in each window of `seconds`."""

    requests: int
    seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Operation:
    name: str
    method: str
    path: str
    """Template with `{camelCase}` segments, to be filled in percent-encoded, one segment each."""
    success: int
    limit: Limit | None
    scope: str
    errors: ErrorShape = ErrorShape.EXCEPTION
    settle: Settle = Settle.NOTHING
    read_with: str = ""
    """Name of the operation that settles a write."""
    idempotent: bool = True
    """Sending it twice leaves the account as sending it once does."""

    @property
    def reads(self) -> bool:
        """Changes nothing on the platform: what a read-only profile may send."""
        return self.settle is Settle.NOTHING


_ONE = Limit(1)
_APPLICATIONS = "/provisioning/1/applications"
_ENTITIES = "/provisioning/1/entities"
_ASSOCIATIONS = "/provisioning/1/associations"
_STRATEGIES = "/provisioning/2/sending-strategies"
_SUBSCRIPTIONS = "/subscriptions/1/subscription/{channel}"
_MANAGE = "application-entity:manage"
_SENDING = "sending-strategy:manage"
_SUBSCRIBING = "subscriptions:manage"

GET_APPLICATIONS = Operation("get-applications", "GET", _APPLICATIONS, 200, _ONE, _MANAGE)
CREATE_APPLICATION = Operation(
    "create-application",
    "POST",
    _APPLICATIONS,
    201,
    _ONE,
    _MANAGE,
    settle=Settle.EXISTS,
    read_with="get-application",
    idempotent=False,
)
GET_APPLICATION = Operation("get-application", "GET", _APPLICATIONS + "/{applicationId}", 200, _ONE, _MANAGE)
MODIFY_APPLICATION = Operation(
    "modify-application",
    "PUT",
    _APPLICATIONS + "/{applicationId}",
    204,
    _ONE,
    _MANAGE,
    settle=Settle.EQUALS,
    read_with="get-application",
)
DELETE_APPLICATION = Operation(
    "delete-application",
    "DELETE",
    _APPLICATIONS + "/{applicationId}",
    200,
    _ONE,
    _MANAGE,
    settle=Settle.GONE,
    read_with="get-application",
)

GET_ENTITIES = Operation("get-entities", "GET", _ENTITIES, 200, _ONE, _MANAGE)
CREATE_ENTITY = Operation(
    "create-entity",
    "POST",
    _ENTITIES,
    201,
    _ONE,
    _MANAGE,
    settle=Settle.EXISTS,
    read_with="get-entity",
    idempotent=False,
)
GET_ENTITY = Operation("get-entity", "GET", _ENTITIES + "/{entityId}", 200, _ONE, _MANAGE)
MODIFY_ENTITY = Operation(
    "modify-entity",
    "PUT",
    _ENTITIES + "/{entityId}",
    204,
    _ONE,
    _MANAGE,
    settle=Settle.EQUALS,
    read_with="get-entity",
)
DELETE_ENTITY = Operation(
    "delete-entity",
    "DELETE",
    _ENTITIES + "/{entityId}",
    200,
    _ONE,
    _MANAGE,
    settle=Settle.GONE,
    read_with="get-entity",
)

GET_ASSOCIATIONS = Operation("get-resource-associations", "GET", _ASSOCIATIONS, 200, _ONE, _MANAGE)
CREATE_ASSOCIATION = Operation(
    "create-resource-association",
    "POST",
    _ASSOCIATIONS,
    201,
    _ONE,
    _MANAGE,
    settle=Settle.EXISTS,
    read_with="get-resource-association",
    idempotent=False,
)
DELETE_ASSOCIATION = Operation(
    "delete-resource-association",
    "DELETE",
    _ASSOCIATIONS,
    204,
    _ONE,
    _MANAGE,
    settle=Settle.GONE,
    read_with="get-resource-association",
)
GET_ASSOCIATION = Operation("get-resource-association", "GET", _ASSOCIATIONS + "/single", 200, _ONE, _MANAGE)

GET_STRATEGIES = Operation(
    "get-sending-strategies-v2", "GET", _STRATEGIES, 200, _ONE, _SENDING, errors=ErrorShape.ERROR
)
CREATE_STRATEGY = Operation(
    "create-sending-strategy-v2",
    "POST",
    _STRATEGIES,
    201,
    _ONE,
    _SENDING,
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
    _ONE,
    _SENDING,
    errors=ErrorShape.ERROR,
    settle=Settle.GONE,
    read_with="get-sending-strategies-v2",
)

GET_SUBSCRIPTIONS = Operation("get-subscriptions", "GET", _SUBSCRIPTIONS, 200, None, _SUBSCRIBING)
CREATE_SUBSCRIPTION = Operation(
    "create-subscription",
    "POST",
    _SUBSCRIPTIONS,
    201,
    None,
    _SUBSCRIBING,
    settle=Settle.EXISTS,
    read_with="get-subscription",
    idempotent=False,
)
GET_SUBSCRIPTION = Operation(
    "get-subscription", "GET", _SUBSCRIPTIONS + "/{subscriptionId}", 200, None, _SUBSCRIBING
)
UPDATE_SUBSCRIPTION = Operation(
    "update-subscription",
    "PUT",
    _SUBSCRIPTIONS + "/{subscriptionId}",
    200,
    None,
    _SUBSCRIBING,
    settle=Settle.EQUALS,
    read_with="get-subscription",
)
DELETE_SUBSCRIPTION = Operation(
    "delete-subscription",
    "DELETE",
    _SUBSCRIPTIONS + "/{subscriptionId}",
    200,
    None,
    _SUBSCRIBING,
    settle=Settle.GONE,
    read_with="get-subscription",
)

OPERATIONS: dict[str, Operation] = {
    operation.name: operation for operation in tuple(globals().values()) if isinstance(operation, Operation)
}
"""Every operation by its name."""
