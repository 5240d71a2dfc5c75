"""Requests as somebody would type them: what a shell makes of the command is what was sent."""

from __future__ import annotations

import json
import shlex
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from entitree.api.observing import Sent
from entitree.api.operations import (
    CREATE_API_KEY,
    CREATE_ENTITY,
    CREATE_SESSION,
    CREATE_TOKEN,
    GET_ENTITY,
    MODIFY_ENTITY,
    Operation,
)
from entitree.api.urls import target
from entitree.log.curl import curl
from entitree.log.requests import LONGEST_BODY, Entry, entry_of, line_of
from entitree.text import visible

BASE = "https://example.api.infobip.com"
IDS = st.text(min_size=1, max_size=20).filter(lambda text: text not in (".", ".."))


def logged(operation: Operation, path: str, body: bytes | None = None, signed: str = "App") -> Entry:
    sent = Sent(operation, operation.method, path, body, signed, 1, 0.0123, operation.success)
    entry = entry_of(line_of(sent, "app", datetime(2026, 11, 26, tzinfo=UTC)), 0)
    assert entry is not None
    return entry


def words(command: str) -> list[str]:
    lines = [line for line in command.split("\n") if not line.startswith("# ")]
    return shlex.split("\n".join(lines).replace(" \\\n", " "))


@given(IDS, st.text())
def test_a_shell_reads_from_it_what_was_sent(entity: str, alias: str) -> None:
    path = target(MODIFY_ENTITY.path, {"entityId": entity})
    body = json.dumps({"entityName": alias}, ensure_ascii=False).encode()
    command = curl(logged(MODIFY_ENTITY, path, body), BASE)
    assert all(visible(line) == line for line in command.split("\n"))
    curl_, dash, method, url, h1, sign, h2, kind, raw, said = words(command)
    assert (curl_, dash, method, url) == ("curl", "-X", "PUT", BASE + path)
    assert (h1, sign) == ("-H", "Authorization: App $ENTITREE_API_KEY")
    assert (h2, kind, raw) == ("-H", "Content-Type: application/json", "--data-raw")
    assert json.loads(said) == {"entityName": alias}


def test_it_is_what_one_would_type() -> None:
    body = b'{"entityName":"Big Cola"}'
    assert curl(logged(MODIFY_ENTITY, "/provisioning/1/entities/big-cola", body), BASE).split("\n") == [
        f"curl -X PUT '{BASE}/provisioning/1/entities/big-cola' \\",
        '  -H "Authorization: App $ENTITREE_API_KEY" \\',
        "  -H 'Content-Type: application/json' \\",
        """  --data-raw '{"entityName":"Big Cola"}'""",
    ]
    assert curl(logged(GET_ENTITY, "/provisioning/1/entities/a?b=c"), None).split("\n") == [
        "# This was the sandbox inside the program; entitree sandbox serves one like it.",
        "curl \"$ENTITREE_BASE_URL\"'/provisioning/1/entities/a?b=c' \\",
        '  -H "Authorization: App $ENTITREE_API_KEY"',
    ]


@pytest.mark.parametrize(
    ("signed", "shown"),
    [
        ("Basic", '-u "$ENTITREE_USER:$ENTITREE_PASSWORD"'),
        ("IBSSO", '-H "Authorization: IBSSO $TOKEN"'),
        ("Bearer", '-H "Authorization: Bearer $TOKEN"'),
    ],
)
def test_every_way_to_sign_is_a_variable(signed: str, shown: str) -> None:
    assert shown in curl(logged(GET_ENTITY, "/x", signed=signed), BASE)


def test_a_request_that_nobody_signed_is_not_signed() -> None:
    command = curl(logged(CREATE_SESSION, CREATE_SESSION.path, b'{"password":"hush"}', ""), BASE)
    assert "Authorization" not in command


def test_a_body_that_may_hold_secrets_is_not_there_and_the_command_says_why() -> None:
    for operation in (CREATE_API_KEY, CREATE_SESSION, CREATE_TOKEN):
        entry = logged(operation, operation.path, b'{"password":"hush"}')
        assert entry.body is None
        command = curl(entry, BASE)
        assert "hush" not in command
        assert "# Its body of 19 bytes is not kept: it may hold secrets." in command
        assert "--data-binary @body.json" in command
    assert "x-www-form-urlencoded" in curl(logged(CREATE_TOKEN, CREATE_TOKEN.path, b"a=b"), BASE)


def test_a_very_long_body_is_not_kept() -> None:
    command = curl(logged(CREATE_ENTITY, CREATE_ENTITY.path, b"x" * (LONGEST_BODY + 1)), BASE)
    assert "# Its body of 16,385 bytes is too long to be kept." in command
