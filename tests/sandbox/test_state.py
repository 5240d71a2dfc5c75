"""The file: kept, shared, private, and nobody else's."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from entitree.errors import StorageError, UsageError
from entitree.sandbox import open_sandbox

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandbox.conftest import AskAt, OpenIt

ENTITIES = "/provisioning/1/entities"


def test_what_was_done_is_there_after_a_restart(open_it: OpenIt, ask_at: AskAt) -> None:
    first = open_it(seed="docs")
    ask_at(first)("POST", ENTITIES, {"entityId": "new"})
    ask_at(first)("DELETE", f"{ENTITIES}/big-cola")
    left, key = first.dump(), first.api_key
    first.close()
    again = open_it(seed="demo")
    assert again.dump() == left, "a state that is there is not seeded again"
    assert (again.api_key, again.password) == (key, first.password)


def test_two_openings_see_the_same_world_at_once(open_it: OpenIt, ask_at: AskAt) -> None:
    one, other = ask_at(open_it()), ask_at(open_it())
    assert one("POST", ENTITIES, {"entityId": "new"}).status == 201
    assert other("GET", f"{ENTITIES}/new").status == 200
    assert other("POST", ENTITIES, {"entityId": "new"}).status == 409
    assert other("DELETE", f"{ENTITIES}/new").status == 200
    assert one("GET", f"{ENTITIES}/new").status == 404
    assert one.sandbox.dump() == other.sandbox.dump()


_CREATE = """
import asyncio, sys
from pathlib import Path
import httpx
from entitree.sandbox import open_sandbox

async def create(box, name):
    transport = httpx.ASGITransport(box.app)
    asked = [
        transport.handle_async_request(httpx.Request(
            "POST", "http://sandbox.test/provisioning/1/entities",
            headers={"authorization": f"App {box.api_key}"}, json={"entityId": f"{name}-{at}"}))
        for at in range(20)
    ]
    print({reply.status_code for reply in await asyncio.gather(*asked)})

box = open_sandbox(Path(sys.argv[1]), seed="empty", limits=None)
asyncio.run(create(box, sys.argv[2]))
box.close()
"""


def test_processes_that_open_and_write_at_once_lose_nothing(tmp_path: Path, open_it: OpenIt) -> None:
    state = tmp_path / "shared.db"
    running = [
        subprocess.Popen([sys.executable, "-c", _CREATE, str(state), str(name)], stdout=subprocess.PIPE)
        for name in range(3)
    ]
    assert [process.communicate()[0] for process in running] == [b"{201}\n"] * 3
    wanted = {f"{name}-{at}" for name in range(3) for at in range(20)}
    assert {one["entityId"] for one in open_it(state=state).dump()["entities"]} == wanted


def test_a_dead_process_leaves_no_half_state(tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    script = """
import os, sys
from pathlib import Path
from entitree.sandbox import open_sandbox, seeds
def dies(db):
    db.execute("INSERT INTO entities (id) VALUES ('half')")
    os._exit(7)
