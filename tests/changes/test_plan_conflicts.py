"""What stands against edits of every kind: bad definitions, ids over the limits, steps that fight."""

from __future__ import annotations

import json
from typing import Any

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
from entitree.changes.plan import Plan, State, Target
from entitree.changes.plan.make import Wish, plan
from entitree.changes.plan.targets import names, subjects, target_of
from entitree.inventory.links import Links
from entitree.inventory.model import (
    AssociationRow,
    Family,
    InboundRow,
    Item,
    KeyRow,
    Kind,
    LinkRow,
    NumberRow,
    StrategyRow,
    SubscriptionRow,
)

ENTITY = Kind.ENTITY
NUMBER = NumberRow("1", "385", None, None, (), "prod", "cola")
KEY = KeyRow("K1", "key", True, None, (LinkRow("prod", None),))
LINKS = (LinkRow("prod", "cola"),)
SUBSCRIPTION = SubscriptionRow("SMS", "both", None, (), "p", "{}")
INBOUND = InboundRow("C1", "SMS", "1", "STOP", "prod", None)
LONG = "x" * 256
DELETED = Delete(ENTITY, "cola")


def subscribed(**more: object) -> str:
    return json.dumps({"subscriptionId": "s", "events": ["X"], "profile": {"profileId": "p"}, **more})


def planned(*edits: Edit | Wish, states: dict[Target, State | None] | None = None) -> Plan:
    shown = impact(Links((), (), ()), ENTITY, ["cola"], existing={"cola": Item(ENTITY, "cola")})
    return plan(edits, impacts=[shown], states=states)


def texts(*edits: Edit | Wish) -> list[str]:
    return [each.text for each in planned(*edits).conflicts]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("", "The definition is not JSON: line 1, column 1: Expecting value."),
        ('{\n"a": }', "The definition is not JSON: line 2, column 6: Expecting value."),
        ("[]", "The definition is not a JSON object."),
        ("null", "The definition is not a JSON object."),
        ("[" * 100_000, "The definition is nested too deep."),
        ('{"a": NaN}', "The definition holds a number that is none."),
        ('{"a": 1e999}', "The definition holds a number that is none."),
        ('{"a": ' + "9" * 5000 + "}", "The definition holds a number that is too long."),
        ('{"a": ["\\udc00"]}', "The definition holds half a character, which cannot be sent."),
        (" " * 1_000_001, "The definition is longer than 1,000,000 characters."),
    ],
)
def test_a_definition_that_is_none_is_a_conflict_and_never_an_exception(raw: str, text: str) -> None:
    for edit in (
        CreateStrategy(raw),
        CreateSubscription("SMS", raw),
        ModifySubscription(SUBSCRIPTION, raw),
        WriteInbound("SMS", "1", None, raw),
    ):
        assert texts(edit) == [text]
    assert texts(CreateSubscription("SMS", raw), CreateSubscription("SMS", raw)) != []


