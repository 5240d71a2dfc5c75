"""`entitree export`: the whole mirror of an account, into a file or to standard output."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from entitree.cli.common import add_profile, with_account
from entitree.cli.listing import refresh
from entitree.cli.outcome import EXIT_DONE, EXIT_SOME_FAILED
from entitree.cli.output import narrate, prepared

if TYPE_CHECKING:
    import argparse
    from collections.abc import AsyncIterator

    from entitree.account import Account
    from entitree.cli.common import Verbs


def add_to(verbs: Verbs[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "export",
        help="write everything that is known of the account as JSON",
        description="Writes the whole local mirror: applications, entities, resources, API keys and all that "
        "ties them, without secrets. It is read from the platform first where it never was, or with "
        "--refresh. A FILE is made new, for you alone; nothing is overwritten. Exit code 1 where not all was "
        "read.",
        allow_abbrev=False,
    )
    parser.add_argument("file", nargs="?", metavar="FILE", help="without it, standard output")
    parser.add_argument(
        "--format",
        choices=("jsonl", "json"),
        help="a line of JSON for each thing, or one document (default: as FILE ends, else jsonl)",
    )
    parser.add_argument("--refresh", action="store_true", help="read from the platform first")
    add_profile(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    return with_account(options, partial(_export, options))


async def _export(options: argparse.Namespace, account: Account) -> int:
    from entitree.exports.whole import pieces
    from entitree.inventory.listings import LISTED
    from entitree.inventory.model import Family

    own = (Family.APPLICATIONS, Family.ENTITIES)
    states = await account.store.families()
    if options.refresh or any(states[each].read_at is None and not states[each].refused for each in own):
        states = await refresh(account, own, [each for each in LISTED if each not in own])
    form = options.format or ("json" if Path(options.file or "").suffix.lower() == ".json" else "jsonl")
    written = pieces(account.store, account.profile.name, form, datetime.now().astimezone())
    if options.file is None:
        out = prepared(form)
        async for piece in written:
            out.write(piece)
    else:
        narrate(f"The account is in {await _write(options.file, written)}.")
    unread = [states[each] for each in LISTED if not states[each].whole]
    for each in unread:
        narrate(f"{each.family.value.capitalize()}: {each.problem or 'not read yet; use --refresh.'}")
    return EXIT_SOME_FAILED if unread else EXIT_DONE


async def _write(name: str, written: AsyncIterator[str]) -> Path:
    from entitree.exports.files import NewFile

    with NewFile(Path(name)) as file:
        async for piece in written:
            file.write(piece)
    return file.path
