"""What a new account holds: `empty`, `docs` (the examples of the guide) or `demo` (as a real one looks)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.errors import UsageError
from entitree.sandbox.seeds.demo import demo
from entitree.sandbox.seeds.docs import docs
from entitree.sandbox.seeds.world import World, write

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["SEEDS", "World", "named", "write"]

SEEDS: dict[str, Callable[[], World]] = {"empty": World, "docs": docs, "demo": demo}


def named(name: str) -> Callable[[], World]:
    """
    Raises:
        UsageError: there is no such seed.
    """
    if name not in SEEDS:
        raise UsageError(f"There is no sandbox seed {name!r}.", hint=f"Seeds: {', '.join(SEEDS)}.")
    return SEEDS[name]
