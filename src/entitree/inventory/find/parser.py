"""From a text to a query."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from entitree.inventory.find.patterns import PatternError, compiled_source
from entitree.inventory.find.query import (
    AnyTerm,
    Column,
    Comparison,
    Count,
    Field,
    FilterError,
    Flag,
    FlagName,
    Has,
    Linked,
    Pattern,
    Query,
    Term,
)
from entitree.record import record

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIELDS = {field.value: field for field in Field if field is not Field.ANYWHERE}
_COUNTS = {
    "assoc": Column.ASSOCIATIONS,
    "config": Column.CONFIGURATIONS,
    "apps": Column.APPLICATIONS,
    "ents": Column.APPLICATIONS,
}
_HAS = "has"
_LINKED = {
    "strategy": Linked.STRATEGY,
    "strategies": Linked.STRATEGY,
    **{f"{linked.value}s": linked for linked in Linked if linked is not Linked.STRATEGY},
}
_FLAGS = {flag.value: flag for flag in FlagName}
_BY_PATTERN = (Field.ANYWHERE, Field.ID, Field.ALIAS, Field.RESOURCE)
_SHORTEST = 3
"""Letters that stand for a word of `has:`."""
_MOST_DIGITS = 18

_KEY = re.compile(r'([^\s":]*):')
_IN_SLASHES = re.compile(r"(?:[^\\/]|\\.)*", re.DOTALL)
_NUMBER = re.compile(r"([<>]=?|=)?([0-9]*)")

_QUOTES = "Put quotes around text with a colon or a leading slash."
_KEYS = [f"{key}:" for key in (*_FIELDS, _HAS, *_COUNTS)]
_KNOWN = f"Known are {', '.join(_KEYS[:-1])} and {_KEYS[-1]}. {_QUOTES}"
_HAVE = [f"{_HAS}:{linked.value}" for linked in Linked]
_KNOWN_TO_HAVE = f"Known are {', '.join(_HAVE[:-1])} and {_HAVE[-1]}."
_NUMBERS = "A number alone may stand there, or one after >, >=, <, <= or =."
_PATTERNS = f"A regular expression may stand alone or after id:, alias: or resource:. {_QUOTES}"


@record
class Unfinished:
    """How a piece that was not typed to its end is taken."""

    text: str
    """What it is taken to say; empty where it says nothing yet."""
    opener: str
    """The quote or slash that nothing closes; empty where there is none."""


def parse(text: str) -> Query:
    """The query that `text` means. Raises FilterError.

    Words are separated by white space and all must match, case-blind:

    - `word` (in id or alias), `"two words"`, and either after `id:` `alias:` `app:` `entity:` `channel:`
      `type:` `resource:`. `app:` and `entity:` mean tied to one whose id contains the word (or being one);
    - `/re/`, a regular expression, alone or after `id:` `alias:` `resource:`; `\\/` is a slash inside;
    - `has:strategy` and the like, also in the plural or by at least three letters;
    - `assoc:5` `assoc:>5` `assoc:<=5`, and so `config:`, `apps:` and `ents:`, which both mean the other half;
    - `orphan` `unused` `unowned`, without quotes;
    - `!` before any of these for not.

    What is still being typed is no error: an open quote or slash reaches to the end, and what has nothing
    behind it, or not enough to be told from other words, says nothing.
    """
    return Query(tuple(term for _, term, _ in _pieces(text) if term is not None))


def unfinished(text: str) -> tuple[tuple[str, Unfinished], ...]:
    """The pieces of `text` that say nothing, or open a quote or slash that nothing closes.

    Raises FilterError.
    """
    return tuple(
        (piece, Unfinished(value.text if term else "", value.opener if value.open else ""))
        for piece, term, value in _pieces(text)
        if term is None or value.open
    )


@record
class _Value:
    text: str
    start: int
    """Of the text itself, without a quote or slash."""
    end: int
    """Where the next piece may begin."""
    opener: str = ""
    open: bool = False


def _pieces(text: str) -> Iterator[tuple[str, AnyTerm | None, _Value]]:
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        term, value = _piece(text, at)
        yield text[at : value.end], term, value
        at = value.end


def _piece(text: str, at: int) -> tuple[AnyTerm | None, _Value]:
    negated = text[at] == "!"
    start = at + 1 if negated else at
    key = None if text[start : start + 1] == "/" else _KEY.match(text, start)
    value = _value(text, start if key is None else key.end())
    return (_bare(value, negated) if key is None else _keyed(key[1], start, value, negated)), value


def _value(text: str, at: int) -> _Value:
    opener = text[at : at + 1]
    if opener == '"':
        close = text.find('"', at + 1)
    elif opener == "/":
        inside = _IN_SLASHES.match(text, at + 1)
        close = inside.end() if inside and text[inside.end() : inside.end() + 1] == "/" else -1
    else:
        end = at
        while end < len(text) and not text[end].isspace():
            end += 1
        return _Value(text[at:end], at, end)
    if close < 0:
        return _Value(text[at + 1 :], at + 1, len(text), opener, open=True)
    return _Value(text[at + 1 : close], at + 1, close + 1, opener)


def _bare(value: _Value, negated: bool) -> AnyTerm | None:
    flag = None if value.opener else _FLAGS.get(value.text.casefold())
    return _worded(Field.ANYWHERE, value, negated) if flag is None else Flag(flag, negated)


def _keyed(key: str, at: int, value: _Value, negated: bool) -> AnyTerm | None:
    known = key.casefold()
    field = _FIELDS.get(known)
    if field is None and known != _HAS and known not in _COUNTS:
        raise FilterError(f"There is no filter key “{key}:”.", hint=_KNOWN, at=at)
    if value.opener == "/" and field not in _BY_PATTERN:
        raise FilterError(f"“{known}:” takes no regular expression.", hint=_PATTERNS, at=value.start - 1)
    if field is not None:
        return _worded(field, value, negated)
    return _has(value, negated) if known == _HAS else _count(known, value, negated)


def _worded(field: Field, value: _Value, negated: bool) -> Term | Pattern | None:
    if not value.text:
        return None
    if value.opener != "/":
        return Term(field, value.text.casefold(), negated)
    try:
        compiled_source(value.text)
    except PatternError as error:
        if value.open:
            return None
        raise FilterError(error.what, hint=error.hint, at=value.start + error.at) from None
    return Pattern(field, value.text, negated)


def _has(value: _Value, negated: bool) -> Has | None:
    possible = set(Linked)
    for length in range(1, len(value.text) + 1):
        begun = value.text[:length].casefold()
        possible = {linked for word, linked in _LINKED.items() if word.startswith(begun)}
        if not possible:
            raise FilterError(
                f"“{_HAS}:” does not know “{value.text}”.", hint=_KNOWN_TO_HAVE, at=value.start + length - 1
            )
    return Has(possible.pop(), negated) if len(value.text) >= _SHORTEST else None


def _count(key: str, value: _Value, negated: bool) -> Count | None:
    found = _NUMBER.match(value.text)
    wrong = found.end() if found else 0
    if found is None or wrong < len(value.text):
        raise FilterError(f"“{key}:” takes a number.", hint=_NUMBERS, at=value.start + wrong)
    if not found[2]:
        return None
    digits = found[2].lstrip("0") or "0"
    number = 10**_MOST_DIGITS if len(digits) > _MOST_DIGITS else int(digits)
    return Count(_COUNTS[key], Comparison(found[1] or "="), number, negated)
