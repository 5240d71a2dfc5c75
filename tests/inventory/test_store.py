from __future__ import annotations

import asyncio
import sqlite3
import stat
import threading
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from entitree.errors import StorageError
from entitree.inventory.find import Column, Sort
from entitree.inventory.model import (
    AssociationRow,
    CriterionRow,
    Family,
    FamilyState,
    Item,
    Kind,
    Row,
    StrategyRow,
    SubscriptionRow,
)
from entitree.inventory.store import Store
from entitree.inventory.sweeps import Cover

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = datetime(2026, 7, 1, 14, 2, tzinfo=UTC)
COLA = Item(Kind.ENTITY, "cola", "Cola")
ACME = Item(Kind.ENTITY, "acme")
PROD = Item(Kind.APPLICATION, "prod", "Production")
DEFAULT = Item(Kind.APPLICATION, "default")
PAIR = AssociationRow("NUMBER", "SMS", "prod", "cola", "1")
ALONE = AssociationRow("NUMBER", "SMS", "prod", None, "1")
STRATEGY = StrategyRow("S1", "prod", "cola", "SMS", None, '{"a":1}')
BOTH = SubscriptionRow(
    "SMS", "both", "Both", (CriterionRow("prod", "cola"), CriterionRow("prod", "acme")), "p", '{"b":1}'
)
OTHER = SubscriptionRow("MMS", "both", None, (CriterionRow(None, "acme"),), "p", '{"c":1}')


async def fill(store: Store) -> None:
    await store.put(COLA, ACME, PROD, DEFAULT, PAIR, ALONE, STRATEGY, BOTH, OTHER)


async def know(store: Store, *families: Family) -> None:
    for family in families:
        await store.put_family(FamilyState(family, whole=True, read_at=NOW))


async def ids(store: Store, kind: Kind, query: str = "", sort: Sort | None = None) -> list[str]:
    listing = await store.find(kind, query, sort)
    return [row.item.id for row in await store.rows(kind, listing.keys)]


async def row(store: Store, kind: Kind, item_id: str) -> Row:
    listing = await store.find(kind, f'id:"{item_id}"')
    return (await store.rows(kind, listing.keys))[0]


async def test_what_was_put_is_found_again_after_reopening(tmp_path: Path) -> None:
    async with Store(tmp_path / "mirror.db") as store:
        await fill(store)
        await know(store, Family.ENTITIES)
    async with Store(tmp_path / "mirror.db") as store:
        assert await ids(store, Kind.ENTITY) == ["acme", "cola"]
        assert await store.item(Kind.ENTITY, "cola") == COLA
        assert await store.item(Kind.ENTITY, "nobody") is None
        assert await store.counts() == {Kind.APPLICATION: 2, Kind.ENTITY: 2}
        families = await store.families()
        assert families[Family.ENTITIES] == FamilyState(Family.ENTITIES, whole=True, read_at=NOW)
        assert families[Family.STRATEGIES] == FamilyState(Family.STRATEGIES)
        links = await store.links(Kind.ENTITY, ["cola"])
        assert (links.associations, links.strategies, links.subscriptions) == ((PAIR,), (STRATEGY,), (BOTH,))


async def test_counts_are_unknown_until_their_family_was_read(store: Store) -> None:
    await fill(store)
    assert await row(store, Kind.ENTITY, "cola") == Row(COLA, None, None, None)
    await know(store, Family.ASSOCIATIONS, Family.STRATEGIES)
    assert await row(store, Kind.ENTITY, "cola") == Row(COLA, 1, 1, None)
    await know(store, Family.SUBSCRIPTIONS)
    assert await row(store, Kind.ENTITY, "cola") == Row(COLA, 1, 1, 2)
    assert await row(store, Kind.ENTITY, "acme") == Row(ACME, 1, 0, 2)
    assert await row(store, Kind.APPLICATION, "prod") == Row(PROD, 2, 2, 2)
    assert await row(store, Kind.APPLICATION, "default") == Row(DEFAULT, 0, 0, 0)


async def test_a_family_that_failed_later_is_still_known(store: Store) -> None:
    await fill(store)
    state = FamilyState(Family.ASSOCIATIONS, whole=True, read_at=NOW, problem="It was refused.")
    await store.put_family(state)
    assert (await row(store, Kind.ENTITY, "cola")).associations == 1
    assert (await store.families())[Family.ASSOCIATIONS] == state


