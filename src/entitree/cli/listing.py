"""`entitree list`: applications or entities out of the mirror, filtered."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from entitree.cli.common import add_profile, with_account
from entitree.cli.output import Row as OutRow
from entitree.cli.output import add_format, narrate, write_rows

if TYPE_CHECKING:
    import argparse

    from entitree.account import Account
    from entitree.inventory.model import Family, FamilyState, Row

KINDS = ("applications", "entities")


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "list",
        help="list applications or entities",
        description="Lists what the local mirror holds. It is read from the platform first where it never "
        "was, or with --refresh.",
    )
    parser.add_argument("kind", choices=KINDS, metavar="KIND", help=" or ".join(KINDS))
    parser.add_argument(
        "--filter", default="", metavar="EXPR", help="as in the app: words, app:, entity:, !not"
    )
    parser.add_argument("--refresh", action="store_true", help="read from the platform first")
    add_profile(parser)
    add_format(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    return with_account(options, partial(_list, options))


async def _list(options: argparse.Namespace, account: Account) -> int:
    from entitree.errors import UnreachableError
    from entitree.inventory.find import parse
    from entitree.inventory.model import Family, Kind

    query = parse(options.filter)
    kind = Kind.APPLICATION if options.kind == KINDS[0] else Kind.ENTITY
    own = Family.APPLICATIONS if kind is Kind.APPLICATION else Family.ENTITIES
    state = (await account.store.families())[own]
    if options.refresh or state.read_at is None:
        state = await _refresh(account, own)
        if state.read_at is None:
            raise UnreachableError(state.problem or f"The {own.value} could not be read.", sent=True)
    listing = await account.store.find(kind, query)
    rows = await account.store.rows(kind, listing.keys)
    other = "entities" if kind is Kind.APPLICATION else "applications"
    write_rows(
        ("id", "alias", other, "associations", "configurations"),
        (_out(row, other) for row in rows),
        options.format,
    )
    read = state.read_at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    whole = "" if state.whole else ", not whole"
    narrate(f"{listing.count} of {listing.total} {own.value}, read {read}{whole}.")
    return 0


async def _refresh(account: Account, own: Family) -> FamilyState:
    from entitree.inventory.model import Family
    from entitree.inventory.sync import refresh

    await account.connect()
    states = await refresh(account.client, account.store, tuple(Family))
    for problem in dict.fromkeys(each.problem for each in states.values() if each.problem):
        narrate(problem)
    return states[own]


def _out(row: Row, other: str) -> OutRow:
    return {
        "id": row.item.id,
        "alias": row.item.alias,
        other: row.applications,
        "associations": row.associations,
        "configurations": row.configurations,
    }
