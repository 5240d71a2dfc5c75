"""`entitree impact`: everything that a deletion would remove, reset or stop, and why; and what is in use."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from entitree.api.names import DEFAULT_APPLICATION
from entitree.cli.common import add_kind, add_profile, with_account
from entitree.cli.outcome import EXIT_DONE, EXIT_SOME_FAILED, EXIT_UNREACHABLE
from entitree.cli.output import add_format, narrate, write_chunks
from entitree.errors import UnreachableError, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import AsyncIterator, Sequence

    from entitree.account import Account
    from entitree.changes.impact import Impact, InUse
    from entitree.cli.common import Verbs
    from entitree.cli.output import Row
    from entitree.inventory.listings import Cost
    from entitree.inventory.model import Kind


_REMOVED = frozenset({"associations", "strategies", "subscriptions"})
"""Families of what is removed."""


def add_to(verbs: Verbs[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "impact",
        help="list what a deletion would remove, reset or stop, and why",
        description="Reads from the platform what names the ids, and lists every configuration that their "
        "deletion would remove, the numbers and inbound configurations it would reset, the API keys that "
        "would stop working, and the ids that messages were sent with in the last 48 hours. Deletes nothing. "
        "Exit code 1 where an id does not exist, 3 where something that would be removed could not be read.",
        allow_abbrev=False,
    )
    add_kind(parser)
    parser.add_argument("ids", nargs="+", metavar="ID")
    parser.add_argument(
        "--no-traffic", action="store_true", help="do not look whether the ids are still in use"
    )
    add_profile(parser)
    add_format(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    return with_account(options, partial(_impact, options))


async def _impact(options: argparse.Namespace, account: Account) -> int:
    from entitree.changes.impact.in_use import in_use_cost
    from entitree.exports.impacts import COLUMNS, impact_rows, unchecked_rows
    from entitree.inventory.model import Family, Kind

    kind = Kind(options.kind)
    if kind is Kind.APPLICATION and DEFAULT_APPLICATION in options.ids:
        raise UsageError("The default application always exists and cannot be deleted.")
    await account.connect()
    desk, limits = account.desk, account.profile.limits
    narrate(f"Reading what names them: {cost_words(await desk.impact_cost(kind, options.ids, limits))}.")
    found = await desk.impact(kind, options.ids)
    if not found.checked:
        # Nothing is known, so there is nothing to print: no rows would read as nothing tied.
        why = next(each.why for each in found.not_checked if each.family is not None)
        raise UnreachableError(why, sent=True)
    if not options.no_traffic:
        narrate(
            f"Looking for messages of the last 48 hours: {cost_words(in_use_cost(len(found.ids), limits))}."
        )
        found = replace(found, in_use=await desk.in_use(found))
    # People read on standard error what was not looked at; for programs it is data like the rest.
    rows = impact_rows(found) if options.format == "table" else [*impact_rows(found), *unchecked_rows(found)]
    await write_chunks(COLUMNS, partial(_chunk, rows), options.format)
    own = Family.APPLICATIONS if kind is Kind.APPLICATION else Family.ENTITIES
    unread = {each.family.value for each in found.not_checked if each.family is not None}
    missing = [] if own.value in unread else _missing(found, kind)
    _tell(found)
    if unread & {own.value, *_REMOVED}:
        return EXIT_UNREACHABLE
    return EXIT_SOME_FAILED if missing else EXIT_DONE


def cost_words(cost: Cost) -> str:
    """What a reading costs: `12 requests, about 3 s`."""
    time = f", about {math.ceil(cost.seconds)} s" if cost.seconds else ""
    return f"{_counted(cost.requests, 'request')}{time}"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _tell(found: Impact) -> None:
    """What no row says: what was not looked at, and how much there is of each."""
    from entitree.changes.impact.words import not_checked, unwalked

    for what, why in not_checked(found):
        narrate(f"Not checked: {what}: {why.rstrip('.')}.")
    if found.unwalked is not None:
        what, why = unwalked(found.unwalked, str)
        narrate(f"Not checked: {what}: {why}. entitree reads them all with M, w.")
    if found.in_use is not None:
        _tell_use(found.in_use)
    narrate(effect_words(found))


def effect_words(found: Impact) -> str:
    """How much there is of each, in a sentence."""
    return (
        f"{_counted(len(found.removals), 'configuration')} would be removed, "
        f"{len(found.resets)} reset, {_counted(len(found.stops), 'API key')} would lose links."
    )


def _tell_use(use: InUse) -> None:
    from entitree.changes.impact.words import RECREATION, sampled

    if use.is_sample:
        narrate(f"In use: {sampled(use)}.")
    if use.used:
        narrate(f"In use: {RECREATION}")


def _missing(found: Impact, kind: Kind) -> list[str]:
    there = {item.id for item in found.items}
    missing = [each for each in found.ids if each not in there]
    for each in missing:
        narrate(f"There is no {kind.value} “{each}”.")
    return missing


async def _chunk(rows: Sequence[Row]) -> AsyncIterator[Sequence[Row]]:
    yield rows
