"""Marked rows as a text for an editor, and what is made of the text that comes back.

An id and its alias a line, a tab between them. A cell that would not survive an editor, or that an eye could
not tell from another, stands as JSON in quotes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from entitree.changes.edits.checks import check_alias
from entitree.changes.edits.items import Alias
from entitree.changes.edits.tables import LineError
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from entitree.inventory.model import Item

_NOTE = "# "
_WRONG = "#! "
"""Begins a line that says what is wrong with the next; it is not read again."""
_HEAD = (
    "An id and its alias a line, a tab between them: change the aliases, save, and see the plan.",
    "An empty alias takes it away; a line that is left out stays as it is; ids cannot be changed.",
    'Text in double quotes is JSON: "a\\tb" holds a tab.',
)


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edited text comes to."""

    edits: tuple[Alias, ...]
    """Of the lines that differ from what there is, in their order."""
    errors: tuple[LineError, ...]
    """Lines are those of the text that came back."""
    text: str
    """The text to open again where there are errors: every line as it was, what is wrong above it."""


def sheet(items: Iterable[Item]) -> str:
    """The text to open."""
    head = [f"{_NOTE}{line}" for line in _HEAD]
    return "\n".join([*head, "", *(f"{_cell(each.id)}\t{_cell(each.alias)}" for each in items), ""])


def read_sheet(text: str, items: Sequence[Item]) -> Edited:
    """What was made of the text of `items`. Nothing of it is lost, whatever it has become."""
    by_id = {item.id: item for item in items}
    edits: list[Alias] = []
    errors: list[LineError] = []
    kept: list[str] = []
    seen: set[str] = set()
    for number, line in enumerate(_lines(text), 1):
        if line.startswith(_WRONG):
            continue
        if line.strip() and not line.startswith(_NOTE):
            try:
                edit = _edit(line, by_id, seen)
            except _LineError as error:
                errors.append(LineError(number, str(error)))
                kept.append(f"{_WRONG}{error}")
            else:
                edits += [edit] if edit is not None else []
        kept.append(line)
    return Edited(tuple(edits), tuple(errors), "\n".join(kept))


class _LineError(ValueError):
    """What is wrong with one line, in a sentence."""


def _edit(line: str, by_id: dict[str, Item], seen: set[str]) -> Alias | None:
    first, tab, rest = line.partition("\t")
    item_id = _text(first, "id")
    item = by_id.get(item_id)
    if item is None:
        raise _LineError(f"“{visible(item_id)}” is none of the ids that were opened.")
    if item_id in seen:
        raise _LineError(f"“{visible(item_id)}” is there already, further up.")
    if not tab:
        raise _LineError("There is no tab after the id: to take the alias away, leave the tab.")
    if "\t" in rest.strip("\t "):
        raise _LineError('There is more than one tab: in an alias a tab is written as "\\t", in quotes.')
    alias = _text(rest, "alias") if rest.strip() else None
    if alias == item.alias:
        # Whatever it holds: nobody asks to have it written.
        seen.add(item_id)
        return None
    if problems := [each.text for each in check_alias(alias)]:
        raise _LineError(" ".join(problems))
    seen.add(item_id)
    return Alias(item.kind, item.id, alias)


def _cell(text: str | None) -> str:
    if text is None:
        return ""
    bare = (
        text == text.strip() != ""
        and "\t" not in text
        and not text.startswith(('"', "#"))
        # What is shown otherwise than it is, or stands for such a thing.
        and visible(text) == text
        and "‹" not in text
    )
    return text if bare else json.dumps(text)


def _text(cell: str, what: str) -> str:
    cell = cell.strip(" \t")
    if not cell.startswith('"'):
        return cell
    try:
        value = json.loads(cell)
    except (ValueError, RecursionError):
        raise _LineError(f"The quotes of the {what} do not fit.") from None
    if not isinstance(value, str):
        raise _LineError(f"The quotes of the {what} do not fit.")
    return value


def _lines(text: str) -> list[str]:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
