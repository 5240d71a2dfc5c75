"""The command line: one file a verb. Parse, call, print.

Standard output is data, standard error is narration. Exit codes: 0 done, 1 some items failed, 2 usage or
settings, 3 cannot reach or not allowed, 4 refused because the account changed, 130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from entitree.cli import demo, listing, open_app, sandbox
from entitree.cli import impact as impact_verb
from entitree.cli.outcome import EXIT_INTERRUPTED, exit_code
from entitree.errors import EntitreeError
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and returns its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        code: int = options.run(options)
    except EntitreeError as error:
        print(f"entitree: {visible(str(error))}", file=sys.stderr)
        return exit_code(error)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader has seen enough. Python would complain again while it closes standard output.
        sys.stderr.close()
        return 0
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="entitree",
        description="A terminal app for the applications and entities of a CPaaS X account. Unofficial.",
        epilog="Without a command the app opens: on the default profile, or on a sandbox of its own. "
        "Environment: ENTITREE_BASE_URL with ENTITREE_API_KEY opens that account; ENTITREE_HOME moves "
        "config and data to one folder.",
    )
    parser.add_argument("--version", action=_Version, help="print the version and stop")
    open_app.add_options(parser)
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND")
    for verb in (demo, sandbox, listing, impact_verb):
        verb.add_to(verbs)
    return parser


class _Version(argparse.Action):
    """Looks the version up only when asked: importlib.metadata is slow to import."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:  # noqa: A002 - argparse's name
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"entitree {version('entitree')}")
        parser.exit()
