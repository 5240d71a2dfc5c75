"""API keys of the mirror as lines of a list: what stands in them, and where each stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.inventory.model import KeyRow, LinkRow
from entitree.text import mended

if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Connection

_CHUNK = 500


def lines(connection: Connection, keys: Sequence[int]) -> dict[int, KeyRow]:
    """The API keys of the row numbers `keys`, those that are there still, by row number."""
    found: dict[int, KeyRow] = {}
    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        marks = ",".join("?" * len(chunk))
        links: dict[int, list[LinkRow]] = {}
        for row, *link in connection.execute(
            "SELECT api_key, application_id, entity_id, action FROM key_link"
            f" WHERE api_key IN ({marks}) ORDER BY api_key, position",
            chunk,
        ):
            links.setdefault(row, []).append(LinkRow(*link))
        for row, id_, name, enabled, valid_to in connection.execute(
            f"SELECT row, id, name, enabled, valid_to FROM api_key WHERE row IN ({marks})", chunk
        ):
            found[row] = KeyRow(id_, name, bool(enabled), valid_to, tuple(links.get(row, ())))
    return found


def row_of(connection: Connection, key_id: str) -> int | None:
    """Row number of the API key with that id."""
    found = connection.execute("SELECT row FROM api_key WHERE id = ?", (mended(key_id),)).fetchone()
    return None if found is None else int(found[0])
