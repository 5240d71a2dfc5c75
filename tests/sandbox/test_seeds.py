"""What new accounts hold: enough, the same every time, and some of it awkward."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from entitree.errors import UsageError
from entitree.sandbox.seeds import SEEDS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandbox.conftest import AskAt, OpenIt

Account = dict[str, list[dict[str, Any]]]


@pytest.fixture
def demo(open_it: OpenIt) -> Account:
    account: Account = open_it(seed="demo").dump()
    return account


@pytest.mark.parametrize("seed", [*SEEDS, "scale:2000"])
def test_a_seed_gives_the_same_account_every_time(open_it: OpenIt, tmp_path: Path, seed: str) -> None:
    one, other = (open_it(seed=seed, state=tmp_path / name) for name in ("one.db", "other.db"))
    assert one.dump() == other.dump()


def test_empty_holds_the_default_application_its_key_and_no_more(open_it: OpenIt) -> None:
    account = open_it(seed="empty").dump()
    assert [one["name"] for one in account.pop("keys")] == ["full"]
    assert {family: rows for family, rows in account.items() if rows} == {
        "applications": [{"applicationId": "default"}]
    }


def test_docs_are_the_examples_of_the_guide(open_it: OpenIt) -> None:
    account = open_it(seed="docs").dump()
    names = {one.get("entityName") for one in account["entities"]}
    assert names >= {"BigCola", "McBurger"}
    assert len(account["associations"]) == 20
    assert any(len(one["criteria"]) == 2 for one in account["subscriptions"])


def test_demo_has_the_size_of_a_real_account(demo: Account) -> None:
    sizes = {family: len(rows) for family, rows in demo.items()}
    assert (sizes["applications"], sizes["entities"], sizes["associations"]) == (12, 240, 600)
    assert (sizes["strategies"], sizes["subscriptions"]) == (30, 20)
    assert len({one["channel"] for one in demo["subscriptions"]}) >= 5


def test_demo_is_skewed_as_a_real_account_is(demo: Account) -> None:
    held = Counter(one["entityId"] for one in demo["associations"] if "entityId" in one)
    assert held.most_common(1)[0][1] >= 10
    assert len(demo["entities"]) - len(held) >= 20, "some hold nothing"
    assert any("entityId" not in one for one in demo["associations"])


def test_demo_has_names_that_break_programs(demo: Account) -> None:
    aliases = [one["entityName"] for one in demo["entities"] if "entityName" in one]
    assert {"[red]x[/]", "[/]"} <= set(aliases)
    for sign in ("\x1b", "\n", "\u202e", "🍔", "東", "å", "ה", "ش"):
        assert any(sign in alias for alias in aliases), repr(sign)
    assert max(map(len, aliases)) >= 200
    ids = [one["entityId"] for one in demo["entities"]]
    assert any("/" in id_ for id_ in ids)
    assert any(" " in id_ for id_ in ids)
    assert "a..b" in ids
    assert len(demo["entities"]) - len(aliases) >= 5, "some have no alias"


@pytest.mark.parametrize("size", [1, 49, 3000])
def test_scale_has_the_size_that_was_asked_for(open_it: OpenIt, size: int) -> None:
    sizes = {family: len(rows) for family, rows in open_it(seed=f"scale:{size}").dump().items()}
    assert (sizes["entities"], sizes["associations"]) == (size, 2 * size)
    assert sizes["numbers"] == max(1, size // 50)


def test_scale_is_skewed_as_a_real_account_is(open_it: OpenIt) -> None:
    account = open_it(seed="scale:3000").dump()
    held = Counter(one["entityId"] for one in account["associations"] if "entityId" in one)
    assert held.most_common(1)[0][1] >= 100
    assert 600 <= len(account["entities"]) - len(held) <= 2400, "many hold nothing, many something"
    assert sum(one.get("entityName") is None for one in account["entities"]) > 100
    assert len({one["applicationId"] for one in account["associations"]}) == 12
    assert account["strategies"]
    assert account["subscriptions"]


@pytest.mark.parametrize("size", ["0", "-1", "1e3", "", "ten", "10000001", "１"])
def test_scale_takes_a_size(open_it: OpenIt, size: str) -> None:
    with pytest.raises(UsageError, match="scale:N takes 1 to 10000000 entities"):
        open_it(seed=f"scale:{size}")


@pytest.mark.long
def test_a_million_entities_are_opened_not_rebuilt(open_it: OpenIt, ask_at: AskAt) -> None:
    open_it(seed="scale:1000000").close()
    page = ask_at(open_it(seed="scale:1000000"))("GET", "/provisioning/1/entities?size=1").json()
    assert page["paging"]["totalResults"] == 1_000_000


def test_the_platform_would_have_taken_all_of_it(open_it: OpenIt, ask_at: AskAt, tmp_path: Path) -> None:
    """Deletes the demo's applications and entities, and posts everything again."""
    account = open_it(seed="demo").dump()
    ask = ask_at(open_it(seed="demo", state=tmp_path / "copy.db"))
    items = [
        (f"/provisioning/1/{family}", one[field], one)
        for family, field in (("applications", "applicationId"), ("entities", "entityId"))
        for one in account[family]
        if one[field] != "default"
    ]
    for path, id_, _ in items:
        assert ask.raw("DELETE", f"{path}/{quote(id_, safe='')}".encode()).status == 200
    for path, _, one in items:
        assert ask("POST", path, one).status == 201
    for one in account["associations"]:
        assert ask("POST", "/provisioning/1/associations", one).status in (201, 409)
    for one in account["strategies"]:
        body = {name: value for name, value in one.items() if name != "sendingStrategyId"}
        assert ask("POST", "/provisioning/2/sending-strategies", body).status == 201
    for one in account["subscriptions"]:
        body = {name: value for name, value in one.items() if name != "channel"}
        body["profile"] = {"profileId": body["profile"]["profileId"]}
        assert ask("POST", f"/subscriptions/1/subscription/{one['channel']}", body).status == 201
    copy = ask.sandbox.dump()
    for family in ("applications", "entities", "associations", "subscriptions", "profiles"):
        assert copy[family] == account[family]
    assert len(copy["strategies"]) == len(account["strategies"])
