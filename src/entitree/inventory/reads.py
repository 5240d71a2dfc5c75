"""Questions to the mirror, as SQL. Everything here runs on one snapshot, in a thread of the store."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from entitree.inventory.conditions import CONFIGURATIONS
from entitree.inventory.links import Links
from entitree.inventory.model import (
    AssociationRow,
    Family,
    FamilyState,
    InboundRow,
    Item,
    KeyRow,
    Kind,
    NumberRow,
    Resource,
    ResourceLine,
    Row,
    StrategyRow,
    SubscriptionRow,
    owning_family,
)
from entitree.inventory.records import ITEMS, RECORDS
from entitree.inventory.totals import Totals
from entitree.text import mended

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from sqlite3 import Connection

    from entitree.inventory.records import Configuration

_CHUNK = 500


def known_families(connection: Connection) -> frozenset[Family]:
    """The families that were read at least once: what can be counted."""
    return frozenset(
        Family(name) for (name,) in connection.execute("SELECT name FROM family WHERE read_at IS NOT NULL")
    )


def families(connection: Connection) -> dict[Family, FamilyState]:
    known = {
        Family(name): FamilyState(
            Family(name),
            bool(whole),
            datetime.fromisoformat(read_at) if read_at else None,
            problem,
            bool(failed),
            bool(refused),
        )
        for name, whole, read_at, problem, failed, refused in connection.execute(
            "SELECT name, whole, read_at, problem, failed, refused FROM family"
        )
    }
    return {family: known.get(family, FamilyState(family)) for family in Family}


def rows(connection: Connection, kind: Kind, keys: Sequence[int]) -> dict[int, Row]:
    """The lines of `keys`, those that are there still, by row number."""
    known = known_families(connection)
    associations = Family.ASSOCIATIONS in known
    configurations = {Family.STRATEGIES, Family.SUBSCRIPTIONS} <= known
    return {
        row: Row(
            Item(kind, item_id, alias, bool(addressable), bool(there)),
            others if associations else None,
            count if associations else None,
            others_count if configurations else None,
        )
        for chunk in _chunks(keys)
        for row, item_id, alias, addressable, there, others, count, others_count in connection.execute(
            "SELECT row, id, alias, addressable, there, others, associations,"
            f" {CONFIGURATIONS} FROM {kind.value} WHERE row IN ({_marks(chunk)})",
            chunk,
        )
    }


def resource_lines(connection: Connection, keys: Sequence[int]) -> dict[int, ResourceLine]:
    """The resources of `keys`, those that are there still, by row number."""
    known = known_families(connection)
    associations = Family.ASSOCIATIONS in known
    return {
        row: ResourceLine(
            Resource(type_, id_, name),
            owned=True if owned > 0 else False if owning_family(type_) in known else None,
            detail=" · ".join(filter(None, (countries or country, _words(number_type)))),
            channels=tuple(sorted(channels.split(","))) if channels else (),
            associations=count if associations else None,
            pairs=pairs if associations else None,
            link=(application_id, entity_id) if number else None,
            inbound=inbound,
        )
        for chunk in _chunks(keys)
        for (
            row, type_, id_, name, owned, count, channels, pairs, countries,
            number, country, number_type, application_id, entity_id, inbound,
        ) in connection.execute(_RESOURCES.format(rows=_marks(chunk)), chunk)
    }  # fmt: skip


_USES = "FROM association AS a WHERE a.resource_type = r.type AND a.resource_id = r.id"
_RESOURCES = (
    "SELECT r.row, r.type, r.id, r.name, r.owned, r.associations,"
    f" (SELECT group_concat(DISTINCT a.channel) {_USES}),"
    f" (SELECT count(*) FROM (SELECT DISTINCT a.application_id, a.entity_id {_USES})),"
    " (SELECT group_concat(s.country, ', ') FROM sender AS s WHERE s.type = r.type AND s.id = r.id),"
    " n.row, n.country, n.type, n.application_id, n.entity_id,"
    " (SELECT count(*) FROM inbound AS i WHERE i.resource_id = r.id)"
    " FROM resource AS r LEFT JOIN number AS n ON r.type = 'NUMBER' AND n.key = r.id"
    " WHERE r.row IN ({rows})"
)


def ids(connection: Connection, kind: Kind, keys: Sequence[int]) -> list[str]:
    """The ids of `keys`, those that are there still."""
    return [
        item_id
        for chunk in _chunks(keys)
        for (item_id,) in connection.execute(
            f"SELECT id FROM {kind.value} WHERE row IN ({_marks(chunk)})", chunk
        )
    ]


def items(connection: Connection, kind: Kind, wanted: Sequence[str]) -> dict[str, Item]:
    return {
        item_id: Item(kind, item_id, alias, bool(addressable))
        for chunk in _chunks([mended(each) for each in wanted])
        for item_id, alias, addressable in connection.execute(
            f"SELECT id, alias, addressable FROM {kind.value} WHERE there = 1 AND id IN ({_marks(chunk)})",
            chunk,
        )
    }


def row_of(connection: Connection, kind: Kind, item_id: str) -> int | None:
    found = connection.execute(f"SELECT row FROM {kind.value} WHERE id = ?", (mended(item_id),)).fetchone()
    return None if found is None else int(found[0])


def resource_row_of(connection: Connection, type_: str, id_: str) -> int | None:
    found = connection.execute(
        "SELECT row FROM resource WHERE type = ? AND id = ?", (mended(type_), mended(id_))
    ).fetchone()
    return None if found is None else int(found[0])


def counts(connection: Connection) -> dict[Kind, int]:
    totals = Totals(connection)
    return {kind: totals.of(family) for kind, family in ITEMS.items()}


def missing(connection: Connection) -> dict[Kind, int]:
    """How many ids are named by configurations and do not exist."""
    return {
        kind: int(connection.execute(f"SELECT count(*) FROM {kind.value} WHERE there = 0").fetchone()[0])
        for kind in Kind
    }


def links(connection: Connection, kind: Kind, wanted: Sequence[str]) -> Links:
    found: dict[type[Configuration], list[Configuration]] = {}
    own = f"{kind.value}_id"
    for family, record in RECORDS.items():
        if family in (Family.SENDERS, Family.DOMAINS):
            continue
        if record.parts is None:
            for chunk in _chunks(sorted({mended(each) for each in wanted})):
                for row in record.read(connection, f"{own} IN ({_marks(chunk)})", chunk):
                    found.setdefault(type(row), []).append(row)
            continue
        several: set[int] = set()
        for chunk in _chunks(sorted({mended(each) for each in wanted})):
            several.update(
                row
                for (row,) in connection.execute(
                    f"SELECT DISTINCT {record.parts.owner} FROM {record.parts.table}"
                    f" WHERE {own} IN ({_marks(chunk)})",
                    chunk,
                )
            )
        for numbers in _chunks(sorted(several)):
            for row in record.read(connection, f"row IN ({_marks(numbers)})", numbers):
                found.setdefault(type(row), []).append(row)

    def of(which: type[Any]) -> tuple[Any, ...]:
        return tuple(found.get(which, ()))

    return Links(
        associations=of(AssociationRow),
        strategies=of(StrategyRow),
        subscriptions=of(SubscriptionRow),
        numbers=of(NumberRow),
        inbound=of(InboundRow),
        keys=of(KeyRow),
    )


def _words(constant: str | None) -> str:
    """A constant of the platform as people read it."""
    return (constant or "").replace("_", " ").lower()


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def _marks(values: Sequence[Any]) -> str:
    return ",".join("?" * len(values))
