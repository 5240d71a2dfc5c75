"""A play: an app is told one thing after the other, and what must hold of it is looked at in between.

What must hold, whatever was done:

- no exception reaches the app's last resort or the event loop's;
- whenever the app is still, the screen on top has the keys somewhere: its focus is one of the widgets that
  may have it, unless there is none;
- Escape, pressed often enough, leads back to the main screen;
- what writes is a step of a plan in the journal, that plan was on show or is the dialog on show, and where it
  removes something what it asks to be typed was typed;
- the app ends when it is told to.
"""

from __future__ import annotations

import asyncio
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.tui.monkey.inputs import Input, Key, give
from textual.worker import WorkerFailed

from entitree.demos.scenario import settled
from entitree.tui.modals.change import ChangeDialog
from entitree.tui.screens.impact import ImpactScreen
from entitree.tui.screens.main import MainScreen
from entitree.tui.screens.plan import PlanScreen

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from random import Random

    import pytest
    from textual.pilot import Pilot

    from entitree.changes.impact import Impact
    from entitree.changes.plan import Plan
    from entitree.tui.app import EntitreeApp

BURSTS = (1, 2, 5, 10, 20, 40)
"""So many inputs come before the app is looked at again."""
HOME_AFTER = 120
"""Inputs after which the way back to the main screen is tried."""
MOST_ESCAPES = 12
_PATIENCE = 60.0
"""Seconds that all that was begun may take to end."""


class BrokenError(AssertionError):
    """Something that must hold did not."""


@dataclass
class Watch:
    """Notes what goes wrong where no test would see it."""

    wrong: list[str] = field(default_factory=list)
    confirmed: list[int] = field(default_factory=list)
    """Which plans were on show when they were applied, what they ask for typed; more may be typed later."""
    handed_in: list[Plan] = field(default_factory=list)

    def over(self, patch: pytest.MonkeyPatch) -> None:
        """Sees every exception that nobody handled, and every plan that is handed in."""
        from entitree.tui.app import EntitreeApp

        last_resort, perform, begin = (
            EntitreeApp._handle_exception,
            EntitreeApp.perform,
            EntitreeApp.begin,
        )
        delete, apply = ImpactScreen._delete, PlanScreen.apply

        def handle(app: EntitreeApp, error: Exception) -> None:
            if not app.leaving:
                before = app._exception
                last_resort(app, error)
                if app._exception is not before:
                    cause = error.error if isinstance(error, WorkerFailed) else error
                    self.wrong.append("".join(traceback.format_exception(cause)))

        def watched_delete(screen: ImpactScreen, made: Plan, shown: Impact) -> Coroutine[Any, Any, None]:
            if screen._typed_right():
                self.confirmed.append(id(made))
            return delete(screen, made, shown)

        def watched_apply(screen: PlanScreen) -> None:
            if not screen._removes or screen._typed_right():
                self.confirmed.append(id(screen.plan))
            apply(screen)

        async def watched_perform(app: EntitreeApp, plan: Plan, *rest: Any) -> Any:  # noqa: ANN401 - as it is
            self._hand_in(app, plan)
            return await perform(app, plan, *rest)

        async def watched_begin(app: EntitreeApp, plan: Plan) -> int:
            self._hand_in(app, plan)
            return await begin(app, plan)

        patch.setattr(EntitreeApp, "_handle_exception", handle)
        patch.setattr(EntitreeApp, "perform", watched_perform)
        patch.setattr(EntitreeApp, "begin", watched_begin)
        patch.setattr(ImpactScreen, "_delete", watched_delete)
        patch.setattr(PlanScreen, "apply", watched_apply)

    def loop(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """What the event loop could only log."""
        error = context.get("exception")
        told = "".join(traceback.format_exception(error)) if isinstance(error, BaseException) else ""
        self.wrong.append(f"{context.get('message')}\n{told}")

    def _hand_in(self, app: EntitreeApp, plan: Plan) -> None:
        self.handed_in.append(plan)
        if id(plan) in self.confirmed:
            return
        for screen in app.screen_stack:
            if isinstance(screen, ChangeDialog) and len(plan.steps) == 1:
                return
        self.wrong.append(f"{plan.title} was handed in, and was not on show or typed: {app.screen_stack}")


def astray(app: EntitreeApp) -> str:
    """What is wrong with the focus; empty if nothing is."""
    screen = app.screen
    chain = screen.focus_chain
    if screen.focused is None:
        if getattr(screen, "busy", False):
            # Shut while something is sent or written: it gives the keys back when that is over.
            return ""
        return f"{screen} has no focus, and could have it at {chain}" if chain else ""
    return (
        "" if screen.focused in chain else f"{screen} has its focus at {screen.focused}, which cannot have it"
    )


@dataclass
class Play:
    """One app, until it ends or nothing is left to be done. `more` says what comes next; None ends it."""

    watch: Watch
    random: Random
    more: Callable[[EntitreeApp], Input | None]
    given: list[Input] = field(default_factory=list)

    async def run(self, app: EntitreeApp) -> bool:
        """Whether there may be more to come: the app ended because it was told to."""
        asyncio.get_running_loop().set_exception_handler(self.watch.loop)
        async with app.run_test(size=(80, 24)) as pilot:
            while app.return_code is None:
                burst = self._burst(app)
                for each in burst:
                    give(app, each)
                    # What follows finds the app as it is by then, as whoever types fast does.
                    await asyncio.sleep(0)
                await self._still(pilot)
                if len(self.given) % HOME_AFTER < len(burst):
                    await self.home(pilot)
                if not burst:
                    break
            else:
                return True
            await self.home(pilot)
            give(app, Key("ctrl+q"))
            await self._still(pilot)
            if app.return_code is None:
                # Asked what is to become of the job that runs.
                give(app, Key("enter"))
                await self._still(pilot)
                self._demand(app.return_code is not None, f"Told to end, it shows {app.screen}.")
        self._look()
        return False

    def _burst(self, app: EntitreeApp) -> list[Input]:
        burst: list[Input] = []
        for _ in range(self.random.choice(BURSTS)):
            done = self.more(app)
            if done is None:
                break
            burst.append(done)
        self.given += burst
        return burst

    async def _still(self, pilot: Pilot[int]) -> None:
        await pilot.pause()
        self._look()
        app: Any = pilot.app
        if wrong := self._astray(app):
            # What is disabled while something is asked for gets the keys back when that has come.
            await self._settled(pilot)
            wrong = self._astray(app)
        self._demand(not wrong, wrong)

    def _astray(self, app: EntitreeApp) -> str:
        return astray(app) if app.return_code is None else ""

    async def home(self, pilot: Pilot[int]) -> None:
        """Back to the main screen."""
        app: Any = pilot.app
        await self._settled(pilot)
        for _ in range(MOST_ESCAPES):
            if app.return_code is not None or isinstance(app.screen, MainScreen):
                return
            give(app, Key("escape"))
            await self._settled(pilot)
            self._look()
        self._demand(isinstance(app.screen, MainScreen), f"Escape does not leave {app.screen_stack}.")

    async def _settled(self, pilot: Pilot[int]) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                await settled(pilot)
        except TimeoutError:
            busy = [each for each in pilot.app.workers if not each.is_finished]
            raise BrokenError(f"This never ends: {busy}") from None

    def _look(self) -> None:
        self._demand(not self.watch.wrong, "\n".join(self.watch.wrong))

    def _demand(self, holds: bool, otherwise: str) -> None:
        if not holds:
            raise BrokenError(otherwise)
