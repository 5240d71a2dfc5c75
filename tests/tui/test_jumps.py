"""Enter in the tree: it goes to what a line names, says where the rest is, and the way leads back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.tui.journeys import main, press, told
from textual import events

from entitree.demos.scenario import settled, typed
from entitree.inventory.links import Node, NodeKind
from entitree.inventory.model import (
    AssociationRow,
    CriterionRow,
    InboundRow,
    KeyRow,
    Kind,
    LinkRow,
    NumberRow,
    StrategyRow,
    SubscriptionRow,
)
from entitree.tui.place import Place
from entitree.tui.widgets.tree_jumps import place_of, whereabouts

if TYPE_CHECKING:
    from tests.tui.conftest import Stage
    from textual.pilot import Pilot

    from entitree.tui.app import EntitreeApp


async def find_in_tree(pilot: Pilot[int], app: EntitreeApp, kind: NodeKind) -> Node:
    """Puts the cursor of the open tree on the first line of a kind, opening what is shut."""
    tree = main(app).link_tree
    for _ in range(200):
        if tree.node is not None and tree.node.kind is kind:
            return tree.node
        await press(pilot, "right" if tree.node is not None and tree.node.count else "down")
    raise AssertionError(f"There is no {kind.value} in the tree.")


async def open_tree(pilot: Pilot[int], name: str) -> None:
    await press(pilot, "2", "slash", *typed(f"id:{name}"), "enter", "t")


@pytest.mark.parametrize("kind", [NodeKind.RESOURCE, NodeKind.NUMBER])
async def test_enter_on_a_resource_shows_it_in_its_tab_and_the_way_leads_back(
    stage: Stage, kind: NodeKind
) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await open_tree(pilot, "bigcola-us")
        before = main(app).pane.place
        leaf = await find_in_tree(pilot, app, kind)
        await press(pilot, "enter")
        here = main(app).resources
        assert main(app).pane is here
        assert here.place == place_of(leaf)
        assert here.row is not None
        assert here.row.resource.name == leaf.label
        assert told(app) == ""
        await press(pilot, "minus")
        assert main(app).pane.place == before


async def test_enter_on_a_strategy_says_where_it_is(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await open_tree(pilot, "bigcola-fr")
        before = main(app).pane.place
        leaf = await find_in_tree(pilot, app, NodeKind.STRATEGY)
        for _ in range(2):
            await press(pilot, "enter")
            assert told(app) == whereabouts(leaf)
            assert leaf.label in told(app)
        assert main(app).link_tree.node == leaf
        assert (main(app).pane.place, main(app).trail) == (before, [])


SMS = AssociationRow("ALPHA", "SMS", "prod", "acme", "Cola")
NUMBER = NumberRow("K1", "4420", None, None, (), "prod", None)
INBOUND = InboundRow("I1", "SMS", "K1", "STOP", "prod", None)


@pytest.mark.parametrize(
    ("node", "place"),
    [
        (Node("acme", NodeKind.ENTITY, target=(Kind.ENTITY, "acme"), count=3), Place(Kind.ENTITY, "acme")),
        (Node("Cola", NodeKind.RESOURCE, reference=SMS), Place(None, "Cola", "ALPHA")),
        (Node("4420", NodeKind.NUMBER, reference=NUMBER), Place(None, "K1", "NUMBER")),
        (
            Node(
                "STOP", NodeKind.INBOUND_CONFIGURATION, target=(Kind.APPLICATION, "prod"), reference=INBOUND
            ),
            Place(Kind.APPLICATION, "prod"),
        ),
        (Node("4420", NodeKind.INBOUND_CONFIGURATION, reference=INBOUND), None),
        # In the tree of a resource this is the resource itself.
        (Node("SMS", NodeKind.CHANNEL, reference=SMS), None),
        (Node("Strategies", NodeKind.STRATEGIES, count=2), None),
    ],
)
def test_a_line_leads_to_what_it_names(node: Node, place: Place | None) -> None:
    assert place_of(node) == place


CRITERIA = tuple(CriterionRow("prod", each) for each in ("a", "b", "a", "c", "d"))


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        (StrategyRow("S1", "prod", "acme", "SMS", None, "{}"), ("S1", "prod + acme")),
        (StrategyRow("S1", None, None, "SMS", None, "{}"), ("S1", "any application and entity")),
        (
            SubscriptionRow("SMS", "sub", None, CRITERIA, None, "{}"),
            ("sub (SMS)", "prod + a, prod + b and 2 more"),
        ),
        (
            KeyRow("k", "prod \x1b key", True, None, (LinkRow("prod", None),)),
            ("prod ␛ key", "bound to prod."),
        ),
        (INBOUND, ("of it", "SMS, keyword STOP")),
        (SMS, ("Cola", "prod + acme", "for SMS")),
        (None, ()),
    ],
)
def test_what_has_no_list_says_in_a_sentence_where_it_is(reference: object, words: tuple[str, ...]) -> None:
    node = Node("it", NodeKind.STRATEGY, reference=reference)  # type: ignore[arg-type]
    sentence = whereabouts(node)
    assert all(word in sentence for word in words)
    assert bool(sentence) == bool(words)


async def test_a_tab_and_a_filter_typed_in_one_go_are_a_tab_and_a_filter(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        # As a slow line delivers them: nothing else happens in between.
        for key in ("2", "/", *"bigcola"):
            app.post_message(events.Key("slash" if key == "/" else key, key))
        await settled(pilot)
        pane = main(app).pane_of(Kind.ENTITY)
        assert main(app).pane is pane
        assert pane.filter_line.value == "bigcola"
        assert pane.filter_line.truth.startswith("15 of 240")
