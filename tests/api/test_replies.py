from __future__ import annotations

import gc
import json
import math
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st

from entitree.api.models import (
    Application,
    Association,
    Domain,
    Entity,
    SendingStrategy,
    Subscription,
    WireModel,
)
from entitree.api.replies import Page, _one_by_one, parse_json, parse_object, parse_page, parse_rows
from entitree.api.shapes import PAGED
from entitree.errors import BadReplyError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PAGING = {"page": 0, "size": 20, "totalPages": 1, "totalResults": 3}


def page_of(*rows: object, paging: object = PAGING) -> bytes:
    return json.dumps({"results": rows, "paging": paging}).encode()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<html>502</html>", id="html"),
        pytest.param(b"{", id="cut"),
        pytest.param(b"\xff\xfe{\x00}\x00", id="utf-16"),
        pytest.param(b'"\xed\xa0\x80"', id="surrogate in utf-8"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, id="deep"),
        pytest.param(b"9" * 5_000, id="integer too long to read"),
        pytest.param(b"1e999", id="infinite"),
        pytest.param(b"-1e999", id="minus infinite"),
        pytest.param(b"NaN", id="nan"),
        pytest.param(b"[Infinity]", id="infinity"),
        pytest.param(b"{} {}", id="two values"),
    ],
)
def test_what_is_no_json_is_one_kind_of_error(body: bytes) -> None:
    for parse in (parse_json, lambda text: parse_object(text, Entity), lambda text: parse_page(text, Entity)):
        with pytest.raises(BadReplyError):
            parse(body)


@given(st.binary(max_size=60))
def test_no_bytes_raise_anything_else(body: bytes) -> None:
    for parse in (parse_json, lambda text: parse_object(text, Entity), lambda text: parse_page(text, Entity)):
        with suppress(BadReplyError):
            parse(body)


@pytest.mark.parametrize("body", [b"[]", b"null", b'"x"', b"{}", b'{"entityId":5}', b'{"entityId":null}'])
def test_an_object_of_another_shape_is_a_bad_reply(body: bytes) -> None:
    with pytest.raises(BadReplyError, match="not an Entity"):
        parse_object(body, Entity)


def test_an_object_keeps_what_this_program_does_not_know_yet() -> None:
    entity = parse_object('{"entityId":"é","entityName":null,"colour":"red"}'.encode(), Entity)
    assert (entity.entity_id, entity.entity_name) == ("é", None)
    assert entity.model_extra == {"colour": "red"}


@pytest.mark.parametrize(
    "body", [b"[]", b"null", b"{}", b'{"results":null}', b'{"results":{}}', b'{"entityId":"x"}']
)
def test_what_is_no_page_is_a_bad_reply(body: bytes) -> None:
    with pytest.raises(BadReplyError, match="not a page"):
        parse_page(body, Entity)


def test_a_page_as_documented() -> None:
    page = parse_page(
        page_of({"applicationId": "default"}, {"applicationId": "prod", "applicationName": "P"}), Application
    )
    assert [row.application_id for row, _ in page.rows()] == ["default", "prod"]
    assert all(addressable for _, addressable in page.rows())
    assert page.odd == ()
    assert page.paging is not None
    assert page.paging.total_results == 3


@pytest.mark.parametrize("odd", [None, 7, "x", [], {}, {"entityId": 7}, {"entityId": "x", "entityName": []}])
def test_an_odd_row_hides_no_other(odd: object) -> None:
    page = parse_page(page_of({"entityId": "before"}, odd, {"entityId": "after"}), Entity)
    assert [row.entity_id for row in page.results] == ["before", "after"]
    assert [row.position for row in page.odd] == [1]
    assert page.odd[0].problem


def test_an_odd_row_is_shown_inert_and_short() -> None:
    odd = {"entityId": ["\x1b]52;\u202e", "\ud800", "x" * 10_000]}
    shown = parse_page(page_of(odd), Entity).odd[0].text
    assert len(shown) <= 200
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    shown.encode("utf-8")


def test_a_row_with_half_a_character_is_mended_and_marked() -> None:
    rows = (
        {"entityId": "whole"},
        {"entityId": "torn\ud800"},
        {"entityId": "torn-alias", "entityName": "\udfff"},
        {"entityId": "torn-elsewhere", "new": {"deep": ["\ud800"]}},
        {"entityId": "pair", "entityName": "🦊", "\ud800": "a torn name"},
    )
    page = parse_page(page_of(*rows), Entity)
    assert page.odd == ()
    assert [addressable for _, addressable in page.rows()] == [True, False, False, False, True]
    assert page.results[1].entity_id == "torn‹U+D800›"
    assert page.results[4].entity_name == "🦊"
    for row in page.results:
        row.model_dump_json().encode("utf-8")


