"""Terms of a filter as SQL over the mirror, for API keys; what nobody has read is unknown there too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.inventory.conditions import Conditions
from entitree.inventory.find import Field, Flag, FlagName, Pattern, Term
from entitree.inventory.fold import folded
from entitree.inventory.model import Family
from entitree.text import mended

if TYPE_CHECKING:
    from entitree.inventory.find import Query

HAY = "hay(k.name, k.id)"
LINKS = "(SELECT count(*) FROM key_link AS c WHERE c.api_key = k.row)"
_LINKED = "EXISTS (SELECT 1 FROM key_link AS c WHERE c.api_key = k.row AND {})"
_GONE = (
    "c.application_id IN (SELECT id FROM application WHERE there = 0)"
    " OR c.entity_id IN (SELECT id FROM entity WHERE there = 0)"
)


def of_keys(query: Query, known: frozenset[Family]) -> Conditions:
    """What `query` demands of API keys, in a statement that calls the table `k`."""
    wanted = Conditions(known)
    for term in query.terms:
        match term:
            case Term():
                _key_term(wanted, term)
            case Pattern():
                sql = "matches(?, k.name) OR matches(?, k.id)"
                wanted.add(sql, term.source, term.source, negated=term.negated)
            case Flag(which=FlagName.UNUSED):
                # Bound to nothing, a key is nobody's in particular.
                wanted.add(f"NOT {_LINKED.format('1')}", negated=term.negated)
            case Flag(which=FlagName.ORPHAN):
                wanted.add(
                    _LINKED.format(f"({_GONE})"),
                    negated=term.negated,
                    needs=[Family.APPLICATIONS, Family.ENTITIES],
                )
            case _:
                # A key has no associations, strategies or other counts: nothing of the kind matches.
                wanted.add("0", negated=term.negated)
    return wanted


def _key_term(wanted: Conditions, term: Term) -> None:
    text = folded(mended(term.text))
    match term.field:
        case Field.ANYWHERE | Field.ID | Field.ALIAS:
            wanted.add(f"instr({HAY}, ?) > 0", text, negated=term.negated)
        case Field.APPLICATION | Field.ENTITY:
            named = "application" if term.field is Field.APPLICATION else "entity"
            linked = f"instr(hay(ifnull(c.{named}_id, ''), NULL), ?) > 0"
            wanted.add(_LINKED.format(linked), text, negated=term.negated)
        case _:
            # It has neither channel nor resource.
            wanted.add("0", negated=term.negated)
