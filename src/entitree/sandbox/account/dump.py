"""The whole account as plain, sorted data, for comparing one moment with another."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from entitree.sandbox.account.kinds import KINDS

if TYPE_CHECKING:
    import sqlite3


def dump(db: sqlite3.Connection) -> dict[str, list[dict[str, Any]]]:
    """One list a family, its objects as the platform shows them, in an order that does not tell their age."""
    return {
        kind.family: sorted(
            (kind.shown(row) for row in db.execute(f"SELECT * FROM {kind.rows}")),
            key=lambda one: json.dumps(one, sort_keys=True),
        )
        for kind in KINDS
    }
