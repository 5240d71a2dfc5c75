"""A plan that was made: into a file or onto standard output, with what is to be said of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from entitree.cli.outcome import EXIT_DONE, EXIT_USAGE
from entitree.cli.output import FORMATS, narrate
from entitree.cli.plan_lines import narrate_lines, narrate_rest, write_lines
from entitree.errors import StorageError, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from entitree.changes.edits import Edit
    from entitree.changes.plan import Plan

SHOWN = 20
"""Lines of a plan that are said where the plan itself is printed."""


def add_out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", metavar="FILE", help="write the plan to FILE, which must not be there yet")
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default=None,
        help="print a line a step in this form instead of the plan (default with --out: table)",
    )


def check_out(options: argparse.Namespace) -> None:
    """Raises UsageError where the file is there already: better before a long reading than after it."""
    if options.out is not None and os.path.lexists(options.out):
        _refuse(options.out)


async def hand_out(
    options: argparse.Namespace,
    plan: Plan,
    factor: float | None,
    *,
    named: Callable[[Edit], str] = str,
) -> int:
    """Writes the plan to where `options` want it, says what is to be said of it, and returns the exit code. A
    plan with conflicts is not written: they are said, each behind what `named` calls its edit.

    `factor` times the documented limits are allowed. Raises UsageError and StorageError.
    """
    if plan.conflicts:
        for each in plan.conflicts:
            narrate(f"! {named(each.edit)}: {each.text}")
        narrate(f"No plan was made: {len(plan.conflicts)} of what was asked for cannot be done.")
        return EXIT_USAGE
    if options.out is None and options.format is None:
        from entitree.changes.plan.files import written

        sys.stdout.write(written(plan))
        sys.stdout.flush()
        narrate_lines(plan, SHOWN)
    else:
        if options.out is not None:
            import asyncio

            await asyncio.to_thread(_save, plan, options.out)
        await write_lines(plan, options.format or "table")
        sys.stdout.flush()
    narrate_rest(plan, factor)
    if options.out is not None:
        narrate(f"Saved: entitree apply {options.out}")
    elif options.format is not None:
        narrate("The plan itself was not kept: --out FILE keeps it.")
    return EXIT_DONE


def _save(plan: Plan, name: str) -> None:
    from entitree.changes.plan.files import save

    path = Path(name)
    try:
        # Taken before it is written: what somebody else puts there meanwhile is not overwritten.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        _refuse(name)
    except OSError as error:
        raise StorageError(f"{name} cannot be written: {error.strerror}.") from None
    try:
        save(plan, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _refuse(name: str) -> None:
    raise UsageError(f"{name} is there already, and is not overwritten.", hint="Choose another name.")
