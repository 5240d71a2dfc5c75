"""Applications and entities by id, as the rule on the case of ids finds them."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from entitree.sandbox.rules.provisioning import ID_CASE

if TYPE_CHECKING:
    import sqlite3

    from entitree.sandbox.account.ledger import Kind
    from entitree.sandbox.rules import Rules

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def find(db: sqlite3.Connection, rules: Rules, kind: Kind, id_: str) -> sqlite3.Row | None:
    """The application or entity of that id, or None."""
    row: sqlite3.Row | None = db.execute(
        f"SELECT * FROM {kind.table} WHERE {same_id(rules, 'id')}", (id_,)
    ).fetchone()
    return row


def spelled(db: sqlite3.Connection, rules: Rules, kind: Kind, id_: str) -> str:
    """The id as the account spells it; as it was sent when there is none."""
    row = find(db, rules, kind, id_)
    return id_ if row is None else str(row["id"])


def same_id(rules: Rules, column: str) -> str:
    """The SQL condition that a column holds the id bound to it."""
    if rules[ID_CASE] == "insensitive":
        return f"lower({column}) = lower(?)"
    return f"{column} = ?"


def is_same_id(rules: Rules, one: str | None, other: str) -> bool:
    """The same, of two ids at hand."""
    if one is None or rules[ID_CASE] == "sensitive":
        return one == other
    return one.translate(_LOWER) == other.translate(_LOWER)
