"""How long what is being read still takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.inventory.model import Family

if TYPE_CHECKING:
    from collections.abc import Mapping


def lasting(seconds: float) -> str:
    """How long something takes, at least."""
    # Comes with much that the first frame does not wait for.
    from entitree.tui.screens.plan_lines import lasting as told

    return told(seconds)


def seconds_left(progress: Mapping[Family, tuple[int, int | None]], limits: float | None) -> float:
    """Seconds, at `limits` times the documented rates, until that is read of which it is known how much there
    is; families are read side by side. 0 without limits.
    """
    if not limits:
        return 0.0
    left = (_seconds(family, whole - done) for family, (done, whole) in progress.items() if whole is not None)
    return max(left, default=0.0) / limits


def _seconds(family: Family, rows: int) -> float:
    if rows <= 0:
        return 0.0
    from entitree.inventory.listings import cost

    takes = cost(family, rows)
    # Of inbound configurations each resource is a request.
    return takes.seconds * (rows if family is Family.INBOUND else takes.requests)
