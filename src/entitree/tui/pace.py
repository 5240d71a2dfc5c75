"""How often the mirror is asked again while it changes."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_REST = 2.0


class Pace:
    """Keeps work that every change of the mirror asks for to a third of the time.

    The mirror may change many times a second, and what follows may take seconds with a million rows. Nothing
    ticks: who does not wait in `rest` costs nothing.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._free_at = float("-inf")

    @property
    def wait(self) -> float:
        """Seconds until the work may be done again; 0 where it may be now."""
        return max(0.0, self._free_at - self._clock())

    async def rest(self) -> None:
        """Waits twice as long as the work last took, counted from when it ended."""
        if wait := self.wait:
            await asyncio.sleep(wait)

    @contextmanager
    def work(self) -> Iterator[None]:
        """Around the work, which is measured; also where it is broken off."""
        began = self._clock()
        try:
            yield
        finally:
            ended = self._clock()
            self._free_at = ended + _REST * (ended - began)
