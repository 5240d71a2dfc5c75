"""Rows as table, JSON, JSON lines or CSV, written to standard output a chunk at a time."""

from __future__ import annotations

import argparse
import io
import sys
from typing import TYPE_CHECKING

from entitree.exports.forms import FORMS, Chunks, Row, Told, Value, Writing, text_of
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

__all__ = [
    "FORMATS",
    "Chunks",
    "Row",
    "Told",
    "Value",
    "add_format",
    "narrate",
    "prepared",
    "print_table",
    "width",
    "write_chunks",
]

FORMATS = ("table", *FORMS)


def add_format(parser: argparse.ArgumentParser, *, inner: bool = False) -> None:
    """`--format`; with `inner` for a command of a verb, before which it may have been said already."""
    default = argparse.SUPPRESS if inner else "table"
    parser.add_argument("--format", choices=FORMATS, default=default, help="how to print (default: table)")


async def write_chunks(columns: Sequence[str], chunks: Chunks, form: str) -> None:
    """Prints the rows of `chunks` in the order of `columns`; a table goes through them twice, to align them.

    Never more than a chunk of them is held. A table shows text through `visible` and what is unknown as
    nothing; the other forms are those of `entitree.exports.forms`.
    """
    out = prepared(form)
    if form == "table":
        await _write_table(columns, chunks, out)
        return
    writing = Writing(columns, form)
    out.write(writing.begin())
    async for rows in chunks():
        out.write(writing.rows(rows))
    out.write(writing.end())


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


def prepared(form: str) -> TextIO:
    """Standard output, in the encoding that is right for data of this form."""
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


def _cell(value: Value) -> str:
    return visible(text_of(value))
