"""The tabs of the main screen in their order, and the key of each."""

from __future__ import annotations

APPLICATIONS = "application"
ENTITIES = "entity"
RESOURCES = "resources"
KEYS = "keys"
JOBS = "jobs"

TABS = (APPLICATIONS, ENTITIES, RESOURCES, KEYS, JOBS)
COMMANDS = dict(zip(TABS, ("applications", "entities", "resources", "keys", "jobs"), strict=True))
"""The names of the commands that show them."""


def key_of(tab: str) -> str:
    """The key that shows a tab: its place."""
    return str(TABS.index(tab) + 1)
