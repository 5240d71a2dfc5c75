"""What tests of dialogs that end in a plan have in common: the plan on show, and what it would send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.tui.journeys import press

from entitree.tui.modals.dialog import Dialog
from entitree.tui.screens.plan import PlanScreen

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from entitree.changes.plan import Plan
    from entitree.tui.app import EntitreeApp

_KEYS = {"{": "left_curly_bracket", "}": "right_curly_bracket", "\n": "enter", " ": "space"}


def keys(text: str) -> tuple[str, ...]:
    """The keys that type `text`, signs too."""
    return tuple(_KEYS.get(char, char) for char in text)


def plan(app: EntitreeApp) -> Plan:
    """The plan on show."""
    assert isinstance(app.screen, PlanScreen), said(app)
    return app.screen.plan


def titles(app: EntitreeApp) -> list[str]:
    return [step.title for step in plan(app).steps]


def said(app: EntitreeApp) -> str:
    """What the dialog on show says under its form."""
    assert isinstance(app.screen, Dialog), app.screen
    return str(app.screen.query_one("#message").render())


async def apply(pilot: Pilot[int]) -> None:
    """Applies the plan on show, as it asks to be confirmed, and leaves the screen of its job."""
    app = pilot.app
    assert isinstance(app.screen, PlanScreen)
    entry = app.screen.query_one("#confirm")
    if entry.display:
        from entitree.tui.screens.plan_lines import confirmation

        await press(pilot, *keys(confirmation(app.screen.plan)), "enter")
    else:
        await press(pilot, "tab", "enter")
    await press(pilot, "escape")
