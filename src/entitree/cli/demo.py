"""`entitree demo`: the app on a throw-away sandbox, or a scenario played in the terminal."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from entitree.cli.open_app import need_terminal

if TYPE_CHECKING:
    import argparse


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "demo",
        help="open the app on a throw-away sandbox, or play a scenario",
        description="Opens the app on a sandbox filled as a real account is, at ten times the real limits. "
        "It is thrown away when the app closes. With NAME a scenario plays by itself; any key stops it.",
    )
    parser.add_argument(
        "name", nargs="?", metavar="NAME", help="a scenario (entitree demo --list names them)"
    )
    parser.add_argument(
        "--list", action="store_true", dest="list_scenarios", help="name the scenarios and stop"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    if options.list_scenarios:
        from entitree.demos import SCENARIOS

        for scenario in SCENARIOS.values():
            print(f"{scenario.name}  {scenario.about}")
        return 0
    need_terminal()
    from entitree.account import Accounts, open_demo
    from entitree.settings.paths import find_paths
    from entitree.tui.app import EntitreeApp

    accounts = Accounts(find_paths(os.environ), os.environ)
    with TemporaryDirectory(prefix="entitree-demo-") as folder:
        app = EntitreeApp(accounts, partial(open_demo, Path(folder)))
        if options.name is None:
            app.run()
        else:
            from entitree.demos import find_scenario
            from entitree.demos.player import play

            play(app, find_scenario(options.name))
        return app.return_code or 0
