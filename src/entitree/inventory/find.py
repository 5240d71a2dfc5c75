"""The filter language of the lists: a pure parser, and what the store is asked and answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from entitree.errors import UsageError

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterator

    from entitree.inventory.model import Kind


class Column(Enum):
    """What a list can be sorted by."""

    ID = "id"
    ALIAS = "alias"
    APPLICATIONS = "applications"
    """Distinct other halves: of an application its entities."""
    ASSOCIATIONS = "associations"
    CONFIGURATIONS = "configurations"


@dataclass(frozen=True, slots=True)
class Sort:
    """By a column, ties by id. What has no alias comes last either way; unknown counts sort by id."""

    column: Column = Column.ID
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """The answer of a find: an order, not rows."""

    count: int
    """How many match."""
    total: int
    """How many there are."""
    keys: array[int]
    """Row ids of the matching, in order; `Store.rows` turns a slice of them into rows."""
    kind: Kind


class Field(Enum):
    """Where a word is looked for."""

    ANYWHERE = "id or alias"
    ID = "id"
    ALIAS = "alias"
    APPLICATION = "app"
    ENTITY = "entity"


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: the casefolded `text` is contained in the field, or with `negated` is not."""

    field: Field
    text: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Every term must hold; none at all matches everything."""

    terms: tuple[Term, ...] = ()


class FilterError(UsageError):
    """A filter that cannot be understood. `at` is the index of the character where it went wrong."""

    def __init__(self, what: str, *, hint: str = "", at: int) -> None:
        super().__init__(what, hint=hint)
        self.at = at


_KEYS = {
    "id": Field.ID,
    "alias": Field.ALIAS,
    "app": Field.APPLICATION,
    "entity": Field.ENTITY,
}
_OPEN = re.compile(r'!?([^\s":]*:)?"[^"]*')
_KNOWN = "Known are id:, alias:, app: and entity:. Put quotes around text with a colon or a leading slash."


def parse(text: str) -> Query:
    """The query that `text` means. Raises FilterError.

    Words are separated by white space and all must match, case-blind: `word` (in id or alias), `id:` `alias:`
    `app:` `entity:` before a word, `"two words"`, `!` before any of these for not. `app:` and `entity:` mean
    tied to one whose id contains the word (or being one). What is still being typed is no error: an open
    quote reaches to the end, and a key, `!` or quotes with nothing behind them say nothing.
    """
    return Query(tuple(term for _, term in _terms(text) if term.text))


def unfinished(text: str) -> tuple[tuple[str, Term], ...]:
    """The pieces of `text` that say nothing or open a quote that nothing closes, and what `parse` makes of
    them. Raises FilterError.
    """
    return tuple((piece, term) for piece, term in _terms(text) if not term.text or _OPEN.fullmatch(piece))


def _terms(text: str) -> Iterator[tuple[str, Term]]:
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        start = at
        term, at = _term(text, start)
        yield text[start:at], term


def _term(text: str, at: int) -> tuple[Term, int]:
    negated = text[at] == "!"
    start = at + 1 if negated else at
    end = start
    while end < len(text) and not text[end].isspace() and text[end] not in ':"':
        end += 1
    if end < len(text) and text[end] == ":":
        key = text[start:end]
        if key.casefold() not in _KEYS:
            raise FilterError(f"There is no filter key “{key}:”.", hint=_KNOWN, at=start)
        value, end = _value(text, end + 1)
        return Term(_KEYS[key.casefold()], value.casefold(), negated), end
    value, end = _value(text, start)
    return Term(Field.ANYWHERE, value.casefold(), negated), end


def _value(text: str, at: int) -> tuple[str, int]:
    if text[at : at + 1] == '"':
        close = text.find('"', at + 1)
        return (text[at + 1 :], len(text)) if close < 0 else (text[at + 1 : close], close + 1)
    if text[at : at + 1] == "/":
        raise FilterError("Regular expressions are not understood yet.", hint=_KNOWN, at=at)
    end = at
    while end < len(text) and not text[end].isspace():
        end += 1
    return text[at:end], end
