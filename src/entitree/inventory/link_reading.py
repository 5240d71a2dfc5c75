"""How what names some ids is read: each family by id or as a whole, whichever needs fewer requests.

By id a list is asked for once for each id, of subscriptions once for each id and channel: several ids in one
request would mean those that name all of them (platform.md 4). Numbers and API keys know no filter by id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from entitree.api.names import SUBSCRIPTION_CHANNELS
from entitree.inventory.listings import PAGE, SUBSCRIPTION_PAGE, cost
from entitree.inventory.model import Family, Kind
from entitree.text import mended

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from sqlite3 import Connection

    from entitree.inventory.links import Links

LINKING = (Family.ASSOCIATIONS, Family.STRATEGIES, Family.SUBSCRIPTIONS)
"""What the deletion of what it names takes with it."""

UNREAD_ROWS = 20_000
"""What a family is taken to hold that was never read to its end."""

_ONLY_WHOLE = frozenset({Family.NUMBERS, Family.KEYS})
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Known:
    """What the mirror knows of a family."""

    rows: int
    read: bool
    """It was read to its end at least once."""
    naming: int = 0
    """Its rows that name one of the ids."""


@dataclass(frozen=True, slots=True)
class Part:
    """How one family is read, and what that takes as far as is known."""

    family: Family
    whole: bool
    requests: int
    seconds: float
    """From the first request to the last, at the documented rate; 0.0 where none is declared."""


@dataclass(frozen=True, slots=True)
class ReadingPlan:
    """Families that are read side by side, each on its own limit."""

    parts: tuple[Part, ...]

    @property
    def requests(self) -> int:
        return sum(each.requests for each in self.parts)

    @property
    def seconds(self) -> float:
        return max((each.seconds for each in self.parts), default=0.0)


def plan_reading(ids: int, families: Mapping[Family, Known]) -> ReadingPlan:
    """The cheapest way to read what names so many ids."""
    return ReadingPlan(tuple(_part(ids, family, known) for family, known in families.items()))


def own_family(kind: Kind) -> Family:
    """The family of the items themselves."""
    return Family.APPLICATIONS if kind is Kind.APPLICATION else Family.ENTITIES


def named_rows(connection: Connection, kind: Kind, ids: Sequence[str]) -> dict[Family, int]:
    """How many rows of each family in `LINKING` name `ids`; one that names several counts for each."""
    columns = ", ".join(f"ifnull(sum({family.value}), 0)" for family in LINKING)
    found = dict.fromkeys(LINKING, 0)
    for start in range(0, len(ids), _CHUNK):
        chunk = [mended(each) for each in ids[start : start + _CHUNK]]
        marks = ",".join("?" * len(chunk))
        counts = connection.execute(f"SELECT {columns} FROM {kind.value} WHERE id IN ({marks})", chunk)
        for family, count in zip(LINKING, counts.fetchone(), strict=True):
            found[family] += count
    return found


def number_names(connection: Connection, links: Links) -> dict[str, str]:
    """What people call the numbers that `links` name by their key, as far as they are known."""
    keys = {each.resource_id for each in links.associations if each.resource_type == "NUMBER"}
    keys.update(each.resource_id for each in links.inbound)
    return numbers_called(connection, keys)


def numbers_called(connection: Connection, keys: Iterable[str]) -> dict[str, str]:
    """What people call numbers, by their keys, as far as they are known."""
    ordered = sorted(keys)
    found: dict[str, str] = {}
    for start in range(0, len(ordered), _CHUNK):
        chunk = ordered[start : start + _CHUNK]
        marks = ",".join("?" * len(chunk))
        found.update(connection.execute(f"SELECT key, number FROM number WHERE key IN ({marks})", chunk))
    return found


def _part(ids: int, family: Family, known: Known) -> Part:
    rows = known.rows if known.read else max(known.rows, UNREAD_ROWS)
    pace = cost(family, 0).seconds
    whole = cost(family, rows).requests
    named = _by_id(ids, family, known)
    if family in _ONLY_WHOLE:
        # What was never read is not taken to be large where there is no choice.
        whole = cost(family, known.rows).requests
    by_id = family not in _ONLY_WHOLE and named <= whole
    requests = named if by_id else whole
    return Part(family, not by_id, requests, max(0, requests - 1) * pace)


def _by_id(ids: int, family: Family, known: Known) -> int:
    lists, page = (
        (len(SUBSCRIPTION_CHANNELS), SUBSCRIPTION_PAGE) if family is Family.SUBSCRIPTIONS else (1, PAGE)
    )
    return ids * lists + known.naming // page