async def test_a_mirror_of_an_older_schema_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE entity (row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT, alias TEXT)")
        db.execute("CREATE TABLE family (name TEXT, whole INTEGER, read_at TEXT, problem TEXT)")
        db.execute("INSERT INTO entity (id) VALUES ('old')")
        db.execute("INSERT INTO family VALUES ('entities', 1, ?, NULL)", (NOW.isoformat(),))
        db.execute("PRAGMA user_version = 2")
        db.commit()
    async with Store(path) as store:
        assert store.recovered == ""
        assert await store.families() == {family: FamilyState(family) for family in Family}
        assert await ids(store, Kind.ENTITY) == []


async def test_the_default_application_is_first_whatever_the_sort(store: Store) -> None:
    await fill(store)
    await store.put(Item(Kind.APPLICATION, "aaa", "zzz"))
    for column in Column:
        for reverse in (False, True):
            assert (await ids(store, Kind.APPLICATION, sort=Sort(column, reverse)))[0] == "default"


async def test_position_is_where_an_id_stands_in_a_listing(store: Store) -> None:
    await fill(store)
    listing = await store.find(Kind.ENTITY, sort=Sort(reverse=True))
    assert [await store.position(listing, each) for each in ("cola", "acme", "nobody")] == [0, 1, None]
    filtered = await store.find(Kind.ENTITY, "acme")
    assert (filtered.count, filtered.total) == (1, 2)
    assert await store.position(filtered, "cola") is None


async def test_a_row_number_never_comes_to_mean_another_item(store: Store) -> None:
    await fill(store)
    listing = await store.find(Kind.ENTITY)
    await store.forget_item(Kind.ENTITY, "cola")
    await store.forget_item(Kind.ENTITY, "acme")
    await store.put(Item(Kind.ENTITY, "new"))
    assert await store.rows(Kind.ENTITY, listing.keys) == []


async def test_a_deletion_takes_all_that_names_the_item(store: Store) -> None:
    await fill(store)
    await store.forget_item(Kind.ENTITY, "cola")
    assert await ids(store, Kind.ENTITY) == ["acme"]
    links = await store.links(Kind.APPLICATION, ["prod"])
    assert (links.associations, links.strategies, links.subscriptions) == ((ALONE,), (), ())
    assert (await store.links(Kind.ENTITY, ["acme"])).subscriptions == (OTHER,)


async def test_putting_changes_and_forgetting_removes_just_that(store: Store) -> None:
    await fill(store)
    await store.put(Item(Kind.ENTITY, "acme", "Acme"))
    fewer = SubscriptionRow("SMS", "both", "Both", (CriterionRow("prod", None),), "p", '{"b":2}')
    await store.put(fewer)
    await store.forget(PAIR)
    assert await store.item(Kind.ENTITY, "acme") == Item(Kind.ENTITY, "acme", "Acme")
    assert (await store.links(Kind.APPLICATION, ["prod"])).subscriptions == (fewer,)
    assert (await store.links(Kind.ENTITY, ["cola"])).associations == ()
    assert (await store.links(Kind.APPLICATION, ["prod"])).associations == (ALONE,)


async def test_a_sweep_removes_what_a_whole_listing_did_not_show(store: Store) -> None:
    await fill(store)
    sweep = await store.begin_sweep(Cover(Family.ENTITIES))
    await store.add_page(sweep, [COLA])
    await store.add_page(sweep, [COLA, Item(Kind.ENTITY, "new")])
    assert (sweep.rows, sweep.newcomers, sweep.moved) == (2, 1, True)
    assert await store.end_sweep(sweep, remove=True) == 1
    assert await ids(store, Kind.ENTITY) == ["cola", "new"]


async def test_a_partial_listing_removes_nothing(store: Store) -> None:
    await fill(store)
    sweep = await store.begin_sweep(Cover(Family.ENTITIES))
    await store.add_page(sweep, [COLA])
    assert await store.end_sweep(sweep, remove=False) == 0
    assert await ids(store, Kind.ENTITY) == ["acme", "cola"]


