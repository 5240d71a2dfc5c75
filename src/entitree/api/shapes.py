"""How the platform's lists differ (platform.md 0.5): where the rows are, and what is said of the whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from pydantic import ValidationError

from entitree.api.models import Paging

_LARGEST_TOTAL = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Asked:
    """The page that was asked for, and how many rows came."""

    page: int
    size: int
    rows: int


ReadPaging: TypeAlias = Callable[[Mapping[str, object], Asked], Paging | None]
"""From all of a page but its rows; None where the platform says nothing, or nothing that makes sense."""


def _as_everywhere(rest: Mapping[str, object], asked: Asked) -> Paging | None:
    return _sensible(rest.get("paging"))


def _of_keys(rest: Mapping[str, object], asked: Asked) -> Paging | None:
    paging = rest.get("paging")
    if not isinstance(paging, dict):
        return None
    names = {"size": "pageSize", "totalResults": "totalCount"}
    return _sensible({**paging, **{ours: paging.get(theirs) for ours, theirs in names.items()}})


def _of_numbers(rest: Mapping[str, object], asked: Asked) -> Paging | None:
    """`numberCount` counts all numbers or those of the page, no document says which. More than came is the
    total for certain; as many as came may be either."""
    count = rest.get("numberCount")
    if not isinstance(count, int) or isinstance(count, bool) or count <= asked.rows:
        return None
    return _sensible(
        {
            "page": asked.page,
            "size": asked.size,
            "totalPages": -(-count // max(asked.size, 1)),
            "totalResults": count,
        }
    )


def _unpaged(rest: Mapping[str, object], asked: Asked) -> Paging | None:
    return None


@dataclass(frozen=True, slots=True)
class Shape:
    rows: str = "results"
    """Name of the array; empty where it is all of the body."""
    page: str = "page"
    size: str = "size"
    """Names in the query."""
    paging: ReadPaging = _as_everywhere
    last: int | None = None
    """Number of the last page that may be asked for."""


PAGED = Shape()
KEYS = Shape(rows="apiKeys", paging=_of_keys, last=100)
NUMBERS = Shape(rows="numbers", size="limit", paging=_of_numbers)
LOGS = Shape(size="limit", paging=_unpaged)
ARRAY = Shape(rows="", paging=_unpaged)


def _sensible(value: object) -> Paging | None:
    try:
        paging = Paging.model_validate(value)
    except (ValidationError, RecursionError):
        return None
    numbers = (paging.page, paging.size, paging.total_pages, paging.total_results)
    return paging if all(0 <= number <= _LARGEST_TOTAL for number in numbers) else None
