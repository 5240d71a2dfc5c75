"""Who is asking, and what they may do (platform.md 0.2): `App` keys and Basic, with scopes."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

Scopes = frozenset[str] | None
"""What the asker may do; None is everything."""

LIMITED_SCOPES = ("message:send", "sending-strategy:manage", "subscriptions:manage")
"""All but provisioning: the key that shows what a 403 looks like."""

USER = "sandbox"
"""Name of the account's one user, for Basic authentication."""


def new_key() -> str:
    """A secret as the platform makes them: 32 hexadecimal digits and a UUID."""
    return f"{secrets.token_hex(16)}-{uuid.uuid4()}"


def add_key(db: sqlite3.Connection, name: str, secret: str, scopes: Sequence[str] | None = None) -> None:
    """Adds a key; one with this secret that is there already stays as it is."""
    db.execute(
        "INSERT INTO api_keys (name, secret, scopes) VALUES (?, ?, ?) ON CONFLICT (secret) DO NOTHING",
        (name, secret, None if scopes is None else json.dumps(list(scopes))),
    )


def add_user(db: sqlite3.Connection, name: str, password: str) -> None:
    db.execute("INSERT INTO users (name, password) VALUES (?, ?)", (name, password))


def scopes_of(db: sqlite3.Connection, authorization: str | None) -> Scopes:
    """The scopes that an `Authorization` header carries.

    Raises:
        LookupError: it is absent, malformed, or names nobody.
    """
    scheme, _, credential = (authorization or "").partition(" ")
    match scheme.lower():
        case "app":
            candidates = db.execute("SELECT secret, scopes FROM api_keys").fetchall()
        case "basic":
            credential = _decoded(credential)
            candidates = db.execute("SELECT name || ':' || password, scopes FROM users").fetchall()
        case _:
            raise LookupError
    given = credential.encode()
    # Every candidate is compared, so that the time taken tells nothing.
    matching = [scopes for secret, scopes in candidates if hmac.compare_digest(secret.encode(), given)]
    if not matching:
        raise LookupError
    return None if matching[0] is None else frozenset(json.loads(matching[0]))


def _decoded(credential: str) -> str:
    try:
        return base64.b64decode(credential, validate=True).decode()
    except (binascii.Error, ValueError):
        raise LookupError from None
