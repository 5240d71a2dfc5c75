"""The command line: one file a verb. Parse, call, print.

Standard output is data, standard error is narration. Exit codes: 0 done, 1 some items failed, 2 usage or
settings, 3 cannot reach or not allowed, 4 refused because the account changed, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from entitree import garbage
from entitree.cli import open_app
from entitree.cli.outcome import EXIT_DONE, EXIT_INTERRUPTED, EXIT_SOME_FAILED, EXIT_USAGE, exit_code
from entitree.errors import EntitreeError
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_OPENING_THE_APP = (None, "demo")


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and returns its exit code. Whatever goes wrong, no value is printed with it."""
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except EntitreeError as error:
        _complain(str(error))
        return exit_code(error)
    except KeyboardInterrupt:
        _complain("Interrupted.")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader has seen enough.
        _drop_output()
        return EXIT_DONE
    except OSError as error:
        _drop_output()
        _complain(f"{error.filename or 'The output'} cannot be used: {error.strerror}.")
        return EXIT_USAGE
    except Exception as error:  # noqa: BLE001 - Python's own report quotes values, keys among them
        _complain(f"This is a mistake of entitree: {type(error).__name__}{_places(error)}")
        if list(arguments[:1]) != ["worker"] and (log := _keep(error)) is not None:
            # What a worker prints goes into a log anyway.
            _complain(f"This stands in {log}")
        return EXIT_SOME_FAILED
    return code


def _run(arguments: Sequence[str]) -> int:
    try:
        options = _parser(verbs=bool(arguments)).parse_args(arguments)
        if options.verb not in _OPENING_THE_APP:
            garbage.release()
        code: int = options.run(options)
    except SystemExit as end:
        # From --help, --version, a wrong usage, or a signal that ends the program.
        return end.code if isinstance(end.code, int) else EXIT_DONE
    return code


def _complain(sentence: str) -> None:
    print(f"entitree: {visible(sentence)}", file=sys.stderr)


def _places(error: Exception) -> str:
    import traceback

    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return "".join(f", {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)


def _keep(error: Exception) -> Path | None:
    """Writes it down; returns where."""
    from entitree.log.program import note_crash
    from entitree.settings.paths import find_paths

    try:
        return note_crash(find_paths(os.environ).logs, error)
    except EntitreeError:
        return None


def _drop_output() -> None:
    # What is still in the buffer would fail again, loudly, when Python closes standard output.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _parser(*, verbs: bool) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="entitree",
        description="A terminal app for the applications and entities of a CPaaS X account. Unofficial.",
        epilog="Without a command the app opens: on the default profile, or on a sandbox of its own. "
        "Environment: ENTITREE_BASE_URL with ENTITREE_API_KEY opens that account; ENTITREE_HOME moves "
        "config and data to one folder. Exit codes: 0 done, 1 some items failed, 2 usage or settings, "
        "3 cannot reach or not allowed, 4 refused because the account changed, 130 interrupted.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, help="print the version and stop")
    open_app.add_options(parser)
    parser.set_defaults(verb=None)
    if verbs:
        # Not for the app alone, which is to be there at once.
        from entitree.cli import (
            apply,
            config,
            demo,
            export,
            impact as impact_verb,
            jobs,
            listing,
            plan,
            sandbox,
            worker,
        )

        commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="verb")
        for verb in (demo, sandbox, listing, impact_verb, export, plan, apply, jobs, config, worker):
            verb.add_to(commands)
    return parser


class _Version(argparse.Action):
    """Prints the version alone, on standard output."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from entitree import __version__

        print(f"entitree {__version__}")
        parser.exit()
