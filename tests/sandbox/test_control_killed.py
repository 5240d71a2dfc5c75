"""Killed in the middle of any request, the state holds all of it or nothing."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from tests.sandbox import dying
from tests.sandbox.control import control, effects
from tests.sandbox.replay import replayed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandbox.conftest import AskAt, OpenIt
    from tests.sandbox.replay import Dump

ENTITIES = "/provisioning/1/entities"

REQUESTS: list[tuple[str, str, object]] = [
    ("POST", ENTITIES, {"entityId": "new", "entityName": "x" * 200}),
    ("DELETE", f"{ENTITIES}/big-cola", None),
    ("POST", "/_sandbox/restore", "snapshot.db"),
    ("DELETE", "/provisioning/1/applications/marketing", None),
    (
        "POST",
        "/_sandbox/traffic",
        {
            "sent": [
                {
                    "channel": "SMS",
                    "sender": "A",
                    "destination": "1",
                    "bulkId": "b",
                    "messageId": f"m{number}",
                }
                for number in range(20)
            ]
        },
    ),
    ("POST", "/_sandbox/reset", None),
    ("DELETE", "/provisioning/1/applications/marketing", None),
    ("POST", ENTITIES, {"entityId": "last"}),
]


@pytest.mark.parametrize("kills", [2, pytest.param(200, marks=pytest.mark.long)])
def test_killed_in_the_middle(open_it: OpenIt, ask_at: AskAt, tmp_path: Path, kills: int) -> None:
    ask = ask_at(open_it())
    (tmp_path / "0.db").write_bytes(control(ask, "GET", "snapshot").body)
    ask("POST", ENTITIES, {"entityId": "in-the-snapshot"})
    file = control(ask, "GET", "snapshot").body
    (tmp_path / "snapshot.db").write_bytes(file)
    snapshots = {hashlib.sha256(file).hexdigest(): ask.sandbox.dump()}
    (tmp_path / "requests.json").write_text(json.dumps(REQUESTS))
    subprocess.run([sys.executable, dying.__file__, str(tmp_path), str(kills)], check=True)

    def left(name: str) -> tuple[Dump, list[dict[str, Any]]]:
        there = ask_at(open_it(state=tmp_path / f"{name}.db"))
        return there.sandbox.dump(), effects(there)

    start, none = left("0")
    assert none == []
    for number in range(len(REQUESTS)):
        _, without = left(f"{number}")
        whole, with_it = left(f"{number + 1}")
        assert len(with_it) > len(without)
        assert replayed(start, with_it, snapshots=snapshots) == whole
        for kill in range(kills):
            dump, entries = left(f"{number}-{kill}")
            assert entries in (without, with_it), "all of a request or nothing"
            assert replayed(start, entries, snapshots=snapshots) == dump
