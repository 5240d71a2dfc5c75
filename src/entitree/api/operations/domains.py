"""Email domains (platform.md 2.4)."""

from __future__ import annotations

from entitree.api.operations.operation import READ, Limit, Operation, Settle

_DOMAINS = "/email/1/domains"
_PACE = Limit(1, burst=5)
_MANAGE = ("email:manage",)
_READ = ("email:manage", "email:message:send")

GET_DOMAINS = Operation("get-all-domains", "GET", _DOMAINS, 200, _PACE, _READ, (400, 401, 403, 429, 500))
CREATE_DOMAIN = Operation(
    "add-domain",
    "POST",
    _DOMAINS,
    200,
    _PACE,
    _MANAGE,
    (400, 401, 403, 409, 429, 500),
    settle=Settle.EXISTS,
    read_with="get-domain-details",
    idempotent=False,
)
"""Beside its rate at most 1,000 new ones a day."""
GET_DOMAIN = Operation("get-domain-details", "GET", _DOMAINS + "/{domainName}", 200, _PACE, _READ, READ)
DELETE_DOMAIN = Operation(
    "delete-domain",
    "DELETE",
    _DOMAINS + "/{domainName}",
    204,
    _PACE,
    _MANAGE,
    (400, 401, 403, 404, 429, 500),
    settle=Settle.GONE,
    read_with="get-domain-details",
)
