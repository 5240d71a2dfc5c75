from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest

from entitree.api import exchange
from entitree.exports.impacts import COLUMNS

if TYPE_CHECKING:
    from tests.cli.conftest import Entitree, Platform


def test_every_configuration_and_why(entitree: Entitree, platform: Platform) -> None:
    done = entitree("impact", "entity", "big-cola", "--format", "json", **platform.environ())
    rows = json.loads(done.out)
    assert done.code == 0
    assert all(tuple(row) == COLUMNS for row in rows)
    removed = [row for row in rows if row["effect"] == "removed"]
    assert len(removed) == 9
    assert "9 configurations would be removed, 1 reset, 0 API keys would lose links.\n" in done.err
    assert {
        "effect": "removed",
        "family": "subscription",
        "id": "marketing-delivery",
        "resource_type": None,
        "channels": ["SMS"],
        "tied_to": [
            {"application": "marketing", "entity": "big-cola"},
            {"application": "marketing", "entity": "mc-burger"},
        ],
        "names": ["big-cola"],
        "because": "one half of a pair",
        "also_serves": [{"application": "marketing", "entity": "mc-burger"}],
    } in removed
    assert [row["id"] for row in rows if row["effect"] == "reset"]
    assert "Not checked: API keys: " in done.err
    assert "Not checked: bots, WebRTC, domains' own link: " in done.err
    assert done.err.startswith("Reading what names them: 2")


def test_a_table_and_csv_of_it(entitree: Entitree, platform: Platform) -> None:
    table = entitree("impact", "application", "production", **platform.environ())
    head, *lines = table.out.splitlines()
    assert head.split() == [column.upper() for column in COLUMNS]
    assert any("production + cost-center-100" in line for line in lines)
    comma = entitree("impact", "application", "production", "--format", "csv", **platform.environ())
    assert comma.out.splitlines()[0] == ",".join(COLUMNS)
    rows = comma.out.splitlines()[1:]
    assert len([row for row in rows if not row.startswith("not checked,")]) == len(lines)


def test_several_ids_and_one_that_is_not_there(entitree: Entitree, platform: Platform) -> None:
    done = entitree("impact", "entity", "big-cola", "no\x1bne", "big-cola", **platform.environ())
    assert done.code == 1
    assert "There is no entity “no␛ne”.\n" in done.err
    assert "marketing-delivery" in done.out
    nothing = entitree("impact", "entity", "none", "--format", "jsonl", **platform.environ())
    assert nothing.code == 1
    assert {json.loads(line)["effect"] for line in nothing.out.splitlines()} == {"not checked"}


def test_an_id_that_no_request_can_name(entitree: Entitree, platform: Platform) -> None:
    done = entitree("impact", "entity", "..", **platform.environ())
    assert done.code == 3
    assert "No request can name the entity “..”" in done.err
    assert "There is no entity" not in done.err, "nobody could look"


@pytest.mark.parametrize("form", ["table", "json"])
def test_what_could_not_be_read_is_no_empty_answer(entitree: Entitree, platform: Platform, form: str) -> None:
    done = entitree("impact", "entity", "big-cola", "--format", form, **platform.environ("SECRET-wrong"))
    assert (done.code, done.out) == (3, "")
    *_, last = done.err.splitlines()
    assert last.startswith("entitree: ")
    assert "does not accept the API key" in last
    assert done.err.count("\n") == 2
    assert "SECRET" not in done.err


def test_what_a_key_may_not_read_is_left_out_and_said(entitree: Entitree, platform: Platform) -> None:
    environ = platform.environ(platform.limited_key)
    done = entitree("impact", "entity", "big-cola", "--format", "jsonl", **environ)
    assert done.code == 3
    rows = [json.loads(line) for line in done.out.splitlines()]
    found = {row["family"] for row in rows if row["effect"] != "not checked"}
    assert found == {"strategy", "subscription"}
    unchecked = {row["family"]: row["because"] for row in rows if row["effect"] == "not checked"}
    assert unchecked["associations"].startswith("This key may not")
    for unread in ("entities", "associations"):
        assert f"Not checked: {unread}: This key may not" in done.err
    assert "There is no entity" not in done.err, "nobody could look"
    assert platform.limited_key not in done.err


def test_a_platform_that_is_not_there(entitree: Entitree, monkeypatch: pytest.MonkeyPatch) -> None:
    # Trying again takes a while, and is proved elsewhere.
    monkeypatch.setattr(exchange, "UNSENT_TRIES", 1)
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}"
    environ = {"ENTITREE_BASE_URL": url, "ENTITREE_API_KEY": "SECRET"}
    for arguments in (("impact", "entity", "big-cola"), ("list", "entities")):
        done = entitree(*arguments, **environ)
        assert (done.code, done.out) == (3, "")
        assert done.err.splitlines()[-1].startswith("entitree: Could not ")
        assert "Traceback" not in done.err
        assert "SECRET" not in done.err


def test_keys_that_stop_numbers_that_are_reset_and_what_is_in_use(entitree: Entitree) -> None:
    done = entitree("impact", "entity", "big-cola", "--format", "jsonl")
    assert done.code == 0
    rows = {row["effect"]: row for row in map(json.loads, done.out.splitlines())}
    assert set(rows) == {"removed", "reset", "stops", "in use", "not checked"}
    number, key, use = rows["reset"], rows["stops"], rows["in use"]
    assert (number["family"], number["tied_to"]) == (
        "number",
        [{"application": "marketing", "entity": "big-cola"}],
    )
    assert key["because"] == "key “Key2”: its only link goes: every request with it will be refused"
    assert (key["names"], key["also_serves"]) == (["big-cola"], [])
    assert (use["id"], use["channels"]) == ("big-cola", ["SMS", "EMAIL", "INSTAGRAM"])
    assert use["because"].startswith("4 messages in 48 h, the last at 20")
    assert "Messages still sent with an id may create it again" in done.err
    assert "Not checked: inbound configurations of " in done.err
    table = entitree("impact", "application", "marketing", "--format", "csv")
    assert [line for line in table.out.splitlines() if line.startswith("stops,key,")]


def test_traffic_is_left_alone_where_it_is_asked_for(entitree: Entitree) -> None:
    done = entitree("impact", "entity", "big-cola", "--no-traffic", "--format", "jsonl")
    assert "in use" not in {json.loads(line)["effect"] for line in done.out.splitlines()}
    assert "48 hours" not in done.err


def test_logs_that_may_not_be_read_are_said(entitree: Entitree, platform: Platform) -> None:
    done = entitree("impact", "entity", "big-cola", **platform.environ(platform.limited_key))
    assert "Not checked: SMS logs: " in done.err


def test_the_kept_sandbox_serves_as_well(entitree: Entitree) -> None:
    assert entitree("impact", "entity", "mc-burger").code == 0
