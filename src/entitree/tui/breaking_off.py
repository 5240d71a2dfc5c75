"""Breaking off what is under way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.worker import Worker


def break_off(worker: Worker[None]) -> None:
    """Cancels `worker` as soon as it has begun.

    One that is cancelled before that, by a key that came right behind the one that started it, never runs,
    and Textual never says that it ended: a form that is shut meanwhile would stay so.
    """
    # Its first step is in the loop already: this comes after it.
    asyncio.get_running_loop().call_soon(worker.cancel)
