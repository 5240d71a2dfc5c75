"""Scripted scenarios: one file each plays in the terminal, makes the screenshots and is a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.demos import finding, first_look
from entitree.errors import UsageError

if TYPE_CHECKING:
    from entitree.demos.scenario import Scenario

SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario for scenario in (first_look.SCENARIO, finding.SCENARIO)
}


def find_scenario(name: str) -> Scenario:
    """The scenario called `name`. Raises UsageError that names the ones there are."""
    if name not in SCENARIOS:
        raise UsageError(f"There is no scenario {name!r}.", hint=f"There are: {', '.join(SCENARIOS)}.")
    return SCENARIOS[name]
