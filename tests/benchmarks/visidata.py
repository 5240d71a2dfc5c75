"""VisiData in a terminal, at what it and the app both do: open a list, pick rows by a word, sort."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.benchmarks import peers
from tests.benchmarks.lists import by_id, matching, written
from tests.benchmarks.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 10
"""Rows looked at."""

_ID = re.compile(r"(?m)^ ([a-z][a-z-]*-[0-9]+)…?")
"""Its columns are as wide as the first rows needed, and may cut the others."""


def opened(count: int) -> float:
    """Milliseconds from the command until the first rows of so many are on the screen."""
    with _started(count) as terminal:
        (at,) = terminal.when(_rows(count))
        return (at - terminal.started) * 1_000


def selected(count: int, word: str) -> float:
    """Milliseconds from Enter until it says how many rows hold `word`, all rows read before."""
    number = len(matching(count, word))
    with _started(count) as terminal:
        _wait_read(terminal, count)
        terminal.type("g|")
        terminal.when(lambda text: "regex" in text)
        terminal.type(word)
        terminal.when(lambda text: word in text.splitlines()[-1])
        (took,) = terminal.took("\r", lambda text: f"selected {number} rows" in text)
        return took


def turned(count: int) -> float:
    """Milliseconds from the key until the first rows by id, last first, are on the screen."""
    last = [each.id for each in by_id(count)[: -ROWS - 1 : -1]]
    with _started(count) as terminal:
        _wait_read(terminal, count)
        (took,) = terminal.took("]", lambda text: _are(text, last))
        return took


def _started(count: int) -> Terminal:
    place = peers.folder() / "visidata-home"
    place.mkdir(parents=True, exist_ok=True)
    # No greeting, no question, no look for a newer one.
    quiet = ["--motd-url=", "--disp-sidebar=False", "--regex-flags=I", "--default-width=30"]
    return Terminal([peers.visidata(), *quiet, str(written(count))], {"HOME": str(place)})


def _rows(count: int) -> Callable[[str], bool]:
    first = [each.id for each in by_id(count)[:ROWS]]
    return lambda text: _are(text, first)


def _are(text: str, ids: list[str]) -> bool:
    shown = _ID.findall(text)[: len(ids)]
    return len(shown) == len(ids) and all(map(str.startswith, ids, shown))


def _wait_read(terminal: Terminal, count: int) -> None:
    # Its last line says how many there are, once they are all there.
    terminal.when(lambda text: f"{count} rows" in text)
