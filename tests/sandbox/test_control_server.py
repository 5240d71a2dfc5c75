"""The control plane and the faults over loopback, where another process serves them."""

from __future__ import annotations

import http.client
import json
import signal
import socket
from typing import TYPE_CHECKING, Any

import pytest
from tests.sandbox import test_server
from tests.sandbox.test_faults import ALL_KINDS

if TYPE_CHECKING:
    from tests.sandbox.conftest import OpenIt
    from tests.sandbox.test_server import Served

    from entitree.sandbox import Sandbox

served = test_server.served

ENTITIES = "/provisioning/1/entities"
NEW = {"entityId": "new"}


@pytest.fixture
def here(served: Served, open_it: OpenIt) -> Sandbox:
    """The served account, opened in this process as well."""
    return open_it()


def asked(
    served: Served, here: Sandbox, method: str, target: str, body: object = None, **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    admin = target.startswith("/_sandbox/")
    key = f"Bearer {here.admin_key}" if admin else f"App {here.api_key}"
    content = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    connection = http.client.HTTPConnection(served.host, served.port, timeout=30)
    try:
        sent = {"Authorization": key, "Content-Type": "application/json", **headers}
        connection.request(method, target, content, sent)
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def go_wrong(served: Served, here: Sandbox, *faults: dict[str, Any]) -> None:
    response, body = asked(served, here, "PUT", "/_sandbox/faults", {"faults": faults})
    assert response.status == 200, body


def end(served: Served) -> None:
    """The server had nothing to complain about."""
    served.process.send_signal(signal.SIGTERM)
    out, err = served.process.communicate(timeout=30)
    assert (served.process.returncode, out, err) == (0, "closed\n", "")


def test_snapshot_and_restore_over_loopback(served: Served, here: Sandbox) -> None:
    before = here.dump()
    response, file = asked(served, here, "GET", "/_sandbox/snapshot")
    assert response.headers["content-length"] == str(len(file))
    assert asked(served, here, "DELETE", f"{ENTITIES}/big-cola")[0].status == 200
    assert here.dump() != before
    # No snapshot is that large here, but one that is refused must be heard out as well.
    assert asked(served, here, "POST", "/_sandbox/restore", b"x" * (3 << 20))[0].status == 400
    assert asked(served, here, "POST", "/_sandbox/restore", file)[0].status == 200
    assert here.dump() == before
    assert asked(served, here, "POST", "/_sandbox/reset?seed=demo")[0].status == 200
    _, state = asked(served, here, "GET", "/_sandbox/state")
    assert json.loads(state) == here.dump() != before
    end(served)


def test_a_foreign_host_and_a_stranger_are_refused(served: Served, here: Sandbox) -> None:
    assert asked(served, here, "GET", "/_sandbox/state", Host="evil.example")[0].status == 400
    assert asked(served, here, "GET", "/_sandbox/state", Authorization="Bearer x")[0].status == 401
    end(served)


def test_every_fault_goes_over_a_socket(served: Served, here: Sandbox) -> None:
    for kind, more in ALL_KINDS.items():
        if kind in ("delay", "no-answer"):
            continue
        go_wrong(served, here, {"kind": kind, **more})
        for method, target, body in (
            ("GET", ENTITIES, None),
            ("PUT", f"{ENTITIES}/big-cola", {"entityName": "x"}),
        ):
            response, _ = asked(served, here, method, target, body)
            assert response.status in (200, 204, 307, 503)
    for text in ("", "a b", "\xe9"):
        go_wrong(served, here, {"kind": "status", "status": 599, "retry_after": text})
        response, _ = asked(served, here, "GET", ENTITIES)
        assert (response.status, response.headers["retry-after"]) == (599, text)
    end(served)


def test_silence_lasts_until_the_client_leaves(served: Served, here: Sandbox) -> None:
    go_wrong(served, here, {"kind": "no-answer", "after_effect": True})
    body = json.dumps(NEW).encode()
    head = (
        f"POST {ENTITIES} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: App {here.api_key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((served.host, served.port)) as connection:
        connection.sendall(head.encode() + body)
        done = (NEW in here.dump()["entities"] for _ in range(10_000))
        assert any(done), "it has its effect"
        connection.setblocking(False)
        with pytest.raises(BlockingIOError):
            connection.recv(1)
    # It left before the server ends, which therefore has nobody to wait for.
    end(served)


def test_a_list_that_was_set_here_is_followed_there(served: Served, here: Sandbox) -> None:
    go_wrong(served, here, {"kind": "status", "status": 503, "times": 2, "match": {"method": "GET"}})
    with here._state.transaction(writes=True) as db:
        db.execute("UPDATE faults SET used = 1")
    assert [asked(served, here, "GET", ENTITIES)[0].status for _ in range(2)] == [503, 200]
    end(served)
