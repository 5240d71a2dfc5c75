"""The sandbox over loopback, in a process of its own."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from entitree.errors import UsageError
from entitree.sandbox import serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.sandbox.conftest import OpenIt

_SERVE = """
import json, sys
from pathlib import Path
from entitree.sandbox import open_sandbox, serve
box = open_sandbox(Path(sys.argv[1]), seed="docs", limits=None)
serve(box, 0, ready=lambda url: print(json.dumps([url, box.api_key]), flush=True))
box.close()
print("closed", flush=True)
"""


class Served(NamedTuple):
    process: subprocess.Popen[str]
    host: str
    port: int
    key: str

    def ask(
        self, method: str, target: str, *, host: str = "", body: bytes | None = None
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        headers = {"Authorization": f"App {self.key}", "Content-Type": "application/json"}
        try:
            connection.request(method, target, body, headers | ({"Host": host} if host else {}))
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    command = [sys.executable, "-W", "error", "-c", _SERVE, str(tmp_path / "state.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url, key = json.loads(process.stdout.readline())
        scheme, _, rest = url.partition("://")
        host, _, port = rest.partition(":")
        assert (scheme, host) == ("http", "127.0.0.1")
        yield Served(process, host, int(port), key)
        process.kill()


def test_it_answers_as_in_process(served: Served, open_it: OpenIt) -> None:
    assert served.ask("POST", "/provisioning/1/entities", body=b'{"entityId":"a/b"}') == (201, b"")
    assert served.ask("GET", "/provisioning/1/entities/a%2Fb") == (200, b'{"entityId":"a/b"}')
    association = json.dumps(open_it().dump()["associations"][0]).encode()
    assert served.ask("DELETE", "/provisioning/1/associations", body=association) == (204, b"")
    assert served.ask("GET", "/provisioning/1/entities/")[0] == 404
    assert served.ask("POST", "/provisioning/1/entities", body=b"x" * 2_000_000)[0] == 413
    entities = open_it().dump()["entities"]
    assert {"entityId": "a/b"} in entities, "another process sees it at once"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "[::1]", "0.0.0.0:1"]
)
def test_a_foreign_host_is_refused(served: Served, host: str) -> None:
    status, body = served.ask("GET", "/provisioning/1/entities", host=host)
    assert status == 400
    assert json.loads(body)["requestError"]["serviceException"]["messageId"] == "BAD_REQUEST"


def test_localhost_is_not_foreign(served: Served) -> None:
    assert served.ask("GET", "/provisioning/1/entities", host=f"localhost:{served.port}")[0] == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_and_says_nothing(served: Served, number: signal.Signals) -> None:
    served.ask("GET", "/provisioning/1/entities?secret=1")
    served.process.send_signal(number)
    out, err = served.process.communicate(timeout=30)
    assert (served.process.returncode, out, err) == (0, "closed\n", "")


def test_a_port_that_is_taken(open_it: OpenIt) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(UsageError, match="cannot be had"):
        serve(open_it(), taken.getsockname()[1], ready=lambda _: None)
