"""Who sent what: the app, its worker's process, and the command line write the logs of their accounts."""

from __future__ import annotations

import asyncio
import contextlib
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from entitree.account import REQUESTS, Account
from entitree.changes.edits import Create
from entitree.changes.worker import Pace
from entitree.changes.worker.process import Process
from entitree.cli import run
from entitree.inventory.model import Family, Kind
from entitree.log.reading import LogTail
from entitree.settings.profile import SANDBOX_PROFILE

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


class HastyAccount(Account):
    pace = Pace(quiet=0.05, first=0.01, longest=0.05, look=0.02, idle=0.02)


async def test_the_worker_writes_into_the_log_of_its_account(tmp_path: Path) -> None:
    account = await HastyAccount.open(replace(SANDBOX_PROFILE, limits=None), tmp_path, seed="docs")
    await account.connect()
    await account.refresh((Family.ENTITIES,))
    made = [Create(Kind.ENTITY, f"made-{number}", f"No. {number}") for number in range(3)]
    result = await account.desk.apply(await account.desk.plan(made), None)
    assert result.ok
    runner = account.desk._runner
    assert isinstance(runner, Process)
    process = runner._process
    await account.close()
    if process is not None:
        with contextlib.suppress(ChildProcessError):
            await asyncio.to_thread(os.waitpid, process.pid, 0)
    entries = LogTail(account.requests).read()
    written = [each for each in entries if each.method == "POST"]
    assert [(each.who, each.status, each.body) for each in written] == [
        ("worker", 201, f'{{"entityId":"made-{number}","entityName":"No. {number}"}}') for number in range(3)
    ]
    assert {each.who for each in entries} == {"app", "worker"}


def test_the_command_line_writes_there_too(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENTITREE_LIMITS", "off")
    assert run(["impact", "entity", "big-cola"]) == 0
    assert "big-cola" in capsys.readouterr().out
    entries = LogTail(home / "data" / "sandbox" / REQUESTS).read()
    assert entries
    assert {each.who for each in entries} == {"cli"}


def test_a_log_that_cannot_be_written_is_told_once_and_stops_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENTITREE_LIMITS", "off")
    (home / "data" / "sandbox" / REQUESTS).mkdir(parents=True)
    assert run(["impact", "entity", "big-cola"]) == 0
    said = capsys.readouterr()
    assert "big-cola" in said.out
    assert said.err.count("cannot be written, so it has gaps") == 1
