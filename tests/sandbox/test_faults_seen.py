"""What goes wrong on purpose: what the client sees of it, and whether the platform did its work."""

from __future__ import annotations

import asyncio
import gzip
import json
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.sandbox.conftest import signed_in
from tests.sandbox.control import control, go_wrong

from entitree.api.operations import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.conftest import Answer, AskAt, Asker, OpenIt


ENTITIES = "/provisioning/1/entities"
STRATEGIES = "/provisioning/2/sending-strategies"
NEW = {"entityId": "new"}


def created(ask: Asker, fault: dict[str, Any]) -> tuple[Answer, bool]:
    """What a creation is answered under this fault, and whether it took place."""
    go_wrong(ask, fault)
    answer = ask("POST", ENTITIES, NEW)
    took_place = NEW in ask.sandbox.dump()["entities"]
    go_wrong(ask)
    if took_place:
        assert ask("DELETE", f"{ENTITIES}/new").status == 200
    return answer, took_place


def listed(ask: Asker, fault: dict[str, Any], query: str = "") -> Answer:
    go_wrong(ask, fault)
    return ask("GET", f"{ENTITIES}{query}")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 418, 429, 500, 502, 503, 504, 599])
def test_any_status_comes_in_the_familys_shape(ask: Asker, status: int) -> None:
    go_wrong(ask, {"kind": "status", "status": status})
    older, newer = ask("GET", ENTITIES), ask("GET", STRATEGIES)
    assert older.status == newer.status == status
    assert older.json()["requestError"]["serviceException"].keys() == {"messageId", "text"}
    assert newer.json().keys() == {"errorCode", "description", "action", "violations", "resources"}
    assert newer.json()["errorCode"] == f"E{status}"
    assert "retry-after" not in older.headers


@pytest.mark.parametrize("status", [200, 202, 204, 206, 304])
def test_a_status_that_is_no_error_comes_alone(ask: Asker, status: int) -> None:
    answer, took_place = created(ask, {"kind": "status", "status": status})
    assert (answer.status, answer.body, took_place) == (status, b"", False)


@pytest.mark.parametrize(
    ("sent", "header"),
    [
        (5, "5"),
        (0, "0"),
        (-3, "-3"),
        (1.5, "1.5"),
        ("soon", "soon"),
        ("", ""),
        ("9" * 400, "9" * 400),
        ("Mon, 32 Foo", "Mon, 32 Foo"),
    ],
)
def test_retry_after_in_numbers_and_in_nonsense(ask: Asker, sent: object, header: str) -> None:
    answer = listed(ask, {"kind": "status", "status": 429, "retry_after": sent})
    assert answer.headers["retry-after"] == header


def test_retry_after_as_a_date(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(clock=lambda: 1_700_000_000.0))
    header = listed(ask, {"kind": "status", "status": 503, "retry_at": 90}).headers["retry-after"]
    assert header == "Tue, 14 Nov 2023 22:14:50 GMT"
    assert parsedate_to_datetime(header).timestamp() == 1_700_000_090


def test_without_retry_after_there_is_none_by_any_rule(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(rules={"retry-after": "seconds"}))
    assert "retry-after" not in listed(ask, {"kind": "status", "status": 429}).headers


def test_the_rules_of_replies_hold_for_faults(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(rules={"throttled-shape": "newer"}))
    assert listed(ask, {"kind": "status", "status": 429}).json()["errorCode"] == "E429"


@pytest.mark.parametrize(
    ("fault", "status", "content_type", "body"),
    [
        ({"kind": "bad-json"}, 201, "application/json", b'{"results":[{"'),
        ({"kind": "bad-json", "status": 200}, 200, "application/json", b'{"results":[{"'),
        ({"kind": "deep-json", "depth": 3}, 201, "application/json", b'{"results":[[[]]]}'),
        ({"kind": "html", "status": 502}, 502, "text/html; charset=utf-8", None),
        ({"kind": "empty"}, 200, None, b""),
        ({"kind": "redirect"}, 307, None, b""),
        ({"kind": "redirect", "status": 302, "location": "/x"}, 302, None, b""),
    ],
)
@pytest.mark.parametrize("after_effect", [False, True])
def test_what_comes_in_place_of_an_answer(
    ask: Asker,
    fault: dict[str, Any],
    status: int,
    content_type: str | None,
    body: bytes | None,
    after_effect: bool,
) -> None:
    answer, took_place = created(ask, {**fault, "after_effect": after_effect})
    assert (answer.status, answer.headers.get("content-type")) == (status, content_type)
    assert answer.body == body if body is not None else answer.body.startswith(b"<!DOCTYPE html>")
    assert answer.headers.get("location") == (
        fault.get("location", "https://elsewhere.example/") if 300 < status < 400 else None
    )
    assert took_place == after_effect


