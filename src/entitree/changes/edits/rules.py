"""Rules that give many items new aliases: a template, a regular expression, another case.

All of it is pure, so that what it would do can be shown while it is typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from entitree.changes.edits.checks import check_alias
from entitree.changes.edits.items import Alias
from entitree.errors import UsageError
from entitree.inventory.find.patterns import MATCH_SECONDS, PatternError, compiled_source
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import regex

    from entitree.inventory.model import Item

_FIELD = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_REFERENCE = re.compile(r"\\(?:([0-9]{1,2})|g<([^<>]*)>|(.?))", re.DOTALL)
_ESCAPES = {"\\": "\\", "n": "\n", "t": "\t"}
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LONGEST = 1_000
"""Characters of a template or a replacement."""


class RuleError(UsageError):
    """What is wrong with a rule."""


class Case(Enum):
    LOWER = "lower"
    UPPER = "upper"
    TITLE = "title"
    """Every Word Begins With A Capital."""
    SENTENCE = "sentence"
    """The first letter is a capital; the rest stays."""


@dataclass(frozen=True, slots=True)
class Template:
    """A text with `{id}` and `{alias}` in it; braces themselves are written twice."""

    text: str


@dataclass(frozen=True, slots=True)
class Replace:
    """Every match of `pattern` in the alias replaced.

    In the replacement `\\1` and `\\g<name>` are its groups, and a backslash is written twice. Items without
    an alias stay as they are.
    """

    pattern: str
    replacement: str
    any_case: bool = False
    """Large and small letters are the same."""


Rule: TypeAlias = Template | Replace | Case


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule does to one item."""

    item: Item
    alias: str | None
    """As it would be."""
    problems: tuple[str, ...] = ()
    """Why it cannot be."""

    @property
    def changes(self) -> bool:
        return self.alias != self.item.alias


def preview(rules: Iterable[Rule], items: Iterable[Item]) -> Iterator[Preview]:
    """What `rules`, one after another, do to each of `items`, as it is asked for. An alias that becomes empty
    is taken away.

    Raises RuleError at once for a rule that makes no sense, and on the way for an expression that takes too
    long: then nothing more comes.
    """
    steps = [_step(rule) for rule in rules]
    return (_previewed(steps, item) for item in items)


def edits(previews: Iterable[Preview]) -> list[Alias]:
    """The edits that change something and can be."""
    return [
        Alias(each.item.kind, each.item.id, each.alias)
        for each in previews
        if each.changes and not each.problems
    ]


_Step: TypeAlias = "Callable[[Item, str | None], str | None]"


def _previewed(steps: Iterable[_Step], item: Item) -> Preview:
    alias = item.alias
    for step in steps:
        alias = step(item, alias)
    alias = alias or None
    problems = [each.text for each in check_alias(alias)]
    if not item.addressable:
        problems.append(f"No request can name this {item.kind.value}.")
    return Preview(item, alias, tuple(problems))


def _step(rule: Rule) -> _Step:
    match rule:
        case Template(text):
            return _template(text)
        case Replace(pattern, replacement, any_case):
            return _replacing(pattern, replacement, any_case=any_case)
        case Case():
            change = _CASES[rule]
            return lambda _, alias: None if alias is None else change(alias)


def _template(text: str) -> _Step:
    _demand_short(text, "template")
    # A text, or which of the two fields it is.
    parts: list[tuple[str, bool]] = []
    at = 0
    for found in _FIELD.finditer(text):
        parts.append((text[at : found.start()], False))
        at = found.end()
        if found[0] in ("{{", "}}"):
            parts.append((found[0][0], False))
        elif found[1] in ("id", "alias"):
            parts.append((found[1], True))
        else:
            raise RuleError(
                f"The template cannot be understood at “{visible(found[0])}”.",
                hint="It knows {id} and {alias}; a brace itself is written {{ or }}.",
            )
    parts.append((text[at:], False))

    def fill(item: Item, alias: str | None) -> str:
        fields = {"id": item.id, "alias": alias or ""}
        return "".join(fields[part] if is_field else part for part, is_field in parts)

    return fill


def _replacing(source: str, replacement: str, *, any_case: bool) -> _Step:
    _demand_short(replacement, "replacement")
    pattern = _compiled(source, any_case)
    parts = _parsed(replacement, pattern)

    def filled(match: regex.Match[str]) -> str:
        return "".join(part if isinstance(part, str) else match[part[0]] or "" for part in parts)

    def replace(_: Item, alias: str | None) -> str | None:
        if alias is None:
            return None
        try:
            return pattern.sub(filled, alias, timeout=MATCH_SECONDS)
        except TimeoutError:
            raise RuleError(
                "The regular expression takes too long.", hint="Make it simpler: avoid repeats in repeats."
            ) from None

    return replace


@lru_cache(maxsize=32)
def _compiled(source: str, any_case: bool) -> regex.Pattern[str]:
    import regex

    try:
        folding = compiled_source(source)
    except PatternError as error:
        raise RuleError(error.what, hint=error.hint) from None
    # What could be compiled and afforded with that flag can be without it.
    return folding if any_case else regex.compile(source, cache_pattern=False)


def _parsed(replacement: str, pattern: regex.Pattern[str]) -> list[str | tuple[int | str]]:
    """Texts, and groups in tuples: whether there are such groups is told before anything matches."""
    parts: list[str | tuple[int | str]] = []
    at = 0
    for found in _REFERENCE.finditer(replacement):
        parts.append(replacement[at : found.start()])
        at = found.end()
        number, name, char = found.groups()
        group = number if number is not None else name
        if group is None:
            if char not in _ESCAPES:
                raise RuleError(
                    f"The replacement cannot be understood at “{visible(found[0])}”.",
                    hint="A backslash itself is written \\\\; groups are \\1 and \\g<name>.",
                )
            parts.append(_ESCAPES[char])
        elif group.isdecimal() and int(group) <= pattern.groups:
            parts.append((int(group),))
        elif group in pattern.groupindex:
            parts.append((group,))
        else:
            raise RuleError(
                f"The expression has no group “{visible(group)}”.", hint="Groups are counted from 1."
            )
    return [*parts, replacement[at:]]


def _demand_short(text: str, what: str) -> None:
    if len(text) > _LONGEST:
        raise RuleError(f"The {what} is too long.", hint=f"At most {_LONGEST:,} characters.")


def _title(text: str) -> str:
    # str.title makes “O'Neill's” into “O'Neill'S”.
    return _WORD.sub(lambda found: found[0][:1].upper() + found[0][1:].lower(), text)


_CASES: dict[Case, Callable[[str], str]] = {
    Case.LOWER: str.lower,
    Case.UPPER: str.upper,
    Case.TITLE: _title,
    Case.SENTENCE: lambda text: text[:1].upper() + text[1:],
}
