"""Applications and entities: two families that differ in words, and in `default` (platform.md 1.1, 1.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from entitree.api import operations
from entitree.api.names import DEFAULT_APPLICATION
from entitree.sandbox.account import deletion
from entitree.sandbox.account.creation import create
from entitree.sandbox.account.kinds import APPLICATION, ENTITY
from entitree.sandbox.account.objects import find
from entitree.sandbox.rules.provisioning import (
    BLANK_ID,
    CONCURRENT_PUT,
    DEFAULT_ALIAS,
    DEFAULT_DELETION,
    PAGE_SIZE,
    PUT_WITHOUT_NAME,
)
from entitree.sandbox.wire.call import Call, Route, Takes
from entitree.sandbox.wire.checks import Checks
from entitree.sandbox.wire.paging import page_of
from entitree.sandbox.wire.replies import ProblemError, Reply

if TYPE_CHECKING:
    import sqlite3

    from entitree.sandbox.account.ledger import Kind

_CONCURRENT_SECONDS = 1.0


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
        most = int(call.rules[PAGE_SIZE])
        return page_of(call, self.kind.table, self.kind.shown, most=most, id_column="id")

    def create(self, call: Call) -> Reply:
        checks = Checks(call.body)
        id_ = checks.id(self.id_field, blank=call.rules[BLANK_ID] == "accepted")
        name = checks.text(self.name_field)
        checks.done()
        create(call, self.kind, str(id_), name)
        return Reply(201)

    def get(self, call: Call) -> Reply:
        return Reply(200, self.kind.shown(self._existing(call)))

    def modify(self, call: Call) -> Reply:
        """Replaces the name; without one it is cleared, or kept by rule."""
        checks = Checks(call.body)
        name = checks.text(self.name_field)
        checks.done()
        row = self._existing(call)
        if self._is_default(row) and call.rules[DEFAULT_ALIAS] == "refused":
            raise ProblemError(400, violations={self.id_field: ["the default application has no name"]})
        self._refuse_concurrent(call, row["id"])
        if name is not None or call.rules[PUT_WITHOUT_NAME] == "clears":
            call.ledger.change(self.kind, row["seq"], {"name": name})
        return Reply(204)

    def delete(self, call: Call) -> Reply:
        row = self._existing(call)
        if self._is_default(row):
            wrong = {self.id_field: ["the default application cannot be deleted"]}
            raise ProblemError(int(call.rules[DEFAULT_DELETION]), violations=wrong)
        deletion.delete(call.ledger, call.rules, self.kind, row["id"])
        return Reply(200)

    def _existing(self, call: Call) -> sqlite3.Row:
        row = find(call.db, call.rules, self.kind, call.path[self.id_field])
        if row is None:
            raise ProblemError(404)
        return row

    def _is_default(self, row: sqlite3.Row) -> bool:
        return self.kind is APPLICATION and row["id"] == DEFAULT_APPLICATION

    def _refuse_concurrent(self, call: Call, id_: str) -> None:
        if call.rules[CONCURRENT_PUT] == "allowed":
            return
        others = call.db.execute(
            "SELECT 1 FROM audit WHERE kind = ? AND id = ? AND at > ? AND key != ?",
            (self.kind.name, id_, call.now - _CONCURRENT_SECONDS, call.caller.name),
        )
        if others.fetchone() is not None:
            raise ProblemError(409, text=f"{self.kind.name.capitalize()} {id_} was changed at the same time")


_APPLICATIONS = _Family(APPLICATION)
_ENTITIES = _Family(ENTITY)

ROUTES = (
    Route(operations.GET_APPLICATIONS, _APPLICATIONS.list, refuses=(400, 404)),
    Route(operations.CREATE_APPLICATION, _APPLICATIONS.create, Takes.JSON, (400, 409)),
    Route(operations.GET_APPLICATION, _APPLICATIONS.get, refuses=(404,)),
    Route(operations.MODIFY_APPLICATION, _APPLICATIONS.modify, Takes.JSON, (400, 404, 409)),
    Route(operations.DELETE_APPLICATION, _APPLICATIONS.delete, refuses=(400, 403, 404)),
    Route(operations.GET_ENTITIES, _ENTITIES.list, refuses=(400, 404)),
    Route(operations.CREATE_ENTITY, _ENTITIES.create, Takes.JSON, (400, 409)),
    Route(operations.GET_ENTITY, _ENTITIES.get, refuses=(404,)),
    Route(operations.MODIFY_ENTITY, _ENTITIES.modify, Takes.JSON, (400, 404, 409)),
    Route(operations.DELETE_ENTITY, _ENTITIES.delete, refuses=(400, 404)),
)
