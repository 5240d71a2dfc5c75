"""`entitree jobs`: what was asked for, where it stands, and what is to become of it."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.test_rooms import loaded_by

from entitree.accounts import Accounts
from entitree.changes.plan.files import opened
from entitree.settings.paths import find_paths

if TYPE_CHECKING:
    from tests.cli.conftest import Entitree, Kept, Outcome

    from entitree.changes.plan import Plan


def rows(done: Outcome) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.out.splitlines()]


def create(entitree: Entitree, folder: Path, *ids: str) -> str:
    file = folder / f"{ids[0]}.json"
    if not file.exists():
        assert entitree("plan", "create", "entity", *ids, "--out", str(file)).code == 0
    return str(file)


def hand_in(file: str) -> int:
    return asyncio.run(waiting(opened(Path(file).read_bytes())))


async def waiting(plan: Plan) -> int:
    """Hands a plan in without having it run."""
    accounts = Accounts(find_paths(os.environ), {})
    async with await accounts.open(accounts.choose()) as account:
        await account.connect()
        return await account.desk.submit(plan)


def test_no_jobs(entitree: Entitree, home: Path) -> None:
    done = entitree("jobs", "--format", "json")
    assert (done.code, json.loads(done.out)) == (0, [])
    assert done.err.endswith("0 jobs.\n")
    for what in ("show", "log", "pause", "cancel"):
        nothing = entitree("jobs", what)
        assert (nothing.code, nothing.out) == (2, "")
        assert "There are no jobs." in nothing.err
    assert not home.exists(), "looking makes nothing"


def test_jobs_and_their_steps(entitree: Entitree, here: None, tmp_path: Path) -> None:
    file = create(entitree, tmp_path, "a1", "a2")
    assert entitree("apply", file, "--yes").code == 0
    assert entitree("apply", file, "--yes").code == 1
    second, first = rows(entitree("jobs", "--format", "jsonl"))
    assert (first["id"], first["state"], first["done"], first["failed"]) == (1, "done", 2, 0)
    assert (second["id"], second["done"], second["failed"]) == (2, 0, 2)
    assert first["title"] == "Create 2 entities"
    assert entitree("jobs", "list", "--format", "jsonl").out == entitree("jobs", "--format", "jsonl").out
    assert entitree("jobs", "--format", "jsonl", "list").out == entitree("jobs", "--format", "jsonl").out
    shown = entitree("jobs", "show", "--format", "jsonl")
    assert [(each["step"], each["state"], each["status"]) for each in rows(shown)] == [
        (1, "failed", 409),
        (2, "failed", 409),
    ]
    assert "Job 2 (Create 2 entities) is done: 0 done, 2 failed.\n" in shown.err
    comma = entitree("jobs", "show", "1", "--format", "csv")
    assert [each["what"] for each in csv.DictReader(io.StringIO(comma.out))] == [
        "Create entity a1",
        "Create entity a2",
    ]
    assert entitree("jobs", "show", "1").out.splitlines()[0].split()[:3] == ["STEP", "WHAT", "STATE"]


def test_no_network_library_and_no_face_is_imported(entitree: Entitree, here: None, tmp_path: Path) -> None:
    assert entitree("apply", create(entitree, tmp_path, "a1"), "--yes").code == 0
    assert hand_in(create(entitree, tmp_path, "b1")) == 2
    for arguments in (["jobs"], ["jobs", "show"], ["jobs", "log"], ["jobs", "pause"], ["jobs", "cancel"]):
        code = f"from entitree.cli import run\nassert run({arguments!r}) == 0"
        assert loaded_by(code) == set(), arguments


def test_the_log_has_every_request(entitree: Entitree, here: None, tmp_path: Path) -> None:
    assert entitree("apply", create(entitree, tmp_path, "a1", "a2"), "--yes").code == 0
    job, *steps = rows(entitree("jobs", "log", "1"))
    assert (job["job"], job["title"], job["done"]) == (1, "Create 2 entities", 2)
    assert [each["key"] for each in steps] == [["a1"], ["a2"]]
    assert [[each["status"] for each in step["requests"]] for step in steps] == [[201], [201]]
    assert steps[0]["body"] == {"entityId": "a1"}
    assert all(each["requests"][0]["begun"].endswith("+00:00") for each in steps)


def test_a_job_that_waits_is_paused_gone_on_with_or_cancelled(
    entitree: Entitree, here: None, kept: Kept, tmp_path: Path
) -> None:
    file = create(entitree, tmp_path, "a1")
    assert hand_in(file) == 1
    paused = entitree("jobs", "pause")
    assert (paused.code, paused.out) == (0, "")
    assert "Job 1 (Create entity a1) is paused: 0 done, 1 left. It was paused.\n" in paused.err
    assert hand_in(create(entitree, tmp_path, "b1")) == 2
    which = entitree("jobs", "cancel")
    assert (which.code, which.out) == (2, "")
    assert "Several jobs are not over: 2, 1. Say which one." in which.err
    cancelled = entitree("jobs", "cancel", "2")
    assert cancelled.code == 0
    assert "is cancelled: 0 done, 1 skipped.\n" in cancelled.err
    resumed = entitree("jobs", "resume")
    assert resumed.code == 0, resumed.err
    assert resumed.err.endswith("Job 1 is over: 1 done.\n")
    made = [each["entityId"] for each in kept("entities")]
    assert ("a1" in made, "b1" in made) == (True, False)
    over = entitree("jobs", "resume", "1")
    assert (over.code, over.out) == (2, "")
    assert "Job 1 is over." in over.err
    assert entitree("jobs", "resume").code == 2
    assert "There is no job 9." in entitree("jobs", "show", "9").err


def test_what_failed_is_tried_again(entitree: Entitree, here: None, kept: Kept, tmp_path: Path) -> None:
    file = create(entitree, tmp_path, "a1", "a2")
    assert entitree("apply", create(entitree, tmp_path, "a2"), "--yes").code == 0
    assert entitree("apply", file, "--yes").code == 1
    assert entitree("jobs", "retry").code == 1, "it is still there"
    doomed = tmp_path / "doomed"
    assert entitree("plan", "delete", "entity", "a2", "--out", str(doomed)).code == 0
    assert entitree("apply", str(doomed), "--yes").code == 0
    again = entitree("jobs", "retry", "2")
    assert again.code == 0, again.err
    assert "1 step of job 2 once more.\n" in again.err
    assert again.err.endswith("Job 2 is over: 2 done.\n")
    assert "a2" in [each["entityId"] for each in kept("entities")]
    nothing = entitree("jobs", "retry", "2")
    assert nothing.code == 2
    assert "no step that could be tried again" in nothing.err


def test_undo_is_a_plan(entitree: Entitree, here: None, kept: Kept, tmp_path: Path) -> None:
    before = kept_after_reading(entitree, kept)
    doomed, back = tmp_path / "doomed", tmp_path / "back"
    assert entitree("plan", "delete", "entity", "mc-burger", "--out", str(doomed)).code == 0
    assert entitree("apply", str(doomed), "--yes").code == 0
    assert "mc-burger" not in [each["entityId"] for each in kept("entities")]
    undone = entitree("jobs", "undo", "1", "--out", str(back))
    assert undone.code == 0, undone.err
    assert "Lost for good: " in undone.err
    assert undone.err.endswith(f"Saved: entitree apply {back}\n")
    same = entitree("plan", "undo", "1")
    assert json.loads(same.out)["digest"] == json.loads(back.read_text())["digest"]
    applied = entitree("apply", str(back), "--yes")
    assert applied.code == 0, applied.err
    assert kept("entities") == before
    taken = entitree("jobs", "undo", "1", "--out", str(back))
    assert taken.code == 2
    assert "is there already" in taken.err


def kept_after_reading(entitree: Entitree, kept: Kept) -> list[dict[str, Any]]:
    assert entitree("list", "entities").code == 0
    return kept("entities")
