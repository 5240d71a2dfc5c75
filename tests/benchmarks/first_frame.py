"""From the command to the first useful frame, in a terminal, however much is in the mirror."""

from __future__ import annotations

import compileall
import sys
from typing import TYPE_CHECKING

from tests.benchmarks import peers
from tests.benchmarks.lists import spaced
from tests.benchmarks.machine import ROOT
from tests.benchmarks.mirrors import APPLICATIONS, home
from tests.benchmarks.table import Line
from tests.benchmarks.terminal import Terminal
from tests.benchmarks.visidata import opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

BAR = 1.3
BARRED = 100_000
"""The most entities that the bar is for; more are measured too."""
RUNS = 7
PEER_RUNS = 3
PEER_SIZE = 100_000


def until(command: list[str], environ: Mapping[str, str], shown: Callable[[str], bool]) -> float:
    """Milliseconds from the start of `command` until its screen shows that."""
    with Terminal(command, environ, cwd=ROOT) as terminal:
        (at,) = terminal.when(shown)
        return (at - terminal.started) * 1_000


def measure(sizes: tuple[int, ...]) -> Iterator[Line]:
    bare = [sys.executable, "-m", "tests.benchmarks.bare"]
    ours = [sys.executable, "-m", "entitree"]
    # As where it is installed, and as the libraries are: not compiled anew at each start.
    compileall.compile_dir(ROOT / "src" / "entitree", quiet=1)
    for size in sizes:
        environ = home(size)

        def useful(text: str, wanted: str = spaced(size)) -> bool:
            return wanted in text and all(each in text for each in APPLICATIONS)

        values, floors = [], []
        for _ in range(RUNS):
            values.append(until(ours, environ, useful))
            floors.append(until(bare, {}, lambda text: "Applications" in text))
        what = f"first useful frame, {size:,} entities"
        bar = BAR if size <= BARRED else None
        yield Line(what, tuple(values), tuple(floors), bar, against="a bare Textual app")
        if size == PEER_SIZE:
            yield _peer(what, tuple(values), size)


def _peer(what: str, values: tuple[float, ...], size: int) -> Line:
    try:
        took = tuple(opened(size) for _ in range(PEER_RUNS))
    except peers.MissingError as error:
        return Line(what, values, note=f"VisiData: {error}")
    return Line(what, values, took, against="VisiData, all rows of a CSV file")
