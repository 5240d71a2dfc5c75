"""Mirrors of accounts of any size, made without a platform, and homes to open them in.

An account of N entities has N associations with eight applications, and no other configurations.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from entitree.inventory.model import AssociationRow, Family, FamilyState, Item, Kind
from entitree.inventory.store import Store
from entitree.inventory.sweeps import Cover
from entitree.sandbox.seeds.names import COMPANIES, COUNTRIES
from entitree.sandbox.seeds.scale import entity_id
from entitree.settings.environment import API_KEY, BASE_URL
from entitree.settings.paths import find_paths
from entitree.settings.profiles import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from entitree.inventory.records import Stored

SIZES = (1_000, 100_000, 1_000_000)
APPLICATIONS = ("default", "billing", "campaigns", "prod-eu", "prod-us", "staging", "surveys", "tests")
_PAGE = 20_000
_NOBODY = "http://127.0.0.1:9"
"""Discard: nobody listens there, so that the mirror stays as it was made."""

_folder: TemporaryDirectory[str] | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    id: str
    alias: str | None
    applications: tuple[str, ...]
    """Those it is tied to, by one association each."""


def entities(count: int) -> Iterator[Entity]:
    """The entities of the account of so many."""
    for at in range(count):
        company, (_, country) = COMPANIES[at % len(COMPANIES)], COUNTRIES[at % len(COUNTRIES)]
        alias = None if at % 9 == 4 else f"{company} {country} {at + 1}"
        # Some have none, some two, most one.
        # Strewn, so that neighbours in the list differ.
        strewn = at * 2_654_435_761 >> 16
        first, tied = strewn // 4, (0, 1, 2, 1)[strewn % 4]
        applications = {APPLICATIONS[number % len(APPLICATIONS)] for number in range(first, first + tied)}
        yield Entity(entity_id(at), alias, tuple(sorted(applications)))


@cache
def home(count: int) -> Mapping[str, str]:
    """An environment for `entitree` whose account of so many was read whole, and cannot be reached now.

    Made once a run, and gone with it.
    """
    global _folder
    if _folder is None:
        _folder = TemporaryDirectory(prefix="entitree-benchmarks-")
    place = Path(_folder.name) / str(count)
    environ = {"ENTITREE_HOME": str(place), BASE_URL: _NOBODY, API_KEY: "none"}
    folder = account_folder(environ)
    folder.mkdir(parents=True)
    asyncio.run(_fill(folder, count))
    return environ


def account_folder(environ: Mapping[str, str]) -> Path:
    """Where `entitree` keeps the mirror of the account that this environment names."""
    from entitree.api.urls import base_url

    paths = find_paths(environ)
    return paths.account(load_settings(paths, environ, base_url).choose(None).folder)


async def _fill(folder: Path, count: int) -> None:
    async with Store(folder / "mirror.db") as store:
        for family in Family:
            await sweep(store, family, _rows(family, count))


async def sweep(store: Store, family: Family, rows: Iterable[Stored]) -> None:
    """Puts a family into the mirror as if it had been read whole."""
    number = await store.begin_sweep(Cover(family))
    left = iter(rows)
    while page := list(islice(left, _PAGE)):
        await store.add_page(number, page)
    await store.end_sweep(number, remove=True)
    await store.put_family(FamilyState(family, whole=True, read_at=datetime.now(UTC)))


def _rows(family: Family, count: int) -> Iterator[Stored]:
    match family:
        case Family.APPLICATIONS:
            for id_ in APPLICATIONS:
                yield Item(Kind.APPLICATION, id_, id_.capitalize())
        case Family.ENTITIES:
            for entity in entities(count):
                yield Item(Kind.ENTITY, entity.id, entity.alias)
        case Family.ASSOCIATIONS:
            for entity in entities(count):
                for application in entity.applications:
                    yield AssociationRow("NUMBER", "SMS", application, entity.id, f"number of {entity.id}")
        case _:
            return