@pytest.mark.parametrize(
    ("edit", "text"),
    [
        (
            CreateStrategy('{"priorities": [{"senderType": "X", "priority": "first"}]}'),
            "The definition does not fit at “priorities.0.priority”: Input should be a valid integer",
        ),
        (
            CreateStrategy(json.dumps({"platform": {"entityId": LONG}})),
            "The entity id is 256 characters long;",
        ),
        (CreateStrategy('{"platform": {"applicationId": " "}}'), "The application id is blank."),
        (CreateStrategy('{"platform": []}'), "The definition does not fit at “platform”"),
        (DeleteStrategy(StrategyRow("..", None, None, None, None, "{}")), "No request can name the sending"),
        (CreateSubscription("..", subscribed()), "No request can name the channel “..”."),
        (
            CreateSubscription("SMS", subscribed(subscriptionId="a b")),
            "A subscriptionId has 1 to 255 letters",
        ),
        (CreateSubscription("SMS", subscribed(subscriptionId="..")), "A subscriptionId has 1 to 255 letters"),
        (CreateSubscription("SMS", subscribed(subscriptionId=LONG)), "A subscriptionId has 1 to 255 letters"),
        (CreateSubscription("SMS", subscribed(subscriptionId=5)), "The definition has no subscriptionId."),
        (CreateSubscription("SMS", "{}"), "The definition has no subscriptionId."),
        (CreateSubscription("SMS", subscribed(profile="p")), "The definition names no profile"),
        (
            CreateSubscription("SMS", subscribed(profile={"profileId": "p", "webhook": {"notifyUrl": "x"}})),
            "Of a profile a definition may hold nothing but the profileId",
        ),
        (CreateSubscription("SMS", subscribed(events=None)), "The definition has no list of events."),
        (
            CreateSubscription("SMS", subscribed(events=["X"] * 256)),
            "The definition has more than 255 events.",
        ),
        (CreateSubscription("SMS", subscribed(events=[5])), "The definition does not fit at “events.0"),
        (CreateSubscription("SMS", subscribed(criteria=[{"entityId": LONG}])), "The entity id is 256"),
        (
            CreateSubscription("SMS", subscribed(name="")),
            "The name of a subscription has 1 to 255 characters.",
        ),
        (ModifySubscription(SUBSCRIPTION, subscribed()), "The definition is of another subscription, “s”"),
        (DeleteSubscription(SubscriptionRow("SMS", ".", None, (), None, "")), "No request can name the"),
        (LinkNumber(NUMBER, ""), "A number is always linked to an application"),
        (LinkNumber(NUMBER, "prod", LONG), "The entity id is 256 characters long"),
        (
            LinkNumber(NumberRow("", "385", None, None, (), None, None), "prod"),
            "No request can name the number",
        ),
        (WriteInbound("SMS", "1", None, "{}"), "The definition says nothing that would be changed."),
        (WriteInbound("SMS", "1", "k" * 51, '{"username": "x"}'), "The keyword is 51 characters long;"),
        (WriteInbound("", "1", None, '{"username": "x"}'), "It needs a channel and a resource."),
        (
            WriteInbound("SMS", "1", None, '{"numberKey": "2"}'),
            "“numberKey” says which configuration is meant",
        ),
        (WriteInbound("SMS", "1", None, '{"unset": ["ALL"]}'), "“unset” is a list of USERNAME, PLATFORM"),
        (WriteInbound("SMS", "1", None, '{"unset": [["USERNAME"]]}'), "“unset” is a list of USERNAME"),
        (WriteInbound("SMS", "1", None, '{"forwarding": "x"}'), "“forwarding” is not an object."),
        (WriteInbound("SMS", "1", None, '{"forwarding": {"url": 5}}'), "The forwarding URL is not a text."),
        (WriteInbound("SMS", "1", None, '{"platform": {"entityId": 5}}'), "The definition does not fit at"),
        (
            WriteInbound("SMS", "1", None, '{"forwarding": {"url": "https://u:p@x.example/"}}'),
            "Its forwarding URL has a password or a query, and here is nowhere to keep it safe.",
        ),
        (
            WriteInbound("SMS", "1", None, '{"forwarding": {"url": {"$secret": "0"}}}'),
            "Its forwarding URL has a password or a query that is not kept on this machine",
        ),
        (
            WriteInbound("SMS", "1", None, '{"username": "x"}', INBOUND),
            "What it is to change is another configuration.",
        ),
        (DeleteInbound(InboundRow("..", "SMS", "1", None, None, None)), "No request can name the inbound"),
        (LinkKey(KEY, ()), "Bound to nothing it could do everything: disable it instead."),
        (
            LinkKey(KEY, (*LINKS, LinkRow("prod", "cola", "FILL"))),
            "bound to the same application and entity twice",
        ),
        (LinkKey(KEY, (LinkRow("", "cola"),)), "A key is bound to an application, alone or with an entity"),
        (LinkKey(KEY, (LinkRow("prod", None, "MAYBE"),)), "The action of a link is FILL, FORCE or none."),
        (LinkKey(KEY, (LinkRow(LONG, None),)), "The application id is 256 characters long"),
        (EnableKey(KeyRow("..", "x", True, None), False), "No request can name the API key “..”."),
        (Associate(AssociationRow("", "SMS", "prod", None, "1")), "It needs a resource type."),
        (Associate(AssociationRow("NUMBER", "SMS", "", None, "1")), "It needs an application."),
        (
            Associate(AssociationRow("NUMBER", "SMS", "prod", None, LONG)),
            "The resource is 256 characters long",
        ),
        (Associate(AssociationRow("DOMAIN", "SMS", "prod", None, "x.example")), "for EMAIL only"),
        (Associate(AssociationRow("NUMBER", "SMS", "prod", "\ud800", "1")), "half a character"),
        (Dissociate(AssociationRow("NUMBER", "SMS", "prod", "\ud800", "1")), "half a character"),
    ],
)
def test_what_is_wrong_with_an_edit(edit: Edit, text: str) -> None:
    (told,) = texts(edit)
    assert text in told
    assert planned(edit).steps == ()


