from __future__ import annotations

import asyncio
import sqlite3
import stat
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from entitree.changes import records
from entitree.changes.edits import Alias, Associate, Create, Delete, Edit
from entitree.changes.impact import impact
from entitree.changes.jobs import JobState, JobWish, Outcome, StepState, Try
from entitree.changes.journal import Journal
from entitree.changes.plan.make import Wish, plan
from entitree.changes.volume import is_local
from entitree.errors import StorageError, UsageError
from entitree.inventory.links import Links
from entitree.inventory.model import AssociationRow, Item, Kind

if TYPE_CHECKING:
    from tests.changes.working import Clock

    from entitree.changes.plan import Plan

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
    found = await journal.next_step(job_id)
    assert found is not None
    assert found.step is not None
    first = found.step
    assert await journal.begin(first)
    begun = await journal.step(job_id, 1)
    assert (begun.state, begun.tries, begun.ended) == (StepState.INFLIGHT, 1, None)
    assert begun.begun is not None
    assert not await journal.begin(first), "it was begun already"
    await journal.finish(first, Outcome(StepState.FAILED, "It was refused.", 400))
    ended = await journal.step(job_id, 1)
    assert (ended.state, ended.status, ended.sentence) == (StepState.FAILED, 400, "It was refused.")
    assert ended.ended is not None
    second = await journal.next_step(job_id)
    assert second is not None
    assert second.step is not None
    assert second.step.step.number == 2
    await journal.begin(second.step)
    await journal.finish(second.step, Outcome(StepState.PLANNED, "Not now."))
    assert (await journal.step(job_id, 2)).ended is None
    await journal.begin(await journal.step(job_id, 2))
    assert (await journal.step(job_id, 2)).tries == 2


async def test_an_interrupted_job_is_left_as_it_is_and_said(tmp_path: Path) -> None:
    async with Journal(tmp_path / "journal.db") as journal:
        job_id = await journal.add(made(), run=True)
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
    await journal.ask_run(new)
    await journal.start(new)
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
    job_id = await journal.add(made(), run=True)
    assert await journal.start(job_id)
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
    with one.lease(), pytest.raises(UsageError, match="Another process runs"), other.lease():
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


async def test_a_journal_of_an_earlier_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    db = sqlite3.connect(path)
    for script in (records.SCHEMA, records.TARGETS):
        db.executescript(script)
    db.execute(
        "INSERT INTO job (account, title, digest, state, reason, created)"
        " VALUES ('acme', 'Old', '', 'done', '', '2026-01-02T03:04:05+00:00')"
    )
    for number, state in ((1, "done"), (2, "done"), (3, "failed")):
        db.execute(
            "INSERT INTO step (job, number, operation, title, reason, family, key, path, state)"
            " VALUES (1, ?, 'create-entity', '', '', 'entities', '[\"x\"]', '{}', ?)",
            (number, state),
        )
    db.execute("PRAGMA user_version = 2")
    db.commit()
    db.close()
    async with Journal(path) as journal:
        (job,) = await journal.jobs()
        assert (job.steps, job.done, job.failed, job.left, job.wish) == (3, 2, 1, 0, JobWish.NONE)
        assert [each.doubtful for each in await journal.steps(1)] == [False] * 3


async def test_what_is_wished_is_heeded_by_the_next_begin(journal: Journal) -> None:
    for asked in (journal.ask_pause, journal.cancel):
        job_id = await journal.add(made(), run=True)
        with journal.lease():
            assert await journal.start(job_id)
            first, second, *_ = await journal.steps(job_id)
            assert await journal.begin(first)
            await asked(job_id)
            assert (await journal.job(job_id)).state is JobState.RUNNING, "its worker has yet to finish"
            await journal.finish(first, Outcome(StepState.DONE))
            assert not await journal.begin(second)
            await journal.pause(job_id, "It was paused.")
        ended = await journal.job(job_id)
        assert (ended.done, ended.wish) == (1, JobWish.NONE)
        assert ended.state is (JobState.PAUSED if asked == journal.ask_pause else JobState.CANCELLED)
        assert ended.left == (3 if asked == journal.ask_pause else 0)


async def test_where_no_worker_is_at_it_a_job_rests_at_once(journal: Journal) -> None:
    job_id = await journal.add(made(), run=True)
    await journal.ask_pause(job_id)
    assert (await journal.job(job_id)).state is JobState.PAUSED
    assert not await journal.start(job_id)
    assert await journal.next_job() is None
    await journal.ask_run(job_id)
    assert await journal.start(job_id)


