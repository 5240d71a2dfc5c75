"""Peak memory of the app on a large account, at each of a few things that are done there."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tests.benchmarks.filtering import HOME
from tests.benchmarks.lists import by_id, matching, shown, spaced
from tests.benchmarks.machine import ROOT
from tests.benchmarks.mirrors import home
from tests.benchmarks.table import Line, Unit
from tests.benchmarks.terminal import Terminal, pasted

BARRED = 1_000_000
BAR = 250.0
WORD = "ltd"
END = "\x1b[F"


def measure(sizes: tuple[int, ...]) -> list[Line]:
    with Terminal([sys.executable, "-m", "tests.benchmarks.bare"], {}, cwd=ROOT) as terminal:
        terminal.when(lambda text: "Applications" in text)
        floor = _peak(terminal.pid)
    return [line for size in sizes for line in _size(size, floor)]


def _size(size: int, floor: float) -> list[Line]:
    peaks: dict[str, float] = {}
    number = f" {spaced(len(matching(size, WORD)))} of {spaced(size)} "
    first, last = by_id(size)[0].id, by_id(size)[-1].id
    # As anybody starts it: with all that is loaded to reach the platform, which cannot be reached.
    with Terminal([sys.executable, "-m", "entitree"], home(size), cwd=ROOT) as terminal:
        terminal.when(lambda text: f"Entities {spaced(size)}" in text)
        peaks["first frame"] = _peak(terminal.pid)
        terminal.insist("2", lambda text: first in shown(text))
        # Whatever is listed anew meanwhile puts the cursor back.
        terminal.insist(END, lambda text: last in shown(text))
        terminal.insist(HOME, lambda text: first in shown(text))
        peaks["to the end and home"] = _peak(terminal.pid)
        terminal.type("/")
        terminal.when(lambda text: "Keep" in text)
        terminal.type(pasted(WORD))
        terminal.when(lambda text: number in text)
        peaks["a filter"] = _peak(terminal.pid)
    return [
        Line(
            f"memory at its peak, {size:,} entities: {what}",
            (peak,),
            (floor,),
            unit=Unit.MEBIBYTES,
            against="a bare Textual app",
            most=BAR if size == BARRED else None,
        )
        for what, peak in peaks.items()
    ]


def _peak(pid: int) -> float:
    """MiB that the process had at most; NaN where the system does not say."""
    status = Path(f"/proc/{pid}/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text("utf-8")) if status.exists() else None
    return int(found[1]) / 1024 if found else float("nan")
