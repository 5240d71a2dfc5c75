"""How far a list was read, on platforms whose totals and whose pages cannot be trusted."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from entitree.api.models import WireModel

if TYPE_CHECKING:
    from entitree.api.replies import Page

T = TypeVar("T", bound=WireModel)

_MOST_REMEMBERED = 1_000_000


class Progress:
    def __init__(self, model: type[WireModel]) -> None:
        self.said = 0
        """Pages that there are by the platform's own account, twice over."""
        self._identity = attrgetter(*model.identified_by)
        self._rows = 0
        self._fullest = 1
        # Hashes, so that a long id takes no more room than a short one.
        self._seen: set[int] = set()

    def note(self, page: Page[T]) -> bool:
        """Count a page in. Returns whether it holds anything that no earlier one held."""
        rows = len(page.results) + len(page.odd)
        if not self._seen and page.paging is not None:
            # What was read before, where the reading begins further on.
            self._rows = page.number * page.paging.size
        self._rows += rows
        self._fullest = max(self._fullest, rows)
        if page.paging is not None:
            self.said = 2 * (page.paging.total_results // self._fullest) + 10
        keys = set(map(hash, map(self._identity, page.results)))
        keys.update(hash(row.text) for row in page.odd)
        new = not keys <= self._seen
        if len(self._seen) < _MOST_REMEMBERED:
            self._seen |= keys
        return new

    def at_end(self, page: Page[T]) -> bool:
        """Whether a page is so evidently the last that asking for another would waste a request."""
        rows = len(page.results) + len(page.odd)
        paging = page.paging
        return paging is not None and rows < paging.size and self._rows >= paging.total_results
