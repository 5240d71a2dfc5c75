"""`entitree`: opens the terminal app, and nothing more of it."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING

from entitree.cli.common import add_profile, find_accounts
from entitree.errors import UsageError

if TYPE_CHECKING:
    import argparse


def add_options(parser: argparse.ArgumentParser) -> None:
    add_profile(parser, default=None)
    parser.set_defaults(run=_run)


def need_terminal() -> None:
    """Raises UsageError where there is no terminal to draw on."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "There is no terminal to open the app in.", hint="For scripts: entitree list, entitree impact."
        )
    if os.environ.get("TERM", "") in ("", "dumb"):
        raise UsageError(
            f"TERM is {os.environ.get('TERM', '')!r}, and such a terminal cannot draw a screen.",
            hint="Set TERM to what it really is, for instance xterm-256color.",
        )


def _run(options: argparse.Namespace) -> int:
    need_terminal()
    accounts = find_accounts()
    profile = accounts.choose(options.profile)
    # The widget library only after all that can be said without it.
    from entitree.tui.app import EntitreeApp

    app = EntitreeApp(accounts, partial(accounts.open, profile))
    app.run()
    return app.return_code or 0
