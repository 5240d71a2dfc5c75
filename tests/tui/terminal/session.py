"""The app on the demo's account in whatever terminal this is started in, with the frugal driver.

`python -m tests.tui.terminal.session FOLDER` writes to FOLDER/raw what Textual wrote, a JSON line each, and
the sizes it was told: what any driver of Textual's would have sent to the terminal.
"""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from pathlib import Path

# As `entitree.painting` does before anything imports Textual.
os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")

from entitree.accounts import Accounts, open_demo
from entitree.settings.paths import find_paths
from entitree.tui.app import EntitreeApp
from entitree.tui.driver import FrugalDriver

FOLDER = Path(sys.argv[1])
RAW = (FOLDER / "raw").open("w", buffering=1, encoding="utf-8")


class Telling(FrugalDriver):
    def write(self, data: str) -> None:
        RAW.write(json.dumps(data) + "\n")
        super().write(data)

    def _get_terminal_size(self) -> tuple[int, int]:
        size = super()._get_terminal_size()
        # Asked by the handler of a signal, which may come while something is written.
        self._loop.call_soon_threadsafe(RAW.write, json.dumps(size) + "\n")
        return size


if __name__ == "__main__":
    accounts = Accounts(find_paths(os.environ), {"ENTITREE_DRIVER": "frugal"})
    app = EntitreeApp(accounts, partial(open_demo, FOLDER / "demo"), clock=lambda _: "14:02:11")
    assert app.driver_class is FrugalDriver
    app.driver_class = Telling
    app.run()
    sys.exit(app.return_code)
