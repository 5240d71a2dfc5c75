"""State files of older programs: brought up to date, and nothing of them lost."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from tests.sandbox.conftest import basic
from tests.sandbox.control import control

from entitree.errors import StorageError
from entitree.sandbox.account.schema import MIGRATIONS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandbox.conftest import AskAt, OpenIt

MARK = 0x656E7469
STRATEGY = {
    "platform": {"applicationId": "shop", "entityId": "a/b"},
    "channel": "SMS",
    "useStickySender": True,
    "useGeolocatedSender": False,
}
SUBSCRIPTION = {
    "name": "Events",
    "events": ["DELIVERY"],
    "criteria": [{"applicationId": "shop"}],
    "resources": ["111"],
}

ROWS: dict[str, list[dict[str, Any]]] = {
    "account": [
        {"name": "admin_key", "value": "the-admin-key"},
        {"name": "seed", "value": "docs"},
        {"name": "rules", "value": json.dumps({"list-order": "newest-first"})},
    ],
    "api_keys": [
        {"name": "full", "secret": "full-secret", "scopes": None},
        {"name": "limited", "secret": "limited-secret", "scopes": json.dumps(["message:send"])},
    ],
    "users": [{"name": "sandbox", "password": "the-password", "scopes": None}],
    "windows": [{"operation": "get-entities", "number": 1_700_000_000, "used": 1}],
    "applications": [{"id": "default", "name": None}, {"id": "shop", "name": "Shop"}],
    "entities": [{"id": "a/b", "name": None}, {"id": "é", "name": "東京"}],
    "numbers": [
        {
            "number_key": "0" * 31 + "1",
            "number": "385990000001",
            "country": "HR",
            "type": "VIRTUAL_LONG_NUMBER",
            "capabilities": json.dumps(["SMS", "MMS"]),
            "application_id": "shop",
            "entity_id": "a/b",
        }
    ],
    "domains": [{"name": "mail.example"}],
    "senders": [{"type": "ALPHA", "name": "Shop"}],
    "associations": [
        {
            "resource_type": "NUMBER",
            "channel": "SMS",
            "application_id": "shop",
            "entity_id": entity,
            "resource_id": "0" * 31 + "1",
        }
        for entity in ("a/b", None)
    ],
    "strategies": [
        {"id": "F" * 32, "application_id": "shop", "entity_id": "a/b", "body": json.dumps(STRATEGY)}
    ],
    "securities": [{"id": "login", "body": json.dumps({"type": "BASIC"})}],
    "profiles": [
        {
            "id": "hook",
            "auth_id": "login",
            "body": json.dumps({"webhook": {"notifyUrl": "https://hooks.example/x"}}),
        }
    ],
    "subscriptions": [
        {"channel": "SMS", "id": "events", "profile_id": "hook", "body": json.dumps(SUBSCRIPTION)}
    ],
    "subscription_terms": [
        {"subscription": 1, "kind": "application_id", "value": "shop"},
        {"subscription": 1, "kind": "resource", "value": "111"},
    ],
}
"""Of every table of the first schema."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A state as the first schema had it."""
    path = tmp_path / "state.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(MIGRATIONS[0])
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        assert set(ROWS) == tables
        for table, rows in ROWS.items():
            for row in rows:
                places = ", ".join("?" * len(row))
                db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", tuple(row.values()))
        db.execute(f"PRAGMA application_id = {MARK}")
        db.execute("PRAGMA user_version = 1")
        db.commit()
    return path


def test_an_older_file_is_brought_up_to_date(old: Path, open_it: OpenIt) -> None:
    open_it(state=old)
    with closing(sqlite3.connect(old)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert db.execute("PRAGMA application_id").fetchone() == (MARK,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA foreign_key_check").fetchone() is None
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    assert not [name for name in tables if name.startswith("old_")]


def test_it_has_the_schema_of_a_new_one(old: Path, open_it: OpenIt, tmp_path: Path) -> None:
    open_it(state=old)
    open_it(state=tmp_path / "new.db")
    schemas = []
    for path in (old, tmp_path / "new.db"):
        with closing(sqlite3.connect(path)) as db:
            schemas.append(db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall())
    assert schemas[0] == schemas[1]


def test_no_row_and_no_value_is_lost(old: Path, open_it: OpenIt) -> None:
    open_it(state=old)
    with closing(sqlite3.connect(old)) as db:
        db.row_factory = sqlite3.Row
        for table, rows in ROWS.items():
            if table == "windows":
                continue  # What was let through in a second long gone is nobody's loss.
            there = [dict(row) for row in db.execute(f"SELECT * FROM {table}")]
            for row in rows:
                assert any(one.items() >= row.items() for one in there), (table, row)
            assert len(there) == len(rows)


def test_who_could_get_in_still_can(old: Path, open_it: OpenIt, ask_at: AskAt) -> None:
    box = open_it(state=old)
    assert (box.api_key, box.limited_key, box.user, box.password, box.admin_key) == (
        "full-secret",
        "limited-secret",
        "sandbox",
        "the-password",
        "the-admin-key",
    )
    ask = ask_at(box)
    entities = "/provisioning/1/entities"
    for credential, status in (
        ("App full-secret", 200),
        ("App limited-secret", 403),
        (basic("sandbox", "the-password"), 200),
    ):
        assert ask("GET", entities, authorization=credential).status == status
    body = f"client_id={box.client_id}&client_secret={box.client_secret}&grant_type=client_credentials"
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert ask("POST", "/auth/1/oauth2/token", body.encode(), authorization=None, headers=form).status == 200


def test_it_answers_as_before(old: Path, open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(state=old))
    assert ask("GET", "/provisioning/1/entities").results() == [
        {"entityId": "é", "entityName": "東京"},
        {"entityId": "a/b"},
    ], "by the rule that was chosen then"
    assert len(ask("GET", "/provisioning/1/associations").results()) == 2
    assert ask("GET", "/numbers/1/numbers").json()["numbers"][0]["entityId"] == "a/b"
    found = ask("GET", "/subscriptions/1/subscription/SMS?applicationId=shop").results()
    assert [one["subscriptionId"] for one in found] == ["events"]
    (strategy,) = ask("GET", "/provisioning/2/sending-strategies").results()
    assert strategy.items() >= STRATEGY.items()
    assert control(ask, "GET", "audit").json()["entries"] == []
    assert control(ask, "POST", "reset").json()["seed"] == "docs"
    assert ask("GET", "/provisioning/1/entities").status == 200


def test_two_dumps_of_it_are_equal(old: Path, open_it: OpenIt, tmp_path: Path) -> None:
    """Migrated twice it is the same account."""
    (tmp_path / "copy.db").write_bytes(old.read_bytes())
    assert open_it(state=old).dump() == open_it(state=tmp_path / "copy.db").dump()


def test_a_migration_that_fails_leaves_the_file_as_it_was(old: Path, open_it: OpenIt) -> None:
    with closing(sqlite3.connect(old)) as db:
        db.execute("CREATE TABLE messages (theirs)")
    before = old.read_bytes()
    with pytest.raises(StorageError, match=r"Remove state\.db"):
        open_it(state=old)
    with closing(sqlite3.connect(old)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
    assert old.read_bytes() == before
