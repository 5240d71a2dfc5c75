"""Who is asking, and what they may do (platform.md 0.2)."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from entitree.api.operations import Access
from entitree.sandbox.access import credentials, sessions
from entitree.sandbox.account.kinds import APPLICATION, ENTITY
from entitree.sandbox.account.objects import find
from entitree.sandbox.rules.keys import KEYS_BY_KEY, LINKED_REFUSAL, NO_ADDRESSES
from entitree.sandbox.wire.replies import ProblemError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from entitree.api.operations import Operation
    from entitree.sandbox.rules import Rules

Scopes = frozenset[str] | None
"""What the asker may do; None is everything."""


@dataclass(frozen=True, slots=True)
class Link:
    """An application, alone or with an entity, that a key is tied to (platform.md 6)."""

    application: str
    entity: str | None
    action: str | None
    """FILL, FORCE or None."""
    stands: bool = True
    """What it names is there; a link may outlive it, and lets nothing through then."""


@dataclass(frozen=True, slots=True)
class Caller:
    scheme: str
    """Of the `Authorization` header, in small letters: app, basic, ibsso, bearer; empty for nobody."""
    name: str
    """As the audit log calls them; never a secret."""
    scopes: Scopes = frozenset()
    links: tuple[Link, ...] | None = None
    """What the key is tied to, and it may do nothing else; None: it is no linked key."""
    session: int | None = None
    """Which session they signed in with."""


NOBODY = Caller("", "nobody")
"""Who signs in, and so has no name yet."""


def caller(
    db: sqlite3.Connection, authorization: str | None, *, address: str, now: float, rules: Rules
) -> Caller:
    """Whom an `Authorization` header names; a session is used by it.

    Args:
        address: where the request comes from.
        now: seconds since the epoch.

    Raises:
        LookupError: it is absent, malformed, or names nobody; or it is not good at this time, or from there.
    """
    scheme, _, credential = (authorization or "").partition(" ")
    match scheme.lower():
        case "app":
            return _key(db, credential, address, now, rules)
        case "basic":
            name, _, password = _decoded(credential).partition(":")
            row = credentials.user(db, name, password)
            return Caller("basic", f"user {row['name']}", _scopes(row["scopes"]))
        case "ibsso":
            row = sessions.used(db, credential, address=address, now=now, rules=rules)
            return Caller("ibsso", f"user {row['name']}", _scopes(row["scopes"]), session=row["seq"])
        case "bearer":
            row = sessions.granted(db, credential, now)
            return Caller("bearer", f"client {row['name']}", _scopes(row["scopes"]))
        case _:
            raise LookupError


def writes(authorization: str | None) -> bool:
    """Whether naming the caller writes: when a session was last used is kept."""
    return (authorization or "").lower().startswith("ibsso ")


def allow(caller: Caller, operation: Operation, rules: Rules) -> None:
    """
    Raises:
        ProblemError: 403, or by rule 401: the caller may not call it.
    """
    no_session = operation.access is Access.SESSION and caller.session is None
    if no_session or (operation.access is Access.NO_KEY and caller.scheme == "app"):
        raise ProblemError(int(rules[KEYS_BY_KEY]))
    if caller.links is not None and not operation.linked:
        raise ProblemError(int(rules[LINKED_REFUSAL]))
    if operation.scopes and caller.scopes is not None and not caller.scopes.intersection(operation.scopes):
        raise ProblemError(403)


def _key(db: sqlite3.Connection, secret: str, address: str, now: float, rules: Rules) -> Caller:
    row = db.execute("SELECT * FROM api_keys WHERE secret = ?", (secret,)).fetchone()
    if row is None or not row["enabled"]:
        raise LookupError
    if (row["valid_from"] or now) > now or (row["valid_to"] is not None and row["valid_to"] <= now):
        raise LookupError
    body = json.loads(row["body"])
    if not _comes_from(body.get("allowedIPs"), address, rules):
        raise LookupError
    name = f"key {row['name']}"
    if row["linked"]:
        return Caller("app", name, _scopes(row["scopes"]), _links(db, row["seq"], rules))
    if "PUBLIC_API" not in body.get("permissions", ("PUBLIC_API",)):
        # What the other permissions are for is no operation of this table.
        return Caller("app", name)
    return Caller("app", name, _scopes(row["scopes"]))


def _links(db: sqlite3.Connection, key: int, rules: Rules) -> tuple[Link, ...]:
    rows = db.execute(
        "SELECT application_id, entity_id, action FROM key_links WHERE api_key = ? ORDER BY seq", (key,)
    ).fetchall()
    return tuple(
        Link(application, entity, action, stands=_stands(db, application, entity, rules))
        for application, entity, action in rows
    )


def _stands(db: sqlite3.Connection, application: str, entity: str | None, rules: Rules) -> bool:
    return find(db, rules, APPLICATION, application) is not None and (
        entity is None or find(db, rules, ENTITY, entity) is not None
    )


def _comes_from(allowed: Sequence[str] | None, address: str, rules: Rules) -> bool:
    if allowed is None or (not allowed and rules[NO_ADDRESSES] == "anywhere"):
        return True
    try:
        one = ip_address(address)
    except ValueError:
        return False
    return any(one in ip_network(addresses, strict=False) for addresses in allowed)


def _scopes(stored: str | None) -> Scopes:
    return None if stored is None else frozenset(json.loads(stored))


def _decoded(credential: str) -> str:
    try:
        return base64.b64decode(credential, validate=True).decode()
    except (binascii.Error, ValueError):
        raise LookupError from None
