"""`entitree apply`: a plan is checked, shown, asked about, carried out, and told of."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import signal
import socket
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from entitree.changes.desk import JobDesk
from entitree.changes.jobs import Job, JobProgress, JobState, StepRecord, StepState
from entitree.changes.plan import Step
from entitree.changes.plan.model import item_target
from entitree.cli.watching import EVERY, Shown
from entitree.inventory.model import Kind

if TYPE_CHECKING:
    from tests.cli.conftest import Entitree, Kept, Platform, Start


@pytest.fixture
def planned(entitree: Entitree, tmp_path: Path) -> str:
    """A plan that makes three entities."""
    file = tmp_path / "plan.json"
    assert entitree("plan", "create", "entity", "a1", "a2", "a3", "--out", str(file)).code == 0
    return str(file)


def ids(kept: Kept) -> list[str]:
    return [each["entityId"] for each in kept("entities")]


def test_nobody_is_asked_without_a_terminal(
    entitree: Entitree, here: None, planned: str, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("apply 3\n"))
    refused = entitree("apply", planned)
    assert (refused.code, refused.out) == (2, "")
    assert "Create entity a2" in refused.err, "it is shown all the same"
    assert "standard input is no terminal: nothing was begun. Say --yes" in refused.err
    assert "a1" not in ids(kept)
    assert entitree("jobs", "--format", "jsonl").out == ""


def test_it_is_shown_carried_out_and_told_of(
    entitree: Entitree, here: None, planned: str, kept: Kept
) -> None:
    done = entitree("apply", planned, "--yes")
    assert (done.code, done.out) == (0, "1\n"), done.err
    assert "Create 3 entities: 3 writes.\n" in done.err
    assert done.err.endswith("Job 1 is over: 3 done.\n")
    assert {"a1", "a2", "a3"} <= set(ids(kept))
    again = entitree("apply", planned, "--yes")
    assert (again.code, again.out) == (1, "2\n"), "some items failed"
    assert again.err.count("it exists already") == 3
    assert "Job 2 is over: 0 done, 3 failed.\n" in again.err


def test_out_of_a_pipe(start: Start, kept: Kept) -> None:
    made = start("plan", "create", "entity", "piped", ENTITREE_LIMITS="off")
    plan, _ = made.communicate(timeout=60)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "entitree", "apply", "-", "--yes"],
        input=plan,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "ENTITREE_LIMITS": "off"},
    )
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr
    assert "piped" in ids(kept)


@pytest.mark.parametrize(("typed", "code"), [("apply 3\n", 0), ("apply\n", 2), ("\n", 2), ("\x04", 2)])
def test_on_a_terminal_it_takes_typing(planned: str, kept: Kept, typed: str, code: int) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "entitree", "apply", planned],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "ENTITREE_LIMITS": "off"},
    )
    os.close(theirs)
    told = b""
    while "“apply 3”".encode() not in told:
        told += os.read(ours, 4096)
    assert b"Create entity a3" in told
    os.write(ours, typed.encode())
    while process.poll() is None or told:
        try:
            told = os.read(ours, 4096)
        except OSError:
            break
    process.communicate(timeout=60)
    os.close(ours)
    assert process.returncode == code
    assert ("a1" in ids(kept)) is (code == 0)


def test_what_changed_since_is_left_alone(entitree: Entitree, here: None, kept: Kept, tmp_path: Path) -> None:
    mine, theirs = str(tmp_path / "mine"), str(tmp_path / "theirs")
    listed = ("big-cola", "mc-burger")
    assert entitree("plan", "alias", "entity", *listed, "--case", "upper", "--out", mine).code == 0
    assert entitree("plan", "alias", "entity", "big-cola", "--alias", "Else", "--out", theirs).code == 0
    assert entitree("apply", theirs, "--yes").code == 0
    done = entitree("apply", mine, "--yes")
    assert done.code == 4, done.err
    assert "entity big-cola: It has changed since it was shown, so it was left alone.\n" in done.err
    assert "Job 2 is over: 1 done, 1 skipped.\n" in done.err
    names = {each["entityId"]: each.get("entityName") for each in kept("entities")}
    assert (names["big-cola"], names["mc-burger"]) == ("Else", "MCBURGER")


def test_only_a_plan_of_this_account_as_it_was_saved(
    entitree: Entitree, here: None, planned: str, platform: Platform, tmp_path: Path
) -> None:
    other = entitree("apply", planned, "--yes", **platform.environ())
    assert (other.code, other.out) == (2, "")
    assert "was made for another account" in other.err
    value = json.loads((tmp_path / "plan.json").read_text())
    value["steps"][0]["body"]["entityName"] = "Sneaked in"
    (tmp_path / "plan.json").write_text(json.dumps(value))
    changed = entitree("apply", planned, "--yes")
    assert (changed.code, changed.out) == (2, "")
    assert "its digest does not fit" in changed.err
    for content in (b"", b"{}", b"\xff", b"[]"):
        (tmp_path / "plan.json").write_bytes(content)
        assert entitree("apply", planned, "--yes").code == 2
    missing = entitree("apply", str(tmp_path / "none"), "--yes")
    assert (missing.code, missing.out) == (2, "")
    assert "There is no file " in missing.err
    assert entitree("apply", str(tmp_path), "--yes").code == 2


def test_protected_since(entitree: Entitree, here: None, tmp_path: Path, kept: Kept) -> None:
    file = str(tmp_path / "plan")
    assert entitree("plan", "delete", "entity", "big-cola", "--out", file).code == 0
    done = entitree("apply", file, "--yes", ENTITREE_PROTECTED="big-cola")
    assert (done.code, done.out) == (2, "")
    assert "big-cola" in ids(kept)


def test_a_profile_that_may_only_read(entitree: Entitree, here: None, planned: str, kept: Kept) -> None:
    done = entitree("apply", planned, "--yes", ENTITREE_READ_ONLY="1")
    assert (done.code, done.out) == (3, "")
    assert "read-only" in done.err
    assert "a1" not in ids(kept)


def test_nothing_to_do(entitree: Entitree, here: None, tmp_path: Path) -> None:
    file = str(tmp_path / "plan")
    same = ("plan", "alias", "entity", "big-cola", "--replace", "zzz", "y")
    assert entitree(*same, "--out", file).code == 0
    done = entitree("apply", file)
    assert (done.code, done.out) == (0, "")
    assert done.err.endswith("There is nothing to do.\n")


def test_a_key_that_may_not_pauses_the_job(
    entitree: Entitree, here: None, platform: Platform, tmp_path: Path
) -> None:
    file = str(tmp_path / "plan")
    made = entitree("plan", "create", "entity", "n1", "n2", "--out", file, **platform.environ())
    assert made.code == 0, made.err
    done = entitree("apply", file, "--yes", **platform.environ(platform.limited_key))
    assert done.code == 3, done.err
    assert "Job 1 is paused: " in done.err
    assert done.err.endswith("0 done, 2 left. entitree jobs resume 1 goes on.\n")
    assert platform.limited_key not in done.err
    resumed = entitree("jobs", "resume", **platform.environ())
    assert resumed.code == 0, resumed.err
    assert resumed.err.endswith("Job 1 is over: 2 done.\n")


def test_ctrl_c_while_it_is_handed_in(
    entitree: Entitree, here: None, planned: str, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = JobDesk.start

    async def pressed(self: JobDesk, job_id: int) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await start(self, job_id)

    with monkeypatch.context() as patch:
        patch.setattr(JobDesk, "start", pressed)
        done = entitree("apply", planned, "--yes")
    assert (done.code, done.out) == (130, "1\n"), done.err
    assert "Job 1 is paused: " in done.err
    assert "a3" not in ids(kept)
    assert entitree("jobs", "resume").code == 0
    assert "a3" in ids(kept)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def until_free(home: Path) -> None:
    """Waits for the worker of the kept sandbox, if there is one, to end."""
    with (home / "data" / "sandbox" / "journal.db.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)


def test_detached_it_returns_at_once_and_goes_on(
    start: Start, entitree: Entitree, planned: str, kept: Kept, home: Path
) -> None:
    process = start("apply", planned, "--yes", "--detach", ENTITREE_LIMITS="2")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "1\n"), err
    assert err.endswith("Job 1 is under way: entitree jobs show 1.\n")
    watched = entitree("jobs", "resume", "1", ENTITREE_LIMITS="2")
    assert watched.code == 0 or "Job 1 is over." in watched.err, watched.err
    until_free(home)
    assert "is done: 3 done.\n" in entitree("jobs", "show").err
    assert {"a1", "a2", "a3"} <= set(ids(kept))


def many(entitree: Entitree, folder: Path) -> tuple[str, list[str]]:
    """A plan that gives twelve entities another alias; it takes seconds at the real limits."""
    names = [f"e{number:02}" for number in range(12)]
    file = str(folder / "many")
    assert entitree("plan", "create", "entity", *names, "--out", file).code == 0
    assert entitree("apply", file, "--yes").code == 0
    file = str(folder / "aliases")
    assert entitree("plan", "alias", "entity", *names, "--template", "No. {id}", "--out", file).code == 0
    return file, names


def aliased(kept: Kept) -> list[str]:
    found = {each["entityId"]: each.get("entityName") for each in kept("entities")}
    return [item_id for item_id, name in found.items() if name == f"No. {item_id}"]


def test_one_ctrl_c_pauses_and_resume_goes_on(
    start: Start, entitree: Entitree, here: None, kept: Kept, tmp_path: Path, home: Path
) -> None:
    file, names = many(entitree, tmp_path)
    process = start("apply", file, "--yes", ENTITREE_LIMITS="2")
    assert process.stderr is not None
    assert any(line.startswith("Job 2: ") for line in process.stderr)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "2\n"), err
    first, *_, last = err.splitlines()
    assert first.startswith("Pausing job 2 once what has been sent is answered.")
    assert last.startswith("Job 2 is paused: ")
    assert last.endswith(" left. entitree jobs resume 2 goes on.")
    until_free(home)
    before = aliased(kept)
    assert len(before) < len(names)
    done = entitree("jobs", "resume", "2")
    assert done.code == 0, done.err
    assert aliased(kept) == names


def test_killed_with_its_worker_it_is_found_again(
    start: Start, entitree: Entitree, here: None, kept: Kept, tmp_path: Path, home: Path
) -> None:
    file, names = many(entitree, tmp_path)
    process = start("apply", file, "--yes", ENTITREE_LIMITS="2")
    assert process.stderr is not None
    assert any(line.startswith("Job 2: ") for line in process.stderr)
    tasks = Path(f"/proc/{process.pid}/task").glob("*/children")
    workers = [int(each) for task in tasks for each in task.read_text().split()]
    process.kill()
    assert workers
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    until_free(home)
    (job, _) = map(json.loads, entitree("jobs", "--format", "jsonl").out.splitlines())
    assert job["state"] == "interrupted"
    shown = entitree("jobs", "show")
    assert "entitree jobs resume 2 finds out and goes on." in shown.err
    done = entitree("jobs", "resume")
    assert done.code == 0, done.err
    assert aliased(kept) == names
    assert {each["state"] for each in rows(entitree("jobs", "show", "2", "--format", "jsonl").out)} == {
        "done"
    }


def rows(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_second_ctrl_c_leaves_at_once(
    start: Start, entitree: Entitree, platform: Platform, home: Path, tmp_path: Path
) -> None:
    file = str(tmp_path / "plan")
    made = entitree("plan", "create", "entity", "silence", "and", "--out", file, **platform.environ())
    assert made.code == 0, made.err
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        environ = {"ENTITREE_BASE_URL": url, "ENTITREE_API_KEY": "SECRET", "ENTITREE_LIMITS": "off"}
        process = start("apply", file, "--yes", **environ)
        asked, _ = silent.accept()
        with asked:
            assert process.stderr is not None
            process.send_signal(signal.SIGINT)
            assert any(line.startswith("Pausing job 1 ") for line in process.stderr)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "1\n"), err
    assert err.endswith("Left. Job 1 pauses by itself; entitree jobs resume 1 goes on.\n")
    assert "SECRET" not in err
    journals = (home / "data" / "accounts").glob("*/journal.db")
    (journal,) = (each for each in journals if each.with_name("journal.db.lock").exists())
    with journal.with_name("journal.db.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
    with sqlite3.connect(journal) as db:
        assert db.execute("SELECT state FROM job").fetchall() == [("paused",)]
    db.close()


def test_ended_by_a_signal_it_leaves_the_job_to_itself(
    start: Start, entitree: Entitree, here: None, kept: Kept, tmp_path: Path, home: Path
) -> None:
    file, names = many(entitree, tmp_path)
    process = start("apply", file, "--yes", ENTITREE_LIMITS="10")
    assert process.stderr is not None
    assert any(line.startswith("Job 2: ") for line in process.stderr)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (143, "Job 2 goes on: entitree jobs show 2.\n")
    until_free(home)
    assert aliased(kept) == names


# Where a job stands


class Screen(io.StringIO):
    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def at(done: int, of: int = 10) -> JobProgress:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    job = Job(7, "", "Many", JobState.RUNNING, "", now, now, None, of, done=done)
    step = Step(done, "create-entity", "Create entity \x1b[31m世界", item_target(Kind.ENTITY, "x"))
    return JobProgress(job, StepRecord(7, replace(step), StepState.DONE))


def test_elsewhere_a_line_every_so_often(capsys: pytest.CaptureFixture[str]) -> None:
    time = [0.0]
    shown = Shown(Screen(terminal=False), 20.0, clock=lambda: time[0])
    for done in range(10):
        shown.tell(at(done))
        time[0] += EVERY / 4
    shown.end()
    assert capsys.readouterr().err.splitlines() == [
        "Job 7: 0 % · 0 done, 10 left · about 20 s left",
        "Job 7: 40 % · 4 done, 6 left · about 15 s left",
        "Job 7: 80 % · 8 done, 2 left · about 5 s left",
    ]


def test_what_keeps_it_waiting_is_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    shown = Shown(Screen(terminal=False), 0.0, clock=lambda: 0.0)
    shown.tell(at(1))
    late = at(1)
    waiting = replace(late.record, state=StepState.PLANNED, sentence="Nobody answers.")
    for _ in range(2):
        shown.tell(replace(late, record=waiting))
    shown.tell(at(2))
    assert capsys.readouterr().err.splitlines() == [
        "Job 7: 10 % · 1 done, 9 left",
        "Job 7: 10 % · 1 done, 9 left · Nobody answers.",
    ]


def test_on_a_terminal_one_line_that_fits() -> None:
    screen, time = Screen(terminal=True), [0.0]
    shown = Shown(screen, 0.0, clock=lambda: time[0])
    shown.tell(at(1))
    time[0] += 0.01
    shown.tell(at(2))
    time[0] += 60.0
    shown.tell(at(3))
    shown.end()
    shown.end()
    first, second = screen.getvalue().removeprefix("\r\x1b[K").split("\r\x1b[K")
    assert first == "10 % · 1 done, 9 left · Create entity ␛[31m世界"
    assert second == "30 % · 3 done, 7 left · about 4 min left · Create entity ␛[31m世界\n"