def test_where_success_has_no_body_garbage_has_one(ask: Asker) -> None:
    go_wrong(ask, {"kind": "bad-json"})
    answer = ask("PUT", f"{ENTITIES}/big-cola", {"entityName": "x"})
    assert (answer.status, answer.body) == (200, b'{"results":[{"')


def test_deep_json_is_well_formed(ask: Asker) -> None:
    body = listed(ask, {"kind": "deep-json"}).body
    assert (body.count(b"["), body.count(b"]")) == (100_000, 100_000)
    with pytest.raises(RecursionError):
        json.loads(body)


@pytest.mark.parametrize("after_effect", [False, True])
def test_a_gzip_bomb_is_small_on_the_wire(ask: Asker, after_effect: bool) -> None:
    size = 8 << 20
    answer, took_place = created(ask, {"kind": "gzip-bomb", "size": size, "after_effect": after_effect})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < size / 500
    assert len(answer.body) == size, "unpacked by the HTTP library"
    assert json.loads(answer.body) == []
    assert took_place == after_effect


def test_the_whole_bomb_is_on_the_wire(ask: Asker) -> None:
    go_wrong(ask, {"kind": "gzip-bomb", "size": 3_000_000})
    packed = ask.raw("GET", ENTITIES.encode()).body
    assert len(gzip.decompress(packed)) == 3_000_000


def test_the_platforms_answer_under_another_name(ask: Asker) -> None:
    right = ask("GET", ENTITIES)
    answer = listed(ask, {"kind": "content-type", "content_type": "text/plain"})
    assert (answer.status, answer.body) == (200, right.body)
    assert answer.headers["content-type"] == "text/plain"
    _, took_place = created(ask, {"kind": "content-type"})
    assert took_place


@pytest.mark.parametrize(
    ("lie", "told"),
    [
        ({"delta": 3}, lambda total: total + 3),
        ({"delta": -100}, lambda total: total - 100),
        ({"value": 0}, lambda _: 0),
    ],
)
@pytest.mark.parametrize(
    ("name", "inside", "totals"),
    [
        ("get-entities", "paging", ("totalPages", "totalResults")),
        ("get-sending-strategies-v2", "paging", ("totalPages", "totalResults")),
        ("get-all-domains", "paging", ("totalPages", "totalResults")),
        ("get-api-keys-by-filter", "paging", ("totalPages", "totalCount")),
        ("list-owned-numbers", None, ("numberCount",)),
    ],
)
def test_totals_lie(
    ask: Asker,
    lie: dict[str, int],
    told: Callable[[int], int],
    name: str,
    inside: str | None,
    totals: tuple[str, ...],
) -> None:
    operation = OPERATIONS[name]
    credential = signed_in(ask, operation)
    honest = ask("GET", operation.path, authorization=credential).json()
    go_wrong(ask, {"kind": "totals", **lie})
    lying = ask("GET", operation.path, authorization=credential).json()
    page = honest if inside is None else honest[inside]
    page.update({total: told(page[total]) for total in totals})
    assert lying == honest, "and all else is as it is"


def test_a_page_is_repeated(ask: Asker) -> None:
    right = [ask("GET", f"{ENTITIES}?page={page}&size=1").json() for page in range(3)]
    go_wrong(ask, {"kind": "page", "asked": 2, "answered": 0})
    shown = [ask("GET", f"{ENTITIES}?page={page}&size=1").json() for page in range(3)]
    assert shown[:2] == right[:2]
    assert shown[2]["results"] == right[0]["results"] != right[2]["results"]
    assert shown[2]["paging"] == right[2]["paging"], "under the number that was asked for"
    (told,) = control(ask, "GET", "faults").json()["faults"]
    assert (told["seen"], told["used"]) == (1, 1), "other pages do not match"


def test_any_page_may_be_the_same_one(ask: Asker) -> None:
    first = ask("GET", f"{ENTITIES}?size=1").results()
    go_wrong(ask, {"kind": "page", "answered": 0})
    for page in (0, 1, 5):
        assert ask("GET", f"{ENTITIES}?size=1&page={page}").results() == first
    assert ask("GET", f"{ENTITIES}?page=x").status == 400, "what is no page is refused as ever"


def test_an_error_is_no_page_and_has_no_totals(ask: Asker) -> None:
    for fault in ({"kind": "page", "answered": 0}, {"kind": "totals", "value": 7}):
        go_wrong(ask, fault)
        for target in (f"{ENTITIES}/nobody", "/resource-management/1/inbound-message-configurations"):
            with_fault = ask("GET", target)
            go_wrong(ask)
            assert with_fault.body == ask("GET", target).body


