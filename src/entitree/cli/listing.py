"""`entitree list`: applications, entities, resources or API keys of the mirror, printed as they are found."""

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
    from collections.abc import Sequence

    from entitree.account import Account
    from entitree.cli.common import Verbs
    from entitree.inventory.find import Query
    from entitree.inventory.model import Family, FamilyState

_ALSO = {"resources": "resource", "keys": "key"}
"""What is listed beside applications and entities: in the plural, and in the singular."""


def add_to(verbs: Verbs[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "list",
        help="list applications, entities, resources or API keys",
        description="Lists what the local mirror holds. It is read from the platform first where it never "
        "was, or with --refresh. Exit code 1 where the last reading was not whole.",
        allow_abbrev=False,
    )
    names = (*KINDS, *_ALSO)
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
    """The list's name, in the plural."""
    for plural, singular in (KINDS | _ALSO).items():
        if text in (plural, singular):
            return plural
    return kind_of(text, also=tuple(_ALSO))


def _run(options: argparse.Namespace) -> int:
    return with_account(options, partial(_list, options, _query(options.filter)))


async def _list(options: argparse.Namespace, query: Query, account: Account) -> int:
    from entitree.exports.lists import SHAPES, Listed

    shape = SHAPES[options.kind]
    own, others = shape.own, shape.others
    states = await account.store.families()
    if options.refresh or any(
        states[family].read_at is None and not states[family].refused for family in own
    ):
        states = await refresh(account, own, others)
    found = Listed(account.store, shape, query)
    await write_chunks(shape.columns, found.chunks, options.format)
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
    narrate(f"{found.count} of {found.total} {shape.name}{read}{'' if whole else ', not whole'}.")
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


async def refresh(
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