async def test_a_step_that_waits_is_overtaken_by_its_like_alone(journal: Journal, clock: Clock) -> None:
    edits = [Create(Kind.ENTITY, "a"), Create(Kind.ENTITY, "b"), Create(Kind.ENTITY, "c")]
    wishes = [
        Wish(edits[0]),
        Wish(edits[1], needs=(0,)),
        Wish(edits[2]),
        Wish(Create(Kind.APPLICATION, "z")),
    ]
    job_id = await journal.add(plan(wishes))

    async def following() -> int | datetime | None:
        found = await journal.next_step(job_id)
        assert found is not None
        return found.step.step.number if found.step else found.until

    later = clock.now + timedelta(seconds=30)
    waiting = Outcome(StepState.PLANNED, not_before=later, doubtful=True)
    await journal.finish(await journal.step(job_id, 1), waiting)
    assert await following() == 3
    await journal.finish(await journal.step(job_id, 3), Outcome(StepState.DONE))
    assert await following() == later, "what needs it waits, and so does what may"
    clock.now = later
    assert await following() == 1
    await journal.finish(await journal.step(job_id, 1), Outcome(StepState.FAILED))
    found = await journal.next_step(job_id)
    assert found is not None
    assert found.lacking == ("Create entity a",)


async def test_what_is_tried_again_is_told_apart(journal: Journal) -> None:
    job_id = await journal.add(made())
    with pytest.raises(UsageError, match="no step that could be tried again"):
        await journal.ask_retry(job_id)
    for number, state in ((1, StepState.DONE), (2, StepState.UNKNOWN), (3, StepState.FAILED)):
        await journal.finish(await journal.step(job_id, number), Outcome(state))
    await journal.cancel(job_id)
    assert await journal.ask_retry(job_id) == 3
    assert [each.state for each in await journal.steps(job_id)] == [
        StepState.DONE, StepState.INFLIGHT, StepState.PLANNED, StepState.PLANNED,
    ]  # fmt: skip
    found = await journal.next_job()
    assert found is not None
    assert found.id == job_id


async def test_every_request_of_a_step_is_kept(journal: Journal, clock: Clock) -> None:
    job_id = await journal.add(made())
    first = await journal.step(job_id, 1)
    begun = clock.now
    for status in (503, 201):
        await journal.begin(first)
        clock.now += timedelta(seconds=2)
        state = StepState.DONE if status == 201 else StepState.PLANNED
        await journal.finish(first, Outcome(state, str(status), status))
    await journal.begin(await journal.step(job_id, 2))
    await journal.finish(await journal.step(job_id, 2), Outcome(StepState.PLANNED), unsent=True)
    assert await journal.tries(job_id) == [
        Try(1, begun, begun + timedelta(seconds=2), 503, "503"),
        Try(1, begun + timedelta(seconds=2), begun + timedelta(seconds=4), 201, "201"),
    ]
    assert [each.tries for each in await journal.steps(job_id)] == [2, 0, 0, 0]
    latest = await journal.latest(job_id)
    assert latest is not None
    assert latest.step.number == 2


async def test_counting_the_steps_of_a_job_reads_none_of_them(journal: Journal) -> None:
    job_id = await journal.add(plan([Create(Kind.ENTITY, f"e-{number}") for number in range(500)]))
    await journal.begin(await journal.step(job_id, 7))
    job = await journal.job(job_id)
    assert (job.steps, job.inflight, job.left) == (500, 1, 499)
    asked: list[str] = []
    await journal._database.read(lambda db: db.set_trace_callback(asked.append))
    await journal.job(job_id)
    assert asked
    assert not any(" step " in each for each in asked)


async def test_on_a_file_system_of_several_machines_there_is_no_wal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entitree.changes.journal.is_local", lambda _: False)
    async with Journal(tmp_path / "journal.db") as journal:
        await journal.add(made())
        mode = await journal._database.read(lambda db: db.execute("PRAGMA journal_mode").fetchone())
        assert mode == ("delete",)


def test_the_file_system_of_a_folder_is_found(tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "22 1 8:1 / / rw - ext4 /dev/a rw\n"
        "31 22 0:44 / /home rw,relatime shared:1 - nfs4 server:/home rw\n"
        "32 31 0:45 / /home/my\\040own rw - xfs /dev/b rw\n"
        "odd\n"
    )
    assert is_local(Path("/srv/x"), mounts)
    assert is_local(Path("/homes"), mounts)
    assert not is_local(Path("/home/me/.local"), mounts)
    assert is_local(Path("/home/my own/x"), mounts)
    assert is_local(Path("/home"), tmp_path / "none")


async def test_the_secrets_that_jobs_refer_to_are_known(journal: Journal) -> None:
    made_plan = plan([Create(Kind.ENTITY, "x", "$secret")])
    (step,) = made_plan.steps
    urls = {"url": {"$secret": "one"}, "more": [{"$secret": "two"}]}
    steps = (step, replace(step, number=2, body=urls), replace(step, number=3, before={"$secret": "three"}))
    await journal.add(replace(made_plan, steps=steps))
    assert await journal.secrets() == {"one", "two", "three"}
