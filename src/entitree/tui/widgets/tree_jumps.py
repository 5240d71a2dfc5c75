"""Where Enter on a line of the tree leads, and what it says where it leads nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.inventory.links import NodeKind
from entitree.inventory.model import (
    AssociationRow,
    InboundRow,
    KeyRow,
    NumberRow,
    StrategyRow,
    SubscriptionRow,
)
from entitree.text import visible
from entitree.tui.place import KEY, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from entitree.inventory.links import Node

_NAMED = 2
"""Pairs that a sentence names; of the rest it says how many."""


def place_of(node: Node) -> Place | None:
    """The application, entity or resource that `node` names; None where it names nothing that has a row."""
    if node.target is not None:
        return Place(*node.target)
    match node.kind, node.reference:
        case NodeKind.RESOURCE, AssociationRow() as row:
            return Place(None, row.resource_id, row.resource_type)
        case NodeKind.NUMBER, NumberRow() as row:
            return Place(None, row.key, "NUMBER")
        case NodeKind.KEY, KeyRow() as row:
            return Place(None, row.id, KEY)
    return None


def whereabouts(node: Node) -> str:
    """One sentence, fit to be shown, on what has no list of its own; empty for a branch."""
    match node.reference:
        case StrategyRow() as row:
            pairs = [(row.application_id, row.entity_id)]
            told = f"Sending strategies have no list of their own: {row.id} is tied to {_pairs(pairs)}."
        case SubscriptionRow() as row:
            pairs = [(each.application_id, each.entity_id) for each in row.criteria]
            told = (
                f"Subscriptions have no list of their own: {row.id} ({row.channel}) is for {_pairs(pairs)}."
            )
        case KeyRow() as row:
            links = [(each.application_id, each.entity_id) for each in row.links]
            told = f"Here it ends: {row.name} is bound to {_pairs(links)}."
        case InboundRow() as row:
            what = f"{row.channel}, {f'keyword {row.keyword}' if row.keyword else 'any keyword'}"
            told = f"Inbound configurations have no list of their own: this one is of {node.label} ({what})."
        case AssociationRow() as row:
            pair = _pairs([(row.application_id, row.entity_id)])
            told = f"Here it ends: {row.resource_id} is associated with {pair} for {row.channel}."
        case _:
            told = ""
    return visible(told)


def _pairs(pairs: Sequence[tuple[str | None, str | None]]) -> str:
    named = [_pair(pair) for pair in dict.fromkeys(pairs)]
    if len(named) > _NAMED:
        named[_NAMED:] = [f"{len(named) - _NAMED} more"]
    return _listed(named) or "nothing"


def _pair(pair: tuple[str | None, str | None]) -> str:
    return " + ".join(filter(None, pair)) or "any application and entity"


def _listed(words: Iterable[str]) -> str:
    *most, last = [*words] or [""]
    return f"{', '.join(most)} and {last}" if most else last
