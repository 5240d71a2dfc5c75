from __future__ import annotations

import json

import pytest

from entitree.api.models import (
    Application,
    Association,
    Entity,
    SendingStrategy,
    Subscription,
    SubscriptionCreated,
)
from entitree.inventory.model import AssociationRow, CriterionRow, Item, Kind, StrategyRow, SubscriptionRow
from entitree.inventory.wire import association, stored


def test_items_keep_id_and_alias() -> None:
    assert stored(Application(application_id="a", application_name="A")) == Item(Kind.APPLICATION, "a", "A")
    assert stored(Entity(entity_id=".."), addressable=False) == Item(
        Kind.ENTITY, "..", None, addressable=False
    )


def test_an_association_goes_both_ways() -> None:
    wire = Association(resource_type="ALPHA", channel="SMS", application_id="a", resource_id="Acme")
    row = AssociationRow("ALPHA", "SMS", "a", None, "Acme")
    assert stored(wire) == row
    assert association(row) == wire


def test_an_empty_half_of_a_strategy_is_none_at_all() -> None:
    wire = SendingStrategy.model_validate(
        {"sendingStrategyId": "S", "platform": {"applicationId": "a", "entityId": ""}, "channel": "", "x": 1}
    )
    row = stored(wire)
    assert isinstance(row, StrategyRow)
    assert (row.application_id, row.entity_id, row.channel, row.country) == ("a", None, None, None)
    assert json.loads(row.raw)["x"] == 1


def test_of_a_profile_only_its_id_is_kept() -> None:
    wire = Subscription.model_validate(
        {
            "subscriptionId": "s",
            "criteria": [{"applicationId": "a"}, {"entityId": "e", "callsConfigurationId": "c"}],
            "profile": {
                "profileId": "p",
                "webhook": {"notifyUrl": "https://user:secret@hooks.example/?token=secret"},
                "security": {"authId": "secret"},
            },
        }
    )
    row = stored(wire, part="SMS")
    assert isinstance(row, SubscriptionRow)
    assert (row.channel, row.id, row.profile_id) == ("SMS", "s", "p")
    assert row.criteria == (CriterionRow("a", None), CriterionRow(None, "e"))
    assert "secret" not in row.raw
    assert json.loads(row.raw)["profile"] == {"profileId": "p"}


def test_what_the_mirror_does_not_keep_is_no_row() -> None:
    with pytest.raises(TypeError, match="SubscriptionCreated"):
        stored(SubscriptionCreated(subscription_id="s"))
