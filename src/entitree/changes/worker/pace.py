"""How patient a worker is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from entitree.changes.jobs import CONFIRMED_FROM


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds and counts. The defaults are for real accounts; tests on a sandbox are in more of a hurry."""

    quiet: float = 60.0
    """What was sent so long ago, and cannot be seen, is taken never to come: it may be created again."""
    first: float = 1.0
    """The first pause after something failed; it doubles each time."""
    longest: float = 60.0
    """The longest of those pauses."""
    network: float = 600.0
    """Without any way to the platform for so long, the job is paused."""
    failures: int = 5
    """So many failures of the platform in a row pause the job."""
    tries: int = 5
    """So often a step is sent at most in one run of its job, where the answer tells nothing."""
    confirm: int = CONFIRMED_FROM
    """After so many creations of one kind a listing confirms them."""
    look: float = 0.2
    """How often what other processes write is looked for while there is something to do."""
    idle: float = 0.5
    """The same while there is nothing."""

    def of_one_step(self) -> Pace:
        """For a job of a single step, whose user waits for the answer: nothing is tried twice."""
        return replace(self, network=0.0, failures=1, tries=1)

    def backoff(self, failures: int) -> float:
        """The pause after so many failures in a row."""
        return min(self.first * 2.0 ** (min(failures, 30) - 1), self.longest)
