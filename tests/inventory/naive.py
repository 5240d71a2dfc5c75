"""What a list answers, asked of plain lists: slow, and obviously right."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from entitree.inventory.find import (
    AnyTerm,
    Column,
    Comparison,
    Count,
    Field,
    Flag,
    FlagName,
    Has,
    Linked,
    Pattern,
    Query,
    Sort,
    compiled,
)
from entitree.inventory.fold import folded, hay
from entitree.inventory.model import Kind
from entitree.text import mended

if TYPE_CHECKING:
    from collections.abc import Hashable

    from entitree.inventory.model import (
        AssociationRow,
        InboundRow,
        KeyRow,
        NumberRow,
        StrategyRow,
        SubscriptionRow,
    )


@dataclass(frozen=True, slots=True)
class Account:
    """Everything there is. Every family was read to its end."""

    applications: dict[str, str | None] = field(default_factory=dict)
    """Alias by id."""
    entities: dict[str, str | None] = field(default_factory=dict)
    associations: tuple[AssociationRow, ...] = ()
    strategies: tuple[StrategyRow, ...] = ()
    subscriptions: tuple[SubscriptionRow, ...] = ()
    numbers: tuple[NumberRow, ...] = ()
    keys: tuple[KeyRow, ...] = ()
    inbound: tuple[InboundRow, ...] = ()

    def items(self, kind: Kind) -> dict[str, str | None]:
        return self.applications if kind is Kind.APPLICATION else self.entities


@dataclass(frozen=True, slots=True)
class _Naming:
    """A configuration names an id, perhaps with another half. One configuration may do so several times."""

    what: Linked
    which: Hashable
    own: str
    other: str | None
    channel: str = ""
    type: str = ""
    resources: tuple[str, ...] = ()


def found(account: Account, kind: Kind, query: Query, sort: Sort) -> list[str]:
    """The ids that match, in order."""
    namings = _namings(account, kind)
    items = account.items(kind)
    if Flag(FlagName.ORPHAN) in query.terms:
        items = {each.own: None for each in namings if each.own not in items}
    lines = [
        _Line(kind, id, alias, id in account.items(kind), [each for each in namings if each.own == id])
        for id, alias in items.items()
    ]
    lines = [line for line in lines if all(line.holds(term) is not term.negated for term in query.terms)]
    return [line.id for line in _ordered(lines, kind, sort)]


@dataclass(frozen=True, slots=True)
class _Line:
    kind: Kind
    id: str
    alias: str | None
    there: bool
    namings: list[_Naming]

    def holds(self, term: AnyTerm) -> bool:
        """Whether the term does, taken without its `negated`."""
        match term:
            case Has():
                return any(each.what is term.what for each in self.namings)
            case Count():
                return _compared(self.count(term.column), term.comparison, term.number)
            case Flag(FlagName.ORPHAN):
                return not self.there
            case Flag(FlagName.UNUSED):
                return not self.namings
            case Flag():
                return False  # Only resources are somebody's.
            case Pattern():
                return any(compiled(term).search(text) for text in self.texts(term.field))
            case _:
                return any(folded(mended(term.text)) in folded(text) for text in self.texts(term.field))

    def texts(self, where: Field) -> list[str]:
        alias = [] if self.alias is None else [self.alias]
        others = [each.other for each in self.namings if each.other is not None]
        match where:
            case Field.ANYWHERE:
                return [self.id, *alias]
            case Field.ID:
                return [self.id]
            case Field.ALIAS:
                return alias
            case Field.APPLICATION:
                return [self.id] if self.kind is Kind.APPLICATION else others
            case Field.ENTITY:
                return [self.id] if self.kind is Kind.ENTITY else others
            case Field.CHANNEL:
                return [each.channel for each in self.namings]
            case Field.TYPE:
                return [each.type for each in self.namings]
            case Field.RESOURCE:
                return [text for each in self.namings for text in each.resources]

    def count(self, column: Column) -> int:
        match column:
            case Column.APPLICATIONS:
                return len({each.other for each in self.namings} - {None})
            case Column.ASSOCIATIONS:
                return len({each.which for each in self.namings if each.what is Linked.ASSOCIATION})
            case _:
                counted = (Linked.STRATEGY, Linked.SUBSCRIPTION, Linked.INBOUND, Linked.KEY)
                return len({(each.what, each.which) for each in self.namings if each.what in counted})


def _compared(count: int, comparison: Comparison, number: int) -> bool:
    match comparison:
        case Comparison.MORE:
            return count > number
        case Comparison.AT_LEAST:
            return count >= number
        case Comparison.LESS:
            return count < number
        case Comparison.AT_MOST:
            return count <= number
        case Comparison.EQUAL:
            return count == number


def _ordered(lines: list[_Line], kind: Kind, sort: Sort) -> list[_Line]:
    # As one text: a control character in an id comes before the separator.
    lines = sorted(lines, key=lambda line: (hay(line.id, line.alias), line.id))
    last: list[_Line] = []
    if sort.column is Column.ID:
        lines = lines[::-1] if sort.reverse else lines
    elif sort.column is Column.ALIAS:
        last = [line for line in lines if line.alias is None]
        lines = [line for line in lines if line.alias is not None]
        lines.sort(key=lambda line: folded(line.alias or ""), reverse=sort.reverse)
    else:
        lines.sort(key=lambda line: line.count(sort.column), reverse=sort.reverse)
    lines += last
    if kind is Kind.APPLICATION:
        lines.sort(key=lambda line: line.id != "default")
    return lines


def _namings(account: Account, kind: Kind) -> list[_Naming]:
    named: list[_Naming] = []

    def name(
        what: Linked,
        which: Hashable,
        application: str | None,
        entity: str | None,
        *,
        channel: str = "",
        type: str = "",
        resources: tuple[str, ...] = (),
    ) -> None:
        own, other = (application, entity) if kind is Kind.APPLICATION else (entity, application)
        if own is not None:
            named.append(_Naming(what, which, own, other, channel, type, resources))

    numbers = {number.key: number.number for number in account.numbers}
    for tie in account.associations:
        owned = tie.resource_type == "NUMBER" and tie.resource_id in numbers
        name(
            Linked.ASSOCIATION,
            tie,
            tie.application_id,
            tie.entity_id,
            channel=tie.channel,
            type=tie.resource_type,
            resources=(tie.resource_id, numbers[tie.resource_id]) if owned else (tie.resource_id,),
        )
    for strategy in account.strategies:
        halves = strategy.application_id, strategy.entity_id
        name(Linked.STRATEGY, strategy.id, *halves, channel=strategy.channel or "")
    for subscription in account.subscriptions:
        which = subscription.channel, subscription.id
        for criterion in subscription.criteria:
            halves = criterion.application_id, criterion.entity_id
            name(Linked.SUBSCRIPTION, which, *halves, channel=subscription.channel)
    for number in account.numbers:
        halves = number.application_id, number.entity_id
        name(Linked.NUMBER, number.key, *halves, resources=(number.key, number.number))
    for key in account.keys:
        for link in key.links:
            name(Linked.KEY, key.id, link.application_id, link.entity_id)
    for inbound in account.inbound:
        halves = inbound.application_id, inbound.entity_id
        name(Linked.INBOUND, inbound.key, *halves, channel=inbound.channel)
    return named
