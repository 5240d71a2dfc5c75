"""How each family of configurations is kept: its table, what identifies a row of it, and both ways between
rows and values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from entitree.inventory.model import (
    AssociationRow,
    CriterionRow,
    DomainRow,
    Family,
    InboundRow,
    Item,
    KeyRow,
    Kind,
    LinkRow,
    NumberRow,
    SenderRow,
    StrategyRow,
    SubscriptionRow,
)
from entitree.record import record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from sqlite3 import Connection

Configuration: TypeAlias = (
    AssociationRow | StrategyRow | SubscriptionRow | NumberRow | SenderRow | DomainRow | InboundRow | KeyRow
)
Stored: TypeAlias = Item | Configuration

Values: TypeAlias = tuple[Any, ...]
ITEMS = {Kind.APPLICATION: Family.APPLICATIONS, Kind.ENTITY: Family.ENTITIES}


@record
class Parts:
    """Rows of another table that belong to one configuration, in order."""

    table: str
    owner: str
    columns: str
    split: Callable[[Any], Sequence[Values]]
    """The values of each part of a configuration."""


@record
class Record:
    """One table. `columns` are those of `split` and `made`, in their order."""

    table: str
    columns: str
    identified: str
    """Condition with a mark for each value of the identity."""
    identity: Callable[[Any], Values]
    split: Callable[[Any], Values]
    made: Callable[[Values, Sequence[Values]], Configuration]
    """The configuration of a row's values and its parts'."""
    parts: Parts | None = None

    def parts_of(self, connection: Connection, row: int) -> list[Values]:
        """What the table of parts holds of the configuration in `row`."""
        if self.parts is None:
            return []
        return connection.execute(
            f"SELECT {self.parts.columns} FROM {self.parts.table}"
            f" WHERE {self.parts.owner} = ? ORDER BY position",
            (row,),
        ).fetchall()

    def read(self, connection: Connection, where: str, values: Sequence[Any]) -> list[Configuration]:
        """The configurations that fulfil `where`."""
        found = connection.execute(
            f"SELECT row, {self.columns} FROM {self.table} WHERE {where}", values
        ).fetchall()
        return [self.made(rest, self.parts_of(connection, row)) for row, *rest in found]


def family_of(row: Stored) -> Family:
    """The family that `row` belongs to."""
    return ITEMS[row.kind] if isinstance(row, Item) else _FAMILIES[type(row)]


def identity(row: Stored) -> Values:
    """What tells `row` from every other of its family."""
    return (row.id,) if isinstance(row, Item) else RECORDS[_FAMILIES[type(row)]].identity(row)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()


def _number(values: Values, _: Sequence[Values]) -> NumberRow:
    key, number, country, type_, capabilities, application_id, entity_id, note = values
    return NumberRow(key, number, country, type_, _words(capabilities), application_id, entity_id, note)


def _subscription(values: Values, criteria: Sequence[Values]) -> SubscriptionRow:
    channel, id_, name, profile_id, raw = values
    return SubscriptionRow(
        channel, id_, name, tuple(CriterionRow(*each) for each in criteria), profile_id, raw
    )


def _key(values: Values, links: Sequence[Values]) -> KeyRow:
    id_, name, enabled, valid_to = values
    return KeyRow(id_, name, bool(enabled), valid_to, tuple(LinkRow(*each) for each in links))


RECORDS: dict[Family, Record] = {
    Family.ASSOCIATIONS: Record(
        "association",
        "resource_type, channel, application_id, entity_id, resource_id",
        "application_id = ? AND ifnull(entity_id, x'') = ifnull(?, x'')"
        " AND channel = ? AND resource_type = ? AND resource_id = ?",
        identity=lambda row: (
            row.application_id, row.entity_id, row.channel, row.resource_type, row.resource_id
        ),
        split=lambda row: (
            row.resource_type, row.channel, row.application_id, row.entity_id, row.resource_id
        ),
        made=lambda values, _: AssociationRow(*values),
    ),
    Family.STRATEGIES: Record(
        "strategy",
        "id, application_id, entity_id, channel, country, raw",
        "id = ?",
        identity=lambda row: (row.id,),
        split=lambda row: (row.id, row.application_id, row.entity_id, row.channel, row.country, row.raw),
        made=lambda values, _: StrategyRow(*values),
    ),
    Family.SUBSCRIPTIONS: Record(
        "subscription",
        "channel, id, name, profile_id, raw",
        "channel = ? AND id = ?",
        identity=lambda row: (row.channel, row.id),
        split=lambda row: (row.channel, row.id, row.name, row.profile_id, row.raw),
        made=_subscription,
        parts=Parts(
            "criterion",
            "subscription",
            "application_id, entity_id",
            lambda row: [(each.application_id, each.entity_id) for each in row.criteria],
        ),
    ),
    Family.NUMBERS: Record(
        "number",
        "key, number, country, type, capabilities, application_id, entity_id, note",
        "key = ?",
        identity=lambda row: (row.key,),
        split=lambda row: (
            row.key, row.number, row.country, row.type, ",".join(row.capabilities),
            row.application_id, row.entity_id, row.note,
        ),
        made=_number,
    ),
    Family.SENDERS: Record(
        "sender",
        "type, id, country, capabilities",
        "type = ? AND id = ? AND country = ?",
        identity=lambda row: (row.type, row.id, row.country),
        split=lambda row: (row.type, row.id, row.country, ",".join(row.capabilities)),
        made=lambda values, _: SenderRow(values[0], values[1], values[2], _words(values[3])),
    ),
    Family.DOMAINS: Record(
        "domain",
        "name, active, blocked",
        "name = ?",
        identity=lambda row: (row.name,),
        split=lambda row: (row.name, int(row.active), int(row.blocked)),
        made=lambda values, _: DomainRow(values[0], bool(values[1]), bool(values[2])),
    ),
    Family.INBOUND: Record(
        "inbound",
        "key, channel, resource_id, keyword, application_id, entity_id, forwarding, url",
        "key = ?",
        identity=lambda row: (row.key,),
        split=lambda row: (
            row.key, row.channel, row.resource_id, row.keyword,
            row.application_id, row.entity_id, row.forwarding, row.url,
        ),
        made=lambda values, _: InboundRow(*values),
    ),
    Family.KEYS: Record(
        "api_key",
        "id, name, enabled, valid_to",
        "id = ?",
        identity=lambda row: (row.id,),
        split=lambda row: (row.id, row.name, int(row.enabled), row.valid_to),
        made=_key,
        parts=Parts(
            "key_link",
            "api_key",
            "application_id, entity_id, action",
            lambda row: [(each.application_id, each.entity_id, each.action) for each in row.links],
        ),
    ),
}  # fmt: skip

_FAMILIES: dict[type[Configuration], Family] = {
    AssociationRow: Family.ASSOCIATIONS,
    StrategyRow: Family.STRATEGIES,
    SubscriptionRow: Family.SUBSCRIPTIONS,
    NumberRow: Family.NUMBERS,
    SenderRow: Family.SENDERS,
    DomainRow: Family.DOMAINS,
    InboundRow: Family.INBOUND,
    KeyRow: Family.KEYS,
}

TABLES = {
    Family.APPLICATIONS: "application",
    Family.ENTITIES: "entity",
    **{family: record.table for family, record in RECORDS.items()},
}
