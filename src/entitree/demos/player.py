"""Plays a scenario in the terminal, at a pace one can follow."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from entitree.demos.scenario import Scenario, settled

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from entitree.tui.app import EntitreeApp

READ = 2.5
"""Seconds to read what a step says before its keys are pressed."""
KEY = 0.09
"""Seconds between keys."""


def play(app: EntitreeApp, scenario: Scenario) -> None:
    """Opens the app and plays; afterwards the app is the onlooker's, to go on by hand."""
    app.run(auto_pilot=partial(_perform, scenario))


async def _perform(scenario: Scenario, pilot: Pilot[int]) -> None:
    app = pilot.app
    await settled(pilot)
    for step in scenario.steps:
        app.clear_notifications()
        app.notify(step.caption, title=f"Demo: {scenario.name}", timeout=60)
        await asyncio.sleep(READ)
        for key in step.keys:
            await pilot.press(key)
            await asyncio.sleep(KEY)
        await settled(pilot)
    app.clear_notifications()
    app.notify("That was it. The app is yours now; q leaves.", title=f"Demo: {scenario.name}")
