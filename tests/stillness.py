"""When an app under test has nothing left to do.

Textual's pilot guesses it: it naps, 20 ms at a time and four times a key, until the process needed little of
a nap. Nearly all the time of a test went by asleep, and a busy machine was taken for a busy app. Here it is
asked of the event loop instead: nothing to run, no thread at work, nothing about to ring.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import anyio.to_thread
import textual.app
import textual.pilot
import textual.screen
from textual.screen import Screen

from entitree.painting import FRAMES

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

_SOON = 0.05
"""Seconds: a timer due by then is waited for, as a frame that is to be drawn; a blinking cursor is not."""
_LONG = 1.0
"""Seconds: who is never done, as a spinner, or a test that holds something up, is not waited for longer."""


class Stillness:
    """Knows which threads work for the event loop, once `watch` was called."""

    def __init__(self) -> None:
        self._at_work: set[asyncio.Future[Any]] = set()
        self._unpainted: set[Screen[Any]] = set()
        self._refresh: Callable[[Screen[Any]], None] = Screen._compositor_refresh

    async def reached(self, min_sleep: float = 0.0, max_sleep: float = _LONG) -> None:
        """Returns when the running loop is still; in the place of `textual._wait.wait_for_idle`."""
        loop = asyncio.get_running_loop()
        end = loop.time() + max_sleep
        while loop.time() < end:
            # One turn of the loop: what is ready is run, what came from outside becomes ready.
            await asyncio.sleep(0)
            if _ready(loop):
                continue
            if at_work := {each for each in self._at_work if each.get_loop() is loop}:
                await asyncio.wait(at_work, timeout=end - loop.time(), return_when=asyncio.FIRST_COMPLETED)
                continue
            due = _next_due(loop)
            if due <= loop.time() + _SOON:
                await asyncio.sleep(due - loop.time())
            elif not self._paint():
                return
        self._paint()

    def hold_paint(self, patch: pytest.MonkeyPatch) -> None:
        """Has screens painted when all is still, once: else a test paints ten times a key, for nobody, and
        that was a third of its time. What painting asks for is waited for again.
        """
        refresh = Screen._compositor_refresh

        def hold(screen: Screen[Any]) -> None:
            if screen is screen.app.screen:
                self._unpainted.add(screen)
            else:
                refresh(screen)

        def paint(screen: Screen[Any]) -> None:
            with screen._context():
                refresh(screen)

        self._refresh = paint
        patch.setattr(Screen, "_compositor_refresh", hold)
        # As the app does where it need not spare a slow line; else a test waits a frame at every turn.
        patch.setattr(textual.screen, "UPDATE_PERIOD", 1 / FRAMES)

    def _paint(self) -> bool:
        """Whether there was something to paint."""
        waiting = [screen for screen in self._unpainted if screen.is_running and screen.app.is_running]
        self._unpainted.clear()
        for screen in waiting:
            self._refresh(screen)
        return bool(waiting)

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        """Sees every thread that is given work, and answers where Textual asks whether all is still."""
        in_executor = asyncio.BaseEventLoop.run_in_executor
        in_thread = anyio.to_thread.run_sync

        def run_in_executor(loop: asyncio.BaseEventLoop, *arguments: Any) -> asyncio.Future[Any]:  # noqa: ANN401
            future = in_executor(loop, *arguments)
            self._keep(future)
            return future

        async def run_sync(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever is run
            done = asyncio.get_running_loop().create_future()
            self._keep(done)
            try:
                return await in_thread(*arguments, **named)
            finally:
                done.cancel()

        patch.setattr(asyncio.BaseEventLoop, "run_in_executor", run_in_executor)
        patch.setattr(anyio.to_thread, "run_sync", run_sync)
        patch.setattr(textual.app, "wait_for_idle", self.reached)
        patch.setattr(textual.pilot, "wait_for_idle", self.reached)
        # It sends every widget a message and waits until all have come to it: they have when all is still.
        patch.setattr(textual.pilot.Pilot, "_wait_for_screen", self._screen_reached)

    async def _screen_reached(self) -> bool:
        await self.reached()
        return True

    def _keep(self, future: asyncio.Future[Any]) -> None:
        self._at_work.add(future)
        future.add_done_callback(self._at_work.discard)


def _ready(loop: asyncio.AbstractEventLoop) -> bool:
    # The loop has no door for these two questions; both names are as old as asyncio.
    return bool(loop._ready)  # type: ignore[attr-defined]


def _next_due(loop: asyncio.AbstractEventLoop) -> float:
    """When the next timer rings, by the clock of the loop."""
    timers: list[asyncio.TimerHandle] = loop._scheduled  # type: ignore[attr-defined]
    return min((each.when() for each in timers if not each.cancelled()), default=float("inf"))
