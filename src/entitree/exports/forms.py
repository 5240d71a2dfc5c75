"""Rows as JSON, JSON lines or CSV, a chunk at a time."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

FORMS = ("json", "jsonl", "csv")


@dataclass(frozen=True, slots=True)
class Told:
    """A value that people read as `text`, and programs as `data`."""

    data: object
    text: str


Value: TypeAlias = "str | int | Told | None"
Row: TypeAlias = "Mapping[str, Value]"
Chunks: TypeAlias = "Callable[[], AsyncIterator[Sequence[Row]]]"

# What a spreadsheet takes for the beginning of a formula; the wide ones where East Asian text is typed.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Legal in JSON as they are, but a terminal may obey them, or show the line in another order.
_UNSAFE = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


class Writing:
    """Turns rows into the text of one document: `begin`, `rows` as often as there are some, `end`.

    JSON carries values as they are, in UTF-8; CSV shows text through `visible` and what is unknown as
    nothing, and a cell that a spreadsheet would run begins with an apostrophe.
    """

    def __init__(self, columns: Sequence[str], form: str) -> None:
        """`form` is one of FORMS. Only CSV leaves out what is not among `columns`."""
        self._columns = columns
        self._form = form
        self._between = "[\n  "

    def begin(self) -> str:
        return _csv([self._columns]) if self._form == "csv" else ""

    def rows(self, rows: Sequence[Row]) -> str:
        if self._form == "csv":
            return _csv([[csv_cell(row[column]) for column in self._columns] for row in rows])
        if self._form == "jsonl":
            return "".join(f"{json_row(row)}\n" for row in rows)
        written = []
        for row in rows:
            written.append(self._between + json_row(row))
            self._between = ",\n  "
        return "".join(written)

    def end(self) -> str:
        if self._form != "json":
            return ""
        return "[]\n" if self._between[0] == "[" else "\n]\n"


def text_of(value: Value) -> str:
    """What people read; raw text."""
    if isinstance(value, Told):
        return value.text
    return "" if value is None else str(value)


def csv_cell(value: Value) -> str:
    """Text that no spreadsheet runs."""
    text = text_of(value)
    runs = not isinstance(value, int) and text.startswith(_FORMULA)
    return f"'{visible(text)}" if runs else visible(text)


def json_row(row: Row) -> str:
    """One line of JSON, which no terminal obeys."""
    data = {name: value.data if isinstance(value, Told) else value for name, value in row.items()}
    return json_line(data)


def json_line(data: object) -> str:
    """As `json_row`, of anything that JSON knows."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(data, ensure_ascii=False))


def _csv(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