@pytest.mark.parametrize(
    "edit",
    [
        Associate(AssociationRow("NUMBER", "SMS", "prod", "cola", "1")),
        LinkNumber(NUMBER, "prod", "cola"),
        LinkKey(KEY, LINKS),
        WriteInbound("SMS", "1", None, '{"platform": {"applicationId": "prod", "entityId": "cola"}}'),
        CreateStrategy('{"platform": {"entityId": "cola"}}'),
        CreateSubscription("SMS", subscribed(criteria=[{"entityId": "acme"}, {"entityId": "cola"}])),
        ModifySubscription(SUBSCRIPTION, subscribed(subscriptionId="both", criteria=[{"entityId": "cola"}])),
    ],
)
def test_nothing_is_tied_to_what_the_same_plan_deletes(edit: Edit) -> None:
    assert texts(edit) == []
    assert texts(edit, DELETED) == ["The same plan deletes what this would be associated with."]
    assert (ENTITY, "cola") in names(edit)
    assert (ENTITY, "cola") in subjects(edit)


def test_what_takes_ties_away_goes_before_a_deletion() -> None:
    row = AssociationRow("NUMBER", "SMS", "prod", "cola", "1")
    made = planned(DELETED, Dissociate(row), LinkNumber(NUMBER, "default"), DeleteSubscription(SUBSCRIPTION))
    assert made.conflicts == ()
    assert [step.operation for step in made.steps][-1] == "delete-entity"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Create(ENTITY, "x"), Delete(ENTITY, "x")),
        (Create(ENTITY, "x"), Alias(ENTITY, "x", "y")),
        (LinkNumber(NUMBER, "a"), LinkNumber(NUMBER, "b")),
        (LinkKey(KEY, LINKS), EnableKey(KEY, False)),
        (DeleteInbound(INBOUND), WriteInbound("SMS", "1", "STOP", '{"username": "x"}')),
        (CreateSubscription("SMS", subscribed()), CreateSubscription("SMS", subscribed())),
        (
            DeleteSubscription(SUBSCRIPTION),
            ModifySubscription(SUBSCRIPTION, subscribed(subscriptionId="both")),
        ),
    ],
)
def test_one_plan_does_one_thing_to_one_target(one: Edit, other: Edit) -> None:
    assert target_of(one) == target_of(other)
    assert set(texts(one, other)) == {"Another step of the same plan is about the same thing."}


def test_equal_strategies_may_be_made_and_one_id_may_be_in_two_channels() -> None:
    same = CreateStrategy("{}")
    assert texts(same, CreateStrategy("{}")) == []
    assert texts(CreateSubscription("SMS", subscribed()), CreateSubscription("MMS", subscribed())) == []


def test_a_wish_cannot_use_what_is_made_only_after_it() -> None:
    tie = Associate(AssociationRow("NUMBER", "SMS", "prod", "new", "1"))
    new = Create(ENTITY, "new")
    assert texts(Wish(tie), Wish(new)) == ["The plan makes “new” only after this."]
    assert texts(Wish(new), Wish(tie)) == texts(tie, new) == []


def test_what_needs_a_conflict_falls_away_with_it() -> None:
    made = planned(Wish(Create(ENTITY, "")), Wish(Create(ENTITY, "a"), needs=(0,)), Wish(Create(ENTITY, "b")))
    assert [step.title for step in made.steps] == ["Create entity b"]
    for needs in ((1,), (0,), (-1,), (7,)):
        with pytest.raises(ValueError, match="not before it"):
            planned(Wish(Create(ENTITY, "a"), needs=needs))


def test_what_was_read_says_what_is_there() -> None:
    key = Target(Family.KEYS, ("K1",))
    web: State = {"permissions": ["WEB_SDK", "\u202e"], "platform": []}
    (told,) = planned(LinkKey(KEY, LINKS), states={key: web}).conflicts
    assert told.text == "It is a key for WEB_SDK, ‹U+202E›, which binding it would take away."
    (gone,) = planned(EnableKey(KEY, False), states={key: None}).conflicts
    assert gone.text == "It is not there any more."
    (step,) = planned(EnableKey(KEY, False), states={key: {"enabled": False, "name": "x"}}).steps
    assert (step.before, step.after) == ({"enabled": False}, {"enabled": False})


