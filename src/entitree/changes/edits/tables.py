"""Pasted text and files taken apart: records with the line each begins on, whatever they are written in.

CSV, TSV, a JSON array, JSON lines, or one id a line. What is wrong with one record leaves the others as they
are.
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from entitree.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

LARGEST = 100_000_000
"""Characters of a text; a million ids of a hundred each."""

_MOST_LINES = 100
"""Of one record: a quote that is never closed must not swallow the rest."""
_DELIMITERS = "\t,;|"
_LOOKED_AT = 200
_UNDECODED = range(0xDC80, 0xDD00)

_NO_DELIMITER = "\x1f"
_SOLID = re.compile(r"[^ \t\r\n]")
_UNFIT = "It is nested too deep, or holds a number that is too long."


@dataclass(frozen=True, slots=True)
class Other:
    """A value of JSON that is no text."""


Cell: TypeAlias = str | Other | None
"""None: it says that there is nothing, as JSON's null does."""


class Form(Enum):
    TABLE = "table"
    """Cells between delimiters, quoted as in CSV."""
    JSON = "JSON array"
    JSON_LINES = "JSON lines"
    LINES = "one a line"


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong with one line, in a sentence; lines count from 1."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    line: int
    cells: tuple[Cell, ...] = ()
    """In their order; of an object its values."""
    names: tuple[str, ...] | None = None
    """Of an object what its values are called; None: cells have no names of their own."""


@dataclass(slots=True)
class Table:
    form: Form
    delimiter: str = ""
    """Of a table."""
    records: list[Record] = field(default_factory=list)
    errors: list[LineError] = field(default_factory=list)


def decoded(content: bytes) -> str:
    """Bytes as text: UTF-8, or UTF-16 where a byte order mark says so. What is neither becomes half
    characters, so that only its own record is refused.
    """
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    return content.decode("utf-8-sig", "surrogateescape")


def table(text: str, *, most: int, names: Sequence[str] = ()) -> Table:
    """`text` taken apart.

    Args:
        most: cells that a record without a header may have; with 1, and no header, lines are not split.
        names: what a header is made of, folded as `folded` does: it tells the delimiter before all else.

    Raises UsageError for a text that is longer than `LARGEST`.
    """
    if len(text) > LARGEST:
        raise UsageError(f"The list is longer than {LARGEST:,} characters.", hint="Split it.")
    text = text.removeprefix("\ufeff")
    start = text.lstrip()
    if start.startswith("[") and start[1:].lstrip()[:1] in ('"', "{", "[", "]"):
        return _of_array(text)
    if start.startswith("{") and start[1:].lstrip()[:1] in ('"', "}"):
        return _of_json_lines(text)
    lines = _lines(text)
    delimiter = _delimiter(lines, most, frozenset(names))
    found = Table(Form.TABLE if delimiter else Form.LINES, delimiter)
    _cut(found, lines)
    return found


def folded(name: str) -> str:
    """A header's name without what people write differently: `Entity ID`, `entity_id` and `entityId`."""
    return "".join(char for char in name.casefold() if char.isalnum())


def undecoded(text: str) -> bool:
    """Whether it holds bytes that `decoded` could not understand."""
    return not text.isascii() and any(ord(char) in _UNDECODED for char in text)


def _lines(text: str) -> list[str]:
    # Not splitlines: ids may hold form feeds and the separators of Unicode.
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _cut(found: Table, lines: list[str]) -> None:
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        try:
            cells, taken = _record(lines, at, found.delimiter)
        except csv.Error as error:
            found.errors.append(LineError(at + 1, f"Its quotes do not fit: {error}."))
            taken = 1
        else:
            found.records.append(Record(at + 1, tuple(cells)))
        at += taken


def _record(lines: list[str], at: int, delimiter: str) -> tuple[list[str], int]:
    """The cells of the record that begins at a line, and how many lines it takes."""
    line = lines[at]
    if '"' not in line:
        cells = line.split(delimiter) if delimiter else [line]
        return [cell.strip() for cell in cells], 1
    if not delimiter and not line.lstrip().startswith('"'):
        return [line.strip()], 1
    more = (each + "\n" for each in islice(lines, at, at + _MOST_LINES))
    reader = csv.reader(more, delimiter=delimiter or _NO_DELIMITER, strict=True, skipinitialspace=True)
    cells = next(reader)
    return [cell.strip() for cell in cells], reader.line_num


def _delimiter(lines: list[str], most: int, names: frozenset[str]) -> str:
    first = [at for at, line in enumerate(islice(lines, 10 * _LOOKED_AT)) if line.strip()][:_LOOKED_AT]
    if not first:
        return ""
    for delimiter in _DELIMITERS:
        cells = _cells(lines, first[0], delimiter)
        if len(cells) > 1 and sum(folded(cell) in names for cell in cells) > 1:
            return delimiter
    if most < 2:
        return ""
    best, score = "", 0
    for delimiter in _DELIMITERS:
        counts = [len(_cells(lines, at, delimiter)) for at in first]
        # A delimiter of this list is in most of its lines, and makes no more of them than there may be.
        fitting = sum(1 < count <= most for count in counts)
        if fitting > score and 2 * fitting >= len(counts):
            best, score = delimiter, fitting
    return best


def _cells(lines: list[str], at: int, delimiter: str) -> list[str]:
    try:
        return _record(lines, at, delimiter)[0]
    except csv.Error:
        return []


def _of_json_lines(text: str) -> Table:
    found = Table(Form.JSON_LINES)
    for number, line in enumerate(_lines(text), 1):
        if line.strip():
            try:
                _put(found, number, json.loads(line))
            except json.JSONDecodeError as error:
                why = f"It is not JSON, at character {error.colno}: {error.msg}."
                found.errors.append(LineError(number, why))
            except (ValueError, RecursionError):
                found.errors.append(LineError(number, _UNFIT))
    return found


def _of_array(text: str) -> Table:
    found = Table(Form.JSON)
    decoder = json.JSONDecoder()
    at, counted, line = text.index("[") + 1, 0, 1
    while True:
        at = _solid(text, at)
        line += text.count("\n", counted, at)
        counted = at
        if text[at : at + 1] == "]":
            if text[_solid(text, at + 1) :]:
                found.errors.append(LineError(line, "Something follows the end of the array."))
            return found
        try:
            value, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            line += text.count("\n", counted, error.pos)
            why = f"It is not JSON, at character {error.colno}: {error.msg}"
            found.errors.append(LineError(line, f"{why}. What follows was not read."))
            return found
        except (ValueError, RecursionError):
            found.errors.append(LineError(line, f"{_UNFIT} What follows was not read."))
            return found
        _put(found, line, value)
        at = _solid(text, at)
        if text[at : at + 1] == ",":
            at += 1
        elif text[at : at + 1] != "]":
            line += text.count("\n", counted, at)
            found.errors.append(LineError(line, "A comma or the end of the array is missing here."))
            return found


def _solid(text: str, at: int) -> int:
    """Where the next character is that is no blank."""
    found = _SOLID.search(text, at)
    return found.start() if found else len(text)


def _put(found: Table, line: int, value: object) -> None:
    match value:
        case str():
            found.records.append(Record(line, (value,)))
        case list():
            found.records.append(Record(line, tuple(map(_cell, value))))
        case dict():
            cells = tuple(map(_cell, value.values()))
            found.records.append(Record(line, cells, tuple(value)))
        case _:
            found.errors.append(LineError(line, "It is neither a text, nor a list, nor an object."))


def _cell(value: object) -> Cell:
    return value if value is None or isinstance(value, str) else Other()
