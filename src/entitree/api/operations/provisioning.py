"""Applications, entities and associations (platform.md 1)."""

from __future__ import annotations

from entitree.api.operations.operation import LISTED, ONE_A_SECOND, READ, Operation, Settle

_APPLICATIONS = "/provisioning/1/applications"
_ENTITIES = "/provisioning/1/entities"
_ASSOCIATIONS = "/provisioning/1/associations"
_MANAGE = ("application-entity:manage",)

GET_APPLICATIONS = Operation("get-applications", "GET", _APPLICATIONS, 200, ONE_A_SECOND, _MANAGE, LISTED)
CREATE_APPLICATION = Operation(
    "create-application",
    "POST",
    _APPLICATIONS,
    201,
    ONE_A_SECOND,
    _MANAGE,
    (400, 401, 403, 409, 429, 500),
    settle=Settle.EXISTS,
    read_with="get-application",
    idempotent=False,
)
GET_APPLICATION = Operation(
    "get-application", "GET", _APPLICATIONS + "/{applicationId}", 200, ONE_A_SECOND, _MANAGE, READ
)
MODIFY_APPLICATION = Operation(
    "modify-application",
    "PUT",
    _APPLICATIONS + "/{applicationId}",
    204,
    ONE_A_SECOND,
    _MANAGE,
    (400, 401, 403, 404, 409, 429, 500),
    settle=Settle.EQUALS,
    read_with="get-application",
)
DELETE_APPLICATION = Operation(
    "delete-application",
    "DELETE",
    _APPLICATIONS + "/{applicationId}",
    200,
    ONE_A_SECOND,
    _MANAGE,
    (400, 401, 403, 404, 429, 500),
    settle=Settle.GONE,
    read_with="get-application",
)
GET_ENTITIES = Operation("get-entities", "GET", _ENTITIES, 200, ONE_A_SECOND, _MANAGE, LISTED)
CREATE_ENTITY = Operation(
    "create-entity",
    "POST",
    _ENTITIES,
    201,
    ONE_A_SECOND,
    _MANAGE,
    (400, 401, 403, 409, 429, 500),
    settle=Settle.EXISTS,
    read_with="get-entity",
    idempotent=False,
)
GET_ENTITY = Operation("get-entity", "GET", _ENTITIES + "/{entityId}", 200, ONE_A_SECOND, _MANAGE, READ)
MODIFY_ENTITY = Operation(
    "modify-entity",
    "PUT",
    _ENTITIES + "/{entityId}",
    204,
    ONE_A_SECOND,
    _MANAGE,
    (400, 401, 403, 404, 409, 429, 500),
    settle=Settle.EQUALS,
    read_with="get-entity",
)
DELETE_ENTITY = Operation(
    "delete-entity",
    "DELETE",
    _ENTITIES + "/{entityId}",
    200,
    ONE_A_SECOND,
    _MANAGE,
    (400, 401, 403, 404, 429, 500),
    settle=Settle.GONE,
    read_with="get-entity",
)
GET_ASSOCIATIONS = Operation(
    "get-resource-associations", "GET", _ASSOCIATIONS, 200, ONE_A_SECOND, _MANAGE, LISTED
)
CREATE_ASSOCIATION = Operation(
    "create-resource-association",
    "POST",
    _ASSOCIATIONS,
    201,
    ONE_A_SECOND,
    _MANAGE,
    (400, 401, 403, 404, 409, 429, 500),
    settle=Settle.EXISTS,
    read_with="get-resource-association",
    idempotent=False,
)
DELETE_ASSOCIATION = Operation(
    "delete-resource-association",
    "DELETE",
    _ASSOCIATIONS,
    204,
    ONE_A_SECOND,
    _MANAGE,
    (400, 401, 403, 404, 429, 500),
    settle=Settle.GONE,
    read_with="get-resource-association",
)
GET_ASSOCIATION = Operation(
    "get-resource-association", "GET", _ASSOCIATIONS + "/single", 200, ONE_A_SECOND, _MANAGE, READ
)
