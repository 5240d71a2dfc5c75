"""The worker's process from outside: started when needed, kept warm, and left alone when the app closes."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from entitree.changes.worker.watch import follow
from entitree.disk import storage_error
from entitree.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from entitree.changes.jobs import JobProgress, Progress
    from entitree.changes.journal import Journal
    from entitree.inventory.store import Store

LOG = "worker.log"
LARGEST_LOG = 256 * 1024
"""Bytes; a log that is larger begins anew when a worker is started."""

COMMAND = (sys.executable, "-P", "-m", "entitree", "worker")


class Process:
    """Has an account's jobs run by a process of its own, which outlives this one.

    `line` gives the first line of its input, with the credential; nothing of it is in its command line, in
    its environment or in a log. Where another process has one running already, that one does it.
    """

    def __init__(
        self,
        journal: Journal,
        store: Store,
        line: Callable[[], bytes],
        *,
        command: Sequence[str] = COMMAND,
        environ: Mapping[str, str] = os.environ,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._journal = journal
        self._store = store
        self._line = line
        self._command = command
        self._environ = environ
        self._sleep = sleep
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = asyncio.Lock()
        self._log_begins = 0

    @property
    def pid(self) -> int | None:
        """Of the worker that this object has started and that has not ended; None where there is none."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    async def wake(self) -> None:
        """Starts a worker, or has the one that is there look at once. Raises StorageError."""
        async with self._starting:
            if not self._send(b"\n") and not self._journal.leased():
                await asyncio.to_thread(self._start)

    async def warm(self) -> None:
        """Starts a worker where there is none, so that the next job need not wait for that."""
        async with self._starting:
            if self.pid is None and not self._journal.leased():
                await asyncio.to_thread(self._start)

    async def follow(self, job_id: int, progress: Progress | None) -> None:
        """Returns when nothing more happens to the job unless somebody asks. A worker that died is replaced.

        Raises StorageError where workers keep dying.
        """
        deaths = 0

        def told(now: JobProgress) -> None:
            nonlocal deaths
            deaths = 0
            if progress is not None:
                progress(now)

        async def revive() -> None:
            nonlocal deaths
            if self.pid is not None:
                return
            deaths += 1
            if deaths > _MOST_DEATHS:
                why = await asyncio.to_thread(self._last_words)
                raise StorageError(
                    f"The worker ended by itself {_MOST_DEATHS} times, so job {job_id} does not go on.{why}",
                    hint=f"See {self._journal.folder / LOG}, then entitree jobs resume {job_id}.",
                )
            await self.wake()

        await follow(self._journal, job_id, told, revive=revive, sleep=self._sleep, changed=self._changed)

    async def aclose(self) -> None:
        """Lets the worker end when it has nothing left to do."""
        process = self._process
        self._let_go()
        if process is not None and process.poll() is None:
            # Python would warn of a process that outlives this one, which is what it is for.
            process.returncode = 0

    async def _changed(self) -> None:
        # The worker has written to the mirror; what is drawn from it does not know.
        await self._store.change(lambda _: (None, True))

    def _send(self, line: bytes) -> bool:
        if self.pid is None or self._process is None or self._process.stdin is None:
            return False
        try:
            self._process.stdin.write(line)
        except OSError:
            # It is about to end.
            return False
        return True

    def _let_go(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()

    def _last_words(self) -> str:
        """What the last worker said of its end, as a sentence to append; on a full disk it could not."""
        try:
            with (self._journal.folder / LOG).open("rb") as log:
                log.seek(self._log_begins)
                said = log.read(LARGEST_LOG).decode(errors="replace").split("\n")
            lines = [line.removeprefix("entitree: ") for line in said if line.startswith("entitree: ")]
            if lines:
                return f" {lines[-1]}"
            if shutil.disk_usage(self._journal.folder).free < _TOO_LITTLE:
                return f" There is no space left for {self._journal.folder}."
        except OSError as error:
            return f" Its log cannot be read: {error.strerror}."
        return ""

    def _start(self) -> None:
        self._let_go()
        path = self._journal.folder / LOG
        try:
            log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise storage_error(str(path), error, if_damaged="Remove it.") from error
        try:
            if os.fstat(log).st_size > LARGEST_LOG:
                os.truncate(log, 0)
            self._log_begins = os.fstat(log).st_size
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                bufsize=0,
                cwd="/",
                env=_environment(self._environ),
                start_new_session=True,
            )
        except OSError as error:
            raise StorageError(
                f"No worker could be started: {error.strerror}.", hint="Free some memory or processes."
            ) from error
        finally:
            os.close(log)
        self._send(self._line())


_MOST_DEATHS = 5
_TOO_LITTLE = 64 * 1024
"""Bytes; with less no step can be stored."""


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What a worker gets of ours: nothing that says who asks, and no path that counts from a folder."""
    kept = {name: value for name, value in environ.items() if not name.startswith("ENTITREE_")}
    if paths := kept.get("PYTHONPATH"):
        kept["PYTHONPATH"] = os.pathsep.join(
            str(Path(each).absolute()) for each in paths.split(os.pathsep) if each
        )
    return kept
