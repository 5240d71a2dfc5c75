"""Who is asking, and what they may do (platform.md 0.2)."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

    from entitree.sandbox.rules import Rules

Scopes = frozenset[str] | None
"""What the asker may do; None is everything."""

LIMITED_SCOPES = ("message:send", "sending-strategy:manage", "subscriptions:manage")
"""All but provisioning: the key that shows what a 403 looks like."""

FULL, LIMITED = "full", "limited"
SCOPES: dict[str, tuple[str, ...] | None] = {FULL: None, LIMITED: LIMITED_SCOPES}
"""What the keys that the sandbox itself hands out may do, by their roles; None is everything."""

USER = "sandbox"
"""Name of the account's one user, for Basic authentication."""


@dataclass(frozen=True, slots=True)
class Link:
    """An application, alone or with an entity, that a key is tied to (platform.md 6)."""

    application: str
    entity: str | None
    action: str | None


@dataclass(frozen=True, slots=True)
class Caller:
    scheme: str
    """Of the `Authorization` header, in small letters: app, basic, ibsso, bearer; empty for nobody."""
    name: str
    """As the audit log calls them; never a secret."""
    scopes: Scopes = frozenset()
    links: tuple[Link, ...] = ()
    """What the key is tied to; it may do nothing else."""


NOBODY = Caller("", "nobody")
"""Who signs in, and so has no name yet."""


def new_key() -> str:
    """A secret as the platform makes them: 32 hexadecimal digits and a UUID."""
    return f"{secrets.token_hex(16)}-{uuid.uuid4()}"


def add_key(db: sqlite3.Connection, role: str, secret: str) -> None:
    """Adds a key that the sandbox hands out in this role; its id tells only its place.

    One with this secret that is there already stays as it is, whatever it may do.
    """
    scopes = SCOPES[role]
    db.execute(
        "INSERT INTO api_keys (id, name, role, secret, scopes)"
        " SELECT printf('%032X', ifnull(max(seq), 0) + 1), ?, ?, ?, ? FROM api_keys WHERE TRUE"
        " ON CONFLICT (secret) DO UPDATE SET role = ifnull(role, excluded.role)",
        (role, role, secret, None if scopes is None else json.dumps(list(scopes))),
    )


def add_user(db: sqlite3.Connection, name: str, password: str) -> None:
    db.execute("INSERT INTO users (name, password) VALUES (?, ?)", (name, password))


def caller(
    db: sqlite3.Connection, authorization: str | None, *, address: str, now: float, rules: Rules
) -> Caller:
    """Whom an `Authorization` header names.

    Args:
        address: where the request comes from.
        now: seconds since the epoch.

    Raises:
        LookupError: it is absent, malformed, or names nobody.
    """
    scheme, _, credential = (authorization or "").partition(" ")
    match scheme.lower():
        case "app":
            row = db.execute("SELECT name, scopes FROM api_keys WHERE secret = ?", (credential,)).fetchone()
            if row is None:
                raise LookupError
            return Caller("app", f"key {row['name']}", _scopes(row["scopes"]))
        case "basic":
            name, _, password = _decoded(credential).partition(":")
            row = db.execute("SELECT name, password, scopes FROM users WHERE name = ?", (name,)).fetchone()
            if row is None or not hmac.compare_digest(row["password"].encode(), password.encode()):
                raise LookupError
            return Caller("basic", f"user {row['name']}", _scopes(row["scopes"]))
        case _:
            raise LookupError


def _scopes(stored: str | None) -> Scopes:
    return None if stored is None else frozenset(json.loads(stored))


def _decoded(credential: str) -> str:
    try:
        return base64.b64decode(credential, validate=True).decode()
    except (binascii.Error, ValueError):
        raise LookupError from None
