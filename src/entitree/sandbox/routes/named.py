"""Applications and entities: two families that differ in words, and in `default` (platform.md 1.1, 1.4)."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from entitree.api import operations
from entitree.api.names import DEFAULT_APPLICATION
from entitree.sandbox import deletion
from entitree.sandbox.call import Call, Route
from entitree.sandbox.checks import Checks
from entitree.sandbox.paging import page_of
from entitree.sandbox.replies import ProblemError, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class _Family:
    kind: deletion.Kind
    table: str

    @property
    def id_field(self) -> str:
        return f"{self.kind}Id"

    @property
    def name_field(self) -> str:
        return f"{self.kind}Name"

    def shown(self, row: Mapping[str, Any] | sqlite3.Row) -> dict[str, Any]:
        found = {self.id_field: row["id"]}
        if row["name"] is not None:
            found[self.name_field] = row["name"]
        return found

    def list(self, call: Call) -> Reply:
        return page_of(call, self.table, self.shown)

    def create(self, call: Call) -> Reply:
        checks = Checks(call.body)
        id_, name = checks.id(self.id_field), checks.text(self.name_field)
        checks.done()
        try:
            call.db.execute(f"INSERT INTO {self.table} (id, name) VALUES (?, ?)", (id_, name))
        except sqlite3.IntegrityError:
            raise ProblemError(409, text=f"{self.kind.capitalize()} {id_} already exists") from None
        return Reply(201)

    def get(self, call: Call) -> Reply:
        row = call.db.execute(
            f"SELECT * FROM {self.table} WHERE id = ?", (call.path[self.id_field],)
        ).fetchone()
        if row is None:
            raise ProblemError(404)
        return Reply(200, self.shown(row))

    def modify(self, call: Call) -> Reply:
        """Replaces the name; without one it is cleared."""
        checks = Checks(call.body)
        name = checks.text(self.name_field)
        checks.done()
        changed = call.db.execute(
            f"UPDATE {self.table} SET name = ? WHERE id = ?", (name, call.path[self.id_field])
        )
        if not changed.rowcount:
            raise ProblemError(404)
        return Reply(204)

    def delete(self, call: Call) -> Reply:
        id_ = call.path[self.id_field]
        if self.kind == "application" and id_ == DEFAULT_APPLICATION:
            raise ProblemError(400, violations={self.id_field: ["the default application cannot be deleted"]})
        if not deletion.delete(call.db, self.kind, id_):
            raise ProblemError(404)
        return Reply(200)


APPLICATIONS = _Family("application", "applications")
ENTITIES = _Family("entity", "entities")

ROUTES = (
    Route(operations.GET_APPLICATIONS, APPLICATIONS.list),
    Route(operations.CREATE_APPLICATION, APPLICATIONS.create, takes_body=True),
    Route(operations.GET_APPLICATION, APPLICATIONS.get),
    Route(operations.MODIFY_APPLICATION, APPLICATIONS.modify, takes_body=True),
    Route(operations.DELETE_APPLICATION, APPLICATIONS.delete),
    Route(operations.GET_ENTITIES, ENTITIES.list),
    Route(operations.CREATE_ENTITY, ENTITIES.create, takes_body=True),
    Route(operations.GET_ENTITY, ENTITIES.get),
    Route(operations.MODIFY_ENTITY, ENTITIES.modify, takes_body=True),
    Route(operations.DELETE_ENTITY, ENTITIES.delete),
)
