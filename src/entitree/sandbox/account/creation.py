"""How applications and entities come into being, whichever operation brings them (platform.md 1.1, 1.5)."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Protocol

from entitree.sandbox.account.objects import find
from entitree.sandbox.rules.deletion import RECREATION
from entitree.sandbox.rules.provisioning import ID_CASE, MOST_OBJECTS
from entitree.sandbox.wire.replies import ProblemError

if TYPE_CHECKING:
    from entitree.sandbox.account.ledger import Kind, Ledger
    from entitree.sandbox.rules import Rules


class Cause(Protocol):
    """What brings them: a call of the platform's, or messages that were put in."""

    @property
    def db(self) -> sqlite3.Connection: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def rules(self) -> Rules: ...


def create(cause: Cause, kind: Kind, id_: str, name: str | None) -> None:
    """Adds the application or entity.

    Raises:
        ProblemError: 409, there is one of that id, or by rule there was; 400, by rule there are too many.
    """
    _refuse_taken(cause, kind, id_)
    refuse_too_many(cause, kind)
    try:
        cause.ledger.add(kind, {"id": id_, "name": name})
    except sqlite3.IntegrityError:
        raise _taken(kind, id_) from None


def _refuse_taken(cause: Cause, kind: Kind, id_: str) -> None:
    if cause.rules[ID_CASE] == "insensitive" and find(cause.db, cause.rules, kind, id_) is not None:
        raise _taken(kind, id_)
    if cause.rules[RECREATION] == "refused":
        gone = cause.db.execute(
            "SELECT 1 FROM audit WHERE kind = ? AND id = ? AND after IS NULL"
            # An account that was replaced as a whole has forgotten what it deleted.
            " AND seq > (SELECT ifnull(max(seq), 0) FROM audit WHERE kind = 'account')",
            (kind.name, id_),
        )
        if gone.fetchone() is not None:
            raise ProblemError(409, text=f"{kind.name.capitalize()} {id_} was deleted")


def _taken(kind: Kind, id_: str) -> ProblemError:
    return ProblemError(409, text=f"{kind.name.capitalize()} {id_} already exists")


def refuse_too_many(cause: Cause, kind: Kind) -> None:
    most = cause.rules[MOST_OBJECTS]
    if most == "unlimited":
        return
    there: int = cause.db.execute(f"SELECT count(*) FROM {kind.table}").fetchone()[0]
    if there >= int(most):
        raise ProblemError(400, text=f"An account has at most {most} {kind.family}")