@pytest.mark.parametrize("after_effect", [False, True])
def test_a_delay(open_it: OpenIt, ask_at: AskAt, after_effect: bool) -> None:
    """The platform sees the request before the wait or after it, and its own answer comes."""
    slept = []

    async def sleep(seconds: float) -> None:
        slept.append((seconds, NEW in box.dump()["entities"]))

    box = open_it(sleep=sleep)
    answer, took_place = created(ask_at(box), {"kind": "delay", "seconds": 2.5, "after_effect": after_effect})
    assert (answer.status, answer.body, took_place) == (201, b"", True)
    assert slept == [(2.5, after_effect)]


@pytest.mark.parametrize("after_effect", [False, True])
def test_no_answer_until_the_client_leaves(ask: Asker, after_effect: bool) -> None:
    go_wrong(ask, {"kind": "no-answer", "after_effect": after_effect})
    transport = httpx.ASGITransport(ask.sandbox.app)
    request = httpx.Request(
        "POST",
        f"http://sandbox.test{ENTITIES}",
        headers={"authorization": f"App {ask.sandbox.api_key}"},
        json=NEW,
    )

    def heard() -> bool:
        with ask.sandbox._state.transaction(writes=False) as db:
            used = db.execute("SELECT used FROM faults").fetchone()[0]
            there = db.execute("SELECT count(*) FROM entities WHERE id = 'new'").fetchone()[0]
        return bool(used) and there == after_effect

    async def wait() -> None:
        asked = asyncio.create_task(transport.handle_async_request(request))
        while not heard():  # noqa: ASYNC110 - it happens in a thread, which sets no event
            await asyncio.sleep(0)
        for _ in range(100):
            await asyncio.sleep(0)
        assert not asked.done()
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)

    asyncio.run(wait())
    assert (NEW in ask.sandbox.dump()["entities"]) == after_effect


def test_a_client_that_leaves_ends_the_silence(ask: Asker) -> None:
    go_wrong(ask, {"kind": "no-answer"})
    sent: list[Any] = []

    async def run() -> None:
        heard: list[dict[str, Any]] = [
            {"type": "http.request", "body": b"", "more_body": False},
            {"type": "http.disconnect"},
        ]

        async def receive() -> dict[str, Any]:
            return heard.pop(0)

        async def send(message: Any) -> None:  # noqa: ANN401 - ASGI wants it so
            sent.append(message)

        path = ENTITIES.encode()
        scope = {"type": "http", "method": "GET", "path": ENTITIES, "raw_path": path, "query_string": b""}
        await ask.sandbox.app({**scope, "headers": []}, receive, send)

    asyncio.run(run())
    assert sent == []


@pytest.mark.parametrize("status", [401, 409, 429, 500, 503])
@pytest.mark.parametrize("after_effect", [False, True])
def test_a_status_before_or_after_the_effect(ask: Asker, status: int, after_effect: bool) -> None:
    answer, took_place = created(ask, {"kind": "status", "status": status, "after_effect": after_effect})
    assert (answer.status, took_place) == (status, after_effect)


def test_what_the_platform_never_saw_is_not_counted(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(limits=1.0, clock=lambda: 1e9))
    go_wrong(ask, {"kind": "status", "status": 503, "times": 3})
    assert [ask("GET", ENTITIES).status for _ in range(5)] == [503, 503, 503, 200, 429]


def test_what_the_platform_did_is_counted(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(limits=1.0, clock=lambda: 1e9))
    go_wrong(ask, {"kind": "status", "status": 503, "times": 1, "after_effect": True})
    assert [ask("GET", ENTITIES).status for _ in range(2)] == [503, 429]


def test_a_refusal_is_hidden_as_well(ask: Asker) -> None:
    go_wrong(ask, {"kind": "empty", "after_effect": True})
    assert ask("DELETE", f"{ENTITIES}/nobody").status == 200
    assert ask("POST", ENTITIES, NEW, authorization=None).status == 200
    assert NEW not in ask.sandbox.dump()["entities"]


@pytest.mark.parametrize(
    "fault",
    [{"kind": "content-type"}, {"kind": "totals", "delta": 1}, {"kind": "page", "answered": 0}],
    ids=lambda fault: fault["kind"],
)
def test_what_alters_an_answer_needs_one(ask: Asker, fault: dict[str, Any]) -> None:
    answer = control(ask, "PUT", "faults", {"faults": [{**fault, "after_effect": False}]})
    assert (answer.status, list(answer.violations())) == (400, ["faults[0].after_effect"])
