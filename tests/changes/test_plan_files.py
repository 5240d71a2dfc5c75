from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies as st

from entitree.changes.edits import (
    Alias,
    Associate,
    Create,
    CreateStrategy,
    CreateSubscription,
    Delete,
    DeleteInbound,
    DeleteStrategy,
    DeleteSubscription,
    Dissociate,
    Edit,
    EnableKey,
    LinkKey,
    LinkNumber,
    ModifySubscription,
    WriteInbound,
)
from entitree.changes.impact import impact
from entitree.changes.jobs import CONFIRMED_FROM
from entitree.changes.plan import Lost, Plan
from entitree.changes.plan.files import opened, save, written
from entitree.changes.plan.make import Wish, plan
from entitree.changes.vault import Vault
from entitree.errors import StorageError, UsageError
from entitree.inventory.links import Links
from entitree.inventory.model import (
    AssociationRow,
    InboundRow,
    Item,
    KeyRow,
    Kind,
    LinkRow,
    NumberRow,
    StrategyRow,
    SubscriptionRow,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRET = "https://hook:pass@hooks.example/mo?token=s3cret"
ROW = AssociationRow("NUMBER", "SMS", "prod", "cola", "1")
SUBSCRIPTION = SubscriptionRow(
    "SMS", "both", None, (), "p", '{"subscriptionId":"both","events":[],"profile":{"profileId":"p"}}'
)
KEY = KeyRow("K1", "key", True, None, (LinkRow("prod", None),))
INBOUND = InboundRow("C1", "SMS", "1", None, "prod", None, "HTTP_FORWARD", "https://hooks.example/mo")

EVERY: tuple[Edit, ...] = (
    Create(Kind.APPLICATION, "a\u202eb", "é"),
    Alias(Kind.ENTITY, "cola", None),
    Delete(Kind.ENTITY, "burger"),
    Associate(ROW),
    Dissociate(AssociationRow("NUMBER", "SMS", "prod", None, "1")),
    LinkNumber(NumberRow("1", "385", None, None, (), "prod", "cola"), "prod"),
    WriteInbound("SMS", "2", "STOP", '{"autoResponse": {"message": "x"}}'),
    DeleteInbound(INBOUND),
    CreateStrategy('{"channel": "SMS", "priorities": [{"senderType": "ALPHANUMERIC", "priority": 1}]}'),
    DeleteStrategy(StrategyRow("S1", None, None, "SMS", None, "{}")),
    CreateSubscription("SMS", '{"subscriptionId": "new", "events": ["X"], "profile": {"profileId": "p"}}'),
    ModifySubscription(SUBSCRIPTION, '{"name": "n", "events": [], "profile": {"profileId": "p"}}'),
    DeleteSubscription(SubscriptionRow("MMS", "both", None, (), "p", SUBSCRIPTION.raw)),
    LinkKey(KEY, (LinkRow("prod", "cola", "FILL"),)),
    EnableKey(KeyRow("K2", "other", True, None), False),
)


def made(*edits: Edit | Wish, vault: Vault | None = None) -> Plan:
    shown = impact(Links((ROW,), (), ()), Kind.ENTITY, ["burger"])
    existing = {(Kind.ENTITY, "cola"): Item(Kind.ENTITY, "cola", "Cola")}
    return plan(
        edits,
        account="acme https://x.example",
        existing=existing,
        impacts=[shown],
        vault=vault,
        lost=[Lost("a thing", "because")],
        unchecked=["bots"],
    )


def edited(change: Callable[[dict[str, Any]], None], *edits: Edit, honest: bool = True) -> bytes:
    """A plan's file after `change`; `honest`: with the digest that then fits."""
    value = json.loads(written(made(*(edits or EVERY))))
    change(value)
    if honest:
        with pytest.raises(UsageError) as told:
            opened(json.dumps(value).encode())
        if "digest" in str(told.value):
            value["digest"] = _digest_of(value)
    return json.dumps(value).encode()


def _digest_of(value: dict[str, Any]) -> str:
    from entitree.changes.plan.files import _File, _step

    steps = tuple(_step(each, at, "x") for at, each in enumerate(_File.model_validate(value).steps))
    return Plan(value["account"], steps).digest


def problem(content: bytes, **options: Any) -> str:  # noqa: ANN401 - the options of `opened`
    with pytest.raises(UsageError) as told:
        opened(content, **options)
    return told.value.what


def test_every_kind_of_step_comes_back_as_it_was() -> None:
    before = made(*EVERY)
    assert before.conflicts == ()
    assert len(before.steps) == len(EVERY)
    after = opened(written(before).encode(), account=before.account)
    assert after == opened(written(after).encode())
    assert after.digest == before.digest
    assert after.created == before.created
    assert (after.lost, after.unchecked, after.title) == (before.lost, before.unchecked, before.title)
    assert [(each.title, each.reason, each.needs) for each in after.steps] == [
        (each.title, each.reason, each.needs) for each in before.steps
    ]
    assert after.cost() == before.cost()


def test_what_its_listing_will_cost_comes_back_too() -> None:
    creations = [Create(Kind.ENTITY, f"new-{number}") for number in range(CONFIRMED_FROM)]
    before = plan(creations, counts={Kind.ENTITY: 5000})
    after = opened(written(before).encode())
    assert (after.counts, after.cost()) == (before.counts, before.cost())
    assert after.cost().reads == 6


@given(st.lists(st.sampled_from(EVERY), unique_by=id), st.text())
def test_any_plan_comes_back(chosen: list[Edit], reason: str) -> None:
    before = made(*(Wish(each, reason.encode("utf-8", "ignore").decode()) for each in chosen))
    assert opened(written(before).encode()).digest == before.digest


def test_a_file_is_its_owners_alone_and_replaces_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text("old")
    path.chmod(0o644)
    save(made(*EVERY), path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert opened(path.read_bytes()).steps
    assert [each.name for each in tmp_path.iterdir()] == ["plan.json"]
    with pytest.raises(StorageError):
        save(made(*EVERY), path / "under a file")


def test_a_plan_with_conflicts_is_not_saved() -> None:
    with pytest.raises(UsageError, match="conflicts"):
        written(made(Create(Kind.ENTITY, "")))


def test_no_file_holds_a_secret_and_one_that_needs_it_opens_where_it_is(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "here")
    raw = json.dumps({"forwarding": {"type": "HTTP_FORWARD", "url": SECRET}})
    text = written(made(WriteInbound("SMS", "1", None, raw), vault=vault))
    assert not any(part in text for part in ("pass@", "s3cret", "token"))
    assert opened(text.encode(), vault=vault).steps
    for other in (None, Vault(tmp_path / "elsewhere")):
        assert problem(text.encode(), vault=other) == (
            "The plan holds a forwarding URL whose password or query is kept where it was made, not here:"
            " step 1, Create inbound configuration SMS 1."
        )


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "not JSON: line 1, column 1"),
        (b'{\n "entitree": "plan",\n oops}', "not JSON: line 3, column 2"),
        (b"{\n\xff}", "not UTF-8 text: line 2"),
        (b"[]", "no plan of this program"),
        (b'{"entitree": "profile"}', "no plan of this program"),
        (b"[" * 100_000, "is no plan"),
        (b'{"entitree": "plan", "version": ' + b"9" * 5000 + b"}", "is no plan"),
        (b'{"entitree": "plan", "version": 2}', "has version 2; this program knows 1"),
        (b'{"entitree": "plan", "version": "\\u001b[2J"}', "has version ␛[2J;"),
        (b'{"entitree": "plan", "version": 1}', "is wrong at account: Field required."),
    ],
)
def test_what_is_no_plan_is_told_with_its_place(content: bytes, text: str) -> None:
    assert text in problem(content)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda value: value.update(account=3), "is wrong at account: Input should be a valid string."),
        (lambda value: value.update(created="yesterday"), "is wrong at created: "),
        (lambda value: value.update(more=1), "is wrong at more: Extra inputs are not permitted."),
        (
            lambda value: value["steps"][1].update(number="2"),
            "is wrong at steps[1].number: Input should be a valid integer.",
        ),
        (lambda value: value["steps"][1].update(number=5), "steps[1].number: It is 5 and must be 2."),
        (
            lambda value: value["steps"][1].update(needs=[2]),
            "steps[1].needs: A step can only need earlier ones.",
        ),
        (
            lambda value: value["steps"][0].update(operation="rm"),
            "steps[0].operation: There is no such operation.",
        ),
        (
            lambda value: value["steps"][0]["target"].update(family="bots"),
            "steps[0].target.family: It must be one",
        ),
        (lambda value: value["steps"][0]["target"].pop("key"), "steps[0].target.key: Field required."),
        (lambda value: value["steps"].pop(), "its digest does not fit"),
        (lambda value: value.update(account="other"), "its digest does not fit"),
    ],
)
def test_what_was_changed_is_told_with_its_place(change: Callable[[dict[str, Any]], None], text: str) -> None:
    assert text in problem(edited(change, honest=False))


