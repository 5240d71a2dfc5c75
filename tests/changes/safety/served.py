"""The platform's process as tests hold it: asked through its admin door, stopped, and started again."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.changes.safety import serving

from entitree.settings.profile import Profile, Secrets

if TYPE_CHECKING:
    from pathlib import Path

_PATIENCE = 60
"""Seconds; only what hangs for good takes so long."""


class Platform:
    """A sandbox without limits, whose state is in `folder`."""

    def __init__(self, folder: Path, seed: str = "docs") -> None:
        self._state = folder / "platform.db"
        self._seed = seed
        self._port = 0
        self.start()

    def start(self) -> None:
        """Serves again, where it was served before."""
        self._process = subprocess.Popen(
            [sys.executable, "-P", serving.__file__, str(self._state), str(self._port), self._seed],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        told = json.loads(self._process.stdout.readline())
        self._port = urlsplit(told["base_url"]).port or 0
        self._admin_key = told["admin_key"]
        self.profile = Profile(
            "proof",
            told["base_url"],
            Secrets(told["api_key"], told["user"], told["password"]),
            limits=None,
        )

    def kill(self) -> None:
        """Nobody answers any more; what was under way is as far as it got."""
        self._process.kill()
        self._end()

    def close(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._end()

    def _end(self) -> None:
        self._process.wait(_PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def idle(self) -> None:
        """Returns when nothing that anybody asked is under way any more."""
        self._ask("GET", "/_idle")

    def reset(self) -> None:
        """The account is as it was at the beginning, and nothing goes wrong."""
        self.go_wrong()
        self._ask("POST", "/_sandbox/reset")

    def snapshot(self) -> bytes:
        return self._ask("GET", "/_sandbox/snapshot")

    def restore(self, snapshot: bytes) -> int:
        """Puts back a state; returns the sequence that the audit log is at."""
        sequence: int = json.loads(self._ask("POST", "/_sandbox/restore", snapshot))["sequence"]
        return sequence

    def go_wrong(self, *faults: dict[str, Any], seed: int = 0) -> None:
        body = json.dumps({"seed": seed, "faults": faults}).encode()
        self._ask("PUT", "/_sandbox/faults", body)

    def sever(self, share: float, *, seed: int) -> None:
        """Has connections break for that share of requests; until it is started again."""
        self._ask("PUT", "/_sever", json.dumps({"seed": seed, "share": share}).encode())

    def went_wrong(self) -> list[int]:
        """How often each of the faults was hit."""
        return [each["used"] for each in json.loads(self._ask("GET", "/_sandbox/faults"))["faults"]]

    def dump(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = json.loads(self._ask("GET", "/_sandbox/state"))
        return found

    def audit(self, since: int) -> list[dict[str, Any]]:
        """All effects after that sequence."""
        entries: list[dict[str, Any]] = []
        more = True
        while more:
            page = json.loads(self._ask("GET", f"/_sandbox/audit?since={since}&limit=10000"))
            entries += page["entries"]
            since, more = page["last"], page["more"]
        return entries

    def _ask(self, method: str, target: str, body: bytes | None = None) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_PATIENCE)
        try:
            kind = "application/json" if method == "PUT" else "application/octet-stream"
            headers = {"Authorization": f"Bearer {self._admin_key}", "Content-Type": kind}
            connection.request(method, target, body, headers)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        assert response.status == 200, (method, target, response.status, content)
        return content