_RAW = st.text() | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "subscriptionId",
                    "profile",
                    "profileId",
                    "events",
                    "criteria",
                    "platform",
                    "applicationId",
                    "entityId",
                    "forwarding",
                    "url",
                    "$secret",
                    "unset",
                    "channel",
                    "priorities",
                    "name",
                    "type",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
).map(json.dumps)


@given(_RAW, st.text(max_size=5), st.text(max_size=5))
def test_whatever_is_handed_in_there_is_a_plan_or_a_conflict(raw: str, one: str, other: str) -> None:
    edits: list[Edit] = [
        CreateStrategy(raw),
        CreateSubscription(one, raw),
        ModifySubscription(SubscriptionRow(one, other, None, (), None, raw), raw),
        DeleteSubscription(SubscriptionRow(other, one, None, (), None, raw)),
        DeleteStrategy(StrategyRow(one, None, other, None, None, raw)),
        WriteInbound(one, other, one, raw, InboundRow(one, one, other, one, one, other)),
        LinkNumber(NumberRow(one, other, None, None, (), one, other), other, one),
        LinkKey(KeyRow(one, other, True, None), (LinkRow(one, other, None),)),
        Associate(AssociationRow(one, other, one, other, one)),
        Create(Kind.APPLICATION, one, other),
    ]
    for edit in edits:
        made = planned(edit)
        assert len(made.steps) + bool(made.conflicts) == 1
        assert {(type(each.edit)) for each in made.conflicts} <= {type(edit)}
        assert made.digest


_EDITS = st.one_of(
    st.builds(Create, st.sampled_from(Kind), st.sampled_from("abcd")),
    st.builds(Alias, st.sampled_from(Kind), st.sampled_from("abcd"), st.none() | st.just("x")),
    st.builds(
        Associate,
        st.builds(
            AssociationRow,
            st.just("NUMBER"),
            st.sampled_from(["SMS", "MMS"]),
            st.sampled_from("abcd"),
            st.none() | st.sampled_from("abcd"),
            st.just("1"),
        ),
    ),
    st.builds(LinkKey, st.builds(KeyRow, st.sampled_from("kl"), st.just("k"), st.just(True), st.none()),
              st.just((LinkRow("a", "b"),))),
)  # fmt: skip


@given(st.lists(_EDITS, max_size=10), st.randoms())
def test_the_order_of_edits_does_not_matter_and_needs_come_first(edits: list[Edit], chance: Any) -> None:  # noqa: ANN401
    made = planned(*edits)
    for step in made.steps:
        assert all(need < step.number for need in step.needs)
    created = {step.target: step.number for step in made.steps if step.operation.startswith("create-")}
    for step in made.steps:
        tie = step.association
        if tie is not None:
            for family, item_id in (
                (Family.APPLICATIONS, tie.application_id),
                (Family.ENTITIES, tie.entity_id),
            ):
                number = created.get(Target(family, (item_id,)))
                assert number is None or number in step.needs
    shuffled = list(edits)
    chance.shuffle(shuffled)
    again = planned(*shuffled)
    assert {(step.title, str(step.target)) for step in again.steps} == {
        (step.title, str(step.target)) for step in made.steps
    }
    assert len(again.conflicts) == len(made.conflicts)


@given(st.lists(_EDITS, max_size=10))
def test_wishes_keep_their_order(edits: list[Edit]) -> None:
    made = planned(*map(Wish, edits))
    against = {id(each.edit) for each in made.conflicts}
    kept = [target_of(each) for each in edits if id(each) not in against]
    assert [step.target for step in made.steps] == kept


def test_what_no_undo_brings_back_is_said_once_for_all_aliases() -> None:
    known = {(ENTITY, "known"): Item(ENTITY, "known", "x")}
    one = plan([Alias(ENTITY, "known", "y"), Alias(ENTITY, "a\x1b", "y")], existing=known)
    assert [each.what for each in one.lost] == ["the alias that the entity “a␛” has now"]
    many = plan([Alias(ENTITY, str(number), "y") for number in range(5000)], existing=known)
    assert [each.what for each in many.lost] == ["the aliases that 5000 entities have now"]