@pytest.mark.parametrize(
    ("cover", "seen", "left"),
    [
        (Cover(Family.SUBSCRIPTIONS, part="SMS"), (), {OTHER}),
        (Cover(Family.SUBSCRIPTIONS, part="SMS"), (BOTH,), {BOTH, OTHER}),
        (Cover(Family.SUBSCRIPTIONS, naming=(Kind.ENTITY, "cola")), (), {OTHER}),
        (Cover(Family.SUBSCRIPTIONS, part="MMS", naming=(Kind.ENTITY, "cola")), (), {BOTH, OTHER}),
        (Cover(Family.ASSOCIATIONS, naming=(Kind.ENTITY, "cola")), (), {ALONE}),
        (Cover(Family.ASSOCIATIONS, naming=(Kind.APPLICATION, "prod")), (PAIR,), {PAIR}),
        (Cover(Family.STRATEGIES, naming=(Kind.ENTITY, "acme")), (), {STRATEGY}),
        (Cover(Family.STRATEGIES, naming=(Kind.ENTITY, "cola")), (), set()),
    ],
)
async def test_a_sweep_removes_within_what_it_covers_only(
    store: Store, cover: Cover, seen: tuple[SubscriptionRow, ...], left: set[object]
) -> None:
    await fill(store)
    sweep = await store.begin_sweep(cover)
    await store.add_page(sweep, seen)
    await store.end_sweep(sweep, remove=True)
    links = await store.links(Kind.APPLICATION, ["prod"])
    more = await store.links(Kind.ENTITY, ["acme"])
    found = {
        Family.ASSOCIATIONS: {*links.associations},
        Family.STRATEGIES: {*links.strategies},
        Family.SUBSCRIPTIONS: {*links.subscriptions, *more.subscriptions},
    }
    assert found[cover.family] == left


async def test_what_was_done_during_a_sweep_wins_over_its_pages(store: Store) -> None:
    await fill(store)
    sweep = await store.begin_sweep(Cover(Family.ENTITIES))
    ties = await store.begin_sweep(Cover(Family.ASSOCIATIONS))
    await store.put(Item(Kind.ENTITY, "new"), Item(Kind.ENTITY, "acme", "Acme"))
    await store.forget_item(Kind.ENTITY, "cola")
    await store.add_page(sweep, [COLA, ACME])
    await store.add_page(ties, [PAIR, ALONE])
    await store.end_sweep(sweep, remove=True)
    await store.end_sweep(ties, remove=True)
    assert await ids(store, Kind.ENTITY) == ["acme", "new"]
    assert await store.item(Kind.ENTITY, "acme") == Item(Kind.ENTITY, "acme", "Acme")
    assert (await store.links(Kind.APPLICATION, ["prod"])).associations == (ALONE,)


async def test_watchers_hear_of_changes_and_only_of_changes(store: Store) -> None:
    await fill(store)
    heard: list[int] = []
    stop = store.subscribe(lambda: heard.append(store.revision))
    before = store.revision
    sweep = await store.begin_sweep(Cover(Family.ENTITIES))
    await store.add_page(sweep, [COLA, ACME])
    await store.end_sweep(sweep, remove=True)
    await store.put(COLA, PAIR, BOTH)
    await store.forget(AssociationRow("NUMBER", "SMS", "prod", "nobody", "1"))
    assert (heard, store.revision) == ([], before)
    await store.put(Item(Kind.ENTITY, "new"))
    assert heard == [before + 1]
    stop()
    stop()
    await store.forget_item(Kind.ENTITY, "new")
    assert heard == [before + 1]


async def test_a_change_is_made_and_told_though_its_caller_is_cancelled(store: Store) -> None:
    heard = asyncio.Event()
    store.subscribe(heard.set)
    task = asyncio.create_task(store.put(COLA))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await heard.wait()
    assert await store.item(Kind.ENTITY, "cola") == COLA


async def test_many_ids_are_asked_for_at_once(store: Store) -> None:
    many = [Item(Kind.ENTITY, f"e{number}") for number in range(1200)]
    ties = [AssociationRow("NUMBER", "SMS", "prod", each.id, "1") for each in many]
    await store.put(*many, *ties)
    wanted = [each.id for each in many]
    assert len(await store.items(Kind.ENTITY, wanted)) == 1200
    assert len((await store.links(Kind.ENTITY, [*wanted, *wanted])).associations) == 1200