seeds.named = lambda _: dies
open_sandbox(Path(sys.argv[1]))
"""
    assert subprocess.run([sys.executable, "-c", script, str(state)], check=False).returncode == 7
    with closing(open_sandbox(state, seed="docs")) as sandbox:
        ids = [one["entityId"] for one in sandbox.dump()["entities"]]
    assert "half" not in ids
    assert "big-cola" in ids


def test_only_its_owner_may_read_it(
    tmp_path: Path, open_it: OpenIt, ask_at: AskAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Right from the first moment, not mended in the second.
    monkeypatch.setattr("pathlib.Path.chmod", lambda *_: None)
    state = tmp_path / "new" / "deep" / "state.db"
    ask_at(open_it(state=state))("POST", ENTITIES, {"entityId": "new"})
    files = list(state.parent.iterdir())
    assert len(files) == 3, "the database and SQLite's two side files"
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(state.parent.stat().st_mode) == 0o700


def test_a_mode_that_was_loosened_is_tightened(tmp_path: Path, open_it: OpenIt) -> None:
    state = tmp_path / "state.db"
    open_it().close()
    state.chmod(0o644)
    open_it().close()
    assert stat.S_IMODE(state.stat().st_mode) == 0o600


def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path, open_it: OpenIt) -> None:
    state = tmp_path / "state.db"
    open_it().close()
    with closing(sqlite3.connect(state)) as db:
        db.execute("PRAGMA user_version = 999")
    before = state.read_bytes()
    with pytest.raises(StorageError, match="newer version"):
        open_it()
    assert state.read_bytes() == before


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path, open_it: OpenIt) -> None:
    state = tmp_path / "state.db"
    with closing(sqlite3.connect(state)) as db:
        db.execute("CREATE TABLE theirs (x)")
    before = state.read_bytes()
    with pytest.raises(StorageError, match="another program"):
        open_it()
    assert state.read_bytes() == before


def test_what_is_no_database_is_refused_and_left_alone(tmp_path: Path, open_it: OpenIt) -> None:
    state = tmp_path / "state.db"
    state.write_text("notes\n" * 200)
    with pytest.raises(StorageError, match=r"Remove state\.db to start afresh"):
        open_it()
    assert state.read_text() == "notes\n" * 200


def test_a_folder_is_no_state(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="Is a directory") as caught:
        open_sandbox(tmp_path)
    assert str(caught.value).count(str(tmp_path)) == 1
    assert "Remove" not in str(caught.value)


@pytest.mark.parametrize("ruin", ["DROP TABLE entities", "DELETE FROM api_keys", "DELETE FROM account"])
def test_a_state_without_what_it_needs_is_refused(tmp_path: Path, open_it: OpenIt, ruin: str) -> None:
    open_it().close()
    with closing(sqlite3.connect(tmp_path / "state.db")) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute(ruin)
        db.commit()
    with pytest.raises(StorageError, match=r"Remove state\.db"):
        open_it()


def test_a_full_disk_is_told_to_who_asks_and_undoes_nothing_else(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it())
    before = ask.sandbox.dump()
    with ask.sandbox._state.transaction(writes=False) as db:
        db.execute("PRAGMA max_page_count = 1")
    bodies = ({"entityId": f"new-{number}", "entityName": "x" * 255} for number in range(200))
    answers = (ask("POST", ENTITIES, body) for body in bodies)
    refused = next(answer for answer in answers if answer.status != 201)
    assert refused.status == 500
    assert b"Free some space" in refused.body
    with (
        pytest.raises(StorageError, match="Free some space"),
        ask.sandbox._state.transaction(writes=True) as db,
    ):
        db.execute("CREATE TABLE more (x)")
    with ask.sandbox._state.transaction(writes=False) as db:
        db.execute("PRAGMA max_page_count = 100000")
    assert ask("DELETE", f"{ENTITIES}/new-0").status == 200
    names = {each["entityId"] for each in ask.sandbox.dump()["entities"]}
    assert {each["entityId"] for each in before["entities"]} <= names


def test_a_file_that_was_never_filled_is_filled(tmp_path: Path, open_it: OpenIt) -> None:
    (tmp_path / "state.db").touch()
    assert open_it(seed="docs").dump()["entities"]


def test_an_unknown_seed_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="docs"):
        open_sandbox(tmp_path / "state.db", seed="nothing")
    assert list(tmp_path.iterdir()) == []


def test_a_closed_sandbox_answers_that_it_failed(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it())
    ask.sandbox.close()
    assert ask("GET", ENTITIES).status == 500


def test_importing_it_costs_no_web_framework() -> None:
    script = "import sys, entitree.sandbox; print({'starlette', 'uvicorn', 'anyio'} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert shown.stdout == b"set()\n"


@pytest.mark.parametrize("content", ["notes\n" * 200, "database"])
def test_a_file_that_is_not_ours_keeps_its_mode(tmp_path: Path, content: str) -> None:
    file = tmp_path / "theirs"
    if content == "database":
        with closing(sqlite3.connect(file)) as db:
            db.execute("CREATE TABLE theirs (x)")
    else:
        file.write_text(content)
    file.chmod(0o644)
    with pytest.raises(StorageError):
        open_sandbox(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


def test_what_is_no_ordinary_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o644)
    with pytest.raises(StorageError, match="no ordinary file"):
        open_sandbox(tmp_path / "pipe")
    assert stat.S_IMODE((tmp_path / "pipe").stat().st_mode) == 0o644
