"""The control plane as tests speak to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.sandbox.conftest import Answer, Asker


def control(ask: Asker, method: str, name: str, body: object = None) -> Answer:
    """Asks `/_sandbox/{name}` with the admin key, which is refused nothing but nonsense."""
    return ask(method, f"/_sandbox/{name}", body, authorization=f"Bearer {ask.sandbox.admin_key}")


def effects(ask: Asker, since: int = 0, *, limit: int = 1000) -> list[dict[str, Any]]:
    """All entries of the audit log after that sequence, asked for `limit` at a time."""
    entries: list[dict[str, Any]] = []
    more = True
    while more:
        page = control(ask, "GET", f"audit?since={since}&limit={limit}").json()
        entries += page["entries"]
        since, more = page["last"], page["more"]
    return entries


def go_wrong(ask: Asker, *faults: dict[str, Any], seed: int = 0) -> None:
    """Has these faults, and no others, happen from now on."""
    answer = control(ask, "PUT", "faults", {"seed": seed, "faults": list(faults)})
    assert answer.status == 200, answer.body
