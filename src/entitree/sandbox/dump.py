"""The whole account as plain, sorted data, for comparing one moment with another."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from entitree.sandbox.routes import associations, named, strategies, subscriptions

if TYPE_CHECKING:
    import sqlite3


def dump(db: sqlite3.Connection) -> dict[str, list[dict[str, Any]]]:
    """One list a family, its objects as the platform shows them, in an order that does not tell their age."""
    families = {
        "applications": [named.APPLICATIONS.shown(row) for row in _rows(db, "applications")],
        "entities": [named.ENTITIES.shown(row) for row in _rows(db, "entities")],
        "associations": [associations.shown(row) for row in _rows(db, "associations")],
        "strategies": [strategies.shown(row) for row in _rows(db, "strategies")],
        "subscriptions": [
            {"channel": row["channel"], **subscriptions.shown(row)} for row in subscriptions.rows(db)
        ],
        "profiles": [
            {"profileId": row["id"], "authId": row["auth_id"], **json.loads(row["body"])}
            for row in _rows(db, "profiles")
        ],
        "securities": [{"authId": row["id"], **json.loads(row["body"])} for row in _rows(db, "securities")],
        "numbers": [
            {
                "numberKey": row["number_key"],
                "number": row["number"],
                "country": row["country"],
                "type": row["type"],
                "capabilities": json.loads(row["capabilities"]),
                "applicationId": row["application_id"],
                "entityId": row["entity_id"],
            }
            for row in _rows(db, "numbers")
        ],
        "domains": [{"domainName": row["name"]} for row in _rows(db, "domains")],
        "senders": [{"resourceType": row["type"], "senderName": row["name"]} for row in _rows(db, "senders")],
    }
    return {
        family: sorted(objects, key=lambda one: json.dumps(one, sort_keys=True))
        for family, objects in families.items()
    }


def _rows(db: sqlite3.Connection, table: str) -> sqlite3.Cursor:
    return db.execute(f"SELECT * FROM {table}")
