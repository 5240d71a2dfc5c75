"""The environment that Textual reads while it is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import MutableMapping

FRAMES = 240
"""What changed is painted at the next tick of a clock that has so many in a second; nothing ticks when idle.

At Textual's own 60 a key waits up to two ticks, 33 ms, for work that is done in 8. Over SSH the slower clock
stays: what changes within a tick crosses the line once.
"""


def prepare(environ: MutableMapping[str, str]) -> None:
    """Set what was not set by the user. To be called before anything imports Textual."""
    # Nothing animates: over SSH every frame of an animation is bytes and round trips.
    environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    # Textual's own log file is readable by all and holds every key typed, passwords too.
    environ.pop("TEXTUAL_LOG", None)
    if "SSH_CONNECTION" not in environ:
        environ.setdefault("TEXTUAL_FPS", str(FRAMES))
