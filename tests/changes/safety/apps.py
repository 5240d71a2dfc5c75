"""Apps as tests hold them: each a process of its own that has a job run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tests.changes.safety import starting

from entitree.handover import Handover, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from entitree.changes.worker import Pace
    from entitree.settings.profile import Profile


class App:
    """What has the job run, in a process of its own; see `starting`, and `impatient` for its workers."""

    def __init__(self, profile: Profile, folder: Path, pace: Pace, *, impatient: bool = False) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", starting.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._process.stdin is not None
        line = written(Handover(profile, folder, "docs", pace))
        self._process.stdin.write(line + b"1\n" + (b"impatient\n" if impatient else b"\n"))
        self._process.stdin.flush()

    def told(self) -> Iterator[dict[str, Any]]:
        """What it says until all is done. Fails where it ends before that."""
        assert self._process.stdout is not None
        while True:
            said = json.loads(self._process.stdout.readline() or "null")
            assert said is not None, "the app has ended"
            if said == "over":
                return
            yield said

    def hang_up(self, number: int) -> None:
        """It is gone, as when its terminal is closed, or worse."""
        os.kill(self._process.pid, (signal.SIGHUP, signal.SIGKILL)[number % 2])
        self.close()

    def close(self) -> None:
        with suppress(BrokenPipeError):
            self._process.communicate(timeout=60)
