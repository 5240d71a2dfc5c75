"""Messages put into a sandbox, at a moment that stands still."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entitree.sandbox import rules
from entitree.sandbox.account import traffic
from entitree.sandbox.account.ledger import Ledger
from entitree.sandbox.account.records import insert

if TYPE_CHECKING:
    from tests.sandbox.conftest import Asker

NOW = 1_725_184_800.0
"""2024-09-01T10:00:00Z, when the account of the guide is made and asked unless a test says otherwise."""


def inject(ask: Asker, body: dict[str, Any], *, now: float = NOW) -> dict[str, Any]:
    """What the injection tells.

    Raises:
        ProblemError: it is refused.
    """
    with ask.sandbox._state.transaction(writes=True) as db:
        ledger = Ledger(db, operation="traffic", key="admin", now=now)
        return traffic.inject(db, ledger, rules.kept(db), now, body)


def sent(ask: Asker, **message: Any) -> list[str]:  # noqa: ANN401 - fields of a message
    """Injects a sent message, an SMS of `marketing` unless told otherwise, and returns the ids."""
    whole = {"channel": "SMS", "sender": "S", "destination": "1", "applicationId": "marketing", **message}
    ids: list[str] = inject(ask, {"sent": [whole]})["messageIds"]
    return ids


def linked(ask: Asker, *pairs: tuple[str, str | None], action: str | None = None) -> str:
    """The `Authorization` of a new key that is linked to these applications, alone or with an entity."""
    with ask.sandbox._state.transaction(writes=True) as db:
        seq = insert(db, "api_keys", {"id": "LINKED", "name": "linked", "secret": "linked", "linked": 1})
        for application, entity in pairs:
            columns = {"application_id": application, "entity_id": entity, "action": action}
            insert(db, "key_links", {"api_key": seq, "key": "LINK", **columns})
    return "App linked"
