"""Where lists end, on platforms whose totals cannot be trusted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from entitree.api.client import PlatformClient
from entitree.api.credentials import Credential
from entitree.api.gate import LocalGate
from entitree.api.transport import Reply, Request
from entitree.errors import BadReplyError

if TYPE_CHECKING:
    from collections.abc import Callable

    PageOf = Callable[[int, int], object]


class Lister:
    """A platform with one list; `answer` says what page `number` of `size` holds."""

    def __init__(self, answer: PageOf) -> None:
        self.answer = answer
        self.asked: list[int] = []

    async def send(self, request: Request, *, deadline: float) -> Reply:
        query = parse_qs(urlsplit(request.target).query)
        self.asked.append(int(query["page"][0]))
        value = self.answer(int(query["page"][0]), int(query["size"][0]))
        return Reply(200, {}, json.dumps(value).encode())

    async def aclose(self) -> None:
        pass


def page_of(ids: list[str], *, size: int, total: int) -> object:
    pages = -(-total // size)
    return {
        "results": [{"entityId": identifier} for identifier in ids],
        "paging": {"page": 0, "size": size, "totalPages": pages, "totalResults": total},
    }


def honest(count: int, *, cap: int = 10_000, told: int | None = None, says_cap: bool = True) -> PageOf:
    ids = [f"e{number}" for number in range(count)]

    def answer(page: int, size: int) -> object:
        real = min(size, cap)
        rows = ids[page * real : (page + 1) * real]
        return page_of(rows, size=real if says_cap else size, total=count if told is None else told)

    return answer


async def listed(answer: PageOf, size: int) -> tuple[list[str], list[int]]:
    lister = Lister(answer)
    client = PlatformClient(lister, Credential("key"), LocalGate(None))
    ids = [row.entity_id async for page in client.entities(size) for row in page.results]
    return ids, lister.asked


@pytest.mark.parametrize(
    ("count", "size", "asked"),
    [(0, 10, [0]), (7, 10, [0]), (10, 10, [0, 1]), (25, 10, [0, 1, 2])],
)
async def test_an_honest_list_costs_no_request_too_many(count: int, size: int, asked: list[int]) -> None:
    ids, really_asked = await listed(honest(count), size)
    assert len(ids) == count
    assert really_asked == asked


@pytest.mark.parametrize("says_cap", [True, False])
async def test_an_old_platform_that_gives_smaller_pages_than_asked_for_is_read_whole(says_cap: bool) -> None:
    ids, asked = await listed(honest(250, cap=100, says_cap=says_cap), 1000)
    assert len(ids) == 250
    assert asked == [0, 1, 2]


@pytest.mark.parametrize("told", [0, 5, 10, 9_999])
async def test_wrong_totals_lose_nothing(told: int) -> None:
    ids, _ = await listed(honest(25, told=told), 10)
    assert len(ids) == 25


async def test_missing_paging_loses_nothing() -> None:
    def answer(page: int, size: int) -> object:
        return {"results": [{"entityId": f"e{page}"}] if page < 3 else []}

    ids, asked = await listed(answer, 10)
    assert ids == ["e0", "e1", "e2"]
    assert asked == [0, 1, 2, 3]


async def test_a_platform_that_repeats_one_page_for_ever_is_left() -> None:
    ids, asked = await listed(lambda page, size: page_of(["a", "b"], size=2, total=99), 2)
    assert ids == ["a", "b"]
    assert asked == [0, 1]


def named(*rows: tuple[str, str]) -> object:
    return {"results": [{"entityId": id, "entityName": alias} for id, alias in rows]}


@pytest.mark.parametrize(
    "answer",
    [
        lambda page, size: named((f"r{page % 2}", "")),
        lambda page, size: named(("same", f"alias {page}")),
        lambda page, size: {"results": [{"entityId": page % 3}]},
    ],
    ids=["pages in turn", "one id, ever another alias", "odd rows in turn"],
)
async def test_a_list_is_left_at_the_first_page_that_holds_nothing_new(answer: PageOf) -> None:
    lister = Lister(answer)
    client = PlatformClient(lister, Credential("key"), LocalGate(None))
    pages = [page async for page in client.entities(1)]
    # That page is yielded: whoever counts sees that the list moved.
    assert len(pages) == len(lister.asked) <= 4


@pytest.mark.parametrize("total", [0, 3, 2**63 - 1])
async def test_a_list_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch, total: int) -> None:
    monkeypatch.setattr("entitree.api.client._MOST_PAGES", 3_000)
    lister = Lister(lambda page, size: page_of([f"e{page}"], size=1, total=total))
    client = PlatformClient(lister, Credential("key"), LocalGate(None))
    with pytest.raises(BadReplyError, match="does not end"):
        [page async for page in client.entities(1)]
    assert len(lister.asked) == (3_000 if total > 3 else 2_000)


async def test_a_long_list_that_says_its_length_is_read_whole() -> None:
    ids, _ = await listed(honest(2_100), 1)
    assert len(ids) == 2_100


async def test_a_page_of_odd_rows_only_is_a_page() -> None:
    def answer(page: int, size: int) -> object:
        rows: list[object] = [[{"entityId": 7}], [{"entityId": "x"}], []][page]  # type: ignore[assignment] # rows of two kinds
        return {"results": rows, "paging": {"page": page, "size": 1, "totalPages": 2, "totalResults": 2}}

    lister = Lister(answer)
    client = PlatformClient(lister, Credential("key"), LocalGate(None))
    pages = [page async for page in client.entities(1)]
    assert [(len(page.results), len(page.odd)) for page in pages] == [(0, 1), (1, 0)]


async def test_a_list_that_breaks_off_has_yielded_what_came_before() -> None:
    lister = Lister(lambda page, size: page_of([f"e{page}"], size=1, total=9) if page < 2 else {"oops": True})
    client = PlatformClient(lister, Credential("key"), LocalGate(None))
    came: list[str] = []

    async def read() -> None:
        async for page in client.entities(1):
            came.extend(row.entity_id for row in page.results)

    with pytest.raises(BadReplyError, match="read entities"):
        await read()
    assert came == ["e0", "e1"]
