"""Requests of the log in lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.text import visible
from entitree.tui.job_lines import moment
from entitree.tui.widgets.columns import Column
from entitree.tui.widgets.row_source import thousands
from entitree.tui.widgets.rows import Line

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from entitree.log.requests import Entry

COLUMNS = (
    Column("Time", quiet=True),
    Column("Who", quiet=True),
    Column("Method"),
    Column("Path", weight=4, minimum=16),
    Column("Status"),
    Column("ms", align="right", quiet=True),
)
_REFUSED = 400


def line_of(entry: Entry, clock: Callable[[datetime], str]) -> Line:
    """A request in the list."""
    return Line(
        key=str(entry.number),
        cells=(
            moment(entry.time, clock),
            visible(entry.who),
            visible(entry.method),
            visible(entry.path),
            status(entry),
            thousands(entry.ms),
        ),
        marked=False,
        locked=False,
    )


def status(entry: Entry) -> str:
    """What came back, in a word, with a sign where it was not what was asked for."""
    if entry.status is None:
        return "none !"
    return f"{entry.status} !" if entry.status >= _REFUSED else str(entry.status)


def text_of(entry: Entry) -> str:
    """What a filter looks into."""
    words = (entry.who, entry.method, entry.path, entry.operation, status(entry), entry.failure)
    return visible(" ".join(words))


def answer(entry: Entry, clock: Callable[[datetime], str]) -> str:
    """When it was sent, by whom, and all there is to say of what came back."""
    after = f"after {thousands(entry.ms)} ms"
    parts = [
        f"No answer {after}: {entry.failure}" if entry.status is None else f"Answered {entry.status} {after}",
        "" if entry.retry_after is None else f"to be asked again after {entry.retry_after:g} s",
        f"try {entry.attempt}" if entry.attempt > 1 else "",
        f"sent {moment(entry.time, clock)} by the {_WHO.get(entry.who, entry.who)}",
        entry.operation,
    ]
    return visible(" · ".join(filter(None, parts)))


_WHO = {"cli": "command line"}