@pytest.mark.parametrize("identifier", ["", ".", "..", pytest.param("a" * 70_000, id="too long")])
@pytest.mark.parametrize(
    ("model", "field"),
    [
        (Application, "applicationId"),
        (Entity, "entityId"),
        (SendingStrategy, "sendingStrategyId"),
        (Subscription, "subscriptionId"),
    ],
)
def test_a_row_no_path_can_name_is_marked(model: type[WireModel], field: str, identifier: str) -> None:
    page = parse_page(page_of({field: "x"}, {field: identifier}), model)
    assert [addressable for _, addressable in page.rows()] == [True, False]


def test_an_association_is_named_by_its_fields_and_so_always_can_be() -> None:
    row = {"resourceType": "NEW_TYPE", "channel": "NEW", "applicationId": "..", "resourceId": "."}
    page = parse_page(page_of(row), Association)
    assert [(row.entity_id, addressable) for row, addressable in page.rows()] == [(None, True)]


@pytest.mark.parametrize("depth", [50, 300, 500, 900])
@pytest.mark.parametrize("torn", ["", "\\ud800"])
def test_a_row_nested_too_deep_is_at_most_an_odd_row(depth: int, torn: str) -> None:
    deep = "[" * depth + f'"{torn}"' + "]" * depth
    body = '{"results":[{"entityId":"x"},{"entityId":"y","new":%s},{"entityId":%s}]}' % (deep, deep)  # noqa: UP031 - braces
    try:
        page = parse_page(body.encode(), Entity)
    except BadReplyError:
        return
    assert page.results[0].entity_id == "x"
    assert len(page.results) + len(page.odd) == 3


@pytest.mark.parametrize(
    "paging",
    [None, {}, [], {**PAGING, "page": -1}, {**PAGING, "totalResults": 10**30}, {**PAGING, "size": "many"}],
)
def test_paging_that_makes_no_sense_is_left_out(paging: object) -> None:
    page = parse_page(page_of({"entityId": "x"}, paging=paging), Entity)
    assert page.paging is None
    assert len(page.results) == 1


TEXTS = st.text(max_size=4) | st.sampled_from(["\ud800", "..", "", "x" * 700, ":1e9"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
ROWS = st.lists(
    st.fixed_dictionaries({"entityId": TEXTS}, optional={"entityName": st.none() | TEXTS, "new": VALUES})
    | VALUES,
    max_size=4,
)


@given(ROWS, VALUES, st.booleans())
def test_a_page_read_at_once_is_the_page_read_row_by_row(
    rows: list[object], paging: object, ascii_only: bool
) -> None:
    text = json.dumps({"results": rows, "paging": paging}, ensure_ascii=ascii_only)
    body = text.encode("utf-8", "surrogatepass")

    def rows_by(read: Callable[[], tuple[Page[Entity], Mapping[str, object]]]) -> Page[Entity] | None:
        try:
            return read()[0]
        except BadReplyError:
            return None

    exact = rows_by(lambda: _one_by_one(body, Entity, "results"))
    if exact is None and not _holds_odd_number(rows):
        # Only beside the rows, where nothing but the paging is ever looked at.
        return
    assert rows_by(lambda: parse_rows(body, Entity, PAGED)) == exact


def _holds_odd_number(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_odd_number, value.values()))
    if isinstance(value, list):
        return any(map(_holds_odd_number, value))
    return isinstance(value, float) and not math.isfinite(value)


@pytest.mark.parametrize(
    "odd", ["1e999", "-1e999", "NaN", "Infinity", "-Infinity", "[ 1e999]", "9" * 5_000, '{"deep":-Infinity}']
)
@pytest.mark.parametrize("model", [Entity, Association, Domain])
def test_numbers_no_one_can_count_with_are_refused_in_any_row(odd: str, model: type[WireModel]) -> None:
    fields = (
        '"resourceType":"","channel":"","resourceId":"","applicationId":"","domainName":"","entityId":"x"'
    )
    body = f'{{"results":[{{{fields},"new": {odd}}}]}}'.encode()
    with pytest.raises(BadReplyError):
        parse_page(body, model)
    body = f'{{"results":[{{{fields},"new":"{odd}"}}]}}'.replace('{"deep":-Infinity}', "").encode()
    assert len(parse_page(body, model).results) == 1


@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize("body", [b"{}", page_of({"entityId": "x"}), page_of({"entityId": 7})])
def test_the_garbage_collector_is_left_as_it_was(body: bytes, on: bool) -> None:
    was = gc.isenabled()
    (gc.enable if on else gc.disable)()
    try:
        with suppress(BadReplyError):
            parse_page(body, Entity)
        assert gc.isenabled() is on
    finally:
        (gc.enable if was else gc.disable)()
