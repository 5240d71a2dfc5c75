"""Terms of a filter as SQL over the mirror, for resources; what nobody has read is unknown there too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.inventory.conditions import Conditions, contains
from entitree.inventory.find import Column, Count, Field, Flag, FlagName, Has, Linked, Pattern, Term
from entitree.inventory.model import Family

if TYPE_CHECKING:
    from entitree.inventory.find import Query

_OWNED = frozenset({Family.NUMBERS, Family.SENDERS, Family.DOMAINS})
_LINKED = (
    "EXISTS (SELECT 1 FROM number AS n WHERE r.type = 'NUMBER' AND n.key = r.id"
    " AND (n.entity_id IS NOT NULL OR ifnull(n.application_id, 'default') <> 'default'))"
)
_INBOUND = "EXISTS (SELECT 1 FROM inbound AS i WHERE i.resource_id = r.id)"
_GONE = (
    "({row}.application_id IN (SELECT id FROM application WHERE there = 0)"
    " OR {row}.entity_id IN (SELECT id FROM entity WHERE there = 0))"
)
_ORPHAN = (
    "EXISTS (SELECT 1 FROM association AS a WHERE a.resource_type = r.type AND a.resource_id = r.id AND "
    + _GONE.format(row="a")
    + ") OR EXISTS (SELECT 1 FROM number AS n WHERE r.type = 'NUMBER' AND n.key = r.id AND "
    + _GONE.format(row="n")
    + ")"
)


def of_resources(query: Query, known: frozenset[Family]) -> Conditions:
    """What `query` demands of resources, in a statement that calls the table `r`."""
    wanted = Conditions(known)
    for term in query.terms:
        match term:
            case Term():
                _resource_term(wanted, term)
            case Pattern():
                wanted.add(
                    "matches(?, r.name) OR matches(?, r.id)",
                    term.source,
                    term.source,
                    negated=term.negated,
                )
            case Has(what=Linked.ASSOCIATION):
                wanted.add("r.associations > 0", negated=term.negated, needs=[Family.ASSOCIATIONS])
            case Has(what=Linked.INBOUND):
                wanted.add(_INBOUND, negated=term.negated, needs=[Family.INBOUND])
            case Has(what=Linked.NUMBER):
                wanted.add(_LINKED, negated=term.negated, needs=[Family.NUMBERS])
            case Count(column=Column.ASSOCIATIONS):
                sql = f"r.associations {term.comparison.value} ?"
                wanted.add(sql, term.number, negated=term.negated, needs=[Family.ASSOCIATIONS])
            case Flag(which=FlagName.UNUSED):
                wanted.add(
                    f"r.owned > 0 AND r.associations = 0 AND NOT {_LINKED} AND NOT {_INBOUND}",
                    negated=term.negated,
                    needs=[Family.ASSOCIATIONS],
                )
            case Flag(which=FlagName.UNOWNED):
                wanted.add("r.owned = 0", negated=term.negated, needs=_OWNED)
            case Flag(which=FlagName.ORPHAN):
                wanted.add(
                    _ORPHAN,
                    negated=term.negated,
                    needs=[Family.ASSOCIATIONS, Family.APPLICATIONS, Family.ENTITIES],
                )
            case _:
                # A resource has no strategies, keys or other counts: nothing of the kind matches.
                wanted.add("0", negated=term.negated)
    return wanted


def _resource_term(wanted: Conditions, term: Term) -> None:
    match term.field:
        case Field.ANYWHERE | Field.ID | Field.ALIAS | Field.RESOURCE:
            sql, values = contains(term.text, row="r.")
            wanted.add(sql, *values, negated=term.negated)
        case Field.APPLICATION | Field.ENTITY:
            named = "application" if term.field is Field.APPLICATION else "entity"
            match_, values = contains(term.text, second=False)
            ids = f"(SELECT id FROM {named} WHERE {match_})"
            wanted.add(
                "EXISTS (SELECT 1 FROM association AS a WHERE a.resource_type = r.type"
                f" AND a.resource_id = r.id AND a.{named}_id IN {ids})"
                " OR EXISTS (SELECT 1 FROM number AS n WHERE r.type = 'NUMBER' AND n.key = r.id"
                f" AND n.{named}_id IN {ids})",
                *values,
                *values,
                negated=term.negated,
            )
        case Field.CHANNEL:
            wanted.add(
                "EXISTS (SELECT 1 FROM association AS a WHERE a.resource_type = r.type"
                " AND a.resource_id = r.id AND instr(lower(a.channel), ?))"
                " OR EXISTS (SELECT 1 FROM inbound AS i"
                " WHERE i.resource_id = r.id AND instr(lower(i.channel), ?))",
                term.text,
                term.text,
                negated=term.negated,
            )
        case Field.TYPE:
            wanted.add(
                "instr(lower(r.type), ?) OR EXISTS (SELECT 1 FROM number AS n"
                " WHERE r.type = 'NUMBER' AND n.key = r.id AND instr(lower(n.type), ?))",
                term.text,
                term.text,
                negated=term.negated,
            )
