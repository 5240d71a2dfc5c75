"""By id or as a whole: whichever needs fewer requests, known before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, strategies as st

from entitree.api.names import SUBSCRIPTION_CHANNELS
from entitree.inventory.link_reading import LINKING, UNREAD_ROWS, Known, named_rows, plan_reading
from entitree.inventory.listings import cost
from entitree.inventory.model import AssociationRow, Family, Kind, StrategyRow
from entitree.inventory.sync import plan_links, refresh, refresh_links

if TYPE_CHECKING:
    from entitree.api.client import PlatformClient
    from entitree.inventory.store import Store

CHANNELS = len(SUBSCRIPTION_CHANNELS)


def told(ids: int, family: Family, rows: int, *, read: bool = True, naming: int = 0) -> tuple[bool, int]:
    (part,) = plan_reading(ids, {family: Known(rows, read, naming)}).parts
    return part.whole, part.requests


def test_a_few_ids_are_asked_for_and_many_listed() -> None:
    assert told(1, Family.ASSOCIATIONS, 200_000) == (False, 1)
    assert told(200, Family.ASSOCIATIONS, 200_000) == (False, 200)
    assert told(201, Family.ASSOCIATIONS, 200_000) == (True, 200)
    assert told(5000, Family.ENTITIES, 100_000) == (True, 100)
    assert told(3, Family.STRATEGIES, 0) == (True, 1)


def test_an_id_with_much_tied_to_it_takes_more_than_one_page() -> None:
    assert told(1, Family.ASSOCIATIONS, 100_000, naming=50_000) == (False, 51)
    assert told(60, Family.ASSOCIATIONS, 100_000, naming=90_000) == (True, 100)


def test_subscriptions_take_a_request_for_each_id_and_channel() -> None:
    assert told(1, Family.SUBSCRIPTIONS, 500) == (False, CHANNELS)
    assert told(2, Family.SUBSCRIPTIONS, 500) == (True, CHANNELS + 4)


def test_what_was_never_read_is_taken_to_be_large() -> None:
    pages = UNREAD_ROWS // 1000
    assert told(pages, Family.ENTITIES, 0, read=False) == (False, pages)
    assert told(pages + 1, Family.ENTITIES, 0, read=False) == (True, pages)


def test_numbers_and_keys_know_no_filter_by_id() -> None:
    assert told(1, Family.NUMBERS, 1988) == (True, 3)
    assert told(1, Family.KEYS, 0, read=False) == (True, 1)


def test_families_are_read_side_by_side_each_on_its_own_limit() -> None:
    planned = plan_reading(
        3, {Family.ASSOCIATIONS: Known(90_000, read=True), Family.KEYS: Known(900, read=True)}
    )
    assert (planned.requests, planned.seconds) == (3 + 9, 2.0)


@given(st.integers(1, 10_000), st.sampled_from(LINKING), st.integers(0, 1_000_000), st.integers(0, 1_000_000))
def test_never_more_than_either_way_takes(ids: int, family: Family, rows: int, naming: int) -> None:
    whole, requests = told(ids, family, rows, naming=min(rows, naming))
    assert requests <= cost(family, rows).requests or not whole
    assert requests <= ids * (CHANNELS if family is Family.SUBSCRIPTIONS else 1) + min(rows, naming) // 100


async def test_the_cost_that_is_told_is_what_is_sent(client: PlatformClient, store: Store) -> None:
    await refresh(client, store)
    families = (*LINKING, Family.NUMBERS, Family.KEYS)
    for ids in (["big-cola"], ["big-cola", "mc-burger"], ["big-cola", "mc-burger", "cost-center-100"]):
        planned = await plan_links(store, Kind.ENTITY, ids, families)
        reading = await refresh_links(client, store, Kind.ENTITY, ids, families)
        # Of numbers the platform's own count may spare the page behind the last.
        assert planned.requests - 1 <= reading.requests <= planned.requests
        assert reading.not_checked == ()


async def test_how_much_names_the_ids_is_counted(store: Store) -> None:
    await store.put(
        AssociationRow("NUMBER", "SMS", "prod", "a", "1"),
        AssociationRow("NUMBER", "SMS", "prod", "b", "1"),
        AssociationRow("NUMBER", "SMS", "prod", None, "2"),
        StrategyRow("S", "prod", "a", None, None, "{}"),
    )
    counts = await store.ask(lambda db: named_rows(db, Kind.ENTITY, ["a", "b", "nobody"]))
    assert counts == {Family.ASSOCIATIONS: 2, Family.STRATEGIES: 1, Family.SUBSCRIPTIONS: 0}
    counts = await store.ask(lambda db: named_rows(db, Kind.APPLICATION, ["prod"]))
    assert counts[Family.ASSOCIATIONS] == 3
