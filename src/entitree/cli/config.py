"""`entitree config`: what is wrong with the settings, and where each value came from."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from entitree.cli.common import add_profile, find_accounts, refuse_profile, run_in_order
from entitree.cli.outcome import EXIT_DONE, EXIT_USAGE
from entitree.cli.output import Told, add_format, narrate, write_chunks

if TYPE_CHECKING:
    import argparse
    from collections.abc import AsyncIterator, Sequence

    from entitree.cli.common import Verbs
    from entitree.cli.output import Row
    from entitree.settings.checking import Names, Problem
    from entitree.settings.paths import Paths
    from entitree.settings.showing import Shown

_PROBLEM = ("file", "line", "key", "problem", "nearest")
_SETTING = ("setting", "value", "from")


def add_to(verbs: Verbs[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "config",
        help="check the settings, or show where each comes from",
        description="Checks config.toml, profiles.toml, secrets.toml and the variables, or shows what holds.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    check = commands.add_parser(
        "check",
        help="say all that is wrong",
        description="Prints every problem with file, line, key and what was probably meant. Exit code 2 "
        "where there are any. Secrets are never printed.",
        allow_abbrev=False,
    )
    add_format(check)
    add_profile(check)
    check.set_defaults(run=_check)
    show = commands.add_parser(
        "show",
        help="say what holds, and why",
        description="Prints every setting of a profile with its value and where that came from. Of secrets "
        "it says only that they are set.",
        allow_abbrev=False,
    )
    add_format(show)
    add_profile(show)
    show.set_defaults(run=_show)


def _check(options: argparse.Namespace) -> int:
    from entitree.accounts import find_problems
    from entitree.settings.paths import find_paths

    refuse_profile(options)
    paths = find_paths(os.environ)
    problems = find_problems(paths, os.environ, _names(paths))
    if problems:
        narrate(f"In {paths.config}:")
    else:
        narrate(f"Nothing is wrong with the settings in {paths.config} and the environment.")
    if problems or options.format != "table":
        _print(_PROBLEM, [_problem_row(each) for each in problems], options.format)
    return EXIT_USAGE if problems else EXIT_DONE


def _names(paths: Paths) -> Names:
    """What the app calls its themes and commands; it takes a moment to import."""
    from entitree.settings.checking import Names
    from entitree.tui.commands.keymap import resolve
    from entitree.tui.commands.places import grounds, typed
    from entitree.tui.themes import theme_names

    return Names(theme_names(paths.themes), lambda wanted: resolve(wanted, grounds(), typed()).problems)


def _show(options: argparse.Namespace) -> int:
    from entitree.settings.showing import shown_settings

    found: list[Shown] = []

    async def show() -> int:
        found.extend(await shown_settings(find_accounts().settings, options.profile))
        return EXIT_DONE

    code = run_in_order(show)
    _print(_SETTING, [_setting_row(each) for each in found], options.format)
    return code


def _problem_row(problem: Problem) -> Row:
    file = problem.file
    hint = "" if problem.nearest else problem.hint
    return {
        "file": Told(None, "environment") if file is None else Told(str(file), file.name),
        "line": problem.line,
        "key": problem.key or None,
        "problem": f"{problem.what} {hint}".rstrip(),
        "nearest": problem.nearest or None,
    }


def _setting_row(shown: Shown) -> Row:
    return {
        "setting": shown.setting,
        "value": Told(shown.value, _text(shown.value)),
        "from": shown.source,
    }


def _text(value: object) -> str:
    match value:
        case None:
            return "not set"
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(map(str, value)) or "none"
        case _:
            return str(value)


def _print(columns: Sequence[str], rows: Sequence[Row], form: str) -> None:
    async def chunks() -> AsyncIterator[Sequence[Row]]:
        yield rows

    async def write() -> int:
        await write_chunks(columns, chunks, form)
        return EXIT_DONE

    run_in_order(write)
