"""Subscriptions and the notification profiles they deliver through (platform.md 4). No rate is declared."""

from __future__ import annotations

from entitree.api.operations.operation import Operation, Settle

_SUBSCRIPTIONS = "/subscriptions/1/subscription/{channel}"
_PROFILES = "/subscriptions/1/profiles"
_SUBSCRIBING = ("subscriptions:manage",)
_REFUSED = (400, 401, 403, 404, 429, 500)

GET_SUBSCRIPTIONS = Operation("get-subscriptions", "GET", _SUBSCRIPTIONS, 200, None, _SUBSCRIBING, _REFUSED)
CREATE_SUBSCRIPTION = Operation(
    "create-subscription",
    "POST",
    _SUBSCRIPTIONS,
    201,
    None,
    _SUBSCRIBING,
    _REFUSED,
    settle=Settle.EXISTS,
    read_with="get-subscription",
    idempotent=False,
)
GET_SUBSCRIPTION = Operation(
    "get-subscription", "GET", _SUBSCRIPTIONS + "/{subscriptionId}", 200, None, _SUBSCRIBING, _REFUSED
)
UPDATE_SUBSCRIPTION = Operation(
    "update-subscription",
    "PUT",
    _SUBSCRIPTIONS + "/{subscriptionId}",
    200,
    None,
    _SUBSCRIBING,
    _REFUSED,
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
    _REFUSED,
    settle=Settle.GONE,
    read_with="get-subscription",
)

GET_PROFILES = Operation("get-profiles", "GET", _PROFILES, 200, None, _SUBSCRIBING, _REFUSED)
CREATE_PROFILE = Operation(
    "create-profile",
    "POST",
    _PROFILES,
    201,
    None,
    _SUBSCRIBING,
    _REFUSED,
    settle=Settle.EXISTS,
    read_with="get-profile",
    idempotent=False,
)
GET_PROFILE = Operation("get-profile", "GET", _PROFILES + "/{profileId}", 200, None, _SUBSCRIBING, _REFUSED)
UPDATE_PROFILE = Operation(
    "update-profile",
    "PUT",
    _PROFILES + "/{profileId}",
    200,
    None,
    _SUBSCRIBING,
    _REFUSED,
    settle=Settle.EQUALS,
    read_with="get-profile",
)
DELETE_PROFILE = Operation(
    "delete-profile",
    "DELETE",
    _PROFILES + "/{profileId}",
    200,
    None,
    _SUBSCRIBING,
    _REFUSED,
    settle=Settle.GONE,
    read_with="get-profile",
)
