"""The whole state as a file, and back."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
import stat
from contextlib import closing
from typing import TYPE_CHECKING

import httpx
import pytest
from tests.sandbox.conftest import basic
from tests.sandbox.control import control, effects, go_wrong
from tests.sandbox.replay import replayed

from entitree.sandbox.account.schema import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator
    from pathlib import Path

    from tests.sandbox.conftest import AskAt, Asker, OpenIt

ENTITIES = "/provisioning/1/entities"
KEYS = "/settings/2/api-keys"


def snapshot(ask: Asker) -> bytes:
    answer = control(ask, "GET", "snapshot")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/vnd.sqlite3")
    return answer.body


def changed(file: bytes, tmp_path: Path, change: str) -> bytes:
    """The snapshot after these statements."""
    path = tmp_path / "changed.db"
    path.write_bytes(file)
    with closing(sqlite3.connect(path)) as db:
        db.executescript(change)
    return path.read_bytes()


def work(ask: Asker) -> None:
    """Something of everything."""
    user = basic(ask.sandbox.user, ask.sandbox.password)
    ask("DELETE", f"{ENTITIES}/big-cola")
    ask("POST", ENTITIES, {"entityId": "a/b", "entityName": "x"})
    ask("DELETE", "/provisioning/1/applications/marketing")
    ask("POST", "/provisioning/2/sending-strategies", {"priorities": []})
    ask("DELETE", "/subscriptions/1/subscription/SMS/pin-delivery")
    for one in ask("GET", KEYS, authorization=user).json()["apiKeys"]:
        ask("PUT", f"{KEYS}/{one['id']}", {"name": f"{one['name']} 2", "enabled": True}, authorization=user)
    ask("POST", KEYS, {"name": "another"}, authorization=user)
    control(ask, "POST", "traffic", {"sent": [{"channel": "SMS", "sender": "A", "destination": "1"}]})


@pytest.mark.parametrize("seed", ["empty", "docs", "demo"])
def test_a_restored_account_is_as_it_was(open_it: OpenIt, ask_at: AskAt, seed: str) -> None:
    ask = ask_at(open_it(seed=seed))
    ask("POST", ENTITIES, {"entityId": "before"})
    before, file = ask.sandbox.dump(), snapshot(ask)
    work(ask)
    assert ask.sandbox.dump() != before
    assert control(ask, "POST", "restore", file).status == 200
    assert ask.sandbox.dump() == before
    work(ask)
    assert control(ask, "POST", "restore", file).status == 200
    assert ask.sandbox.dump() == before, "again and again"


def test_it_is_sqlites_own_and_can_be_opened(open_it: OpenIt, ask_at: AskAt, tmp_path: Path) -> None:
    ask = ask_at(open_it())
    work(ask)
    path = tmp_path / "copy.db"
    path.write_bytes(snapshot(ask))
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copy = ask_at(open_it(state=path))
    assert copy.sandbox.dump() == ask.sandbox.dump()
    assert (copy.sandbox.api_key, copy.sandbox.admin_key) == (ask.sandbox.api_key, ask.sandbox.admin_key)
    copy("POST", ENTITIES, {"entityId": "only-there"})
    assert ask("GET", f"{ENTITIES}/only-there").status == 404


def test_the_log_goes_on_over_a_restore(ask: Asker) -> None:
    start = ask.sandbox.dump()
    ask("POST", ENTITIES, {"entityId": "before"})
    file, held = snapshot(ask), ask.sandbox.dump()
    ask("POST", ENTITIES, {"entityId": "after"})
    answer = control(ask, "POST", "restore", file)
    assert answer.json() == {"sequence": 3}
    ask("POST", ENTITIES, {"entityId": "later"})
    entries = effects(ask)
    assert [one["sequence"] for one in entries] == [1, 2, 3, 4]
    digest = hashlib.sha256(file).hexdigest()
    assert (entries[2]["operation"], entries[2]["after"]) == ("restore", {"snapshot": digest})
    assert entries[2]["object"] == {"kind": "account", "id": ""}
    assert replayed(start, entries, snapshots={digest: held}) == ask.sandbox.dump()


def test_rules_rates_faults_and_sessions_come_back(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(limits=1.0, clock=lambda: 1e9))
    user = {"username": ask.sandbox.user, "password": ask.sandbox.password}
    session = f"IBSSO {ask('POST', '/auth/1/session', user, authorization=None).json()['token']}"
    go_wrong(ask, {"kind": "status", "status": 503, "match": {"path": "/numbers/*"}, "times": 2}, seed=5)
    control(ask, "PUT", "rules", {"rules": {"list-order": "by-id"}})
    assert ask("GET", "/numbers/1/numbers").status == 503
    assert ask("GET", ENTITIES).status == 200
    said = {name: control(ask, "GET", name).body for name in ("faults", "rules")}
    file = snapshot(ask)
    ask("DELETE", "/auth/1/session", authorization=session)
    go_wrong(ask)
    control(ask, "PUT", "rules", {"rules": {"list-order": "newest-first"}})
    control(ask, "POST", "reset")
    assert ask("GET", ENTITIES, authorization=session).status == 401
    control(ask, "POST", "restore", file)
    assert {name: control(ask, "GET", name).body for name in ("faults", "rules")} == said
    assert ask("GET", ENTITIES, authorization=session).status == 429, "both the session and the full window"


def test_one_sandboxs_account_in_another(open_it: OpenIt, ask_at: AskAt, tmp_path: Path) -> None:
    theirs = ask_at(open_it(state=tmp_path / "theirs.db", seed="demo", rules={"list-order": "by-id"}))
    theirs("POST", ENTITIES, {"entityId": "theirs"})
    ours = ask_at(open_it(state=tmp_path / "ours.db", seed="docs"))
    box = ours.sandbox
    assert control(ours, "POST", "restore", snapshot(theirs)).status == 200
    assert box.dump() == theirs.sandbox.dump()
    assert control(ours, "GET", "rules").body == control(theirs, "GET", "rules").body
    for credential, status in (
        (f"App {box.api_key}", 200),
        (f"App {box.limited_key}", 403),
        (basic(box.user, box.password), 200),
        (f"App {theirs.sandbox.api_key}", 401),
        (basic(theirs.sandbox.user, theirs.sandbox.password), 401),
    ):
        assert ours("GET", ENTITIES, authorization=credential).status == status
    again = open_it(state=tmp_path / "ours.db")
    assert (again.api_key, again.limited_key, again.admin_key) == (
        box.api_key,
        box.limited_key,
        box.admin_key,
    )


def test_keys_that_the_snapshot_does_not_know_stay_good(
    open_it: OpenIt, ask_at: AskAt, tmp_path: Path
) -> None:
    ask = ask_at(open_it(seed="docs"))
    of_empty = snapshot(ask_at(open_it(state=tmp_path / "empty.db", seed="empty")))
    file = snapshot(ask)
    open_it(api_key="younger")
    for each in (file, of_empty):
        assert control(ask, "POST", "restore", each).status == 200
        assert ask("GET", ENTITIES, authorization="App younger").status == 200
        assert ask("GET", ENTITIES).status == 200
        assert ask("GET", ENTITIES, authorization=f"App {ask.sandbox.limited_key}").status == 403


def test_keys_that_the_account_made_come_back_with_their_secrets(ask: Asker) -> None:
    user = basic(ask.sandbox.user, ask.sandbox.password)
    first, second = (
        ask("POST", KEYS, {"name": name}, authorization=user).json() for name in ("full", "limited")
    )
    file = snapshot(ask)
    ask("PUT", f"{KEYS}/{first['id']}", {"name": "off", "enabled": False}, authorization=user)
    third = ask("POST", KEYS, {"name": "full"}, authorization=user).json()
    assert ask("GET", ENTITIES, authorization=f"App {third['apiKeySecret']}").status == 200
    control(ask, "POST", "restore", file)
    for key, status in ((first, 200), (second, 200), (third, 401)):
        assert ask("GET", ENTITIES, authorization=f"App {key['apiKeySecret']}").status == status


def test_another_process_sees_a_restore_at_once(open_it: OpenIt, ask_at: AskAt) -> None:
    one, other = ask_at(open_it()), ask_at(open_it())
    file = snapshot(one)
    assert other("POST", ENTITIES, {"entityId": "new"}).status == 201
    control(one, "POST", "restore", file)
    assert other("GET", f"{ENTITIES}/new").status == 404
    assert other.sandbox.dump() == one.sandbox.dump()


def restored_from(ask: Asker, pieces: Iterable[bytes]) -> int:
    """Sends a snapshot piece by piece, each when the one before has arrived; returns the status."""

    async def one_by_one() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(ask.sandbox.app), base_url="http://sandbox.test"
        ) as client:
            key = {"authorization": f"Bearer {ask.sandbox.admin_key}"}
            return await client.post("/_sandbox/restore", headers=key, content=one_by_one())

    return asyncio.run(send()).status_code


def test_it_may_come_in_pieces(ask: Asker) -> None:
    file, before = snapshot(ask), ask.sandbox.dump()
    ask("DELETE", f"{ENTITIES}/big-cola")
    assert restored_from(ask, (file[at : at + 10_000] for at in range(0, len(file), 10_000))) == 200
    assert ask.sandbox.dump() == before


MARKED = "PRAGMA application_id = 0x656E7469;"
DAMAGES: dict[str, tuple[Callable[[bytes, Path], bytes], str]] = {
    "nothing": (lambda file, _: b"", "empty"),
    "notes": (lambda file, _: b"notes\n" * 2000, "damaged, or no database"),
    "half": (lambda file, _: file[: len(file) // 2], "damaged"),
    "holes": (lambda file, _: file[:8192] + bytes(8192) + file[16384:], "damaged"),
    "newer": (lambda file, path: changed(file, path, "PRAGMA user_version = 999"), "newer version"),
    "another program's": (
        lambda file, path: changed(b"", path, "CREATE TABLE theirs (x)"),
        "another program",
    ),
    "marked as ours": (
        lambda file, path: changed(b"", path, f"{MARKED}CREATE TABLE entities (x); PRAGMA user_version = 2"),
        "damaged",
    ),
    "without a table": (lambda file, path: changed(file, path, "DROP TABLE strategies"), "damaged"),
    "without a column": (
        lambda file, path: changed(file, path, "ALTER TABLE messages DROP COLUMN body"),
        "damaged",
    ),
    "with a dangling reference": (
        lambda file, path: changed(
            file, path, "PRAGMA foreign_keys = OFF; UPDATE subscriptions SET profile_id = 'nobody'"
        ),
        "damaged",
    ),
    "with a key of no role": (
        lambda file, path: changed(file, path, "UPDATE api_keys SET role = 'x' WHERE role = 'full'"),
        "damaged",
    ),
    "with scopes that are none": (
        lambda file, path: changed(file, path, "UPDATE api_keys SET scopes = '5'"),
        "damaged",
    ),
    "with a seed that is none": (
        lambda file, path: changed(file, path, "UPDATE account SET value = 'nope' WHERE name = 'seed'"),
        "damaged",
    ),
    "with an outcome that is none": (
        lambda file, path: changed(file, path, "UPDATE messages SET status = 'LOST'"),
        "damaged",
    ),
    "with what is no JSON": (
        lambda file, path: changed(file, path, "UPDATE strategies SET body = '{'"),
        "damaged",
    ),
    "with JSON of another shape": (
        lambda file, path: changed(file, path, "UPDATE profiles SET body = '[]'"),
        "damaged",
    ),
    "with rules that are none": (
        lambda file, path: changed(file, path, "INSERT INTO account VALUES ('rules', '{')"),
        "damaged",
    ),
    "with a fault that is none": (
        lambda file, path: changed(file, path, "INSERT INTO faults (position, fault) VALUES (0, '{}')"),
        "damaged",
    ),
    "without its seed": (
        lambda file, path: changed(file, path, "DELETE FROM account WHERE name = 'seed'"),
        "damaged",
    ),
    "with text where numbers belong": (
        lambda file, path: changed(
            file,
            path,
            "CREATE TABLE loose (position INTEGER PRIMARY KEY, fault, seen, used); DROP TABLE faults;"
            "ALTER TABLE loose RENAME TO faults;"
            """INSERT INTO faults VALUES (0, '{"kind":"empty"}', 'x', 0)""",
        ),
        "damaged|cannot be used",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_no_snapshot_is_refused_and_changes_nothing(ask: Asker, tmp_path: Path, damage: str) -> None:
    ask("POST", ENTITIES, {"entityId": "new"})
    before = control(ask, "GET", "state").body
    make, reason = DAMAGES[damage]
    answer = control(ask, "POST", "restore", make(snapshot(ask), tmp_path))
    text = answer.json()["requestError"]["serviceException"]["text"]
    assert answer.status == 400
    assert text.startswith("The snapshot ")
    assert any(part in text for part in reason.split("|"))
    assert control(ask, "GET", "state").body == before
    assert len(effects(ask)) == 1


def test_an_older_snapshot_is_migrated(ask: Asker, tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(MIGRATIONS[0])
        db.executescript(
            """
            INSERT INTO account VALUES ('admin_key', 'old'), ('seed', 'docs');
            INSERT INTO api_keys (name, secret) VALUES ('full', 'old-full');
            INSERT INTO users (name, password) VALUES ('sandbox', 'old');
            INSERT INTO applications (id) VALUES ('default');
            INSERT INTO entities (id, name) VALUES ('old', 'Old');
            PRAGMA user_version = 1;
            """
            + MARKED
        )
    assert control(ask, "POST", "restore", path.read_bytes()).status == 200
    assert ask("GET", ENTITIES).results() == [{"entityId": "old", "entityName": "Old"}]
    assert ask("GET", ENTITIES, authorization="App old-full").status == 401


def test_nothing_is_left_lying_about(ask: Asker, tmp_path: Path) -> None:
    file = snapshot(ask)
    control(ask, "POST", "restore", file)
    control(ask, "POST", "restore", b"notes")
    assert {path.name for path in tmp_path.iterdir()} == {"state.db", "state.db-wal", "state.db-shm"}


def test_only_its_owner_may_read_it_on_its_way(ask: Asker, tmp_path: Path) -> None:
    file = snapshot(ask)
    seen: list[int] = []

    def pieces() -> Iterator[bytes]:
        yield file[:1000]
        there = (*tmp_path.glob(".state.db-*"), *tmp_path.glob(".state.db-*/*"))
        seen.extend(stat.S_IMODE(path.stat().st_mode) for path in there)
        yield file[1000:]

    assert restored_from(ask, pieces()) == 200
    assert seen == [0o700, 0o600]
