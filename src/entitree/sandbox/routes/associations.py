"""Associations: a resource tied to an application, alone or with an entity (platform.md 1.2)."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from entitree.api import operations
from entitree.sandbox.call import Call, Route, Takes
from entitree.sandbox.checks import Checks
from entitree.sandbox.kinds import ASSOCIATION, ASSOCIATION_COLUMNS
from entitree.sandbox.paging import page_of
from entitree.sandbox.replies import ProblemError, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

_RESOURCE_TYPES = ("NUMBER", "DOMAIN", "ALPHA", "RCS_RESOURCE", "APPLE_RESOURCE")
_CHANNELS = ("SMS", "MMS", "EMAIL", "WHATSAPP", "RCS", "APPLE")

_IDENTITY = " AND ".join(
    # Written as the unique index is, so that it is used.
    "ifnull(entity_id, '') = ifnull(:entityId, '')" if column == "entity_id" else f"{column} = :{field}"
    for field, column in ASSOCIATION_COLUMNS.items()
)


def _list(call: Call) -> Reply:
    given = {field: call.query.first(field) for field in ASSOCIATION_COLUMNS}
    _checked_enums(Checks(given), required=False).done()
    conditions = [
        (f"{column} = ?", (value,))
        for field, column in ASSOCIATION_COLUMNS.items()
        if (value := given[field]) is not None
    ]
    return page_of(call, "associations", ASSOCIATION.shown, conditions=conditions, id_column="resource_id")


def _create(call: Call) -> Reply:
    identity = _identity(call.body)
    if not all(
        (
            _exists(call, "applications", "id", identity["applicationId"]),
            identity["entityId"] is None or _exists(call, "entities", "id", identity["entityId"]),
            _owned(call, identity["resourceType"], identity["resourceId"]),
        )
    ):
        raise ProblemError(404)
    try:
        call.ledger.add(
            ASSOCIATION, {column: identity[field] for field, column in ASSOCIATION_COLUMNS.items()}
        )
    except sqlite3.IntegrityError:
        raise ProblemError(409, text="The resource association already exists") from None
    return Reply(201)


def _get(call: Call) -> Reply:
    identity = _identity({field: call.query.first(field) for field in ASSOCIATION_COLUMNS})
    row = call.db.execute(f"SELECT * FROM associations WHERE {_IDENTITY}", identity).fetchone()
    if row is None:
        raise ProblemError(404)
    return Reply(200, ASSOCIATION.shown(row))


def _delete(call: Call) -> Reply:
    if not call.ledger.remove(ASSOCIATION, _IDENTITY, _identity(call.body)):
        raise ProblemError(404)
    return Reply(204)


def _identity(given: Mapping[str, Any]) -> dict[str, str | None]:
    """The five fields. `entityId` may be null or absent: the documents say both.

    Raises:
        ProblemError: 400.
    """
    checks = _checked_enums(Checks(given), required=True)
    identity = {
        "applicationId": checks.id("applicationId"),
        "entityId": checks.id("entityId", required=False),
        "resourceId": checks.id("resourceId"),
    }
    if given.get("resourceType") == "DOMAIN" and given.get("channel") != "EMAIL":
        checks.wrong("channel", "must be EMAIL for the resource type DOMAIN")
    checks.done()
    return {"resourceType": given["resourceType"], "channel": given["channel"], **identity}


def _checked_enums(checks: Checks, *, required: bool) -> Checks:
    checks.choice("resourceType", _RESOURCE_TYPES, required=required)
    checks.choice("channel", _CHANNELS, required=required)
    return checks


def _owned(call: Call, resource_type: str | None, resource_id: str | None) -> bool:
    match resource_type:
        case "NUMBER":
            return _exists(call, "numbers", "number_key", resource_id)
        case "DOMAIN":
            return _exists(call, "domains", "name", resource_id)
        case _:
            found = call.db.execute(
                "SELECT 1 FROM senders WHERE type = ? AND name = ?", (resource_type, resource_id)
            )
            return found.fetchone() is not None


def _exists(call: Call, table: str, column: str, value: str | None) -> bool:
    return call.db.execute(f"SELECT 1 FROM {table} WHERE {column} = ?", (value,)).fetchone() is not None


ROUTES = (
    Route(operations.GET_ASSOCIATIONS, _list, refuses=(400,)),
    Route(operations.CREATE_ASSOCIATION, _create, Takes.JSON, (400, 404, 409)),
    Route(operations.DELETE_ASSOCIATION, _delete, Takes.JSON, (400, 404)),
    Route(operations.GET_ASSOCIATION, _get, refuses=(400, 404)),
)
