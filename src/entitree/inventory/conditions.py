"""Terms of a filter as SQL over the mirror, for applications and entities.

What nobody has read is unknown: a condition on it is NULL, so that neither it nor its negation matches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from entitree.inventory.find import (
    Column,
    Count,
    Field,
    Flag,
    FlagName,
    Has,
    Linked,
    Pattern,
    Term,
)
from entitree.inventory.fold import SEPARATOR, folded
from entitree.inventory.model import Family, Kind
from entitree.inventory.triggers import TALLIES
from entitree.text import mended

if TYPE_CHECKING:
    from collections.abc import Iterable

    from entitree.inventory.find import Query

_FIRST = "substr({row}hay, 1, {row}fold_end)"
_SECOND = "substr({row}hay, {row}fold_end + 2)"
_GLOBBED = re.compile(r"[*?[]")
"""What has a meaning in a pattern of GLOB; in brackets it stands for itself."""
_LONGEST_PATTERN = 1_000
"""Characters. SQLite refuses patterns of more than 50,000 bytes."""
_TYING = frozenset({Family.ASSOCIATIONS, Family.STRATEGIES, Family.SUBSCRIPTIONS})
_TALLY = {
    Linked.STRATEGY: (Family.STRATEGIES, "strategies"),
    Linked.SUBSCRIPTION: (Family.SUBSCRIPTIONS, "subscriptions"),
    Linked.ASSOCIATION: (Family.ASSOCIATIONS, "associations"),
    Linked.NUMBER: (Family.NUMBERS, "numbers"),
    Linked.INBOUND: (Family.INBOUND, "inbound"),
    Linked.KEY: (Family.KEYS, "keys"),
}
CONFIGURATIONS = "strategies + subscriptions + inbound + keys"
COUNTED: dict[Column, tuple[str, frozenset[Family]]] = {
    Column.APPLICATIONS: ("others", frozenset({Family.ASSOCIATIONS})),
    Column.ASSOCIATIONS: ("associations", frozenset({Family.ASSOCIATIONS})),
    Column.CONFIGURATIONS: (CONFIGURATIONS, frozenset({Family.STRATEGIES, Family.SUBSCRIPTIONS})),
}
"""What an item's counts are, and what must have been read for them to be known."""


@dataclass(frozen=True, slots=True)
class Tied:
    """That an item is tied to one of some items of the other kind."""

    sql: str
    """As `Conditions.sql` has it: it looks up the row in all that are tied."""
    each: str
    """The same, looked up for each item by itself: sooner where most that are looked at match."""
    rows: str
    """A statement for the row numbers of all that are tied."""
    ties: str
    """A statement for how many ties there are."""
    values: list[str]
    """Of the marks in any of them."""


@dataclass(slots=True)
class Conditions:
    """What a query demands of the rows of one table."""

    known: frozenset[Family]
    """Families that were read."""
    sql: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    unread: set[Family] = field(default_factory=set)
    missing: bool = False
    """Asked for is what does not exist."""
    tied: list[Tied] = field(default_factory=list)
    """Those of the demands that say to what an item is tied."""

    def add(self, sql: str, *values: object, negated: bool = False, needs: Iterable[Family] = ()) -> None:
        unread = frozenset(needs) - self.known
        self.unread |= unread
        if unread:
            self.sql.append("NULL")
            return
        self.sql.append(f"NOT ({sql})" if negated else f"({sql})")
        self.values += values

    @property
    def where(self) -> str:
        return " AND ".join(self.sql) or "1"


def of_items(kind: Kind, query: Query, known: frozenset[Family]) -> Conditions:
    """What `query` demands of applications or entities."""
    wanted = Conditions(known)
    own = Family.APPLICATIONS if kind is Kind.APPLICATION else Family.ENTITIES
    wanted.missing = any(
        isinstance(term, Flag) and term.which is FlagName.ORPHAN and not term.negated for term in query.terms
    )
    if wanted.missing:
        # Until all of them were read, a name that is not there may be one that was not read.
        wanted.add(" + ".join(TALLIES) + " > 0", needs=[own])
    for term in query.terms:
        match term:
            case Term():
                _item_term(wanted, kind, term)
            case Pattern():
                columns = {Field.ID: ["id"], Field.ALIAS: ["alias"]}.get(term.field, ["id", "alias"])
                if term.field is Field.RESOURCE:
                    _tied_resource(
                        wanted, kind, term, "matches(?, r.name) OR matches(?, r.id)", [term.source] * 2
                    )
                else:
                    sql = " OR ".join(f"matches(?, {column})" for column in columns)
                    wanted.add(sql, *[term.source] * len(columns), negated=term.negated)
            case Has():
                family, tally = _TALLY[term.what]
                wanted.add(f"{tally} > 0", negated=term.negated, needs=[family])
            case Count():
                _item_count(wanted, term)
            case Flag(which=FlagName.UNUSED):
                wanted.add(" + ".join(TALLIES) + " = 0", negated=term.negated, needs=_TYING)
            case Flag(which=FlagName.UNOWNED):
                # Only resources are somebody's.
                wanted.add("0", negated=term.negated)
            case Flag():
                # Of what exists nothing is one, and of what does not, all is.
                wanted.add("1" if wanted.missing else "0", negated=term.negated)
    return wanted


