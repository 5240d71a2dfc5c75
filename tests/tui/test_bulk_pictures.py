"""The dialogs from which bulk changes start, and the Keys tab; updated only after somebody looked at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.tui.planning import keys
from tests.tui.test_pictures import ENTITIES, LARGE, SMALL, TINY, Compare, State, picture

from entitree.demos.scenario import typed

if TYPE_CHECKING:
    from tests.tui.conftest import Stage

BIGCOLA = (*ENTITIES, "slash", *typed("bigcola-"), "enter", "asterisk")
PARTLY = (*BIGCOLA, "slash", *typed("bigcola-u"), "enter")
LIST = keys("id,alias\nkiosk-1,Kiosk one\nbigcola-fr,\n,none\nkiosk-1,again\nkiosk-2,\n")

ASSOCIATE = State("associate", (*BIGCOLA, "a", *typed("mcb"), "down", "space"))
NEW_LIST = State("new-list", (*ENTITIES, "N", *LIST))
RULE = State("alias-rule", (*PARTLY, "e", *keys("{id} of"), "tab", *keys("^big"), "tab", "B"))
KEYS = State("keys", ("4", "down", "space", "space", "down"))

SMALL_ONES = (
    ASSOCIATE,
    State("associate-list", (*BIGCOLA, "a", "f3", *keys("McBurger\nPINCode\n+1 202 555 0144\nnobody\n"))),
    State("associate-with", ("3", "down", "space", "space", "a", *typed("bigcola-"), "down", "down")),
    State("dissociate", (*PARTLY, "x", *typed("staging"))),
    State("move", (*ENTITIES, "slash", *typed("bigcola-fr"), "enter", "m", *typed("mcb"), "down")),
    NEW_LIST,
    RULE,
    KEYS,
    State("keys-not-allowed", ("4",), options={"key": "limited"}),
    State("keys-tree", ("4", "slash", *typed("aurora"), "enter", "t", "down")),
    State("bind", ("4", "slash", *typed("nightly"), "enter", "b", *typed("bigcola-us"), "tab", "space")),
    State(
        "hidden-marks",
        ("4", "slash", *typed("key"), "enter", "asterisk", "slash", *typed("key1"), "enter", "o"),
    ),
)
ON_DEMAND = frozenset(
    {"associate", "associate-list", "hidden-marks", "keys-not-allowed", "keys-tree", "new-list"}
)
"""Those that are pictures at 60x20 too, or differ little from another."""
LARGE_ONES = (ASSOCIATE, NEW_LIST, RULE, KEYS)
TINY_ONES = (ASSOCIATE, NEW_LIST, RULE)


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(each, id=each.name, marks=[pytest.mark.long] if each.name in ON_DEMAND else [])
        for each in SMALL_ONES
    ],
)
def test_at_80x24(state: State, snap_compare: Compare, stage: Stage) -> None:
    assert picture(state, SMALL, snap_compare, stage, "entitree-dark")


@pytest.mark.long
@pytest.mark.parametrize("state", LARGE_ONES, ids=lambda state: state.name)
def test_at_120x40(state: State, snap_compare: Compare, stage: Stage) -> None:
    assert picture(state, LARGE, snap_compare, stage, "entitree-dark")


@pytest.mark.parametrize("state", TINY_ONES, ids=lambda state: state.name)
def test_at_60x20(state: State, snap_compare: Compare, stage: Stage) -> None:
    assert picture(state, TINY, snap_compare, stage, "entitree-light")
