"""What a new account holds: `empty`, `docs` (the examples of the guide), `demo` (as a real one looks), or
`scale:N` (a demo of N entities)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from entitree.errors import UsageError
from entitree.sandbox.seeds import scale
from entitree.sandbox.seeds.demo import demo
from entitree.sandbox.seeds.docs import docs
from entitree.sandbox.seeds.traffic import date
from entitree.sandbox.seeds.world import World, write

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

__all__ = ["SEEDS", "World", "date", "named", "write"]

SEEDS: dict[str, Callable[[], World]] = {"empty": World, "docs": docs, "demo": demo}
_SCALE = "scale:"


def named(name: str) -> Callable[[sqlite3.Connection], None]:
    """What writes the seed of that name into an empty state; `date` puts its messages on the clock.

    Raises:
        UsageError: there is no such seed, or its number of entities is none from 1 to ten million.
    """
    if name in SEEDS:
        make = SEEDS[name]
        return lambda db: write(db, make())
    if not name.startswith(_SCALE):
        raise UsageError(f"There is no sandbox seed {name!r}.", hint=f"Seeds: {', '.join(SEEDS)}, {_SCALE}N.")
    size = name.removeprefix(_SCALE)
    if not (size.isascii() and size.isdigit() and len(size) < 9 and 1 <= int(size) <= scale.LARGEST):
        raise UsageError(
            f"The sandbox seed {name!r} has no such size.",
            hint=f"{_SCALE}N takes 1 to {scale.LARGEST} entities.",
        )
    return partial(scale.write, entities=int(size))