async def test_ids_and_aliases_are_kept_to_the_letter(store: Store) -> None:
    odd = [Item(Kind.ENTITY, text, text) for text in ("a\x00b", "\x1b[2J", "‮x", "é", "'; DROP--", " ")]
    await store.put(*odd)
    assert set((await store.items(Kind.ENTITY, [each.id for each in odd])).values()) == set(odd)
    assert await store.item(Kind.ENTITY, "\ud800") is None


async def test_the_file_is_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "mirror.db"
    async with Store(path) as store:
        await fill(store)
        modes = {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    async with Store(path) as store:
        await fill(store)
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StorageError, match="newer version"):
        await Store(path).open()
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT count(*) FROM entity").fetchone() == (2,)
    db.close()


def ruined_text(path: Path) -> None:
    path.write_text("not a database at all, but long enough to be looked at" * 50)


def ruined_pages(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100] + b"\xff" * 8000)


def ruined_tables(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE entity")
        db.commit()


def ruined_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 0")


@pytest.mark.parametrize("ruin", [ruined_text, ruined_pages, ruined_tables, ruined_version])
async def test_a_damaged_mirror_is_put_aside_and_begun_anew(
    tmp_path: Path, ruin: Callable[[Path], None]
) -> None:
    path = tmp_path / "mirror.db"
    for aside in ("mirror.db.damaged", "mirror.db.damaged-wal"):
        (tmp_path / aside).write_text("of an earlier time")
    async with Store(path) as store:
        await fill(store)
        assert store.recovered == ""
    ruin(path)
    ruined = path.read_bytes()
    async with Store(path) as store:
        assert "mirror.db.damaged" in store.recovered
        assert await store.counts() == dict.fromkeys(Kind, 0)
        await fill(store)
    assert (tmp_path / "mirror.db.damaged").read_bytes() == ruined
    assert not (tmp_path / "mirror.db.damaged-wal").exists()
    async with Store(path) as store:
        assert store.recovered == ""
        assert await store.item(Kind.ENTITY, COLA.id) == COLA


async def test_damage_that_shows_later_is_told_with_the_file_to_remove(store: Store) -> None:
    def ruin(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO family VALUES ('entities', 1, 'no date', NULL, 0, 0)")

    await store._database.write(ruin)
    with pytest.raises(StorageError, match=r"damaged.*Remove mirror\.db: it is only a copy"):
        await store.families()
    await store._database.write(lambda db: db.execute("DROP TABLE strategy"))
    with pytest.raises(StorageError, match=r"Remove mirror\.db: it is only a copy"):
        await store.links(Kind.ENTITY, ["x"])


async def test_a_full_disk_is_no_damage(store: Store, tmp_path: Path) -> None:

    def full(db: sqlite3.Connection) -> None:
        db.execute("PRAGMA max_page_count = 1")

    await store._database.write(full)
    with pytest.raises(StorageError, match="Free some space"):
        await store.put(*(Item(Kind.ENTITY, f"e{number}" * 50) for number in range(500)))
    assert await store.counts() == dict.fromkeys(Kind, 0)


async def test_a_folder_in_its_place_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    path.mkdir()
    store = Store(path)
    with pytest.raises(StorageError, match="Is a directory") as caught:
        await store.open()
    assert str(caught.value).count(str(path)) == 1
    assert path.is_dir()
    await store.aclose()


async def test_a_closed_store_answers_with_an_error(tmp_path: Path) -> None:
    store = Store(tmp_path / "mirror.db")
    with pytest.raises(StorageError, match="not open"):
        await store.counts()
    await store.open()
    await store.aclose()
    with pytest.raises(StorageError, match="closed"):
        await store.counts()


async def test_the_disk_is_never_waited_for_on_the_event_loop(store: Store) -> None:
    here = threading.get_ident()
    threads: list[int] = []
    store.subscribe(lambda: threads.append(threading.get_ident()))
    await store.put(COLA)
    assert threads == [here]
    assert await store._database.read(lambda db: threading.get_ident()) != here
    assert await store._database.write(lambda db: threading.get_ident()) != here
