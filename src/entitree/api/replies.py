"""From bytes to wire models. One odd row never hides a page; an odd body is one kind of error."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar

from pydantic import ValidationError

from entitree.api.models import (
    Application,
    Association,
    Entity,
    Paging,
    SendingStrategy,
    Subscription,
    WireModel,
)
from entitree.api.urls import addressable
from entitree.errors import BadReplyError
from entitree.text import mended, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T", bound=WireModel)

_LONGEST_SHOWN = 200
_LARGEST_TOTAL = 2**63 - 1


@dataclass(frozen=True, slots=True)
class OddRow:
    """A row of a page that is not what the platform documents; the rest of the page is not affected."""

    position: int
    """Index within the page."""
    text: str
    """The row as JSON, inert, cut to 200 characters."""
    problem: str


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list. Strings with lone surrogates are mended, and their rows `unaddressable`."""

    results: tuple[T, ...]
    odd: tuple[OddRow, ...] = ()
    paging: Paging | None = None
    """None where the platform sent none that makes sense; its totals may lie (hazards: replies)."""
    unaddressable: frozenset[int] = frozenset()
    """Indices into `results` of rows that can be shown but not written to."""

    def rows(self) -> Iterator[tuple[T, bool]]:
        """Each row, and whether a request can name it."""
        for index, row in enumerate(self.results):
            yield row, index not in self.unaddressable


def identity(row: WireModel) -> tuple[str | None, ...]:
    """What tells a row of a list from every other row of it."""
    match row:
        case Application():
            return (row.application_id,)
        case Entity():
            return (row.entity_id,)
        case Association():
            return (row.resource_type, row.channel, row.application_id, row.entity_id, row.resource_id)
        case SendingStrategy():
            return (row.sending_strategy_id,)
        case Subscription():
            return (row.subscription_id,)
    raise TypeError(f"no list holds {_article(type(row).__name__)}")


def parse_json(body: bytes) -> object:
    """The JSON value in `body`.

    Raises:
        BadReplyError: no JSON, not UTF-8, nested too deep, or with numbers no one can count with.
    """
    try:
        value: object = json.loads(body.decode("utf-8"), parse_constant=_refuse_number, parse_float=_finite)
        return value
    except RecursionError:
        raise BadReplyError("the answer is nested too deep") from None
    except ValueError:
        raise BadReplyError("the answer is not the JSON it should be") from None


def parse_object(body: bytes, model: type[T]) -> T:
    """The one object in `body`, strings mended.

    Raises:
        BadReplyError: it is not one of these.
    """
    value = parse_json(body)
    try:
        value, _ = _mend(value)
        return model.model_validate(value)
    except (ValidationError, RecursionError):
        raise BadReplyError(f"the answer is not {_article(model.__name__)}") from None


def parse_page(body: bytes, model: type[T]) -> Page[T]:
    """The page in `body`: its good rows, its odd rows, and where it stands.

    Raises:
        BadReplyError: it is not a page at all.
    """
    value = parse_json(body)
    if not isinstance(value, dict) or not isinstance(value.get("results"), list):
        raise BadReplyError("the answer is not a page of a list")
    may_be_torn = b"\\u" in body
    good: list[T] = []
    odd: list[OddRow] = []
    unaddressable: set[int] = set()
    for position, raw in enumerate(value["results"]):
        try:
            row, torn = _mend(raw) if may_be_torn else (raw, False)
            parsed = model.model_validate(row)
        except (ValidationError, RecursionError) as error:
            odd.append(OddRow(position, _shown(raw), _problem(error)))
            continue
        if torn or not _can_be_named(parsed):
            unaddressable.add(len(good))
        good.append(parsed)
    return Page(tuple(good), tuple(odd), _paging(value.get("paging")), frozenset(unaddressable))


def _can_be_named(row: WireModel) -> bool:
    match row:
        case Application():
            return addressable(row.application_id)
        case Entity():
            return addressable(row.entity_id)
        case SendingStrategy():
            return addressable(row.sending_strategy_id)
        case Subscription():
            return addressable(row.subscription_id)
        case _:
            # Named by query or body, which carry any string.
            return True


def _paging(value: object) -> Paging | None:
    try:
        paging = Paging.model_validate(value)
    except (ValidationError, RecursionError):
        return None
    numbers = (paging.page, paging.size, paging.total_pages, paging.total_results)
    return paging if all(0 <= number <= _LARGEST_TOTAL for number in numbers) else None


def _mend(value: object) -> tuple[object, bool]:
    """`value` with every string mended, and whether one had to be."""
    if isinstance(value, str):
        whole = mended(value)
        return whole, whole is not value
    if isinstance(value, list):
        pairs = [_mend(item) for item in value]
        return [item for item, _ in pairs], any(torn for _, torn in pairs)
    if isinstance(value, dict):
        named = {mended(key): _mend(item) for key, item in value.items()}
        return {key: item for key, (item, _) in named.items()}, any(torn for _, torn in named.values())
    return value, False


def _shown(row: object) -> str:
    try:
        return visible(json.dumps(row, ensure_ascii=False))[:_LONGEST_SHOWN]
    except RecursionError:
        return "…"


def _problem(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return "nested too deep"
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return visible(f"{where}: {first['msg']}" if where else first["msg"])


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


def _refuse_number(text: str) -> NoReturn:
    raise ValueError(text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("out of range")
    return number
