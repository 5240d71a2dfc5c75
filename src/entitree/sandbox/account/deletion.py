"""What goes with an application or an entity (platform.md 8.3), inside the caller's transaction.

Each line of the proposal is a rule, and each choice of it a function below. By default a configuration tied
to a pair goes whole when either half does, and so does a subscription of which any criterion names the id;
resources stay, and their own link falls back to the default application and no entity, both halves at once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from entitree.api.names import DEFAULT_APPLICATION
from entitree.sandbox.account import records
from entitree.sandbox.account.kinds import (
    API_KEY,
    ASSOCIATION,
    DOMAIN,
    INBOUND,
    MESSAGE,
    NUMBER,
    STRATEGY,
    SUBSCRIPTION,
)
from entitree.sandbox.account.objects import is_same_id, same_id
from entitree.sandbox.rules import deletion as rules
from entitree.sandbox.wire.replies import ProblemError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from entitree.sandbox.account.ledger import Kind, Ledger
    from entitree.sandbox.rules import Rule, Rules

_RESET = {"application_id": DEFAULT_APPLICATION, "entity_id": None}


@dataclass(frozen=True, slots=True)
class _Doomed:
    """An application or entity that goes, and how to find what is tied to it."""

    ledger: Ledger
    rules: Rules
    kind: Kind
    id: str

    @property
    def column(self) -> str:
        return f"{self.kind.name}_id"

    @property
    def named(self) -> str:
        """The SQL condition that a row is tied to it; its one value is the id."""
        return same_id(self.rules, self.column)

    @property
    def in_criteria(self) -> str:
        """The SQL condition that a criterion of a subscription names it; its one value is the id."""
        value = same_id(self.rules, "value")
        return (
            f"seq IN (SELECT subscription FROM subscription_terms WHERE {value} AND kind = '{self.column}')"
        )

    def rows(self, table: str) -> list[sqlite3.Row]:
        return self.ledger.db.execute(f"SELECT * FROM {table} WHERE {self.named}", (self.id,)).fetchall()


def delete(ledger: Ledger, in_force: Rules, kind: Kind, id_: str) -> None:
    """Deletes the application or entity, which is there, and treats all that names it as the rules say.

    Raises:
        ProblemError: 400 when something is tied to it and such deletions are refused.
    """
    doomed = _Doomed(ledger, in_force, kind, id_)
    if in_force[rules.IN_USE] == "refused" and _in_use(doomed):
        raise ProblemError(400, text=f"{kind.name.capitalize()} {id_} is in use")
    for rule, treatments in _TREATMENTS.items():
        treatment = treatments.get(in_force[rule])
        if treatment is not None:
            treatment(doomed)
    ledger.remove(kind, "id = ?", (id_,))


def _in_use(doomed: _Doomed) -> bool:
    return any(
        doomed.ledger.db.execute(f"SELECT 1 FROM {table} WHERE {condition}", (doomed.id,)).fetchone()
        is not None
        for table, condition in (
            ("associations", doomed.named),
            ("strategies", doomed.named),
            ("subscriptions", doomed.in_criteria),
            ("numbers", doomed.named),
            ("domains", doomed.named),
            ("inbound_configurations", doomed.named),
            ("key_links", doomed.named),
        )
    )


def _remove_associations(doomed: _Doomed) -> None:
    doomed.ledger.remove(ASSOCIATION, doomed.named, (doomed.id,))


def _reset_associations(doomed: _Doomed) -> None:
    """Ties the resource to the default application alone, unless it is already."""
    for row in doomed.rows("associations"):
        same = doomed.ledger.db.execute(
            "SELECT 1 FROM associations WHERE application_id = ? AND entity_id IS NULL"
            " AND resource_id = ? AND channel = ? AND resource_type = ?",
            (DEFAULT_APPLICATION, row["resource_id"], row["channel"], row["resource_type"]),
        ).fetchone()
        if same is None:
            doomed.ledger.change(ASSOCIATION, row["seq"], _RESET)
        else:
            doomed.ledger.remove(ASSOCIATION, "seq = ?", (row["seq"],))


def _remove_strategies(doomed: _Doomed) -> None:
    doomed.ledger.remove(STRATEGY, doomed.named, (doomed.id,))


def _remove_subscriptions(doomed: _Doomed) -> None:
    doomed.ledger.remove(SUBSCRIPTION, doomed.in_criteria, (doomed.id,))


def _prune_subscriptions(doomed: _Doomed) -> None:
    """Drops the criteria that name it; a subscription that is left with none matches all traffic."""
    field = f"{doomed.kind.name}Id"
    rows = doomed.ledger.db.execute(
        f"SELECT * FROM subscriptions WHERE {doomed.in_criteria}", (doomed.id,)
    ).fetchall()
    for row in rows:
        body: dict[str, Any] = json.loads(row["body"])
        body["criteria"] = [
            one for one in body["criteria"] if not is_same_id(doomed.rules, one.get(field), doomed.id)
        ]
        doomed.ledger.change(
            SUBSCRIPTION,
            row["seq"],
            records.subscription(row["profile_id"], body),
            then=partial(records.write_terms, doomed.ledger.db, body=body),
        )


def _reset_resources(doomed: _Doomed) -> None:
    for kind in (NUMBER, DOMAIN):
        for row in doomed.rows(kind.table):
            doomed.ledger.change(kind, row["seq"], _RESET)


def _reset_half_of_resources(doomed: _Doomed) -> None:
    for kind in (NUMBER, DOMAIN):
        for row in doomed.rows(kind.table):
            doomed.ledger.change(kind, row["seq"], {doomed.column: _RESET[doomed.column]})


def _reset_inbound(doomed: _Doomed) -> None:
    """The configuration stays; what comes in falls back to the number's own link, which is reset as well."""
    for row in doomed.rows("inbound_configurations"):
        doomed.ledger.change(INBOUND, row["seq"], _RESET)


