"""The leaves of a group: what each configuration is called, and what else is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.inventory.links import Node, NodeKind
from entitree.inventory.model import InboundRow, KeyRow, Kind, NumberRow, StrategyRow, SubscriptionRow
from entitree.inventory.ties.nodes import inbound, joined, keyword, words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Connection

    from entitree.inventory.records import Configuration


def leaf(connection: Connection, row: Configuration, kind: Kind | None) -> Node:
    """A configuration below a pair. With a `kind`, it says which item of that kind it names."""
    match row:
        case StrategyRow():
            where = f"{row.channel or 'all channels'} → {row.country or 'all countries'}"
            return Node(row.id, NodeKind.STRATEGY, joined(where, _named(row, kind)), reference=row)
        case SubscriptionRow():
            detail = joined(row.channel, (row.name or "") if row.name != row.id else "")
            key = f"{row.channel} {row.id}"
            return Node(row.id, NodeKind.SUBSCRIPTION, detail, reference=row, key=key)
        case InboundRow():
            found = connection.execute(
                "SELECT name FROM resource WHERE type = 'NUMBER' AND id = ?", (row.resource_id,)
            ).fetchone()
            name = str(found[0]) if found else row.resource_id
            return inbound(row, name, keyword(row), _named(row, kind))
        case NumberRow():
            key = row.key if row.key != row.number else ""
            detail = joined(row.country or "", words(row.type or ""), key, _named(row, kind))
            return Node(row.number, NodeKind.NUMBER, detail, reference=row, key=row.key)
        case _:
            raise TypeError(f"{type(row).__name__} stands in no group.")


def key_leaf(row: KeyRow, actions: Sequence[str]) -> Node:
    """A key below a pair; `actions` are those of its links to it."""
    detail = joined("" if row.enabled else "disabled", *actions)
    return Node(row.name, NodeKind.KEY, detail, reference=row, key=row.id)


def _named(row: StrategyRow | InboundRow | NumberRow, kind: Kind | None) -> str:
    if kind is None:
        return ""
    return (row.application_id if kind is Kind.APPLICATION else row.entity_id) or ""
