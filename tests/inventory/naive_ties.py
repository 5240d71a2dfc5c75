"""The tree of what is tied to items or to a resource, made of plain lists as a whole: slow, and obviously
right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from entitree.inventory.fold import folded, hay
from entitree.inventory.links import NodeKind
from entitree.inventory.model import Kind
from entitree.inventory.ties import ItemTies, KeyTies, ResourceTies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.inventory.naive import Account

    from entitree.inventory.model import (
        AssociationRow,
        CriterionRow,
        InboundRow,
        KeyRow,
        LinkRow,
        NumberRow,
        StrategyRow,
        SubscriptionRow,
    )
    from entitree.inventory.ties import Subject

    _Naming: TypeAlias = AssociationRow | StrategyRow | CriterionRow | NumberRow | InboundRow | LinkRow
    """What names an application, an entity or both."""


@dataclass(frozen=True, slots=True)
class Line:
    """A node with what is below it."""

    kind: NodeKind
    label: str
    detail: str = ""
    count: int = 0
    below: tuple[Line, ...] = ()
    reference: object = None


@dataclass(frozen=True, slots=True)
class _Step:
    """A node on the way to a leaf: how it is ordered, shown and found."""

    rank: tuple[Any, ...]
    kind: NodeKind
    label: str
    texts: tuple[str, ...]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Leaf:
    way: tuple[_Step, ...]
    which: object
    """A configuration is counted once below a branch, however often it is named there."""
    reference: object


def tree(account: Account, subject: Subject, words: Sequence[str]) -> tuple[Line, ...]:
    """All of it. Every family was read."""
    if isinstance(subject, KeyTies):
        raise TypeError("only items and resources are told of here")
    leaves = (
        _of_items(account, subject.kind, frozenset(subject.ids))
        if isinstance(subject, ItemTies)
        else _of_resource(account, subject)
    )
    return _grown(
        [
            leaf
            for leaf in leaves
            if all(any(word in text for step in leaf.way for text in step.texts) for word in words)
        ],
        0,
    )


def _grown(leaves: Sequence[_Leaf], depth: int) -> tuple[Line, ...]:
    steps = sorted({leaf.way[depth] for leaf in leaves}, key=lambda step: step.rank)
    lines = []
    for step in steps:
        here = [leaf for leaf in leaves if leaf.way[depth] == step]
        if len(here[0].way) == depth + 1:
            lines.append(Line(step.kind, step.label, step.detail, reference=here[0].reference))
            continue
        count = len({leaf.which for leaf in here})
        lines.append(Line(step.kind, step.label, step.detail, count, _grown(here, depth + 1)))
    return tuple(lines)


def _half(account: Account, kind: Kind, id: str) -> _Step:
    items = account.items(kind)
    alias = items.get(id)
    first = kind is Kind.APPLICATION and id == "default"
    texts = (folded(id), folded(alias or ""))
    # As the mirror has it: of ids that differ in case alone, the alias tells which is first.
    order = f"{texts[0]}\x1f{texts[1]}"
    detail = ("" if alias in (None, id) else alias or "") if id in items else "does not exist"
    return _Step((0, not first, order, id), NodeKind(kind.value), id, texts, detail)


def _unpaired(kind: Kind) -> _Step:
    label = "whole application" if kind is Kind.APPLICATION else "any application"
    return _Step((1,), NodeKind.UNPAIRED, label, (label,))


def _of_items(account: Account, kind: Kind, ids: frozenset[str]) -> Iterator[_Leaf]:
    several = len(ids) > 1

    def top(row: _Naming) -> _Step | None:
        own, other = _halves(kind, row)
        if own not in ids:
            return None
        return _unpaired(kind) if other is None else _half(account, kind.other, other)

    def whose(row: _Naming) -> str:
        return _halves(kind, row)[0] or "" if several else ""

    names = {row.key: row.number for row in account.numbers}
    for tie in account.associations:
        if (half := top(tie)) is not None:
            channel = _channel(tie.channel)
            yield _Leaf((half, channel, _resource(tie, names, whose(tie))), tie, tie)
    plain: list[tuple[Sequence[Any], _Step, Callable[[Any], _Step]]] = [
        (account.strategies, _group(1, NodeKind.STRATEGIES, "Strategies"), lambda row: _strategy(row, whose)),
        (
            account.inbound,
            _group(3, NodeKind.INBOUND_CONFIGURATIONS, "Inbound configurations"),
            lambda row: _inbound(row, names.get(row.resource_id, row.resource_id), whose(row)),
        ),
        (account.numbers, _group(4, NodeKind.NUMBERS, "Numbers"), lambda row: _number(row, whose)),
    ]
    for rows, group, leaf in plain:
        for row in rows:
            if (half := top(row)) is not None:
                yield _Leaf((half, group, leaf(row)), row, row)
    for subscription in account.subscriptions:
        for half in {each: None for row in subscription.criteria if (each := top(row)) is not None}:
            group = _group(2, NodeKind.SUBSCRIPTIONS, "Subscriptions")
            yield _Leaf((half, group, _subscription(subscription)), subscription, subscription)
    for key in account.keys:
        actions: dict[_Step, set[str]] = {}
        for link in key.links:
            if (half := top(link)) is not None:
                actions.setdefault(half, set()).update([link.action] if link.action else [])
        for half, named in actions.items():
            group = _group(5, NodeKind.KEYS, "Keys")
            yield _Leaf((half, group, _key(key, sorted(named))), key, key)


def _of_resource(account: Account, subject: ResourceTies) -> Iterator[_Leaf]:
    for tie in account.associations:
        if (tie.resource_type, tie.resource_id) == (subject.type, subject.id):
            entity = (
                _unpaired(Kind.APPLICATION)
                if tie.entity_id is None
                else _half(account, Kind.ENTITY, tie.entity_id)
            )
            yield _Leaf(
                (_half(account, Kind.APPLICATION, tie.application_id), entity, _channel(tie.channel)),
                tie,
                tie,
            )
    for number in account.numbers:
        if subject.type == "NUMBER" and number.key == subject.id:
            group = _group(2, NodeKind.LINK, "Own link")
            steps = [_half(account, kind, id) for kind, id in _named(number)]
            # One link: what is said of either half is said of it.
            texts = tuple(text for step in steps for text in step.texts)
            for at, step in enumerate(steps):
                yield _Leaf((group, _Step((at,), step.kind, step.label, texts, step.detail)), number, number)
    for row in account.inbound:
        if row.resource_id == subject.id:
            group = _group(3, NodeKind.INBOUND_CONFIGURATIONS, "Inbound configurations")
            halves = [_half(account, kind, id) for kind, id in _named(row)]
            told = " + ".join(half.label for half in halves)
            texts = (
                folded(row.channel),
                folded(row.keyword or ""),
                *[text for half in halves for text in half.texts],
            )
            rank = (row.channel, row.keyword or "", row.key)
            step = _Step(
                rank,
                NodeKind.INBOUND_CONFIGURATION,
                row.keyword or "any keyword",
                texts,
                " · ".join(filter(None, (row.channel, told))),
            )
            yield _Leaf((group, step), row, row)


def _halves(kind: Kind, row: _Naming) -> tuple[str | None, str | None]:
    pair = row.application_id, row.entity_id
    return pair if kind is Kind.APPLICATION else pair[::-1]


def _named(row: NumberRow | InboundRow) -> list[tuple[Kind, str]]:
    halves = (Kind.APPLICATION, row.application_id), (Kind.ENTITY, row.entity_id)
    return [(kind, id) for kind, id in halves if id is not None]


def _channel(channel: str) -> _Step:
    return _Step((0, channel), NodeKind.CHANNEL, channel, (folded(channel),))


def _group(rank: int, kind: NodeKind, title: str) -> _Step:
    return _Step((rank,), kind, title, (folded(title),))


def _joined(*parts: str) -> str:
    return " · ".join(filter(None, parts))


def _resource(tie: AssociationRow, names: dict[str, str], whose: str) -> _Step:
    name = names.get(tie.resource_id) if tie.resource_type == "NUMBER" else None
    label = name or tie.resource_id
    detail = _joined(
        tie.resource_type.lower(),
        tie.resource_id if label != tie.resource_id else "",
        whose,
        "" if name else "not owned",
    )
    rank = (
        hay(label, tie.resource_id),
        tie.resource_id,
        tie.resource_type,
        tie.application_id,
        tie.entity_id is not None,
        tie.entity_id or "",
    )
    return _Step(rank, NodeKind.RESOURCE, label, (folded(label), folded(tie.resource_id)), detail)


def _strategy(row: StrategyRow, whose: Callable[[_Naming], str]) -> _Step:
    detail = f"{row.channel or 'all channels'} → {row.country or 'all countries'}"
    texts = (folded(row.id), folded(row.channel or ""))
    return _Step((row.id,), NodeKind.STRATEGY, row.id, texts, _joined(detail, whose(row)))


def _subscription(row: SubscriptionRow) -> _Step:
    texts = (folded(row.id), folded(row.name or ""), folded(row.channel))
    detail = _joined(row.channel, row.name if row.name and row.name != row.id else "")
    return _Step((row.channel, row.id), NodeKind.SUBSCRIPTION, row.id, texts, detail)


def _inbound(row: InboundRow, name: str, whose: str) -> _Step:
    texts = (folded(name), folded(row.resource_id), folded(row.channel), folded(row.keyword or ""))
    return _Step(
        (name, row.channel, row.keyword or "", row.key),
        NodeKind.INBOUND_CONFIGURATION,
        name,
        texts,
        _joined(row.channel, row.keyword or "any keyword", whose),
    )


def _number(row: NumberRow, whose: Callable[[_Naming], str]) -> _Step:
    return _Step(
        (row.number, row.key),
        NodeKind.NUMBER,
        row.number,
        (folded(row.number), folded(row.key)),
        _joined(row.country or "", row.key if row.key != row.number else "", whose(row)),
    )


def _key(row: KeyRow, actions: list[str]) -> _Step:
    return _Step(
        (hay(row.name, row.id), row.id),
        NodeKind.KEY,
        row.name,
        (folded(row.name), folded(row.id)),
        _joined("" if row.enabled else "disabled", *actions),
    )
