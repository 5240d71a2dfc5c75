"""Rules of email domains (platform.md 2.4)."""

from __future__ import annotations

from entitree.sandbox.rules.rule import Rule

NAME_CASE = Rule(
    "domain-name-case",
    ("insensitive", "sensitive"),
    "Whether domain names that differ in case alone are one domain, as they are to DNS, is not documented. "
    "They are shown as they were sent.",
    "platform.md 2.4",
)
UNKNOWN_IDS = Rule(
    "domain-unknown-ids",
    ("refused", "accepted"),
    "What registering a domain for an application or entity that does not exist answers is not documented. "
    "The error seen for an entity alone shows that the ids are looked up; refused means 400.",
    "platform.md 1.5",
)
DELETION_ASSOCIATIONS = Rule(
    "domain-deletion-associations",
    ("removed", "kept"),
    "What becomes of a deleted domain's associations is not documented. One that stayed would name what is "
    "not there, and tie the domain to its old customer when it is registered for another.",
    "platform.md 2.4",
)

RULES = (NAME_CASE, UNKNOWN_IDS, DELETION_ASSOCIATIONS)
