"""Sorting: how long the event loop is held up meanwhile, and how long until the sorted rows are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks import inside, peers, visidata
from tests.benchmarks.lists import by_alias, by_id
from tests.benchmarks.mirrors import home
from tests.benchmarks.table import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.mirrors import Entity

HELD_BAR = 30.0
ROUNDS = 5
PAGE = 30
PEER_RUNS = 3
PEER_SIZE = 100_000
SCREEN = 35
"""Rows on the screen."""


def measure(sizes: tuple[int, ...]) -> Iterator[Line]:
    for size in sizes:
        yield from _size(size)


def _size(size: int) -> list[Line]:
    first = by_id(size)[0]
    columns = {
        "alias": ("alias", False, by_alias(size)),
        "associations, most first": ("associations", True, _most_first(size)),
        "id, last first": ("id", True, by_id(size)[::-1]),
    }
    asked = {
        "rounds": ROUNDS,
        "everything": [each.id for each in by_id(size)[:PAGE]],
        "columns": [
            {"name": name, "reverse": reverse, "first": _around(order, first)}
            for name, reverse, order in columns.values()
        ],
    }
    lines = []
    for what, took in zip(columns, inside.measured("sort", asked, home(size)), strict=True):
        screenful, held, idle = (tuple(each) for each in zip(*took, strict=True))
        name = f"sort by {what}, {size:,} entities"
        lines += [
            Line(f"{name}: event loop held up, worst", held, idle, most=HELD_BAR, against="at rest"),
            Line(f"{name}: sorted screenful", screenful),
        ]
        if size == PEER_SIZE and what.startswith("id"):
            lines.append(_peer(f"{name}: sorted screenful", screenful, size))
    return lines


def _most_first(size: int) -> list[Entity]:
    return sorted(by_id(size), key=lambda each: -len(each.applications))


def _around(order: list[Entity], item: Entity) -> list[str]:
    """What the list then shows: the cursor stays on its item, and that at its height, where there is more."""
    at = min(order.index(item), len(order) - SCREEN)
    return [each.id for each in order[at : at + PAGE]]


def _peer(name: str, values: tuple[float, ...], size: int) -> Line:
    try:
        took = tuple(visidata.turned(size) for _ in range(PEER_RUNS))
    except peers.MissingError as error:
        return Line(name, values, note=f"VisiData: {error}")
    return Line(name, values, took, against="VisiData, in a terminal")
