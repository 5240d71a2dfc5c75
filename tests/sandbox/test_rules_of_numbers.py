"""What the documents leave open on numbers: every reading of each rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.sandbox.test_numbers import BURGER, COLA, NOBODY, PATH, PIN, keys, link

if TYPE_CHECKING:
    from tests.sandbox.conftest import AskAt, OpenIt


@pytest.mark.parametrize(("choice", "counts"), [("total", [5, 5, 5]), ("page", [3, 2, 0])])
def test_what_is_counted(open_it: OpenIt, ask_at: AskAt, choice: str, counts: list[int]) -> None:
    ask = ask_at(open_it(rules={"number-count": choice}))
    pages = [ask("GET", f"{PATH}?limit=3&page={page}").json() for page in range(3)]
    assert [len(page["numbers"]) for page in pages] == [3, 2, 0]
    assert [page["numberCount"] for page in pages] == counts


@pytest.mark.parametrize(
    ("query", "first"), [("page=-1", COLA), ("limit=0", COLA), ("limit=-2147483648&page=2", PIN)]
)
@pytest.mark.parametrize("choice", ["lenient", "strict"])
def test_a_page_or_limit_that_is_too_small(
    open_it: OpenIt, ask_at: AskAt, choice: str, query: str, first: str
) -> None:
    ask = ask_at(open_it(rules={"number-paging": choice}))
    if choice == "strict":
        assert ask("GET", f"{PATH}?{query}").status == 400
    else:
        found = keys(ask, query)
        assert found[0] == first
        assert len(found) == (1 if "limit" in query else 5), "the least limit is one"


@pytest.mark.parametrize(("choice", "part"), [("exact", []), ("contains", [COLA, BURGER])])
def test_one_number_is_asked_for(open_it: OpenIt, ask_at: AskAt, choice: str, part: list[str]) -> None:
    ask = ask_at(open_it(rules={"number-filter": choice}))
    assert keys(ask, "number=385990000002") == [BURGER]
    assert keys(ask, "number=38599") == part
    assert keys(ask, "number=%25") == [], "no sign stands for others"


@pytest.mark.parametrize("body", [{}, {"entityId": None}])
@pytest.mark.parametrize(("choice", "entity"), [("cleared", None), ("kept", "big-cola")])
def test_a_link_without_an_entity(
    open_it: OpenIt, ask_at: AskAt, choice: str, entity: str | None, body: dict[str, None]
) -> None:
    ask = ask_at(open_it(rules={"number-put-without-entity": choice}))
    assert ask("PUT", f"{PATH}/{COLA}", {"applicationId": "production", **body}).status == 200
    assert link(ask, COLA) == ("production", entity)


@pytest.mark.parametrize(("choice", "status"), [("400", 400), ("404", 404), ("accepted", 200)])
@pytest.mark.parametrize("unknown", ["applicationId", "entityId"])
def test_a_link_to_what_is_not_there(
    open_it: OpenIt, ask_at: AskAt, choice: str, status: int, unknown: str
) -> None:
    ask = ask_at(open_it(rules={"number-put-unknown-ids": choice}))
    before = ask.sandbox.dump()
    wanted = {"applicationId": "staging", "entityId": "mc-burger", unknown: "nothing"}
    answer = ask("PUT", f"{PATH}/{COLA}", wanted)
    assert answer.status == status
    if status == 200:
        assert link(ask, COLA) == (wanted["applicationId"], wanted["entityId"])
        after = ask.sandbox.dump()
        assert after["entities"] == before["entities"], "and it is not made"
        assert after["applications"] == before["applications"]
    else:
        assert ask.sandbox.dump() == before
    if status == 400:
        assert set(answer.violations()) == {unknown}


@pytest.mark.parametrize(("choice", "status"), [("enforced", 403), ("ignored", 200)])
def test_a_number_that_says_it_cannot_be_edited(
    open_it: OpenIt, ask_at: AskAt, choice: str, status: int
) -> None:
    ask = ask_at(open_it(seed="demo", rules={"number-edit-permissions": choice}))
    numbers = ask("GET", PATH).json()["numbers"]
    (fixed,) = [one["numberKey"] for one in numbers if not one["editPermissions"]["canEditNumber"]]
    assert ask("PUT", f"{PATH}/{fixed}", {"applicationId": "staging"}).status == status
    assert link(ask, fixed) == ("staging" if status == 200 else "default", None)


@pytest.mark.parametrize(("choice", "shown"), [("empty", b""), ("exception", b"NOT_FOUND")])
def test_a_number_that_is_not_there(open_it: OpenIt, ask_at: AskAt, choice: str, shown: bytes) -> None:
    ask = ask_at(open_it(rules={"not-found-body": choice}))
    for absent in (
        ask("GET", f"{PATH}/{NOBODY}"),
        ask("GET", f"{PATH}/{COLA.lower()}"),
        ask("PUT", f"{PATH}/{NOBODY}", {"applicationId": "default"}),
        ask("PUT", f"{PATH}/{NOBODY}", {"applicationId": "nothing"}),
    ):
        assert absent.status == 404
        assert (absent.body == b"") == (shown == b"")
        assert shown in absent.body
