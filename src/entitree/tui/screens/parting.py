"""What every screen here is: left once, and never another one in its place; painted front first."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, TypeVar

from textual import on
from textual.await_complete import AwaitComplete
from textual.events import ScreenResume
from textual.screen import Screen
from textual.worker import NoActiveWorker, get_current_worker

from entitree.tui.compositor import FrontFirst

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.worker import Worker

ResultT = TypeVar("ResultT")


class PartingScreen(Screen[ResultT]):
    """A screen that can be told to go at any time: twice by keys that came fast, or by what has ended while
    another screen lies on top of it.

    Textual takes away whatever lies on top then, and fails the second time.
    """

    _parting: Callable[[], object] | None = None
    """How it goes as soon as nothing lies on top of it any more."""
    _gone = False

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - Textual's signature
        super().__init__(*args, **options)
        self._compositor = FrontFirst()

    def dismiss(self, result: ResultT | None = None) -> AwaitComplete:
        """Answers with `result` and goes, at once or as soon as it is on top; once gone, nothing."""
        if self.is_active:
            self._parting = None
            self._end_workers()
            return super().dismiss(result)
        self._part_later(lambda: self.dismiss(result))
        return AwaitComplete()

    def give_way(self, to: Screen[Any]) -> AwaitComplete:
        """Has `to` in its place, at once or as soon as it is on top; once gone, nothing."""
        if self.is_active:
            self._parting = None
            self._end_workers()
            return self.app.switch_screen(to)
        self._part_later(lambda: self.give_way(to))
        return AwaitComplete()

    def run_worker(self, *work: Any, **options: Any) -> Worker[Any]:  # noqa: ANN401 - Textual's signature
        """As Textual's. What it was told before it went may come to it later: then nothing is begun."""
        worker: Worker[Any] = super().run_worker(*work, **options)
        if inspect.iscoroutine(work[0]) and worker._task is not None:  # noqa: SLF001 - nobody else tells
            # One that is cancelled before it began would be missed, and Python says so on the terminal.
            worker._task.add_done_callback(lambda _: work[0].close())  # noqa: SLF001
        if self._gone:
            worker.cancel()
        return worker

    def _end_workers(self) -> None:
        """Textual does so too, but only when the widgets that they write to are gone."""
        self._gone = True
        try:
            asking: Worker[object] | None = get_current_worker()
        except NoActiveWorker:
            asking = None
        for each in self.workers:
            if self in each.node.ancestors_with_self and each is not asking:
                each.cancel()

    def _part_later(self, part: Callable[[], object]) -> None:
        if self in self.app.screen_stack and self._parting is None:
            self._parting = part

    @on(ScreenResume)
    def _part(self) -> None:
        if self._parting is not None:
            self._parting()
