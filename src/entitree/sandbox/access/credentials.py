"""What the account is opened with: making keys and ids, and the credentials that every account has."""

from __future__ import annotations

import hmac
import json
import secrets
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

LIMITED_SCOPES = ("message:send", "sending-strategy:manage", "subscriptions:manage")
"""All but provisioning: the key that shows what a 403 looks like."""

FULL, LIMITED = "full", "limited"
SCOPES: dict[str, tuple[str, ...] | None] = {FULL: None, LIMITED: LIMITED_SCOPES}
"""What the keys that the sandbox itself hands out may do, by their roles; None is everything."""

USER = "sandbox"
"""Name of the account's one user, for Basic authentication and sessions."""

_DIGITS = "0123456789ABCDEF"


def new_key() -> str:
    """A secret as the platform makes them: 32 hexadecimal digits and a UUID."""
    return f"{secrets.token_hex(16)}-{uuid.uuid4()}"


def new_id() -> str:
    """An id as the platform gives to keys and links: 32 hexadecimal digits."""
    return "".join(secrets.choice(_DIGITS) for _ in range(32))


def add_key(db: sqlite3.Connection, role: str, secret: str) -> None:
    """Adds a key that the sandbox hands out in this role; its id tells only its place.

    One with this secret that is there already stays as it is, whatever it may do.
    """
    scopes = SCOPES[role]
    db.execute(
        "INSERT INTO api_keys (id, name, role, secret, scopes)"
        " SELECT printf('%032X', ifnull(max(seq), 0) + 1), ?, ?, ?, ? FROM api_keys WHERE TRUE"
        " ON CONFLICT (secret) DO UPDATE SET role = ifnull(role, excluded.role)",
        (role, role, secret, None if scopes is None else json.dumps(scopes)),
    )


def add_user(db: sqlite3.Connection, name: str, password: str, scopes: Sequence[str] | None = None) -> None:
    """Adds a user who may do everything, or what these scopes allow."""
    db.execute(
        "INSERT INTO users (name, password, scopes) VALUES (?, ?, ?)",
        (name, password, None if scopes is None else json.dumps(scopes)),
    )


def user(db: sqlite3.Connection, name: str, password: str) -> sqlite3.Row:
    """
    Raises:
        LookupError: there is no such user, or the password is another.
    """
    row = db.execute("SELECT name, password AS secret, scopes FROM users WHERE name = ?", (name,)).fetchone()
    return _proven(row, password)


def client(db: sqlite3.Connection, id_: str, secret: str) -> sqlite3.Row:
    """An OAuth2 client; the documents say that a user and password will do as well.

    Raises:
        LookupError: there is no such client, or the secret is another.
    """
    row = db.execute("SELECT id AS name, secret, scopes FROM oauth_clients WHERE id = ?", (id_,)).fetchone()
    return user(db, id_, secret) if row is None else _proven(row, secret)


def _proven(row: sqlite3.Row | None, secret: str) -> sqlite3.Row:
    if row is None or not hmac.compare_digest(row["secret"].encode(), secret.encode()):
        raise LookupError
    return row
