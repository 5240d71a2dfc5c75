"""What is kept of the counts is what counting would give, whatever was written in between."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hypothesis import given, settings, strategies as st

from entitree.inventory.model import AssociationRow, Family, Item, Kind
from entitree.inventory.records import TABLES
from entitree.inventory.store import Store
from entitree.inventory.sweeps import Cover
from entitree.inventory.totals import RESOURCES, Totals

if TYPE_CHECKING:
    from sqlite3 import Connection

_entities = st.sampled_from("abc").map(lambda each: Item(Kind.ENTITY, each))
_ties = st.builds(
    lambda entity, number: AssociationRow("NUMBER", "SMS", "p", entity, number),
    st.sampled_from("abcd"),
    st.sampled_from("12"),
)
_whats = st.sampled_from(["put", "forget", "list", "delete"])
_steps = st.lists(st.tuples(_whats, _entities | _ties), max_size=12)


@settings(max_examples=60, deadline=None)
@given(_steps)
def test_what_is_kept_is_what_counting_gives(steps: list[tuple[str, Item | AssociationRow]]) -> None:
    asyncio.run(_run(steps))


async def _run(steps: list[tuple[str, Item | AssociationRow]]) -> None:
    with TemporaryDirectory() as folder:
        async with Store(Path(folder) / "mirror.db") as store:
            for what, row in steps:
                match what:
                    case "put":
                        await store.put(row)
                    case "forget":
                        await store.forget(row)
                    case "delete" if isinstance(row, Item):
                        await store.forget_item(row.kind, row.id)
                    case _:
                        family = Family.ENTITIES if isinstance(row, Item) else Family.ASSOCIATIONS
                        sweep = await store.begin_sweep(Cover(family))
                        await store.add_page(sweep, [row])
                        await store.end_sweep(sweep, remove=True)
                told, counted = await store.ask(_both)
                assert told.told == counted
                await store.keep(told.totals)
                again, _ = await store.ask(_both)
                assert again.told == counted
                assert again.totals.counted == {}


class _Told:
    def __init__(self, db: Connection) -> None:
        self.totals = Totals(db)
        self.told = {family.value: self.totals.of(family) for family in Family}
        self.told[RESOURCES] = self.totals.resources()


def _both(db: Connection) -> tuple[_Told, dict[str, int]]:
    def count(what: str) -> int:
        return int(db.execute(f"SELECT count(*) FROM {what}").fetchone()[0])

    there = {Family.APPLICATIONS, Family.ENTITIES}
    counted = {
        family.value: count(TABLES[family] + (" WHERE there = 1" if family in there else ""))
        for family in Family
    }
    return _Told(db), counted | {RESOURCES: count(RESOURCES)}
