from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from entitree.changes.edits import Alias, Associate, Create, Delete, Dissociate, Edit
from entitree.changes.impact import impact
from entitree.changes.plan.make import plan
from entitree.inventory.links import Links
from entitree.inventory.model import AssociationRow, CriterionRow, Item, Kind, SubscriptionRow

if TYPE_CHECKING:
    from entitree.changes.plan import Plan

COLA = Item(Kind.ENTITY, "cola", "Cola")
EXISTING = {(Kind.ENTITY, "cola"): COLA}
PAIR = AssociationRow("NUMBER", "SMS", "prod", "cola", "1")
ALONE = AssociationRow("NUMBER", "SMS", "prod", None, "1")
SHARED = SubscriptionRow(
    "SMS",
    "both",
    None,
    (CriterionRow("prod", "cola"), CriterionRow("prod", "acme")),
    "p",
    '{"subscriptionId":"both"}',
)
LINKS = Links((PAIR,), (), (SHARED,))


def deletion(*ids: str) -> Plan:
    found = impact(LINKS, Kind.ENTITY, ids, existing={"cola": COLA})
    return plan([Delete(Kind.ENTITY, each) for each in ids], existing=EXISTING, impacts=[found])


def test_each_edit_is_one_request() -> None:
    steps = plan(
        [
            Dissociate(PAIR),
            Associate(ALONE),
            Alias(Kind.ENTITY, "cola", None),
            Create(Kind.APPLICATION, "new", "New"),
            Create(Kind.ENTITY, "plain"),
        ],
        existing=EXISTING,
    ).steps
    assert [(each.number, each.operation, each.title, dict(each.path), each.body) for each in steps] == [
        (
            1,
            "create-application",
            "Create application new",
            {},
            {"applicationId": "new", "applicationName": "New"},
        ),
        (2, "create-entity", "Create entity plain", {}, {"entityId": "plain"}),
        (3, "modify-entity", "Take the alias of entity cola", {"entityId": "cola"}, {}),
        (
            4,
            "create-resource-association",
            "Associate SMS 1 with prod",
            {},
            {
                "resourceType": "NUMBER",
                "channel": "SMS",
                "applicationId": "prod",
                "entityId": None,
                "resourceId": "1",
            },
        ),
        (
            5,
            "delete-resource-association",
            "Dissociate SMS 1 from prod + cola",
            {},
            {
                "resourceType": "NUMBER",
                "channel": "SMS",
                "applicationId": "prod",
                "entityId": "cola",
                "resourceId": "1",
            },
        ),
    ]
    assert steps[2].before == {"alias": "Cola"}


def test_a_deletion_carries_all_that_goes_with_it_and_no_secret() -> None:
    (step,) = deletion("cola").steps
    assert (step.operation, step.path, step.body) == ("delete-entity", {"entityId": "cola"}, None)
    assert step.before == {
        "alias": "Cola",
        "known": True,
        "unread": [],
        "associations": [
            {
                "resource_type": "NUMBER",
                "channel": "SMS",
                "application_id": "prod",
                "entity_id": "cola",
                "resource_id": "1",
            }
        ],
        "strategies": [],
        "subscriptions": [{"channel": "SMS", "id": "both", "subscription": {"subscriptionId": "both"}}],
        "numbers": [],
        "inbound": [],
        "keys": [],
    }


def test_the_cost_of_a_deletion_counts_what_is_read_again() -> None:
    cost = deletion("acme", "cola", "zoo").cost()
    assert (cost.writes, cost.reads, cost.requests, cost.seconds) == (3, 75, 78, 2.0)
    assert deletion("acme", "cola").cost(10.0).seconds == pytest.approx(0.1)
    assert deletion("acme", "cola").cost(None).seconds == 0.0


def test_the_digest_follows_what_the_plan_was_made_upon() -> None:
    assert deletion("cola").digest == deletion("cola").digest
    more = Links((PAIR, ALONE), (), ())
    other = impact(more, Kind.ENTITY, ["cola"], existing={"cola": COLA})
    changed = plan([Delete(Kind.ENTITY, "cola")], existing=EXISTING, impacts=[other])
    assert changed.digest != deletion("cola").digest


@pytest.mark.parametrize(
    ("edits", "text"),
    [
        ([Create(Kind.ENTITY, "cola")], "There is already an entity “cola”."),
        ([Create(Kind.ENTITY, "")], "The entity id is empty."),
        ([Create(Kind.ENTITY, "x", "y" * 256)], "The alias is 256 characters long; 255 are the most."),
        ([Alias(Kind.ENTITY, "..", "x")], "No request can name the entity “..”."),
        ([Alias(Kind.ENTITY, "torn", "x")], "No request can name the entity “torn”."),
        (
            [Delete(Kind.APPLICATION, "default")],
            "The default application always exists and cannot be deleted.",
        ),
        ([Delete(Kind.ENTITY, "safe")], "“safe” is protected by the profile."),
        ([Delete(Kind.ENTITY, "unseen")], "What deleting “unseen” removes was not looked at yet."),
        (
            [Alias(Kind.ENTITY, "cola", "x"), Alias(Kind.ENTITY, "cola", "y")],
            "Another step of the same plan is about the same thing.",
        ),
        ([Associate(PAIR), Dissociate(PAIR)], "Another step of the same plan is about the same thing."),
        (
            [Associate(PAIR), Delete(Kind.ENTITY, "cola")],
            "The same plan deletes what this would be associated with.",
        ),
    ],
)
def test_conflicts_are_found_before_anything_runs(edits: list[Edit], text: str) -> None:
    found = impact(LINKS, Kind.ENTITY, ["cola"])
    torn = {(Kind.ENTITY, "torn"): Item(Kind.ENTITY, "torn", None, addressable=False)}
    made = plan(edits, protected={"safe"}, existing={**EXISTING, **torn}, impacts=[found])
    assert {each.text for each in made.conflicts} == {text}
    assert all(each.edit in edits for each in made.conflicts)


def test_an_application_and_an_entity_of_one_id_do_not_fight() -> None:
    made = plan([Create(Kind.ENTITY, "x"), Create(Kind.APPLICATION, "x")])
    assert made.conflicts == ()


def test_a_plan_says_what_it_does() -> None:
    assert deletion("cola").title == "Delete entity cola"
    assert deletion("cola", "acme").title == "Delete 2 entities"
    mixed = plan([Create(Kind.APPLICATION, "a"), Alias(Kind.ENTITY, "b", "x"), Alias(Kind.ENTITY, "c", None)])
    assert mixed.title == "Create 1 application, change the alias of 2 entities"
    assert plan([Create(Kind.ENTITY, "a\x1b[2J")]).title == "Create entity a␛[2J"
