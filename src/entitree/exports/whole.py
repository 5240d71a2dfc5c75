"""The whole mirror of an account as one document: lists, and what ties their things to each other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from entitree.exports.forms import json_line, json_row
from entitree.exports.lists import CHUNK, SHAPES, Listed
from entitree.inventory.find import Query
from entitree.inventory.model import (
    AssociationRow,
    Family,
    InboundRow,
    StrategyRow,
    SubscriptionRow,
)
from entitree.inventory.records import RECORDS, identity

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime
    from sqlite3 import Connection

    from entitree.inventory.model import FamilyState
    from entitree.inventory.records import Configuration
    from entitree.inventory.store import Store

WHOLE_FORMS = ("jsonl", "json")
_LISTS = {"applications": "application", "entities": "entity", "resources": "resource", "keys": "key"}
_TIES = {
    Family.ASSOCIATIONS: ("associations", "association"),
    Family.STRATEGIES: ("strategies", "strategy"),
    Family.SUBSCRIPTIONS: ("subscriptions", "subscription"),
    Family.INBOUND: ("inbound_configurations", "inbound configuration"),
}
"""What ties them, and what it is called in the document, in both numbers."""


async def pieces(store: Store, profile: str, form: str, now: datetime) -> AsyncIterator[str]:
    """The document, piece by piece: `json` is one object with a list for each kind, `jsonl` a line for each
    thing, which says its `kind`. First comes what it is about, and how well each family was read.

    It holds no secret: no key, no address that messages are forwarded to. Raises StorageError.
    """
    states = await store.families()
    about = {
        "profile": profile,
        "exported_at": now.isoformat(timespec="seconds"),
        "families": {family.value: _state(state) for family, state in states.items()},
    }
    jsonl = form == "jsonl"
    yield f"{json_line({'kind': 'about', **about})}\n" if jsonl else f'{{\n"about": {json_line(about)}'
    for plural, singular, chunks in _sections(store):
        if not jsonl:
            yield f',\n"{plural}": ['
        between = "\n"
        async for lines in chunks:
            if jsonl:
                begin = f'{{"kind": "{singular}", '
                yield "".join(f"{begin}{line.removeprefix('{')}\n" for line in lines)
            elif lines:
                yield between + ",\n".join(lines)
                between = ",\n"
        if not jsonl:
            yield "\n]" if between != "\n" else "]"
    if not jsonl:
        yield "\n}\n"


def _state(state: FamilyState) -> dict[str, object]:
    read_at = state.read_at
    return {
        "whole": state.whole,
        "read_at": None if read_at is None else read_at.isoformat(timespec="seconds"),
        "problem": state.problem,
    }


def _sections(store: Store) -> list[tuple[str, str, AsyncIterator[list[str]]]]:
    """Names in both numbers, and lines of JSON."""
    return [
        *((plural, singular, _listed(store, plural)) for plural, singular in _LISTS.items()),
        *((*names, _ties(store, family)) for family, names in _TIES.items()),
    ]


async def _listed(store: Store, plural: str) -> AsyncIterator[list[str]]:
    async for rows in Listed(store, SHAPES[plural], Query()).chunks():
        yield [json_row(row) for row in rows]


async def _ties(store: Store, family: Family) -> AsyncIterator[list[str]]:
    # In the order of what identifies them, so that two exports can be compared.
    rows = await store.ask(partial(_order, family))
    for start in range(0, len(rows), CHUNK):
        found = await store.ask(partial(_read, family, rows[start : start + CHUNK]))
        yield [json_line(_tie(each)) for each in sorted(found, key=_sorted_by)]


def _order(family: Family, db: Connection) -> list[int]:
    columns = _ORDERS[family]
    return [row for (row,) in db.execute(f"SELECT row FROM {RECORDS[family].table} ORDER BY {columns}")]


_ORDERS = {
    Family.ASSOCIATIONS: "application_id, entity_id, channel, resource_type, resource_id",
    Family.STRATEGIES: "id",
    Family.SUBSCRIPTIONS: "channel, id",
    Family.INBOUND: "key",
}
"""As `identity` names them."""


def _read(family: Family, rows: Sequence[int], db: Connection) -> list[Configuration]:
    marks = ",".join("?" * len(rows))
    return RECORDS[family].read(db, f"row IN ({marks})", rows)


def _sorted_by(row: Configuration) -> tuple[tuple[bool, Any], ...]:
    return tuple((each is not None, each or "") for each in identity(row))


def _tie(row: Configuration) -> dict[str, object]:
    match row:
        case AssociationRow():
            own: dict[str, object] = {
                "resource_type": row.resource_type,
                "resource_id": row.resource_id,
                "channel": row.channel,
            }
        case StrategyRow():
            own = {"id": row.id, "channel": row.channel, "country": row.country}
        case InboundRow():
            own = {
                "id": row.key,
                "channel": row.channel,
                "resource_id": row.resource_id,
                "keyword": row.keyword,
                "forwarding": row.forwarding,
            }
        case SubscriptionRow():
            criteria = [
                {"application": each.application_id, "entity": each.entity_id} for each in row.criteria
            ]
            return {
                "id": row.id,
                "channel": row.channel,
                "name": row.name,
                "profile_id": row.profile_id,
                "criteria": criteria,
            }
        case _:
            raise TypeError(type(row).__name__)
    return {**own, "application": row.application_id, "entity": row.entity_id}