def contains(text: str, *, first: bool = True, second: bool = True, row: str = "") -> tuple[str, list[str]]:
    """That a name of the row, or either, contains `text`."""
    wanted = folded(mended(text))
    if first and second and SEPARATOR not in wanted:
        if wanted and len(wanted) <= _LONGEST_PATTERN:
            # Takes two thirds of the time of `instr`.
            return f"{row}hay GLOB ?", ["*" + _GLOBBED.sub(r"[\g<0>]", wanted) + "*"]
        return f"instr({row}hay, ?) > 0", [wanted]
    parts = [_FIRST.format(row=row)] * first + [_SECOND.format(row=row)] * second
    return " OR ".join(f"instr({part}, ?) > 0" for part in parts), [wanted] * len(parts)


def plain_words(query: Query) -> tuple[list[str], list[str]] | None:
    """The folded words that a name of an item has to contain, at least one, and those that none may contain.
    None where more is asked than that.
    """
    wanted: list[str] = []
    unwanted: list[str] = []
    for term in query.terms:
        if not isinstance(term, Term) or term.field is not Field.ANYWHERE:
            return None
        word = folded(mended(term.text))
        if not word or SEPARATOR in word:
            return None
        (unwanted if term.negated else wanted).append(word)
    return (wanted, unwanted) if wanted else None


def _item_term(wanted: Conditions, kind: Kind, term: Term) -> None:
    match term.field:
        case Field.ANYWHERE | Field.ID | Field.ALIAS:
            sql, values = contains(
                term.text, first=term.field is not Field.ALIAS, second=term.field is not Field.ID
            )
            wanted.add(sql, *values, negated=term.negated)
        case Field.APPLICATION | Field.ENTITY:
            named = Kind.APPLICATION if term.field is Field.APPLICATION else Kind.ENTITY
            sql, values = contains(term.text, second=False)
            if named is not kind:
                own, other = f"{kind.value}_id", f"{named.value}_id"
                others = f"SELECT id FROM {named.value} WHERE {sql}"
                rows = (
                    f"SELECT tied.row FROM pair JOIN {kind.value} AS tied ON tied.id = pair.{own}"
                    f" WHERE pair.{other} IN ({others})"
                )
                each = (
                    f"EXISTS (SELECT 1 FROM pair WHERE pair.{own} = {kind.value}.id"
                    f" AND pair.{other} IN ({others}))"
                )
                ties = f"SELECT ifnull(sum(others), 0) FROM {named.value} WHERE {sql}"
                # By row number: that stands in the index that is gone through, the id does not.
                sql = f"row IN ({rows})"
                if not term.negated:
                    wanted.tied.append(Tied(f"({sql})", f"({each})", rows, ties, values))
            wanted.add(sql, *values, negated=term.negated)
        case Field.CHANNEL:
            wanted.add(f"id IN ({_channels(f'{kind.value}_id')})", *[term.text] * 4, negated=term.negated)
        case Field.TYPE:
            own = f"{kind.value}_id"
            wanted.add(
                f"id IN (SELECT {own} FROM association WHERE instr(lower(resource_type), ?)"
                f" AND {own} IS NOT NULL)",
                term.text,
                negated=term.negated,
            )
        case Field.RESOURCE:
            sql, values = contains(term.text, row="r.")
            _tied_resource(wanted, kind, term, sql, values)


def _channels(own: str) -> str:
    """Ids that a configuration on a channel names. NULLs would make every negation unknown."""
    plain = " UNION ALL ".join(
        f"SELECT {own} FROM {table} WHERE instr(lower(channel), ?) AND {own} IS NOT NULL"
        for table in ("association", "strategy", "inbound")
    )
    return (
        f"{plain} UNION ALL SELECT c.{own} FROM subscription AS s JOIN criterion AS c"
        f" ON c.subscription = s.row WHERE instr(lower(s.channel), ?) AND c.{own} IS NOT NULL"
    )


def _tied_resource(wanted: Conditions, kind: Kind, term: Term | Pattern, sql: str, values: list[str]) -> None:
    own = f"{kind.value}_id"
    wanted.add(
        f"id IN (SELECT a.{own} FROM resource AS r JOIN association AS a"
        " ON a.resource_type = r.type AND a.resource_id = r.id"
        f" WHERE ({sql}) AND a.{own} IS NOT NULL"
        f" UNION ALL SELECT n.{own} FROM resource AS r JOIN number AS n ON r.type = 'NUMBER' AND n.key = r.id"
        f" WHERE ({sql}) AND n.{own} IS NOT NULL)",
        *values,
        *values,
        negated=term.negated,
    )


def _item_count(wanted: Conditions, term: Count) -> None:
    sql, needs = COUNTED[term.column]
    wanted.add(f"({sql}) {term.comparison.value} ?", term.number, negated=term.negated, needs=needs)
