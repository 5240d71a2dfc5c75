"""What goes with an application or an entity (platform.md 8.3), inside the caller's transaction.

A configuration tied to a pair goes whole when either half does, and so does a subscription of which any
criterion names the id. Resources stay: a number's own link falls back to the default application and no
entity, both halves at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.api.names import DEFAULT_APPLICATION
from entitree.sandbox.kinds import ASSOCIATION, NUMBER, STRATEGY, SUBSCRIPTION

if TYPE_CHECKING:
    from entitree.sandbox.call import Call
    from entitree.sandbox.ledger import Kind


def delete(call: Call, kind: Kind, id_: str) -> bool:
    """Deletes the application or entity and all that names it; False when it is not there."""
    column = f"{kind.name}_id"
    ledger = call.ledger
    if call.db.execute(f"SELECT 1 FROM {kind.table} WHERE id = ?", (id_,)).fetchone() is None:
        return False
    ledger.remove(ASSOCIATION, f"{column} = ?", (id_,))
    ledger.remove(STRATEGY, f"{column} = ?", (id_,))
    ledger.remove(
        SUBSCRIPTION,
        "seq IN (SELECT subscription FROM subscription_terms WHERE value = ? AND kind = ?)",
        (id_, column),
    )
    reset = {"application_id": DEFAULT_APPLICATION, "entity_id": None}
    for row in call.db.execute(f"SELECT seq FROM numbers WHERE {column} = ?", (id_,)).fetchall():
        ledger.change(NUMBER, row["seq"], reset)
    ledger.remove(kind, "id = ?", (id_,))
    return True
