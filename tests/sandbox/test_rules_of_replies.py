"""What the documents leave open on replies, pages and rates: both readings of each rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import AskAt, OpenIt

APPLICATIONS = "/provisioning/1/applications"
ENTITIES = "/provisioning/1/entities"
KEYS = "/settings/2/api-keys"
STANDING = {"limits": 1.0, "clock": lambda: 1_700_000_000.25}


def exception(body: Any) -> tuple[str, str]:  # noqa: ANN401 - whatever was sent
    details = body["requestError"]["serviceException"]
    return details["messageId"], details["text"]


@pytest.mark.parametrize("choice", ["CONFLICT", "ALREADY_EXISTS", "BAD_REQUEST"])
def test_the_word_for_a_conflict(open_it: OpenIt, ask_at: AskAt, choice: str) -> None:
    ask = ask_at(open_it(rules={"conflict-message-id": choice}))
    refused = ask("POST", ENTITIES, {"entityId": "big-cola"})
    assert (refused.status, exception(refused.json())[0]) == (409, choice)


@pytest.mark.parametrize(
    ("choice", "wrong_key", "no_scope", "nowhere"),
    [
        (
            "published",
            ("UNAUTHORIZED", "Unauthorized"),
            ("FORBIDDEN", "Forbidden"),
            ("NOT_FOUND", "Not found"),
        ),
        (
            "observed",
            ("UNAUTHORIZED", "Invalid login details"),
            ("UNAUTHORIZED", "Unauthorized access"),
            ("NOT_FOUND", "Requested resource not found"),
        ),
    ],
)
def test_words_as_published_and_as_observed(
    open_it: OpenIt,
    ask_at: AskAt,
    choice: str,
    wrong_key: tuple[str, str],
    no_scope: tuple[str, str],
    nowhere: tuple[str, str],
) -> None:
    ask = ask_at(open_it(rules={"error-wording": choice}))
    assert exception(ask("GET", ENTITIES, authorization="App wrong").json()) == wrong_key
    limited = f"App {ask.sandbox.limited_key}"
    assert exception(ask("GET", ENTITIES, authorization=limited).json()) == no_scope
    assert exception(ask("GET", f"{ENTITIES}/nobody").json()) == nowhere


@pytest.mark.parametrize(("choice", "field"), [("family", "requestError"), ("newer", "errorCode")])
def test_the_shape_of_a_refusal_for_the_rate(open_it: OpenIt, ask_at: AskAt, choice: str, field: str) -> None:
    ask = ask_at(open_it(rules={"throttled-shape": choice}, **STANDING))
    ask("GET", ENTITIES)
    refused = ask("GET", ENTITIES)
    assert refused.status == 429
    assert field in refused.json()


@pytest.mark.parametrize(("choice", "header"), [("absent", None), ("seconds", "1")])
def test_retry_after(open_it: OpenIt, ask_at: AskAt, choice: str, header: str | None) -> None:
    ask = ask_at(open_it(rules={"retry-after": choice}, **STANDING))
    ask("GET", ENTITIES)
    assert ask("GET", ENTITIES).headers.get("retry-after") == header


@pytest.mark.parametrize(("choice", "second"), [("each", 200), ("shared", 429)])
def test_one_rate_for_all_of_provisioning(open_it: OpenIt, ask_at: AskAt, choice: str, second: int) -> None:
    ask = ask_at(open_it(rules={"provisioning-rate": choice}, **STANDING))
    assert ask("GET", ENTITIES).status == 200
    assert ask("GET", APPLICATIONS).status == second
    assert ask("GET", "/provisioning/2/sending-strategies").status == 200


@pytest.mark.parametrize(("choice", "statuses"), [("clock", [200, 200, 429]), ("request", [200, 429, 200])])
def test_where_a_window_begins(open_it: OpenIt, ask_at: AskAt, choice: str, statuses: list[int]) -> None:
    now = [1000.0]
    ask = ask_at(open_it(limits=1.0, clock=lambda: now[0], rules={"window-start": choice}))
    found = []
    for now[0] in (1000.9, 1001.1, 1001.95):
        found.append(ask("GET", ENTITIES).status)
    assert found == statuses


@pytest.mark.parametrize("choice", ["oldest-first", "newest-first", "by-id"])
def test_the_order_of_lists(open_it: OpenIt, ask_at: AskAt, choice: str) -> None:
    ask = ask_at(open_it(seed="empty", rules={"list-order": choice}))
    made = ["b", "a", "c"]
    for id_ in made:
        ask("POST", ENTITIES, {"entityId": id_})
    listed = [
        row["entityId"] for at in range(3) for row in ask("GET", f"{ENTITIES}?size=1&page={at}").results()
    ]
    wanted = {"oldest-first": made, "newest-first": made[::-1], "by-id": sorted(made)}
    assert listed == wanted[choice]


@pytest.mark.parametrize(("choice", "status"), [("empty", 200), ("not-found", 404)])
def test_a_page_beyond_the_last(open_it: OpenIt, ask_at: AskAt, choice: str, status: int) -> None:
    ask = ask_at(open_it(seed="empty", rules={"beyond-last-page": choice}))
    assert ask("GET", f"{ENTITIES}?page=0").status == 200
    ask("POST", ENTITIES, {"entityId": "one"})
    assert ask("GET", f"{ENTITIES}?page=0").status == 200
    beyond = ask("GET", f"{ENTITIES}?page=1")
    assert beyond.status == status
    if status == 200:
        assert beyond.json() == {
            "results": [],
            "paging": {"page": 1, "size": 20, "totalPages": 1, "totalResults": 1},
        }
