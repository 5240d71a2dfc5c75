"""How configurations lie in the state: their JSON as it was sent, and beside it what they are found by."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

Columns = dict[str, Any]
"""A row to be written, by the names of its columns."""


def packed(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def insert(db: sqlite3.Connection, table: str, columns: Mapping[str, Any]) -> int:
    """Writes a row and returns its `seq`.

    Raises:
        sqlite3.IntegrityError: what must be unique is there already, or what it refers to is not there.
    """
    names, places = ", ".join(columns), ", ".join("?" * len(columns))
    inserted = db.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", tuple(columns.values()))
    return int(inserted.lastrowid or 0)


def strategy(id_: str, body: Mapping[str, Any]) -> Columns:
    platform = body.get("platform") or {}
    return {
        "id": id_,
        "application_id": platform.get("applicationId"),
        "entity_id": platform.get("entityId"),
        "body": packed(body),
    }


def inbound(settings: Mapping[str, Any]) -> Columns:
    """All but key, channel, resource and keyword."""
    platform = settings.get("platform") or {}
    return {
        "application_id": platform.get("applicationId"),
        "entity_id": platform.get("entityId"),
        "body": packed({name: value for name, value in settings.items() if name != "platform"}),
    }


def security(body: Mapping[str, Any]) -> Columns:
    rest = {name: value for name, value in body.items() if name != "authId"}
    return {"id": body["authId"], "body": packed(rest)}


def profile(body: Mapping[str, Any]) -> Columns:
    rest = {name: value for name, value in body.items() if name not in ("profileId", "security")}
    auth_id = (body.get("security") or {}).get("authId")
    return {"id": body["profileId"], "auth_id": auth_id, "body": packed(rest)}


def subscription(profile_id: str, body: Mapping[str, Any]) -> Columns:
    """All but channel and id; its terms are written beside it."""
    return {"profile_id": profile_id, "body": packed(body)}


def write_terms(db: sqlite3.Connection, seq: int, body: Mapping[str, Any]) -> None:
    """What the subscription with this `seq` is found by, in place of what it was found by before."""
    db.execute("DELETE FROM subscription_terms WHERE subscription = ?", (seq,))
    terms = sorted({(seq, kind, value) for kind, value in _terms(body)})
    db.executemany("INSERT INTO subscription_terms VALUES (?, ?, ?)", terms)


def _terms(subscription: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for criterion in subscription.get("criteria") or ():
        for field, kind in (
            ("applicationId", "application_id"),
            ("entityId", "entity_id"),
            ("callsConfigurationId", "calls_configuration_id"),
        ):
            if criterion.get(field) is not None:
                yield kind, criterion[field]
    for field, kind in (("resources", "resource"), ("users", "user")):
        for value in subscription.get(field) or ():
            yield kind, value
