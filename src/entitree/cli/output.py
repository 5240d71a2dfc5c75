"""Rows as table, JSON, JSON lines or CSV, written to standard output a chunk at a time."""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from typing import TextIO

FORMATS = ("table", "json", "jsonl", "csv")


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


def add_format(parser: argparse.ArgumentParser, *, inner: bool = False) -> None:
    """`--format`; with `inner` for a command of a verb, before which it may have been said already."""
    default = argparse.SUPPRESS if inner else "table"
    parser.add_argument("--format", choices=FORMATS, default=default, help="how to print (default: table)")


async def write_chunks(columns: Sequence[str], chunks: Chunks, form: str) -> None:
    """Prints the rows of `chunks` in the order of `columns`; a table goes through them twice, to align them.

    Never more than a chunk of them is held. JSON carries values as they are, in UTF-8; tables and CSV show
    text through `visible` and what is unknown as nothing; a CSV cell that a spreadsheet would run begins with
    an apostrophe.
    """
    out = _prepared(form)
    match form:
        case "json":
            between = "[\n  "
            async for rows in chunks():
                for row in rows:
                    out.write(between + _json(row))
                    between = ",\n  "
            out.write("[]\n" if between[0] == "[" else "\n]\n")
        case "jsonl":
            async for rows in chunks():
                out.writelines(_json(row) + "\n" for row in rows)
        case "csv":
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(columns)
            async for rows in chunks():
                writer.writerows([_csv_cell(row[column]) for column in columns] for row in rows)
        case _:
            await _write_table(columns, chunks, out)


def narrate(sentence: str) -> None:
    """Says `sentence` on standard error."""
    print(visible(sentence), file=sys.stderr)


def print_table(columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Says `rows` as a table on standard error; what is not among `columns` is left out."""
    widths = [max([len(name), *(width(_cell(row[name])) for row in rows)]) for name in columns]
    sys.stderr.write(_line([name.upper() for name in columns], widths))
    sys.stderr.writelines(_line([_cell(row[name]) for name in columns], widths) for row in rows)


def width(text: str) -> int:
    """Columns that visible `text` takes on a terminal."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth

    return max(wcswidth(text), 0)


def _prepared(form: str) -> TextIO:
    out = sys.stdout
    if isinstance(out, io.TextIOWrapper):
        # A table is for this terminal; the rest is for programs, whatever the locale.
        out.reconfigure(encoding=None if form == "table" else "utf-8", errors="backslashreplace")
    return out


async def _write_table(columns: Sequence[str], chunks: Chunks, out: TextIO) -> None:
    widths = [len(column) for column in columns]
    async for rows in chunks():
        for row in rows:
            for at, column in enumerate(columns):
                widths[at] = max(widths[at], width(_cell(row[column])))
    out.write(_line([column.upper() for column in columns], widths))
    async for rows in chunks():
        out.writelines(_line([_cell(row[column]) for column in columns], widths) for row in rows)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (room - width(cell)) for cell, room in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip() + "\n"


def _text(value: Value) -> str:
    if isinstance(value, Told):
        return value.text
    return "" if value is None else str(value)


def _cell(value: Value) -> str:
    return visible(_text(value))


def _csv_cell(value: Value) -> str:
    text = _text(value)
    runs = not isinstance(value, int) and text.startswith(_FORMULA)
    return f"'{visible(text)}" if runs else visible(text)


def _json(row: Row) -> str:
    data = {name: value.data if isinstance(value, Told) else value for name, value in row.items()}
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(data, ensure_ascii=False))
