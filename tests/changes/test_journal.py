from __future__ import annotations

import asyncio
import sqlite3
import stat
import threading
from typing import TYPE_CHECKING

import pytest

from entitree.changes.edits import Alias, Associate, Create, Delete, Edit
from entitree.changes.impact import impact
from entitree.changes.jobs import JobState, Outcome, StepState
from entitree.changes.journal import Journal
from entitree.changes.plan import Plan, plan
from entitree.errors import StorageError, UsageError
from entitree.inventory.links import Links
from entitree.inventory.model import AssociationRow, Item, Kind

if TYPE_CHECKING:
    from pathlib import Path

PAIR = AssociationRow("NUMBER", "SMS", "prod", None, "1")


def made() -> Plan:
    cola = Item(Kind.ENTITY, "cola", "Cola")
    found = impact(Links((PAIR,)), Kind.ENTITY, ["cola"], existing={"cola": cola})
    edits: list[Edit] = [
        Create(Kind.ENTITY, "x", "X"),
        Alias(Kind.ENTITY, "y", None),
        Associate(PAIR),
        Delete(Kind.ENTITY, "cola"),
    ]
    return plan(edits, account="acme", impacts=[found])


async def test_a_plan_comes_back_as_it_was(journal: Journal) -> None:
    job_id = await journal.add(made())
    records = await journal.steps(job_id)
    assert tuple(each.step for each in records) == made().steps
    assert {each.state for each in records} == {StepState.PLANNED}
    job = await journal.job(job_id)
    assert (job.account, job.title, job.state, job.steps, job.left) == (
        "acme", made().title, JobState.PLANNED, 4, 4,
    )  # fmt: skip


async def test_steps_go_through_their_states(journal: Journal) -> None:
    job_id = await journal.add(made())
    first = await journal.next_step(job_id)
    assert first is not None
    await journal.begin(first)
    begun = await journal.step(job_id, 1)
    assert (begun.state, begun.tries, begun.ended) == (StepState.INFLIGHT, 1, None)
    assert begun.begun is not None
    with pytest.raises(UsageError, match="begun already"):
        await journal.begin(first)
    await journal.finish(first, Outcome(StepState.FAILED, "It was refused.", 400))
    ended = await journal.step(job_id, 1)
    assert (ended.state, ended.status, ended.sentence) == (StepState.FAILED, 400, "It was refused.")
    assert ended.ended is not None
    second = await journal.next_step(job_id)
    assert second is not None
    assert second.step.number == 2
    await journal.begin(second)
    await journal.finish(second, Outcome(StepState.PLANNED, "Not now."))
    assert (await journal.step(job_id, 2)).ended is None
    await journal.begin(await journal.step(job_id, 2))
    assert (await journal.step(job_id, 2)).tries == 2


async def test_an_interrupted_job_is_left_as_it_is_and_said(tmp_path: Path) -> None:
    async with Journal(tmp_path / "journal.db") as journal:
        job_id = await journal.add(made())
        with journal.lease():
            await journal.start(job_id)
            await journal.begin((await journal.steps(job_id))[0])
            assert (await journal.job(job_id)).state is JobState.RUNNING
    async with Journal(tmp_path / "journal.db") as journal:
        assert (await journal.job(job_id)).state is JobState.INTERRUPTED
        assert [each.state for each in await journal.steps(job_id)][:2] == [
            StepState.INFLIGHT, StepState.PLANNED,
        ]  # fmt: skip


async def test_jobs_are_listed_newest_first_with_their_counts(journal: Journal) -> None:
    old, new = await journal.add(made()), await journal.add(made())
    for number, state in ((1, StepState.DONE), (2, StepState.UNKNOWN), (3, StepState.SKIPPED)):
        await journal.finish(await journal.step(new, number), Outcome(state))
    await journal.pause(new, "Not allowed.")
    first, second = await journal.jobs()
    assert (first.id, first.done, first.failed, first.unknown, first.skipped, first.left) == (
        new,
        1,
        0,
        1,
        1,
        1,
    )
    assert (first.state, first.reason) == (JobState.PAUSED, "Not allowed.")
    assert (second.id, second.state) == (old, JobState.PLANNED)


