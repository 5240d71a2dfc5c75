"""Something is found in a growing listing where a plain look at all of it finds it."""

from __future__ import annotations

from array import array

from hypothesis import given, strategies as st

from entitree.inventory.listing import Listing
from entitree.inventory.model import Kind
from entitree.tui.widgets.seeker import Seeker

parts = st.lists(st.lists(st.integers(0, 40), max_size=9), min_size=1, max_size=6)


@given(parts=parts, key=st.integers(0, 40), near=st.integers(0, 60), other=st.integers(0, 40))
async def test_a_row_is_found_as_soon_as_it_is_there(
    parts: list[list[int]], key: int, near: int, other: int
) -> None:
    async def position(listing: Listing, name: str) -> int | None:
        return None

    # A row stands in a listing once.
    order = list(dict.fromkeys(each for part in parts for each in part))
    seeker = Seeker[str](position)
    listing = Listing(Kind.ENTITY, len(order), array("q"), complete=False)
    for at in range(len(order) + 1):
        listing.keys = array("q", order[:at])
        # The cursor is moved now and then while the listing grows.
        sought = other if at % 3 == 2 else key
        found = await seeker.index(listing, key=sought, name=None, near=near)
        assert found == (order.index(sought) if sought in order[:at] else None)


async def test_what_was_made_anew_is_found_by_its_name_once_all_is_there() -> None:
    asked: list[int] = []

    async def position(listing: Listing, name: str) -> int | None:
        asked.append(listing.count)
        return 1 if name == "shop" else None

    seeker = Seeker[str](position)
    listing = Listing(Kind.ENTITY, 3, array("q", [7, 8]), complete=False)
    assert await seeker.index(listing, key=5, name="shop") is None
    listing.keys.append(9)
    listing.complete = True
    assert await seeker.index(listing, key=5, name="shop") == 1
    assert asked == [3]


async def test_a_name_alone_is_asked_for_each_time_the_listing_has_doubled() -> None:
    asked: list[int] = []

    async def position(listing: Listing, name: str) -> int | None:
        asked.append(listing.count)
        return None

    seeker = Seeker[str](position)
    listing = Listing(Kind.ENTITY, 100, array("q", [0]), complete=False)
    for count in range(1, 101):
        listing.keys = array("q", range(count))
        listing.complete = count == 100
        await seeker.index(listing, key=None, name="shop")
    assert asked == [1, 2, 4, 8, 16, 32, 64, 100]


async def test_nothing_is_sought_where_there_is_no_row() -> None:
    async def position(listing: Listing, name: str) -> int | None:
        raise AssertionError

    assert await Seeker[str](position).index(Listing(Kind.ENTITY, 0), key=None, name=None) is None
