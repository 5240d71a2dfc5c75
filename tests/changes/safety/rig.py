"""The mixed job, made once and begun as often as a test likes, each time on the account as it was."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from tests.changes.safety.agreement import (
    Audit,
    Dump,
    all_done_once,
    effects,
    never_ahead_of_the_journal,
    same_account,
)
from tests.changes.safety.forks import LIVING, How
from tests.changes.safety.mixed import prepared

from entitree.changes.journal import Journal
from entitree.way import JOURNAL

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from pathlib import Path
    from typing import Any, TypeVar

    from tests.changes.safety.forks import Workers
    from tests.changes.safety.served import Platform

    from entitree.changes.jobs import Job, StepRecord
    from entitree.settings.profile import Profile

    T = TypeVar("T")


@dataclass(frozen=True)
class Start:
    """An account's folder with a job in it that somebody asked for, and the platform's state to that."""

    folder: Path
    state: bytes
    job_id: int
    done: int = 0
    """So many of its steps are done already."""


@dataclass(frozen=True)
class End:
    """What a job has come to."""

    audit: Audit
    account: Dump


class Attempt:
    """The job of a `Start`, begun."""

    def __init__(self, platform: Platform, workers: Workers, start: Start, folder: Path) -> None:
        self.folder = folder
        self._platform = platform
        self._workers = workers
        self._start = start
        self._job_id = start.job_id
        shutil.copytree(start.folder, folder)
        self._since = platform.restore(start.state)

    def work(self, how: How = LIVING, *, profile: Profile | None = None) -> tuple[int, int]:
        """Has a worker run until it ends or is killed, and all that it asked of the platform be over."""
        ended = self._workers.run(profile or self._platform.profile, self.folder, how)
        self._platform.idle()
        return ended

    def resume(self) -> None:
        """Asks that the job go on, as a user does who comes back."""
        self._ask(lambda journal: journal.ask_run(self._job_id))

    def finish(self) -> None:
        """Goes on with the job, unless it is over, until a worker comes to its end."""
        if not self.job().state.over:
            self.resume()
            assert self.work()[0] == 0

    def job(self) -> Job:
        return self._ask(lambda journal: journal.job(self._job_id))

    def steps(self) -> list[StepRecord]:
        """Those that were still to be done."""
        return self._ask(lambda journal: journal.steps(self._job_id))[self._start.done :]

    def audit(self) -> Audit:
        return self._platform.audit(self._since)

    def agrees_so_far(self) -> None:
        never_ahead_of_the_journal(self.steps(), self.audit())

    def agrees(self, wanted: End | None = None) -> End:
        """The job is done, each step once, and the same has come of it as of `wanted`."""
        found = End(self.audit(), self._platform.dump())
        all_done_once(self.job(), self.steps(), found.audit, found.account)
        if wanted is not None:
            ours, theirs = effects(found.audit), effects(wanted.audit)
            assert ours == theirs, (ours - theirs, theirs - ours)
            same_account(found.account, wanted.account)
        return found

    def forget(self) -> None:
        """The folder takes no more room."""
        shutil.rmtree(self.folder)

    def _ask(self, what: Callable[[Journal], Coroutine[Any, Any, T]]) -> T:
        async def asked() -> T:
            async with Journal(self.folder / JOURNAL) as journal:
                return await what(journal)

        return asyncio.run(asked())


class Rig:
    """`prepare` puts a mirror and a job into a folder, and returns the job's id."""

    def __init__(
        self,
        platform: Platform,
        workers: Workers,
        folder: Path,
        prepare: Callable[[Profile, Path], Coroutine[Any, Any, int]] = prepared,
    ) -> None:
        self.platform = platform
        self._workers = workers
        self._folder = folder
        self._numbers = count(1)
        job_id = asyncio.run(prepare(platform.profile, folder / "start"))
        asyncio.run(_asked_for(folder / "start", job_id))
        self.start = Start(folder / "start", platform.snapshot(), job_id)

    def begin(self, start: Start | None = None) -> Attempt:
        """The job at its beginning, or at another, on the account as it was then."""
        folder = self._folder / str(next(self._numbers))
        return Attempt(self.platform, self._workers, start or self.start, folder)

    def first(self, steps: int) -> Start:
        """The job as if it had no more steps than these."""
        folder = self._folder / f"first-{steps}-{next(self._numbers)}"
        shutil.copytree(self.start.folder, folder)
        with _journal(folder) as db:
            db.execute("DELETE FROM step WHERE number > ?", (steps,))
            _count(db)
        return Start(folder, self.start.state, self.start.job_id)

    def after(self, done: Attempt, steps: int) -> Start:
        """The job where so many steps are done and one more is to be; after that comes none.

        Those steps `done` has just done, and nobody has asked the platform for anything since.
        """
        folder = self._folder / f"after-{steps}-{next(self._numbers)}"
        shutil.copytree(done.folder, folder)
        with _journal(folder) as db:
            db.execute("ATTACH ? AS whole", (str(self.start.folder / JOURNAL),))
            db.execute("INSERT INTO step SELECT * FROM whole.step WHERE number = ?", (steps + 1,))
            db.execute("UPDATE job SET state = 'paused', wish = 'run', ended = NULL")
            _count(db)
        return Start(folder, self.platform.snapshot(), self.start.job_id, steps)


@contextmanager
def _journal(folder: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(folder / JOURNAL)) as db:
        yield db
        db.commit()


def _count(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM tally")
    db.execute("INSERT INTO tally SELECT job, state, count(*) FROM step GROUP BY job, state")


async def _asked_for(folder: Path, job_id: int) -> None:
    async with Journal(folder / JOURNAL) as journal:
        await journal.ask_run(job_id)
