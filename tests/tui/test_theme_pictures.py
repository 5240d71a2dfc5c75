"""Four screens in every theme of which there is no other picture; updated only after somebody looked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.tui.test_pictures import BIGCOLA, SMALL, Compare, State, picture

from entitree.demos.scenario import typed

if TYPE_CHECKING:
    from tests.tui.conftest import Stage

THEMES = ("entitree-high-contrast", "entitree-colour-blind", "entitree-16", "entitree-mono")
STATES = (
    State("main", (*BIGCOLA, "space", "down", "space", "down", "t", "down")),
    State("impact", ("2", "slash", *typed("bigcola-fr"), "enter", "d", *typed("bigc"))),
    State("new", ("2", "n", *typed("big cola/1"))),
    State("theme", ("T",)),
)


@pytest.mark.long
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_in_theme(theme: str, state: State, snap_compare: Compare, stage: Stage) -> None:
    assert picture(state, SMALL, snap_compare, stage, theme)
