from __future__ import annotations

from hypothesis import given, strategies as st

from entitree.changes.impact import NEVER_CHECKED, Because, Impact, Reset, Stop, impact, pair
from entitree.changes.snapshot import doomed
from entitree.inventory.links import Links
from entitree.inventory.model import (
    AssociationRow,
    CriterionRow,
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
from entitree.inventory.sync import NotChecked

PAIRED = AssociationRow("NUMBER", "SMS", "prod", "cola", "1")
MMS = AssociationRow("NUMBER", "MMS", "prod", "cola", "1")
DOMAIN = AssociationRow("DOMAIN", "EMAIL", "prod", None, "cola.example")
HALF = StrategyRow("S1", "prod", "cola", "SMS", "US", "{}")
ALONE = StrategyRow("S2", None, "cola", None, None, "{}")
EVERYTHING = StrategyRow("S0", None, None, None, None, "{}")
BOTH = SubscriptionRow(
    "SMS", "both", None, (CriterionRow("prod", "cola"), CriterionRow("prod", "acme")), "p", "{}"
)
WIDE = SubscriptionRow("SMS", "wide", None, (CriterionRow(None, None), CriterionRow("prod", None)), "p", "{}")
LINKS = Links((PAIRED, MMS, DOMAIN), (HALF, ALONE, EVERYTHING), (BOTH, WIDE))


def told(found: Impact) -> list[tuple[object, str, str]]:
    return [(each.what, each.reason, each.warning) for each in found.removals]


def test_deleting_an_entity_takes_its_pairs_whole() -> None:
    half = "one half of the pair goes, so all of it goes"
    assert told(impact(LINKS, Kind.ENTITY, {"cola"})) == [
        (MMS, half, ""),
        (PAIRED, half, ""),
        (HALF, half, ""),
        (ALONE, "names cola", ""),
        (BOTH, half, "prod + acme loses it too"),
    ]


def test_deleting_an_application_takes_what_names_it_alone_too() -> None:
    found = impact(LINKS, Kind.APPLICATION, {"prod"})
    assert [(each.what, each.because) for each in found.removals] == [
        (DOMAIN, Because.NAMED),
        (MMS, Because.HALF),
        (PAIRED, Because.HALF),
        (HALF, Because.HALF),
        (BOTH, Because.HALF),
        (WIDE, Because.NAMED),
    ]
    assert found.removals[-1].warning == "everything loses it too"
    assert found.removals[-2].pairs == ("prod + cola", "prod + acme")


def test_a_subscription_of_doomed_ids_only_serves_nobody_else() -> None:
    (removal,) = impact(LINKS, Kind.ENTITY, {"cola", "acme"}).subscriptions
    assert (removal.names, removal.others) == (("acme", "cola"), ())


OWN = NumberRow("k1", "1555", "US", None, ("SMS",), "prod", "cola")
ALSO = NumberRow("k2", "1666", "US", None, ("SMS",), "prod", None)
OTHER = NumberRow("k3", "1777", "US", None, ("SMS",), "test", "acme")
STOP_WORD = InboundRow("i1", "SMS", "k3", "STOP", "prod", "cola")
PLAIN = InboundRow("i2", "SMS", "k3", None, "test", None)


def test_numbers_and_inbound_configurations_that_name_it_are_reset_both_halves_and_others_are_not() -> None:
    links = Links(numbers=(ALSO, OWN, OTHER), inbound=(PLAIN, STOP_WORD))
    found = impact(links, Kind.APPLICATION, {"prod"})
    assert found.resets == (
        Reset(OWN, Because.HALF, ("prod",)),
        Reset(ALSO, Because.NAMED, ("prod",)),
        Reset(STOP_WORD, Because.HALF, ("prod",)),
    )
    assert [each.reason for each in found.resets] == [
        "one half of the pair goes, so both are reset: inbound messages will no longer carry these ids",
        "inbound messages will no longer carry these ids",
        "one half of the pair goes, so both are reset: its messages fall back to the resource's own link",
    ]
    assert found.resets[0].pair == "prod + cola"
    assert "the resources themselves" in found.stays


def test_an_association_alone_resets_no_number() -> None:
    assert impact(LINKS, Kind.APPLICATION, {"prod"}).resets == ()


def key(name: str, *links: LinkRow, enabled: bool = True) -> KeyRow:
    return KeyRow(f"id-{name}", name, enabled, None, links)


COLA, ACME, PROD = LinkRow("prod", "cola"), LinkRow("prod", "acme"), LinkRow("prod", None)


def test_keys_that_lose_their_last_link_stop_and_come_first() -> None:
    keys = (
        key("a few", COLA, ACME, LinkRow("test", None)),
        key("only", COLA, enabled=False),
        key("none", ACME),
        key("twice", COLA, LinkRow("test", "cola")),
    )
    found = impact(Links(keys=keys), Kind.ENTITY, {"cola"})
    assert [(each.what.name, each.entirely, each.reason, each.note) for each in found.stops] == [
        ("only", True, "its only link goes: every request with it will be refused", "it is disabled already"),
        ("twice", True, "all of its 2 links go: every request with it will be refused", ""),
        (
            "a few",
            False,
            "1 of its 3 links goes: requests with it as prod + cola will be refused",
            "",
        ),
    ]
    assert found.stops[2] == Stop(keys[0], ("cola",), (COLA,), (ACME, LinkRow("test", None)))


def test_a_key_that_forces_a_link_that_goes_is_of_no_use_any_more() -> None:
    forced = key("forced", ACME, LinkRow("prod", "cola", "FORCE"), LinkRow("prod", "test", "FORCE"))
    (first,) = impact(Links(keys=(forced,)), Kind.ENTITY, {"cola"}).stops
    assert first.entirely
    assert "puts into every request" in first.reason
    (second,) = impact(Links(keys=(forced,)), Kind.ENTITY, {"test"}).stops
    assert not second.entirely


def test_what_is_kept_for_undo_is_plain_data_of_each_id_alone() -> None:
    one = key("one", COLA)
    links = Links(numbers=(OWN, OTHER), inbound=(STOP_WORD,), keys=(one,))
    found = impact(links, Kind.ENTITY, {"cola", "acme"}, existing={"cola": Item(Kind.ENTITY, "cola", "Cola")})
    before = doomed(found, "cola", found.of("cola").removals, None)
    assert (before["alias"], before["known"]) == ("Cola", True)
    assert before["numbers"] == [
        {
            "key": "k1",
            "number": "1555",
            "country": "US",
            "type": None,
            "capabilities": ["SMS"],
            "application_id": "prod",
            "entity_id": "cola",
            "note": None,
        }
    ]
    assert [each["key"] for each in before["inbound"]] == ["i1"]
    assert before["keys"][0]["links"] == [{"application_id": "prod", "entity_id": "cola", "action": None}]
    assert [each["key"] for each in doomed(found, "acme", (), None)["numbers"]] == ["k3"]


def test_what_was_not_looked_at_is_said() -> None:
    unread = NotChecked("strategies", "This key may not.", Family.STRATEGIES)
    moved = NotChecked("associations", "It changed.")
    found = impact(LINKS, Kind.ENTITY, {"cola"}, not_checked=(unread, moved))
    assert found.not_checked == (unread, moved, *NEVER_CHECKED)
    assert NEVER_CHECKED[0].what == "bots, WebRTC, domains' own link"
    assert found.checked == {Family.ASSOCIATIONS, Family.SUBSCRIPTIONS}


def test_ids_that_are_not_there_are_in_no_items() -> None:
    cola = Item(Kind.ENTITY, "cola", "Cola")
    found = impact(LINKS, Kind.ENTITY, {"nobody", "cola"}, existing={"cola": cola})
    assert (found.ids, found.items) == (("cola", "nobody"), (cola,))
    assert [len(each) for each in found.by_id().values()] == [5, 0]


def test_pairs_are_said_in_words() -> None:
    assert [pair("a", "e"), pair("a", None), pair(None, "e"), pair(None, None)] == [
        "a + e",
        "a",
        "any application + e",
        "everything",
    ]


_id = st.sampled_from("abcdef")
_links = st.builds(
    Links,
    st.lists(
        st.builds(AssociationRow, st.just("NUMBER"), st.just("SMS"), _id, st.none() | _id, _id), unique=True
    ).map(tuple),
    st.lists(st.tuples(st.none() | _id, st.none() | _id)).map(
        lambda ties: tuple(StrategyRow(f"S{n}", *tie, None, None, "{}") for n, tie in enumerate(ties))
    ),
    st.lists(st.lists(st.builds(CriterionRow, st.none() | _id, st.none() | _id), max_size=3)).map(
        lambda every: tuple(
            SubscriptionRow("SMS", f"s{n}", None, tuple(each), None, "{}") for n, each in enumerate(every)
        )
    ),
    st.lists(st.tuples(st.none() | _id, st.none() | _id)).map(
        lambda ties: tuple(NumberRow(f"n{n}", f"{n}", None, None, (), *tie) for n, tie in enumerate(ties))
    ),
    st.lists(st.tuples(st.none() | _id, st.none() | _id)).map(
        lambda ties: tuple(InboundRow(f"i{n}", "SMS", "n0", None, *tie) for n, tie in enumerate(ties))
    ),
    st.lists(st.lists(st.builds(LinkRow, _id, st.none() | _id), max_size=3)).map(
        lambda every: tuple(
            KeyRow(f"k{n}", "key", enabled=True, valid_to=None, links=tuple(each))
            for n, each in enumerate(every)
        )
    ),
)


@given(_links, st.sampled_from(Kind), st.sets(_id))
def test_the_order_of_what_is_given_makes_no_difference(links: Links, kind: Kind, ids: set[str]) -> None:
    turned = Links(
        links.associations[::-1],
        links.strategies[::-1],
        links.subscriptions[::-1],
        links.numbers[::-1],
        links.inbound[::-1],
        links.keys[::-1],
    )
    assert impact(links, kind, ids) == impact(turned, kind, sorted(ids, reverse=True))


@given(_links, st.sampled_from(Kind), st.sets(_id), st.sets(_id))
def test_deleting_together_takes_what_deleting_one_by_one_would(
    links: Links, kind: Kind, some: set[str], more: set[str]
) -> None:
    def touched(ids: set[str]) -> set[object]:
        found = impact(links, kind, ids)
        return {
            *(each.what for each in found.removals),
            *(each.what for each in found.resets),
            *(each.what for each in found.stops),
        }

    assert touched(some | more) == touched(some) | touched(more)


@given(_links, st.sampled_from(Kind), st.sets(_id, min_size=1))
def test_everything_stands_with_the_ids_that_it_names(links: Links, kind: Kind, ids: set[str]) -> None:
    found = impact(links, kind, ids)
    for each in found.ids:
        alone = impact(links, kind, {each})
        of = found.of(each)
        assert {row.what for row in of.removals} == {row.what for row in alone.removals}
        assert {row.what for row in of.resets} == {row.what for row in alone.resets}
        assert {row.what for row in of.stops} == {row.what for row in alone.stops}
