"""The account replaced as a whole in one transaction: all goes but the audit log and what lets one in."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING

from entitree.sandbox.access import credentials

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection

_KEPT = frozenset({"audit", "users", "oauth_clients"})


def emptied(db: sqlite3.Connection, *, keep: Collection[str] = ()) -> list[str]:
    """Deletes the rows of all tables but those to keep, and returns which tables that were.

    Of the table `account` the admin key stays. What refers to what is not checked until the transaction ends.
    """
    db.execute("PRAGMA defer_foreign_keys = ON")
    # The youngest first: older ones do not refer to them, and so nothing has to be looked for.
    tables = db.execute(
        "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        " ORDER BY rowid DESC"
    )
    names = [name for (name,) in tables.fetchall() if name not in _KEPT and name not in keep]
    for name in names:
        db.execute(f"DELETE FROM main.{name} {replaced(name)}")
    return names


def replaced(table: str) -> str:
    """The SQL clause for the rows of a table that are replaced."""
    # Without any clause a table is emptied at once, not row by row.
    return "WHERE name <> 'admin_key'" if table == "account" else ""


def handed_out(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """Role and secret of each key that the sandbox hands out, the oldest first."""
    keys = db.execute("SELECT role, secret FROM api_keys WHERE role IS NOT NULL ORDER BY seq")
    return [(role, secret) for role, secret in keys.fetchall()]


def let_in(db: sqlite3.Connection, keys: Collection[tuple[str, str]]) -> None:
    """Makes these keys good, whatever keys the account has now.

    A key of the same role that another sandbox handed out becomes ours, with our secret; where there is none,
    a new one is added.
    """
    ours = {secret for _, secret in keys}
    foreign: defaultdict[str, deque[int]] = defaultdict(deque)
    known = set()
    for seq, role, secret in db.execute("SELECT seq, role, secret FROM api_keys ORDER BY seq"):
        known.add(secret)
        if role is not None and secret not in ours:
            foreign[role].append(seq)
    for role, secret in keys:
        if secret not in known and foreign[role]:
            db.execute("UPDATE api_keys SET secret = ? WHERE seq = ?", (secret, foreign[role].popleft()))
        else:
            credentials.add_key(db, role, secret)
    left = [(seq,) for seqs in foreign.values() for seq in seqs]
    db.executemany("UPDATE api_keys SET role = NULL WHERE seq = ?", left)
