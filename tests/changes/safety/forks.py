"""Workers as tests hold them: each a process of its own, killed at a chosen moment or left to its end."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from tests.changes.safety import forking
from tests.changes.safety.mixed import HASTY

from entitree.handover import Handover, written

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from entitree.settings.profile import Profile


@dataclass(frozen=True)
class How:
    """What is to happen to a worker; see `forking`."""

    point: int | None = None
    strace: Sequence[str] = ()
    full: tuple[int, int] | None = None


LIVING = How()


class Workers:
    """Close it after use. `traceable` says whether strace is there, and may be used."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", forking.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.traceable: bool = json.loads(self._process.stdout.readline())

    def run(self, profile: Profile, folder: Path, how: How = LIVING) -> tuple[int, int]:
        """Has one run the jobs of a folder: how it ended, negative for a signal, and what it passed."""
        order = {"handover": written(Handover(profile, folder, "docs", HASTY)).decode(), **asdict(how)}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        status, passed = json.loads(self._process.stdout.readline())
        return status, passed

    def close(self) -> None:
        self._process.communicate()
        assert self._process.returncode == 0
