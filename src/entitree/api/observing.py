"""What an observer is told of each request that goes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from entitree.api.operations import Operation


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as it went out, and what became of it. None of its headers is here."""

    operation: Operation
    method: str
    target: str
    """Path and query, percent-encoded."""
    body: bytes | None = field(repr=False)
    """Whole, secrets included: what is kept of it is for the observer to choose."""
    signed: str
    """How it was signed: the first word of its `Authorization`, empty where it had none."""
    attempt: int
    """1 for the first."""
    seconds: float
    """From when it was handed over until the answer was there whole."""
    status: int | None = None
    """None where no answer came."""
    failure: str = ""
    """Why no answer came, in a clause of our own."""
    retry_after: float | None = None
    """Seconds that the answer asks to wait."""


if TYPE_CHECKING:
    Observer = Callable[[Sent], None]
    """Is told on the event loop, at once: to be quick, and to raise nothing."""
