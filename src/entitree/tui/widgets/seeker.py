"""Where in a listing something is, while the listing grows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic

from entitree.tui.widgets.row_source import NameT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from entitree.inventory.listing import Listing

_NEAR = 2_000
"""Rows either way that are looked at first: after a change most rows are about where they were."""


class Seeker(Generic[NameT]):
    """Looks through each part of one growing listing once. `position` is asked for what only has a name."""

    def __init__(self, position: Callable[[Listing, NameT], Awaitable[int | None]]) -> None:
        self._position = position
        self._key: int | None = None
        self._at: int | None = None
        self._seen = 0

    async def index(
        self, listing: Listing, *, key: int | None, name: NameT | None, near: int = 0
    ) -> int | None:
        """Index of the row numbered `key`, or of what is called `name`; None where it is not there so far.

        `near` is where it was before. Once the listing is complete the answer is certain.
        """
        if key is None:
            return None if name is None else await self._named(listing, name)
        if key != self._key:
            self._key, self._at, self._seen = key, None, 0
        if self._at is None:
            stop = len(listing.keys)
            if self._seen == 0:
                self._at = _index(listing, key, max(0, near - _NEAR), near + _NEAR)
            if self._at is None:
                self._at = _index(listing, key, self._seen, stop)
            self._seen = stop
        if self._at is None and listing.complete and name is not None:
            # Removed and made again meanwhile: it has another number.
            self._at = await self._position(listing, name)
        return self._at

    async def _named(self, listing: Listing, name: NameT) -> int | None:
        # Each time all of the listing is looked through: not before it is twice as long.
        if not listing.complete and listing.count < 2 * self._seen:
            return None
        self._seen = listing.count
        return await self._position(listing, name)


def _index(listing: Listing, key: int, start: int, stop: int) -> int | None:
    try:
        return listing.keys.index(key, start, stop)
    except ValueError:
        return None
