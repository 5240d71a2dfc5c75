from __future__ import annotations

from hypothesis import given, strategies as st

from entitree.changes.impact import NEVER_CHECKED, Because, Impact, Reset, impact, pair
from entitree.inventory.links import Links
from entitree.inventory.model import (
    AssociationRow,
    CriterionRow,
    Family,
    Item,
    Kind,
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


def test_numbers_lose_their_ids_and_other_resources_just_stay() -> None:
    found = impact(LINKS, Kind.APPLICATION, {"prod"})
    assert found.resets == (Reset("1", ("MMS", "SMS")),)
    assert "the resources themselves" in found.stays


def test_what_was_not_looked_at_is_said() -> None:
    unread = NotChecked("strategies", "This key may not.", Family.STRATEGIES)
    moved = NotChecked("associations", "It changed.")
    found = impact(LINKS, Kind.ENTITY, {"cola"}, not_checked=(unread, moved))
    assert found.not_checked == (unread, moved, *NEVER_CHECKED)
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
)


@given(_links, st.sampled_from(Kind), st.sets(_id))
def test_the_order_of_what_is_given_makes_no_difference(links: Links, kind: Kind, ids: set[str]) -> None:
    turned = Links(links.associations[::-1], links.strategies[::-1], links.subscriptions[::-1])
    assert impact(links, kind, ids) == impact(turned, kind, sorted(ids, reverse=True))


@given(_links, st.sampled_from(Kind), st.sets(_id), st.sets(_id))
def test_deleting_together_takes_what_deleting_one_by_one_would(
    links: Links, kind: Kind, some: set[str], more: set[str]
) -> None:
    together = {each.what for each in impact(links, kind, some | more).removals}
    apart = [{each.what for each in impact(links, kind, ids).removals} for ids in (some, more)]
    assert together == apart[0] | apart[1]
