"""`entitree list`: applications, entities or resources out of the mirror, printed as they are found."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from entitree.cli.common import KINDS, add_profile, kind_of, with_account
from entitree.cli.outcome import EXIT_DONE, EXIT_SOME_FAILED
from entitree.cli.output import add_format, narrate, width, write_chunks
from entitree.errors import UnreachableError
from entitree.text import visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import AsyncIterator, Sequence

    from entitree.account import Account
    from entitree.cli.common import Verbs
    from entitree.cli.output import Row as OutRow
    from entitree.inventory.find import Query
    from entitree.inventory.listing import Listing
    from entitree.inventory.model import Family, FamilyState, Kind, ResourceLine, Row
    from entitree.inventory.store import Store

CHUNK = 1000
"""Rows that are held at once."""

RESOURCES = "resources"
_RESOURCE_COLUMNS = (
    "type", "id", "name", "owned", "detail", "channels", "pairs", "application", "entity", "associations",
)  # fmt: skip


def add_to(verbs: Verbs[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "list",
        help="list applications, entities or resources",
        description="Lists what the local mirror holds. It is read from the platform first where it never "
        "was, or with --refresh. Exit code 1 where the last reading was not whole.",
        allow_abbrev=False,
    )
    names = (*KINDS, RESOURCES)
    parser.add_argument("kind", type=_kind, metavar="|".join(names))
    parser.add_argument(
        "--filter",
        default="",
        metavar="EXPR",
        help="as in the app: words, id:, alias:, app:, entity:, channel:, type:, resource:, has:strategy, "
        "assoc:>5, orphan, unused, unowned, !not, /regular expression/",
    )
    parser.add_argument("--refresh", action="store_true", help="read from the platform first")
    add_profile(parser)
    add_format(parser)
    parser.set_defaults(run=_run)


def _kind(text: str) -> str:
    return RESOURCES if text in (RESOURCES, "resource") else kind_of(text, also=(RESOURCES,))


def _run(options: argparse.Namespace) -> int:
    return with_account(options, partial(_list, options, _query(options.filter)))


async def _list(options: argparse.Namespace, query: Query, account: Account) -> int:
    from entitree.inventory.model import Family, Kind

    kind = None if options.kind == RESOURCES else Kind(options.kind)
    own, others = _families(kind)
    states = await account.store.families()
    if options.refresh or any(
        states[family].read_at is None and not states[family].refused for family in own
    ):
        states = await _refresh(account, own, others)
    found = _Found(account.store, kind, query)
    columns: tuple[str, ...] = _RESOURCE_COLUMNS
    if kind is not None:
        other = Family.ENTITIES if kind is Kind.APPLICATION else Family.APPLICATIONS
        columns = ("id", "alias", other.value, "associations", "configurations")
    await write_chunks(columns, partial(found.chunks, columns), options.format)
    for family in (*own, *others):
        known = states[family]
        if known.problem or known.read_at is None:
            narrate(f"{family.value.capitalize()}: {known.problem or 'not read yet; use --refresh.'}")
    if found.unread:
        names = ", ".join(sorted(family.value for family in found.unread))
        narrate(f"The filter asks about what was never read, so nothing can match: {names}.")
    whole = all(states[family].whole for family in own)
    times = [read_at for family in own if (read_at := states[family].read_at) is not None]
    read = f", read {min(times).astimezone():%Y-%m-%d %H:%M:%S}" if times else ""
    what = RESOURCES if kind is None else own[0].value
    narrate(f"{found.count} of {found.total} {what}{read}{'' if whole else ', not whole'}.")
    return EXIT_DONE if whole else EXIT_SOME_FAILED


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
        if term.text and term.opener == "/":
            narrate(f"The filter has an open regular expression: “{piece}” was taken to reach to its end.")
        elif term.text:
            narrate(f"The filter has an open quote: “{piece}” was taken to reach to its end.")
        else:
            narrate(f"The filter says nothing with “{piece}”: that was left out.")
    return query


async def _refresh(
    account: Account, own: Sequence[Family], others: Sequence[Family]
) -> dict[Family, FamilyState]:
    """Reads what the list shows. Raises UnreachableError where that cannot be had: what was read earlier is
    not what was asked for.
    """

    await account.connect()
    narrate("Reading the account …")
    before = await account.store.families()
    states = await account.refresh((*own, *others))
    for family in own:
        if states[family].read_at == before[family].read_at:
            earlier = (
                "Without --refresh the list of an earlier reading is shown." if before[family].read_at else ""
            )
            raise UnreachableError(
                states[family].problem or f"{family.value} were not read.", hint=earlier, sent=True
            )
    return await account.store.families()


def _families(kind: Kind | None) -> tuple[tuple[Family, ...], tuple[Family, ...]]:
    """What is listed, and what its columns need besides."""
    from entitree.inventory.model import Family, Kind

    if kind is None:
        return (Family.NUMBERS, Family.SENDERS, Family.DOMAINS), (Family.ASSOCIATIONS,)
    own = Family.APPLICATIONS if kind is Kind.APPLICATION else Family.ENTITIES
    return (own,), (Family.ASSOCIATIONS, Family.STRATEGIES, Family.SUBSCRIPTIONS)


class _Found:
    """What matches, a chunk of rows at a time, while the search for more goes on."""

    def __init__(self, store: Store, kind: Kind | None, query: Query) -> None:
        self._store = store
        self._kind = kind
        self._query = query
        self.count = self.total = 0
        self.unread: frozenset[Family] = frozenset()

    async def chunks(self, columns: tuple[str, ...]) -> AsyncIterator[list[OutRow]]:
        kind = self._kind
        growing = (
            self._store.search_resources(self._query)
            if kind is None
            else self._store.search(kind, self._query)
        )
        told = 0
        async for listing in growing:
            self.count, self.total, self.unread = listing.count, listing.total, listing.unread
            while told < listing.count:
                stop = min(told + CHUNK, listing.count)
                yield await self._rows(listing, told, stop, columns)
                told = stop

    async def _rows(self, listing: Listing, start: int, stop: int, columns: tuple[str, ...]) -> list[OutRow]:
        keys = listing.keys[start:stop]
        cells: list[tuple[str | int | None, ...]]
        if listing.kind is None:
            lines = await self._store.resource_window(keys)
            cells = [_resource_cells(line) for line in lines if line is not None]
        else:
            cells = [_cells(row) for row in await self._store.rows(listing.kind, keys)]
        return [dict(zip(columns, each, strict=True)) for each in cells]


def _cells(row: Row) -> tuple[str | int | None, ...]:
    return row.item.id, row.item.alias, row.applications, row.associations, row.configurations


def _resource_cells(line: ResourceLine) -> tuple[str | int | None, ...]:
    application, entity = line.link or (None, None)
    resource = line.resource
    return (
        resource.type, resource.id, resource.name, "yes" if line.owned else "no", line.detail,
        " ".join(line.channels), line.pairs, application, entity, line.associations,
    )  # fmt: skip
