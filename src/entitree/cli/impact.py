"""`entitree impact`: every configuration that a deletion would remove, and why."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from entitree.api.names import DEFAULT_APPLICATION
from entitree.cli.common import add_kind, add_profile, with_account
from entitree.cli.outcome import EXIT_DONE, EXIT_SOME_FAILED, EXIT_UNREACHABLE
from entitree.cli.output import Told, add_format, narrate, write_chunks
from entitree.errors import UnreachableError, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import AsyncIterator, Iterable, Sequence

    from entitree.account import Account
    from entitree.changes.impact import Configuration, Impact, Removal, Reset
    from entitree.cli.common import Verbs
    from entitree.cli.output import Row
    from entitree.inventory.model import AssociationRow, CriterionRow, Kind, StrategyRow

COLUMNS = (
    "effect",
    "family",
    "id",
    "resource_type",
    "channels",
    "tied_to",
    "names",
    "because",
    "also_serves",
)


def add_to(verbs: Verbs[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "impact",
        help="list what a deletion would remove, and why",
        description="Reads from the platform what names the ids, and lists every configuration that their "
        "deletion would remove. Deletes nothing. Exit code 1 where an id does not exist, 3 where something "
        "could not be read.",
        allow_abbrev=False,
    )
    add_kind(parser)
    parser.add_argument("ids", nargs="+", metavar="ID")
    add_profile(parser)
    add_format(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    return with_account(options, partial(_impact, options))


async def _impact(options: argparse.Namespace, account: Account) -> int:
    from entitree.inventory.model import Family, Kind

    kind = Kind(options.kind)
    if kind is Kind.APPLICATION and DEFAULT_APPLICATION in options.ids:
        raise UsageError("The default application always exists and cannot be deleted.")
    await account.connect()
    found = await account.desk.impact(kind, options.ids)
    unread = {each.family: each.why for each in found.not_checked if each.family is not None}
    own = Family.APPLICATIONS if kind is Kind.APPLICATION else Family.ENTITIES
    if not found.checked:
        # Nothing is known, so there is nothing to print: no rows would read as nothing tied.
        raise UnreachableError(next(iter(unread.values())), sent=True)
    await write_chunks(COLUMNS, partial(_chunks, found), options.format)
    for each in found.not_checked:
        narrate(f"Not checked: {each.what}: {each.why.rstrip('.')}.")
    missing = [] if own in unread else _missing(found, kind)
    removed, reset = len(found.removals), len(found.resets)
    narrate(
        f"{removed} configuration{'' if removed == 1 else 's'} would be removed, "
        f"{reset} number{'' if reset == 1 else 's'} reset."
    )
    if unread:
        return EXIT_UNREACHABLE
    return EXIT_SOME_FAILED if missing else EXIT_DONE


def _missing(found: Impact, kind: Kind) -> list[str]:
    there = {item.id for item in found.items}
    missing = [each for each in found.ids if each not in there]
    for each in missing:
        narrate(f"There is no {kind.value} “{each}”.")
    return missing


async def _chunks(found: Impact) -> AsyncIterator[list[Row]]:
    yield [_removal(each) for each in found.removals]
    yield [_reset(each) for each in found.resets]


def _removal(removal: Removal) -> Row:
    from entitree.inventory.model import SubscriptionRow

    what = removal.what
    family, identifier, resource_type = _identity(what)
    return {
        "effect": "removed",
        "family": family,
        "id": identifier,
        "resource_type": resource_type,
        "channels": _list((what.channel,) if what.channel else ()),
        "tied_to": _pairs(what.criteria if isinstance(what, SubscriptionRow) else (what,)),
        "names": _list(removal.names),
        "because": removal.because.value,
        "also_serves": _pairs(removal.others),
    }


def _identity(what: Configuration) -> tuple[str, str, str | None]:
    from entitree.inventory.model import AssociationRow, StrategyRow

    if isinstance(what, AssociationRow):
        return "association", what.resource_id, what.resource_type
    return "strategy" if isinstance(what, StrategyRow) else "subscription", what.id, None


def _reset(reset: Reset) -> Row:
    return {
        "effect": "reset",
        "family": "number",
        "id": reset.resource_id,
        "resource_type": "NUMBER",
        "channels": _list(reset.channels),
        "tied_to": _list(()),
        "names": _list(()),
        "because": reset.why,
        "also_serves": _list(()),
    }


def _pairs(rows: Iterable[AssociationRow | StrategyRow | CriterionRow]) -> Told:
    from entitree.changes.impact import pair

    halves = [(row.application_id, row.entity_id) for row in rows]
    return Told(
        [{"application": application, "entity": entity} for application, entity in halves],
        ", ".join(pair(application, entity) for application, entity in halves),
    )


def _list(values: Sequence[str]) -> Told:
    return Told(list(values), ", ".join(values))
