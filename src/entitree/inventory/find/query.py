"""What a filter means, and how a list is sorted and answered: plain values."""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias

from entitree.errors import UsageError
from entitree.record import record


class Column(Enum):
    """What a list can be sorted by."""

    ID = "id"
    ALIAS = "alias"
    APPLICATIONS = "applications"
    """Distinct other halves: of an application its entities."""
    ASSOCIATIONS = "associations"
    CONFIGURATIONS = "configurations"


@record
class Sort:
    """By a column, ties by id. What has no alias comes last either way; unknown counts sort by id."""

    column: Column = Column.ID
    reverse: bool = False


class Field(Enum):
    """Where a word is looked for."""

    ANYWHERE = "id or alias"
    ID = "id"
    ALIAS = "alias"
    APPLICATION = "app"
    ENTITY = "entity"
    CHANNEL = "channel"
    TYPE = "type"
    """Of a resource that is associated."""
    RESOURCE = "resource"
    """A resource's id, or what people call it: the number itself."""


@record
class Term:
    """The casefolded `text`, which is not empty, is contained in the field, or with `negated` is not."""

    field: Field
    text: str
    negated: bool = False


@record
class Pattern:
    """The regular expression `source`, as typed without its slashes, matches somewhere in the field.

    The field is ANYWHERE, ID, ALIAS or RESOURCE. `compiled` makes of it what can be searched with.
    """

    field: Field
    source: str
    negated: bool = False


class Linked(Enum):
    """What may name an application or entity."""

    STRATEGY = "strategy"
    SUBSCRIPTION = "subscription"
    ASSOCIATION = "association"
    NUMBER = "number"
    """By its own link (platform.md 2.3)."""
    INBOUND = "inbound"
    KEY = "key"


@record
class Has:
    """At least one of these names it."""

    what: Linked
    negated: bool = False


class Comparison(Enum):
    """How a count is compared, as it is typed."""

    MORE = ">"
    AT_LEAST = ">="
    LESS = "<"
    AT_MOST = "<="
    EQUAL = "="


@record
class Count:
    """The count of the column (APPLICATIONS, ASSOCIATIONS or CONFIGURATIONS) is so many."""

    column: Column
    comparison: Comparison
    number: int
    """From 0 to 10**18: any longer number is that, and no count comes near it."""
    negated: bool = False


class FlagName(Enum):
    """What is said in one word."""

    ORPHAN = "orphan"
    """Named by some configuration, but not there."""
    UNUSED = "unused"
    """Named by nothing."""
    UNOWNED = "unowned"
    """Of resources: named by an association, but not the account's."""


@record
class Flag:
    """It is such a one."""

    which: FlagName
    negated: bool = False


AnyTerm: TypeAlias = Term | Pattern | Has | Count | Flag
"""One condition; with `negated` it must not hold."""


@record
class Query:
    """Every term must hold; none at all matches everything."""

    terms: tuple[AnyTerm, ...] = ()


class FilterError(UsageError):
    """A filter that cannot be understood. `at` is the index of the character where it went wrong."""

    def __init__(self, what: str, *, hint: str = "", at: int) -> None:
        super().__init__(what, hint=hint)
        self.at = at
