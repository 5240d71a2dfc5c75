"""Every measurement in one table: `python -m tests.benchmarks`. Ratios against a floor of the same run."""

from __future__ import annotations

import compileall
import platform
from pathlib import Path

from tests.benchmarks import first_frame, list_keys, sandbox
from tests.benchmarks.table import Line, table

SOURCE = Path(__file__).resolve().parents[2] / "src"


def main() -> None:
    # Importing without bytecode takes three times as long and would drown everything else.
    compileall.compile_dir(str(SOURCE), quiet=1)
    lines: list[Line] = [*first_frame.measure(), *list_keys.measure(), *sandbox.measure()]
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")
    print(table(lines))


if __name__ == "__main__":
    main()
