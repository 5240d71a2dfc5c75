"""Pages: bounds and defaults of each family, order, and what lies beyond the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Asker

LISTS = {
    "/provisioning/1/applications": (20, 1000),
    "/provisioning/1/entities": (20, 1000),
    "/provisioning/1/associations": (20, 1000),
    "/provisioning/2/sending-strategies": (100, 1000),
    "/subscriptions/1/subscription/SMS": (20, 100),
}


@pytest.mark.parametrize("path", LISTS)
def test_size_has_a_default_and_a_most(ask: Asker, path: str) -> None:
    default, most = LISTS[path]
    assert ask("GET", path).json()["paging"]["size"] == default
    assert ask("GET", f"{path}?size={most}").json()["paging"]["size"] == most
    refused = ask("GET", f"{path}?size={most + 1}")
    assert (refused.status, set(refused.violations())) == (400, {"size"})


@pytest.mark.parametrize(
    "query",
    [
        *("page=-1", "page=x", "page=", "page=1.0", "page=1e3", "page=0x1", "page=%D9%A1"),
        *("size=0", "size=-1", "size=ten", "size=+5", "size=%20%205"),
        pytest.param("page=" + "9" * 5000, id="page of 5000 digits"),
    ],
)
@pytest.mark.parametrize("path", LISTS)
def test_what_is_no_page(ask: Asker, path: str, query: str) -> None:
    assert ask("GET", f"{path}?{query}").status == 400


@pytest.mark.parametrize("path", LISTS)
def test_a_page_number_of_more_than_32_bits(ask: Asker, path: str) -> None:
    """The document of the strategies is the one that names no width."""
    wide = ask("GET", f"{path}?page=2147483648")
    assert wide.status == (200 if "strategies" in path else 400)
    assert wide.status == 400 or wide.results() == []


@pytest.mark.parametrize("path", LISTS)
def test_pages_together_are_the_whole_list(ask: Asker, path: str) -> None:
    whole = ask("GET", f"{path}?size=100").json()
    pages = [
        ask("GET", f"{path}?size=2&page={page}").json() for page in range(whole["paging"]["totalResults"])
    ]
    assert [row for page in pages for row in page["results"]] == whole["results"]
    total = whole["paging"]["totalResults"]
    assert {page["paging"]["totalPages"] for page in pages} == {(total + 1) // 2}


@pytest.mark.parametrize("path", LISTS)
def test_beyond_the_last_page_is_nothing_of_the_same_total(ask: Asker, path: str) -> None:
    total = ask("GET", path).json()["paging"]["totalResults"]
    assert total > 0
    assert ask("GET", f"{path}?page=2147483647&size=3").json() == {
        "results": [],
        "paging": {"page": 2147483647, "size": 3, "totalPages": -(-total // 3), "totalResults": total},
    }


def test_an_empty_list_has_no_pages(ask: Asker) -> None:
    paging = ask("GET", "/subscriptions/1/subscription/ZALO").json()
    assert paging == {"results": [], "paging": {"page": 0, "size": 20, "totalPages": 0, "totalResults": 0}}
