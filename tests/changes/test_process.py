"""The worker as a process of its own: started, killed, found again, and left alone by an app that closes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from entitree.account import Account
from entitree.changes.edits import Create, Delete
from entitree.changes.jobs import JobState, StepState
from entitree.changes.worker import Pace
from entitree.changes.worker.process import LOG, Process
from entitree.cli import run
from entitree.errors import StorageError, UsageError
from entitree.handover import Handover, read, written
from entitree.inventory.model import Kind
from entitree.inventory.sync import refresh
from entitree.sandbox import open_sandbox
from entitree.settings.profile import SANDBOX_PROFILE, Profile, Secrets

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from entitree.changes.edits import Edit
    from entitree.changes.jobs import JobProgress
    from entitree.changes.plan import Plan

HASTY = Pace(quiet=0.05, first=0.01, longest=0.05, look=0.02, idle=0.02)
MANY = [Create(Kind.ENTITY, f"made-{number:02}", f"No. {number}") for number in range(12)]


class HastyAccount(Account):
    pace = HASTY


async def opened(folder: Path) -> Account:
    account = await HastyAccount.open(replace(SANDBOX_PROFILE, limits=None), folder, seed="docs")
    await account.connect()
    return account


@pytest.fixture
async def account(tmp_path: Path) -> AsyncIterator[Account]:
    account = await opened(tmp_path)
    yield account
    await ended(account)


def runner(account: Account) -> Process:
    found = account.desk._runner
    assert isinstance(found, Process)
    return found


async def ended(account: Account) -> None:
    """Closes the account and waits until its worker has ended by itself."""
    process = runner(account)._process if account.connected else None
    await account.close()
    if process is not None:
        with contextlib.suppress(ChildProcessError):
            await asyncio.to_thread(os.waitpid, process.pid, 0)


def under_way(pid: int | None, name: str) -> bytes:
    """What the system tells of a process."""
    file = Path(f"/proc/{pid}/{name}")
    return bytes(file.readlink()) if file.is_symlink() else file.read_bytes()


def modes(folder: Path) -> set[int]:
    return {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()}


async def made(account: Account, count: int = len(MANY)) -> Plan:
    return await account.desk.plan(MANY[:count])


def entities(folder: Path) -> list[str]:
    box = open_sandbox(folder / "platform.db", limits=None)
    try:
        return sorted(row["entityId"] for row in box.dump()["entities"] if "made" in row["entityId"])
    finally:
        box.close()


async def test_a_job_runs_in_a_process_of_its_own_and_shows_here(account: Account, tmp_path: Path) -> None:
    told: list[JobProgress] = []
    seen: list[int] = []
    account.store.subscribe(lambda: seen.append(account.store.revision))
    result = await account.desk.apply(await made(account), told.append)
    assert result.ok, result
    pid = runner(account).pid
    assert pid is not None
    assert os.getsid(pid) == pid, "a session of its own"
    assert under_way(pid, "cwd") == b"/"
    assert entities(tmp_path) == [each.id for each in MANY]
    assert await account.store.item(Kind.ENTITY, "made-07") is not None
    assert told[-1].job.done == len(MANY)
    assert seen, "what is drawn from the mirror knows that it changed"
    again = await account.desk.apply(await account.desk.plan([Create(Kind.APPLICATION, "once-more")]))
    assert again.ok
    assert runner(account).pid == pid, "the same one, kept warm"


async def test_nothing_of_the_credential_is_where_others_look(account: Account, tmp_path: Path) -> None:
    assert (await account.desk.apply(await made(account, 1))).ok
    pid = runner(account).pid
    box = open_sandbox(tmp_path / "platform.db", limits=None)
    secrets = [box.api_key, box.password]
    box.close()
    for name in ("cmdline", "environ"):
        content = under_way(pid, name)
        assert not any(each.encode() in content for each in secrets)
    assert modes(tmp_path) == {0o600}
    assert (tmp_path / LOG).read_text() == ""


async def test_a_worker_that_is_killed_is_replaced_and_nothing_is_done_twice(
    account: Account, tmp_path: Path
) -> None:
    killed: list[int] = []

    def kill(now: JobProgress) -> None:
        pid = runner(account).pid
        if now.job.done >= 3 * (len(killed) + 1) and pid is not None and len(killed) < 3:
            killed.append(pid)
            os.kill(pid, signal.SIGKILL)

    result = await account.desk.apply(await made(account), kill)
    assert len(set(killed)) >= 1
    assert result.ok, result
    assert entities(tmp_path) == [each.id for each in MANY]
    steps = await account.desk.steps(result.job_id)
    assert {each.state for each in steps} == {StepState.DONE}


async def test_an_app_that_closes_leaves_its_job_running(tmp_path: Path) -> None:
    account = await opened(tmp_path)
    begun = asyncio.Event()
    applying = asyncio.create_task(account.desk.apply(await made(account), lambda _: begun.set()))
    await begun.wait()
    applying.cancel()
    await asyncio.gather(applying, return_exceptions=True)
    await ended(account)
    assert entities(tmp_path) == [each.id for each in MANY]
    account = await opened(tmp_path)
    (job,) = await account.desk.jobs()
    assert (job.state, job.done) == (JobState.DONE, len(MANY))
    assert runner(account).pid is None, "whoever only looks starts nothing"
    await account.close()


async def test_two_apps_share_one_worker(account: Account, tmp_path: Path) -> None:
    assert (await account.desk.apply(await made(account, 1))).ok
    other = await opened(tmp_path)
    assert (await other.desk.apply(await other.desk.plan([Create(Kind.ENTITY, "others")]))).ok
    assert runner(other).pid is None
    await other.close()


async def test_what_another_process_wishes_is_heeded(account: Account, tmp_path: Path) -> None:
    other = await opened(tmp_path)
    paused = asyncio.Event()

    def begun(now: JobProgress) -> None:
        if now.job.done >= 2:
            paused.set()

    applying = asyncio.create_task(account.desk.apply(await made(account), begun))
    await paused.wait()
    (job,) = await other.desk.jobs()
    await other.desk.pause(job.id)
    result = await applying
    if result.state is JobState.PAUSED:
        assert (await other.desk.run(job.id)).ok
    await other.close()
    assert entities(tmp_path) == [each.id for each in MANY]


async def test_an_interrupted_job_waits_until_somebody_asks(account: Account, tmp_path: Path) -> None:
    journal = account.desk._journal
    job_id = await account.desk.submit(await made(account))
    await journal.ask_run(job_id)
    with journal.lease():
        assert await journal.start(job_id)
        first, *_ = await journal.steps(job_id)
        assert await journal.begin(first)
    assert (await account.desk.job(job_id)).state is JobState.INTERRUPTED
    assert (await account.desk.apply(await account.desk.plan([Create(Kind.ENTITY, "another")]))).ok
    job = await account.desk.job(job_id)
    assert (job.state, job.done, job.inflight) == (JobState.INTERRUPTED, 0, 1)
    assert (await account.desk.run(job_id)).ok
    assert entities(tmp_path) == [each.id for each in MANY]


async def test_a_worker_that_keeps_dying_is_told_of(account: Account) -> None:
    runner(account)._command = ("false",)
    with pytest.raises(StorageError, match=r"ended by itself.*entitree jobs resume 1"):
        await account.desk.apply(await made(account))


async def test_why_workers_die_is_said_with_it(account: Account, tmp_path: Path) -> None:
    tmp_path.joinpath(LOG).write_text("entitree: Something of yesterday.\n")
    runner(account)._command = ("sh", "-c", "echo 'entitree: journal.db cannot be used: no space.'; exit 2")
    with pytest.raises(StorageError, match=r"does not go on\. journal\.db cannot be used: no space\."):
        await account.desk.apply(await made(account))
    runner(account)._command = ("false",)
    with pytest.raises(StorageError, match=r"does not go on\. See"):
        await account.desk.run(1)


async def test_an_account_that_cannot_be_asked_pauses_its_jobs(tmp_path: Path) -> None:
    profile = Profile("acme", "http://127.0.0.1:1", Secrets("good"))
    account = await HastyAccount.open(profile, tmp_path, seed="docs")
    await account.connect()
    broken = replace(profile, secrets=Secrets("two words"))
    runner(account)._line = lambda: written(Handover(broken, tmp_path, "docs", HASTY))
    job_id = await account.desk.submit(await made(account, 2))
    result = await account.desk.run(job_id)
    assert result.state is JobState.PAUSED
    assert "API key holds blanks" in result.reason
    assert "two words" not in (tmp_path / LOG).read_text()
    await ended(account)


def test_what_is_handed_over_comes_back_and_shows_no_secret() -> None:
    profile = Profile(
        "acme",
        "https://acme.example",
        Secrets("KEY", "user", "PASSWORD", "client", "SECRET"),
        read_only=True,
        protected=frozenset({"a", "b"}),
        limits=None,
        sign_in="session",
    )
    handover = Handover(profile, Path("/folder"), "docs", HASTY, Path("/pace.db"))
    line = written(handover)
    assert line.endswith(b"\n")
    assert read(line) == handover
    for secret in ("KEY", "PASSWORD", "SECRET"):
        assert secret not in repr(handover)
    for wrong in (b"", b"{}", b"[1]", json.dumps({"name": "SECRET"}).encode()):
        with pytest.raises(UsageError) as caught:
            read(wrong)
        assert "SECRET" not in str(caught.value)


def test_the_verb_is_for_the_program_itself(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    assert "worker" not in capfd.readouterr().out
    for line in (b"", b'{"name": "SECRET"}\n'):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "entitree", "worker"],
            input=line,
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"started by the program itself" in done.stderr
        assert b"SECRET" not in done.stderr


async def test_a_worker_that_is_told_to_end_leaves_the_journal_as_things_are(account: Account) -> None:
    job_id = await account.desk.submit(await made(account))
    told: list[int] = []

    def end(now: JobProgress) -> None:
        if not told and (pid := runner(account).pid) is not None:
            told.append(pid)
            os.kill(pid, signal.SIGTERM)

    result = await account.desk.run(job_id, end)
    assert told
    if result.state is JobState.PAUSED:
        assert result.reason == "It was stopped."
        assert result.failed == result.unknown == 0
        result = await account.desk.run(job_id)
    assert result.ok, result


@pytest.mark.long
async def test_killed_again_and_again_a_mixed_job_comes_to_its_end(tmp_path: Path) -> None:
    account = await opened(tmp_path)
    await refresh(account.client, account.store)
    found = await account.desk.impact(Kind.ENTITY, ["big-cola", "cost-center-300"])
    edits: list[Edit] = [*MANY, Delete(Kind.ENTITY, "big-cola"), Delete(Kind.ENTITY, "cost-center-300")]
    job_id = await account.desk.submit(await account.desk.plan(edits, [found]))
    loop = asyncio.get_running_loop()
    killed: set[int] = set()

    def kill() -> None:
        pid = runner(account).pid
        if pid is not None:
            killed.add(pid)
            os.kill(pid, signal.SIGKILL)

    def soon(now: JobProgress) -> None:
        # At another moment of what a step does each time.
        if len(killed) < 25:
            loop.call_later(0.0013 * (now.record.tries + now.record.step.number), kill)

    result = await account.desk.run(job_id, soon)
    assert len(killed) > 3
    assert result.ok, result
    assert entities(tmp_path) == [each.id for each in MANY]
    await ended(account)
