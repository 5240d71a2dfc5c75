"""Keys, clicks, pastes and sizes by chance, and a platform where much goes wrong: nothing breaks."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from tests.changes.safety.agreement import never_ahead_of_the_journal
from tests.changes.safety.mixed import HASTY
from tests.tui.conftest import Stage, WatchedAccount
from tests.tui.monkey.chance import Chance
from tests.tui.monkey.play import BrokenError, Play, Watch

from entitree.api.operations import OPERATIONS
from entitree.api.urls import target
from entitree.changes.journal import Journal
from entitree.sandbox import Sandbox, open_sandbox
from entitree.sandbox.control.fault import Plan
from entitree.sandbox.routes import ROUTES
from entitree.sandbox.wire.routing import Router
from entitree.way import JOURNAL

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.tui.monkey.inputs import Input

    from entitree.tui.app import EntitreeApp

ROUTER = Router(ROUTES)
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "delay", "seconds": 0.004, "probability": 0.1},
    {"kind": "status", "status": 500, "probability": 0.04},
    {"kind": "status", "status": 503, "retry_after": 0, "probability": 0.03},
    {"kind": "status", "status": 429, "retry_after": 0, "probability": 0.05},
    {"kind": "status", "status": 401, "probability": 0.004},
    {"kind": "status", "status": 403, "probability": 0.01},
    {"kind": "status", "status": 404, "probability": 0.005},
    {"kind": "status", "status": 500, "after_effect": True, "probability": 0.02},
    {"kind": "bad-json", "probability": 0.03},
    {"kind": "html", "probability": 0.01},
    {"kind": "empty", "probability": 0.01},
    {"kind": "redirect", "probability": 0.01},
    {"kind": "totals", "delta": 7, "probability": 0.03},
    {"kind": "content-type", "probability": 0.01},
)


def faulty(seed: int) -> Callable[[Sandbox], None]:
    """A platform where about a third of all answers is not as it should be."""
    plan = Plan.model_validate({"seed": seed, "faults": list(FAULTS)})

    def prepare(platform: Sandbox) -> None:
        with platform._state.transaction(writes=True) as db:
            db.executemany(
                "INSERT INTO faults (position, fault) VALUES (?, ?)",
                [(at, each.model_dump_json(exclude_none=True)) for at, each in enumerate(plan.faults)],
            )
            db.execute("INSERT INTO account VALUES ('faults_seed', ?)", (str(seed),))

    return prepare


class Runs:
    """An account, and the apps that were opened on it one after the other."""

    def __init__(self, folder: Path, seed: int, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(WatchedAccount, "pace", replace(HASTY, look=0.01, idle=0.01))
        self._stage = Stage(folder)
        self._seed = seed
        self._accounts: list[WatchedAccount] = []
        self._apps = 0
        self.watch = Watch()
        self.watch.over(patch)

    def app(self) -> EntitreeApp:
        self._apps += 1
        return self._stage.app(rows=faulty(self._seed) if self._apps == 1 else None)

    async def played(self, random: Random, more: Callable[[EntitreeApp], Input | None]) -> list[Input]:
        """All that was done. Raises BrokenError."""
        play = Play(self.watch, random, more)
        going_on = True
        try:
            while going_on:
                going_on = await play.run(self.app())
                self._accounts.append(self._stage.watched)
            await self._look_into_the_journal()
        except Exception as error:
            wrong = "\n".join(self.watch.wrong)
            raise BrokenError(f"{error}\n{wrong}\nafter {len(play.given)} inputs: {play.given!r}") from error
        return play.given

    def _written(self) -> set[tuple[str, str]]:
        """Method and path of every request that was no reading."""
        sent = {
            (request.method, request.target.partition("?")[0])
            for account in self._accounts
            for request in account.wire.seen
        }
        return {each for each in sent if not ROUTER.find(each[0], each[1].encode())[0].operation.reads}

    async def _look_into_the_journal(self) -> None:
        folder = self._stage.folder / "account"
        async with Journal(folder / JOURNAL) as journal:
            jobs = await journal.jobs()
            records = [each for job in jobs for each in await journal.steps(job.id)]
        planned = {
            (operation.method, target(operation.path, each.step.path))
            for each in records
            for operation in (OPERATIONS[each.step.operation],)
        }
        # How often is the matter of the audit log below: one that was told to come later is sent again.
        assert self._written() <= planned
        assert len(jobs) <= len(self.watch.handed_in)
        platform = open_sandbox(folder / "platform.db", limits=None)
        with platform._state.transaction(writes=False) as db:
            rows = db.execute("SELECT operation, kind FROM audit").fetchall()
        platform.close()
        audit = [{"operation": each["operation"], "object": {"kind": each["kind"]}} for each in rows]
        happened = Counter(each["operation"] for each in audit)
        assert set(happened) <= {each.step.operation for each in records}
        never_ahead_of_the_journal(records, audit)


async def played(folder: Path, seed: int, count: int, patch: pytest.MonkeyPatch) -> None:
    random = Random(seed)  # noqa: S311 - to be played again
    chance = Chance(random)
    left = iter(range(count))
    try:
        await Runs(folder, seed, patch).played(
            random, lambda app: chance.next(app) if next(left, None) is not None else None
        )
    except BrokenError as broken:
        pytest.fail(f"seed {seed}: {broken}")


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_five_hundred_keys(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await played(tmp_path, seed, 500, monkeypatch)


@pytest.mark.long
@pytest.mark.parametrize("seed", [101, 102, 103, 104])
async def test_five_thousand_keys(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await played(tmp_path, seed, 5_000, monkeypatch)
