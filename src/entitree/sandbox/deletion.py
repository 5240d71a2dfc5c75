"""What goes with an application or an entity (platform.md 8.3), inside the caller's transaction.

A configuration tied to a pair goes whole when either half does, and so does a subscription of which any
criterion names the id. Resources stay: a number's own link falls back to the default application and no
entity, both halves at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from entitree.api.names import DEFAULT_APPLICATION

if TYPE_CHECKING:
    import sqlite3

Kind = Literal["application", "entity"]

_TABLES: dict[Kind, str] = {"application": "applications", "entity": "entities"}


def delete(db: sqlite3.Connection, kind: Kind, id_: str) -> bool:
    """Deletes it and all that names it; False, and nothing done, when it does not exist."""
    table, column = _TABLES[kind], f"{kind}_id"
    if db.execute(f"SELECT 1 FROM {table} WHERE id = ?", (id_,)).fetchone() is None:
        return False
    db.execute(f"DELETE FROM associations WHERE {column} = ?", (id_,))
    db.execute(f"DELETE FROM strategies WHERE {column} = ?", (id_,))
    db.execute(
        "DELETE FROM subscriptions WHERE seq IN"
        " (SELECT subscription FROM subscription_terms WHERE value = ? AND kind = ?)",
        (id_, column),
    )
    db.execute(
        f"UPDATE numbers SET application_id = ?, entity_id = NULL WHERE {column} = ?",
        (DEFAULT_APPLICATION, id_),
    )
    db.execute(f"DELETE FROM {table} WHERE id = ?", (id_,))
    return True
