"""For slow lines: the cursor as a mark in the gutter, no scrollbars, sixteen colours.

The app has the class `-lean` then, and so has every list.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from entitree.errors import EntitreeError
from entitree.tui.widgets.line_list import LEAN, LineList

if TYPE_CHECKING:
    from entitree.settings.profile import Profile
    from entitree.tui.app import EntitreeApp

THEME = "entitree-16"
"""Its colours are the terminal's own sixteen: a code of one is five bytes and not nineteen."""


def dress(app: EntitreeApp, profile: Profile | None = None) -> str:
    """Puts on what a profile asks for, or else the settings: lean or not, and the theme.

    Returns what is wrong with the theme, as one message. What is drawn already stays as it is: see `change`.
    """
    asked = None if profile is None else profile.lean
    lean = app.accounts.settings.lean if asked is None else asked
    app.set_class(lean, LEAN, update=False)
    return _wear(app, profile)


def change(app: EntitreeApp) -> None:
    """Draws lean what was not, or the other way round, and keeps that for every start."""
    lean = not app.has_class(LEAN)
    app.set_class(lean, LEAN)
    for screen in app.screen_stack:
        for each in screen.query(LineList):
            each.set_lean(lean=lean)
    app.theme_switch.tell(_wear(app, app.account.profile if app.account is not None else None))
    app.run_worker(_keep(app, lean=lean), group="lean", exclusive=True)


def _wear(app: EntitreeApp, profile: Profile | None) -> str:
    if app.has_class(LEAN):
        return app.theme_switch.hold(THEME)
    return app.theme_switch.hold(None if profile is None else profile.theme)


async def _keep(app: EntitreeApp, *, lean: bool) -> None:
    # The settings are read and written as TOML: not before it is needed.
    from entitree.settings.saving import save_preference

    try:
        await asyncio.to_thread(save_preference, app.accounts.paths, lean=lean)
    except EntitreeError as error:
        app.complain(error)
        return
    profile = app.account.profile if app.account is not None else None
    says = app.accounts.settings.config.lean if profile is None or profile.lean is None else profile.lean
    if says not in (None, lean):
        app.notify("Until you leave: this account, config.toml or ENTITREE_LEAN says otherwise.")
    elif lean:
        app.notify("Lean from now on: few bytes for slow lines.", timeout=4)
    else:
        app.notify("No longer lean.", timeout=4)
