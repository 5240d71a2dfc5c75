from __future__ import annotations

import json
import signal
import socket
import urllib.request
from typing import TYPE_CHECKING

import pytest

from entitree.api.operations import OPERATIONS
from entitree.sandbox import open_sandbox
from entitree.sandbox.coverage import coverage
from entitree.sandbox.rules import RULES
from entitree.sandbox.seeds import SEEDS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Entitree, Platform, Start


def test_the_line_is_a_contract(platform: Platform) -> None:
    assert list(platform.line) == [
        "base_url",
        "api_key",
        "user",
        "password",
        "admin_key",
        "client_id",
        "client_secret",
    ]
    assert all(platform.line.values())
    assert platform.base_url.startswith("http://127.0.0.1:")
    request = urllib.request.Request(  # noqa: S310 - loopback
        f"{platform.base_url}/provisioning/1/applications",
        headers={"Authorization": f"App {platform.api_key}"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=30) as reply:
        assert json.load(reply)["paging"]["totalResults"] == 5


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_quietly_and_throws_its_state_away(
    start: Start, tmp_path: Path, number: signal.Signals
) -> None:
    served = start("sandbox", "--port", "0", "--seed", "empty", TMPDIR=str(tmp_path))
    assert served.stdout is not None
    assert json.loads(served.stdout.readline())["base_url"]
    assert len(list(tmp_path.iterdir())) == 1
    served.send_signal(number)
    out, err = served.communicate(timeout=30)
    assert (out, err) == ("", "")
    assert served.returncode == (128 + number if number is signal.SIGHUP else 0)
    assert list(tmp_path.iterdir()) == []


def test_a_state_is_kept(start: Start, tmp_path: Path) -> None:
    state = tmp_path / "new" / "platform.db"
    lines = []
    for _ in range(2):
        served = start("sandbox", "--port", "0", "--state", str(state), "--seed", "empty")
        assert served.stdout is not None
        lines.append(json.loads(served.stdout.readline()))
        served.terminate()
        assert served.wait(30) == 0
    assert lines[0]["api_key"] == lines[1]["api_key"]
    assert state.stat().st_mode & 0o777 == 0o600
    kept = open_sandbox(state)
    assert kept.api_key == lines[0]["api_key"]
    assert [each["applicationId"] for each in kept.dump()["applications"]] == ["default"]
    kept.close()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--limits", "fast"), "argument --limits: 'fast' is no limit. Use real, off, or a factor above 0"),
        (("--limits", "0"), "argument --limits: '0' is no limit."),
        (("--seed", "big"), "There is no sandbox seed 'big'. Seeds: empty, docs, demo, scale:N."),
        (("--port", "http"), "argument --port: 'http' is no port: 0 to 65535"),
        (("--port", "65536"), "argument --port: '65536' is no port"),
        (("--port", "-1"), "argument --port"),
        (("--rule", "x"), "argument --rule: 'x' is no rule: NAME=VALUE"),
        (("--rule", "x=y"), "entitree: "),
        (("--stat=x",), "unrecognized arguments: --stat=x"),
        (("prices",), "argument [TABLE]: invalid choice: 'prices'"),
    ],
)
def test_a_wrong_option_is_said_in_a_sentence(
    entitree: Entitree, arguments: tuple[str, ...], said: str
) -> None:
    done = entitree("sandbox", "--port", "0", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Traceback" not in done.err


def test_a_port_that_is_taken(entitree: Entitree) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = entitree("sandbox", "--port", port)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"entitree: Port {port} on 127.0.0.1 cannot be had: ")
    assert done.err.endswith(" Choose another with --port, or any that is free with --port 0.\n")


def test_a_state_that_cannot_be(entitree: Entitree, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("this is text")
    for state in (tmp_path / "file", tmp_path / "file" / "below", tmp_path):
        done = entitree("sandbox", "--port", "0", "--state", str(state))
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith("entitree: ")
        assert done.err.count("\n") == 1
    assert (tmp_path / "file").read_text() == "this is text"


def test_a_key_may_be_given_by_the_environment(start: Start, entitree: Entitree) -> None:
    served = start("sandbox", "--port", "0", "--seed", "empty", ENTITREE_SANDBOX_KEY="a-key-of-ours")
    assert served.stdout is not None
    assert json.loads(served.stdout.readline())["api_key"] == "a-key-of-ours"
    served.terminate()
    assert served.wait(30) == 0
    refused = entitree("sandbox", "--port", "0", ENTITREE_SANDBOX_KEY="no key ")
    assert (refused.code, refused.out) == (2, "")
    assert "ENTITREE_SANDBOX_KEY is no key" in refused.err
    assert "no key " not in refused.err


def test_every_seed_can_be_chosen(entitree: Entitree) -> None:
    shown = " ".join(entitree("sandbox", "--help").out.split())
    assert f"{', '.join(SEEDS)}, or scale:N" in shown


def test_the_rules_are_listed(entitree: Entitree) -> None:
    shown = entitree("sandbox", "rules")
    assert (shown.code, shown.err) == (0, "")
    for rule in RULES.values():
        assert f"{rule.name}={rule.default}" in shown.out
    listed = json.loads(entitree("sandbox", "rules", "--format", "json").out)
    assert [row["name"] for row in listed] == list(RULES)
    assert {"default", "choices", "why", "source"} <= listed[0].keys()


def test_what_is_answered_is_listed(entitree: Entitree) -> None:
    shown = entitree("sandbox", "coverage")
    assert (shown.code, shown.err) == (0, "")
    assert (
        "DELETE /provisioning/1/entities/{entityId}  (delete-entity)\n    documented 200 400 401" in shown.out
    )
    listed = json.loads(entitree("sandbox", "coverage", "--format", "json").out)
    assert len(listed) == len(coverage())
    assert {row["operation"] for row in listed} == set(OPERATIONS)
    assert {row["tag"] for row in listed} == {"documented", "observed", "assumed"}
