"""Applications and entities: two families that differ in words, and in `default` (platform.md 1.1, 1.4)."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from entitree.api import operations
from entitree.api.names import DEFAULT_APPLICATION
from entitree.sandbox import deletion
from entitree.sandbox.call import Call, Route, Takes
from entitree.sandbox.checks import Checks
from entitree.sandbox.kinds import APPLICATION, ENTITY
from entitree.sandbox.paging import page_of
from entitree.sandbox.replies import ProblemError, Reply

if TYPE_CHECKING:
    from entitree.sandbox.ledger import Kind


@dataclass(frozen=True, slots=True)
class _Family:
    kind: Kind

    @property
    def id_field(self) -> str:
        return f"{self.kind.name}Id"

    @property
    def name_field(self) -> str:
        return f"{self.kind.name}Name"

    def list(self, call: Call) -> Reply:
        return page_of(call, self.kind.table, self.kind.shown, id_column="id")

    def create(self, call: Call) -> Reply:
        checks = Checks(call.body)
        id_, name = checks.id(self.id_field), checks.text(self.name_field)
        checks.done()
        try:
            call.ledger.add(self.kind, {"id": id_, "name": name})
        except sqlite3.IntegrityError:
            raise ProblemError(409, text=f"{self.kind.name.capitalize()} {id_} already exists") from None
        return Reply(201)

    def get(self, call: Call) -> Reply:
        return Reply(200, self.kind.shown(self._existing(call)))

    def modify(self, call: Call) -> Reply:
        """Replaces the name; without one it is cleared."""
        checks = Checks(call.body)
        name = checks.text(self.name_field)
        checks.done()
        call.ledger.change(self.kind, self._existing(call)["seq"], {"name": name})
        return Reply(204)

    def delete(self, call: Call) -> Reply:
        id_ = call.path[self.id_field]
        if self.kind is APPLICATION and id_ == DEFAULT_APPLICATION:
            raise ProblemError(400, violations={self.id_field: ["the default application cannot be deleted"]})
        if not deletion.delete(call, self.kind, id_):
            raise ProblemError(404)
        return Reply(200)

    def _existing(self, call: Call) -> sqlite3.Row:
        found = call.db.execute(f"SELECT * FROM {self.kind.table} WHERE id = ?", (call.path[self.id_field],))
        row: sqlite3.Row | None = found.fetchone()
        if row is None:
            raise ProblemError(404)
        return row


_APPLICATIONS = _Family(APPLICATION)
_ENTITIES = _Family(ENTITY)

ROUTES = (
    Route(operations.GET_APPLICATIONS, _APPLICATIONS.list, refuses=(400,)),
    Route(operations.CREATE_APPLICATION, _APPLICATIONS.create, Takes.JSON, (400, 409)),
    Route(operations.GET_APPLICATION, _APPLICATIONS.get, refuses=(404,)),
    Route(operations.MODIFY_APPLICATION, _APPLICATIONS.modify, Takes.JSON, (400, 404)),
    Route(operations.DELETE_APPLICATION, _APPLICATIONS.delete, refuses=(400, 404)),
    Route(operations.GET_ENTITIES, _ENTITIES.list, refuses=(400,)),
    Route(operations.CREATE_ENTITY, _ENTITIES.create, Takes.JSON, (400, 409)),
    Route(operations.GET_ENTITY, _ENTITIES.get, refuses=(404,)),
    Route(operations.MODIFY_ENTITY, _ENTITIES.modify, Takes.JSON, (400, 404)),
    Route(operations.DELETE_ENTITY, _ENTITIES.delete, refuses=(404,)),
)
