"""Associations: a resource tied to an application, alone or with an entity (platform.md 1.2)."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from entitree.api import operations
from entitree.sandbox.account.creation import refuse_too_many
from entitree.sandbox.account.kinds import APPLICATION, ASSOCIATION, ASSOCIATION_COLUMNS, ENTITY, NUMBER
from entitree.sandbox.account.objects import find, spelled
from entitree.sandbox.rules.provisioning import (
    ASSOCIATION_ENUMS,
    ASSOCIATION_LINKS,
    ASSOCIATION_TARGETS,
    NULL_ENTITY_SENT,
    NULL_ENTITY_SHOWN,
    PAGE_SIZE,
    RESOURCE_SHARING,
)
from entitree.sandbox.wire.call import Call, Route, Takes
from entitree.sandbox.wire.checks import Checks
from entitree.sandbox.wire.paging import page_of
from entitree.sandbox.wire.replies import ProblemError, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_RESOURCE_TYPES = ("NUMBER", "DOMAIN", "ALPHA", "RCS_RESOURCE", "APPLE_RESOURCE")
_CHANNELS = ("SMS", "MMS", "EMAIL", "WHATSAPP", "RCS", "APPLE")

_IDENTITY = " AND ".join(
    # Written as the unique index is, so that it is used.
    "ifnull(entity_id, '') = ifnull(:entityId, '')" if column == "entity_id" else f"{column} = :{field}"
    for field, column in ASSOCIATION_COLUMNS.items()
)
_KINDS = {"applicationId": APPLICATION, "entityId": ENTITY}


def _list(call: Call) -> Reply:
    given = {field: call.query.first(field) for field in ASSOCIATION_COLUMNS}
    _checked_enums(call, Checks(given), required=False).done()
    conditions = [
        (f"{column} = ?", (_spelled(call, field, value),))
        for field, column in ASSOCIATION_COLUMNS.items()
        if (value := given[field]) is not None
    ]
    most = int(call.rules[PAGE_SIZE])
    return page_of(
        call, "associations", _shown(call), conditions=conditions, most=most, id_column="resource_id"
    )


def _create(call: Call) -> Reply:
    identity = _identity(call, call.body)
    if call.rules[ASSOCIATION_TARGETS] == "checked":
        _refuse_unknown(call, identity)
    if call.rules[RESOURCE_SHARING] == "one":
        _refuse_shared(call, identity)
    refuse_too_many(call, ASSOCIATION)
    try:
        call.ledger.add(
            ASSOCIATION, {column: identity[field] for field, column in ASSOCIATION_COLUMNS.items()}
        )
    except sqlite3.IntegrityError:
        raise ProblemError(409, text="The resource association already exists") from None
    if identity["resourceType"] == "NUMBER" and call.rules[ASSOCIATION_LINKS] == "yes":
        _link_number(call, identity)
    return Reply(201)


def _get(call: Call) -> Reply:
    """No 400 is listed: ids that nothing can have, or a channel without such resources, are a 404."""
    identity = _identity(call, {field: call.query.first(field) for field in ASSOCIATION_COLUMNS}, sought=True)
    row = call.db.execute(f"SELECT * FROM associations WHERE {_IDENTITY}", identity).fetchone()
    if row is None:
        raise ProblemError(404)
    return Reply(200, _shown(call)(row))


def _delete(call: Call) -> Reply:
    if not call.ledger.remove(ASSOCIATION, _IDENTITY, _identity(call, call.body)):
        raise ProblemError(404)
    return Reply(204)


def _shown(call: Call) -> Callable[[sqlite3.Row], dict[str, Any]]:
    if call.rules[NULL_ENTITY_SHOWN] == "omitted":
        return ASSOCIATION.shown
    return lambda row: {field: row[column] for field, column in ASSOCIATION_COLUMNS.items()}


def _identity(call: Call, given: Mapping[str, Any], *, sought: bool = False) -> dict[str, str | None]:
    """The five fields. `entityId` may be null or absent: the documents say both.

    One that is only `sought` may be one that cannot exist.

    Raises:
        ProblemError: 400.
    """
    checks = _checked_enums(call, Checks(given), required=True)
    identity = {
        field: checks.id(field, required=field != "entityId", low=0 if sought else 1, blank=sought)
        for field in ("applicationId", "entityId", "resourceId")
    }
    if not sought and given.get("resourceType") == "DOMAIN" and given.get("channel") != "EMAIL":
        checks.wrong("channel", "must be EMAIL for the resource type DOMAIN")
    if "entityId" in call.body and given["entityId"] is None and call.rules[NULL_ENTITY_SENT] == "refused":
        checks.wrong("entityId", "must not be null")
    checks.done()
    return {
        "resourceType": given["resourceType"],
        "channel": given["channel"],
        **{
            field: None if value is None else _spelled(call, field, value)
            for field, value in identity.items()
        },
    }


def _spelled(call: Call, field: str, value: str) -> str:
    return spelled(call.db, call.rules, _KINDS[field], value) if field in _KINDS else value


def _checked_enums(call: Call, checks: Checks, *, required: bool) -> Checks:
    """Those of the lists are known; others are too, while the lists are open."""
    for field, known in (("resourceType", _RESOURCE_TYPES), ("channel", _CHANNELS)):
        if call.rules[ASSOCIATION_ENUMS] == "closed":
            checks.choice(field, known, required=required)
        else:
            checks.id(field, required=required)
    return checks


def _refuse_unknown(call: Call, identity: Mapping[str, str | None]) -> None:
    """
    Raises:
        ProblemError: 404, the application, the entity or the resource is not there.
    """
    application, entity = identity["applicationId"], identity["entityId"]
    if (
        find(call.db, call.rules, APPLICATION, str(application)) is None
        or (entity is not None and find(call.db, call.rules, ENTITY, entity) is None)
        or not _owned(call, identity["resourceType"], identity["resourceId"])
    ):
        raise ProblemError(404)


def _refuse_shared(call: Call, identity: Mapping[str, str | None]) -> None:
    elsewhere = call.db.execute(
        "SELECT 1 FROM associations"
        " WHERE resource_type = :resourceType AND channel = :channel AND resource_id = :resourceId",
        identity,
    )
    if elsewhere.fetchone() is not None:
        raise ProblemError(409, text="The resource is associated already")


def _link_number(call: Call, identity: Mapping[str, str | None]) -> None:
    number = call.db.execute("SELECT seq FROM numbers WHERE number_key = :resourceId", identity).fetchone()
    if number is not None:
        link = {"application_id": identity["applicationId"], "entity_id": identity["entityId"]}
        call.ledger.change(NUMBER, number["seq"], link)


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
    Route(operations.GET_ASSOCIATIONS, _list, refuses=(400, 404)),
    Route(operations.CREATE_ASSOCIATION, _create, Takes.JSON, (400, 404, 409)),
    Route(operations.DELETE_ASSOCIATION, _delete, Takes.JSON, (400, 404)),
    Route(operations.GET_ASSOCIATION, _get, refuses=(400, 404)),
)
