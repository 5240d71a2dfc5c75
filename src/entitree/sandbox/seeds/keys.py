"""API keys of new accounts: the guide's three, each linked in another way, and what years leave behind."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from entitree.sandbox.access.credentials import new_key
from entitree.sandbox.account.records import insert
from entitree.sandbox.wire import times

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from entitree.sandbox.seeds.world import World

_FROM, _TO = "2023-01-01T00:00:00", "2033-01-01T00:00:00"


@dataclass(frozen=True, slots=True)
class Key:
    name: str
    links: tuple[tuple[str, str | None, str | None], ...] = ()
    """Application, entity or None, action or None."""
    scopes: tuple[str, ...] | None = None
    allowed_ips: tuple[str, ...] = ()
    valid_to: str = _TO
    enabled: bool = True


def docs_keys(world: World) -> None:
    world.keys = [
        Key("Key1", (("marketing", None, None),)),
        Key("Key2", (("marketing", "big-cola", "FILL"),)),
        Key("Key3", (("default", "cost-center-300", "FORCE"),)),
    ]


def demo_keys(world: World) -> None:
    world.keys = [
        Key("Key1", (("production", None, None),)),
        Key("Key2", (("production", "bigcola-us", "FILL"),)),
        Key("Key3", (("default", "mcburger-uk", "FORCE"),)),
        Key(
            "aurora-air reporting",
            (("production", "aurora-air-de", None), ("loyalty", "aurora-air-de", None)),
            allowed_ips=("203.0.113.7", "198.51.100.0/24"),
        ),
        Key("nightly export", scopes=("application-entity:manage", "numbers:manage")),
        Key("old SMS gateway", (("legacy/sms-gateway", None, None),), enabled=False),
        Key("autumn campaign", (("marketing", "bigcola-fr", "FILL"),), valid_to="2023-12-01T00:00:00"),
    ]


def write_keys(db: sqlite3.Connection, keys: Iterable[Key]) -> None:
    """Writes the keys, their secrets random and their ids the same in every account."""
    for at, key in enumerate(keys, start=1):
        columns = {
            "id": f"C0DE{at:028X}",
            "name": key.name,
            "secret": new_key(),
            "scopes": None if key.scopes is None else json.dumps(key.scopes),
            "enabled": int(key.enabled),
            "valid_from": times.parsed(_FROM),
            "valid_to": times.parsed(key.valid_to),
            "linked": int(bool(key.links)),
            "body": json.dumps({"allowedIPs": key.allowed_ips} if key.allowed_ips else {}),
        }
        seq = insert(db, "api_keys", columns)
        db.executemany(
            "INSERT INTO key_links (api_key, key, application_id, entity_id, action) VALUES (?, ?, ?, ?, ?)",
            [(seq, f"11A4{at:014X}{place:014X}", *link) for place, link in enumerate(key.links, start=1)],
        )
