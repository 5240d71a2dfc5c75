"""From bytes to wire models. One odd row never hides a page; an odd body is one kind of error."""

from __future__ import annotations

import gc
import json
import math
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, create_model

from entitree.api.models import WireModel
from entitree.api.shapes import PAGED, Asked, Shape
from entitree.api.urls import unaddressable
from entitree.errors import BadReplyError
from entitree.text import mended, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from entitree.api.models import Paging

T = TypeVar("T", bound=WireModel)

_LONGEST_SHOWN = 200
_ROWS = "whole_page_rows"
_EXTRA = attrgetter("model_extra")
_UNLIKE = re.compile(rb"[:,\[]\s*-?(?:NaN|Infinity|\d[\d.]*[eE]|\d{16})")
"""Numbers that the fast reader of JSON takes and the exact one may refuse; in a string it does no harm."""


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
    number: int = 0
    """The page that was asked for: an interrupted reading can go on there."""

    def rows(self) -> Iterator[tuple[T, bool]]:
        """Each row, and whether a request can name it."""
        for index, row in enumerate(self.results):
            yield row, index not in self.unaddressable


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


def parse_page(
    body: bytes, model: type[T], shape: Shape = PAGED, *, number: int = 0, size: int = 0
) -> Page[T]:
    """The page in `body`, which was asked for as page `number` with up to `size` rows.

    Raises:
        BadReplyError: it is not a page at all.
    """
    page, rest = parse_rows(body, model, shape)
    asked = Asked(number, size, len(page.results) + len(page.odd))
    return replace(page, number=number, paging=shape.paging(rest, asked))


def parse_rows(body: bytes, model: type[T], shape: Shape) -> tuple[Page[T], Mapping[str, object]]:
    """The rows in `body` as a page without number and paging, and all that the body says beside them.

    Raises:
        BadReplyError: it is not a page at all.
    """
    # Collecting garbage halfway through thousands of new objects finds none, and takes most of the time.
    held = gc.isenabled()
    gc.disable()
    try:
        at_once = _at_once(body, model, shape.rows)
        return _one_by_one(body, model, shape.rows) if at_once is None else at_once
    finally:
        if held:
            gc.enable()


def _at_once(body: bytes, model: type[T], name: str) -> tuple[Page[T], Mapping[str, object]] | None:
    """All rows in one go, which is several times as fast; None where a single one is odd."""
    try:
        whole = _whole(model, name).validate_json(body)
    except (ValidationError, RecursionError):
        return None
    results: list[T] = getattr(whole, _ROWS) if name else whole
    has_numbers = not _only_text(model) or any(map(_EXTRA, results))
    if has_numbers and _UNLIKE.search(body):
        return None
    rest = (whole.model_extra or {}) if name else {}
    return Page(tuple(results), unaddressable=_unaddressable(results, model)), rest


def _one_by_one(body: bytes, model: type[T], name: str) -> tuple[Page[T], Mapping[str, object]]:
    value = parse_json(body)
    rows = value if not name else value.get(name) if isinstance(value, dict) else None
    if not isinstance(rows, list):
        raise BadReplyError("the answer is not a page of a list")
    may_be_torn = b"\\u" in body
    good: list[T] = []
    odd: list[OddRow] = []
    torn: set[int] = set()
    for position, raw in enumerate(rows):
        try:
            row, was_torn = _mend(raw) if may_be_torn else (raw, False)
            parsed = model.model_validate(row)
        except (ValidationError, RecursionError) as error:
            odd.append(OddRow(position, _shown(raw, model), _problem(error)))
            continue
        if was_torn:
            torn.add(len(good))
        good.append(parsed)
    rest = {key: item for key, item in value.items() if key != name} if isinstance(value, dict) else {}
    return Page(tuple(good), tuple(odd), unaddressable=_unaddressable(good, model) | torn), rest


@lru_cache(maxsize=64)
def _whole(model: type[WireModel], name: str) -> TypeAdapter[Any]:
    """What validates a whole body: its rows are of `model`, the rest is as it comes."""
    rows = list[model]  # type: ignore[valid-type] # made while running
    if not name:
        return TypeAdapter(rows)
    fields: dict[str, Any] = {_ROWS: (rows, Field(alias=name))}
    return TypeAdapter(create_model("Whole", __config__=ConfigDict(extra="allow"), **fields))


@lru_cache(maxsize=64)
def _only_text(model: type[WireModel]) -> bool:
    """Whether all that the model names is text, so that odd numbers can only be in extra fields."""
    return all(field.annotation in (str, str | None) for field in model.model_fields.values())


def _unaddressable(rows: Sequence[WireModel], model: type[WireModel]) -> frozenset[int]:
    if model.in_paths is None:
        return frozenset()
    return frozenset(unaddressable(list(map(attrgetter(model.in_paths), rows))))


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


def _shown(row: object, model: type[WireModel]) -> str:
    try:
        safe = _without(row, model.secrets) if model.secrets else row
        return visible(json.dumps(safe, ensure_ascii=False))[:_LONGEST_SHOWN]
    except RecursionError:
        return "…"


def _without(value: object, names: frozenset[str]) -> object:
    """What of `value` is certainly none of these: its id and numbers, and of the rest only what it is."""
    if not isinstance(value, dict):
        return f"({type(value).__name__})"
    safe = {key: item for key, item in value.items() if key not in names}
    return {
        key: item if key == "id" or isinstance(item, int | None) else f"({type(item).__name__})"
        for key, item in safe.items()
    }


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
