"""Every measurement in one table: `python -m tests.benchmarks`, from the checkout.

Ratios are against floors and peers of the same run, because machines differ. Peers that are not there are
fetched into a folder of their own, see `peers`.
"""

from __future__ import annotations

import argparse
import compileall
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks import (
    bytes_sent,
    filtering,
    first_frame,
    list_keys,
    memory,
    rate,
    sandbox,
    sorting,
    syncing,
)
from tests.benchmarks.machine import ROOT, described
from tests.benchmarks.mirrors import SIZES
from tests.benchmarks.table import missed, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.benchmarks.table import Line

RESULTS = Path(__file__).with_name("RESULTS.md")
QUICK = SIZES[:2]


def groups(sizes: tuple[int, ...], *, quick: bool) -> dict[str, Callable[[], Iterable[Line]]]:
    """What can be measured, by name. The first frame comes first, while this process is small."""
    return {
        "first-frame": lambda: first_frame.measure(sizes),
        "memory": lambda: memory.measure(sizes[-1:]),
        "keys": list_keys.measure,
        "bytes": bytes_sent.measure,
        "filter": lambda: filtering.measure(sizes),
        "sort": lambda: sorting.measure(sizes),
        "sync": lambda: syncing.measure(quick=quick),
        "limits": syncing.measure_paced,
        "rate": rate.measure,
        "sandbox": sandbox.measure,
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "--quick",
        action="store_true",
        help=f"only up to {QUICK[-1]:,} entities, and the vendor's client once",
    )
    parser.add_argument(
        "--only", action="append", choices=list(groups(SIZES, quick=False)), help="one group; may be repeated"
    )
    parser.add_argument("--write", action="store_true", help=f"write {RESULTS.name} as well")
    options = parser.parse_args()
    # Importing without bytecode takes three times as long and would drown everything else.
    for place in ("src", "tests/benchmarks"):
        compileall.compile_dir(str(ROOT / place), quiet=1)
    lines: list[Line] = []
    for name, measure in groups(QUICK if options.quick else SIZES, quick=options.quick).items():
        if options.only and name not in options.only:
            continue
        begin = time.perf_counter()
        for line in measure():
            # A run of all takes a quarter of an hour: what is there is shown.
            print(table([line]).splitlines()[-1], file=sys.stderr, flush=True)
            lines.append(line)
        print(f"{name}: measured in {time.perf_counter() - begin:.0f} s", file=sys.stderr, flush=True)
    said = f"{described()}\n\n{table(lines)}\n"
    print(said)
    print(f"{sum(map(missed, lines))} of {len(lines)} lines miss a bar.", file=sys.stderr)
    if options.write:
        RESULTS.write_text(f"# Measurements\n\n`{_command(options)}`. Medians.\n\n{said}", "utf-8")


def _command(options: argparse.Namespace) -> str:
    words = ["python -m tests.benchmarks"]
    words += ["--quick"] if options.quick else []
    words += [f"--only {name}" for name in options.only or ()]
    return " ".join(words)


if __name__ == "__main__":
    main()
