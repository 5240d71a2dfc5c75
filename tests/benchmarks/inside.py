"""The app without a terminal, in a process of its own that holds nothing else: what it draws, and when.

`measured("filter", …)` starts it; what is asked and answered goes through the pipes as JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from contextlib import asynccontextmanager, contextmanager
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any

from tests.benchmarks.browse import Browser
from tests.benchmarks.machine import ROOT
from textual import events

from entitree.inventory.find import Column, Sort
from entitree.inventory.model import Kind
from entitree.tui.screens.main import MainScreen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping

    from entitree.tui.widgets.item_pane import ItemPane

PATIENCE = 30.0
REST = 0.3
"""Seconds after each measurement for what is still under way."""


def measured(what: str, asked: object, environ: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
    """The answer of `filter` or `sort` in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.inside", what],
        input=json.dumps(asked),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, **environ},
    )
    return json.loads(done.stdout)


class Stage:
    """An app that shows the entities of the account of the environment."""

    def __init__(self, app: Browser) -> None:
        self.app = app

    @property
    def pane(self) -> ItemPane:
        screen = self.app.screen
        assert isinstance(screen, MainScreen)
        return screen.pane_of(Kind.ENTITY)

    @property
    def shown(self) -> Iterator[str]:
        """The id on each line of the list, as it is drawn."""
        table = self.pane.table
        for y in range(1, table.size.height):
            line = table.render_line(y).text[4:]
            if line.strip() and not line.startswith(" ") and (first := line.split()[0])[-7:].isdigit():
                yield first

    def listed(self, ids: list[str]) -> Callable[[], bool]:
        """The list shows these first and, where they are fewer than what is compared, nothing else.

        Mostly the first line is another: who looks at each frame must not be what takes the time.
        """

        def listed() -> bool:
            shown = islice(self.shown, self.app.compared)
            return all(each == other for each, other in zip_longest(shown, ids))

        return listed

    def key(self, key: str, character: str | None = None) -> float:
        return self.app.send(events.Key(key, character))

    async def when(self, *conditions: Callable[[], bool]) -> list[float]:
        """When each became true of what is drawn."""
        since: list[float | None] = [None] * len(conditions)
        there = asyncio.Event()

        def look() -> None:
            now = time.perf_counter()
            for index, condition in enumerate(conditions):
                if since[index] is None and condition():
                    since[index] = now
            if None not in since:
                there.set()

        look()
        with self.app.each_frame(look):
            try:
                await asyncio.wait_for(there.wait(), PATIENCE)
            except TimeoutError:
                raise TimeoutError(f"{self.pane.filter_line.truth}: {list(self.shown)}") from None
        return [each for each in since if each is not None]


@asynccontextmanager
async def stage(everything: list[str]) -> AsyncIterator[Stage]:
    """The app on its entities, all of which are listed, those given first."""
    app = Browser(os.environ)
    app.compared = len(everything)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        while not isinstance(app.screen, MainScreen):
            await pilot.pause()
        stage = Stage(app)
        app.screen.show_kind(Kind.ENTITY)
        await stage.when(stage.listed(everything))
        await asyncio.sleep(REST)
        yield stage


async def filtered(asked: Any) -> Any:  # noqa: ANN401 - JSON
    """Of each case milliseconds to the first screenful and to the exact count, `rounds` times."""
    took: list[list[list[float]]] = [[] for _ in asked["cases"]]
    async with stage(asked["everything"]) as on:
        for _ in range(asked["rounds"]):
            for case, times in zip(asked["cases"], took, strict=True):
                on.pane.open_filter()
                if case["before"]["words"]:
                    on.app.send(events.Paste(case["before"]["words"]))
                    await on.when(*_found(on, case["before"]))
                await asyncio.sleep(REST)
                keys = case["typed"]
                conditions = _found(on, case["found"])
                assert not any(condition() for condition in conditions), "nothing would change"
                begin = on.key(keys, keys) if len(keys) == 1 else on.app.send(events.Paste(keys))
                times.append([(at - begin) * 1_000 for at in await on.when(*conditions)])
                await asyncio.sleep(REST)
                on.pane.clear_filter()
                await on.when(lambda: " of " not in on.pane.filter_line.truth)
                on.pane.table.focus()
                on.key("home")
                await on.when(on.listed(asked["everything"]))
    return took


def _found(on: Stage, found: Any) -> tuple[Callable[[], bool], Callable[[], bool]]:  # noqa: ANN401 - JSON
    number = f"{found['count']:,} of {found['total']:,}".replace(",", " ")
    return on.listed(found["first"]), lambda: on.pane.filter_line.truth.startswith(number)


async def sorted_(asked: Any) -> Any:  # noqa: ANN401 - JSON
    """Of each column milliseconds to the sorted screenful, the worst lateness meanwhile, and that at rest."""
    took: list[list[list[float]]] = [[] for _ in asked["columns"]]
    async with stage(asked["everything"]) as on:
        for _ in range(asked["rounds"]):
            for column, times in zip(asked["columns"], took, strict=True):
                with _lateness() as idle:
                    await asyncio.sleep(REST)
                sorted_so = on.listed(column["first"])
                assert not sorted_so(), "nothing would change"
                with _lateness() as late:
                    begin = time.perf_counter()
                    on.pane._sort(Sort(Column(column["name"]), column["reverse"]))
                    (at,) = await on.when(sorted_so)
                    await asyncio.sleep(REST)
                times.append([(at - begin) * 1_000, max(late), max(idle)])
                on.pane._sort(Sort())
                await on.when(on.listed(asked["everything"]))
    return took


@contextmanager
def _lateness() -> Iterator[list[float]]:
    """By how many milliseconds a ticker of one was late, each time."""
    late: list[float] = []

    async def tick() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            late.append((time.perf_counter() - before - 0.001) * 1_000)

    task = asyncio.create_task(tick())
    try:
        yield late
    finally:
        task.cancel()


if __name__ == "__main__":
    work = {"filter": filtered, "sort": sorted_}[sys.argv[1]]
    print(json.dumps(asyncio.run(work(json.load(sys.stdin)))))
