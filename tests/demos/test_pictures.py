"""Each scenario, played: its pictures are the committed screenshots, cell for cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from entitree.demos import SCENARIOS, find_scenario
from entitree.demos.pictures import demo_app, take
from entitree.demos.scenario import Scenario, drive
from entitree.errors import UsageError
from entitree.inventory.model import Kind

SCREENSHOTS = Path(__file__).resolve().parents[2] / "screenshots"


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=lambda scenario: scenario.name)
async def test_the_screenshots_are_what_the_scenario_shows(scenario: Scenario, tmp_path: Path) -> None:
    """Where this fails look at both, then run `python -m entitree.demos.pictures`."""
    pictures = {name: svg async for name, svg in take(scenario, tmp_path)}
    assert tuple(pictures) == scenario.pictures
    for name, svg in pictures.items():
        assert svg == (SCREENSHOTS / f"{name}.svg").read_text("utf-8"), f"{name} has changed"


def test_no_screenshot_is_left_over() -> None:
    wanted = {f"{name}.svg" for scenario in SCENARIOS.values() for name in scenario.pictures}
    assert {file.name for file in SCREENSHOTS.iterdir()} == wanted


async def test_first_look_does_what_it_says(tmp_path: Path) -> None:
    app = demo_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        async for _ in drive(pilot, find_scenario("first-look")):
            pass
        assert app.account is not None
        store = app.account.store
        chile = await store.item(Kind.ENTITY, "bigcola-cl")
        assert chile is not None
        assert chile.alias == "BigCola Andes"
        assert await store.item(Kind.ENTITY, "bigcola-fr") is None


def test_an_unknown_scenario_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="first-look"):
        find_scenario("no-such")
