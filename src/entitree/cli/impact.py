"""`entitree impact`: every configuration that a deletion would remove, and why."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from entitree.cli.common import add_profile, with_account
from entitree.cli.outcome import EXIT_DONE, EXIT_SOME_FAILED
from entitree.cli.output import Row, add_format, narrate, write_rows

if TYPE_CHECKING:
    import argparse

    from entitree.account import Account
    from entitree.changes.impact import Impact, Removal

COLUMNS = ("effect", "family", "object", "channel", "tied_to", "because", "also_serves")


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "impact",
        help="list what a deletion would remove, and why",
        description="Reads from the platform what names the ids, and lists every configuration that their "
        "deletion would remove. Deletes nothing. Exit code 1 where an id does not exist.",
    )
    parser.add_argument("kind", choices=("application", "entity"), metavar="application|entity")
    parser.add_argument("ids", nargs="+", metavar="ID")
    add_profile(parser)
    add_format(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    return with_account(options, partial(_impact, options))


async def _impact(options: argparse.Namespace, account: Account) -> int:
    from entitree.inventory.model import Kind

    kind = Kind(options.kind)
    await account.connect()
    found = await account.desk.impact(kind, options.ids)
    write_rows(COLUMNS, _rows(found), options.format)
    for each in found.not_checked:
        narrate(f"Not checked: {each.what}: {each.why}.".replace("..", "."))
    there = {item.id for item in found.items}
    missing = [each for each in found.ids if each not in there]
    for absent in missing:
        narrate(f"There is no {kind.value} {absent}.")
    narrate(f"{len(found.removals)} configurations would be removed, {len(found.resets)} numbers reset.")
    return EXIT_SOME_FAILED if missing else EXIT_DONE


def _rows(found: Impact) -> list[Row]:
    rows = [_removal(each) for each in found.removals]
    rows += [
        {
            "effect": "reset",
            "family": "number",
            "object": each.resource_id,
            "channel": ", ".join(each.channels),
            "tied_to": [],
            "because": each.why,
            "also_serves": [],
        }
        for each in found.resets
    ]
    return rows


def _removal(removal: Removal) -> Row:
    from entitree.changes.impact import pair
    from entitree.inventory.model import AssociationRow, StrategyRow

    what = removal.what
    match what:
        case AssociationRow():
            family, name = "association", what.resource_id
        case StrategyRow():
            family, name = "strategy", what.id
        case _:
            family, name = "subscription", what.id
    return {
        "effect": "removed",
        "family": family,
        "object": name,
        "channel": what.channel,
        "tied_to": list(removal.pairs),
        "because": removal.reason,
        "also_serves": [pair(each.application_id, each.entity_id) for each in removal.others],
    }
