"""`entitree list`: applications or entities out of the mirror, filtered."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from entitree.cli.common import add_kind, add_profile, with_account
from entitree.cli.outcome import EXIT_DONE, EXIT_SOME_FAILED
from entitree.cli.output import add_format, narrate, width, write_chunks
from entitree.errors import UnreachableError
from entitree.text import visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import AsyncIterator

    from entitree.account import Account
    from entitree.cli.common import Verbs
    from entitree.cli.output import Row as OutRow
    from entitree.inventory.find import Listing, Query
    from entitree.inventory.model import Family, FamilyState, Row

CHUNK = 1000
"""Rows that are held at once."""


def add_to(verbs: Verbs[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "list",
        help="list applications or entities",
        description="Lists what the local mirror holds. It is read from the platform first where it never "
        "was, or with --refresh. Exit code 1 where the last reading was not whole.",
        allow_abbrev=False,
    )
    add_kind(parser, plural=True)
    parser.add_argument(
        "--filter", default="", metavar="EXPR", help="as in the app: words, app:, entity:, !not"
    )
    parser.add_argument("--refresh", action="store_true", help="read from the platform first")
    add_profile(parser)
    add_format(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    return with_account(options, partial(_list, options, _query(options.filter)))


async def _list(options: argparse.Namespace, query: Query, account: Account) -> int:
    from entitree.inventory.model import Family, Kind

    kind = Kind(options.kind)
    own, other = Family.APPLICATIONS, Family.ENTITIES
    if kind is Kind.ENTITY:
        own, other = other, own
    states = await account.store.families()
    if options.refresh or states[own].read_at is None:
        states = await _refresh(account, own)
    state = states[own]
    listing = await account.store.find(kind, query)
    columns = ("id", "alias", other.value, "associations", "configurations")
    await write_chunks(columns, partial(_chunks, account, listing, columns), options.format)
    for family in _needed(own):
        known = states[family]
        if known.problem or known.read_at is None:
            narrate(f"{family.value.capitalize()}: {known.problem or 'not read yet; use --refresh.'}")
    read = "" if state.read_at is None else f", read {state.read_at.astimezone():%Y-%m-%d %H:%M:%S}"
    narrate(f"{listing.count} of {listing.total} {own.value}{read}{'' if state.whole else ', not whole'}.")
    return EXIT_DONE if state.whole else EXIT_SOME_FAILED


def _query(text: str) -> Query:
    """Says what of it was read in a way that may not have been meant. Raises FilterError, having pointed at
    the character.
    """
    from entitree.inventory.find import FilterError, parse, unfinished

    try:
        query = parse(text)
    except FilterError as error:
        before = visible(text[: error.at])
        print(f"  {before}{visible(text[error.at :])}\n  {' ' * width(before)}^", file=sys.stderr)
        raise
    for piece, term in unfinished(text):
        if term.text:
            narrate(f"The filter has an open quote: “{piece}” was taken to reach to its end.")
        else:
            narrate(f"The filter says nothing with “{piece}”: that was left out.")
    return query


async def _refresh(account: Account, own: Family) -> dict[Family, FamilyState]:
    """Reads what the list shows. Raises UnreachableError where that cannot be had: what was read earlier is
    not what was asked for.
    """

    await account.connect()
    narrate("Reading the account …")
    before = (await account.store.families())[own].read_at
    states = await account.refresh(_needed(own))
    state = states[own]
    if state.read_at == before:
        earlier = "Without --refresh the list of an earlier reading is shown." if before else ""
        raise UnreachableError(state.problem or f"{own.value} were not read.", hint=earlier, sent=True)
    return states


def _needed(own: Family) -> tuple[Family, ...]:
    from entitree.inventory.model import Family

    return (own, Family.ASSOCIATIONS, Family.STRATEGIES, Family.SUBSCRIPTIONS)


async def _chunks(
    account: Account, listing: Listing, columns: tuple[str, ...]
) -> AsyncIterator[list[OutRow]]:
    for start in range(0, len(listing.keys), CHUNK):
        rows = await account.store.rows(listing.kind, listing.keys[start : start + CHUNK])
        yield [dict(zip(columns, _cells(row), strict=True)) for row in rows]


def _cells(row: Row) -> tuple[str | int | None, ...]:
    return row.item.id, row.item.alias, row.applications, row.associations, row.configurations
