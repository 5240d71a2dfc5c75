"""The links of an API key as they are written; what they name is made where it is missing (platform.md 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.sandbox.access.auth import Link
from entitree.sandbox.access.credentials import new_id
from entitree.sandbox.account.creation import create
from entitree.sandbox.account.kinds import APPLICATION, ENTITY
from entitree.sandbox.account.objects import find
from entitree.sandbox.rules.keys import LINKED_IDS_ALIAS
from entitree.sandbox.wire.replies import ProblemError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from entitree.sandbox.account.ledger import Kind
    from entitree.sandbox.wire.call import Call


def settled(call: Call, links: Sequence[Link]) -> list[Link]:
    """The links with ids as the account spells them; what they name is made when it is not there.

    Raises:
        ProblemError: 400, by rule it cannot be made.
    """
    return [
        Link(
            _made(call, APPLICATION, link.application, f"platform[{at}].applicationId"),
            None if link.entity is None else _made(call, ENTITY, link.entity, f"platform[{at}].entityId"),
            link.action,
        )
        for at, link in enumerate(links)
    ]


def _made(call: Call, kind: Kind, id_: str, place: str) -> str:
    row = find(call.db, call.rules, kind, id_)
    if row is not None:
        return str(row["id"])
    try:
        create(call, kind, id_, id_ if call.rules[LINKED_IDS_ALIAS] == "id" else None)
    except ProblemError as problem:
        raise ProblemError(400, violations={place: [str(problem.text)]}) from None
    return id_


def write_links(db: sqlite3.Connection, seq: int, *, links: Sequence[Link]) -> None:
    """Puts these links in place of the key's; a pair that stays keeps its key."""
    before = db.execute("SELECT application_id, entity_id, key FROM key_links WHERE api_key = ?", (seq,))
    keys = {(application, entity): key for application, entity, key in before.fetchall()}
    db.execute("DELETE FROM key_links WHERE api_key = ?", (seq,))
    db.executemany(
        "INSERT INTO key_links (api_key, key, application_id, entity_id, action) VALUES (?, ?, ?, ?, ?)",
        [
            (
                seq,
                keys.get((link.application, link.entity)) or new_id(),
                link.application,
                link.entity,
                link.action,
            )
            for link in links
        ],
    )
