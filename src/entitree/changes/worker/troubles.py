"""When troubles are waited out, and when they pause the job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.changes.outcome import Again, Trouble

if TYPE_CHECKING:
    from entitree.changes.worker.pace import Pace


class PauseError(Exception):
    """The job cannot sensibly go on: `reason` says why. What was being tried was not carried out."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Troubles:
    """Counts what goes wrong in a row."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._counts = dict.fromkeys(Trouble, 0)
        self._without_network = 0.0

    def heard(self) -> None:
        """An answer to a read came that makes sense: the way is open. What it says of writes is nothing."""
        self._counts[Trouble.NETWORK] = 0
        self._without_network = 0.0

    def over(self) -> None:
        """A step has its outcome: the platform works."""
        self.heard()
        self._counts[Trouble.PLATFORM] = self._counts[Trouble.PACE] = 0

    def met(self, again: Again) -> float:
        """Seconds to wait before the next request. Raises PauseError where that would be of no use."""
        self._counts[again.trouble] += 1
        count = self._counts[again.trouble]
        pause = self._pace.backoff(count) if again.after is None else again.after
        match again.trouble:
            case Trouble.NETWORK:
                if self._without_network + pause > self._pace.network:
                    raise PauseError(again.why)
                self._without_network += pause
            case Trouble.PLATFORM if count >= self._pace.failures:
                raise PauseError(_many(count, "The platform failed {} times in a row. ", again.why))
            case Trouble.PACE if count >= self._pace.failures:
                raise PauseError(
                    _many(count, "The platform said {} times in a row to slow down. ", again.why)
                )
        return pause


def _many(count: int, said: str, why: str) -> str:
    return (said.format(count) if count > 1 else "") + why
