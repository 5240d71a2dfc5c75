"""Named rules: what the documents leave open, and the proposals that are the defaults (platform.md 11).

Each family keeps its own, one file each; here they are all. They are kept in the state file, so that all who
share it live by the same ones.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from entitree.errors import UsageError
from entitree.sandbox.rules import (
    deletion,
    domains,
    inbound,
    keys,
    numbers,
    provisioning,
    replies,
    strategies,
    subscriptions,
    traffic,
)
from entitree.sandbox.rules.rule import Rule

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

__all__ = ["RULES", "Rule", "Rules", "checked", "keep", "kept"]

RULES: dict[str, Rule] = {
    rule.name: rule
    for module in (
        *(replies, provisioning, deletion, strategies, subscriptions),
        *(numbers, inbound, domains, keys, traffic),
    )
    for rule in module.RULES
}
"""Every rule by its name."""

_ROW = "rules"


class Rules:
    """The rules in force: the defaults, but for those that were chosen."""

    def __init__(self, chosen: Mapping[str, str] | None = None) -> None:
        self._chosen = dict(chosen or {})

    def __getitem__(self, rule: Rule) -> str:
        return self._chosen.get(rule.name, rule.default)


def checked(chosen: Mapping[str, str]) -> dict[str, str]:
    """The choices as they were given, if there are such rules and choices.

    Raises:
        UsageError: no such rule, or no such choice.
    """
    for name, value in chosen.items():
        rule = RULES.get(name)
        if rule is None:
            raise UsageError(
                f"There is no sandbox rule {name!r}.", hint="`entitree sandbox rules` lists them all."
            )
        if value not in rule.choices:
            raise UsageError(
                f"The sandbox rule {name} cannot be {value!r}.", hint=f"Choices: {', '.join(rule.choices)}."
            )
    return dict(chosen)


def keep(db: sqlite3.Connection, chosen: Mapping[str, str]) -> None:
    """Adds these choices to those that the account lives by."""
    if chosen:
        db.execute(
            "INSERT INTO account VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (_ROW, json.dumps({**_stored(db), **chosen}, sort_keys=True)),
        )


def kept(db: sqlite3.Connection) -> Rules:
    """The rules that the account lives by. A choice that this program does not know is its default."""
    return Rules(
        {name: value for name, value in _stored(db).items() if name in RULES and value in RULES[name].choices}
    )


def _stored(db: sqlite3.Connection) -> dict[str, str]:
    row = db.execute("SELECT value FROM account WHERE name = ?", (_ROW,)).fetchone()
    stored: dict[str, str] = {} if row is None else json.loads(row[0])
    return stored
