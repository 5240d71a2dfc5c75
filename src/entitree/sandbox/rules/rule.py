"""What a named rule is: a choice that the documents leave open, with the proposal that is the default."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    choices: tuple[str, ...]
    """The first is the default."""
    why: str
    """Why it is open, in one or two sentences."""
    source: str
    """Where in platform.md it is left open."""

    @property
    def default(self) -> str:
        return self.choices[0]
