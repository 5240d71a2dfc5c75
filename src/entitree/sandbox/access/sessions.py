"""Signed in for a while: sessions of users and tokens of OAuth2 clients (platform.md 0.2)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from entitree.sandbox.access.credentials import new_key
from entitree.sandbox.rules.keys import SECOND_SESSION, SESSION_EXPIRY

if TYPE_CHECKING:
    import sqlite3

    from entitree.sandbox.rules import Rules

SECONDS = 3600
"""How long a session and a token last."""


def start(db: sqlite3.Connection, user: str, *, address: str | None, now: float, rules: Rules) -> str:
    """The token of a session of that user; by rule of one that is still good.

    Args:
        address: the only one it is good from; None: from any.
    """
    db.execute(f"DELETE FROM sessions WHERE {_clock(rules)} <= ?", (now - SECONDS,))
    if rules[SECOND_SESSION] == "same":
        row = db.execute(
            "SELECT token FROM sessions WHERE user = ? AND address IS ?", (user, address)
        ).fetchone()
        if row is not None:
            return str(row["token"])
    token = str(uuid.uuid4())
    db.execute(
        "INSERT INTO sessions (token, user, address, started_at, used_at) VALUES (?, ?, ?, ?, ?)",
        (token, user, address, now, now),
    )
    return token


def used(db: sqlite3.Connection, token: str, *, address: str, now: float, rules: Rules) -> sqlite3.Row:
    """The session with this token, which is used now: its `seq`, and `name` and `scopes` of its user.

    Raises:
        LookupError: there is none, it has expired, or is bound to another address.
    """
    row: sqlite3.Row | None = db.execute(
        "SELECT sessions.seq, users.name, users.scopes FROM sessions JOIN users ON users.name = sessions.user"
        f" WHERE token = :token AND ifnull(address, :address) = :address AND {_clock(rules)} > :oldest",
        {"token": token, "address": address, "oldest": now - SECONDS},
    ).fetchone()
    if row is None:
        raise LookupError
    db.execute("UPDATE sessions SET used_at = ? WHERE seq = ?", (now, row["seq"]))
    return row


def end(db: sqlite3.Connection, seq: int) -> None:
    db.execute("DELETE FROM sessions WHERE seq = ?", (seq,))


def grant(db: sqlite3.Connection, client: str, now: float) -> str:
    """A new token for that client."""
    db.execute("DELETE FROM oauth_tokens WHERE expires_at <= ?", (now,))
    token = new_key()
    db.execute("INSERT INTO oauth_tokens VALUES (?, ?, ?)", (token, client, now + SECONDS))
    return token


def granted(db: sqlite3.Connection, token: str, now: float) -> sqlite3.Row:
    """`name` and `scopes` of the client that this token was granted to.

    Raises:
        LookupError: there is no such token, or it has expired.
    """
    row: sqlite3.Row | None = db.execute(
        "SELECT id AS name, scopes FROM oauth_tokens JOIN"
        " (SELECT id, scopes FROM oauth_clients UNION ALL SELECT name, scopes FROM users) ON id = client"
        " WHERE token = ? AND expires_at > ?",
        (token, now),
    ).fetchone()
    if row is None:
        raise LookupError
    return row


def _clock(rules: Rules) -> str:
    """What the hour of a session is counted from."""
    return "started_at" if rules[SESSION_EXPIRY] == "absolute" else "used_at"
