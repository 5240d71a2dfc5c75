"""Rows as table, JSON, JSON lines or CSV, written to standard output as they come."""

from __future__ import annotations

import csv
import json
import sys
from typing import TYPE_CHECKING, TextIO

from wcwidth import wcswidth

from entitree.text import visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

FORMATS = ("table", "json", "jsonl", "csv")

Value = str | int | float | bool | None | list[str]
Row = dict[str, Value]

# What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=FORMATS, default="table", help="how to print (default: table)")


def write_rows(columns: Sequence[str], rows: Iterable[Row], form: str, stream: TextIO | None = None) -> None:
    """Prints `rows` in the order of `columns`. `table` and `csv` show what is unknown as nothing at all.

    JSON carries values as they are; a table shows them through `visible`; a CSV cell that a spreadsheet
    would run is quoted with an apostrophe.
    """
    out = stream or sys.stdout
    match form:
        case "json":
            _write_json(rows, out)
        case "jsonl":
            for row in rows:
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
        case "csv":
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(columns)
            for row in rows:
                writer.writerow([_csv_cell(row.get(column)) for column in columns])
        case _:
            _write_table(columns, rows, out)


def narrate(sentence: str) -> None:
    """Says `sentence` on standard error."""
    print(visible(sentence), file=sys.stderr)


def _write_json(rows: Iterable[Row], out: TextIO) -> None:
    out.write("[")
    for number, row in enumerate(rows):
        out.write("," if number else "")
        out.write("\n  " + json.dumps(row, ensure_ascii=False))
    out.write("\n]\n")


def _write_table(columns: Sequence[str], rows: Iterable[Row], out: TextIO) -> None:
    head = [column.upper() for column in columns]
    lines = [head, *([_cell(row.get(column)) for column in columns] for row in rows)]
    widths = [max(map(wcswidth, cells)) for cells in zip(*lines, strict=True)]
    for line in lines:
        padded = (cell + " " * (width - wcswidth(cell)) for cell, width in zip(line, widths, strict=True))
        out.write("  ".join(padded).rstrip() + "\n")


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(visible(item) for item in value)
    return visible(str(value))


def _csv_cell(value: Value) -> str:
    text = ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str | list) and text.startswith(_FORMULA) else text