def _only(edit: Edit, **fields: Any) -> bytes:  # noqa: ANN401 - of a step in a file
    return edited(lambda value: value["steps"][0].update(fields), edit)


@pytest.mark.parametrize(
    ("at", "fields", "text"),
    [
        (1, {"path": {"entityId": "other"}}, "Its path does not name its target."),
        (1, {"operation": "delete-entity"}, "It has a body, and should have none."),
        (1, {"operation": "modify-application"}, "is not about entities"),
        (1, {"operation": "get-entity"}, "No step does that."),
        (0, {"body": {"applicationId": "other"}}, "Its body does not name its target."),
        (0, {"body": None}, "Its body does not name its target."),
        (3, {"body": {"resourceType": "NUMBER"}}, "Its body does not name its target."),
        (
            3,
            {"target": {"family": "associations", "key": ["NUMBER"]}},
            "Its target is not one thing.",
        ),
        (7, {"path": {"configurationKey": "other"}}, "Its path does not name its target."),
        (
            6,
            {"body": {"channel": "SMS", "keyword": "STOP", "numberKey": "2", "resource": "x"}},
            "Its body names something else than its target.",
        ),
        (
            10,
            {"body": {"subscriptionId": "new", "profile": {"profileId": "p", "webhook": {}}}},
            "Of a profile it may hold the id alone.",
        ),
        (2, {"title": "Create entity burger"}, "Its title does not say what it does."),
        (2, {"title": "Delete entity other"}, "Its title does not say what it does."),
        (13, {"body": {"platform": []}}, "It would let an API key do everything."),
        (13, {"body": {"permissions": ["PUBLIC_API"]}}, "It would let an API key do everything."),
    ],
)
def test_a_step_does_what_its_target_says(at: int, fields: dict[str, Any], text: str) -> None:
    assert text in problem(_only(EVERY[at], **fields))


def test_protected_items_are_safe_from_files_too() -> None:
    text = written(made(Delete(Kind.ENTITY, "burger"))).encode()
    assert opened(text).steps
    assert "“burger” is protected." in problem(text, protected={"burger"})


def test_a_plan_of_another_account_says_so() -> None:
    text = written(made(Create(Kind.ENTITY, "x"))).encode()
    assert problem(text, account="prod") == "The plan was made for another account, acme https://x.example."
    assert problem(text, account="prod", name="p.json").startswith("p.json was made")


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(content: bytes) -> None:
    problem(content)


@given(st.data())
def test_a_file_with_a_byte_changed_is_refused_or_means_the_same(data: st.DataObject) -> None:
    before = made(*EVERY[:4])
    content = bytearray(written(before).encode())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] = data.draw(st.integers(0, 255))
    try:
        after = opened(bytes(content))
    except UsageError:
        return
    assert after.digest == before.digest
