"""`entitree demo`: the app on a throw-away sandbox, or a scenario played in the terminal."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from entitree.cli.common import add_no_profile, find_accounts, refuse_profile
from entitree.cli.open_app import need_terminal

if TYPE_CHECKING:
    import argparse

    from entitree.cli.common import Verbs


def add_to(verbs: Verbs[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "demo",
        help="open the app on a throw-away sandbox, or play a scenario",
        description="Opens the app on a sandbox filled as a real account is, at ten times the real limits. "
        "It is thrown away when the app closes. With NAME a scenario plays by itself; q or Ctrl+Q leaves it.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "name", nargs="?", metavar="NAME", help="a scenario (entitree demo --list names them)"
    )
    parser.add_argument(
        "--list", action="store_true", dest="list_scenarios", help="name the scenarios and stop"
    )
    add_no_profile(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    refuse_profile(options)
    from entitree.demos import SCENARIOS, find_scenario

    if options.list_scenarios:
        for each in SCENARIOS.values():
            print(f"{each.name}  {each.about}")
        return 0
    scenario = None if options.name is None else find_scenario(options.name)
    need_terminal()
    from entitree.accounts import open_demo
    from entitree.cli.throwaway import throw_away
    from entitree.tui.app import EntitreeApp

    with throw_away("demo") as folder:
        app = EntitreeApp(find_accounts(), partial(open_demo, folder))
        if scenario is None:
            app.run()
        else:
            from entitree.demos.player import play

            play(app, scenario)
        return app.return_code or 0
