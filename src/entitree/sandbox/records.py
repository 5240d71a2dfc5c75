"""How configurations lie in the state: their JSON as it was sent, and beside it what they are found by."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping


def packed(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def add_strategy(db: sqlite3.Connection, id_: str, strategy: Mapping[str, Any]) -> None:
    """
    Raises:
        sqlite3.IntegrityError: the id is taken.
    """
    platform = strategy.get("platform") or {}
    db.execute(
        "INSERT INTO strategies (id, application_id, entity_id, body) VALUES (?, ?, ?, ?)",
        (id_, platform.get("applicationId"), platform.get("entityId"), packed(strategy)),
    )


def add_security(db: sqlite3.Connection, security: Mapping[str, Any]) -> None:
    """
    Raises:
        sqlite3.IntegrityError: the id is taken.
    """
    rest = {name: value for name, value in security.items() if name != "authId"}
    db.execute("INSERT INTO securities (id, body) VALUES (?, ?)", (security["authId"], packed(rest)))


def add_profile(db: sqlite3.Connection, profile: Mapping[str, Any]) -> None:
    """
    Raises:
        sqlite3.IntegrityError: the id is taken, or its security settings are not there.
    """
    rest = {name: value for name, value in profile.items() if name not in ("profileId", "security")}
    auth_id = (profile.get("security") or {}).get("authId")
    db.execute(
        "INSERT INTO profiles (id, auth_id, body) VALUES (?, ?, ?)",
        (profile["profileId"], auth_id, packed(rest)),
    )


def add_subscription(
    db: sqlite3.Connection, channel: str, id_: str, profile_id: str, subscription: Mapping[str, Any]
) -> None:
    """`subscription` without its id and profile.

    Raises:
        sqlite3.IntegrityError: the channel has that id, or the profile is not there.
    """
    added = db.execute(
        "INSERT INTO subscriptions (channel, id, profile_id, body) VALUES (?, ?, ?, ?) RETURNING seq",
        (channel, id_, profile_id, packed(subscription)),
    ).fetchone()
    _add_terms(db, added[0], subscription)


def change_subscription(
    db: sqlite3.Connection, seq: int, profile_id: str, subscription: Mapping[str, Any]
) -> None:
    """Replaces all but channel and id.

    Raises:
        sqlite3.IntegrityError: the profile is not there.
    """
    db.execute(
        "UPDATE subscriptions SET profile_id = ?, body = ? WHERE seq = ?",
        (profile_id, packed(subscription), seq),
    )
    db.execute("DELETE FROM subscription_terms WHERE subscription = ?", (seq,))
    _add_terms(db, seq, subscription)


def _add_terms(db: sqlite3.Connection, seq: int, subscription: Mapping[str, Any]) -> None:
    terms = sorted({(seq, kind, value) for kind, value in _terms(subscription)})
    db.executemany("INSERT INTO subscription_terms VALUES (?, ?, ?)", terms)


def _terms(subscription: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for criterion in subscription.get("criteria") or ():
        for field, kind in (
            ("applicationId", "application_id"),
            ("entityId", "entity_id"),
            ("callsConfigurationId", "calls_configuration_id"),
        ):
            if criterion.get(field) is not None:
                yield kind, criterion[field]
    for field, kind in (("resources", "resource"), ("users", "user")):
        for value in subscription.get(field) or ():
            yield kind, value
