"""The screens that no other file has at 60x20: nothing is cut that matters, and all of it fits. Updated only
after somebody looked at them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.tui.jobs import ADDING, done, show
from tests.tui.journeys import press
from tests.tui.test_pictures import TINY, Compare, State, picture

from entitree.changes.edits import Delete
from entitree.demos.scenario import settled, typed
from entitree.inventory.model import Kind

if TYPE_CHECKING:
    from tests.tui.conftest import Stage
    from textual.pilot import Pilot

BIGCOLA = ("2", "slash", *typed("bigcola-"), "enter", "asterisk")
STATES = (
    State("help", ("question_mark",)),
    State("palette", ("colon", *typed("bigcola"))),
    State("connect", ("colon", *typed("connect"), "enter")),
    State("keys", ("4", "down", "space")),
    State("impact-hidden", (*BIGCOLA, "slash", *typed("bigcola-u"), "enter", "d")),
    # What follows looks like its neighbours above or in other files: on demand.
    *(
        pytest.param(state, marks=pytest.mark.long)
        for state in (
            State("move", (*BIGCOLA, "u", "m", *typed("mcb"), "down")),
            State("profiles", ("P",)),
            State("themes", ("T",)),
        )
    ),
)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_at_60x20(state: State, snap_compare: Compare, stage: Stage) -> None:
    assert picture(state, TINY, snap_compare, stage, "entitree-dark")


def test_a_plan_at_60x20(snap_compare: Compare, stage: Stage) -> None:
    async def play(pilot: Pilot[int]) -> None:
        await settled(pilot)
        await show(pilot, stage, [*ADDING, Delete(Kind.ENTITY, "bigcola-ca")])
        await press(pilot, *typed("app"))

    assert snap_compare(stage.app(), terminal_size=TINY, run_before=play)


def test_a_job_at_60x20(snap_compare: Compare, stage: Stage) -> None:
    async def play(pilot: Pilot[int]) -> None:
        await settled(pilot)
        await done(pilot, stage, ADDING)
        await press(pilot, "5", "enter", "down")

    assert snap_compare(stage.app(), terminal_size=TINY, run_before=play)
