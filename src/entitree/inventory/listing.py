"""The answer of a search: an order, not rows."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entitree.inventory.model import Family, Kind


@dataclass(slots=True)
class Listing:
    """What matches, in order. While the search goes on it grows at its end and never changes elsewhere."""

    kind: Kind | None
    """None: resources, or API keys."""
    total: int
    """How many there are, whether they match or not."""
    keys: array[int] = field(default_factory=lambda: array("q"))
    """Row numbers of the matching; `Store.rows` turns a slice of them into rows."""
    complete: bool = True
    """All that matches is in `keys`."""
    unread: frozenset[Family] = frozenset()
    """What the query asks about and nobody has read yet: nothing can match for its sake."""
    head: Sequence[Any] = ()
    """The first of its rows as they were when the search began, so that a screenful is shown without another
    question. They are of the sort that was looked for; None for what has no line.
    """

    @property
    def count(self) -> int:
        """How many match, as far as is known."""
        return len(self.keys)
