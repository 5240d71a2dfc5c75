"""Frames are what Textual would paint, from fewer lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.tui.journeys import main, press
from textual._compositor import Compositor
from textual.containers import Vertical
from textual.widget import Widget

from entitree.demos.scenario import settled, typed
from entitree.inventory.model import Kind

if TYPE_CHECKING:
    from tests.tui.conftest import Stage
    from textual.geometry import Region
    from textual.screen import Screen
    from textual.strip import Strip


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param([], id="list"),
        pytest.param(["2", "slash", *typed("ltd")], id="filter"),
        pytest.param(["2", "d"], id="impact"),
        pytest.param(["2", "e"], id="dialog"),
        pytest.param(["question_mark"], id="help"),
        pytest.param(["ctrl+p"], id="palette"),
    ],
)
@pytest.mark.parametrize("size", [(100, 30), (60, 20)], ids=["100x30", "60x20"])
async def test_frames_are_those_of_textual(stage: Stage, keys: list[str], size: tuple[int, int]) -> None:
    app = stage.app("demo")
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for key in keys:
            await press(pilot, key)
        screen = app.screen
        screen._compositor.render_update(full=True, screen_stack=app._background_screens)
        whole = _theirs(screen, screen.size.region)
        regions = {region.intersection(clip) for region, clip in screen._compositor.visible_widgets.values()}
        for crop in [screen.size.region, *regions]:
            for y, pieces in enumerate(screen._compositor._render_chops(crop, lambda _: True)):
                for x, piece in pieces.items():
                    if crop.contains(x, y):
                        assert piece is not None
                        assert list(piece) == list(whole[y][x]), f"{crop}, line {y}, cell {x}"


async def test_only_what_is_seen_of_what_changed_is_drawn(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2")
        drawn: list[tuple[Widget, int]] = []
        plain = Widget.render_lines

        def render_lines(widget: Widget, crop: Region) -> list[Strip]:
            drawn.append((widget, crop.height))
            return plain(widget, crop)

        monkeypatch.setattr(Widget, "render_lines", render_lines)
        filter_line = main(app).pane_of(Kind.ENTITY).filter_line
        app.screen._compositor._render_chops(filter_line.region, lambda _: True)
        assert drawn
        assert all(height == 1 and filter_line in widget.ancestors for widget, height in drawn)
        drawn.clear()
        app.screen._compositor._render_chops(app.screen.size.region, lambda _: True)
        assert not any(type(widget) is Vertical and widget.id == "body" for widget, _ in drawn)


def _theirs(screen: Screen[object], crop: Region) -> list[dict[int, Strip]]:
    return [dict(line) for line in Compositor._render_chops(screen._compositor, crop, lambda _: True)]