async def test_cancelling_gives_up_what_was_not_sent(journal: Journal) -> None:
    job_id = await journal.add(made())
    await journal.begin(await journal.step(job_id, 1))
    await journal.finish(await journal.step(job_id, 1), Outcome(StepState.DONE))
    await journal.cancel(job_id)
    job = await journal.job(job_id)
    assert (job.state, job.done, job.skipped, job.left) == (JobState.CANCELLED, 1, 3, 0)
    assert await journal.next_step(job_id) is None


async def test_cancelling_an_interrupted_job_ends_it_for_good(journal: Journal) -> None:
    job_id = await journal.add(made())
    await journal.start(job_id)
    await journal.begin(await journal.step(job_id, 1))
    before = await journal.job(job_id)
    assert (before.state, before.inflight, before.left) == (JobState.INTERRUPTED, 1, 3)
    await journal.cancel(job_id)
    after = await journal.job(job_id)
    assert (after.state, after.unknown, after.skipped, after.inflight, after.left) == (
        JobState.CANCELLED, 1, 3, 0, 0,
    )  # fmt: skip
    first = await journal.step(job_id, 1)
    assert "may or may not have happened" in first.sentence
    assert first.ended is not None


async def test_only_one_may_run_jobs(tmp_path: Path) -> None:
    one, other = Journal(tmp_path / "journal.db"), Journal(tmp_path / "journal.db")
    with one.lease(), pytest.raises(UsageError, match="Another job is running"), other.lease():
        pass
    with other.lease():
        pass


async def test_what_was_handed_in_is_stored_though_the_caller_goes(journal: Journal) -> None:
    gate = threading.Event()
    busy = asyncio.create_task(journal._database.write(lambda db: gate.wait()))
    await asyncio.sleep(0)
    adding = asyncio.create_task(journal.add(made()))
    await asyncio.sleep(0)
    adding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await adding
    gate.set()
    assert await busy
    await journal._database.write(lambda db: None)
    assert len(await journal.jobs()) == 1


async def test_what_cannot_be_run_is_not_stored(journal: Journal) -> None:
    with pytest.raises(UsageError, match="id is empty"):
        await journal.add(plan([Create(Kind.ENTITY, "")]))
    with pytest.raises(UsageError, match="nothing to do"):
        await journal.add(plan([]))
    with pytest.raises(UsageError, match="no job 7"):
        await journal.job(7)
    assert await journal.jobs() == []


async def test_the_file_is_the_owners_alone_and_written_through(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    async with Journal(folder / "journal.db") as journal:
        await journal.add(made())
        with journal.lease():
            modes = {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()}
        full = await journal._database.read(lambda db: db.execute("PRAGMA synchronous").fetchone())
        mode = await journal._database.read(lambda db: db.execute("PRAGMA journal_mode").fetchone())
    assert modes == {0o600}
    assert (full, mode) == ((2,), ("wal",))


async def test_a_newer_journal_is_refused(tmp_path: Path) -> None:
    async with Journal(tmp_path / "journal.db") as journal:
        await journal.add(made())
    db = sqlite3.connect(tmp_path / "journal.db")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StorageError, match="newer version"):
        await Journal(tmp_path / "journal.db").open()


async def test_a_damaged_journal_is_told_and_never_thrown_away(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_text("notes\n" * 999)
    with pytest.raises(StorageError, match=r"damaged.*Move journal\.db away"):
        await Journal(path).open()
    assert path.read_text() == "notes\n" * 999


async def test_a_record_that_makes_no_sense_is_damage_too(journal: Journal) -> None:
    job_id = await journal.add(made())
    await journal._database.write(lambda db: db.execute("UPDATE step SET path = '{', state = 'x'"))
    with pytest.raises(StorageError, match=r"Move journal\.db away"):
        await journal.steps(job_id)
