from __future__ import annotations

from hypothesis import given, strategies as st

from entitree.inventory.links import Links, Node, NodeKind, tree
from entitree.inventory.model import AssociationRow, CriterionRow, Kind, StrategyRow, SubscriptionRow

LINKS = Links(
    associations=(
        AssociationRow("NUMBER", "SMS", "prod", "cola", "2"),
        AssociationRow("NUMBER", "SMS", "prod", "cola", "1"),
        AssociationRow("NUMBER", "MMS", "prod", "cola", "1"),
        AssociationRow("DOMAIN", "EMAIL", "default", "cola", "cola.example"),
        AssociationRow("NUMBER", "SMS", "prod", None, "3"),
        AssociationRow("NUMBER", "SMS", "prod", "acme", "4"),
    ),
    strategies=(
        StrategyRow("S1", "prod", "cola", "SMS", "US", "{}"),
        StrategyRow("S2", None, "cola", None, None, "{}"),
        StrategyRow("S3", "prod", None, "SMS", None, "{}"),
    ),
    subscriptions=(
        SubscriptionRow(
            "SMS",
            "both",
            None,
            (CriterionRow("prod", "cola"), CriterionRow("prod", "cola"), CriterionRow("prod", "acme")),
            "p",
            "{}",
        ),
    ),
)


def outline(nodes: tuple[Node, ...], depth: int = 0) -> list[str]:
    lines: list[str] = []
    for node in nodes:
        count = f" {node.count}" if node.children else ""
        detail = f" ({node.detail})" if node.detail else ""
        lines += ["  " * depth + node.label + count + detail, *outline(node.children, depth + 1)]
    return lines


def test_an_entity_shows_application_channel_resource_and_the_rest() -> None:
    assert outline(tree(Kind.ENTITY, {"cola"}, LINKS)) == [
        "default 1",
        "  EMAIL 1",
        "    cola.example (domain)",
        "prod 5",
        "  MMS 1",
        "    1 (number)",
        "  SMS 2",
        "    1 (number)",
        "    2 (number)",
        "  Strategies 1",
        "    S1 (SMS → US)",
        "  Subscriptions 1",
        "    both (SMS)",
        "any application 1",
        "  Strategies 1",
        "    S2 (all channels → all countries)",
    ]


def test_an_application_shows_entities_and_what_is_its_own_last() -> None:
    assert outline(tree(Kind.APPLICATION, {"prod"}, LINKS)) == [
        "acme 2",
        "  SMS 1",
        "    4 (number)",
        "  Subscriptions 1",
        "    both (SMS)",
        "cola 5",
        "  MMS 1",
        "    1 (number)",
        "  SMS 2",
        "    1 (number)",
        "    2 (number)",
        "  Strategies 1",
        "    S1 (SMS → US)",
        "  Subscriptions 1",
        "    both (SMS)",
        "whole application 2",
        "  SMS 1",
        "    3 (number)",
        "  Strategies 1",
        "    S3 (SMS → all countries)",
    ]


def test_several_together_say_whose_a_resource_is() -> None:
    (prod,) = (node for node in tree(Kind.ENTITY, {"cola", "acme"}, LINKS) if node.label == "prod")
    sms = next(node for node in prod.children if node.label == "SMS")
    assert [node.detail for node in sms.children] == ["number · cola", "number · cola", "number · acme"]
    subscriptions = next(node for node in prod.children if node.kind is NodeKind.SUBSCRIPTIONS)
    assert subscriptions.count == 1


def test_nodes_lead_to_their_other_half_and_leaves_to_their_association() -> None:
    default = tree(Kind.ENTITY, {"cola"}, LINKS)[0]
    assert default.target == (Kind.APPLICATION, "default")
    assert default.children[0].children[0].association == LINKS.associations[3]


def test_nothing_tied_is_an_empty_tree() -> None:
    assert tree(Kind.ENTITY, {"nobody"}, LINKS) == ()
    assert tree(Kind.ENTITY, set(), Links()) == ()


_id = st.sampled_from(["default", "a", "b", "c"])
_associations = st.lists(
    st.builds(
        AssociationRow, st.just("NUMBER"), st.sampled_from(["SMS", "MMS"]), _id, st.none() | _id, st.just("r")
    ),
    unique=True,
)


@given(st.sampled_from(Kind), st.sets(_id), _associations)
def test_every_association_of_the_ids_is_one_leaf_in_an_order_of_its_own(
    kind: Kind, ids: set[str], rows: list[AssociationRow]
) -> None:
    nodes = tree(kind, ids, Links(associations=tuple(rows)))
    leaves = [leaf.association for top in nodes for channel in top.children for leaf in channel.children]
    own = {row for row in rows if (row.application_id if kind is Kind.APPLICATION else row.entity_id) in ids}
    assert len(leaves) == len(own) == sum(node.count for node in nodes)
    assert set(leaves) == own
    assert nodes == tree(kind, ids, Links(associations=tuple(reversed(rows))))