def _remove_inbound(doomed: _Doomed) -> None:
    doomed.ledger.remove(INBOUND, doomed.named, (doomed.id,))


def _drop_links(doomed: _Doomed) -> None:
    """Takes the links from keys, and disables a key that loses its last: unlinked it could do everything."""
    db = doomed.ledger.db
    keys = {row["api_key"] for row in doomed.rows("key_links")}
    for seq in sorted(keys):
        links = db.execute(
            f"SELECT count(*), sum({doomed.named}) FROM key_links WHERE api_key = ?", (doomed.id, seq)
        )
        there, going = links.fetchone()
        doomed.ledger.change(
            API_KEY,
            seq,
            {"enabled": 0} if there == going else {},
            then=lambda seq: db.execute(
                f"DELETE FROM key_links WHERE {doomed.named} AND api_key = ?", (doomed.id, seq)
            ),
        )


def _clear_messages(doomed: _Doomed) -> None:
    for row in doomed.rows("messages"):
        doomed.ledger.change(MESSAGE, row["seq"], {doomed.column: _RESET[doomed.column]})


_TREATMENTS: dict[Rule, dict[str, Callable[[_Doomed], None]]] = {
    rules.ASSOCIATIONS: {"removed": _remove_associations, "reset": _reset_associations},
    rules.STRATEGIES: {"removed": _remove_strategies},
    rules.SUBSCRIPTIONS: {"whole": _remove_subscriptions, "prune": _prune_subscriptions},
    rules.NUMBERS: {"both": _reset_resources, "half": _reset_half_of_resources},
    rules.INBOUND: {"reset": _reset_inbound, "removed": _remove_inbound},
    rules.KEYS: {"dropped": _drop_links},
    rules.TRAFFIC: {"cleared": _clear_messages},
}
"""What each choice does; one that is not here leaves things as they are."""
