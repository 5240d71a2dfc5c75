"""Rules of sending strategies (platform.md 5)."""

from __future__ import annotations

from entitree.sandbox.rules.rule import Rule

UNKNOWN_IDS = Rule(
    "strategy-unknown-ids",
    ("accepted", "400"),
    "Whether a strategy may be made for an application or entity that does not exist is not documented; no "
    "404 is listed.",
    "platform.md 5",
)

RULES = (UNKNOWN_IDS,)
