"""What a deletion takes along (platform.md 8.3): nothing less, nothing more, and all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import AskAt, Asker, OpenIt

Account = dict[str, list[dict[str, Any]]]


def expected(before: Account, field: str, id_: str) -> Account:
    """The account as the rules leave it, put together without the sandbox's own queries."""
    after = dict(before)
    for family in ("applications", "entities", "associations", "strategies", "subscriptions"):
        after[family] = [
            one for one in before[family] if all(pair.get(field) != id_ for pair in _pairs(family, one))
        ]
    for family in ("numbers", "domains"):
        after[family] = [
            {**one, "applicationId": "default", "entityId": None} if one[field] == id_ else one
            for one in before[family]
        ]
    after["inboundConfigurations"] = [
        {**one, "platform": {"applicationId": "default"}}
        if one.get("platform", {}).get(field) == id_
        else one
        for one in before["inboundConfigurations"]
    ]
    return after


def _pairs(family: str, one: dict[str, Any]) -> list[dict[str, Any]]:
    match family:
        case "strategies":
            return [one.get("platform", {})]
        case "subscriptions":
            return list(one.get("criteria", []))
        case _:
            return [one]


@pytest.mark.parametrize("seed", ["docs", "demo"])
@pytest.mark.parametrize(
    ("kind", "field"),
    [("applications", "applicationId"), ("entities", "entityId")],
    ids=lambda value: str(value),
)
def test_all_that_names_it_goes_and_resources_fall_back(
    open_it: OpenIt, ask_at: AskAt, seed: str, kind: str, field: str
) -> None:
    ask = ask_at(open_it(seed=seed))
    lost = set()
    for row in ask("GET", f"/provisioning/1/{kind}?size=1000").results()[1:8]:
        before = ask.sandbox.dump()
        wanted = expected(before, field, row[field])
        assert ask("DELETE", f"/provisioning/1/{kind}/{row[field]}").status == 200
        after = ask.sandbox.dump()
        assert {family: _by_identity(rows) for family, rows in after.items()} == {
            family: _by_identity(rows) for family, rows in wanted.items()
        }
        lost |= {family for family in after if after[family] != before[family]}
    assert lost >= {kind, "associations", "strategies", "subscriptions", "numbers"}


def _by_identity(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(map(repr, rows))


def test_a_pair_goes_with_either_half(ask: Asker) -> None:
    assert ask("DELETE", "/provisioning/1/entities/mc-burger").status == 200
    left = [row["subscriptionId"] for row in ask("GET", "/subscriptions/1/subscription/SMS").results()]
    assert left == ["pin-delivery"], "one whose other criteria name BigCola only goes whole"
    strategies = ask("GET", "/provisioning/2/sending-strategies?applicationId=marketing").results()
    assert [one["platform"]["entityId"] for one in strategies] == ["big-cola"]


def test_an_application_and_an_entity_of_one_name_are_two_things(ask: Asker) -> None:
    ask("POST", "/provisioning/1/entities", {"entityId": "marketing"})
    before = ask.sandbox.dump()
    ask("DELETE", "/provisioning/1/entities/marketing")
    after = ask.sandbox.dump()
    assert {family for family in after if after[family] != before[family]} == {"entities"}


def test_a_resource_survives_and_can_be_tied_again(ask: Asker) -> None:
    (tied, *_) = ask("GET", "/provisioning/1/associations?entityId=big-cola").results()
    ask("DELETE", "/provisioning/1/entities/big-cola")
    assert ask("POST", "/provisioning/1/associations", tied).status == 404
    ask("POST", "/provisioning/1/entities", {"entityId": "big-cola"})
    assert ask("POST", "/provisioning/1/associations", tied).status == 201


def test_a_name_used_again_starts_empty(ask: Asker) -> None:
    ask("DELETE", "/provisioning/1/entities/big-cola")
    ask("POST", "/provisioning/1/entities", {"entityId": "big-cola"})
    assert ask("GET", "/provisioning/1/entities").results()[-1] == {"entityId": "big-cola"}
    assert ask("GET", "/provisioning/1/associations?entityId=big-cola").results() == []
    assert ask("GET", "/subscriptions/1/subscription/SMS?entityId=big-cola").results() == []


def test_what_only_names_a_stranger_stays(ask: Asker) -> None:
    platform = {"applicationId": "nobody", "entityId": "big-cola2"}
    ask("POST", "/provisioning/2/sending-strategies", {"platform": platform})
    assert ask("DELETE", "/provisioning/1/applications/nobody").status == 404
    ask("DELETE", "/provisioning/1/entities/big-cola")
    assert len(ask("GET", "/provisioning/2/sending-strategies?applicationId=nobody").results()) == 1


def test_a_deletion_that_fails_half_way_did_nothing(ask: Asker) -> None:
    before = ask.sandbox.dump()
    # Breaks the last statement of the deletion alone.
    with ask.sandbox._state.transaction(writes=True) as db:
        db.execute("CREATE TRIGGER broken BEFORE DELETE ON entities BEGIN SELECT raise(FAIL, 'broken'); END")
    failed = ask("DELETE", "/provisioning/1/entities/big-cola")
    assert failed.status == 500
    assert failed.json()["requestError"]["serviceException"]["messageId"] == "GENERAL_ERROR"
    assert ask.sandbox.dump() == before
