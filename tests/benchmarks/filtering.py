"""From a key in the filter line to the screen, in a terminal; and the same typed in fzf and in VisiData."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tests.benchmarks import inside, peers, visidata
from tests.benchmarks.lists import by_id, lines, matching, shown, spaced
from tests.benchmarks.machine import ROOT
from tests.benchmarks.mirrors import home
from tests.benchmarks.table import Line
from tests.benchmarks.terminal import Terminal, pasted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.benchmarks.mirrors import Entity

SCREENFUL_BAR, COUNT_BAR = 25.0, 70.0
"""Milliseconds, at `BARRED` entities."""
TERMINAL_BAR = 1.5
"""Of what Textual takes for a letter and a screen of lines."""
BARRED = 100_000
ROUNDS = 5
PEER_RUNS = 3
PAGE = 30
"""Rows compared; a screen of 40 lines has a few more."""
HOME, ESCAPE, CLEAR = "\x1b[H", "\x1b", "\x15"
"""The keys; CLEAR empties the line of fzf."""


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    before: str
    """What stands in the line before, found and shown."""
    typed: str
    """What is measured: a letter, or more in one piece."""

    @property
    def words(self) -> str:
        return self.before + self.typed


CASES = (
    Case("a common word", "", "ltd"),
    Case("a rare word", "", "00042"),
    Case("a word that is nowhere", "", "zzqx"),
    Case("two words", "", "ltd 004"),
    Case("an application", "", "app:prod"),
    Case("one letter more", "ma", "r"),
)


def measure(sizes: tuple[int, ...]) -> Iterator[Line]:
    for size in sizes:
        yield from _size(size)


def _size(size: int) -> list[Line]:
    barred = size == BARRED
    inside_ = _inside(size)
    terminal = _in_terminal(size)
    floors = _bare()
    result: list[Line] = []
    for case in CASES:
        name = f"filter, {case.name} ({case.words}: {len(matching(size, case.words)):,} of {size:,})"
        screenful, count = inside_[case]
        result += [
            Line(f"{name}: first screenful", screenful, most=SCREENFUL_BAR if barred else None),
            Line(f"{name}: exact count", count, most=COUNT_BAR if barred else None),
        ]
        screenful, count = terminal[case]
        if len(case.typed) == 1:
            result.append(
                Line(
                    f"{name}: first screenful in a terminal",
                    screenful,
                    floors,
                    TERMINAL_BAR if size <= BARRED else None,
                    against="a bare Textual input over lines",
                )
            )
        if ":" not in case.words:
            result.append(_fzf_line(f"{name}: exact count in a terminal", count, size, case))
        if barred and case is CASES[0]:
            result.append(_visidata(f"{name}: exact count in a terminal", count, size, case))
    return result


def _inside(size: int) -> dict[Case, tuple[tuple[float, ...], tuple[float, ...]]]:
    """Milliseconds of each case to the first screenful and to the exact count, without a terminal."""
    asked = {
        "rounds": ROUNDS,
        "everything": [each.id for each in by_id(size)[:PAGE]],
        "cases": [
            {
                "before": _expected(size, case.before),
                "typed": case.typed,
                "found": _expected(size, case.words),
            }
            for case in CASES
        ],
    }
    took = inside.measured("filter", asked, home(size))
    return {
        case: (tuple(each[0] for each in times), tuple(each[1] for each in times))
        for case, times in zip(CASES, took, strict=True)
    }


def _all_say(word: str) -> Callable[[str], bool]:
    return lambda text: sum(line.endswith(f" {word}") for line in text.splitlines()) > PAGE


def _expected(size: int, words: str) -> dict[str, object]:
    found = matching(size, words)
    return {
        "words": words,
        "first": [each.id for each in found[:PAGE]],
        "count": len(found),
        "total": size,
    }


def _in_terminal(size: int) -> dict[Case, tuple[tuple[float, ...], tuple[float, ...]]]:
    """The same, from the bytes typed until those that draw it."""
    took: dict[Case, list[tuple[float, ...]]] = {case: [] for case in CASES}
    with Terminal([sys.executable, "-m", "tests.benchmarks.browse"], home(size), cwd=ROOT) as terminal:
        terminal.when(lambda text: f"Entities {spaced(size)}" in text)
        everything = _listed(by_id(size))
        terminal.insist("2", everything)
        for _ in range(ROUNDS):
            for case in CASES:
                terminal.type("/")
                terminal.when(lambda text: "Keep" in text)
                if case.before:
                    terminal.type(pasted(case.before))
                    terminal.when(*_found(size, case.before))
                keys = case.typed if len(case.typed) == 1 else pasted(case.typed)
                took[case].append(terminal.took(keys, *_found(size, case.words)))
                terminal.type(ESCAPE)
                terminal.when(lambda text: "Keep" not in text and " of " not in text.splitlines()[2])
                terminal.insist(HOME, everything)
    return {
        case: (tuple(each[0] for each in times), tuple(each[1] for each in times))
        for case, times in took.items()
    }


@cache
def _bare() -> tuple[float, ...]:
    """Milliseconds from a letter until every line says it, where nothing is sought."""
    with Terminal([sys.executable, "-m", "tests.benchmarks.bare_filter"], {}, cwd=ROOT) as terminal:
        terminal.when(lambda text: "line-30" in text)
        took: list[float] = []
        for at in range(1, ROUNDS + 1):
            took += terminal.took("e", _all_say("e" * at))
        return tuple(took)


def _found(size: int, words: str) -> tuple[Callable[[str], bool], Callable[[str], bool]]:
    """The first screenful of what matches is there; so is the number of all that does."""
    found = matching(size, words)
    number = f" {spaced(len(found))} of {spaced(size)} "
    return _listed(found), lambda text: number in text


def _listed(order: list[Entity]) -> Callable[[str], bool]:
    first = [each.id for each in order[:PAGE]]
    return lambda text: shown(text)[:PAGE] == first


def _fzf_line(name: str, values: tuple[float, ...], size: int, case: Case) -> Line:
    try:
        took, command = _fzf(size, case), _fzf_command(size, case)
    except peers.MissingError as error:
        return Line(name, values, note=f"fzf: {error}")
    return Line(
        name, values, took, against="fzf", note=f"fzf --filter, start and reading with it: {command:,.0f} ms"
    )


def _fzf(size: int, case: Case) -> tuple[float, ...]:
    """Milliseconds from the last key to the number of matches, of the interactive fzf with all lines read."""
    number = re.compile(rf"(?m)^ *{len(matching(size, case.words))}/{size}\b").search
    before = re.compile(rf"(?m)^ *{len(matching(size, case.before))}/{size}\b").search
    took: list[float] = []
    command = [peers.fzf(), "--exact", "--no-sort", "--literal"]
    with Terminal(command, {"FZF_DEFAULT_COMMAND": f"cat {lines(size)}", "FZF_DEFAULT_OPTS": ""}) as terminal:
        everything = re.compile(rf"(?m)^ *{size}/{size}\b").search
        for _ in range(ROUNDS):
            terminal.when(lambda text: everything(text) is not None)
            terminal.type(case.before)
            terminal.when(lambda text: before(text) is not None)
            took += terminal.took(case.typed, lambda text: number(text) is not None)
            terminal.type(CLEAR)
    return tuple(took)


def _fzf_command(size: int, case: Case) -> float:
    """Milliseconds of `fzf --filter` over the same lines in a file, its start and its reading included."""
    command = [peers.fzf(), "--exact", "--no-sort", "--literal", "--filter", case.words]
    took = []
    for _ in range(PEER_RUNS):
        with lines(size).open("rb") as file:
            begin = time.perf_counter()
            # It ends with 1 where nothing matches.
            subprocess.run(command, stdin=file, stdout=subprocess.DEVNULL, check=False)
            took.append((time.perf_counter() - begin) * 1_000)
    return sorted(took)[len(took) // 2]


def _visidata(name: str, values: tuple[float, ...], size: int, case: Case) -> Line:
    try:
        took = tuple(visidata.selected(size, case.words) for _ in range(PEER_RUNS))
    except peers.MissingError as error:
        return Line(name, values, note=f"VisiData: {error}")
    return Line(name, values, took, against="VisiData, rows selected by a regular expression")
